"""From returns to outcomes, against hand-computed values."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.evaluation import Evaluation, Failed
from galapagos.tasks.outcomes import outcome_of_returns

returns = st.floats(allow_nan=True, allow_infinity=True) | st.floats(1e150, 1e308) | st.floats(-1e308, -1e150)


def test_fitness_is_the_mean_over_weights_of_means_over_trials() -> None:
    outcome = outcome_of_returns((-1.0, 2.0), [[1.0, 3.0], [10.0, 20.0]], steps=40, seconds=0.5)
    assert isinstance(outcome, Evaluation)
    assert outcome.fitness == 8.5
    assert outcome.objectives == {"mean": 8.5, "max": 15.0}
    assert [(one.weight, one.mean, one.std, one.trials) for one in outcome.by_weight] == [
        (-1.0, 2.0, 1.0, 2),
        (2.0, 15.0, 5.0, 2),
    ]
    assert outcome.standard_deviation == pytest.approx(math.sqrt((7.5**2 + 5.5**2 + 1.5**2 + 11.5**2) / 4))
    assert (outcome.trials, outcome.steps, outcome.seconds, outcome.best_weight) == (2, 40, 0.5, 2.0)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_return_that_is_no_finite_number_is_a_failure(value: float) -> None:
    outcome = outcome_of_returns((-1.0, 0.5), [[1.0], [value]], steps=2, seconds=0.0)
    assert outcome == Failed("not_finite", "a return with weight 0.5 is not a finite number")


@given(st.lists(st.lists(returns, min_size=3, max_size=3), min_size=1, max_size=3))
def test_an_evaluation_has_finite_numbers_only_and_everything_else_is_a_failure(
    rows: list[list[float]],
) -> None:
    outcome = outcome_of_returns(range(len(rows)), rows, steps=1, seconds=0)
    if isinstance(outcome, Failed):
        # The largest number is far above its square root: only such returns have no finite deviation.
        assert outcome.kind == "not_finite"
        assert not all(abs(value) < 1e153 for row in rows for value in row)
        return
    means_and_deviations = [number for one in outcome.by_weight for number in (one.mean, one.std)]
    numbers = (outcome.fitness, outcome.standard_deviation, *outcome.objectives.values())
    assert all(map(math.isfinite, (*numbers, *means_and_deviations)))


@pytest.mark.parametrize(
    "rows",
    [[[1e308, 1e308]], [[1e308], [1e308]], [[1e200, -1e200]], [[1e308, -1e308]], [[1.2e154, -1.2e154]]],
)
def test_finite_returns_that_add_up_to_what_is_not_are_a_failure(rows: list[list[float]]) -> None:
    outcome = outcome_of_returns([1.0] * len(rows), rows, steps=1, seconds=0)
    line = "the mean or the deviation of the returns is not a finite number"
    assert outcome == Failed("not_finite", line)
