"""The readable reference against finite differences and the published formulas, written down once more."""

import numpy as np
import pytest
from numpy.typing import NDArray

from galapagos.genomes.graph import GraphGenome
from galapagos.learning.reference import ReferenceTraining
from galapagos.learning.training import LearningSettings, trained_connections
from galapagos.parameter_declarations import LearningRule
from tests.learning.learners import NUM_INPUTS, images_and_labels, random_learner

IMAGES, LABELS = images_and_labels(12)
ORDER = np.arange(12)
GENOME = random_learner(3)


def neuron_values(genome: GraphGenome, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    values = np.zeros((genome.num_neurons, len(IMAGES)))
    values[:NUM_INPUTS] = IMAGES.T
    for neuron in sorted(range(NUM_INPUTS, genome.num_neurons), key=genome.layers().__getitem__):
        incoming = genome.targets == neuron
        total = weights[incoming] @ values[genome.sources[incoming]]
        values[neuron] = total if neuron < genome.first_hidden else np.maximum(total, 0)
    return values


def softmax(genome: GraphGenome, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    outputs = np.exp(neuron_values(genome, weights)[NUM_INPUTS : genome.first_hidden])
    shares: NDArray[np.float64] = outputs / outputs.sum(axis=0)
    return shares


def loss(genome: GraphGenome, weights: NDArray[np.float64]) -> float:
    return float(-np.log(softmax(genome, weights)[LABELS, range(len(LABELS))]).mean())


def step(rule: LearningRule, lr: float = 1.0) -> NDArray[np.float64]:
    """Return what one step by gradient descent adds to the weights."""
    training = ReferenceTraining(GENOME, LearningSettings(rule, "sgd", lr, 12))
    assert training.train_epoch(IMAGES, LABELS, ORDER).batches[0, 0] == pytest.approx(loss(GENOME, weights()))
    change: NDArray[np.float64] = training.weights() - weights()
    return change


def weights() -> NDArray[np.float64]:
    assert GENOME.weights is not None
    return GENOME.weights


def numeric_gradient() -> NDArray[np.float64]:
    gradient = np.zeros(GENOME.num_connections)
    for connection in range(GENOME.num_connections):
        nudge = np.zeros(GENOME.num_connections)
        nudge[connection] = 1e-6
        gradient[connection] = (loss(GENOME, weights() + nudge) - loss(GENOME, weights() - nudge)) / 2e-6
    return gradient


def test_backprop_follows_the_gradient_that_finite_differences_give() -> None:
    assert -step("backprop") == pytest.approx(numeric_gradient(), abs=1e-7)


def test_last_layer_follows_it_for_the_weights_to_outputs_alone() -> None:
    expected = np.where(GENOME.targets < GENOME.first_hidden, numeric_gradient(), 0)
    assert -step("last_layer") == pytest.approx(expected, abs=1e-7)


def test_feedback_alignment_sends_errors_back_through_the_feedback() -> None:
    assert GENOME.feedback is not None
    values = neuron_values(GENOME, weights())
    errors = np.zeros_like(values)
    errors[NUM_INPUTS : GENOME.first_hidden] = softmax(GENOME, weights())
    errors[NUM_INPUTS + LABELS, range(len(LABELS))] -= 1
    hidden = range(GENOME.first_hidden, GENOME.num_neurons)
    for neuron in sorted(hidden, key=GENOME.layers().__getitem__, reverse=True):
        outgoing = GENOME.sources == neuron
        back = GENOME.feedback[outgoing] @ errors[GENOME.targets[outgoing]]
        errors[neuron] = np.where(values[neuron] > 0, back, 0)
    expected = (errors[GENOME.targets] * values[GENOME.sources]).mean(axis=1)
    assert -step("feedback_alignment") == pytest.approx(expected, abs=1e-12)


def test_hebbian_is_ojas_rule_below_the_outputs_and_the_gradient_at_them() -> None:
    values, lr = neuron_values(GENOME, weights()), 0.3
    x, y = values[GENOME.sources], values[GENOME.targets]
    oja = lr * ((y * x).mean(axis=1) - (y * y).mean(axis=1) * weights())
    oja[~trained_connections(GENOME)] = 0
    expected = np.where(GENOME.targets < GENOME.first_hidden, -lr * numeric_gradient(), oja)
    assert step("hebbian", lr) == pytest.approx(expected, abs=1e-7)


def test_scores_are_the_loss_and_the_right_ones_of_the_weights_as_they_are() -> None:
    training = ReferenceTraining(GENOME, LearningSettings("backprop", "sgd", 0.1, 5))
    scores = training.score(IMAGES, LABELS, 5)
    assert scores.loss[0] == pytest.approx(loss(GENOME, weights()))
    assert scores.correct[0] == (softmax(GENOME, weights()).argmax(axis=0) == LABELS).sum()
