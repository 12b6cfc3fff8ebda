"""The curves of a run: columns of its journal, read in pieces as it grows."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from tui.marks import Mark, mark_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

PIECE = 1 << 19
COLUMNS = ("best_fitness", "mean_fitness", "champion_fitness", "max_objective")
"""What a journal says of every generation."""
RATE = "evaluations_per_second"
"""Made of `evaluations` and `seconds`."""
TEST = "champion_test_fitness"
"""Said by the lines of tests only."""
COLUMNS_OF_SOME = (
    "lower_quartile",
    "upper_quartile",
    "qd_score",
    "coverage",
    "champion_validation_accuracy",
    "champion_test_accuracy",
    "champion_accuracy",
    "champion_max_accuracy",
    "champion_ensemble_accuracy",
    "champion_validation_loss",
    "champion_loss",
    TEST,
)
"""What it says besides in some experiments or versions; there is no column where it never did."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some lines of a journal.

    Args:
        lines: JSON objects in the order of the file.
        offset: Where to read on, in bytes.
        more: Whether the file holds more at once.
        restarted: Whether the file was cut, so that these lines are its first.
    """

    lines: list[dict[str, Any]]
    offset: int
    more: bool
    restarted: bool


def read_batch(path: Path, offset: int, last_generation: int) -> Batch:
    """Return the next complete lines, at most about half a megabyte of them.

    A resume cuts the journal and writes the same generations again: a file that became shorter, a line that
    does not parse or a generation at or before `last_generation` means to start again from its first line.
    """
    batch = _read(path, offset)
    if batch is not None and all(
        line.get("generation", 0) > last_generation
        for line in batch.lines
        if line.get("type") == "generation"
    ):
        return batch
    return _read(path, 0, restarted=True) or Batch([], 0, more=False, restarted=True)


def _read(path: Path, offset: int, *, restarted: bool = False) -> Batch | None:
    import orjson

    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            if size < offset:
                return None
            file.seek(offset)
            piece = file.read(PIECE)
    except OSError:
        return Batch([], offset, more=False, restarted=restarted) if offset == 0 else None
    complete = piece[: piece.rfind(b"\n") + 1]
    try:
        lines = [orjson.loads(line) for line in complete.splitlines() if line]
    except orjson.JSONDecodeError:
        return None
    end = offset + len(complete)
    more = bool(complete) and end < size
    return Batch([line for line in lines if isinstance(line, dict)], end, more, restarted)


@dataclass(slots=True)
class Curves:
    """What the plots show.

    A champion's test stands for the generations after it, until the next one: a journal says it only then.

    Args:
        generations: One number a generation, growing.
        series: By their names in the journal, as long as `generations`; NaN where a value is absent.
        marks: What people did, in the order of time.
        source: The run that this one was forked from, if it was.
    """

    generations: array[float] = field(default_factory=lambda: array("d"))
    series: dict[str, array[float]] = field(default_factory=lambda: {name: array("d") for name in COLUMNS})
    marks: list[Mark] = field(default_factory=list)
    source: Source | None = None
    _tested: dict[str, float] = field(default_factory=dict)
    _said: frozenset[str] = frozenset()

    @property
    def last_generation(self) -> int:
        """The number of the last generation read, -1 before the first."""
        return int(self.generations[-1]) if self.generations else -1

    @property
    def have_accuracies(self) -> bool:
        """Whether there is an accuracy of any kind."""
        return any(name.endswith("accuracy") for name in self.series)

    def copies(self, names: Iterable[str]) -> tuple[array[float], dict[str, array[float]], tuple[Mark, ...]]:
        """Return generations, those of the series that exist, and marks, which stay when more is read."""
        series = {name: self.series[name][:] for name in names if name in self.series}
        return self.generations[:], series, tuple(self.marks)

    def extend(self, batch: Batch) -> bool:
        """Append lines and return whether any belonged here."""
        before = len(self.generations), len(self.marks), dict(self._tested)
        # Columns are made of many lines at once: of a long run there are hundreds of thousands.
        for is_generation, group in groupby(batch.lines, key=_is_generation):
            lines = list(group)
            if is_generation:
                self._append(lines)
            else:
                self._take(lines)
        return (len(self.generations), len(self.marks), self._tested) != before

    def _append(self, lines: Sequence[dict[str, Any]]) -> None:
        old = len(self.generations)
        self.generations.extend([line["generation"] for line in lines])
        for name in COLUMNS:
            self.series[name].extend([_number(line.get(name)) for line in lines])
        self._append_some(RATE, [_rate(line) for line in lines], old)
        for name in COLUMNS_OF_SOME:
            tested = self._tested.get(name)
            values = [_number(line.get(name, tested)) for line in lines]
            self._append_some(name, values, old)
        self._said = frozenset(lines[-1])

    def _append_some(self, name: str, values: list[float], old: int) -> None:
        """Append to a column that is there from its first value on, after so many generations."""
        if name not in self.series:
            if all(map(math.isnan, values)):
                return
            self.series[name] = array("d", [math.nan]) * old
        self.series[name].extend(values)

    def _take(self, lines: Iterable[dict[str, Any]]) -> None:
        for line in lines:
            generation = line.get("generation")
            if line.get("type") == "test" and isinstance(generation, int):
                self._test(generation, line)
            elif (mark := mark_of(line)) is not None:
                self.marks.append(mark)

    def _test(self, generation: int, line: dict[str, Any]) -> None:
        """Take a champion's test, which follows the line of its generation."""
        told = {
            "champion_test_accuracy": line.get("test_accuracy", line.get("accuracy")),
            "champion_ensemble_accuracy": line.get("ensemble_accuracy"),
            TEST: line.get("fitness"),
        }
        self._tested = {name: _number(value) for name, value in told.items() if value is not None}
        if generation != self.last_generation:
            return
        for name in self._tested.keys() - self._said:
            if name not in self.series:
                self.series[name] = array("d", [math.nan]) * len(self.generations)
            self.series[name][-1] = self._tested[name]


@dataclass(slots=True)
class Source:
    """The curves of the run that another one was forked from.

    Args:
        name: Of that run.
        generation: The first one in which the two may differ.
        curves: What its journal says.
    """

    name: str
    generation: int
    curves: Curves = field(default_factory=Curves)


def _is_generation(line: dict[str, Any]) -> bool:
    return line.get("type") == "generation" and isinstance(line.get("generation"), int)


def _rate(line: dict[str, Any]) -> float:
    """Return evaluations per second; NaN where nothing was evaluated or no time passed."""
    evaluations, seconds = line.get("evaluations"), line.get("seconds")
    if not isinstance(evaluations, int) or not isinstance(seconds, int | float) or seconds <= 0:
        return math.nan
    return evaluations / seconds if evaluations else math.nan


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan
