"""The watch screen under test: on a link that says what it is told to."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from textual.app import App

from galapagos.engine.episodes.news import CurvePart, Frame, News, Stage, TracedStep
from galapagos.tasks.episode_state import CartPole
from tests.engine.episode_process import SWING_UP, network
from tests.tui.dashboards import wait_until
from tests.tui.screen_text import screen_lines
from tui.screens import watch
from tui.screens.watch import WatchScreen
from tui.watch_link import NewsArrived, Watched

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from textual.pilot import Pilot

    from galapagos.engine.episodes.protocol import Opening
    from tui.run_link import Listener

STAGE = Stage("CartPoleSwingUp", "cart", 1000, 1, by_choice=False, has_knob=True)
CURVE = CurvePart(
    tuple((number / 10, 700.0 * abs(number / 20)) for number in range(-20, 21)), 16, 16, done=True
)


def frame(step: int = 214, **changes: Any) -> Frame:
    """Return a moment of the swing-up."""
    values: dict[str, Any] = {
        "episode": 2,
        "seed": 1,
        "step": step,
        "reward": 0.9,
        "total": 187.25,
        "action": (0.3,),
        "done": False,
        "weight": 0.78,
        "whole": 1,
        "mean": 724.9,
        "paused": False,
        "speed": 1.0,
        "trace": tuple(TracedStep(n, n / step, ((n % 40) / 20 - 1,)) for n in range(1, step + 1)),
        "cart": CartPole(0.5, 0.2, 2.4, 0.6),
    }
    return Frame(**{**values, **changes})


class FakeLink:
    """A link that notes what it is asked and never plays."""

    def __init__(self, opening: Opening, listener: Listener) -> None:
        self.watched = Watched()
        self.opening = opening
        self.sent: list[tuple[str, object]] = []
        self.following = False
        self._listener = listener

    async def follow(self) -> None:
        self.following = True
        try:
            await asyncio.Event().wait()
        finally:
            self.following = False

    def send(self, name: str, value: object) -> None:
        self.sent.append((name, value))

    def say(self, *news: News) -> None:
        for one in news:
            self.watched.take(one)
        self._listener.post_message(NewsArrived())


class WatchUnderTest:
    """The screen, its keys and its link."""

    def __init__(self, pilot: Pilot[None], links: list[FakeLink]) -> None:
        self.pilot = pilot
        self.links = links

    @property
    def link(self) -> FakeLink:
        return self.links[-1]

    @property
    def screen(self) -> WatchScreen:
        screen = self.pilot.app.screen
        assert isinstance(screen, WatchScreen)
        return screen

    @property
    def text(self) -> str:
        return "\n".join(screen_lines(self.pilot.app))

    async def press(self, *keys: str) -> list[tuple[str, object]]:
        """Press keys and return what was sent for them."""
        before = len(self.link.sent)
        await self.pilot.press(*keys)
        await self.pilot.pause()
        return self.link.sent[before:]

    async def say(self, *news: News) -> None:
        self.link.say(*news)
        await self.pilot.pause()

    async def until(self, condition: Callable[[], object]) -> None:
        await wait_until(self.pilot, condition, lambda: self.text)

    async def sees(self, words: str) -> None:
        await self.until(lambda: words in self.text)


@asynccontextmanager
async def open_watch(
    *news: News,
    size: tuple[int, int] = (120, 40),
    best: float | None = 0.78,
    title: str = "Elite 3 0c2020ad",
    ascii_only: bool = False,
    remote: bool = False,
) -> AsyncIterator[WatchUnderTest]:
    """Open the screen on a link that has said these news, or a stage, a curve and a moment."""
    links: list[FakeLink] = []

    def connect(opening: Opening, listener: Listener) -> FakeLink:
        links.append(FakeLink(opening, listener))
        return links[-1]

    app: App[None] = App()
    with (
        patch.object(watch, "FRAMES", 10_000),
        patch.object(watch, "SECONDS_OF_PANELS", -1.0),
        patch.object(watch, "is_remote", lambda _: remote),
    ):
        async with app.run_test(size=size) as pilot:
            await app.push_screen(
                WatchScreen(
                    title, network().to_json(), SWING_UP, best, connect=connect, ascii_only=ascii_only
                )
            )
            under_test = WatchUnderTest(pilot, links)
            await under_test.until(lambda: under_test.link.following)
            await under_test.say(*(news or (STAGE, CURVE, frame())))
            yield under_test
