"""A dashboard under test: on a scripted engine, in memory, at any size."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import patch

import orjson

from galapagos.engine.socket.server import Server
from tests.tui.screen_text import screen_lines
from tui import run_link
from tui.dashboard import Dashboard
from tui.screens import run_panels

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator
    from pathlib import Path

    from textual.pilot import Pilot

    from galapagos.engine.socket.client import Client
    from tests.engine.fakes import FakeHost
    from tui.dashboard import Farewell
    from tui.screens.run import RunScreen

LONGEST_WAIT = 20.0
RUN_NAME = "2026-11-21_22-58-03_CartPoleSwingUp"


class ScreenUnderTest:
    """What is on a terminal, and the keys that change it.

    Args:
        pilot: Presses the keys.
    """

    def __init__(self, pilot: Pilot[Any]) -> None:
        self.pilot = pilot

    @property
    def text(self) -> str:
        """What is on the terminal."""
        return "\n".join(screen_lines(self.pilot.app))

    @property
    def toasts(self) -> list[str]:
        return [notification.message for notification in self.pilot.app._notifications]

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until a condition holds."""
        await wait_until(self.pilot, condition, lambda: f"what was waited for did not come to\n{self.text}")

    async def sees(self, words: str) -> None:
        """Wait until words are on the terminal."""
        await wait_until(self.pilot, lambda: words in self.text, lambda: f"{words!r} is not on\n{self.text}")

    async def told(self, words: str) -> None:
        """Wait until words are in a toast."""
        await wait_until(
            self.pilot,
            lambda: any(words in toast for toast in self.toasts),
            lambda: f"{words!r} is not in {self.toasts}",
        )


class RunUnderTest(ScreenUnderTest):
    """A dashboard on a scripted engine.

    Args:
        pilot: Presses its keys.
        host: The scripted engine.
        server: What stands between.
    """

    def __init__(self, pilot: Pilot[Farewell], host: FakeHost, server: Server) -> None:
        super().__init__(pilot)
        self.host = host
        self.server = server
        self.app = cast("Dashboard", pilot.app)

    @property
    def screen(self) -> RunScreen:
        from tui.screens.run import RunScreen

        return next(screen for screen in self.app.screen_stack if isinstance(screen, RunScreen))

    @property
    def commands(self) -> list[Any]:
        return [command for command, _ in self.host.commands]

    async def until_commands(self, count: int) -> None:
        """Wait until the engine took so many commands."""
        await self.until(lambda: len(self.commands) == count)

    async def show(self, **changes: Any) -> None:
        """Publish a newer picture and wait until it is drawn."""
        picture = self.host.show(**changes)
        self.server.publish(picture)
        await self.until(
            lambda: self.screen.snapshot is not None and self.screen.snapshot.sequence >= picture.sequence
        )
        await self.until(lambda: self.screen.panels is not None and self.screen.panels.is_drawn)


async def wait_until(
    pilot: Pilot[Any], condition: Callable[[], object], complaint: Callable[[], str] = str
) -> None:
    """Let the application work until a condition holds."""
    end = time.monotonic() + LONGEST_WAIT
    while not condition():
        assert time.monotonic() < end, complaint() or "what was waited for did not come"
        await asyncio.sleep(0.01)
        await pilot.pause()


async def refused_connection() -> Client:
    """Connect to an engine that is not there any more."""
    raise ConnectionRefusedError


@contextmanager
def _drawn_at_once() -> Iterator[None]:
    """Let everything be drawn as soon as it comes, so that no test waits for the next second."""
    with (
        patch.object(run_panels, "SECONDS_OF_PANELS", 0.0),
        patch.object(run_panels, "SECONDS_OF_PROGRESS", 0.0),
        patch.object(run_link, "SECONDS_BETWEEN_SNAPSHOTS", 0.01),
        patch.object(run_link, "SECONDS_BETWEEN_READINGS", 0.05),
    ):
        yield


@asynccontextmanager
async def open_run(
    host: FakeHost,
    directory: Path,
    *,
    size: tuple[int, int] = (120, 40),
    readonly: bool = False,
    journal: Iterable[dict[str, Any]] = (),
) -> AsyncIterator[RunUnderTest]:
    """Open the screen of a run, which may be there already, and wait until the first picture is drawn."""
    run = directory / RUN_NAME
    run.mkdir(exist_ok=True)
    (run / "journal.jsonl").write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in journal))
    server = Server(host)
    server.publish(host.picture)
    app = Dashboard(run, readonly=readonly, connect=server.connect_in_memory)
    try:
        with _drawn_at_once():
            async with app.run_test(size=size, notifications=True) as pilot:
                under_test = RunUnderTest(pilot, host, server)
                await under_test.until(lambda: under_test.screen.snapshot is not None)
                await under_test.until(
                    lambda: under_test.screen.panels is not None and under_test.screen.panels.is_drawn
                )
                await pilot.pause()
                yield under_test
    finally:
        await server.close()
