"""The curves of a run: columns of its journal, read in pieces as it grows."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tui.value_text import as_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PIECE = 1 << 19
COLUMNS = ("best_fitness", "mean_fitness", "champion_fitness", "max_objective")
"""What a journal says of every generation."""
COLUMNS_OF_SOME = (
    "champion_validation_accuracy",
    "champion_test_accuracy",
    "champion_accuracy",
    "champion_max_accuracy",
    "champion_ensemble_accuracy",
    "champion_validation_loss",
    "champion_loss",
)
"""What it says besides in some experiments; there is no column where it never did."""


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
    """What the fitness plot shows.

    A champion's test stands for the generations after it, until the next one: a journal says it only then.

    Args:
        generations: One number a generation, growing.
        series: By their names in the journal, as long as `generations`; NaN where a value is absent.
        marks: (generation, what changed) of each parameter line.
    """

    generations: array[float] = field(default_factory=lambda: array("d"))
    series: dict[str, array[float]] = field(default_factory=lambda: {name: array("d") for name in COLUMNS})
    marks: list[tuple[int, str]] = field(default_factory=list)
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

    def copies(
        self, names: Iterable[str]
    ) -> tuple[array[float], dict[str, array[float]], tuple[tuple[int, str], ...]]:
        """Return generations, those of the series that exist, and marks, which stay when more is read."""
        series = {name: self.series[name][:] for name in names if name in self.series}
        return self.generations[:], series, tuple(self.marks)

    def extend(self, batch: Batch) -> bool:
        """Append lines and return whether any belonged here."""
        before = len(self.generations), len(self.marks), dict(self._tested)
        for line in batch.lines:
            generation = line.get("generation")
            if not isinstance(generation, int):
                continue
            match line.get("type"):
                case "generation":
                    self._append(generation, line)
                case "test":
                    self._test(generation, line)
                case "parameters":
                    self.marks.append((generation, describe_changes(line.get("changes"))))
        return (len(self.generations), len(self.marks), self._tested) != before

    def _append(self, generation: int, line: dict[str, Any]) -> None:
        self.generations.append(generation)
        for name in COLUMNS:
            self.series[name].append(_number(line.get(name)))
        for name in COLUMNS_OF_SOME:
            value = line.get(name, self._tested.get(name))
            if name not in self.series and value is not None:
                self.series[name] = array("d", [math.nan]) * (len(self.generations) - 1)
            if name in self.series:
                self.series[name].append(_number(value))
        self._said = frozenset(line)

    def _test(self, generation: int, line: dict[str, Any]) -> None:
        """Take a champion's test, which follows the line of its generation."""
        told = {
            "champion_test_accuracy": line.get("test_accuracy", line.get("accuracy")),
            "champion_ensemble_accuracy": line.get("ensemble_accuracy"),
        }
        self._tested = {name: _number(value) for name, value in told.items() if value is not None}
        if generation != self.last_generation:
            return
        for name in self._tested.keys() - self._said:
            if name not in self.series:
                self.series[name] = array("d", [math.nan]) * len(self.generations)
            self.series[name][-1] = self._tested[name]


def describe_changes(changes: object) -> str:
    """Return `name old→new` for each change of a journal line, as plain text."""
    if not isinstance(changes, dict):
        return ""
    return ", ".join(
        f"{name} {_short(value[0])}→{_short(value[1])}"
        for name, value in changes.items()
        if isinstance(value, list) and len(value) == 2
    )


def _short(value: object) -> str:
    text = as_text(value) or "automatic"
    return text if len(text) <= 24 else text[:23] + "…"


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan
