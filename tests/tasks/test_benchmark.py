"""The benchmark: fixed networks, and the format that others read."""

import numpy as np
import pytest

from galapagos.genomes.activation import EVOLVED
from galapagos.tasks import benchmark_entry, digits_benchmark, learning_benchmark, swing_up_benchmark
from galapagos.tasks.benchmark import benchmark
from galapagos.tasks.benchmark_entry import entry, random_network
from galapagos.tasks.swing_up_benchmark import CONNECTIONS, fixed_networks

NAMES = [
    *(f"swing-up {size} connections" for size in (10, 30, 100)),
    *(f"digits {size} connections" for size in (50, 300, 1000)),
    *(f"learning {size} connections" for size in (100, 500, 2000)),
]


@pytest.mark.parametrize("connections", CONNECTIONS)
def test_networks_are_the_same_every_time_and_have_so_many_connections_all_in_use(connections: int) -> None:
    networks = fixed_networks(connections, count=10)
    assert networks == fixed_networks(connections, count=10)
    for network in networks:
        assert network.num_connections == connections
        assert set(range(6, network.num_neurons)) <= set(network.sources.tolist())
        assert set(range(5, network.num_neurons)) == set(network.targets.tolist())


def test_networks_of_several_outputs_have_none_that_another_output_reads() -> None:
    network = random_network(
        300, np.random.default_rng(1), num_inputs=64, num_outputs=10, activations=EVOLVED
    )
    assert network.num_connections == 300
    assert not set(range(64, 74)) & set(network.sources.tolist())


def test_rates_are_of_seconds_and_the_ratio_is_theirs() -> None:
    found = entry("x", networks=4, steps=100, seconds=2.0, reference_steps=10, reference_seconds=1.0)
    assert found == {
        "name": "x",
        "networks_per_second": 2.0,
        "steps_per_second": 50.0,
        "reference_steps_per_second": 10.0,
        "ratio": 5.0,
    }


def test_results_have_the_published_names_and_format(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark_entry, "REPETITIONS", 1)
    monkeypatch.setattr(swing_up_benchmark, "NETWORKS", 8)
    monkeypatch.setattr(digits_benchmark, "NETWORKS", {50: 4, 300: 2, 1000: 1})
    monkeypatch.setattr(learning_benchmark, "NETWORKS", 2)
    monkeypatch.setattr(learning_benchmark, "IMAGES", 2048)
    results = benchmark()
    assert [result["name"] for result in results] == NAMES
    for result in results:
        assert (
            result.keys()
            == entry("", networks=1, steps=1, seconds=1, reference_steps=1, reference_seconds=1).keys()
        )
        assert result["ratio"] == result["steps_per_second"] / result["reference_steps_per_second"] > 1
