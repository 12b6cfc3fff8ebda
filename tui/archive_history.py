"""The best network of every size over time, as the individuals of a run tell it. Pure values.

What is written of individuals is their generation fitness, not the archive fitness that decides who is
elite. Where an evaluation has no luck in it (networks that learn) the two are the same, and this is the
history of the archive; elsewhere a record may be a lucky one that the archive did not confirm, or confirmed
lower. Of an endless run only individuals with living descendants stay on disk: early records may be gone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from galapagos.evolution.archive import bin_of
from tui import formatting

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class SizeRecord:
    """A network that was better than all of exactly its size before it.

    Args:
        generation: In which it was evaluated so.
        complexity: Its size.
        fitness: Generation fitness.
        id: Of the individual.
        operator: What made it, as written.
    """

    generation: int
    complexity: int
    fitness: float
    id: str
    operator: str


@dataclass(slots=True)
class ArchiveHistory:
    """Records of every size, gathered file by file in the order of the generations.

    Attributes:
        records: In the order of time.
        until: The last generation that was read, -1 before the first.
        best: The highest fitness of each size.
        cells: The records by the number of their bin in the archive.
    """

    records: list[SizeRecord] = field(default_factory=list)
    until: int = -1
    best: dict[int, float] = field(default_factory=dict)
    cells: dict[int, list[SizeRecord]] = field(default_factory=dict)

    def of_cell(self, complexity: int) -> list[SizeRecord]:
        """Return the records of all sizes that share the bin of one, in the order of time."""
        return self.cells.get(bin_of(complexity), [])

    def add(self, records: Iterable[SizeRecord]) -> None:
        """Append records, in the order of time."""
        for record in records:
            self.records.append(record)
            self.cells.setdefault(bin_of(record.complexity), []).append(record)
            self.best[record.complexity] = record.fitness


def record_rows(
    complexity: NDArray[np.integer], fitness: NDArray[np.float64], best: Mapping[int, float]
) -> NDArray[np.intp]:
    """Return the rows, ascending, whose fitness is above that of all rows of their size before them.

    Args:
        complexity: Shape (rows,), in the order of time.
        fitness: Shape (rows,), what is not finite is no record.
        best: The highest fitness of each size before the first row.
    """
    sizes, group = np.unique(complexity, return_inverse=True)
    known = np.array([best.get(size, -np.inf) for size in sizes.tolist()])
    rows = np.flatnonzero(np.isfinite(fitness) & (fitness > known[group]))
    rows = rows[np.argsort(group[rows], kind="stable")]
    ranks = np.unique(fitness[rows], return_inverse=True)[1]
    # A rank counts within its size only, so one running maximum serves all sizes.
    keys = group[rows].astype(np.int64) * (len(rows) + 1) + ranks
    before = np.concatenate(([-1], np.maximum.accumulate(keys)[:-1])) if len(keys) else keys
    return np.sort(rows[keys > before])


def best_so_far(
    records: Iterable[SizeRecord], low: int, high: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (generations, fitness) of each step that the best of the sizes from `low` to `high` made."""
    inside = [(one.generation, one.fitness) for one in records if low <= one.complexity <= high]
    steps = np.array(inside, dtype=np.float64).reshape(-1, 2)
    highest = np.maximum.accumulate(steps[:, 1])
    rises = np.diff(highest, prepend=-np.inf) > 0
    return steps[rises, 0], highest[rises]


def level_curves(
    records: Sequence[SizeRecord], levels: Sequence[tuple[int, int]], last: int
) -> tuple[NDArray[np.float64], dict[str, NDArray[np.float64]]]:
    """Return a staircase for each level: generations, and fitness by the name of the level.

    Args:
        records: In the order of time.
        levels: (smallest, largest size) of each level.
        last: The generation at which the curves end, at least the last one read.

    Returns:
        Generations ascending, each step twice: before it and after it; values NaN before the first one.
    """
    steps = {formatting.extent(low, high): best_so_far(records, low, high) for low, high in levels}
    if not any(len(generations) for generations, _ in steps.values()):
        return np.empty(0), {}
    rises = np.unique(np.concatenate([generations for generations, _ in steps.values()]))
    ends = np.array([max(float(last), rises[-1])])
    curves = {}
    for name, (generations, fitness) in steps.items():
        # The first place is for generations before the first step.
        values = np.concatenate(([np.nan], fitness))
        before, after = (values[np.searchsorted(generations, rises, side=side)] for side in ("left", "right"))
        curves[name] = np.concatenate((np.stack((before, after), axis=1).ravel(), values[-1:]))
    return np.concatenate((np.repeat(rises, 2), ends)), curves


def reigns(records: Iterable[SizeRecord]) -> list[SizeRecord]:
    """Return who led a cell by its records, the latest first: at the first lead, with the best fitness.

    An individual that raised its own fitness, because it was evaluated again, stands once.
    """
    led: list[SizeRecord] = []
    highest = -np.inf
    for record in records:
        if record.fitness <= highest:
            continue
        highest = record.fitness
        if led and led[-1].id == record.id:
            first = led[-1]
            led[-1] = SizeRecord(first.generation, first.complexity, record.fitness, first.id, first.operator)
        else:
            led.append(record)
    return led[::-1]
