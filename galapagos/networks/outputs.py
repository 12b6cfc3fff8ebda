"""What one network answers to many inputs at once, with each of several shared weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from galapagos.networks.compiled import BIAS_ROW, FIRST_INPUT_ROW, compile_networks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from galapagos.genomes.graph import GraphGenome


def network_outputs(
    genome: GraphGenome, inputs: NDArray[np.floating], weights: Sequence[float]
) -> NDArray[np.float64]:
    """Return the outputs (weights, samples, outputs) of a network.

    Args:
        genome: The network; where it has weights of its own, each is multiplied by the shared one.
        inputs: (samples, inputs), without the bias.
        weights: The shared weights.
    """
    from galapagos.networks.lock_step import compute_network

    network = compile_networks([genome])
    values = np.zeros((network.num_rows, len(inputs)))
    values[BIAS_ROW] = 1.0
    values[FIRST_INPUT_ROW : FIRST_INPUT_ROW + network.num_inputs] = inputs.T
    outputs = np.empty((len(weights), len(inputs), genome.num_outputs))
    for place, weight in enumerate(weights):
        compute_network(
            0,
            network.first_neuron,
            network.activations,
            network.first_edge,
            network.sources,
            network.weights,
            network.num_inputs,
            values,
            np.full((1, len(inputs)), weight),
        )
        outputs[place] = values[network.outputs[0]].T
    return outputs
