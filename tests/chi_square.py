"""Pearson's chi-square test, for tests of what is drawn at random."""

from collections.abc import Mapping
from math import sqrt
from statistics import NormalDist
from typing import TypeVar

ERROR_RATE = 1e-6
"""How often, at most, a test with right code would fail, were its seed drawn anew."""

_Key = TypeVar("_Key")


def assert_frequencies(counts: Mapping[_Key, int], probabilities: Mapping[_Key, float]) -> None:
    """Assert that counts come from these probabilities, at an error rate of 1e-6.

    Args:
        counts: How often each thing was drawn.
        probabilities: Of each thing; they sum to one, and each expects at least 5 draws.
    """
    assert set(counts) <= set(probabilities), f"drawn, but impossible: {set(counts) - set(probabilities)}"
    total = sum(counts.values())
    expected = {key: total * probability for key, probability in probabilities.items()}
    assert min(expected.values()) >= 5, "too few draws for this test"
    statistic = sum((counts.get(key, 0) - mean) ** 2 / mean for key, mean in expected.items())
    assert statistic < _quantile(len(expected) - 1), (counts, expected)


def rare_together(
    counts: Mapping[_Key, int], probabilities: Mapping[_Key, float]
) -> tuple[dict[_Key | None, int], dict[_Key | None, float]]:
    """Return both with all that expects fewer than 5 draws as one thing, None.

    What is together as rare as that is added to the rarest of the others, so that the test can be made.
    """
    total = sum(counts.values())
    common = {key: share for key, share in probabilities.items() if total * share >= 5}
    if total * (1.0 - sum(common.values())) < 5:
        del common[min(common, key=lambda key: common[key])]
    assert set(counts) <= set(probabilities), f"drawn, but impossible: {set(counts) - set(probabilities)}"
    found: dict[_Key | None, int] = {key: counts.get(key, 0) for key in common}
    shares: dict[_Key | None, float] = {key: common[key] for key in common}
    shares[None] = 1.0 - sum(common.values())
    found[None] = total - sum(found.values())
    return found, shares


def _quantile(freedom: int) -> float:
    """Return the chi-square quantile by the approximation of Wilson & Hilferty (1931), or a little more."""
    if freedom == 0:
        return 1e-9
    z = NormalDist().inv_cdf(1 - ERROR_RATE)
    return freedom * (1 - 2 / (9 * freedom) + z * sqrt(2 / (9 * freedom))) ** 3
