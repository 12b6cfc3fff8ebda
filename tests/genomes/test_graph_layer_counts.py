"""Layers of many genomes at once, against the plain count of one."""

import numpy as np
import pytest

from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import GraphGenome, graph_genome
from galapagos.genomes.graph_layer_counts import layer_counts


def random_genome(rng: np.random.Generator) -> GraphGenome:
    """A genome whose hidden neurons stand in no order of layers, some of them unreached."""
    inputs, outputs, hidden, bias = (
        rng.integers(1, 5),
        rng.integers(1, 4),
        rng.integers(0, 15),
        rng.integers(2),
    )
    sensors = int(inputs + bias)
    order = rng.permutation(np.arange(sensors + outputs, sensors + outputs + hidden)).tolist()
    position = {neuron: place for place, neuron in enumerate(order)}
    sources = [*range(sensors), *order]
    targets = [*range(sensors, sensors + int(outputs)), *order]
    pairs = [
        (source, target)
        for source in sources
        for target in targets
        if position.get(source, -1) < position.get(target, 10**6) and rng.random() < 0.2
    ]
    return graph_genome(
        num_inputs=int(inputs),
        num_outputs=int(outputs),
        activations=[Activation.LINEAR] * (sensors + int(outputs) + int(hidden)),
        connections=pairs,
        bias_input=bool(bias),
    )


@pytest.mark.parametrize("count", [0, 1, 300])
def test_it_counts_what_each_genome_counts_itself(count: int) -> None:
    rng = np.random.default_rng(count)
    genomes = [random_genome(rng) for _ in range(count)]
    assert layer_counts(genomes).tolist() == [genome.num_layers() for genome in genomes]


def test_a_chain_is_as_deep_as_it_is_long() -> None:
    chain = graph_genome(
        num_inputs=1,
        num_outputs=1,
        activations=[Activation.LINEAR] * 52,
        connections=[(0, 2), *((neuron, neuron + 1) for neuron in range(2, 51)), (51, 1)],
    )
    empty = graph_genome(num_inputs=1, num_outputs=1, activations=[Activation.LINEAR] * 2, connections=[])
    assert layer_counts([chain, empty, chain]).tolist() == [52, 2, 52]
