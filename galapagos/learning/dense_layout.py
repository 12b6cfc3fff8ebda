"""Several networks as matrices of the same shapes, one matrix a layer: where each connection is in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from galapagos.learning.training import trained_connections

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from galapagos.genomes.graph import GraphGenome


@dataclass(frozen=True, slots=True, eq=False)
class DenseLayout:
    """The matrices of all layers, one behind the other, and the connections of each network in them.

    A row of a matrix is a neuron of any earlier layer or an input, a column is a neuron of the layer. What
    fills a network up to the most connections stands at `size`, behind all matrices.

    Args:
        shapes: (rows, columns) of each layer, the outputs last.
        size: Numbers in all matrices.
        places: int64 (networks, most connections): where each connection is, from 0.
        columns: int64 (networks, most connections): which of the columns of all layers it leads to.
        to_output: bool (networks, most connections): whether it leads to an output.
        trained: bool (networks, most connections): see `trained_connections`.
    """

    shapes: tuple[tuple[int, int], ...]
    size: int
    places: NDArray[np.int64]
    columns: NDArray[np.int64]
    to_output: NDArray[np.bool_]
    trained: NDArray[np.bool_]


def dense_layout(genomes: Sequence[GraphGenome]) -> DenseLayout:
    """Return the layout of at least one genome, all of the same numbers of inputs and outputs."""
    num_inputs, num_outputs = genomes[0].num_inputs, genomes[0].num_outputs
    layers = [np.array(genome.layers()) for genome in genomes]
    depth = max(int(layer[num_inputs]) for layer in layers)
    for layer in layers:
        layer[num_inputs : num_inputs + num_outputs] = depth
    widths = np.max([np.bincount(layer, minlength=depth + 1) for layer in layers], axis=0)
    first_column = np.cumsum(widths) - widths
    first_place = np.append(0, np.cumsum(first_column[1:] * widths[1:]))
    size, most = int(first_place[-1]), max(genome.num_connections for genome in genomes)
    places = np.full((len(genomes), most), size, dtype=np.int64)
    columns = np.full((len(genomes), most), int(widths[1:].sum()), dtype=np.int64)
    to_output, trained = np.zeros((2, len(genomes), most), dtype=np.bool_)
    for network, (genome, layer) in enumerate(zip(genomes, layers, strict=True)):
        count = genome.num_connections
        own = _columns_in_layers(layer)
        target_layer, target = layer[genome.targets], own[genome.targets]
        row = first_column[layer[genome.sources]] + own[genome.sources]
        places[network, :count] = first_place[target_layer - 1] + row * widths[target_layer] + target
        columns[network, :count] = first_column[target_layer] - num_inputs + target
        to_output[network, :count] = genome.targets < genome.first_hidden
        trained[network, :count] = trained_connections(genome)
    shapes = tuple((int(rows), int(width)) for rows, width in zip(first_column[1:], widths[1:], strict=True))
    return DenseLayout(shapes, size, places, columns, to_output, trained)


def _columns_in_layers(layer: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the place of each neuron among those of its layer."""
    order = np.argsort(layer, kind="stable")
    sizes = np.bincount(layer)
    columns = np.empty(len(layer), dtype=np.int64)
    columns[order] = np.arange(len(layer)) - (np.cumsum(sizes) - sizes)[layer[order]]
    return columns
