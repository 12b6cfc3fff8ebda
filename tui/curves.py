"""The curves of a run: columns of its journal, read in pieces as it grows."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tui.value_text import as_text

if TYPE_CHECKING:
    from pathlib import Path

PIECE = 1 << 19
COLUMNS = {
    "best": "best_fitness",
    "mean": "mean_fitness",
    "champion": "champion_fitness",
    "max": "max_objective",
}
"""The name of each curve and its name in the journal."""


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

    Args:
        generations: One number a generation, growing.
        series: By the names of `COLUMNS`, as long as `generations`; NaN where a value is absent.
        marks: (generation, what changed) of each parameter line.
    """

    generations: array[float] = field(default_factory=lambda: array("d"))
    series: dict[str, array[float]] = field(default_factory=lambda: {name: array("d") for name in COLUMNS})
    marks: list[tuple[int, str]] = field(default_factory=list)

    @property
    def last_generation(self) -> int:
        """The number of the last generation read, -1 before the first."""
        return int(self.generations[-1]) if self.generations else -1

    def copies(self) -> tuple[array[float], dict[str, array[float]], tuple[tuple[int, str], ...]]:
        """Return generations, series and marks that stay as they are when more is read."""
        series = {name: column[:] for name, column in self.series.items()}
        return self.generations[:], series, tuple(self.marks)

    def extend(self, batch: Batch) -> bool:
        """Append lines and return whether any belonged here."""
        before = len(self.generations), len(self.marks)
        for line in batch.lines:
            generation = line.get("generation")
            if not isinstance(generation, int):
                continue
            if line.get("type") == "generation":
                self.generations.append(generation)
                for name, column in COLUMNS.items():
                    self.series[name].append(_number(line.get(column)))
            elif line.get("type") == "parameters":
                self.marks.append((generation, describe_changes(line.get("changes"))))
        return (len(self.generations), len(self.marks)) != before


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
