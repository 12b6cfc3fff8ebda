"""How sure a mean is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tui.confidence import interval

T_975 = {1: 12.7062, 2: 4.3027, 3: 3.1824, 4: 2.7764, 9: 2.2622, 15: 2.1314, 29: 2.0452, 99: 1.9842}
"""Upper 2.5 % points of Student's t by degrees of freedom, from printed tables."""


@pytest.mark.parametrize("freedom", T_975)
def test_of_one_weight_it_is_the_interval_of_student(freedom: int) -> None:
    trials = freedom + 1
    found = interval(100.0, [math.sqrt(freedom)], trials)
    assert found is not None
    assert found == pytest.approx((100 - T_975[freedom], 100 + T_975[freedom]), rel=1e-3)


def test_more_trials_make_it_narrower() -> None:
    few, many = interval(0.0, [5.0, 7.0], 16), interval(0.0, [5.0, 7.0], 100)
    assert few is not None
    assert many is not None
    assert few[0] < many[0] < 0.0 < many[1] < few[1]


def test_it_holds_the_true_mean_often_enough_however_weights_hang_together() -> None:
    rng = np.random.default_rng(5)
    weights, trials, runs = 4, 10, 2000
    for shared in (0.0, 0.9, 1.0):
        held = 0
        for _ in range(runs):
            common, own = rng.normal(size=trials), rng.normal(size=(weights, trials))
            returns = shared * common + math.sqrt(1 - shared**2) * own
            found = interval(float(returns.mean()), returns.std(axis=1).tolist(), trials)
            assert found is not None
            held += found[0] <= 0.0 <= found[1]
        assert held / runs > 0.935


@pytest.mark.parametrize(
    ("mean", "deviations", "trials"),
    [(1.0, [1.0], 1), (1.0, [], 5), (math.nan, [1.0], 5), (1.0, [math.inf], 5), (1.0, [1.0], 0)],
)
def test_where_there_is_no_telling_there_is_none(mean: float, deviations: list[float], trials: int) -> None:
    assert interval(mean, deviations, trials) is None
