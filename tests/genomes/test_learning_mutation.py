"""Mutation of networks that learn: what their weights, their feedback and their neurons come to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import GraphGenome, graph_genome
from galapagos.genomes.graph_mutation import (
    CLONE,
    FEEDBACK_DEVIATION,
    WEIGHT_DEVIATION,
    add_connection,
    add_node,
    change_activation,
    mutate,
)
from galapagos.genomes.learning_networks import with_weights
from galapagos.parameters import Parameters
from tests.genomes.test_graph_mutation import assert_drawn_evenly, checked_again, pairs_of, rng_of
from tests.strategies import graph_genomes, seeds

if TYPE_CHECKING:
    from galapagos.genomes.graph_mutation import Operator

LINEAR, RELU = Activation.LINEAR, Activation.RELU
INHERIT = Parameters(
    experiment="wlnn", inherit_weights=True, p_add_node=0.5, p_add_connection=0.5, p_change_activation=0.0
)
DRAW_ANEW = INHERIT.changed(inherit_weights=False)


@st.composite
def learners(draw: st.DrawFn) -> GraphGenome:
    """Draw a network that learns, which has received some epochs."""
    genome = draw(graph_genomes(hidden_have_both=draw(st.booleans())))
    relus = [LINEAR] * genome.first_hidden + [RELU] * (genome.num_neurons - genome.first_hidden)
    genome = replace(genome, activations=np.array(relus, dtype=np.uint8), epochs=draw(st.integers(0, 9)))
    # Another stream than any that a test mutates with, or a child could draw the weights of its parent.
    return with_weights(genome, np.random.default_rng([1, draw(seeds())]))


def by_pair(genome: GraphGenome, name: str) -> dict[tuple[int, int], float]:
    """The weights, or the feedback, by (source, target)."""
    pairs = zip(genome.sources.tolist(), genome.targets.tolist(), strict=True)
    return dict(zip(pairs, getattr(genome, name).tolist(), strict=True))


def absent_to_hidden(genome: GraphGenome) -> dict[int, list[int]]:
    """For each source that lacks a later hidden neuron, those it lacks, read off the definition."""
    layer, present = genome.layers(), pairs_of(genome)
    hidden = range(genome.first_hidden, genome.num_neurons)
    absent = {
        source: [
            target for target in hidden if layer[target] > layer[source] and (source, target) not in present
        ]
        for source in [*range(genome.num_sensors), *hidden]
    }
    return {source: targets for source, targets in absent.items() if targets}


@given(learners(), seeds(), st.integers(1, 20), st.sampled_from([INHERIT, DRAW_ANEW]))
def test_children_are_valid_and_of_relu_neurons_and_the_parent_stays_as_it_was(
    genome: GraphGenome, seed: int, mutations: int, parameters: Parameters
) -> None:
    before = genome.to_json()
    child, operators = mutate(
        genome, rng_of(seed), parameters.changed(num_mutations_per_generation=mutations)
    )
    assert genome.to_json() == before
    assert replace(child, weights=None, feedback=None, epochs=0) == checked_again(
        replace(child, weights=None, feedback=None, epochs=0)
    )
    assert set(child.activations[child.first_hidden :].tolist()) <= {RELU}
    for values in (child.weights, child.feedback):
        assert values is not None
        assert values.shape == child.sources.shape
        assert values.dtype == np.float64
        assert not values.flags.writeable
    assert operators == CLONE or len(operators.split("+")) == mutations


@given(learners(), seeds(), st.sampled_from([add_node, add_connection]))
def test_weights_and_feedback_stay_with_their_connections(
    genome: GraphGenome, seed: int, operator: Operator
) -> None:
    child = operator(genome, rng_of(seed), INHERIT)
    if child is None:
        return
    for name in ("weights", "feedback"):
        old, new = by_pair(genome, name), by_pair(child, name)
        for pair in new.keys() & old.keys():
            assert new[pair] == old[pair]
        if operator is add_node:
            ((source, target),) = old.keys() - new.keys()
            assert new[source, genome.num_neurons] == old[source, target]
            assert new[genome.num_neurons, target] != old[source, target]
    assert child.epochs == genome.epochs


@given(learners(), seeds())
def test_weights_that_are_inherited_change_only_where_connections_are_new(
    genome: GraphGenome, seed: int
) -> None:
    child, _ = mutate(genome, rng_of(seed), INHERIT)
    for name in ("weights", "feedback"):
        old, new = by_pair(genome, name), by_pair(child, name)
        assert all(new[pair] == old[pair] for pair in new.keys() & old.keys())
    assert child.epochs == genome.epochs


@given(learners(), seeds())
def test_weights_that_are_not_inherited_are_all_drawn_anew_and_feedback_is_not(
    genome: GraphGenome, seed: int
) -> None:
    child, operators = mutate(genome, rng_of(seed), DRAW_ANEW)
    if operators == CLONE:
        assert child is genome
        return
    assert child.epochs == 0
    assert not set(by_pair(child, "weights").values()) & set(by_pair(genome, "weights").values())
    old, new = by_pair(genome, "feedback"), by_pair(child, "feedback")
    assert all(new[pair] == old[pair] for pair in new.keys() & old.keys())


@pytest.mark.parametrize(
    ("name", "deviation"), [("weights", WEIGHT_DEVIATION), ("feedback", FEEDBACK_DEVIATION)]
)
@pytest.mark.parametrize("operator", [add_node, add_connection])
def test_what_a_new_connection_draws_is_normal(operator: Operator, name: str, deviation: float) -> None:
    genome = graph_genome(
        num_inputs=1,
        num_outputs=1,
        activations=[LINEAR, LINEAR, RELU],
        connections=[(2, 1)],
        weights=[0.7],
        feedback=[-3.0],
    )
    rng = rng_of(5)
    drawn = []
    for _ in range(4000):
        child = operator(genome, rng, INHERIT)
        assert child is not None
        new = by_pair(child, name)
        drawn.append(new[0, 2] if operator is add_connection else new[3, 1])
    # Five standard errors of a mean and of a standard deviation: one in a million each.
    assert abs(np.mean(drawn)) < 5 * deviation / np.sqrt(4000)
    assert abs(np.std(drawn) - deviation) < 5 * deviation / np.sqrt(8000)


def test_weights_drawn_anew_have_a_deviation_of_a_tenth() -> None:
    pairs = [(source, target) for source in range(50) for target in range(50, 60)]
    genome = graph_genome(
        num_inputs=50,
        num_outputs=10,
        activations=[LINEAR] * 60,
        connections=pairs,
        weights=[9.0] * len(pairs),
    )
    rng = rng_of(7)
    children = [mutate(genome, rng, DRAW_ANEW)[0].weights for _ in range(20)]
    drawn = np.concatenate([weights for weights in children if weights is not None])
    assert len(drawn) == 20 * 501
    # Five standard errors of a mean and of a standard deviation: one in a million each.
    assert abs(drawn.mean()) < 5 * WEIGHT_DEVIATION / np.sqrt(len(drawn))
    assert abs(drawn.std() - WEIGHT_DEVIATION) < 5 * WEIGHT_DEVIATION / np.sqrt(2 * len(drawn))


@given(learners(), seeds())
def test_add_connection_leads_to_a_hidden_neuron_in_a_later_layer(genome: GraphGenome, seed: int) -> None:
    child = add_connection(genome, rng_of(seed), INHERIT)
    absent = absent_to_hidden(genome)
    if child is None:
        assert not absent
        return
    ((source, target),) = pairs_of(child) - pairs_of(genome)
    assert target in absent[source]
    assert pairs_of(genome) < pairs_of(child)
    assert child.layers() == genome.layers()


def test_a_source_is_drawn_evenly_and_then_a_hidden_target_evenly() -> None:
    genome = graph_genome(
        num_inputs=2,
        num_outputs=2,
        bias_input=True,
        activations=[LINEAR] * 5 + [RELU] * 3,
        # Input 1 is connected to all hidden neurons; hidden 5 → 6 → output 3; hidden 7 is reached by input 1.
        connections=[(1, 5), (1, 6), (1, 7), (2, 5), (2, 3), (5, 6), (6, 3), (0, 4), (7, 4)],
        weights=[0.1] * 9,
    )
    absent = absent_to_hidden(genome)
    assert absent == {0: [5, 6, 7], 2: [6, 7], 7: [6]}
    assert_drawn_evenly(genome, absent, INHERIT, draws=3000)


def test_without_hidden_neurons_only_a_new_neuron_is_possible() -> None:
    genome = with_weights(
        graph_genome(num_inputs=2, num_outputs=1, activations=[LINEAR] * 3, connections=[(0, 2)]), rng_of(0)
    )
    rng = rng_of(2)
    assert {mutate(genome, rng, INHERIT)[1] for _ in range(50)} == {"add_node"}
    empty = with_weights(replace(genome, sources=genome.sources[:0], targets=genome.targets[:0]), rng)
    empty = replace(empty, weights=np.empty(0), feedback=np.empty(0))
    assert mutate(empty, rng, DRAW_ANEW) == (empty, CLONE)


@given(learners(), seeds())
def test_relu_neurons_keep_their_activation(genome: GraphGenome, seed: int) -> None:
    assert change_activation(genome, rng_of(seed), INHERIT) is None


def test_weights_without_feedback_stay_without() -> None:
    genome = graph_genome(
        num_inputs=1, num_outputs=1, activations=[LINEAR] * 2, connections=[(0, 1)], weights=[0.5]
    )
    child, _ = mutate(genome, rng_of(0), INHERIT.changed(num_mutations_per_generation=4))
    assert child.feedback is None
    assert child.weights is not None
