"""Stacks of layers: what they are, how large, and their JSON."""

import base64
import pickle
import subprocess
import sys
from typing import Any, get_args

import numpy as np
import orjson
import pytest
from hypothesis import given

from galapagos.errors import InvalidGenome
from galapagos.genomes.layer_mutation import SEED_STACK
from galapagos.genomes.layers import (
    LAYERS_BY_TYPE,
    MAX_LAYERS,
    MAX_UNITS,
    MAX_WEIGHTS,
    ActivationLayer,
    BatchNormLayer,
    DenseLayer,
    DropoutLayer,
    FlattenLayer,
    LayerGenome,
    LeakyReluLayer,
    describe,
    fitted,
    weights_of,
)
from galapagos.parameter_declarations import LayerType
from tests.genomes.layer_genomes import layer_genomes, random_weights

# 3 inputs → dense 2 → batch_norm → dropout → 2 outputs.
SMALL = LayerGenome(3, 2, (DenseLayer(2, "tanh"), BatchNormLayer(), DropoutLayer(0.25)), seed=7)
TRAINED = SMALL.with_trained(np.arange(22, dtype=np.float32), 3)


@given(layer_genomes())
def test_json_loses_nothing(genome: LayerGenome) -> None:
    text = orjson.dumps(genome.to_json())
    again = LayerGenome.from_json(orjson.loads(text))
    assert again == genome
    assert hash(again) == hash(genome)
    assert orjson.dumps(again.to_json()) == text
    assert list(map(weights_bytes, again.inherited())) == list(map(weights_bytes, genome.inherited()))


def weights_bytes(weights: Any) -> bytes | None:
    return None if weights is None else weights.tobytes()


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


def shapes(*lengths: list[int], values: int) -> dict[str, Any]:
    return {"shapes": list(lengths), "float32": base64.b64encode(bytes(4 * values)).decode()}


DENSE = {"type": "dense", "units": 2, "activation": "relu"}
NOT_FINITE = {"shapes": [[2, 3], [2]], "float32": base64.b64encode(b"\xff" * 32).decode()}
NEGATIVE = {"shapes": [[3]] * 4, "float32": base64.b64encode(np.full(12, -1, "<f4").tobytes()).decode()}


@pytest.mark.parametrize(
    ("part", "line"),
    [
        ({"kind": "graph"}, 'with "kind": "layers"'),
        ({"version": 2}, "version 2 cannot be read"),
        ({"version": True}, "version True"),
        ({"num_inputs": 0}, "num_inputs is 0"),
        ({"num_inputs": 10**18}, "num_inputs is 1000000000000000000"),
        ({"num_outputs": 2.0}, "num_outputs is 2.0"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": 2**63}, "seed is"),
        ({"epochs": -1}, "epochs is -1"),
        ({"epochs": 1}, "epochs belong to a stack of layers that has weights"),
        ({"layers": "dense"}, "layers, a list"),
        ({"layers": None}, "layers, a list"),
        ({"layers": [{"type": "flatten"}] * (MAX_LAYERS + 1)}, "at most 256 layers, this one 257"),
        ({"layers": [[]]}, r"layer 1 is \[\]"),
        ({"layers": [{"type": "flatten"}, {}]}, "layer 2: None is no type; types are dense, activation"),
        ({"layers": [{"type": ["dense"]}]}, "layer 1: .* is no type"),
        ({"layers": [DENSE | {"units": 0}]}, "layer 1: units is 0; it must be a whole number from 1 to 4096"),
        ({"layers": [DENSE | {"units": MAX_UNITS + 1}]}, "layer 1: units is 4097"),
        ({"layers": [DENSE | {"units": True}]}, "layer 1: units is True"),
        (
            {"layers": [DENSE | {"activation": "softmax"}]},
            "activation is 'softmax'; it must be relu, .* or none",
        ),
        ({"layers": [{"type": "activation", "function": "none"}]}, "function is 'none'"),
        ({"layers": [{"type": "dropout", "rate": 0.96}]}, "rate is 0.96; it must be a number from 0 to 0.95"),
        ({"layers": [{"type": "dropout", "rate": float("nan")}]}, "rate is nan"),
        ({"layers": [{"type": "leaky_relu", "slope": True}]}, "slope is True"),
        ({"layers": [{"type": "leaky_relu", "slope": -1}]}, "slope is -1"),
        ({"num_inputs": 1000, "layers": [DENSE | {"units": 4096}]}, f"at most {MAX_WEIGHTS} weights"),
        (
            {"layers": [{"type": "flatten", "weights": {}}]},
            "layer 1: 'weights' is no part of a layer of type flatten; parts are type",
        ),
        ({"layers": [DENSE | {"weights": 3}]}, "layer 1: weights must be an object"),
        ({"layers": [DENSE | {"weights": shapes([2, 2], [2], values=6)}]}, r"would be right here"),
        (
            {"layers": [DENSE | {"weights": shapes([2, 3], [2], values=7)}]},
            "holds 28 bytes; 32 would be right",
        ),
        ({"layers": [DENSE | {"weights": {"shapes": [[2, 3], [2]], "float32": "é"}}]}, "no base64"),
        ({"layers": [DENSE | {"weights": NOT_FINITE}]}, "layer 1: weights must be finite numbers"),
        ({"layers": [{"type": "batch_norm", "weights": NEGATIVE}]}, "a running variance is below 0"),
        (
            {"output_weights": shapes([2, 3], [2], values=8)},
            r"output_weights have shapes .*\[\[2, 2\], \[2\]\]",
        ),
    ],
)
def test_what_is_no_stack_of_layers_is_refused_in_one_line(part: dict[str, Any], line: str) -> None:
    with pytest.raises(InvalidGenome, match=line) as refused:
        LayerGenome.from_json(SMALL.to_json() | part)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 250


@pytest.mark.parametrize("data", [None, [], "layers", 3, {}])
def test_what_is_no_object_is_refused(data: object) -> None:
    with pytest.raises(InvalidGenome, match='"kind": "layers"'):
        LayerGenome.from_json(data)


def test_every_layer_without_weights_says_so_by_leaving_them_out() -> None:
    data = SMALL.to_json()
    assert "output_weights" not in data
    assert all("weights" not in layer for layer in data["layers"])
    assert all(weights_of(layer) is None for layer in SMALL.layers)


def test_genomes_and_the_task_are_there_without_torch() -> None:
    code = (
        "import sys; import galapagos.genomes.layers, galapagos.genomes.layer_mutation, "
        "galapagos.genomes.layer_json, galapagos.tasks.layers_task; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
