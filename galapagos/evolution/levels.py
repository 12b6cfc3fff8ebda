"""Levels of complexity: a view on the archive, which changes nothing in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from galapagos.evolution.archive import Elite
    from galapagos.parameter_declarations import LevelBoundaries
    from galapagos.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Level:
    """A range of complexities.

    Args:
        number: From 1, the smallest networks.
        low: The smallest complexity in it.
        high: The largest complexity in it, at least `low`.
    """

    number: int
    low: int
    high: int

    def __contains__(self, complexity: int) -> bool:
        return self.low <= complexity <= self.high


def level_bounds(complexities: Iterable[int], levels: int, boundaries: LevelBoundaries) -> tuple[Level, ...]:
    """Return levels that hold every size from 1 (0 if that is there) to the largest, each exactly once.

    Args:
        complexities: The sizes that are there, at least 0 each, in any order.
        levels: How many levels to make; fewer where there are fewer sizes (`quantile`: different ones).
        boundaries: `uniform`: equally wide, up to rounding. `logarithmic`: each the same factor above the one
            before, up to rounding. `quantile`: with the same number of the different sizes that are there.

    Returns:
        The levels, by size and without gaps; none where nothing is there.
    """
    present = sorted(set(complexities))
    if not present:
        return ()
    largest = max(present[-1], 1)
    if boundaries == "quantile":
        count = min(levels, len(present))
        highs = [present[-(-len(present) * number // count) - 1] for number in range(1, count)] + [largest]
    elif boundaries == "logarithmic":
        highs = _logarithmic(largest, min(levels, largest))
    else:
        count = min(levels, largest)
        highs = [largest * number // count for number in range(1, count + 1)]
    lows = [min(1, present[0]), *(high + 1 for high in highs)]
    return tuple(
        Level(number, low, high) for number, (low, high) in enumerate(zip(lows, highs, strict=False), start=1)
    )


def view(elites: Iterable[Elite], parameters: Parameters) -> dict[int, tuple[Level, Elite]]:
    """Return what each level shows and breeds from: the elite with the highest archive fitness in it.

    Args:
        elites: All elites of the archive.
        parameters: Reads `complexity_levels` and `level_boundaries`.

    Returns:
        By number, ascending, the levels that have a network; a tie goes to the smaller, then the lower id.
    """
    everyone = sorted(elites, key=lambda elite: elite.precedence)
    levels = level_bounds(
        (elite.complexity for elite in everyone), parameters.complexity_levels, parameters.level_boundaries
    )
    best = (
        (level, next((elite for elite in everyone if elite.complexity in level), None)) for level in levels
    )
    return {level.number: (level, elite) for level, elite in best if elite is not None}


def _logarithmic(largest: int, count: int) -> list[int]:
    """Return the upper bounds of `count` levels, each at least one size wide."""
    highs: list[int] = []
    for number in range(1, count + 1):
        wanted = round(largest ** (number / count))
        at_least = highs[-1] + 1 if highs else 1
        highs.append(min(max(wanted, at_least), largest - (count - number)))
    return highs
