"""Whether many graphs that come from a file are ones: all their arrays are looked at together.

The kernels that compute networks trust a genome: a connection that leads outside its neurons would read, or
write, other memory. `galapagos.genomes.graph.graph_genome` checks one genome from lists; here a thousand of
a thousand connections take 0.2 s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import MAX_CONNECTIONS, MAX_EPOCHS, MAX_NEURONS, GraphGenome, longest_paths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_ROUNDS = 64
"""Neurons without a predecessor are taken away so often, all at once, before each graph is walked through."""


def check_graphs(genomes: Sequence[GraphGenome]) -> None:
    """Check genomes of any number and size.

    Raises:
        ValueError: One line, where one is no feed-forward network within the bounds of a genome.
    """
    if not genomes:
        return
    columns = [
        [g.num_inputs, g.num_outputs, g.num_sensors, g.num_neurons, g.num_connections] for g in genomes
    ]
    inputs, outputs, sensors, neurons, connections = np.array(columns, dtype=np.int64).T
    if (inputs < 1).any() or (outputs < 1).any() or (sensors + outputs > neurons).any():
        raise ValueError("a genome has fewer neurons than inputs and outputs")
    if (neurons > MAX_NEURONS).any() or (connections > MAX_CONNECTIONS).any():
        raise ValueError("a genome has more neurons or connections than one may have")
    _check_activations(genomes, sensors + outputs, neurons)
    _check_weights(genomes)
    _check_connections(genomes, sensors, sensors + outputs, neurons, connections)


def _check_activations(
    genomes: Sequence[GraphGenome], first_hidden: NDArray[np.int64], neurons: NDArray[np.int64]
) -> None:
    activations = np.concatenate([genome.activations for genome in genomes])
    if not np.isin(activations, list(Activation)).all():
        raise ValueError("a neuron of a genome has an activation that is none")
    place = np.arange(len(activations)) - np.repeat(np.cumsum(neurons) - neurons, neurons)
    if (activations[place < np.repeat(first_hidden, neurons)] != Activation.LINEAR).any():
        raise ValueError("an input or output of a genome is not linear")


def _check_weights(genomes: Sequence[GraphGenome]) -> None:
    for genome in genomes:
        if genome.weights is None and (genome.feedback is not None or genome.epochs):
            raise ValueError("a genome without weights has feedback or epochs")
        if not 0 <= genome.epochs <= MAX_EPOCHS:
            raise ValueError("the epochs of a genome are out of range")
    present = [
        array for genome in genomes for array in (genome.weights, genome.feedback) if array is not None
    ]
    if present and not np.isfinite(np.concatenate(present)).all():
        raise ValueError("a weight of a genome is not finite")


def _check_connections(
    genomes: Sequence[GraphGenome],
    sensors: NDArray[np.int64],
    first_hidden: NDArray[np.int64],
    neurons: NDArray[np.int64],
    connections: NDArray[np.int64],
) -> None:
    owner = np.repeat(np.arange(len(genomes)), connections)
    sources = np.concatenate([genome.sources for genome in genomes]).astype(np.int64)
    targets = np.concatenate([genome.targets for genome in genomes]).astype(np.int64)
    is_inside = (sources >= 0) & (sources < neurons[owner]) & (targets < neurons[owner])
    if not (is_inside & (targets >= sensors[owner])).all():
        raise ValueError("a connection of a genome leads outside its neurons or into an input")
    if ((sources >= sensors[owner]) & (sources < first_hidden[owner])).any():
        raise ValueError("a connection of a genome starts at an output")
    order = (owner * MAX_NEURONS + targets) * MAX_NEURONS + sources
    if (np.diff(order) <= 0).any():
        raise ValueError("the connections of a genome are out of order, or one stands twice")
    between = (sources >= first_hidden[owner]) & (targets >= first_hidden[owner])
    first = np.cumsum(neurons) - neurons
    left = _within_cycles(
        (sources + first[owner])[between], (targets + first[owner])[between], int(neurons.sum())
    )
    for number in np.unique(owner[between][left]).tolist():
        if longest_paths(genomes[number])[1] != genomes[number].num_neurons:
            raise ValueError("the connections of a genome form a cycle")


def _within_cycles(sources: NDArray[np.int64], targets: NDArray[np.int64], neurons: int) -> NDArray[np.int64]:
    """Return the places of connections that may be part of a cycle; none where there is certainly none."""
    left = np.arange(len(sources))
    for _ in range(_ROUNDS):
        is_reached = np.zeros(neurons, dtype=np.bool_)
        is_reached[targets[left]] = True
        still = left[is_reached[sources[left]]]
        if len(still) in (0, len(left)):
            return still
        left = still
    return left
