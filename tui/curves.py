"""The curves of a run: columns of its journal, read in pieces as it grows."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

from galapagos.engine.files.plain_files import open_plain
from tui.marks import Mark, mark_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from typing import BinaryIO

PIECE = 1 << 19
_LONGEST_LINE = 1 << 24
_LARGEST = 2**53
"""The largest generation: beyond it a float64 does not hold each number."""

_KNOWN_AGAIN = 256
"""Bytes by which a journal is known again: lines have times in them, so no two are the same."""

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
        end: The bytes before `offset`, by which the next reading knows the file again.
    """

    lines: list[dict[str, Any]]
    offset: int
    more: bool
    restarted: bool
    end: bytes = b""


def read_batch(path: Path, offset: int, end: bytes = b"") -> Batch:
    """Return the next complete lines, at most about half a megabyte of them; damaged ones are passed over.

    A resume cuts the journal and writes the same generations again: where the file became shorter, or has
    other bytes before `offset` than it had, reading starts again from its first line.

    Args:
        path: The journal.
        offset: Where to read on, as the last batch says.
        end: What the last batch says of the bytes before.
    """
    try:
        with open_plain(path) as file:
            return _read(file, offset, end)
    except OSError:
        return Batch([], 0, more=False, restarted=offset > 0)


def _read(file: BinaryIO, offset: int, end: bytes) -> Batch:
    from galapagos.engine.files.log_reading import objects_in

    size = file.seek(0, 2)
    file.seek(max(0, offset - len(end)))
    restarted = size < offset or file.read(len(end)) != end
    if restarted:
        offset, end = file.seek(0), b""
    piece = file.read(PIECE)
    if len(piece) == PIECE and b"\n" not in piece:
        piece += file.readline(_LONGEST_LINE)
    complete = piece[: piece.rfind(b"\n") + 1]
    after = offset + len(complete)
    more = bool(complete) and after < size
    lines = list(objects_in(complete.split(b"\n")))
    return Batch(lines, after, more, restarted, (end + complete)[-_KNOWN_AGAIN:])


@dataclass(slots=True)
class Curves:
    """What the plots show.

    A champion's test stands for the generations after it, until the next one: a journal says it only then.

    Args:
        generations: One number a generation, growing.
        series: By their names in the journal, as long as `generations`; NaN where a value is absent.
        marks: What people did, in the order of time.
        source: The run that this one was forked from, if it was.
        is_whole: Whether the journals were read up to their ends.
    """

    generations: array[float] = field(default_factory=lambda: array("d"))
    series: dict[str, array[float]] = field(default_factory=lambda: {name: array("d") for name in COLUMNS})
    marks: list[Mark] = field(default_factory=list)
    source: Source | None = None
    is_whole: bool = False
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
                self._append(self._growing(lines))
            else:
                self._take(lines)
        return (len(self.generations), len(self.marks), self._tested) != before

    def _growing(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the lines whose generations grow, which all do unless the journal is damaged."""
        numbers = [self.last_generation, *(line["generation"] for line in lines)]
        if all(before < number for before, number in pairwise(numbers)):
            return lines
        last, kept = self.last_generation, []
        for line in lines:
            if line["generation"] > last:
                last = line["generation"]
                kept.append(line)
        return kept

    def _append(self, lines: Sequence[dict[str, Any]]) -> None:
        if not lines:
            return
        old = len(self.generations)
        self.generations.extend([line["generation"] for line in lines])
        for name in COLUMNS:
            self.series[name].extend(_column(lines, name))
        self._append_some(RATE, [_rate(line) for line in lines], old)
        told = self._tested.keys() | self.series.keys() | set().union(*lines)
        for name in filter(told.__contains__, COLUMNS_OF_SOME):
            self._append_some(name, _column(lines, name, self._tested.get(name)), old)
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
    number = line.get("generation")
    return line.get("type") == "generation" and type(number) is int and 0 <= number <= _LARGEST


def _rate(line: dict[str, Any]) -> float:
    """Return evaluations per second; NaN where nothing was evaluated or no time passed."""
    evaluations, seconds = line.get("evaluations"), line.get("seconds")
    if not isinstance(evaluations, int) or not isinstance(seconds, int | float) or seconds <= 0:
        return math.nan
    return evaluations / seconds if evaluations else math.nan


def _column(lines: Sequence[dict[str, Any]], name: str, absent: float | None = None) -> list[float]:
    # Nearly all are numbers with a fraction, and of a long run there are millions: no call for those.
    values = (line.get(name, absent) for line in lines)
    return [value if type(value) is float else _number(value) for value in values]


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan
