"""The program that plays episodes, started for a test and spoken to line by line."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
import pytest

from galapagos.engine.episodes.news import CurvePart, Frame, News, Notice, Stage, news_from_line
from galapagos.engine.episodes.protocol import Opening, command_line
from galapagos.genomes.founders import founder
from galapagos.genomes.wann_matrix import read_wann_matrix
from galapagos.parameters import Parameters

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from galapagos.genomes.graph import GraphGenome

CHAMPION = Path(__file__).parents[3] / "shared" / "data" / "wann-champions" / "swing.out"
SWING_UP = {"experiment": "wann-gym", "env_name": "CartPoleSwingUp"}
CART_POLE = {"experiment": "wann-gym", "env_name": "CartPole-v1"}
LONGEST = 60.0
"""Seconds after which a process that hangs is killed, so that the test fails."""


def champion() -> GraphGenome:
    """Return the published champion of the swing-up, or skip the test."""
    if not CHAMPION.exists():
        pytest.skip("the published champion is not here: no folder `shared` beside this checkout")
    return read_wann_matrix(CHAMPION.read_text())


def network(inputs: int = 5, outputs: int = 1, seed: int = 3) -> GraphGenome:
    """Return a random network, the same every time."""
    parameters = Parameters(experiment="wann-gym", p_initial_connection_enabled=0.8)
    made: GraphGenome = founder(inputs, outputs, np.random.default_rng(seed), parameters, 0)  # type: ignore[assignment]
    return made


class Player:
    """A process that plays; ended with the `with` statement.

    Args:
        opening: Its first line.
        commands: Lines that come with it.
        environment: More variables.
    """

    def __init__(
        self, opening: Opening | bytes, *commands: bytes, environment: dict[str, str] | None = None
    ) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "galapagos.engine.episode", str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **(environment or {})},
        )
        self.heard: list[News] = []
        self._watchdog = threading.Timer(LONGEST, self.process.kill)
        self._watchdog.daemon = True
        self._watchdog.start()
        first = opening if isinstance(opening, bytes) else opening.to_line()
        self.write(first, *commands)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._watchdog.cancel()
        self.process.kill()
        self.process.wait(LONGEST)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()

    def write(self, *lines: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"".join(lines))
        self.process.stdin.flush()

    def say(self, name: str, value: object) -> None:
        self.write(command_line(name, value))

    def next(self) -> News:
        """Return what it says next."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"it ended after {self.heard[-3:]}"
        self.heard.append(news_from_line(line))
        return self.heard[-1]

    def frame(self, condition: Callable[[Frame], object] = lambda _: True) -> Frame:
        """Return the next frame that fulfils a condition."""
        while True:
            news = self.next()
            if isinstance(news, Frame) and condition(news):
                return news

    def notice(self) -> Notice:
        while not isinstance(news := self.next(), Notice):
            pass
        return news

    def stage(self) -> Stage:
        while not isinstance(news := self.next(), Stage):
            pass
        return news

    def curve(self) -> CurvePart:
        """Return the next curve that is done."""
        while not (isinstance(news := self.next(), CurvePart) and news.done):
            pass
        return news

    def end_input(self) -> int:
        """Close its input and return how it ended."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(LONGEST)
