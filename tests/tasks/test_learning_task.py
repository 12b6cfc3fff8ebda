"""The task of networks that learn: what is trained, in which order, and what its fitness is."""

import math
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from galapagos.errors import InvalidParameters
from galapagos.evaluation import EpochResult, Evaluation, EvaluationData, EvaluationPlan, Failed
from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import GraphGenome, graph_genome
from galapagos.genomes.learning_networks import evolving_founder, lone_founder, with_weights
from galapagos.learning.reference import ReferenceTraining
from galapagos.learning.training import LearningSettings
from galapagos.parameter_declarations import EvaluationPeriod
from galapagos.parameters import Parameters
from galapagos.randomness import SHARED_SEED, Purpose, generator
from galapagos.tasks.datasets import Images, load_dataset
from galapagos.tasks.learning_task import LearningTask
from tests.learning.conftest import one_thread  # noqa: F401  a fixture, for all tests here

TRAINED, HELD_OUT, TEST = 1347, 270, 450
PLAN = EvaluationPlan((0,), (1.0,))
TEST_PLAN = EvaluationPlan((0,), (1.0,), EvaluationData.TEST)


def parameters_of(**changes: Any) -> Parameters:
    return Parameters(**{"experiment": "wlnn", "dataset": "digits", "num_epochs": 2, **changes})


def founder(seed: int = 0, **changes: Any) -> GraphGenome:
    chosen = parameters_of(p_initial_connection_enabled=0.1, **changes)
    return evolving_founder(64, 10, np.random.default_rng(seed), chosen)


def evaluation(genome: GraphGenome, parameters: Parameters, plan: EvaluationPlan = PLAN) -> Evaluation:
    (outcome,) = LearningTask(parameters).evaluate([genome], plan)
    assert isinstance(outcome, Evaluation)
    return outcome


def test_the_task_is_the_data_set_and_its_fitness_a_loss() -> None:
    task = LearningTask(parameters_of())
    assert (task.name, task.num_inputs, task.num_outputs) == ("digits", 64, 10)
    assert task.is_repeatable
    assert task.fitness_range == (-2 * math.log(10), 0)


def test_a_network_learns_and_tells_each_epoch() -> None:
    parameters = parameters_of(num_epochs=4)
    outcome = evaluation(founder(), parameters)
    assert [result.epoch for result in outcome.by_epoch] == [1, 2, 3, 4]
    assert outcome.by_epoch[-1].loss < outcome.by_epoch[0].loss < math.log(10) + 0.1
    assert all(result.validation_accuracy is not None for result in outcome.by_epoch)
    assert [result.test_accuracy is None for result in outcome.by_epoch] == [True, True, True, False]
    last = outcome.by_epoch[-1]
    assert outcome.fitness == -(last.validation_loss or 0)
    assert outcome.objectives == {
        "mean": outcome.fitness,
        "max": outcome.fitness,
        "accuracy": last.accuracy,
        "validation_accuracy": last.validation_accuracy,
        "test_accuracy": last.test_accuracy,
    }
    assert outcome.trials == TRAINED - HELD_OUT
    assert outcome.steps == 4 * TRAINED + TEST
    assert (outcome.by_weight, outcome.standard_deviation, outcome.trained) == ((), 0, None)
    assert outcome.seconds > 0


def test_images_are_held_out_for_validation_only() -> None:
    outcome = evaluation(founder(), parameters_of(evaluation_period="last_epoch"))
    assert outcome.trials == TRAINED
    assert outcome.steps == 2 * TRAINED + TEST
    assert set(outcome.objectives) == {"mean", "max", "accuracy", "test_accuracy"}
    assert {result.validation_loss for result in outcome.by_epoch} == {None}


@pytest.mark.parametrize(
    "period", ["integral", "last_batch", "last_ten_batches", "first_ten_batches", "last_epoch", "validation"]
)
def test_fitness_and_accuracies_are_those_of_the_reference_over_the_period(period: EvaluationPeriod) -> None:
    genome, data = founder(), load_dataset("digits", Images.PREPROCESSED)
    parameters = parameters_of(evaluation_period=period, batch_size=100, lr=0.01)
    outcome = evaluation(genome, parameters)
    count = TRAINED - (HELD_OUT if period == "validation" else 0)
    reference = ReferenceTraining(genome, LearningSettings("backprop", "adam", 0.01, 100))
    epochs = [
        reference.train_epoch(
            data.train_images,
            data.train_labels,
            generator(SHARED_SEED, epoch, Purpose.BATCHES).permutation(count),
        )
        for epoch in range(2)
    ]
    means = [float(epoch.batches[0] @ epoch.sizes) / count for epoch in epochs]
    first, last, last_sizes = epochs[0].batches[0], epochs[1].batches[0], epochs[1].sizes
    held_out = (
        reference.score(data.train_images[count:], data.train_labels[count:], 100)
        if count < TRAINED
        else None
    )
    expected = {
        "integral": (means[0] + means[1]) / 2,
        "last_batch": last[-1],
        "last_ten_batches": last[-10:] @ last_sizes[-10:] / last_sizes[-10:].sum(),
        "first_ten_batches": first[:10].mean(),
        "last_epoch": means[1],
        "validation": 0.0 if held_out is None else held_out.loss[0],
    }
    assert outcome.fitness == pytest.approx(-expected[period], rel=1e-5)
    assert [result.loss for result in outcome.by_epoch] == pytest.approx(means, rel=1e-5)
    assert outcome.objectives["accuracy"] == epochs[1].correct[0] / count
    test = reference.score(data.test_images, data.test_labels, 100)
    assert outcome.objectives["test_accuracy"] == test.correct[0] / TEST


@pytest.mark.parametrize("use_torch", [False, True])
@pytest.mark.parametrize("rule", ["backprop", "hebbian"])
def test_a_network_has_the_same_outcome_alone_and_in_any_company(rule: str, *, use_torch: bool) -> None:
    parameters = parameters_of(learning_rule=rule, use_torch=use_torch, inherit_weights=True)
    genomes = [founder(seed) for seed in range(3)]
    together = LearningTask(parameters).evaluate(genomes, PLAN)
    for genome, outcome in zip(genomes, together, strict=True):
        alone = evaluation(genome, parameters)
        assert outcome == alone
        assert isinstance(outcome, Evaluation)
        assert outcome.trained is not None
        assert alone.trained is not None
        assert outcome.trained.tobytes() == alone.trained.tobytes()


def test_torch_comes_to_the_same_within_a_tolerance() -> None:
    compiled = evaluation(founder(), parameters_of(inherit_weights=True))
    dense = evaluation(founder(), parameters_of(inherit_weights=True, use_torch=True))
    assert dense.fitness == pytest.approx(compiled.fitness, rel=1e-5)
    assert compiled.trained is not None
    assert dense.trained is not None
    assert dense.trained == pytest.approx(compiled.trained, abs=1e-4)


def test_the_generation_and_the_archive_are_the_same() -> None:
    archive = EvaluationPlan((7,), (1.0,), EvaluationData.ARCHIVE)
    assert evaluation(founder(), parameters_of()) == evaluation(founder(), parameters_of(), archive)


def test_inherited_weights_are_handed_out_as_float32_in_the_order_of_the_genome() -> None:
    genome = founder()
    outcome = evaluation(genome, parameters_of(inherit_weights=True, learning_rule="last_layer"))
    assert outcome.trained is not None
    assert outcome.trained.dtype == np.float32
    assert genome.weights is not None
    changed = outcome.trained != genome.weights.astype(np.float32)
    assert changed.any()
    assert not changed[genome.targets >= genome.first_hidden].any()


@pytest.mark.parametrize("rule", ["backprop", "feedback_alignment", "hebbian"])
def test_training_only_outputs_is_the_last_layer_whatever_the_rule(rule: str) -> None:
    only = evaluation(founder(), parameters_of(learning_rule=rule, train_only_outputs=True))
    assert only == evaluation(founder(), parameters_of(learning_rule="last_layer"))
    assert only != evaluation(founder(), parameters_of(learning_rule=rule))


def test_how_many_images_are_scored_at_once_changes_nothing() -> None:
    one, other = (evaluation(founder(), parameters_of(batch_size_eval=size)) for size in (7, 1000))
    assert one == other


def test_a_champion_is_trained_ten_epochs_and_tested_on_the_test_images() -> None:
    tested = evaluation(founder(), parameters_of(num_epochs=1, inherit_weights=True), TEST_PLAN)
    trained = evaluation(founder(), parameters_of(num_epochs=10))
    assert len(tested.by_epoch) == 10
    assert tested.by_epoch == trained.by_epoch
    last = tested.by_epoch[-1]
    assert tested.objectives == {
        "mean": tested.fitness,
        "max": tested.fitness,
        "accuracy": last.accuracy,
        "test_accuracy": last.test_accuracy,
    }
    data = load_dataset("digits", Images.PREPROCESSED)
    reference = ReferenceTraining(founder(), LearningSettings("backprop", "adam", 0.01, 256))
    for epoch in range(10):
        order = generator(SHARED_SEED, epoch, Purpose.BATCHES).permutation(TRAINED - HELD_OUT)
        reference.train_epoch(data.train_images, data.train_labels, order)
    loss = reference.score(data.test_images, data.test_labels, TEST).loss[0]
    assert tested.fitness == pytest.approx(-loss, rel=1e-4)
    assert tested.trials == TEST
    assert tested.trained is None


@pytest.mark.parametrize("use_torch", [False, True])
@pytest.mark.parametrize("optimizer", ["adam", "sgd", "adadelta"])
def test_learning_alone_epoch_by_epoch_is_the_same_as_all_in_one(optimizer: str, *, use_torch: bool) -> None:
    shared = {"num_hidden": 5, "use_torch": use_torch, "optimizer": optimizer}
    parameters = parameters_of(experiment="learning", **shared)
    genome = start = lone_founder(64, 10, np.random.default_rng(0), parameters)
    plan, by_epoch = PLAN, list[EpochResult]()
    for epoch in range(3):
        outcome = evaluation(genome, parameters, plan)
        assert [result.epoch for result in outcome.by_epoch] == [epoch + 1]
        assert outcome.fitness == -(outcome.by_epoch[0].validation_loss or 0)
        assert outcome.by_epoch[0].test_accuracy == outcome.objectives["test_accuracy"]
        assert outcome.trained is not None
        by_epoch += outcome.by_epoch
        genome = genome.with_trained(outcome.trained, 1)
        plan = EvaluationPlan((0,), (1.0,), first_epoch=epoch + 1, optimizer_state=outcome.optimizer_state)
    in_one = evaluation(start, parameters_of(num_epochs=3, inherit_weights=True, **shared))
    assert in_one.trained is not None
    assert outcome.trained is not None
    assert outcome.trained.tobytes() == in_one.trained.tobytes()
    assert [result.loss for result in by_epoch] == [result.loss for result in in_one.by_epoch]
    assert by_epoch[-1] == in_one.by_epoch[-1]


def test_alone_without_held_out_images_fitness_is_minus_the_training_loss_of_the_epoch() -> None:
    parameters = parameters_of(experiment="learning", evaluation_period="integral")
    outcome = evaluation(lone_founder(64, 10, np.random.default_rng(0), parameters), parameters)
    assert outcome.fitness == -outcome.by_epoch[0].loss
    assert outcome.trials == TRAINED


@pytest.mark.parametrize("use_torch", [False, True])
def test_a_network_that_diverges_fails_with_one_line_and_leaves_the_others_alone(*, use_torch: bool) -> None:
    parameters = parameters_of(use_torch=use_torch)
    wild = founder().with_trained(np.full(founder().num_connections, 3e38, np.float32), 0)
    failed, other = LearningTask(parameters).evaluate([wild, founder(1)], PLAN)
    assert failed == Failed("not_finite", "the loss of the training images in epoch 1 is not a finite number")
    assert other == evaluation(founder(1), parameters)


def bare(num_inputs: int = 64, hidden: tuple[Activation, ...] = (), **more: Any) -> GraphGenome:
    count = num_inputs + 10 + more.get("bias_input", False)
    activations = [Activation.LINEAR] * count + list(hidden)
    return graph_genome(
        num_inputs=num_inputs, num_outputs=10, activations=activations, connections=[], **more
    )


@pytest.mark.parametrize(
    ("genome", "line"),
    [
        (bare(63), "the network has 63 inputs and 10 outputs; digits needs 64 and 10"),
        (bare(), "the network has no weights of its own with feedback; digits needs both to be learned"),
        (
            bare(weights=[], feedback=[], bias_input=True),
            "the network has a bias; networks that learn have none",
        ),
        (
            bare(hidden=(Activation.RELU, Activation.TANH), weights=[], feedback=[]),
            "the network has hidden neurons that are not relu; networks that learn have only those",
        ),
    ],
)
def test_a_network_that_cannot_learn_is_told_why(genome: GraphGenome, line: str) -> None:
    task = LearningTask(parameters_of())
    assert task.misfit(genome) == line
    assert task.misfit(founder()) is None
    failed, outcome = task.evaluate([genome, founder()], PLAN)
    assert failed == Failed("error", line)
    assert outcome == evaluation(founder(), parameters_of())


def test_a_network_without_connections_guesses() -> None:
    outcome = evaluation(with_weights(bare(), np.random.default_rng(0)), parameters_of())
    assert outcome.fitness == pytest.approx(-math.log(10))
    assert outcome.objectives["test_accuracy"] == pytest.approx(0.1, abs=0.03)


def test_a_cuda_device_that_is_not_there_is_refused_with_one_line() -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a CUDA device here")
    with pytest.raises(InvalidParameters, match="use_cuda is true, but"):
        LearningTask(parameters_of(use_cuda=True)).prepare(lambda: None)


def test_nobody_imports_torch_who_did_not_ask_for_it() -> None:
    program = """
import sys
import numpy as np
from galapagos.evaluation import EvaluationPlan
from galapagos.genomes.founders import founder
from galapagos.parameters import Parameters
from galapagos.tasks.learning_task import LearningTask
parameters = Parameters(experiment="wlnn", dataset="digits")
task = LearningTask(parameters)
task.prepare(lambda: None)
task.evaluate([founder(64, 10, np.random.default_rng(0), parameters, 0)], EvaluationPlan((0,), (1.0,)))
assert "torch" not in sys.modules
LearningTask(parameters.changed(use_torch=True)).prepare(lambda: None)
assert "torch" in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)
