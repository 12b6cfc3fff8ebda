"""Stacks of layers as JSON: nothing is lost, and what is none is refused in one line."""

import base64
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given

from galapagos.errors import InvalidGenome
from galapagos.genomes.layers import (
    MAX_LAYERS,
    MAX_UNITS,
    MAX_WEIGHTS,
    LayerGenome,
    weights_of,
)
from tests.genomes.layer_genomes import layer_genomes
from tests.genomes.test_layers import SMALL


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
