"""Many genomes as a few arrays, for files: fast, exact, and without objects inside."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import orjson

from galapagos.engine.array_columns import column, pack_arrays, unpack_arrays
from galapagos.engine.genome_checks import check_graphs
from galapagos.errors import InvalidGenome
from galapagos.genomes.graph import GraphGenome
from galapagos.genomes.layers import MAX_EPOCHS, BatchNormLayer, LayerGenome, with_weights
from galapagos.strict_json import parse_json, values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from galapagos.genomes.genome import Genome

_SHAPE = (
    *("num_inputs", "num_outputs", "bias_input", "neurons", "connections", "has_weights"),
    *("has_feedback", "epochs"),
)
"""What a row of `shapes` holds; files of before networks could learn end at `has_weights`."""

_FEWEST = _SHAPE.index("has_weights") + 1
_FLAGS = [place for place, name in enumerate(_SHAPE) if name.startswith(("has_", "bias_"))]

_STACK_WEIGHTS = "stack_weights"


def pack_genomes(genomes: Sequence[Genome]) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of genomes of one kind, to be unpacked by `unpack_genomes`.

    Returns:
        Of graphs `shapes`: int64 (genomes, 8), a row of numbers each; `activations`: uint8, `sources` and
        `targets`: the smallest unsigned integers that hold them, `weights` and `feedback`: float64; each
        joined over all genomes (weights and feedback only of those that have them). Of stacks of layers
        `stacks`: uint8, the text of their JSON, `stack_epochs`: int64 (genomes,), and `stack_weights` with
        their lengths: float32, what each layer and the output layer of each genome inherits.

    Raises:
        InvalidGenome: For genomes of several kinds.
    """
    graphs = [genome for genome in genomes if isinstance(genome, GraphGenome)]
    if len(graphs) == len(genomes):
        return _pack_graphs(graphs)
    stacks = [genome for genome in genomes if isinstance(genome, LayerGenome)]
    if len(stacks) == len(genomes):
        return _pack_stacks(stacks)
    raise InvalidGenome("only genomes of one kind can be written as columns")


def unpack_genomes(columns: Mapping[str, NDArray[np.generic]]) -> Sequence[Genome]:
    """Return the genomes of `pack_genomes`, bit for bit.

    Raises:
        InvalidGenome, ValueError: Where the arrays do not fit each other, or a genome is none.
    """
    return _unpack_stacks(columns) if "stacks" in columns else _unpack_graphs(columns)


def _unpack_graphs(columns: Mapping[str, NDArray[np.generic]]) -> list[GraphGenome]:
    shapes = column(columns, "shapes", np.int64, dimensions=2)
    if not _FEWEST <= shapes.shape[1] <= len(_SHAPE) or (shapes < 0).any():
        raise ValueError("the shapes of genomes are none")
    shapes = np.pad(shapes, ((0, 0), (0, len(_SHAPE) - shapes.shape[1])))
    if (shapes[:, _FLAGS] > 1).any():
        raise ValueError("the shapes of genomes have a truth value that is none")
    activations, weights = column(columns, "activations", np.uint8), column(columns, "weights", np.float64)
    sources, targets = _neurons(columns, "sources"), _neurons(columns, "targets")
    none: NDArray[np.float64] = np.empty(0)
    feedback = column({"feedback": none, **columns}, "feedback", np.float64)
    genomes = []
    neuron = connection = weight = back = 0
    for num_inputs, num_outputs, bias_input, neurons, connections, learns, aligns, epochs in shapes.tolist():
        # Copies, because a slice would keep the arrays of the whole population in memory.
        genomes.append(
            GraphGenome(
                num_inputs=num_inputs,
                num_outputs=num_outputs,
                activations=activations[neuron : neuron + neurons].copy(),
                sources=sources[connection : connection + connections].copy(),
                targets=targets[connection : connection + connections].copy(),
                bias_input=bool(bias_input),
                weights=weights[weight : weight + connections].copy() if learns else None,
                feedback=feedback[back : back + connections].copy() if aligns else None,
                epochs=epochs,
            )
        )
        neuron += neurons
        connection += connections
        weight += connections if learns else 0
        back += connections if aligns else 0
    if (neuron, connection, connection, weight, back) != tuple(
        len(array) for array in (activations, sources, targets, weights, feedback)
    ):
        raise ValueError("the columns of genomes do not fit each other")
    check_graphs(genomes)
    return genomes


def _neurons(columns: Mapping[str, NDArray[np.generic]], name: str) -> NDArray[np.int32]:
    """Return the numbers of neurons, which stand in the smallest unsigned integers that hold them."""
    array = columns.get(name)
    if array is None or array.dtype not in (np.uint8, np.uint16, np.uint32) or array.ndim != 1:
        raise ValueError(f"the column {name} is missing or of another type")
    if array.size and array.max() > np.iinfo(np.int32).max:
        raise ValueError(f"the column {name} has a number that is no neuron")
    return array.astype(np.int32)


def _pack_graphs(graphs: list[GraphGenome]) -> dict[str, NDArray[np.generic]]:
    shapes = [
        (
            graph.num_inputs,
            graph.num_outputs,
            int(graph.bias_input),
            graph.num_neurons,
            graph.num_connections,
            int(graph.weights is not None),
            int(graph.feedback is not None),
            graph.epochs,
        )
        for graph in graphs
    ]
    neuron = np.min_scalar_type(max((graph.num_neurons for graph in graphs), default=0)).type
    return {
        "shapes": np.array(shapes, dtype=np.int64).reshape(-1, len(_SHAPE)),
        "activations": _joined([graph.activations for graph in graphs], np.uint8),
        "sources": _joined([graph.sources for graph in graphs], neuron),
        "targets": _joined([graph.targets for graph in graphs], neuron),
        "weights": _joined([graph.weights for graph in graphs if graph.weights is not None], np.float64),
        "feedback": _joined([graph.feedback for graph in graphs if graph.feedback is not None], np.float64),
    }


def _pack_stacks(stacks: list[LayerGenome]) -> dict[str, NDArray[np.generic]]:
    # Without weights a stack cannot have epochs, so these are kept apart, too.
    bare = [
        replace(
            stack,
            layers=tuple(with_weights(layer, None) for layer in stack.layers),
            epochs=0,
            output_weights=None,
        )
        for stack in stacks
    ]
    text = orjson.dumps([stack.to_json() for stack in bare])
    weights = [weights for stack in stacks for weights in stack.inherited()]
    return {
        "stacks": np.frombuffer(text, dtype=np.uint8),
        "stack_epochs": np.array([stack.epochs for stack in stacks], dtype=np.int64),
        **pack_arrays(_STACK_WEIGHTS, weights),
    }


def _unpack_stacks(columns: Mapping[str, NDArray[np.generic]]) -> list[LayerGenome]:
    text = column(columns, "stacks", np.uint8).tobytes()
    bare = [LayerGenome.from_json(data) for data in values(parse_json(text, most_values=len(text)), "stacks")]
    weights = unpack_arrays(_STACK_WEIGHTS, columns)
    if len(weights) != sum(len(stack.layers) + 1 for stack in bare):
        raise ValueError("the columns of genomes do not fit each other")
    rest = iter(weights)
    epochs = column(columns, "stack_epochs", np.int64).tolist()
    return [
        _stack(stack, [next(rest) for _ in range(len(stack.layers) + 1)], learned)
        for stack, learned in zip(bare, epochs, strict=True)
    ]


def _stack(bare: LayerGenome, weights: list[NDArray[np.float32] | None], epochs: int) -> LayerGenome:
    """Return a stack with what it inherits, checked as `LayerGenome.from_json` would."""
    if bare.epochs or any(array is not None for array in bare.inherited()):
        raise ValueError("a genome has weights where it should have none")
    if not 0 <= epochs <= MAX_EPOCHS or (epochs and all(array is None for array in weights)):
        raise ValueError("the epochs of a genome are out of range")
    for layer, width, count, array in zip(
        (*bare.layers, None), bare.widths(), bare.weight_counts(), weights, strict=True
    ):
        if array is None:
            continue
        if len(array) != count or not count or not np.isfinite(array).all():
            raise ValueError("the weights of a genome do not fit it, or are not finite")
        if isinstance(layer, BatchNormLayer) and (array[-width:] < 0).any():
            raise ValueError("a running variance of a genome is below 0")
    *of_layers, of_outputs = weights
    layers = tuple(with_weights(layer, array) for layer, array in zip(bare.layers, of_layers, strict=True))
    return replace(bare, layers=layers, epochs=epochs, output_weights=of_outputs)


def _joined(arrays: list[NDArray[np.generic]], dtype: type[np.generic]) -> NDArray[np.generic]:
    # Neurons have numbers from 0 on, so that narrower unsigned integers hold them unchanged.
    return np.concatenate([np.empty(0, dtype), *arrays], dtype=dtype, casting="unsafe")
