"""How sure a mean over trials is: the interval in which that over endlessly many would lie."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

CONFIDENCE = 0.95
"""The share of such intervals that hold the true mean."""


def interval(mean: float, deviations: Sequence[float], trials: int) -> tuple[float, float] | None:
    """Return the ends of the 95 % confidence interval of a mean over weights and trials.

    All weights are tried on the same starts, so what they come to is not independent. The standard error of
    their mean is at most the mean of their standard errors, and that is what is taken: the interval is never
    too narrow for it.

    Args:
        mean: Of all trials of all weights.
        deviations: The standard deviation over its trials of each weight (divided by their number).
        trials: Of each weight.

    Returns:
        The lower and the upper end; None where there is no telling: of one trial, or of no weight.
    """
    if trials < 2 or not deviations or not all(map(math.isfinite, (mean, *deviations))):
        return None
    error = sum(deviations) / len(deviations) / math.sqrt(trials - 1)
    half = _quantile_of_t(0.5 + CONFIDENCE / 2, trials - 1) * error
    return mean - half, mean + half


def _quantile_of_t(share: float, freedom: int) -> float:
    """Return the quantile of Student's t: exact for 1 and 2 degrees of freedom, else by an expansion.

    That is of Abramowitz & Stegun (1964), 26.7.5, and right to 1 % from 3 degrees of freedom on.
    """
    if freedom == 1:
        return math.tan(math.pi * (share - 0.5))
    if freedom == 2:
        return (2 * share - 1) / math.sqrt(2 * share * (1 - share))
    z = NormalDist().inv_cdf(share)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / float(freedom) ** power for power, term in enumerate(terms, start=1))
