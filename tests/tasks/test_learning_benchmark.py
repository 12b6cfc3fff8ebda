"""The benchmark of learning: fixed networks that learn."""

import pytest

from galapagos.tasks.learning_benchmark import CONNECTIONS, fixed_learners


@pytest.mark.parametrize("connections", CONNECTIONS)
def test_networks_are_the_same_every_time_and_have_so_many_connections_all_in_use(connections: int) -> None:
    networks = fixed_learners(connections, count=2)
    assert networks == fixed_learners(connections, count=2)
    for network in networks:
        assert network.num_connections == connections
        assert network.weights is not None
        assert network.feedback is not None
        hidden = set(range(network.first_hidden, network.num_neurons))
        assert hidden <= set(network.sources.tolist())
        assert hidden <= set(network.targets.tolist())
