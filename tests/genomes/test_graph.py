"""Graph genomes: what they are, their layers, and what training makes of them."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import GraphGenome, graph_genome
from galapagos.genomes.learning_networks import with_weights
from tests.strategies import graph_genomes

LINEAR = Activation.LINEAR

# 2 inputs (0, 1), 1 output (2), hidden 3 and 4: 0 → 3 → 4 → 2 and 1 → 2.
CHAIN = graph_genome(
    num_inputs=2,
    num_outputs=1,
    activations=[LINEAR, LINEAR, LINEAR, Activation.TANH, Activation.STEP],
    connections=[(4, 2), (0, 3), (3, 4), (1, 2)],
)


def slow_layers(genome: GraphGenome) -> list[int]:
    """The definition, followed literally: one more than the longest path, outputs above the last."""
    incoming: dict[int, list[int]] = {neuron: [] for neuron in range(genome.num_neurons)}
    for source, target in zip(genome.sources.tolist(), genome.targets.tolist(), strict=True):
        incoming[target].append(source)

    def layer(neuron: int) -> int:
        if neuron < genome.num_sensors:
            return 0
        return 1 + max((layer(source) for source in incoming[neuron]), default=0)

    hidden = [layer(neuron) for neuron in range(genome.first_hidden, genome.num_neurons)]
    top = max(hidden, default=0) + 1
    return [0] * genome.num_sensors + [top] * genome.num_outputs + hidden


@given(graph_genomes(weighted=None))
def test_layers_are_one_more_than_the_longest_path_and_outputs_are_last(genome: GraphGenome) -> None:
    assert genome.layers() == slow_layers(genome)
    assert genome.num_layers() == max(slow_layers(genome)) + 1


@given(graph_genomes(weighted=None), st.randoms())
def test_the_order_in_which_connections_are_given_does_not_matter(genome: GraphGenome, random: Any) -> None:
    data = genome.to_json()
    order = list(range(genome.num_connections))
    random.shuffle(order)
    data["connections"] = [data["connections"][index] for index in order]
    if genome.weights is not None:
        data["weights"] = [data["weights"][index] for index in order]
        genome = replace(genome, feedback=genome.weights * 2)
        data["feedback"] = [2 * weight for weight in data["weights"]]
    assert GraphGenome.from_json(data) == genome


@given(graph_genomes(weighted=None))
def test_connections_are_sorted_by_target_then_source(genome: GraphGenome) -> None:
    pairs = list(zip(genome.targets.tolist(), genome.sources.tolist(), strict=True))
    assert pairs == sorted(set(pairs))


@given(graph_genomes(weighted=True))
def test_the_arrays_of_a_genome_cannot_be_written(genome: GraphGenome) -> None:
    learner = with_weights(genome, np.random.default_rng(0))
    arrays = (learner.activations, learner.sources, learner.targets, learner.weights, learner.feedback)
    for array in arrays:
        assert array is not None
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_a_chain_is_numbered_and_measured_as_described() -> None:
    assert CHAIN.sources.tolist() == [1, 4, 0, 3]
    assert CHAIN.targets.tolist() == [2, 2, 3, 4]
    assert CHAIN.layers() == [0, 0, 3, 1, 2]
    assert [CHAIN.complexity(measure) for measure in ("connections", "neurons", "layers")] == [4, 5, 4]


def test_a_network_of_inputs_and_outputs_has_two_layers() -> None:
    genome = graph_genome(num_inputs=1, num_outputs=2, activations=[LINEAR] * 3, connections=[])
    assert genome.layers() == [0, 1, 1]
    assert genome.num_layers() == 2


def test_a_bias_comes_before_the_inputs() -> None:
    genome = graph_genome(
        num_inputs=1, num_outputs=1, activations=[LINEAR] * 3, connections=[(0, 2)], bias_input=True
    )
    assert (genome.num_sensors, genome.first_hidden) == (2, 3)


def test_genomes_differ_in_any_part() -> None:
    data = CHAIN.to_json()
    others: list[dict[str, Any]] = [
        {"activations": ["linear", "linear", "linear", "tanh", "sine"]},
        {"connections": [[4, 2], [0, 3], [3, 4]]},
        {"weights": [1.0, 1.0, 1.0, 1.0]},
        {"weights": [1.0, 1.0, 1.0, 1.0], "feedback": [1.0, 1.0, 1.0, 1.0]},
        {"weights": [1.0, 1.0, 1.0, 1.0], "epochs": 1},
    ]
    genomes = [GraphGenome.from_json(data | part) for part in others]
    for place, genome in enumerate(genomes):
        assert genome not in (CHAIN, *genomes[:place])
    assert GraphGenome.from_json(data) == CHAIN


def test_training_replaces_the_weights_and_counts_its_epochs() -> None:
    learner = replace(with_weights(CHAIN, np.random.default_rng(0)), epochs=2)
    trained = np.array([0.1, -0.2, 3e-40, 1e30], dtype=np.float32)
    taught = learner.with_trained(trained, 5)
    assert taught.weights is not None
    assert taught.weights.dtype == np.float64
    assert taught.weights.astype(np.float32).tobytes() == trained.tobytes()
    assert taught.epochs == 7
    assert taught == replace(learner, weights=taught.weights, epochs=7)


def test_training_that_does_not_fit_the_connections_is_refused() -> None:
    learner = with_weights(CHAIN, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"shape \(3,\) for 4 connections"):
        learner.with_trained(np.zeros(3, dtype=np.float32), 1)
