"""The readable reference: what a network computes, one neuron after the other, in plain Python and numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from galapagos.errors import InvalidGenome
from galapagos.genomes.activation import Activation
from galapagos.networks.activations import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from galapagos.genomes.graph import GraphGenome


def forward(
    genome: GraphGenome, weight: float, observation: NDArray[np.float64] | Sequence[float]
) -> NDArray[np.float64]:
    """Return the outputs of a network for one observation (Gaier & Ha 2019, section 3).

    A neuron's input is the shared weight times the sum of the values it reads (each times its connection's
    own weight where the genome has such weights), summed by ascending number of the source. A neuron without
    inputs has the value 0.

    Args:
        genome: The network.
        weight: The weight that all connections share.
        observation: (num_inputs,), without the bias.

    Returns:
        (num_outputs,).

    Raises:
        InvalidGenome: Where the observation is not as long as the network has inputs.
    """
    if len(observation) != genome.num_inputs:
        raise InvalidGenome(f"a network of {genome.num_inputs} inputs cannot take {len(observation)} values")
    values = _sums_and_values(genome, weight, observation)[1]
    return np.array(values[genome.num_sensors : genome.first_hidden], dtype=np.float64)


def neuron_inputs(
    genome: GraphGenome, weight: float, observation: NDArray[np.float64] | Sequence[float]
) -> list[float]:
    """Return what each neuron's activation is applied to, 0 for inputs and for neurons without inputs."""
    return _sums_and_values(genome, weight, observation)[0]


def _sums_and_values(
    genome: GraphGenome, weight: float, observation: NDArray[np.float64] | Sequence[float]
) -> tuple[list[float], list[float]]:
    bias = [1.0] if genome.bias_input else []
    sensors = bias + [float(value) for value in observation]
    values = sensors + [0.0] * (genome.num_neurons - len(sensors))
    inputs = [0.0] * genome.num_neurons
    layers = genome.layers()
    for neuron in sorted(range(genome.num_sensors, genome.num_neurons), key=layers.__getitem__):
        incoming = np.flatnonzero(genome.targets == neuron).tolist()
        if not incoming:
            continue
        total = 0.0
        for connection in incoming:
            value = values[genome.sources[connection]]
            total += value if genome.weights is None else float(genome.weights[connection]) * value
        inputs[neuron] = weight * total
        values[neuron] = FUNCTIONS[Activation(genome.activations[neuron])](inputs[neuron])
    return inputs, values
