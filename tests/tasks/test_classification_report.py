"""What a network says of each test image, against what its task counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from galapagos.errors import InvalidGenome, InvalidParameters
from galapagos.evaluation import Evaluation, EvaluationData, EvaluationPlan
from galapagos.genomes.founders import founder
from galapagos.parameters import Parameters
from galapagos.tasks.catalogue import build_task
from galapagos.tasks.classification_report import ClassificationReport, classification_report
from tests.learning.conftest import one_thread  # noqa: F401  a fixture, for all tests here

if TYPE_CHECKING:
    from galapagos.genomes.genome import Genome

TEST_IMAGES = 450


def parameters_of(experiment: str, **changes: Any) -> Parameters:
    values = {"experiment": experiment, "dataset": "digits", "num_epochs": 2, **changes}
    return Parameters.model_validate(values)


def network(parameters: Parameters) -> Genome:
    return founder(64, 10, np.random.default_rng(3), parameters, 0)


def evaluated(genome: Genome, parameters: Parameters, data: EvaluationData, **changes: Any) -> Evaluation:
    plan = EvaluationPlan((0,), parameters.weight_values, data, **changes)
    (outcome,) = build_task(parameters).evaluate([genome], plan)
    assert isinstance(outcome, Evaluation)
    return outcome


def report_of(labels: list[int], predictions: list[int], beliefs: list[float]) -> ClassificationReport:
    images = np.zeros((len(labels), 4), dtype=np.float32)
    return ClassificationReport(images, np.array(labels), np.array(predictions), np.array(beliefs), 3)


def test_counts_stand_by_right_class_and_said_class() -> None:
    report = report_of([0, 0, 1, 2, 2], [0, 2, 1, 0, 2], [0.9, 0.6, 0.5, 0.7, 0.8])
    assert report.confusion.tolist() == [[1, 0, 1], [0, 1, 0], [1, 0, 1]]
    assert report.accuracy == 0.6


def test_the_surest_mistakes_come_first_and_equal_ones_by_number() -> None:
    report = report_of([0, 0, 1, 2, 2], [1, 2, 1, 0, 1], [0.4, 0.9, 0.99, 0.9, 0.5])
    assert report.wrong.tolist() == [1, 3, 4, 0]


@pytest.mark.parametrize("weight", [-1.0, 0.5, 2.0])
def test_a_shared_weight_is_as_right_as_its_task_says(weight: float) -> None:
    parameters = parameters_of("wann-classification", weight_values=[weight])
    genome = network(parameters)
    report = classification_report(genome, parameters, weight=weight)
    assert report.accuracy == evaluated(genome, parameters, EvaluationData.TEST).by_weight[0].accuracy
    assert report.confusion.sum() == len(report.labels) == TEST_IMAGES
    assert report.epochs == 0
    assert report.weight == weight


def test_without_a_weight_it_is_the_best_of_archive_fitness() -> None:
    parameters = parameters_of("wann-classification")
    genome = network(parameters)
    best = evaluated(genome, parameters, EvaluationData.ARCHIVE).best_weight
    assert classification_report(genome, parameters).weight == best


@pytest.mark.parametrize("experiment", ["wlnn", "layers"])
def test_what_learns_learns_what_it_did_in_its_evaluation(experiment: str) -> None:
    parameters = parameters_of(experiment)
    genome = network(parameters)
    report = classification_report(genome, parameters)
    outcome = evaluated(genome, parameters, EvaluationData.ARCHIVE)
    assert report.accuracy == outcome.objectives["test_accuracy"]
    assert report.epochs == 2
    assert report.weight is None


@pytest.mark.parametrize("experiment", ["wlnn", "layers"])
def test_what_has_learned_is_taken_as_it_is(experiment: str) -> None:
    parameters = parameters_of(experiment, inherit_weights=True)
    genome = network(parameters)
    outcome = evaluated(genome, parameters, EvaluationData.ARCHIVE)
    assert outcome.trained is not None
    learned = genome.with_trained(outcome.trained, 2)
    report = classification_report(learned, parameters, has_learned=True)
    assert report.epochs == 0
    assert report.accuracy == outcome.objectives["test_accuracy"]


def test_a_lone_network_learns_epoch_after_epoch() -> None:
    parameters = parameters_of("learning", num_hidden=8, lr=0.01)
    genome = network(parameters)
    once, twice = (classification_report(genome, parameters.changed(num_epochs=count)) for count in (1, 2))
    first = evaluated(genome, parameters, EvaluationData.ARCHIVE)
    assert once.accuracy == first.objectives["test_accuracy"]
    assert first.trained is not None
    second = evaluated(
        genome.with_trained(first.trained, 1),
        parameters,
        EvaluationData.ARCHIVE,
        first_epoch=1,
        optimizer_state=first.optimizer_state,
    )
    assert twice.accuracy == second.objectives["test_accuracy"]
    assert (once.epochs, twice.epochs) == (1, 2)


def test_a_network_of_another_task_is_refused_in_a_line() -> None:
    parameters = parameters_of("wann-classification")
    stranger = founder(5, 1, np.random.default_rng(0), parameters_of("wann-classification"), 0)
    with pytest.raises(InvalidGenome, match="64"):
        classification_report(stranger, parameters)


def test_an_experiment_without_images_is_refused_in_a_line() -> None:
    parameters = Parameters()
    with pytest.raises(InvalidParameters, match="wann-gym see no images"):
        classification_report(network(parameters), parameters)
