"""Many genomes as a few arrays, for files: fast, exact, and without objects inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from galapagos.errors import InvalidGenome
from galapagos.genomes.graph import GraphGenome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from galapagos.genomes.genome import Genome

_SHAPE = ("num_inputs", "num_outputs", "bias_input", "neurons", "connections", "has_weights")


def pack_genomes(genomes: Sequence[Genome]) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of graph genomes, to be unpacked by `unpack_genomes`.

    Returns:
        `shapes`: int64 (genomes, 6), a row of numbers each; `activations`: uint8, `sources` and `targets`:
        the smallest unsigned integers that hold them, `weights`: float64; each joined over all genomes
        (weights only of those that have them).

    Raises:
        InvalidGenome: For a kind of genome that has no columns.
    """
    graphs = [genome for genome in genomes if isinstance(genome, GraphGenome)]
    if len(graphs) != len(genomes):
        raise InvalidGenome("only graph genomes can be written as columns")
    shapes = [
        (
            graph.num_inputs,
            graph.num_outputs,
            int(graph.bias_input),
            graph.num_neurons,
            graph.num_connections,
            int(graph.weights is not None),
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
    }


def unpack_genomes(columns: Mapping[str, NDArray[np.generic]]) -> list[GraphGenome]:
    """Return the genomes of `pack_genomes`, bit for bit.

    Raises:
        ValueError: Where the arrays do not fit each other.
    """
    shapes = columns["shapes"].tolist()
    activations, sources = columns["activations"].astype(np.uint8), columns["sources"].astype(np.int32)
    targets, weights = columns["targets"].astype(np.int32), columns["weights"].astype(np.float64)
    genomes = []
    neuron = connection = weight = 0
    for num_inputs, num_outputs, bias_input, neurons, connections, has_weights in shapes:
        # Copies, because a slice would keep the arrays of the whole population in memory.
        genomes.append(
            GraphGenome(
                num_inputs=num_inputs,
                num_outputs=num_outputs,
                activations=activations[neuron : neuron + neurons].copy(),
                sources=sources[connection : connection + connections].copy(),
                targets=targets[connection : connection + connections].copy(),
                bias_input=bool(bias_input),
                weights=weights[weight : weight + connections].copy() if has_weights else None,
            )
        )
        neuron += neurons
        connection += connections
        weight += connections if has_weights else 0
    if (neuron, connection, connection, weight) != tuple(
        len(array) for array in (activations, sources, targets, weights)
    ):
        raise ValueError("the columns of genomes do not fit each other")
    return genomes


def _joined(arrays: list[NDArray[np.generic]], dtype: type[np.generic]) -> NDArray[np.generic]:
    # Neurons have numbers from 0 on, so that narrower unsigned integers hold them unchanged.
    return np.concatenate([np.empty(0, dtype), *arrays], dtype=dtype, casting="unsafe")
