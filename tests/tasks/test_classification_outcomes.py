"""From sums over images to outcomes, by hand."""

import math

import numpy as np
import pytest

from galapagos.evaluation import Evaluation, Failed
from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import graph_genome
from galapagos.tasks.classification_outcomes import ensemble_accuracy, outcome_of_sums


def test_objectives_are_those_of_the_losses_and_accuracies() -> None:
    # Losses 1 and 3 with the first weight, 2 and 2 with the second, on two images each.
    sums = np.array([[4.0, 10.0, 1.0], [4.0, 8.0, 2.0]])
    outcome = outcome_of_sums((-1.0, 1.0), sums, images=2, seconds=0.5)
    assert isinstance(outcome, Evaluation)
    assert outcome.fitness == -2.0
    assert outcome.objectives == {"mean": -2.0, "max": -2.0, "accuracy": 0.75, "max_accuracy": 0.5}
    assert [result.std for result in outcome.by_weight] == [1.0, 0.0]
    assert [result.accuracy for result in outcome.by_weight] == [0.5, 1.0]
    assert outcome.standard_deviation == pytest.approx(math.sqrt(0.5))
    assert (outcome.trials, outcome.steps) == (2, 4)


def test_the_accuracy_at_the_best_weight_is_that_of_least_loss() -> None:
    sums = np.array([[9.0, 30.0, 3.0], [3.0, 4.0, 1.0]])
    outcome = outcome_of_sums((-1.0, 1.0), sums, images=3, seconds=0.0)
    assert isinstance(outcome, Evaluation)
    assert outcome.objectives["max"] == -1.0
    assert outcome.objectives["max_accuracy"] == pytest.approx(1 / 3)
    assert outcome.best_weight == 1.0


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_is_a_failure_that_names_its_weight(bad: float) -> None:
    outcome = outcome_of_sums((-1.0, 1.0), np.array([[1.0, 1.0, 0.0], [bad, 1.0, 0.0]]), images=1, seconds=0)
    assert outcome == Failed("not_finite", "an output with weight 1 is not a finite number")


def test_losses_that_add_up_to_what_is_not_finite_are_a_failure() -> None:
    outcome = outcome_of_sums((-1.0, 1.0), np.array([[1e154, 1.5e308, 0.0]] * 2), images=2, seconds=0)
    assert outcome == Failed("not_finite", "a sum over the losses is not a finite number")


def test_a_weight_whose_outputs_are_no_numbers_has_no_vote() -> None:
    # Output 0 is 1e200 times the weight and output 1 is 1e308 times its square: infinite beyond 1.34.
    genome = graph_genome(
        num_inputs=1,
        num_outputs=2,
        activations=[Activation.LINEAR] * 4,
        connections=[(0, 1), (0, 3), (3, 2)],
        weights=[1e200, 1e200, 1e108],
    )
    image, zero = np.ones((1, 1), dtype=np.float32), np.zeros(1, dtype=np.int64)
    assert ensemble_accuracy(genome, (1e-150,), image, zero) == 1.0
    assert ensemble_accuracy(genome, (1e-150, 2.0, 3.0), image, zero) == 1.0
    assert ensemble_accuracy(genome, (1e-150, 1.0, 0.5, 3.0), image, zero) == 0.0
    assert ensemble_accuracy(genome, (2.0, 3.0), image, zero) == 1.0, "nobody votes: the first class"


def test_weights_vote_and_ties_go_to_the_larger_log_probability() -> None:
    # Output 0 is the pixel times the weight, output 1 is 0: a positive weight votes for 0, a negative for 1.
    genome = graph_genome(
        num_inputs=1, num_outputs=2, activations=[Activation.LINEAR] * 3, connections=[(0, 1)]
    )
    image, zero = np.ones((1, 1), dtype=np.float32), np.zeros(1, dtype=np.int64)
    assert ensemble_accuracy(genome, (1.0, 2.0, -3.0), image, zero) == 1.0
    assert ensemble_accuracy(genome, (1.0, -2.0, -3.0), image, zero) == 0.0
    # One vote each; over both weights class 0 has log-probabilities -0.31 - 1.31, class 1 -1.31 - 0.31 …
    assert ensemble_accuracy(genome, (2.0, -1.0), image, zero) == 1.0
    assert ensemble_accuracy(genome, (1.0, -2.0), image, zero) == 0.0
