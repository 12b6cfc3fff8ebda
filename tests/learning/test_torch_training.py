"""Training in torch, several networks at once as on a GPU, against the readable reference."""

import numpy as np
import pytest
import torch

from galapagos.learning.compiled_training import CompiledTraining
from galapagos.learning.one_by_one import OneByOne
from galapagos.learning.reference import ReferenceTraining
from galapagos.learning.torch_training import TorchTraining
from galapagos.learning.training import OPTIMIZERS, Training
from galapagos.parameter_declarations import LearningRule, Optimizer
from tests.learning.learners import RULES, learner, random_learner, relative_distance
from tests.learning.test_compiled_training import IMAGES, LABELS, ORDER, networks, settings


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("rule", RULES)
def test_networks_trained_together_are_those_of_the_reference(
    rule: LearningRule, optimizer: Optimizer
) -> None:
    genomes, how = networks(), settings(rule, optimizer)
    training = TorchTraining(genomes, how, dtype=torch.float64)
    references = [ReferenceTraining(genome, how) for genome in genomes]
    for _ in range(3):
        losses = training.train_epoch(IMAGES, LABELS, ORDER)
        expected = [reference.train_epoch(IMAGES, LABELS, ORDER) for reference in references]
    scores = training.score(IMAGES, LABELS, 50)
    for network, reference in enumerate(references):
        assert relative_distance(training.weights(network), reference.weights()) < 1e-9
        assert relative_distance(losses.batches[network], expected[network].batches[0]) < 1e-9
        assert losses.correct[network] == expected[network].correct[0]
        score = reference.score(IMAGES, LABELS, 1000)
        assert scores.loss[network] == pytest.approx(score.loss[0], rel=1e-9)
        assert scores.correct[network] == score.correct[0]


@pytest.mark.parametrize("rule", RULES)
def test_in_float32_it_agrees_with_the_compiled_kernels(rule: LearningRule) -> None:
    genomes, how = networks(), settings(rule, "adam")
    trainings: list[Training] = [TorchTraining(genomes, how), CompiledTraining(genomes, how)]
    for training in trainings:
        training.train_epoch(IMAGES, LABELS, ORDER)
    for network in range(len(genomes)):
        one, other = (training.weights(network) for training in trainings)
        assert one.dtype == other.dtype == np.float32
        assert relative_distance(one, other) < 1e-5
        one, other = (training.memory(network) for training in trainings)
        assert relative_distance(one, other) < 1e-5


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_epoch_by_epoch_with_what_was_remembered_is_the_same_as_all_in_one(optimizer: Optimizer) -> None:
    genome, how = random_learner(1), settings("backprop", optimizer)
    in_one = TorchTraining([genome], how)
    memory = None
    for _ in range(3):
        in_one.train_epoch(IMAGES, LABELS, ORDER)
        one_epoch = TorchTraining([genome], how, [memory])
        one_epoch.train_epoch(IMAGES, LABELS, ORDER)
        genome, memory = genome.with_trained(one_epoch.weights(0), 1), one_epoch.memory(0)
    assert one_epoch.weights(0).tobytes() == in_one.weights(0).tobytes()
    assert one_epoch.memory(0).tobytes() == in_one.memory(0).tobytes()


def test_one_by_one_a_network_learns_the_same_alone_and_in_any_company() -> None:
    genomes, how = networks(), settings("hebbian", "adam")
    together = OneByOne([TorchTraining([genome], how) for genome in genomes])
    losses = together.train_epoch(IMAGES, LABELS, ORDER)
    scores = together.score(IMAGES, LABELS, 100)
    alone = TorchTraining(genomes[1:2], how)
    own = alone.train_epoch(IMAGES, LABELS, ORDER)
    assert losses.batches[1].tobytes() == own.batches[0].tobytes()
    assert losses.correct.shape == scores.loss.shape == scores.correct.shape == (3,)
    assert scores.loss[1] == alone.score(IMAGES, LABELS, 100).loss[0]
    assert together.weights(1).tobytes() == alone.weights(0).tobytes()
    assert together.memory(1).tobytes() == alone.memory(0).tobytes()


def test_a_network_that_diverges_leaves_those_beside_it_alone() -> None:
    how, genome = settings("backprop", "adam"), random_learner(1)
    wild = genome.with_trained(np.full(genome.num_connections, 1e30, np.float32), 0)
    together = TorchTraining([wild, random_learner(2)], how)
    losses = together.train_epoch(IMAGES, LABELS, ORDER)
    alone = TorchTraining([random_learner(2)], how)
    alone.train_epoch(IMAGES, LABELS, ORDER)
    assert not np.isfinite(losses.batches[0]).any()
    assert relative_distance(together.weights(1), alone.weights(0)) < 1e-5


def test_networks_without_connections_can_be_trained_too() -> None:
    training = TorchTraining([learner([])], settings("hebbian", "adam"))
    losses = training.train_epoch(IMAGES, LABELS, ORDER)
    assert losses.batches[0] == pytest.approx(np.log(4))
    assert losses.correct[0] == (LABELS == 0).sum()


def test_networks_that_took_different_steps_do_not_learn_together() -> None:
    how = settings("backprop", "adam")
    training = TorchTraining([random_learner(1)], how)
    training.train_epoch(IMAGES, LABELS, ORDER)
    with pytest.raises(ValueError, match=r"different steps: \[0, 10\]"):
        TorchTraining([random_learner(1)] * 2, how, [None, training.memory(0)])


def test_feedback_alignment_goes_back_through_feedback_in_batches_of_matrices() -> None:
    from galapagos.learning.alignment import aligned_product

    values = torch.ones((2, 5, 3), requires_grad=True)
    weights, feedback = torch.zeros((2, 3, 4), requires_grad=True), torch.full((2, 3, 4), 2.0)
    product = aligned_product(values, weights, feedback)
    assert product.shape == (2, 5, 4)
    product.sum().backward()  # type: ignore[no-untyped-call]
    assert values.grad is not None
    assert weights.grad is not None
    assert (values.grad == 8).all()
    assert (weights.grad == 5).all()
