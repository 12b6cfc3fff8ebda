"""The cells of an archive: every size that has an elite or had a network; and the levels over them."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from galapagos.evolution.archive import bin_of
from galapagos.evolution.levels import Level, level_bounds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from galapagos.parameter_declarations import LevelBoundaries


@dataclass(frozen=True, slots=True)
class ArchiveCell:
    """A bin of the archive.

    Args:
        bin: Its number, see `bin_of`.
        complexity: Of its elite; without one, of the best network that was seen in it.
        fitness: Archive fitness of the elite; NaN where there is none now.
        id: Of the elite, empty where there is none.
        born: The generation in which the elite was first evaluated.
        seen: The highest generation fitness that was seen in it; NaN where no individual is written.
    """

    bin: int
    complexity: int
    fitness: float = math.nan
    id: str = ""
    born: int = 0
    seen: float = math.nan

    @property
    def has_elite(self) -> bool:
        """Whether there is an elite now."""
        return bool(self.id)


def cells_of(
    sizes: Iterable[tuple[int, float, str, int]], best: Mapping[int, float]
) -> tuple[ArchiveCell, ...]:
    """Return the cells by size.

    Args:
        sizes: (complexity, fitness, id, born) of every elite, as `Snapshot.sizes`; one that is not finite is
            left out.
        best: The highest generation fitness of each size that was seen.
    """
    seen: dict[int, tuple[float, int]] = {}
    for complexity, fitness in best.items():
        number = bin_of(complexity)
        seen[number] = max(seen.get(number, (-math.inf, 0)), (fitness, complexity))
    cells = {
        number: ArchiveCell(number, complexity, seen=fitness)
        for number, (fitness, complexity) in seen.items()
    }
    for complexity, fitness, id, born in sizes:
        number = bin_of(complexity)
        if math.isfinite(fitness):
            known = seen.get(number, (math.nan, 0))[0]
            cells[number] = ArchiveCell(number, complexity, fitness, id, born, known)
    return tuple(cells[number] for number in sorted(cells))


def sizes_of_cell(complexity: int) -> tuple[int, int]:
    """Return the smallest and the largest size that share the bin of a size."""
    number = bin_of(complexity)
    near = range(complexity // 2, 2 * complexity + 2)
    low = bisect_left(near, number, key=bin_of)
    return near[low], near[bisect_right(near, number, lo=low, key=bin_of) - 1]


def levels_over(cells: Iterable[ArchiveCell], count: int, boundaries: LevelBoundaries) -> tuple[Level, ...]:
    """Return the levels that the engine would make of these cells: of the sizes of their elites."""
    return level_bounds([cell.complexity for cell in cells if cell.has_elite], max(1, count), boundaries)


def level_of(cell: ArchiveCell, levels: Sequence[Level]) -> Level | None:
    """Return the level that a cell belongs to, None where it lies beyond them."""
    return next((level for level in levels if cell.complexity in level), None)


def shown_by(cells: Iterable[ArchiveCell], levels: Sequence[Level]) -> dict[int, ArchiveCell]:
    """Return by the number of its level the cell whose elite a level shows and breeds from."""
    best: dict[int, ArchiveCell] = {}
    for cell in cells:
        level = level_of(cell, levels) if cell.has_elite else None
        if level is not None and (
            level.number not in best or _precedence(cell) < _precedence(best[level.number])
        ):
            best[level.number] = cell
    return best


def champion_of(cells: Iterable[ArchiveCell]) -> ArchiveCell | None:
    """Return the cell of the elite with the highest archive fitness, None where there is no elite."""
    return min((cell for cell in cells if cell.has_elite), key=_precedence, default=None)


def _precedence(cell: ArchiveCell) -> tuple[float, int, str]:
    return -cell.fitness, cell.complexity, cell.id
