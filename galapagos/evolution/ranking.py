"""Ranking by non-dominated fronts and crowding distance (Deb et al. 2002; Gaier & Ha 2019, section 3.2).

Both objectives are higher for the better. A row with a value that is not finite is a failed individual: it is
in the last front, at no distance from anything.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

import numpy as np

from galapagos.evaluation import Evaluation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from galapagos.evaluation import Outcome
    from galapagos.evolution.individual import Individual


def objectives_of(
    population: Sequence[Individual], outcomes: Sequence[Outcome], *, by_complexity: bool
) -> NDArray[np.float64]:
    """Return what individuals are ranked by.

    Args:
        population: The individuals.
        outcomes: One for each of them.
        by_complexity: Whether the second objective is 1 / max(1, connections) or the best weight's mean.

    Returns:
        An array (individuals, 2) of fitness and the second objective; failed rows are -inf.
    """
    rows = np.full((len(population), 2), -np.inf)
    succeeded = [
        (index, individual.genome, outcome)
        for index, (individual, outcome) in enumerate(zip(population, outcomes, strict=True))
        if isinstance(outcome, Evaluation)
    ]
    indices = [index for index, _, _ in succeeded]
    rows[indices, 0] = [outcome.fitness for _, _, outcome in succeeded]
    if by_complexity:
        connections = np.array([genome.complexity("connections") for _, genome, _ in succeeded])
        rows[indices, 1] = 1.0 / np.maximum(1, connections)
    else:
        rows[indices, 1] = [outcome.objectives["max"] for _, _, outcome in succeeded]
    return rows


def non_dominated_fronts(objectives: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the front of each row: 0 where none dominates it, 1 where only front 0 does, and so on.

    A row dominates another if it is at least as high in both objectives and higher in one, so equal rows
    share a front. After a sort by the first objective, a row belongs to the first front whose highest second
    objective so far is below its own; these fall from front to front, so that a bisection finds it:
    O(n log n).

    Args:
        objectives: Array (rows, 2).

    Returns:
        Array (rows,) of front numbers from 0.
    """
    failed = ~_succeeded(objectives)
    order = np.lexsort((-objectives[:, 1], -objectives[:, 0]))
    order = order[~failed[order]]
    fronts = np.zeros(len(objectives), dtype=np.intp)
    # Negated, so that what falls from front to front rises, as bisect wants it.
    lowered = -objectives[order]
    is_new = np.ones(len(order), dtype=np.bool_)
    is_new[1:] = (lowered[1:, 0] != lowered[:-1, 0]) | (lowered[1:, 1] != lowered[:-1, 1])
    numbers: list[int] = []
    bounds: list[float] = []
    for second in lowered[is_new, 1].tolist():
        front = bisect_right(bounds, second)
        if front == len(bounds):
            bounds.append(second)
        else:
            bounds[front] = second
        numbers.append(front)
    fronts[order] = np.array(numbers, dtype=np.intp)[np.cumsum(is_new) - 1]
    fronts[failed] = len(bounds)
    return fronts


def crowding_distances(objectives: NDArray[np.float64], fronts: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return how far apart from its neighbours in its front each row is.

    For each objective the two ends of a front are infinitely far, and a row between them as far as its
    neighbours are from each other, divided by (max - min) of the front. An objective in which a front has no
    range contributes nothing, not even ends. Rows that are equal in an objective stand in the order of their
    index.

    Args:
        objectives: Array (rows, 2).
        fronts: Array (rows,) from `non_dominated_fronts`.

    Returns:
        Array (rows,), at least 0, infinite at ends; 0 for failed rows.
    """
    distances = np.zeros(len(objectives))
    rows = np.flatnonzero(_succeeded(objectives))
    if not len(rows):
        return distances
    front_of_row = fronts[rows]
    # Sorted by front first, rows of a front are one stretch: the same for both objectives.
    front = np.sort(front_of_row)
    firsts = np.flatnonzero(np.append(True, front[1:] != front[:-1]))
    lasts = np.append(firsts[1:], len(front)) - 1
    for values in objectives[rows].T:
        order = np.lexsort((values, front_of_row))
        ordered = values[order]
        span = np.repeat(ordered[lasts] - ordered[firsts], lasts - firsts + 1)
        gaps = np.empty(len(ordered))
        gaps[1:-1] = ordered[2:] - ordered[:-2]
        gaps[firsts] = gaps[lasts] = np.inf
        has_range = span > 0
        distances[rows[order[has_range]]] += gaps[has_range] / span[has_range]
    return distances


def rank(objectives: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the indices of the rows, best first: by front, then by crowding distance, then by index.

    Args:
        objectives: Array (rows, 2), both higher for the better; a row that is not finite comes last.
    """
    fronts = non_dominated_fronts(objectives)
    return np.lexsort((-crowding_distances(objectives, fronts), fronts))


def _succeeded(objectives: NDArray[np.float64]) -> NDArray[np.bool_]:
    finite: NDArray[np.bool_] = np.logical_and.reduce(np.isfinite(objectives), axis=1)
    return finite
