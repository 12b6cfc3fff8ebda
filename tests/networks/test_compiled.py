"""Compiled networks and the lock-step kernel, against the readable reference."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from galapagos.errors import InvalidGenome
from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import GraphGenome, graph_genome
from galapagos.networks.compiled import BIAS_ROW, FIRST_INPUT_ROW, GROUP, ZERO_ROW, compile_networks
from galapagos.networks.forward import forward
from galapagos.networks.lock_step import compute_network
from tests.strategies import graph_genomes, seeds


def in_lanes(
    genomes: list[GraphGenome], index: int, weights: NDArray[np.float64], observations: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the outputs (num_outputs, lanes) of one of several compiled networks, an observation a lane."""
    networks = compile_networks(genomes)
    values = np.full((networks.num_rows, len(weights)), np.nan)
    values[BIAS_ROW], values[ZERO_ROW] = 1.0, 0.0
    values[FIRST_INPUT_ROW : FIRST_INPUT_ROW + networks.num_inputs] = observations.T
    compute_network(
        index,
        networks.first_neuron,
        networks.activations,
        networks.first_edge,
        networks.sources,
        networks.weights,
        networks.num_inputs,
        values,
        weights[np.newaxis].copy(),
    )
    outputs: NDArray[np.float64] = values[networks.outputs[index]]
    return outputs


@given(
    genomes=st.lists(graph_genomes(num_inputs=3, num_outputs=2, weighted=None), min_size=1, max_size=3),
    lanes=st.integers(1, 40),
    seed=seeds(),
)
def test_every_lane_equals_the_readable_reference_exactly(
    genomes: list[GraphGenome], lanes: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    weights, observations = rng.uniform(-2, 2, lanes), rng.normal(0, 2, (lanes, 3))
    for index, genome in enumerate(genomes):
        expected = [
            forward(genome, weight, observation).tolist()
            for weight, observation in zip(weights.tolist(), observations, strict=True)
        ]
        assert in_lanes(genomes, index, weights, observations).T.tolist() == expected


@pytest.mark.parametrize("activation", list(Activation))
@given(inputs=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40))
def test_every_activation_is_the_same_in_any_place_of_any_number_of_lanes(
    activation: Activation, inputs: list[float]
) -> None:
    genome = graph_genome(
        num_inputs=1,
        num_outputs=1,
        activations=[Activation.LINEAR, Activation.LINEAR, activation],
        connections=[(0, 2), (2, 1)],
    )
    outputs = in_lanes([genome], 0, np.ones(len(inputs)), np.array(inputs)[:, np.newaxis])
    assert outputs[0].tolist() == [forward(genome, 1.0, [value])[0] for value in inputs]


def test_neurons_that_lead_to_no_output_are_left_out() -> None:
    genome = graph_genome(
        num_inputs=1,
        num_outputs=1,
        activations=[Activation.LINEAR] * 2 + [Activation.TANH] * 3,
        connections=[(0, 2), (0, 3), (3, 4), (2, 1)],
    )
    networks = compile_networks([genome])
    assert networks.activations.tolist() == [Activation.TANH, Activation.LINEAR]
    assert networks.num_rows == FIRST_INPUT_ROW + 1 + 2


def test_connections_are_filled_up_with_rows_of_zeros() -> None:
    genome = graph_genome(
        num_inputs=5,
        num_outputs=1,
        activations=[Activation.LINEAR] * 6,
        connections=[(source, 5) for source in range(5)],
    )
    networks = compile_networks([genome, genome])
    assert networks.first_edge.tolist() == [0, 2 * GROUP, 4 * GROUP]
    assert networks.sources[: 2 * GROUP].tolist() == [2, 3, 4, 5, 6, ZERO_ROW, ZERO_ROW, ZERO_ROW]


def test_an_output_without_connections_reads_the_row_of_zeros() -> None:
    genome = graph_genome(
        num_inputs=1, num_outputs=2, activations=[Activation.LINEAR] * 3, connections=[(0, 2)]
    )
    assert compile_networks([genome]).outputs.tolist() == [[ZERO_ROW, FIRST_INPUT_ROW + 1]]


def test_networks_of_other_inputs_are_refused() -> None:
    one, two = (
        graph_genome(num_inputs=n, num_outputs=1, activations=[Activation.LINEAR] * (n + 1), connections=[])
        for n in (1, 2)
    )
    with pytest.raises(InvalidGenome, match="2 inputs and 1 outputs stands among networks with 1 and 1"):
        compile_networks([one, two])


def test_a_chain_as_deep_as_a_network_may_be_compiles() -> None:
    depth = 5_000
    genome = graph_genome(
        num_inputs=1,
        num_outputs=1,
        activations=[Activation.LINEAR] * (depth + 2),
        connections=[(0, 2), *((neuron, neuron + 1) for neuron in range(2, depth + 1)), (depth + 1, 1)],
    )
    assert in_lanes([genome], 0, np.ones(1), np.array([[3.0]])).tolist() == [[3.0]]
