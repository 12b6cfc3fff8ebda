"""One step on a network of one input, one hidden neuron and two outputs, computed here with plain numbers."""

from math import exp, sqrt

import numpy as np
import pytest
import torch

from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import GraphGenome, graph_genome
from galapagos.learning.compiled_training import CompiledTraining
from galapagos.learning.reference import ReferenceTraining
from galapagos.learning.torch_training import TorchTraining
from galapagos.learning.training import OPTIMIZERS, LearningSettings
from galapagos.parameter_declarations import LearningRule, Optimizer
from tests.learning.learners import RULES

# Input 0 → hidden 3 (IN), hidden 3 → outputs 1 and 2 (UP, DOWN); sorted by target they are UP, DOWN, IN.
IN, UP, DOWN = 0.5, 0.8, -0.4
BACK_IN, BACK_UP, BACK_DOWN = 9.0, -1.5, 2.0
PIXELS, LABELS = (2.0, 1.0), (0, 1)
LR = 0.1


def tiny() -> GraphGenome:
    return graph_genome(
        num_inputs=1,
        num_outputs=2,
        activations=[Activation.LINEAR] * 3 + [Activation.RELU],
        connections=[(0, 3), (3, 1), (3, 2)],
        weights=[IN, UP, DOWN],
        feedback=[BACK_IN, BACK_UP, BACK_DOWN],
    )


def gradients(back_up: float, back_down: float) -> tuple[float, float, float]:
    """Return those of UP, DOWN and IN where errors come back through these weights."""
    by_up = by_down = by_in = 0.0
    for pixel, label in zip(PIXELS, LABELS, strict=True):
        hidden = IN * pixel  # above 0 for both images
        up, down = exp(UP * hidden), exp(DOWN * hidden)
        error_up, error_down = up / (up + down) - (label == 0), down / (up + down) - (label == 1)
        by_up += error_up * hidden / 2
        by_down += error_down * hidden / 2
        by_in += (back_up * error_up + back_down * error_down) * pixel / 2
    return by_up, by_down, by_in


def oja() -> float:
    """Return lr (⟨y x⟩ - ⟨y²⟩ w) of IN."""
    products = (2.0 * 1.0 + 1.0 * 0.5) / 2
    squares = (1.0 * 1.0 + 0.5 * 0.5) / 2
    return LR * (products - squares * IN)


def moved(optimizer: Optimizer, gradient: float) -> float:
    """Return what the first step of an optimizer adds to a weight."""
    if optimizer == "sgd":
        return -LR * gradient
    if optimizer == "adam":  # bias correction makes of the first means the gradient and its square
        return -LR * gradient / (abs(gradient) + 1e-8)
    return -LR * sqrt(1e-6) / sqrt(0.1 * gradient * gradient + 1e-6) * gradient


def expected(rule: LearningRule, optimizer: Optimizer) -> list[float]:
    is_aligned = rule == "feedback_alignment"
    by_up, by_down, by_in = gradients(*((BACK_UP, BACK_DOWN) if is_aligned else (UP, DOWN)))
    changes = {"hebbian": oja(), "last_layer": 0.0}
    change_in = changes.get(rule, moved(optimizer, by_in))
    return [UP + moved(optimizer, by_up), DOWN + moved(optimizer, by_down), IN + change_in]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("rule", RULES)
def test_one_step_of_each_rule_and_optimizer_is_as_computed_by_hand(
    rule: LearningRule, optimizer: Optimizer
) -> None:
    settings = LearningSettings(rule, optimizer, LR, batch_size=2)
    images, labels = np.array(PIXELS, dtype=np.float32)[:, None], np.array(LABELS)
    compiled = CompiledTraining([tiny()], settings, dtype=np.float64)
    dense = TorchTraining([tiny()], settings, dtype=torch.float64)
    reference = ReferenceTraining(tiny(), settings)
    for training in (compiled, dense, reference):
        training.train_epoch(images, labels, np.arange(2))
    for weights in (compiled.weights(0), dense.weights(0), reference.weights()):
        assert weights.tolist() == pytest.approx(expected(rule, optimizer), rel=1e-12)


def test_a_second_step_of_adam_remembers_the_first() -> None:
    settings = LearningSettings("last_layer", "adam", LR, batch_size=2)
    training = CompiledTraining([tiny()], settings, dtype=np.float64)
    images, labels = np.array(PIXELS, dtype=np.float32)[:, None], np.array(LABELS)
    training.train_epoch(images, labels, np.arange(2))
    up, down = training.weights(0)[:2].tolist()
    before, after = gradients(UP, DOWN)[0], 0.0
    for pixel, label in zip(PIXELS, LABELS, strict=True):
        powers = exp(up * IN * pixel), exp(down * IN * pixel)
        after += (powers[0] / sum(powers) - (label == 0)) * IN * pixel / 2
    mean = (0.9 * 0.1 * before + 0.1 * after) / (1 - 0.9**2)
    square = (0.999 * 0.001 * before**2 + 0.001 * after**2) / (1 - 0.999**2)
    training.train_epoch(images, labels, np.arange(2))
    assert training.weights(0)[0] == pytest.approx(up - LR * mean / (sqrt(square) + 1e-8), rel=1e-10)
