"""The scales of a plot: round numbers for its axes and how they are written."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from galapagos.fitness import FitnessKind
from tui import formatting

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SAME = 1e-9
"""Values that differ by less than this share of them are drawn as equal."""
_NOTHING = 1e-200
_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0, 20.0)


def nice_step(span: float, most: int, *, whole: bool = False) -> float:
    """Return the smallest of 1, 2, 2.5, 5 times 10ⁿ that divides `span` into at most `most` steps."""
    if not math.isfinite(span) or span <= 0 or most < 1:
        return 1.0
    rough = span / most
    power = 10.0 ** math.floor(math.log10(rough)) if rough > 0 else 0.0
    if power == 0.0:
        return 1.0
    steps = [power * factor for factor in _ROUND if power * factor >= rough * (1 - 1e-9)]
    if whole:
        return max(1.0, next(step for step in steps if step <= 1 or step.is_integer()))
    return steps[0]


def nice_range(low: float, high: float, steps: int) -> tuple[float, float]:
    """Return a range around [low, high] that ends on round numbers, so that it seldom moves; never empty."""
    largest = max(abs(low), abs(high))
    if high - low <= largest * _SAME or high - low < _NOTHING:
        margin = largest * 0.1 if largest > _NOTHING else 1.0
        low, high = low - margin, high + margin
    minor = nice_step(high - low, max(1, steps) * 4)
    bottom, top = math.floor(low / minor + 1e-9) * minor, math.ceil(high / minor - 1e-9) * minor
    return (bottom, top) if bottom <= low and high <= top and bottom < top else (low, high)


def ticks(low: float, high: float, most: int, *, whole: bool = False) -> list[float]:
    """Return at most `most` + 1 round values within [low, high], ascending."""
    if most < 1:
        return []
    step = nice_step(high - low, most, whole=whole)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    slack = (high - low) * 1e-6
    values = (number * step for number in range(first, min(last, first + most) + 1))
    return [value for value in values if low - slack <= value <= high + slack]


def tick_labels(values: list[float]) -> list[str]:
    """Return the ticks written with as many decimals as tell them apart: `1 000`, `0.25`, `2e+12`."""
    if not values:
        return []
    largest = max(abs(value) for value in values)
    step = min((b - a for a, b in pairwise(values)), default=largest or 1.0)
    if largest >= 1e9 or step < 1e-4:
        return [f"{value:.6g}" for value in values]
    decimals = next(digits for digits in range(9) if abs(round(step, digits) - step) < step * 1e-6)
    return [formatting.fixed(value, decimals) for value in values]


def as_shown(values: NDArray[np.float64], kind: FitnessKind) -> NDArray[np.float64]:
    """Return fitnesses as an axis shows them: losses positive, accuracies in percent."""
    if kind is FitnessKind.REWARD:
        return values
    return -values if kind is FitnessKind.LOSS else 100 * values


def value_range(*series: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[float, float] | None:
    """Return the least and greatest value of all series, None where all are NaN; none is infinite."""
    filled = [values for values in series if values.size]
    low = min((float(np.fmin.reduce(values)) for values in filled), key=_nan_last, default=math.nan)
    high = max((float(np.fmax.reduce(values)) for values in filled), key=_nan_first, default=math.nan)
    return None if math.isnan(low) else (low, high)


def _nan_last(value: float) -> float:
    return math.inf if math.isnan(value) else value


def _nan_first(value: float) -> float:
    return -math.inf if math.isnan(value) else value


def widened(low: float, high: float) -> tuple[float, float]:
    """Return a range of whole numbers that is not empty, where both ends may be the same."""
    return low, max(high, low + max(1.0, abs(low) * _SAME))
