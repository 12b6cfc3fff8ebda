"""Evaluations as values."""

from dataclasses import FrozenInstanceError, replace

import pytest
from hypothesis import given

from galapagos.evaluation import Evaluation, Failed
from tests.strategies import evaluation_of, evaluations


@given(evaluations())
def test_the_best_weight_is_the_one_with_the_highest_mean(evaluation: Evaluation) -> None:
    means = {result.weight: result.mean for result in evaluation.by_weight}
    assert means[evaluation.best_weight or 0.0] == max(means.values()) == evaluation.objectives["max"]


def test_the_first_of_equal_weights_is_the_best() -> None:
    assert evaluation_of([1.0, 3.0, 3.0], weights=[-1.0, 0.5, 2.0]).best_weight == 0.5


@given(evaluations())
def test_seconds_are_not_part_of_what_makes_evaluations_equal(evaluation: Evaluation) -> None:
    assert replace(evaluation, seconds=evaluation.seconds + 1) == evaluation
    assert replace(evaluation, fitness=evaluation.fitness + 1) != evaluation


def test_outcomes_cannot_be_changed() -> None:
    evaluation, failure = evaluation_of([1.0]), Failed("timeout", "it took too long")
    with pytest.raises(FrozenInstanceError):
        evaluation.fitness = 2.0  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        failure.kind = "error"  # type: ignore[misc]
