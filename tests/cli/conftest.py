"""Runs that only pretend to be alive, in a home of their own."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from galapagos.cli import main
from galapagos.engine.commands import Command, Stop
from galapagos.engine.records.run_directory import ALIVE, STOPPED, RunDirectory, create_run
from galapagos.engine.socket.server import Server
from galapagos.parameters import Parameters
from tests.engine.fakes import FakeHost
from tui.terminal import PERSON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Called:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Point GALAPAGOS_HOME at an empty directory, but keep the kernels that are compiled already."""
    from galapagos.home import cache_home

    cache = cache_home()
    cache.mkdir(parents=True, exist_ok=True)
    directory = Path(tempfile.mkdtemp(prefix="galapagos-test-"))
    (directory / "cache").symlink_to(cache)
    monkeypatch.setenv("GALAPAGOS_HOME", str(directory))
    # Nobody in particular, and what a command says of it is forgotten after the test.
    monkeypatch.setenv(PERSON, "")
    yield directory
    shutil.rmtree(directory)


@pytest.fixture
def galapagos(capsys: pytest.CaptureFixture[str]) -> Callable[..., Called]:
    """Give a function that runs a command in this process, without a terminal."""

    def call(*arguments: str) -> Called:
        capsys.readouterr()
        code = main(list(arguments))
        captured = capsys.readouterr()
        return Called(code, captured.out, captured.err)

    return call


@dataclass
class LiveRun:
    """A run whose engine is a scripted host in a thread of this process; a Stop ends it."""

    run: RunDirectory
    host: FakeHost = field(default_factory=FakeHost)

    def __post_init__(self) -> None:
        self._listening = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()
        act = self.host.acts

        def acts(command: Command) -> None:
            act(command)
            if isinstance(command, Stop):
                self._loop.call_soon(self._over.set)

        self.host.acts = acts
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))
        self._thread.start()
        assert self._listening.wait(10)

    def end(self) -> None:
        """End the pretended engine, if it has not been stopped."""
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()
        self._loop.close()

    async def _serve(self) -> None:
        server = Server(self.host)
        await server.start(self.run.socket_path)
        self.run.write_engine_file(ALIVE)
        self._listening.set()
        await self._over.wait()
        await server.close()
        self.run.write_engine_file(STOPPED)


@pytest.fixture
def stopped_run() -> RunDirectory:
    """Give a run that was made and never started."""
    return create_run(Parameters(), "wann-gym/CartPoleSwingUp")


@pytest.fixture
def live_run() -> Iterator[LiveRun]:
    """Give a run that pretends to be alive."""
    live = LiveRun(create_run(Parameters(name="alive"), "wann-gym/CartPoleSwingUp"))
    yield live
    live.end()
