"""The number of layers of many graph genomes at once: the same as `GraphGenome.num_layers`, much faster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from galapagos.genomes.graph import GraphGenome


def layer_counts(genomes: Sequence[GraphGenome]) -> NDArray[np.int64]:
    """Return the number of layers of each genome, inputs and outputs included, at least 2.

    All connections of all genomes are relaxed together until no layer grows: once for each layer there is.

    Args:
        genomes: Feed-forward graphs; one with a cycle would never end.

    Returns:
        int64 array (genomes,).
    """
    neurons = np.array([genome.num_neurons for genome in genomes], dtype=np.int64)
    first = np.concatenate([[0], np.cumsum(neurons)])
    connections = np.array([genome.num_connections for genome in genomes], dtype=np.int64)
    offsets = np.repeat(first[:-1], connections)
    sources = _joined([genome.sources for genome in genomes]) + offsets
    targets = _joined([genome.targets for genome in genomes]) + offsets
    layers = _start(genomes, first)
    # Connections are sorted by target in a genome, and genomes follow each other: each target is one stretch.
    begins = np.flatnonzero(np.diff(targets, prepend=-1))
    reached = targets[begins]
    while len(begins):
        above = np.maximum(layers[reached], np.maximum.reduceat(layers[sources] + 1, begins))
        if np.array_equal(above, layers[reached]):
            break
        layers[reached] = above
    return _last_hidden(layers, genomes, first) + 2


def _start(genomes: Sequence[GraphGenome], first: NDArray[np.int64]) -> NDArray[np.int64]:
    layers = np.ones(first[-1], dtype=np.int64)
    for begin, genome in zip(first.tolist(), genomes, strict=False):
        layers[begin : begin + genome.num_sensors] = 0
    return layers


def _last_hidden(
    layers: NDArray[np.int64], genomes: Sequence[GraphGenome], first: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the last layer of the hidden neurons of each genome, 0 where it has none."""
    ends = first[1:].tolist()
    begins = [begin + genome.first_hidden for begin, genome in zip(first.tolist(), genomes, strict=False)]
    return np.array(
        [int(layers[begin:end].max(initial=0)) for begin, end in zip(begins, ends, strict=True)],
        dtype=np.int64,
    )


def _joined(arrays: list[NDArray[np.int32]]) -> NDArray[np.int64]:
    return np.concatenate([np.empty(0, np.int64), *arrays])
