"""Networks made ready for training: neurons in topological order, and who reads whom in both directions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from galapagos.learning.training import trained_connections

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from galapagos.genomes.graph import GraphGenome

GROUP = 4
"""Connections come in groups of so many; the last group of a neuron is filled up by some that read zeros."""
ZERO_ROW = 0
FIRST_ROW = 1


class EdgeLists(NamedTuple):
    """Several networks, one after the other in the same arrays; a named tuple, since kernels take those.

    A kernel keeps the values of one network in rows: row 0 is always 0, then come the inputs, the hidden
    neurons in topological order, and the outputs. Their errors lie in rows too: row 0 is always 0, then come
    the hidden neurons and the outputs. Hidden neurons that lead to no output are left out.

    Args:
        first_neuron: int64 (networks + 1,): where each network's neurons begin, hidden ones before outputs.
        first_edge: int64 (neurons + 1,): where each neuron's incoming connections begin in `sources`.
        sources: int64 (edges,): the row of values that each connection reads.
        first_back: int64 (neurons + 1,): where each neuron's outgoing connections begin in `targets`.
        targets: int64 (backs,): the row of errors that comes back through each connection.
        back_edges: int64 (backs,): its place among the incoming connections.
    """

    first_neuron: NDArray[np.int64]
    first_edge: NDArray[np.int64]
    sources: NDArray[np.int64]
    first_back: NDArray[np.int64]
    targets: NDArray[np.int64]
    back_edges: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class TrainableNetworks:
    """Edge lists, and where the connections of the genomes are in them.

    Args:
        num_inputs: Of each network.
        num_outputs: Of each network.
        most_neurons: Hidden neurons and outputs of the network that has most.
        lists: What kernels read.
        connections: For each network int64 (trained connections,), their numbers in its genome.
        places: For each network int64 (trained connections,), where they are in `EdgeLists.sources`.
    """

    num_inputs: int
    num_outputs: int
    most_neurons: int
    lists: EdgeLists
    connections: tuple[NDArray[np.int64], ...]
    places: tuple[NDArray[np.int64], ...]

    def __len__(self) -> int:
        return len(self.places)


def trainable_networks(genomes: Sequence[GraphGenome]) -> TrainableNetworks:
    """Return the networks of at least one genome, all of the same numbers of inputs and outputs."""
    lists, connections, places = list[EdgeLists](), list["NDArray[np.int64]"](), list["NDArray[np.int64]"]()
    for genome in genomes:
        one, chosen, edges = _edge_lists(genome)
        places.append(edges + sum(len(other.sources) for other in lists))
        connections.append(chosen)
        lists.append(one)
    return TrainableNetworks(
        num_inputs=genomes[0].num_inputs,
        num_outputs=genomes[0].num_outputs,
        most_neurons=max(int(one.first_neuron[-1]) for one in lists),
        lists=_concatenated(lists),
        connections=tuple(connections),
        places=tuple(places),
    )


def _edge_lists(genome: GraphGenome) -> tuple[EdgeLists, NDArray[np.int64], NDArray[np.int64]]:
    """Return the lists of one network, the connections that it trains, and their places in `sources`."""
    chosen = np.flatnonzero(trained_connections(genome))
    number = _numbers_in_order(genome, chosen)
    neurons = int(number.max()) + 1
    sources, targets = number[genome.sources[chosen]], number[genome.targets[chosen]]
    order = np.argsort(targets, kind="stable")  # so that a neuron's sources stay sorted as in the genome
    first_edge, edges = _grouped(targets[order], neurons)
    rows = np.full(first_edge[-1], ZERO_ROW, dtype=np.int64)
    rows[edges] = FIRST_ROW + genome.num_inputs + sources[order]
    places = np.empty(len(chosen), dtype=np.int64)
    places[order] = edges

    back = np.lexsort((targets, sources))
    back = back[sources[back] >= 0]
    first_back, backs = _grouped(sources[back], neurons)
    errors = np.full(first_back[-1], ZERO_ROW, dtype=np.int64)
    errors[backs] = FIRST_ROW + targets[back]
    # What fills a group up takes its weight from the same network, and zeros times that are no error.
    back_edges = np.full(first_back[-1], places[back[0]] if len(back) else 0, dtype=np.int64)
    back_edges[backs] = places[back]
    first_neuron = np.array([0, neurons], dtype=np.int64)
    return EdgeLists(first_neuron, first_edge, rows, first_back, errors, back_edges), chosen, places


def _numbers_in_order(genome: GraphGenome, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of each neuron: inputs below 0, from 0 the hidden ones in order, then the outputs."""
    sources = np.unique(genome.sources[chosen])
    hidden = sources[sources >= genome.first_hidden]
    layers = np.array(genome.layers())
    hidden = hidden[np.argsort(layers[hidden], kind="stable")]
    number = np.full(genome.num_neurons, -1, dtype=np.int64)
    number[: genome.num_inputs] = np.arange(-genome.num_inputs, 0)
    number[hidden] = np.arange(len(hidden))
    number[genome.num_inputs : genome.first_hidden] = len(hidden) + np.arange(genome.num_outputs)
    return number


def _grouped(keys: NDArray[np.int64], count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where the groups of each key begin (count + 1,), and the place of each of the sorted keys."""
    sizes = np.bincount(keys, minlength=count)
    first = np.append(0, np.cumsum(-(-sizes // GROUP) * GROUP))
    rank = np.arange(len(keys)) - (np.cumsum(sizes) - sizes)[keys]
    return first, first[keys] + rank


def _concatenated(lists: Sequence[EdgeLists]) -> EdgeLists:
    neurons = _offsets([one.first_neuron[-1] for one in lists])
    edges = _offsets([len(one.sources) for one in lists])
    backs = _offsets([len(one.targets) for one in lists])
    return EdgeLists(
        first_neuron=neurons,
        first_edge=_joined([one.first_edge[:-1] for one in lists], edges),
        sources=np.concatenate([one.sources for one in lists]),
        first_back=_joined([one.first_back[:-1] for one in lists], backs),
        targets=np.concatenate([one.targets for one in lists]),
        back_edges=np.concatenate([one.back_edges + edge for one, edge in zip(lists, edges, strict=False)]),
    )


def _offsets(sizes: Sequence[int]) -> NDArray[np.int64]:
    return np.append(0, np.cumsum(sizes)).astype(np.int64)


def _joined(firsts: Sequence[NDArray[np.int64]], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where everything begins once the networks follow each other, and at last where it ends."""
    moved = [first + offset for first, offset in zip(firsts, offsets, strict=False)]
    return np.append(np.concatenate(moved), offsets[-1])
