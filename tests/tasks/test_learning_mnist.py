"""Learning without evolution on real MNIST: the accuracies that the rules reach, in kernels and in torch."""

from typing import Any

import pytest

from galapagos.evaluation import Evaluation, EvaluationPlan
from galapagos.genomes.learning_networks import lone_founder
from galapagos.parameters import Parameters
from galapagos.randomness import Purpose, generator
from galapagos.tasks.learning_task import LearningTask
from tests.data_sets import MNIST, needs_mnist
from tests.learning.conftest import one_thread  # noqa: F401  a fixture, for all tests here
from tests.learning.learners import RULES


def mnist_parameters(**changes: Any) -> Parameters:
    shared = {
        "experiment": "learning",
        "dataset": "mnist",
        "data_dir": str(MNIST),
        "optimizer": "adam",
        "lr": 0.01,
    }
    return Parameters(**{**shared, "batch_size": 256, "p_initial_connection_enabled": 1.0, **changes})


def accuracies_on_test_images(parameters: Parameters, epochs: int) -> list[float]:
    """Return the test accuracy after each epoch of one network of the run with seed 0."""
    task = LearningTask(parameters)
    genome = lone_founder(256, 10, generator(0, 0, Purpose.INITIAL_POPULATION), parameters)
    plan, accuracies = EvaluationPlan((0,), (1.0,)), list[float]()
    for epoch in range(epochs):
        (outcome,) = task.evaluate([genome], plan)
        assert isinstance(outcome, Evaluation)
        assert outcome.trained is not None
        genome = genome.with_trained(outcome.trained, 1)
        plan = EvaluationPlan((0,), (1.0,), first_epoch=epoch + 1, optimizer_state=outcome.optimizer_state)
        accuracies.append(outcome.objectives["test_accuracy"])
    return accuracies


@needs_mnist
@pytest.mark.slow
@pytest.mark.parametrize("period", ["last_epoch", "validation"])
def test_inputs_to_outputs_alone_reach_94_percent_of_mnist_with_or_without_held_out_images(
    period: str,
) -> None:
    assert accuracies_on_test_images(mnist_parameters(evaluation_period=period), epochs=10)[-1] >= 0.94


@needs_mnist
@pytest.mark.slow
def test_with_a_hidden_layer_the_rules_differ_on_mnist_and_each_agrees_with_torch() -> None:
    reached = []
    for rule in RULES:
        parameters = mnist_parameters(num_hidden=100, learning_rule=rule)
        compiled = accuracies_on_test_images(parameters, epochs=3)
        dense = accuracies_on_test_images(parameters.changed(use_torch=True), epochs=3)
        assert compiled == pytest.approx(dense, abs=0.005)
        reached.append(compiled[-1])
    assert len({round(accuracy, 3) for accuracy in reached}) == len(reached)
