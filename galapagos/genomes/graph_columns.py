"""Many graph genomes as a few arrays, for files: fast, exact, and without objects inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from galapagos.genomes.array_columns import column
from galapagos.genomes.graph import GraphGenome
from galapagos.genomes.graph_checks import check_graphs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

_SHAPE = (
    *("num_inputs", "num_outputs", "bias_input", "neurons", "connections", "has_weights"),
    *("has_feedback", "epochs"),
)
"""What a row of `shapes` holds; files of before networks could learn end at `has_weights`."""

_FEWEST = _SHAPE.index("has_weights") + 1
_FLAGS = [place for place, name in enumerate(_SHAPE) if name.startswith(("has_", "bias_"))]


def pack_graphs(graphs: Sequence[GraphGenome]) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of graphs, to be unpacked by `unpack_graphs`.

    Returns:
        `shapes`: int64 (graphs, 8), a row of numbers each; `activations`: uint8, `sources` and `targets`: the
        smallest unsigned integers that hold them, `weights` and `feedback`: float64; each joined over all
        graphs (weights and feedback only of those that have them).
    """
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


def unpack_graphs(columns: Mapping[str, NDArray[np.generic]]) -> list[GraphGenome]:
    """Return the graphs of `pack_graphs`, bit for bit.

    Raises:
        InvalidGenome, ValueError: Where the arrays do not fit each other, or a graph is none.
    """
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
    graphs = []
    neuron = connection = weight = back = 0
    for num_inputs, num_outputs, bias_input, neurons, connections, learns, aligns, epochs in shapes.tolist():
        # Copies, because a slice would keep the arrays of the whole population in memory.
        graphs.append(
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
    check_graphs(graphs)
    return graphs


def _neurons(columns: Mapping[str, NDArray[np.generic]], name: str) -> NDArray[np.int32]:
    """Return the numbers of neurons, which stand in the smallest unsigned integers that hold them."""
    array = columns.get(name)
    if array is None or array.dtype not in (np.uint8, np.uint16, np.uint32) or array.ndim != 1:
        raise ValueError(f"the column {name} is missing or of another type")
    if array.size and array.max() > np.iinfo(np.int32).max:
        raise ValueError(f"the column {name} has a number that is no neuron")
    return array.astype(np.int32)


def _joined(arrays: list[NDArray[np.generic]], dtype: type[np.generic]) -> NDArray[np.generic]:
    # Neurons have numbers from 0 on, so that narrower unsigned integers hold them unchanged.
    return np.concatenate([np.empty(0, dtype), *arrays], dtype=dtype, casting="unsafe")
