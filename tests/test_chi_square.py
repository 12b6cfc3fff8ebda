"""The test of what is drawn at random: it has the error rate that it states and finds what is not right."""

import math
from collections import Counter

import numpy as np
import pytest

from tests.chi_square import ERROR_RATE, _quantile, assert_frequencies, rare_together


@pytest.mark.parametrize("freedom", [2, 4, 10, 20, 64, 200])
def test_the_error_rate_is_at_most_the_one_that_is_stated(freedom: int) -> None:
    # For an even number of degrees of freedom the distribution is a sum of a Poisson distribution's.
    half = _quantile(freedom) / 2
    terms = (half**k / math.factorial(k) for k in range(freedom // 2))
    rate = math.exp(-half) * math.fsum(terms)
    # The approximation is best for many; for few it is too strict.
    assert ERROR_RATE / 4 < rate <= ERROR_RATE


def test_with_one_degree_of_freedom_the_error_rate_is_smaller() -> None:
    assert ERROR_RATE / 8 < math.erfc(math.sqrt(_quantile(1) / 2)) <= ERROR_RATE


def test_a_wrong_frequency_is_found() -> None:
    rng = np.random.default_rng(0)
    counts = Counter(rng.choice(3, 4000, p=[0.2, 0.3, 0.5]).tolist())
    assert_frequencies(counts, {0: 0.2, 1: 0.3, 2: 0.5})
    with pytest.raises(AssertionError):
        assert_frequencies(counts, {0: 0.25, 1: 0.25, 2: 0.5})
    with pytest.raises(AssertionError, match="impossible"):
        assert_frequencies(counts, {0: 0.4, 1: 0.6})
    with pytest.raises(AssertionError, match="too few"):
        assert_frequencies(counts, {0: 0.2, 1: 0.3, 2: 0.4999, 3: 0.0001})


def test_what_is_rare_is_counted_together() -> None:
    probabilities = {0: 0.5, 1: 0.496, 2: 0.002, 3: 0.002}
    counts, shares = rare_together({0: 1000, 1: 993, 2: 7}, probabilities)
    assert counts == {0: 1000, 1: 993, None: 7}
    assert shares == pytest.approx({0: 0.5, 1: 0.496, None: 0.004})
    counts, shares = rare_together({0: 500, 1: 499}, probabilities)
    assert counts == {0: 500, None: 499}
    assert shares == pytest.approx({0: 0.5, None: 0.5})
