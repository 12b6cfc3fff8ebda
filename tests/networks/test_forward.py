"""The readable reference, against networks computed by hand."""

import math

import numpy as np
import pytest

from galapagos.errors import InvalidGenome
from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import GraphGenome, graph_genome
from galapagos.networks.forward import forward, neuron_inputs


def network(
    *hidden: Activation,
    connections: list[tuple[int, int]],
    bias_input: bool = False,
    weights: list[float] | None = None,
) -> GraphGenome:
    """Return a network of two inputs (0, 1) and one output (2), or one more each with a bias (0)."""
    return graph_genome(
        num_inputs=2,
        num_outputs=1,
        activations=[Activation.LINEAR] * (3 + bias_input) + list(hidden),
        connections=connections,
        bias_input=bias_input,
        weights=weights,
    )


def test_an_output_is_the_weight_times_the_sum_of_what_it_reads() -> None:
    genome = network(connections=[(0, 2), (1, 2)])
    assert forward(genome, -2.0, np.array([0.25, 1.0])).tolist() == [-2.5]


def test_a_hidden_neuron_applies_its_activation_to_its_weighted_sum() -> None:
    genome = network(Activation.ABS, connections=[(0, 3), (1, 3), (3, 2)])
    assert forward(genome, -0.5, [1.0, 2.0]).tolist() == [-0.5 * abs(-0.5 * 3.0)]
    assert neuron_inputs(genome, -0.5, [1.0, 2.0]) == [0.0, 0.0, -0.75, -1.5]


def test_the_bias_is_one_and_stands_before_the_inputs() -> None:
    genome = network(connections=[(0, 3), (2, 3)], bias_input=True)
    assert forward(genome, 0.5, [7.0, 3.0]).tolist() == [2.0]


def test_weights_of_their_own_are_multiplied_with_the_shared_one() -> None:
    genome = network(Activation.RELU, connections=[(0, 3), (1, 3), (3, 2)], weights=[4.0, 3.0, -1.0])
    hidden = 2.0 * (4.0 * 1.0 + 3.0 * 0.5)
    assert forward(genome, 2.0, [1.0, 0.5]).tolist() == [2.0 * -1.0 * hidden]


def test_a_neuron_without_inputs_is_zero_whatever_its_activation() -> None:
    genome = network(Activation.COSINE, connections=[(3, 2)])
    assert forward(genome, 1.0, [1.0, 1.0]).tolist() == [0.0]
    assert forward(network(connections=[]), 1.0, [1.0, 1.0]).tolist() == [0.0]


def test_a_neuron_that_reads_zeros_applies_its_activation_to_zero() -> None:
    genome = network(Activation.LINEAR, Activation.GAUSSIAN, connections=[(3, 4), (4, 2)])
    assert forward(genome, 1.0, [1.0, 1.0]).tolist() == [1.0]


def test_neurons_may_be_numbered_in_any_order() -> None:
    genome = network(Activation.TANH, Activation.ABS, connections=[(0, 4), (4, 3), (3, 2)])
    assert forward(genome, 1.0, [-0.5, 0.0])[0] == pytest.approx(math.tanh(0.5), rel=1e-15)


def test_an_observation_of_another_length_is_refused() -> None:
    with pytest.raises(InvalidGenome, match="2 inputs cannot take 3 values"):
        forward(network(connections=[]), 1.0, [1.0, 2.0, 3.0])
