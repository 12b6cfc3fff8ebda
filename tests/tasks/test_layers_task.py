"""Images as a task for stacks of layers, on the digits."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import numpy as np
import pytest

from galapagos.errors import InvalidParameters
from galapagos.evaluation import Evaluation, EvaluationData, EvaluationPlan, Failed
from galapagos.genomes.graph_mutation import initial_genome
from galapagos.genomes.layer_mutation import SEED_STACK
from galapagos.genomes.layers import DenseLayer, LayerGenome
from galapagos.parameters import Parameters
from galapagos.tasks.layers_task import LayersTask
from tests.data_sets import MNIST, needs_mnist

PARAMETERS = Parameters(experiment="layers", lr=0.1, num_epochs=2)
PLAN = EvaluationPlan((1,), (1.0,))
SMALL = LayerGenome(num_inputs=64, num_outputs=10, layers=(DenseLayer(16, "relu"),), seed=3)


def evaluated(
    genome: LayerGenome = SMALL, *, plan: EvaluationPlan = PLAN, parameters: Parameters = PARAMETERS
) -> Evaluation:
    [outcome] = LayersTask(parameters).evaluate([genome], plan)
    assert isinstance(outcome, Evaluation)
    return outcome


def test_its_shape_is_known_without_loading_anything_and_without_torch() -> None:
    script = (
        "import sys; from galapagos.parameters import Parameters;"
        "from galapagos.tasks.catalogue import build_task;"
        "task = build_task(Parameters(experiment='layers', dataset='mnist', data_dir='/nowhere'));"
        "print(task.num_inputs, task.num_outputs, task.fitness_range, 'torch' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "784 10 (0.0, 1.0) False"


def test_fitness_is_the_accuracy_on_held_out_images_and_the_test_is_only_reported() -> None:
    outcome = evaluated()
    assert (
        outcome.fitness
        == outcome.objectives["validation_accuracy"]
        == outcome.by_epoch[-1].validation_accuracy
    )
    assert outcome.objectives["mean"] == outcome.objectives["max"] == outcome.fitness
    assert outcome.objectives["test_accuracy"] == outcome.by_epoch[-1].test_accuracy
    assert outcome.trials == 270
    assert 0.3 < outcome.fitness <= 1.0
    assert outcome.by_weight == ()


def test_a_test_is_of_the_same_training_on_the_test_images() -> None:
    outcome = evaluated(plan=dataclasses.replace(PLAN, data=EvaluationData.TEST))
    assert outcome.fitness == outcome.objectives["test_accuracy"] == evaluated().objectives["test_accuracy"]
    assert outcome.trials == 450


def test_the_seed_of_a_generation_changes_nothing() -> None:
    assert evaluated(plan=EvaluationPlan((99, 4), (2.0,))) == evaluated()


def test_weights_come_back_only_where_they_are_inherited() -> None:
    assert evaluated().trained is None
    trained = evaluated(parameters=PARAMETERS.changed(inherit_weights=True)).trained
    assert trained is not None
    assert trained.shape == (sum(SMALL.weight_counts()),)
    assert trained.dtype == np.float32


def test_a_network_has_the_same_outcome_alone_and_in_any_company_and_a_bad_one_fails_alone() -> None:
    diverging = SMALL.with_trained(np.full(sum(SMALL.weight_counts()), np.inf, dtype=np.float32), 1)
    graph = initial_genome(64, 10, np.random.default_rng(0), Parameters())
    seed_stack = LayerGenome(num_inputs=64, num_outputs=10, layers=SEED_STACK, seed=1)
    outcomes = LayersTask(PARAMETERS).evaluate([diverging, graph, SMALL, seed_stack], PLAN)
    assert [isinstance(outcome, Failed) for outcome in outcomes] == [True, True, False, False]
    assert outcomes[2] == evaluated()
    assert outcomes[1] == Failed(
        "error", "digits is learned by stacks of layers here, this is another kind of network"
    )


def test_a_device_that_is_not_there_is_refused_in_one_line() -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a CUDA device here")
    with pytest.raises(InvalidParameters, match="use_cuda is true, but torch finds no CUDA device"):
        LayersTask(PARAMETERS.changed(use_cuda=True)).prepare(lambda: None)


@pytest.mark.slow
@needs_mnist
def test_the_seed_stack_learns_mnist_in_an_epoch_nearly_as_published_for_what_evolves_from_it() -> None:
    """Galápagos Nǎo's elites had 0.846 to 0.872 after one epoch of MNIST; this is where they come from."""
    parameters = Parameters(experiment="layers", dataset="mnist", data_dir=str(MNIST))
    stack = LayerGenome(num_inputs=784, num_outputs=10, layers=SEED_STACK, seed=0)
    outcome = evaluated(stack, parameters=parameters)
    assert outcome.objectives["test_accuracy"] > 0.75
