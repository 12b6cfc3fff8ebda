"""Mutation of graph genomes: what each operator does, and how evenly it draws."""

import hashlib
import json
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galapagos.errors import InvalidGenome
from galapagos.genomes.activation import EVOLVED, Activation
from galapagos.genomes.graph import GraphGenome, graph_genome
from galapagos.genomes.graph_mutation import (
    CLONE,
    add_connection,
    add_node,
    change_activation,
    initial_genome,
    mutate,
)
from galapagos.parameters import Parameters
from tests.chi_square import assert_frequencies
from tests.strategies import graph_genomes, seeds

LINEAR, TANH = Activation.LINEAR, Activation.TANH
DEFAULTS = Parameters()


def rng_of(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def pairs_of(genome: GraphGenome) -> set[tuple[int, int]]:
    return set(zip(genome.sources.tolist(), genome.targets.tolist(), strict=True))


def checked_again(genome: GraphGenome) -> GraphGenome:
    """The same genome through the full check of one that comes from outside."""
    return graph_genome(
        num_inputs=genome.num_inputs,
        num_outputs=genome.num_outputs,
        activations=[Activation(code) for code in genome.activations.tolist()],
        connections=list(zip(genome.sources.tolist(), genome.targets.tolist(), strict=True)),
        bias_input=genome.bias_input,
        weights=None if genome.weights is None else genome.weights.tolist(),
    )


def only(**shares: float) -> Parameters:
    none = {"p_add_node": 0.0, "p_add_connection": 0.0, "p_change_activation": 0.0}
    return DEFAULTS.changed(**(none | shares))


def absent_pairs(genome: GraphGenome) -> dict[int, list[int]]:
    """For each source that lacks a later target, the targets it lacks, read off the definition."""
    layer, present = genome.layers(), pairs_of(genome)
    outputs = range(genome.num_sensors, genome.first_hidden)
    absent = {
        source: [
            target
            for target in range(genome.num_sensors, genome.num_neurons)
            if layer[target] > layer[source] and (source, target) not in present
        ]
        for source in range(genome.num_neurons)
        if source not in outputs
    }
    return {source: targets for source, targets in absent.items() if targets}


def assert_drawn_evenly(
    genome: GraphGenome, absent: dict[int, list[int]], parameters: Parameters, draws: int
) -> None:
    """Check that a new connection gets each source as often as any other, and then each target it lacks."""
    probabilities = {
        (source, target): 1 / len(absent) / len(targets)
        for source, targets in absent.items()
        for target in targets
    }
    rng = rng_of(1)
    counts: Counter[tuple[int, int]] = Counter()
    for _ in range(draws):
        child = add_connection(genome, rng, parameters)
        assert child is not None
        counts.update(pairs_of(child) - pairs_of(genome))
    assert_frequencies(counts, probabilities)


@given(graph_genomes(weighted=None), seeds(), st.integers(1, 20))
def test_children_are_valid_and_sorted_and_the_parent_stays_as_it_was(
    genome: GraphGenome, seed: int, mutations: int
) -> None:
    before = genome.to_json()
    child, operators = mutate(genome, rng_of(seed), DEFAULTS.changed(num_mutations_per_generation=mutations))
    assert genome.to_json() == before
    again = checked_again(child)
    assert again == child
    for name in ("activations", "sources", "targets"):
        assert np.array_equal(getattr(again, name), getattr(child, name))
        assert getattr(again, name).dtype == getattr(child, name).dtype
        assert not getattr(child, name).flags.writeable
    assert operators == CLONE or len(operators.split("+")) == mutations
    assert (child == genome) == (operators == CLONE) or mutations > 1
    shape = (genome.num_inputs, genome.num_outputs, genome.bias_input, genome.weights is None)
    assert (child.num_inputs, child.num_outputs, child.bias_input, child.weights is None) == shape


@given(graph_genomes(), seeds())
def test_the_same_stream_gives_the_same_child(genome: GraphGenome, seed: int) -> None:
    assert mutate(genome, rng_of(seed), DEFAULTS) == mutate(genome, rng_of(seed), DEFAULTS)


def test_a_seed_grows_the_network_that_it_always_grew() -> None:
    digest = hashlib.sha256()
    for seed in range(10):
        rng = rng_of(seed)
        parameters = Parameters(bias_input=seed % 2 == 1, num_mutations_per_generation=1 + seed % 4)
        genome = initial_genome(4, 2, rng, parameters)
        for _ in range(20):
            genome, operators = mutate(genome, rng, parameters)
            digest.update(json.dumps([genome.to_json(), operators]).encode())
    # Of the first version: runs that were started then can be played again to the same end.
    assert digest.hexdigest()[:16] == "9ba4a1c5a569d84a"


@given(graph_genomes(), seeds())
def test_add_node_replaces_one_connection_by_two_through_a_new_neuron(genome: GraphGenome, seed: int) -> None:
    child = add_node(genome, rng_of(seed), DEFAULTS)
    if child is None:
        assert not genome.num_connections
        return
    new = genome.num_neurons
    ((source, target),) = pairs_of(genome) - pairs_of(child)
    assert pairs_of(child) - pairs_of(genome) == {(source, new), (new, target)}
    assert child.activations[:new].tolist() == genome.activations.tolist()
    assert child.num_neurons == new + 1


@given(graph_genomes(), seeds())
def test_add_connection_adds_one_that_leads_to_a_later_layer(genome: GraphGenome, seed: int) -> None:
    child = add_connection(genome, rng_of(seed), DEFAULTS)
    absent = absent_pairs(genome)
    if child is None:
        assert not absent
        return
    assert pairs_of(genome) < pairs_of(child)
    ((source, target),) = pairs_of(child) - pairs_of(genome)
    assert target in absent[source]
    assert child.layers() == genome.layers()
    assert child.activations.tolist() == genome.activations.tolist()


@given(graph_genomes(), seeds(), st.lists(st.sampled_from(EVOLVED), min_size=1, unique=True))
def test_change_activation_gives_one_hidden_neuron_another_of_the_set(
    genome: GraphGenome, seed: int, evolved: list[Activation]
) -> None:
    codes = {int(activation) for activation in evolved}
    labels = [activation.label for activation in evolved]
    child = change_activation(genome, rng_of(seed), DEFAULTS.changed(activations=labels))
    hidden = genome.activations[genome.first_hidden :].tolist()
    if child is None:
        assert all(codes <= {code} for code in hidden)
        return
    (place,) = np.flatnonzero(child.activations != genome.activations).tolist()
    assert place >= genome.first_hidden
    assert int(child.activations[place]) in codes
    assert pairs_of(child) == pairs_of(genome)


def test_a_source_is_drawn_evenly_and_then_a_target_evenly() -> None:
    genome = graph_genome(
        num_inputs=2,
        num_outputs=2,
        bias_input=True,
        activations=[LINEAR] * 5 + [TANH] * 3,
        # Input 1 is connected to everything; hidden 5 → 6 → output 3; hidden 7 is reached by nothing.
        connections=[(1, 3), (1, 4), (1, 5), (1, 6), (1, 7), (2, 5), (5, 6), (6, 3), (0, 3), (7, 6)],
    )
    absent = absent_pairs(genome)
    assert sorted(absent) == [0, 2, 5, 6, 7]
    assert_drawn_evenly(genome, absent, DEFAULTS, draws=6000)


def test_add_node_draws_the_connection_and_the_activation_evenly() -> None:
    genome = graph_genome(
        num_inputs=3, num_outputs=1, activations=[LINEAR] * 4, connections=[(0, 3), (1, 3), (2, 3)]
    )
    parameters = Parameters(activations=("sine", "relu"))
    rng = rng_of(2)
    counts: Counter[tuple[int, int]] = Counter()
    for _ in range(3000):
        child = add_node(genome, rng, parameters)
        assert child is not None
        ((source, _),) = pairs_of(genome) - pairs_of(child)
        counts[source, int(child.activations[-1])] += 1
    codes = (Activation.SINE, Activation.RELU)
    assert_frequencies(counts, {(source, int(code)): 1 / 6 for source in range(3) for code in codes})


def test_change_activation_draws_the_neuron_and_the_other_activation_evenly() -> None:
    genome = graph_genome(
        num_inputs=1,
        num_outputs=1,
        activations=[LINEAR, LINEAR, TANH, Activation.SINE],
        connections=[(0, 2), (0, 3), (2, 1), (3, 1)],
    )
    parameters = Parameters(activations=("tanh", "sine", "relu", "abs"))
    rng = rng_of(3)
    counts: Counter[tuple[int, int]] = Counter()
    for _ in range(3000):
        child = change_activation(genome, rng, parameters)
        assert child is not None
        (place,) = np.flatnonzero(child.activations != genome.activations).tolist()
        counts[place, int(child.activations[place])] += 1
    others = {2: (3, 9, 8), 3: (5, 9, 8)}
    assert_frequencies(counts, {(place, code): 1 / 6 for place, codes in others.items() for code in codes})


def test_the_operator_is_drawn_with_its_share() -> None:
    genome = graph_genome(
        num_inputs=2, num_outputs=1, activations=[LINEAR] * 3 + [TANH], connections=[(0, 3), (3, 2)]
    )
    parameters = only(p_add_node=0.2, p_add_connection=0.3, p_change_activation=0.5)
    rng = rng_of(4)
    counts = Counter(mutate(genome, rng, parameters)[1] for _ in range(4000))
    assert_frequencies(counts, {"add_node": 0.2, "add_connection": 0.3, "change_activation": 0.5})


def test_the_operator_is_drawn_with_its_share_among_those_that_can_apply() -> None:
    rng = rng_of(5)
    parameters = only(p_add_node=0.2, p_add_connection=0.3, p_change_activation=0.5)
    no_hidden = graph_genome(num_inputs=2, num_outputs=1, activations=[LINEAR] * 3, connections=[(0, 2)])
    counts = Counter(mutate(no_hidden, rng, parameters)[1] for _ in range(4000))
    assert_frequencies(counts, {"add_node": 0.4, "add_connection": 0.6})
    full = graph_genome(
        num_inputs=1, num_outputs=1, activations=[LINEAR, LINEAR, TANH], connections=[(0, 1), (0, 2), (2, 1)]
    )
    counts = Counter(mutate(full, rng, parameters)[1] for _ in range(4000))
    assert_frequencies(counts, {"add_node": 2 / 7, "change_activation": 5 / 7})


def test_an_operator_without_a_share_never_applies_and_a_clone_is_named_so() -> None:
    no_hidden = graph_genome(num_inputs=2, num_outputs=1, activations=[LINEAR] * 3, connections=[(0, 2)])
    child, operator = mutate(no_hidden, rng_of(0), only(p_change_activation=1))
    assert (child, operator) == (no_hidden, CLONE)


def test_several_mutations_are_named_in_order() -> None:
    empty = graph_genome(num_inputs=1, num_outputs=1, activations=[LINEAR] * 2, connections=[])
    parameters = only(p_add_node=0.5, p_add_connection=0.5).changed(num_mutations_per_generation=2)
    # Without a connection only add_connection can apply; then everything is connected.
    assert mutate(empty, rng_of(0), parameters)[1] == "add_connection+add_node"


def test_first_children_are_no_clones() -> None:
    rng = rng_of(6)
    parents = [initial_genome(5, 1, rng, DEFAULTS) for _ in range(200)]
    assert CLONE not in {mutate(parent, rng, DEFAULTS)[1] for parent in parents}


@given(st.integers(1, 8), st.integers(1, 5), st.booleans(), seeds())
def test_a_start_has_no_hidden_neurons_and_is_valid(
    num_inputs: int, num_outputs: int, bias_input: bool, seed: int
) -> None:
    parameters = Parameters(bias_input=bias_input)
    genome = initial_genome(num_inputs, num_outputs, rng_of(seed), parameters)
    assert checked_again(genome) == genome
    assert genome.num_neurons == num_inputs + num_outputs + bias_input
    assert [str(array.dtype) for array in (genome.sources, genome.targets)] == ["int32", "int32"]


def test_each_pair_of_a_start_is_connected_with_the_given_probability() -> None:
    rng = rng_of(7)
    parameters = Parameters(p_initial_connection_enabled=0.3, bias_input=True)
    counts: Counter[tuple[int, int]] = Counter()
    for _ in range(2000):
        counts.update(pairs_of(initial_genome(2, 2, rng, parameters)))
    assert len(counts) == 6
    for count in counts.values():
        # Five standard deviations of a binomial: less than one in a million for each of six pairs.
        assert abs(count - 600) < 5 * np.sqrt(2000 * 0.3 * 0.7)
    none = initial_genome(3, 2, rng, Parameters(p_initial_connection_enabled=0))
    every = initial_genome(3, 2, rng, Parameters(p_initial_connection_enabled=1))
    assert (none.num_connections, every.num_connections) == (0, 6)


def test_a_task_with_more_inputs_than_a_network_connects_is_refused_in_one_line() -> None:
    with pytest.raises(InvalidGenome, match=r"^100000 inputs and 18 outputs are more than .*connections$"):
        initial_genome(100_000, 18, rng_of(0), DEFAULTS)


@settings(max_examples=20)
@given(seeds())
def test_networks_grow_to_hundreds_of_connections_and_stay_valid(seed: int) -> None:
    rng = rng_of(seed)
    parameters = DEFAULTS.changed(num_mutations_per_generation=300)
    child, _ = mutate(initial_genome(4, 2, rng, parameters), rng, parameters)
    assert checked_again(child) == child
    assert child.num_connections > 100


def test_a_network_of_the_largest_size_grows_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    genome = graph_genome(
        num_inputs=2, num_outputs=1, activations=[LINEAR] * 3 + [TANH], connections=[(0, 3), (3, 2)]
    )
    monkeypatch.setattr("galapagos.genomes.graph_mutation.MAX_CONNECTIONS", 2)
    assert add_node(genome, rng_of(0), DEFAULTS) is None
    assert add_connection(genome, rng_of(0), DEFAULTS) is None
    monkeypatch.undo()
    monkeypatch.setattr("galapagos.genomes.graph_mutation.MAX_NEURONS", 4)
    assert add_node(genome, rng_of(0), DEFAULTS) is None
    assert add_connection(genome, rng_of(0), DEFAULTS) is not None


def test_an_imported_activation_outside_the_set_can_change_into_the_only_one_of_the_set() -> None:
    genome = graph_genome(
        num_inputs=1, num_outputs=1, activations=[LINEAR, LINEAR, TANH], connections=[(0, 2), (2, 1)]
    )
    squared = replace(genome, activations=np.array([1, 1, Activation.SQUARED], dtype=np.uint8))
    parameters = Parameters(activations=("tanh",))
    assert change_activation(genome, rng_of(0), parameters) is None
    changed = change_activation(squared, rng_of(0), parameters)
    assert changed == genome
