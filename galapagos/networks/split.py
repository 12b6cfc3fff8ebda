"""Networks whose connections from sensors stand apart from those between neurons.

What a neuron receives from its sensors is the same for every shared weight, so a kernel that tries several
weights on one sample adds it up once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from galapagos.networks.compiled import FIRST_INPUT_ROW, GROUP, ZERO_ROW

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from galapagos.networks.compiled import CompiledNetworks


@dataclass(frozen=True, slots=True, eq=False)
class Connections:
    """Some of the connections of networks, each neuron's filled up to a multiple of `GROUP`.

    Args:
        first: int64 (neurons + 1,): where each neuron's begin.
        sources: int64 (connections,): the row that each reads.
        weights: float64 (connections,).
    """

    first: NDArray[np.int64]
    sources: NDArray[np.int64]
    weights: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class SplitNetworks:
    """`CompiledNetworks` with connections of two kinds.

    Args:
        first_neuron: int64 (networks + 1,), see `CompiledNetworks`.
        activations: int64 (neurons,), see there.
        from_sensors: Those that read a sensor, by its row there.
        from_neurons: Those that read a neuron, by 1 + its place in the network; 0 is a row of zeros.
        outputs: int64 (networks, num_outputs): 1 + the place of each output, 0 for one that is always 0.
        num_rows: 1 + the neurons of the largest network.
    """

    first_neuron: NDArray[np.int64]
    activations: NDArray[np.int64]
    from_sensors: Connections
    from_neurons: Connections
    outputs: NDArray[np.int64]
    num_rows: int


def split_networks(networks: CompiledNetworks) -> SplitNetworks:
    """Return the same networks with their connections told apart, in the same order within each kind."""
    first_row = FIRST_INPUT_ROW + networks.num_inputs
    neuron = np.repeat(np.arange(len(networks.activations)), np.diff(networks.first_edge))
    is_real = networks.sources != ZERO_ROW
    reads_neuron = networks.sources >= first_row

    def chosen(mask: NDArray[np.bool_], shift: int, zero: int) -> Connections:
        edges = np.flatnonzero(mask)
        counts = np.bincount(neuron[edges], minlength=len(networks.activations))
        first = np.concatenate([[0], np.cumsum(-(-counts // GROUP) * GROUP)])
        begins = np.cumsum(counts) - counts
        places = first[neuron[edges]] + np.arange(len(edges)) - begins[neuron[edges]]
        sources = np.full(first[-1], zero, dtype=np.int64)
        weights = np.ones(first[-1])
        sources[places] = networks.sources[edges] - shift
        weights[places] = networks.weights[edges]
        return Connections(first, sources, weights)

    return SplitNetworks(
        first_neuron=networks.first_neuron,
        activations=networks.activations,
        from_sensors=chosen(is_real & ~reads_neuron, 0, ZERO_ROW),
        from_neurons=chosen(reads_neuron, first_row - 1, 0),
        outputs=np.maximum(networks.outputs - first_row + 1, 0),
        num_rows=1 + networks.num_rows - first_row,
    )
