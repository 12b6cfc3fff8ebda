"""Many graphs as columns, bit for bit."""

from dataclasses import replace

import numpy as np
import pytest

from galapagos.genomes.graph_columns import pack_graphs, unpack_graphs
from galapagos.genomes.learning_networks import with_weights
from tests.engine.checkpoints import assert_bits_equal
from tests.engine.populations import random_genome


@pytest.mark.parametrize("connections", [1, 20, 1_000, 10_000])
def test_graphs_of_any_size_come_back(connections: int) -> None:
    rng = np.random.default_rng(connections)
    graphs = [random_genome(rng, connections, learned=learned) for learned in (True, False, True)]
    graphs += [with_weights(graphs[1], rng), replace(graphs[0], feedback=None, epochs=2**53)]
    for one, other in zip(graphs, unpack_graphs(pack_graphs(graphs)), strict=True):
        assert_bits_equal(one, other)


@pytest.mark.parametrize("name", ["activations", "sources", "targets", "weights", "feedback"])
def test_columns_that_do_not_fit_are_refused(name: str) -> None:
    rng = np.random.default_rng(0)
    columns = pack_graphs([random_genome(rng, learned=True) for _ in range(9)])
    with pytest.raises(ValueError, match="do not fit"):
        unpack_graphs(columns | {name: columns[name][:-1]})
