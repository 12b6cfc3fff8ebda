"""Connections from sensors and from neurons, told apart, are the same connections."""

import numpy as np
from hypothesis import given

from galapagos.genomes.graph import GraphGenome
from galapagos.networks.compiled import FIRST_INPUT_ROW, ZERO_ROW, compile_networks
from galapagos.networks.split import split_networks
from tests.strategies import graph_genomes


@given(graph_genomes(weighted=None), graph_genomes(num_inputs=3, num_outputs=2, weighted=None))
def test_each_neuron_keeps_its_connections(genome: GraphGenome, other: GraphGenome) -> None:
    for company in ([genome], [other, other]):
        compiled = compile_networks(company)
        split = split_networks(compiled)
        first_row = FIRST_INPUT_ROW + compiled.num_inputs
        for neuron in range(len(compiled.activations)):
            edges = slice(compiled.first_edge[neuron], compiled.first_edge[neuron + 1])
            kept = compiled.sources[edges] != ZERO_ROW
            expected = sorted(zip(compiled.sources[edges][kept], compiled.weights[edges][kept], strict=True))
            found: list[tuple[int, float]] = []
            for part, zero, shift in (
                (split.from_sensors, ZERO_ROW, 0),
                (split.from_neurons, 0, first_row - 1),
            ):
                some = slice(part.first[neuron], part.first[neuron + 1])
                assert (some.stop - some.start) % 4 == 0
                real = part.sources[some] != zero
                found += zip(part.sources[some][real] + shift, part.weights[some][real], strict=True)
            assert sorted(found) == expected
        rows = np.where(split.outputs == 0, ZERO_ROW, split.outputs + first_row - 1)
        np.testing.assert_array_equal(rows, compiled.outputs)
        assert split.num_rows == compiled.num_rows - first_row + 1
