"""Stacks of layers: what they are, how large, and what becomes of their weights."""

import pickle
import subprocess
import sys
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given

from galapagos.genomes.layer_mutation import SEED_STACK
from galapagos.genomes.layers import (
    LAYERS_BY_TYPE,
    ActivationLayer,
    BatchNormLayer,
    DenseLayer,
    DropoutLayer,
    FlattenLayer,
    LayerGenome,
    LeakyReluLayer,
    describe,
    fitted,
)
from galapagos.parameter_declarations import LayerType
from tests.genomes.layer_genomes import layer_genomes, random_weights

# 3 inputs → dense 2 → batch_norm → dropout → 2 outputs.
SMALL = LayerGenome(3, 2, (DenseLayer(2, "tanh"), BatchNormLayer(), DropoutLayer(0.25)), seed=7)
TRAINED = SMALL.with_trained(np.arange(22, dtype=np.float32), 3)


@given(layer_genomes())
def test_a_genome_comes_through_a_pipe_as_it_was(genome: LayerGenome) -> None:
    assert pickle.loads(pickle.dumps(genome)) == genome  # noqa: S301 - made in this test


def test_a_stack_is_measured_as_described() -> None:
    assert SMALL.widths() == [3, 2, 2, 2]
    assert SMALL.weight_counts() == [8, 8, 0, 6]
    assert [SMALL.complexity(measure) for measure in ("layers", "neurons", "connections")] == [3, 2, 14]


def test_the_seed_stack_of_the_example_has_eight_layers() -> None:
    seed = LayerGenome(784, 10, SEED_STACK, seed=0)
    assert [describe(layer) for layer in seed.layers] == [
        "dense 64 relu",
        "batch_norm",
        "activation relu",
        "dropout 0.5",
        "dense 64 relu",
        "flatten",
        "leaky_relu 0.2",
        "dense 64",
    ]
    assert seed.complexity("layers") == 8
    assert seed.complexity("neurons") == 3 * 64
    assert seed.complexity("connections") == 64 * 785 + 2 * 64 * 65 + 10 * 65


def test_an_empty_stack_is_a_linear_classifier() -> None:
    empty = LayerGenome(5, 3, (), seed=0)
    assert empty.weight_counts() == [18]
    assert [empty.complexity(measure) for measure in ("layers", "neurons", "connections")] == [0, 0, 18]
    assert LayerGenome.from_json(empty.to_json()) == empty


def test_every_type_of_layer_has_a_class_with_the_published_seed_values() -> None:
    assert set(LAYERS_BY_TYPE) == set(get_args(LayerType))
    assert [LAYERS_BY_TYPE[name]() for name in get_args(LayerType)] == [
        DenseLayer(64, "none"),
        ActivationLayer("relu"),
        DropoutLayer(0.5),
        BatchNormLayer(),
        LeakyReluLayer(0.2),
        FlattenLayer(),
    ]


def test_trained_weights_are_laid_on_the_layers_in_the_order_of_growing() -> None:
    of_dense, of_norm, of_dropout, of_outputs = TRAINED.inherited()
    assert of_dense is not None
    assert of_norm is not None
    assert of_dropout is None
    assert of_outputs is not None
    assert of_dense.tolist() == list(range(8))
    assert of_norm.tolist() == list(range(8, 16))
    assert of_outputs.tolist() == list(range(16, 22))
    assert TRAINED.with_trained(np.zeros(22, dtype=np.float32), 4).epochs == 7
    assert SMALL.epochs == 0


@given(layer_genomes())
def test_trained_weights_that_are_not_as_many_are_refused(genome: LayerGenome) -> None:
    with pytest.raises(ValueError, match="weights of shape"):
        genome.with_trained(np.zeros(sum(genome.weight_counts()) + 1, dtype=np.float32), 1)


@given(layer_genomes(weighted=True))
def test_the_weights_of_a_genome_cannot_be_written(genome: LayerGenome) -> None:
    for weights in genome.inherited():
        if weights is not None:
            with pytest.raises(ValueError, match="read-only"):
                weights[...] = 0


def test_genomes_differ_in_any_part_but_layers_not_by_their_weights() -> None:
    others: list[dict[str, Any]] = [
        {"seed": 8},
        {"num_outputs": 3},
        {"layers": SMALL.to_json()["layers"][:2]},
        {"layers": [{"type": "dense", "units": 2, "activation": "relu"}, *SMALL.to_json()["layers"][1:]]},
    ]
    for part in others:
        assert LayerGenome.from_json(SMALL.to_json() | part) != SMALL
    other = SMALL.with_trained(random_weights(SMALL, 0), 3)
    assert other != TRAINED
    assert other.layers == TRAINED.layers


@given(layer_genomes())
def test_a_valid_genome_is_fitted_already(genome: LayerGenome) -> None:
    assert fitted(genome) == genome


def test_weights_that_do_not_fit_what_is_below_them_are_left_out() -> None:
    wider = fitted(LayerGenome(4, 2, TRAINED.layers, 7, 3, TRAINED.output_weights))
    kept = [weights is not None for weights in wider.inherited()]
    assert kept == [False, True, False, True]
    assert wider.epochs == 3
    assert fitted(LayerGenome(4, 2, TRAINED.layers[:1], 7, 3)).epochs == 0


def test_genomes_and_the_task_are_there_without_torch() -> None:
    code = (
        "import sys; import galapagos.genomes.layers, galapagos.genomes.layer_mutation, "
        "galapagos.genomes.layer_json, galapagos.tasks.layers_task; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
