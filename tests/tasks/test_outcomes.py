"""From returns to outcomes, against hand-computed values."""

import math

import pytest

from galapagos.evaluation import Evaluation, Failed
from galapagos.tasks.outcomes import outcome_of_returns


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
