"""Networks made ready for kernels: neurons in topological order, connections as one concatenated CSR."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from galapagos.errors import InvalidGenome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from galapagos.genomes.graph import GraphGenome

BIAS_ROW = 0
ZERO_ROW = 1
FIRST_INPUT_ROW = 2
GROUP = 4
"""Each neuron's connections are filled up to a multiple of this by some that read the row of zeros."""


@dataclass(frozen=True, slots=True, eq=False)
class CompiledNetworks:
    """Several networks of equally many inputs and outputs, one after the other in the same arrays.

    A kernel keeps the values of one network in rows: row 0 is the bias (always 1), row 1 is always 0, then
    come a row for each input and one for each computed neuron, in the order of `activations`. Neurons that
    lead to no output are left out; a neuron without inputs is row 1.

    Args:
        num_inputs: Number of inputs of each network, without the bias.
        num_outputs: Number of outputs of each network.
        first_neuron: int64 (networks + 1,): where each network's neurons begin in `activations`.
        activations: int64 (neurons,): an `Activation` each.
        first_edge: int64 (neurons + 1,): where each neuron's connections begin in `sources`.
        sources: int64 (connections,): the row that each connection reads, by ascending number of the neuron,
            then those that fill up the neuron's last `GROUP`.
        weights: float64 (connections,): 1 in a network whose connections share a weight.
        outputs: int64 (networks, num_outputs): the row of each output.
        num_rows: The rows that the largest of the networks needs.
    """

    num_inputs: int
    num_outputs: int
    first_neuron: NDArray[np.int64]
    activations: NDArray[np.int64]
    first_edge: NDArray[np.int64]
    sources: NDArray[np.int64]
    weights: NDArray[np.float64]
    outputs: NDArray[np.int64]
    num_rows: int

    def __len__(self) -> int:
        return len(self.outputs)


def compile_networks(genomes: Sequence[GraphGenome]) -> CompiledNetworks:
    """Return the networks of at least one genome, in their order.

    Raises:
        InvalidGenome: Where the genomes differ in their numbers of inputs or outputs.
    """
    num_inputs, num_outputs = genomes[0].num_inputs, genomes[0].num_outputs
    first_neuron, activations, first_edge = [0], list[int](), [0]
    sources, weights, outputs = list[int](), list[float](), list[list[int]]()
    for genome in genomes:
        if (genome.num_inputs, genome.num_outputs) != (num_inputs, num_outputs):
            raise InvalidGenome(
                f"a network with {genome.num_inputs} inputs and {genome.num_outputs} outputs stands among "
                f"networks with {num_inputs} and {num_outputs}"
            )
        rows = _compile_one(genome, activations, first_edge, sources, weights)
        first_neuron.append(len(activations))
        outputs.append(rows[genome.num_sensors : genome.first_hidden])
    largest = max(last - first for first, last in pairwise(first_neuron))
    return CompiledNetworks(
        num_inputs=num_inputs,
        num_outputs=num_outputs,
        first_neuron=np.array(first_neuron, dtype=np.int64),
        activations=np.array(activations, dtype=np.int64),
        first_edge=np.array(first_edge, dtype=np.int64),
        sources=np.array(sources, dtype=np.int64),
        weights=np.array(weights, dtype=np.float64),
        outputs=np.array(outputs, dtype=np.int64),
        num_rows=FIRST_INPUT_ROW + num_inputs + largest,
    )


def _compile_one(
    genome: GraphGenome,
    activations: list[int],
    first_edge: list[int],
    sources: list[int],
    weights: list[float],
) -> list[int]:
    """Append one network to the lists and return the row of each of its neurons."""
    first = np.searchsorted(genome.targets, range(genome.num_neurons + 1)).tolist()
    genome_sources = genome.sources.tolist()
    genome_activations = genome.activations.tolist()
    genome_weights = None if genome.weights is None else genome.weights.tolist()

    first_row = FIRST_INPUT_ROW + genome.num_inputs
    rows = [BIAS_ROW] if genome.bias_input else []
    rows += range(FIRST_INPUT_ROW, first_row)
    rows += [ZERO_ROW] * (genome.num_neurons - genome.num_sensors)
    order = _alive_in_order(genome, first, genome_sources)
    for row, neuron in enumerate(order, start=first_row):
        begin, end = first[neuron], first[neuron + 1]
        rows[neuron] = row
        activations.append(genome_activations[neuron])
        sources.extend([rows[source] for source in genome_sources[begin:end]])
        weights.extend([1.0] * (end - begin) if genome_weights is None else genome_weights[begin:end])
        padding = -(end - begin) % GROUP
        sources.extend([ZERO_ROW] * padding)
        weights.extend([1.0] * padding)
        first_edge.append(len(sources))
    return rows


_UNSEEN, _WAITING, _DONE = 0, 1, 2


def _alive_in_order(genome: GraphGenome, first: list[int], sources: list[int]) -> list[int]:
    """Return the neurons that have inputs and lead to an output, each behind all that it reads."""
    state = bytearray(genome.num_neurons)
    for neuron in range(genome.num_neurons):
        if first[neuron] == first[neuron + 1]:  # an input, or a neuron without inputs
            state[neuron] = _DONE
    order: list[int] = []
    stack = list(range(genome.num_sensors, genome.first_hidden))
    while stack:
        neuron = stack[-1]
        if state[neuron] == _UNSEEN:
            state[neuron] = _WAITING
            stack.extend(source for source in sources[first[neuron] : first[neuron + 1]] if not state[source])
            continue
        stack.pop()
        if state[neuron] == _WAITING:
            state[neuron] = _DONE
            order.append(neuron)
    return order
