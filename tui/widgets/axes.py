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
_LEAST_OF_LOG = 1e-300
_MOST = 1e300
"""Ranges go no further, so that no arithmetic on them overflows."""
_LEAST_POWER = 1e6
"""From here on a value is written with a power of ten."""
_LEAST_FIXED = 1e-4
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
    low, high = min(max(low, -_MOST), _MOST), min(max(high, -_MOST), _MOST)
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


def log_range(low: float, high: float) -> tuple[float, float]:
    """Return a range around the positive [low, high] that ends on 1, 2 or 5 times 10ⁿ; never empty."""
    low, high = max(low, _LEAST_OF_LOG), max(high, _LEAST_OF_LOG)
    steps = _log_steps(low / 10, high * 10)
    bottom = max((step for step in steps if step <= low * (1 + _SAME)), default=low)
    top = min((step for step in steps if step >= high * (1 - _SAME)), default=high)
    return (bottom, top) if bottom < top else (bottom, bottom * 10)


def log_ticks(low: float, high: float, most: int, *, whole: bool = False) -> list[float]:
    """Return at most `most` + 1 values of 1, 2 and 5 times 10ⁿ within [low, high], ascending; or of 10ⁿ.

    Args:
        low: Positive; or from 0 where the values are `whole`, which begin there.
        high: Above `low`.
        most: At least 1, or there is none.
        whole: Whether only whole numbers are ticks, 0 among them.
    """
    if most < 1:
        return []
    steps = _log_steps(max(low, 1.0 if whole else _LEAST_OF_LOG), high)
    values = ([0.0] if whole and low <= 0 else []) + [step for step in steps if low <= step <= high]
    if len(values) <= most + 1:
        return values
    powers = [value for value in values if value == 0 or _is_power(value)]
    return powers[:: -(-len(powers) // (most + 1))]


def _log_steps(low: float, high: float) -> list[float]:
    """Return 1, 2 and 5 times 10ⁿ from the power of ten below `low` up to `high`."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    return [factor * 10.0**power for power in range(first, last + 1) for factor in (1.0, 2.0, 5.0)]


def _is_power(value: float) -> bool:
    return abs(math.log10(value) - round(math.log10(value))) < _SAME


def log_labels(values: list[float]) -> list[str]:
    """Return ticks of a logarithmic axis written: `0.01`, `1 000`, `1e+06`."""
    return [
        formatting.whole(value) if value.is_integer() and value < _LEAST_POWER else f"{value:.6g}"
        for value in values
    ]


def value_label(value: float) -> str:
    """Return a value that is read off a curve, with about four digits: `731.2`, `0.2143`, `1 204`."""
    if not math.isfinite(value):
        return formatting.ABSENT
    size = abs(value)
    if size >= _LEAST_POWER or 0 < size < _LEAST_FIXED:
        return f"{value:.3g}"
    return formatting.fixed(value, 0 if size >= 1000 else 1 if size >= 100 else 2 if size >= 10 else 4)


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
