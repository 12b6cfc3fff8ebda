"""The first line of the run screen: what runs, what it does, and how well."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len

from galapagos.engine.snapshot import RunState
from galapagos.fitness import FitnessKind, kind_of_test
from tui import formatting
from tui.run_terms import RunTerms, terms_of
from tui.widgets.line_drawing import DrawnWidget, Run, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.strip import Strip

    from galapagos.engine.snapshot import Snapshot

SYMBOLS = {
    RunState.STARTING: "…",
    RunState.COMPILING: "…",
    RunState.EVOLVING: "▶",
    RunState.PAUSED: "⏸",
    RunState.FINISHED: "■",
    RunState.STOPPED: "■",
    RunState.FAILED: "✖",
}
ASCII_SYMBOLS = {
    RunState.STARTING: "..",
    RunState.COMPILING: "..",
    RunState.EVOLVING: ">",
    RunState.PAUSED: "||",
    RunState.FINISHED: "#",
    RunState.STOPPED: "#",
    RunState.FAILED: "x",
}
_PARTS_OF_STATES = {
    RunState.EVOLVING: "evolving",
    RunState.PAUSED: "paused",
    RunState.FAILED: "failed",
    RunState.FINISHED: "finished",
    RunState.STOPPED: "finished",
}
_LIVELY = {RunState.STARTING, RunState.COMPILING, RunState.EVOLVING}
STALE_AFTER = 5.0
"""Seconds without news of a busy run after which the header says so."""
_GAP = 3
_STATES = ("evolving", "paused", "failed", "finished", "busy")
_PARTS = ("name", "title", "label", "value", "stale", *_STATES)


class RunHeader(DrawnWidget):
    """One line: program, title, state, generation, best fitness, test, evaluations per second, time.

    On a narrow terminal the words become shorter first, then the least needed ones go.

    Args:
        ascii_only: Draw with plain characters.
        id: The id of the widget.
        classes: Its CSS classes.
    """

    PREFIX = "run-header"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"run-header--{part}" for part in _PARTS}
    DEFAULT_CSS = """
    RunHeader {
        width: 1fr;
        height: 1;
        background: $panel;
        & > .run-header--name { color: $text-primary; text-style: bold; }
        & > .run-header--title { text-style: bold; }
        & > .run-header--evolving { color: $text-success; text-style: bold; }
        & > .run-header--paused { color: $text-warning; text-style: bold; }
        & > .run-header--failed { color: $text-error; text-style: bold; }
        & > .run-header--finished { color: $text-primary; text-style: bold; }
        & > .run-header--busy { color: $text-accent; text-style: bold; }
        & > .run-header--label { color: $text-muted; }
        & > .run-header--value { text-style: bold; }
        &:ansi > .run-header--label { text-style: dim; }
        & > .run-header--stale { color: $text-warning; text-style: bold; }
    }
    """

    def __init__(
        self, *, ascii_only: bool = False, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._ascii_only = ascii_only
        self._shown: Snapshot | None = None
        self._heard = 0.0
        self._silence = 0
        self._lost = ""
        self._line: list[Run] = []

    def show(self, snapshot: Snapshot, now: float | None = None) -> None:
        """Show this snapshot.

        Args:
            snapshot: The newest one.
            now: When it came, in seconds of the clock that `tick` is told; `time.monotonic()` if left out.
        """
        self._shown, self._lost = snapshot, ""
        self._heard = time.monotonic() if now is None else now
        self._silence = 0
        self._compose_line()

    def tick(self, now: float | None = None) -> None:
        """Say how old the news is, where a busy run has been silent for some seconds.

        Args:
            now: In seconds of the clock that `show` was told; `time.monotonic()` if left out.
        """
        if self._shown is None or self._shown.state not in _LIVELY:
            return
        age = (time.monotonic() if now is None else now) - self._heard
        silence = int(age) if age >= STALE_AFTER else 0
        if silence != self._silence:
            self._silence = silence
            self._compose_line()

    def lose(self, reason: str) -> None:
        """Show that there will be no more news, and why, until the next snapshot."""
        self._lost = formatting.words(reason)
        self._compose_line()

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        width = self.size.width
        return self.strip(self._runs(width) if y == 0 else [], width)

    def _compose_line(self) -> None:
        line = self._runs(self.size.width)
        if line != self._line:
            self._line = line
            self.refresh()

    def _runs(self, width: int) -> list[Run]:
        """Return the fullest form of the line that fits."""
        form: list[list[Run]] = []
        for form in self._forms():
            if _length(form) + 2 <= width:
                break
        runs: list[Run] = [(" ", "")]
        for field in form:
            runs += [*field, (" " * _GAP, "")]
        return runs[:-1]

    def _forms(self) -> Iterator[list[list[Run]]]:
        """Yield the fields of the line, from the fullest form to the barest."""
        name: list[Run] = [("Galápagos" if not self._ascii_only else "Galapagos", "name")]
        snapshot = self._shown
        if snapshot is None:
            reason: list[Run] = [(self._lost, "failed")] if self._lost else [("waiting for news", "label")]
            yield [name, reason]
            yield [reason]
            return
        title = formatting.words(snapshot.title)
        last = title.rpartition("/")[2] or title
        full, short = self._fields(snapshot, brief=False), self._fields(snapshot, brief=True)
        head: list[Run] = [*name, ("  ", ""), (title, "title")]
        yield [head, *full]
        yield [[(title, "title")], *full]
        yield [[(title, "title")], *short]
        yield [[(last, "title")], *short]
        if _tested(snapshot) is not None:
            # How well it does is told for longer than how fast.
            del short[-2]
            yield [[(last, "title")], *short]
        for size in (16, 12, 8):
            yield [[(shorten(last, size, ascii_only=self._ascii_only), "title")], *short]
        for keep in range(len(short), 0, -1):
            yield short[:keep]

    def _fields(self, snapshot: Snapshot, *, brief: bool) -> list[list[Run]]:
        terms = terms_of(snapshot)
        number = formatting.whole(snapshot.generation)
        if snapshot.last_generation is not None:
            between = "/" if brief or not terms.breeds else " of "
            number += f"{between}{formatting.whole(snapshot.last_generation)}"
        step = "gen" if brief and terms.breeds else terms.step
        speed = "/s" if brief else " evals/s" if terms.breeds else " epochs/s"
        tested = _tested(snapshot)
        return [
            [self._state(snapshot, brief=brief)],
            *([[(f"last news {formatting.ago(self._silence)} ago", "stale")]] if self._silence else []),
            [(f"{step} ", "label"), (number, "value")],
            [
                (f"{_best(terms, brief=brief)} ", "label"),
                (formatting.fitness(snapshot.best_fitness, terms.kind), "value"),
            ],
            *([] if tested is None else [[("test ", "label"), (tested, "value")]]),
            [(formatting.rate(snapshot.evaluations_per_second), "value"), (speed, "label")],
            [(formatting.duration(snapshot.elapsed), "value")],
        ]

    def _state(self, snapshot: Snapshot, *, brief: bool) -> Run:
        symbols = ASCII_SYMBOLS if self._ascii_only else SYMBOLS
        if self._lost:
            return f"{symbols[RunState.FAILED]} {self._lost}", "failed"
        word = snapshot.state.value.partition(" ")[0] if brief else snapshot.state.value
        if snapshot.message and not brief:
            word += f": {formatting.words(snapshot.message, 60)}"
        return f"{symbols[snapshot.state]} {word}", _PARTS_OF_STATES.get(snapshot.state, "busy")


def _best(terms: RunTerms, *, brief: bool) -> str:
    """Return what the best fitness of the last generation is called; of one network it is just its loss."""
    if terms.kind is not FitnessKind.LOSS:
        return "best"
    return "loss" if brief or not terms.breeds else "best loss"


def _tested(snapshot: Snapshot) -> str | None:
    """Return what the champion's test came to, None before the first; who learns has one an epoch."""
    tested, champion = snapshot.champion_test, snapshot.champion
    if tested is None and champion is not None and not terms_of(snapshot).breeds:
        return formatting.accuracy(champion.accuracies.get("test_accuracy")) or None
    return None if tested is None else formatting.fitness(tested, kind_of_test(snapshot.fitness_kind))


def _length(form: list[list[Run]]) -> int:
    return sum(cell_len(text) for field in form for text, _ in field) + _GAP * (len(form) - 1)
