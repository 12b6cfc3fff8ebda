"""What an archive has come to, in numbers that do not move when its levels do: QD score and coverage.

Both are read off a grid of 32 sizes that is the same in all runs: connections from 1 to 4,096, logarithmic,
each cell at least one size wide; or layers from 0 to 31. A network beyond the grid counts in its end cell.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Literal

from galapagos.evolution.levels import level_bounds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from galapagos.evolution.archive import Elite

GridKind = Literal["connections", "layers"]

CELLS = 32
LARGEST_CONNECTIONS = 4096

_HIGHS: dict[GridKind, list[int]] = {
    "connections": [level.high for level in level_bounds([1, LARGEST_CONNECTIONS], CELLS, "logarithmic")],
    "layers": list(range(CELLS)),
}


def qd_score(
    elites: Iterable[Elite], fitness_range: tuple[float, float], kind: GridKind = "connections"
) -> float:
    """Return the mean over the cells of (best fitness - low) / (high - low), clipped to [0, 1], empty ones 0.

    Args:
        elites: All elites of the archive, whatever its measure of complexity.
        fitness_range: The (low, high) that the task declares, low < high.
        kind: What the grid counts: connections for graphs, layers for stacks of layers.

    Returns:
        A number in [0, 1] (QD score: Pugh et al. 2016; the fixed grid is ours).
    """
    low, high = fitness_range
    best: dict[int, float] = {}
    for elite in elites:
        quality = min(max((elite.evaluation.fitness - low) / (high - low), 0.0), 1.0)
        cell = _cell(elite, kind)
        best[cell] = max(best.get(cell, 0.0), quality)
    # In the order of the cells, so that the sum does not depend on the order of the elites.
    return sum(best[cell] for cell in sorted(best)) / CELLS


def coverage(elites: Iterable[Elite], kind: GridKind = "connections") -> float:
    """Return the share of the grid's cells, in [0, 1], that hold an elite."""
    return len({_cell(elite, kind) for elite in elites}) / CELLS


def _cell(elite: Elite, kind: GridKind) -> int:
    return min(bisect_left(_HIGHS[kind], elite.individual.genome.complexity(kind)), CELLS - 1)
