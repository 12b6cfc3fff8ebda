"""The benchmark of learning: fixed networks, and the format that others read."""

import pytest

from galapagos.tasks import learning_benchmark as module
from galapagos.tasks.learning_benchmark import CONNECTIONS, fixed_learners, learning_benchmark


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


def test_results_have_the_format_of_the_other_benchmark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REPETITIONS", 1)
    monkeypatch.setattr(module, "IMAGES", 2048)
    results = learning_benchmark()
    assert [result["name"] for result in results] == [
        f"learning {connections} connections" for connections in (100, 500, 2000)
    ]
    for result in results:
        assert set(result) == {
            "name",
            "networks_per_second",
            "steps_per_second",
            "reference_steps_per_second",
            "ratio",
        }
        assert result["ratio"] == result["steps_per_second"] / result["reference_steps_per_second"] > 10
