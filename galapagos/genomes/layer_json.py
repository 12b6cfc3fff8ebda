"""Stacks of layers as JSON, checked in full when they are read; weights are base64, so nothing is lost."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

import numpy as np

from galapagos.errors import InvalidGenome
from galapagos.genomes.json_parts import parts_of, refuse_unknown
from galapagos.genomes.layers import (
    BATCH_NORM_VALUES,
    DENSE_FUNCTIONS,
    FUNCTIONS,
    LAYERS_BY_TYPE,
    MAX_DROPOUT,
    MAX_EPOCHS,
    MAX_LAYERS,
    MAX_NEURONS,
    MAX_SEED,
    MAX_SLOPE,
    MAX_UNITS,
    ActivationLayer,
    BatchNormLayer,
    DenseLayer,
    DropoutLayer,
    FlattenLayer,
    Layer,
    LayerGenome,
    LeakyReluLayer,
    size_problem,
    weights_of,
    with_weights,
)
from galapagos.strict_json import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from galapagos.genomes.genome import WeightPlace
    from galapagos.genomes.layers import DenseFunction, LayerFunction

    _Object = dict[str, Any]

SCHEMA_VERSION = 1

_PARTS = ("kind", "version", "num_inputs", "num_outputs", "layers", "seed", "epochs", "output_weights")
_PARTS_OF_LAYERS = {
    "dense": ("type", "units", "activation", "weights"),
    "activation": ("type", "function"),
    "dropout": ("type", "rate"),
    "batch_norm": ("type", "weights"),
    "leaky_relu": ("type", "slope"),
    "flatten": ("type",),
}


def genome_to_json(genome: LayerGenome) -> dict[str, Any]:
    """Return the canonical JSON object; equal genomes give equal objects.

    Weights are an object of `shapes`, a list of [length, …], and `float32`: the base64 of all values, array
    after array, row after row, little-endian. A dense layer has weights (units, inputs) and biases (units,);
    batch normalisation has scale, shift, running mean and running variance, (inputs,) each.
    """
    data: _Object = {
        "kind": genome.kind,
        "version": SCHEMA_VERSION,
        "num_inputs": genome.num_inputs,
        "num_outputs": genome.num_outputs,
        "layers": [
            _layer_to_json(layer, width) for layer, width in zip(genome.layers, genome.widths(), strict=False)
        ],
        "seed": genome.seed,
    }
    if genome.epochs:
        data["epochs"] = genome.epochs
    if genome.output_weights is not None:
        data["output_weights"] = _weights_to_json(genome.output_weights, _output_shapes(genome))
    return data


def genome_from_json(data: object) -> LayerGenome:
    """Return the genome of a JSON object, checked in full.

    Raises:
        InvalidGenome: Where a part is missing, wrong or unknown; the line names it.
    """
    data = parts_of(data, "layers", "a stack of layers", version=SCHEMA_VERSION, known=_PARTS)
    items = data.get("layers")
    if not isinstance(items, list | tuple):
        raise InvalidGenome("a stack of layers needs layers, a list")
    if len(items) > MAX_LAYERS:
        raise InvalidGenome(f"a stack has at most {MAX_LAYERS} layers, this one {len(items)}")
    stack = LayerGenome(
        num_inputs=_whole(data, "num_inputs", 1, MAX_NEURONS),
        num_outputs=_whole(data, "num_outputs", 1, MAX_NEURONS),
        layers=tuple(_layer_from_json(item, place) for place, item in enumerate(items, start=1)),
        seed=_whole(data, "seed", 0, MAX_SEED),
        epochs=_whole({"epochs": 0} | data, "epochs", 0, MAX_EPOCHS),
    )
    # Before weights are read, so that nobody can make this allocate more than a network may have.
    problem = size_problem(stack)
    if problem is not None:
        raise InvalidGenome(problem)
    return _with_inherited(stack, items, data.get("output_weights"))


def weight_places(data: Mapping[str, Any]) -> tuple[dict[str, Any], list[WeightPlace]]:
    """Return a copy of a stack's JSON, and where in it weights stand, the outputs' last: see `GenomeKind`."""
    copy, places = dict(data), list["WeightPlace"]()
    if isinstance(copy.get("layers"), list):
        copy["layers"] = [dict(layer) if isinstance(layer, dict) else layer for layer in copy["layers"]]
        places += [
            (f"layers.{place}.weights", layer, "weights")
            for place, layer in enumerate(copy["layers"])
            if isinstance(layer, dict) and "weights" in layer
        ]
    if "output_weights" in copy:
        places.append(("output_weights", copy, "output_weights"))
    return copy, places


def _with_inherited(stack: LayerGenome, items: Sequence[_Object], of_outputs: object) -> LayerGenome:
    layers = tuple(
        _with_weights_from_json(layer, item.get("weights"), width, place)
        for place, (layer, item, width) in enumerate(
            zip(stack.layers, items, stack.widths(), strict=False), start=1
        )
    )
    output_weights = None
    if of_outputs is not None:
        output_weights = _weights_from_json(of_outputs, _output_shapes(stack), "output_weights")
    if stack.epochs and output_weights is None and all(weights_of(layer) is None for layer in layers):
        raise InvalidGenome("epochs belong to a stack of layers that has weights")
    return LayerGenome(stack.num_inputs, stack.num_outputs, layers, stack.seed, stack.epochs, output_weights)


def _layer_to_json(layer: Layer, width: int) -> _Object:
    data: _Object = {"type": layer.type}
    match layer:
        case DenseLayer():
            data |= {"units": layer.units, "activation": layer.activation}
        case ActivationLayer():
            data["function"] = layer.function
        case DropoutLayer():
            data["rate"] = layer.rate
        case LeakyReluLayer():
            data["slope"] = layer.slope
    weights = weights_of(layer)
    if weights is not None:
        data["weights"] = _weights_to_json(weights, _shapes(layer, width))
    return data


def _layer_from_json(data: object, place: int) -> Layer:
    if not isinstance(data, dict):
        raise InvalidGenome(f"layer {place} is {shown(data)}; a layer is a JSON object with a type")
    kind = data.get("type")
    try:
        if isinstance(kind, str) and kind in _PARTS_OF_LAYERS:
            refuse_unknown(data, _PARTS_OF_LAYERS[kind], f"a layer of type {kind}")
        match kind:
            case "dense":
                function: DenseFunction = _word(data, "activation", DENSE_FUNCTIONS)
                return DenseLayer(_whole(data, "units", 1, MAX_UNITS), function)
            case "activation":
                applied: LayerFunction = _word(data, "function", FUNCTIONS)
                return ActivationLayer(applied)
            case "dropout":
                return DropoutLayer(_number(data, "rate", MAX_DROPOUT))
            case "batch_norm":
                return BatchNormLayer()
            case "leaky_relu":
                return LeakyReluLayer(_number(data, "slope", MAX_SLOPE))
            case "flatten":
                return FlattenLayer()
    except InvalidGenome as error:
        raise InvalidGenome(f"layer {place}: {error}") from None
    raise InvalidGenome(f"layer {place}: {shown(kind)} is no type; types are {', '.join(LAYERS_BY_TYPE)}")


def _with_weights_from_json(layer: Layer, data: object, width: int, place: int) -> Layer:
    if data is None:
        return layer
    name = f"layer {place}: weights"
    weights = _weights_from_json(data, _shapes(layer, width), name)
    if isinstance(layer, BatchNormLayer) and (weights[-width:] < 0).any():
        raise InvalidGenome(f"{name}: a running variance is below 0")
    return with_weights(layer, weights)


def _shapes(layer: Layer, width: int) -> list[list[int]]:
    """Return the shapes of the arrays that a layer's weights consist of."""
    match layer:
        case DenseLayer():
            return [[layer.units, width], [layer.units]]
        case BatchNormLayer():
            return [[width]] * BATCH_NORM_VALUES
    return []


def _output_shapes(genome: LayerGenome) -> list[list[int]]:
    return [[genome.num_outputs, genome.widths()[-1]], [genome.num_outputs]]


def _weights_to_json(weights: NDArray[np.float32], shapes: list[list[int]]) -> _Object:
    return {"shapes": shapes, "float32": base64.b64encode(weights.astype("<f4").tobytes()).decode("ascii")}


def _weights_from_json(data: object, shapes: list[list[int]], name: str) -> NDArray[np.float32]:
    if (
        not isinstance(data, dict)
        or data.keys() != {"shapes", "float32"}
        or not isinstance(data["float32"], str)
    ):
        raise InvalidGenome(f"{name} must be an object of shapes and float32, a text in base64")
    given = data["shapes"]
    # The lengths first: comparing is all that is done with a list that may be anything.
    if not isinstance(given, list | tuple) or len(given) != len(shapes) or _lists(given) != shapes:
        raise InvalidGenome(f"{name} have shapes {shown(given)}; {shapes} would be right here")
    count = sum(int(np.prod(shape)) for shape in shapes)
    try:
        content = base64.b64decode(data["float32"], validate=True)
    except (binascii.Error, ValueError):
        raise InvalidGenome(f"{name}: float32 is no base64") from None
    if len(content) != 4 * count:
        raise InvalidGenome(f"{name}: float32 holds {len(content)} bytes; {4 * count} would be right here")
    weights = np.frombuffer(content, dtype="<f4").astype(np.float32)
    if not np.isfinite(weights).all():
        raise InvalidGenome(f"{name} must be finite numbers")
    return weights


def _lists(values: Sequence[object]) -> list[object]:
    return [list(value) if isinstance(value, list | tuple) else value for value in values]


def _whole(data: _Object, key: str, low: int, high: int) -> int:
    value = data.get(key)
    if type(value) is not int or not low <= value <= high:
        raise InvalidGenome(f"{key} is {shown(value)}; it must be a whole number from {low} to {high}")
    return value


def _number(data: _Object, key: str, high: float) -> float:
    value = data.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= high:
        raise InvalidGenome(f"{key} is {shown(value)}; it must be a number from 0 to {high:g}")
    return float(value)


def _word(data: _Object, key: str, words: Sequence[str]) -> Any:  # noqa: ANN401 - one of the words
    value = data.get(key)
    if not isinstance(value, str) or value not in words:
        raise InvalidGenome(f"{key} is {shown(value)}; it must be {', '.join(words[:-1])} or {words[-1]}")
    return value
