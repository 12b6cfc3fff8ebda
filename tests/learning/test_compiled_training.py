"""The compiled kernels against the readable reference, and against themselves in any company."""

import numpy as np
import pytest
import torch

from galapagos.genomes.graph import GraphGenome
from galapagos.learning.compiled_training import CompiledTraining
from galapagos.learning.reference import ReferenceTraining
from galapagos.learning.training import OPTIMIZERS, LearningSettings, trained_connections
from galapagos.parameter_declarations import LearningRule, Optimizer
from tests.learning.learners import (
    NUM_INPUTS,
    RULES,
    images_and_labels,
    learner,
    random_learner,
    relative_distance,
)

BATCH, EPOCHS = 37, 10
IMAGES, LABELS = images_and_labels(9 * BATCH + 20)
ORDER = np.random.default_rng(3).permutation(len(LABELS))


def settings(rule: LearningRule, optimizer: Optimizer) -> LearningSettings:
    # Oja's rule does not converge at the rates of Adadelta, nor at high ones of gradient descent.
    lr = {"adam": 0.01, "sgd": 0.1, "adadelta": 0.1 if rule == "hebbian" else 1.0}[optimizer]
    return LearningSettings(rule, optimizer, lr, BATCH)


def networks() -> list[GraphGenome]:
    return [random_learner(1), random_learner(2, hidden=14, share=0.3), random_learner(3, hidden=0)]


@pytest.mark.parametrize(("dtype", "distance"), [("float64", 1e-9), ("float32", 1e-5)])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("rule", RULES)
def test_weights_losses_and_right_ones_are_those_of_the_reference_after_100_steps(
    rule: LearningRule, optimizer: Optimizer, dtype: str, distance: float
) -> None:
    genomes, how = networks(), settings(rule, optimizer)
    compiled = CompiledTraining(genomes, how, dtype=dtype)
    references = [ReferenceTraining(genome, how, dtype=getattr(torch, dtype)) for genome in genomes]
    for _ in range(EPOCHS):
        losses = compiled.train_epoch(IMAGES, LABELS, ORDER)
        expected = [reference.train_epoch(IMAGES, LABELS, ORDER) for reference in references]
    scores = compiled.score(IMAGES, LABELS, 50)
    assert losses.sizes.tolist() == [BATCH] * 9 + [20]
    for network, reference in enumerate(references):
        assert relative_distance(compiled.weights(network), reference.weights()) < distance
        assert relative_distance(losses.batches[network], expected[network].batches[0]) < distance
        assert losses.correct[network] == expected[network].correct[0]
        score = reference.score(IMAGES, LABELS, 1000)
        assert scores.loss[network] == pytest.approx(score.loss[0], rel=distance)
        assert scores.correct[network] == score.correct[0]


@pytest.mark.parametrize("rule", RULES)
def test_a_network_learns_the_same_alone_and_in_any_company(rule: LearningRule) -> None:
    genomes, how = networks(), settings(rule, "adam")
    together = CompiledTraining([*genomes, learner([]), *reversed(genomes)], how)
    losses = together.train_epoch(IMAGES, LABELS, ORDER)
    for network, genome in enumerate(genomes):
        alone = CompiledTraining([genome], how)
        own = alone.train_epoch(IMAGES, LABELS, ORDER)
        for place in (network, 6 - network):
            assert together.weights(place).tobytes() == alone.weights(0).tobytes()
            assert together.memory(place).tobytes() == alone.memory(0).tobytes()
            assert losses.batches[place].tobytes() == own.batches[0].tobytes()
            assert losses.correct[place] == own.correct[0]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_epoch_by_epoch_with_what_was_remembered_is_the_same_as_all_in_one(optimizer: Optimizer) -> None:
    genome, how = random_learner(1), settings("backprop", optimizer)
    in_one = CompiledTraining([genome], how)
    memory = None
    for _ in range(4):
        in_one.train_epoch(IMAGES, LABELS, ORDER)
        one_epoch = CompiledTraining([genome], how, [memory])
        one_epoch.train_epoch(IMAGES, LABELS, ORDER)
        genome, memory = genome.with_trained(one_epoch.weights(0), 1), one_epoch.memory(0)
    assert one_epoch.weights(0).tobytes() == in_one.weights(0).tobytes()
    assert memory is not None
    assert memory.tobytes() == in_one.memory(0).tobytes()


def test_what_a_score_is_does_not_depend_on_the_size_of_its_batches() -> None:
    training = CompiledTraining(networks(), settings("backprop", "adam"))
    scores = [training.score(IMAGES, LABELS, size) for size in (1, 7, 1000)]
    for other in scores[1:]:
        assert other.loss.tobytes() == scores[0].loss.tobytes()
        assert other.correct.tolist() == scores[0].correct.tolist()


@pytest.mark.parametrize("batch", [1, 3, 5, 15, 16, 17, 63, 64, 65, 100, 1000])
def test_batches_of_any_size_are_summed_in_full(batch: int) -> None:
    how = LearningSettings("backprop", "sgd", 0.1, batch)
    compiled, reference = (
        CompiledTraining(networks()[:1], how, dtype="float64"),
        ReferenceTraining(networks()[0], how),
    )
    few = ORDER[:130]
    compiled.train_epoch(IMAGES, LABELS, few)
    reference.train_epoch(IMAGES, LABELS, few)
    assert relative_distance(compiled.weights(0), reference.weights()) < 1e-12


@pytest.mark.parametrize("rule", ["hebbian", "last_layer"])
def test_what_leads_nowhere_stays_as_it_is(rule: LearningRule) -> None:
    genome = random_learner(5, share=0.15)
    matters = trained_connections(genome)
    assert 0 < matters.sum() < genome.num_connections
    training = CompiledTraining([genome], settings(rule, "adam"))
    training.train_epoch(IMAGES, LABELS, ORDER)
    assert genome.weights is not None
    before, after = genome.weights.astype(np.float32), training.weights(0)
    stays = ~matters if rule == "hebbian" else genome.targets >= genome.first_hidden
    assert after[stays].tolist() == before[stays].tolist()
    assert (after != before)[genome.targets < genome.first_hidden].any()


def test_a_network_that_diverges_leaves_the_others_alone() -> None:
    how = settings("feedback_alignment", "sgd")
    wild = random_learner(1).with_trained(np.full(random_learner(1).num_connections, 1e30, np.float32), 0)
    together = CompiledTraining([wild, random_learner(2)], how)
    losses = together.train_epoch(IMAGES, LABELS, ORDER)
    alone = CompiledTraining([random_learner(2)], how)
    alone.train_epoch(IMAGES, LABELS, ORDER)
    assert not np.isfinite(losses.batches[0]).any()
    assert together.weights(1).tobytes() == alone.weights(0).tobytes()


def test_equal_outputs_are_told_as_the_first_class_so_no_connections_are_no_wonder() -> None:
    training = CompiledTraining([learner([])], settings("backprop", "adam"))
    scores = training.score(IMAGES, LABELS, 100)
    assert scores.correct[0] == (LABELS == 0).sum()
    assert scores.loss[0] == pytest.approx(np.log(4))
    losses = training.train_epoch(IMAGES, LABELS, ORDER)
    assert losses.correct[0] == (LABELS == 0).sum()
    assert training.weights(0).tolist() == []


def test_only_the_images_of_the_order_are_seen() -> None:
    how, few = settings("backprop", "adam"), ORDER[:50]
    one, other = CompiledTraining(networks(), how), CompiledTraining(networks(), how)
    one.train_epoch(IMAGES, LABELS, few)
    other.train_epoch(IMAGES[few], LABELS[few], np.arange(50))
    for network in range(3):
        assert one.weights(network).tobytes() == other.weights(network).tobytes()


def test_a_direct_network_learns_to_tell_the_classes_apart() -> None:
    pairs = [(source, NUM_INPUTS + output) for source in range(NUM_INPUTS) for output in range(4)]
    training = CompiledTraining([learner(pairs)], settings("backprop", "adam"))
    before = training.score(IMAGES, LABELS, 100)
    for _ in range(EPOCHS):
        training.train_epoch(IMAGES, LABELS, ORDER)
    after = training.score(IMAGES, LABELS, 100)
    assert after.loss[0] < 0.8 * before.loss[0]
    assert after.correct[0] > 1.5 * before.correct[0]
