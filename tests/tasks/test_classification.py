"""Images as a task for weight-agnostic networks, on the digits."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from galapagos.errors import UnknownTask
from galapagos.evaluation import Evaluation, EvaluationData, EvaluationPlan, Failed
from galapagos.genomes.graph_mutation import initial_genome
from galapagos.networks.forward import forward
from galapagos.parameters import Parameters
from galapagos.tasks.classification import MORE_TEST_WEIGHTS, ClassificationTask
from galapagos.tasks.datasets import Images, load_dataset
from tests.data_sets import MNIST, needs_mnist

if TYPE_CHECKING:
    from galapagos.genomes.graph import GraphGenome

PARAMETERS = Parameters(
    experiment="wann-classification",
    batch_size=20,
    p_initial_connection_enabled=0.1,
    weight_values=(-1.0, 1.0),
)
PLAN = EvaluationPlan((5,), (-1.0, 1.0))


def network(seed: int = 0) -> GraphGenome:
    return initial_genome(64, 10, np.random.default_rng(seed), PARAMETERS)


def evaluated(plan: EvaluationPlan, parameters: Parameters = PARAMETERS) -> Evaluation:
    [outcome] = ClassificationTask(parameters).evaluate([network()], plan)
    assert isinstance(outcome, Evaluation)
    return outcome


def test_its_shape_is_known_without_loading_anything() -> None:
    task = ClassificationTask(
        Parameters(experiment="wann-classification", dataset="mnist", data_dir="/nowhere")
    )
    assert (task.name, task.num_inputs, task.num_outputs) == ("mnist", 256, 10)
    assert task.fitness_range == (-2.0 * math.log(10.0), 0.0)


def test_a_data_set_that_is_not_there_is_refused() -> None:
    with pytest.raises(UnknownTask, match="digit"):
        ClassificationTask(Parameters(experiment="wann-classification", dataset="digit"))


def test_a_generation_sees_one_batch_of_training_images_without_repeats() -> None:
    outcome = evaluated(PLAN)
    dataset = load_dataset("digits", Images.PREPROCESSED)
    chosen = np.random.default_rng(5).permutation(len(dataset.train_labels))[:20]
    losses = []
    for weight in PLAN.weight_values:
        logits = np.array(
            [forward(network(), weight, dataset.train_images[one].astype(float)) for one in chosen]
        )
        normalised = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        losses.append(-normalised[np.arange(20), dataset.train_labels[chosen]].mean())
    assert outcome.fitness == pytest.approx(-np.mean(losses), rel=1e-12)
    assert outcome.objectives["max"] == pytest.approx(-min(losses), rel=1e-12)
    assert (outcome.trials, outcome.steps) == (20, 40)
    assert evaluated(EvaluationPlan((6,), PLAN.weight_values)).fitness != outcome.fitness


def test_the_batch_is_the_same_whatever_was_asked_before() -> None:
    task = ClassificationTask(PARAMETERS)
    plans = [PLAN, dataclasses.replace(PLAN, data=EvaluationData.ARCHIVE), EvaluationPlan((6,), (1.0,)), PLAN]
    outcomes = [task.evaluate([network()], plan)[0] for plan in plans]
    assert outcomes[0] == outcomes[3] == evaluated(PLAN)


def test_a_batch_larger_than_the_data_set_is_all_of_it() -> None:
    assert evaluated(PLAN, PARAMETERS.changed(batch_size=5000)).trials == 1347


def test_archive_fitness_does_not_depend_on_seed_or_batch_size() -> None:
    archive = dataclasses.replace(PLAN, data=EvaluationData.ARCHIVE)
    other = dataclasses.replace(archive, trial_seeds=(99,))
    assert evaluated(archive) == evaluated(other, PARAMETERS.changed(batch_size=3, seed=4))
    assert evaluated(archive).trials == 1347


def test_a_test_is_on_the_test_images_and_more_weights_vote() -> None:
    outcome = evaluated(dataclasses.replace(PLAN, data=EvaluationData.TEST))
    assert outcome.trials == 450
    assert [result.weight for result in outcome.by_weight] == [-1.0, 1.0]
    assert 0.0 < outcome.objectives["ensemble_accuracy"] <= 1.0
    assert len(MORE_TEST_WEIGHTS) == 10


def test_a_network_that_does_not_fit_fails_alone() -> None:
    other = initial_genome(5, 1, np.random.default_rng(0), PARAMETERS)
    task = ClassificationTask(PARAMETERS)
    first, second = task.evaluate([other, network()], PLAN)
    assert first == Failed("error", "the network has 5 inputs and 1 outputs; digits needs 64 and 10")
    assert second == evaluated(PLAN)


@needs_mnist
def test_archive_fitness_of_mnist_is_on_ten_thousand_images() -> None:
    parameters = PARAMETERS.changed(dataset="mnist", data_dir=str(MNIST))
    genome = initial_genome(256, 10, np.random.default_rng(0), parameters)
    [outcome] = ClassificationTask(parameters).evaluate(
        [genome], dataclasses.replace(PLAN, data=EvaluationData.ARCHIVE)
    )
    assert isinstance(outcome, Evaluation)
    assert outcome.trials == 10_000
