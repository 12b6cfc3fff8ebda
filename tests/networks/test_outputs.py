"""The outputs of one network for many inputs and several shared weights, against the readable reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given

from galapagos.networks.forward import forward
from galapagos.networks.outputs import network_outputs
from tests.strategies import graph_genomes, seeds

if TYPE_CHECKING:
    from galapagos.genomes.graph import GraphGenome

WEIGHTS = (-2.0, 0.5, 1.0)


@given(genome=graph_genomes(num_inputs=3, num_outputs=2, weighted=None), seed=seeds())
def test_each_input_gets_with_each_weight_what_the_reference_says(genome: GraphGenome, seed: int) -> None:
    inputs = np.random.default_rng(seed).normal(size=(4, 3))
    outputs = network_outputs(genome, inputs, WEIGHTS)
    expected = [[forward(genome, weight, sample) for sample in inputs] for weight in WEIGHTS]
    np.testing.assert_allclose(outputs, expected, rtol=1e-9, atol=1e-12)


@given(genome=graph_genomes(num_inputs=3, num_outputs=2, weighted=None))
def test_what_one_weight_left_behind_does_not_reach_the_next(genome: GraphGenome) -> None:
    inputs = np.ones((2, 3))
    together = network_outputs(genome, inputs, WEIGHTS)
    alone = [network_outputs(genome, inputs, [weight])[0] for weight in WEIGHTS]
    np.testing.assert_array_equal(together, alone)
    assert network_outputs(genome, inputs, []).shape == (0, 2, 2)
