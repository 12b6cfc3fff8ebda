"""The benchmark: fixed networks, and the format that others read."""

import pytest

from galapagos.tasks import benchmark as module
from galapagos.tasks.benchmark import CONNECTIONS, benchmark, fixed_networks


@pytest.mark.parametrize("connections", CONNECTIONS)
def test_networks_are_the_same_every_time_and_have_so_many_connections_all_in_use(connections: int) -> None:
    networks = fixed_networks(connections, count=10)
    assert networks == fixed_networks(connections, count=10)
    for network in networks:
        assert network.num_connections == connections
        assert set(range(6, network.num_neurons)) <= set(network.sources.tolist())
        assert set(range(5, network.num_neurons)) == set(network.targets.tolist())


def test_results_have_the_published_format(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REPETITIONS", 1)
    results = benchmark()
    assert [result["name"] for result in results] == [
        f"swing-up {size} connections" for size in (10, 30, 100)
    ]
    for result in results:
        assert set(result) == {
            "name",
            "networks_per_second",
            "steps_per_second",
            "reference_steps_per_second",
            "ratio",
        }
        assert result["ratio"] == result["steps_per_second"] / result["reference_steps_per_second"] > 20
