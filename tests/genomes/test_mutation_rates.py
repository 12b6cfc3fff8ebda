"""Mutation rates are what they say, together too: by chi-square, each test at an error rate of 1e-6.

What one draw comes to is tested beside each operator. Here is what several come to together: operators one
after the other, values of a layer, layers of a stack, a start, and all of it in the children of a generation.
"""

from __future__ import annotations

from collections import Counter
from itertools import product
from math import comb
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import pytest

from galapagos.evolution.reproduction import breed_by_tournament, breed_from_elites
from galapagos.genomes.activation import Activation
from galapagos.genomes.founders import founder
from galapagos.genomes.graph import GraphGenome, graph_genome
from galapagos.genomes.graph_mutation import (
    FEEDBACK_DEVIATION,
    WEIGHT_DEVIATION,
    add_connection,
    add_node,
    mutate,
)
from galapagos.genomes.layer_mutation import mutate as mutate_layers
from galapagos.genomes.layers import (
    ActivationLayer,
    BatchNormLayer,
    DenseLayer,
    DropoutLayer,
    FlattenLayer,
    Layer,
    LayerGenome,
    LeakyReluLayer,
)
from galapagos.genomes.learning_networks import with_weights
from galapagos.parameters import Parameters
from tests.chi_square import assert_frequencies, rare_together
from tests.genomes.test_graph_mutation import only, pairs_of, rng_of
from tests.genomes.test_learning_mutation import INHERIT, by_pair
from tests.strategies import evaluation_of, individual_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from galapagos.evolution.individual import Individual

LINEAR, TANH, RELU = Activation.LINEAR, Activation.TANH, Activation.RELU
SHARES = {"add_node": 0.2, "add_connection": 0.3, "change_activation": 0.5}
SHARED_OUT = only(**{f"p_{name}": share for name, share in SHARES.items()})
BINS = 20
THE_SAME_UNITS = 0.1974
"""The probability that N(units, 2²) is rounded to the former number of units."""

short_and_long = pytest.mark.parametrize("draws", [3000, pytest.param(200_000, marks=pytest.mark.slow)])


def network(connections: list[tuple[int, int]], *hidden: Activation) -> GraphGenome:
    """A network of three inputs and two outputs."""
    return graph_genome(
        num_inputs=3,
        num_outputs=2,
        activations=[LINEAR] * 5 + list(hidden),
        connections=connections,
    )


ROOMY = network([(0, 5), (5, 3), (1, 6), (6, 4), (2, 4)], TANH, TANH)
"""Every operator can apply to it, and to its children and theirs."""


def assert_normal(drawn: Sequence[float], deviation: float) -> None:
    """Assert that numbers come from N(0, deviation²), by intervals of the same probability."""
    normal = NormalDist(0.0, deviation)
    assert_frequencies(
        Counter(int(BINS * normal.cdf(number)) for number in drawn), dict.fromkeys(range(BINS), 1 / BINS)
    )


@short_and_long
def test_operators_one_after_the_other_are_drawn_each_with_its_share(draws: int) -> None:
    rng, parameters = rng_of(10), SHARED_OUT.changed(num_mutations_per_generation=3)
    counts = Counter(mutate(ROOMY, rng, parameters)[1] for _ in range(draws))
    three = product(SHARES.items(), repeat=3)
    expected = {
        "+".join(name for name, _ in drawn): float(np.prod([share for _, share in drawn])) for drawn in three
    }
    assert_frequencies(counts, expected)


@short_and_long
def test_a_network_that_learns_grows_by_neurons_and_connections_with_their_shares(draws: int) -> None:
    rng, parameters = rng_of(12), INHERIT.changed(p_add_node=0.3, p_add_connection=0.7)
    genome = with_weights(network(list(pairs_of(ROOMY)), RELU, RELU), rng_of(0))
    counts = Counter(mutate(genome, rng, parameters)[1] for _ in range(draws))
    assert_frequencies(counts, {"add_node": 0.3, "add_connection": 0.7})


@short_and_long
def test_a_network_that_learns_splits_its_connections_evenly(draws: int) -> None:
    rng, genome = rng_of(13), with_weights(network(list(pairs_of(ROOMY)), RELU, RELU), rng_of(0))
    counts: Counter[tuple[int, int]] = Counter()
    for _ in range(draws):
        child = add_node(genome, rng, INHERIT)
        assert child is not None
        counts.update(pairs_of(genome) - pairs_of(child))
    assert_frequencies(counts, dict.fromkeys(pairs_of(genome), 1 / 5))


@short_and_long
@pytest.mark.parametrize(
    ("name", "deviation"), [("weights", WEIGHT_DEVIATION), ("feedback", FEEDBACK_DEVIATION)]
)
def test_what_new_connections_draw_has_the_shape_of_the_normal_distribution(
    name: str, deviation: float, draws: int
) -> None:
    rng, genome = rng_of(14), with_weights(network(list(pairs_of(ROOMY)), RELU, RELU), rng_of(0))
    drawn = list[float]()
    for _ in range(draws // 2):
        for operator in (add_node, add_connection):
            child = operator(genome, rng, INHERIT)
            assert child is not None
            new = by_pair(child, name)
            kept = set(by_pair(genome, name).values())
            drawn += [value for value in new.values() if value not in kept]
    assert len(drawn) == draws // 2 * 2
    assert_normal(drawn, deviation)


@short_and_long
def test_weights_that_are_not_inherited_have_the_shape_of_the_normal_distribution(draws: int) -> None:
    rng, genome = rng_of(15), with_weights(network(list(pairs_of(ROOMY)), RELU, RELU), rng_of(0))
    drawn = list[float]()
    for _ in range(draws // 5):
        child, _ = mutate(genome, rng, INHERIT.changed(inherit_weights=False))
        assert child.weights is not None
        drawn += child.weights.tolist()
    assert_normal(drawn, WEIGHT_DEVIATION)


@short_and_long
@pytest.mark.parametrize("experiment", ["wann-gym", "wann-classification", "learning"])
def test_the_pairs_of_a_start_are_connected_independently_of_each_other(experiment: str, draws: int) -> None:
    rng, share = rng_of(16), 0.4
    parameters = Parameters.model_validate(
        {"experiment": experiment, "p_initial_connection_enabled": share}
        | ({"num_hidden": 0} if experiment == "learning" else {})
    )
    counts: Counter[frozenset[tuple[int, int]]] = Counter()
    for index in range(draws):
        genome = founder(3, 2, rng, parameters, index)
        assert isinstance(genome, GraphGenome)
        counts[frozenset(pairs_of(genome))] += 1
    every = list(product(range(3), range(3, 5)))
    expected = {
        frozenset(pair for place, pair in enumerate(every) if chosen >> place & 1): share
        ** chosen.bit_count()
        * (1 - share) ** (6 - chosen.bit_count())
        for chosen in range(64)
    }
    assert_frequencies(counts, expected)


@short_and_long
def test_both_halves_of_a_lone_network_are_connected_with_the_given_probability(draws: int) -> None:
    rng, share = rng_of(17), 0.4
    parameters = Parameters.model_validate(
        {"experiment": "learning", "p_initial_connection_enabled": share, "num_hidden": 2}
    )
    counts: Counter[tuple[int, int]] = Counter()
    for index in range(draws):
        genome = founder(2, 1, rng, parameters, index)
        assert isinstance(genome, GraphGenome)
        into_output = int((genome.targets < genome.first_hidden).sum())
        counts[genome.num_connections - into_output, into_output] += 1
    binomial = [[comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)] for n in (4, 2)]
    expected = {(k, j): binomial[0][k] * binomial[1][j] for k in range(5) for j in range(3)}
    assert_frequencies(counts, expected)


@short_and_long
def test_a_founder_that_learns_has_binomially_many_neurons_for_its_connections(draws: int) -> None:
    rng, share = rng_of(18), 0.5
    parameters = Parameters(experiment="wlnn", p_initial_connection_enabled=share)
    counts: Counter[tuple[int, int]] = Counter()
    for index in range(draws):
        genome = founder(2, 2, rng, parameters, index)
        assert isinstance(genome, GraphGenome)
        neurons = genome.num_neurons - genome.first_hidden
        counts[genome.num_connections - neurons, neurons] += 1
    expected = {
        (c, n): comb(4, c) * share**c * (1 - share) ** (4 - c) * comb(c, n) / 2**c
        for c in range(5)
        for n in range(c + 1)
    }
    assert_frequencies(*rare_together(counts, expected))


def change_of(layer: Layer, parent: Layer) -> str:
    """What became of a layer: `flatten` where it was replaced, else the names of the values that changed."""
    if type(layer) is not type(parent):
        return layer.type
    names = {
        DenseLayer: ("units", "activation"),
        ActivationLayer: ("function",),
        DropoutLayer: ("rate",),
        LeakyReluLayer: ("slope",),
    }.get(type(parent), ())
    return "+".join(name for name in names if getattr(layer, name) != getattr(parent, name)) or "the same"


def changes(rate: float, chances: dict[str, float]) -> dict[str, float]:
    """The probability of each set of values to change; a drawn value is another one with these chances."""
    found = {"": 1.0}
    for name, chance in chances.items():
        changed = {f"{names}+{name}".strip("+"): share * rate * chance for names, share in found.items()}
        found = {names: share * (1 - rate * chance) for names, share in found.items()} | changed
    return {names or "the same": share for names, share in found.items()}


@short_and_long
@pytest.mark.parametrize("rate", [0.25, 0.5])
@pytest.mark.parametrize(
    ("layer", "chances"),
    [
        (DenseLayer(64, "relu"), {"units": 1 - THE_SAME_UNITS, "activation": 4 / 5}),
        (ActivationLayer("tanh"), {"function": 3 / 4}),
        (DropoutLayer(0.3), {"rate": 1.0}),
        (LeakyReluLayer(0.3), {"slope": 1.0}),
        (BatchNormLayer(), {}),
    ],
    ids=lambda value: value.type if isinstance(value, Layer) else None,
)
def test_copying_dropping_replacing_and_changing_each_happen_with_the_rate_and_independently(
    layer: Layer, chances: dict[str, float], rate: float, draws: int
) -> None:
    rng = rng_of(19)
    parameters = Parameters(experiment="layers", mutation_rate=rate, layer_types=("flatten",))
    genome = LayerGenome(2, 2, (layer,), seed=0)
    counts: Counter[tuple[str, ...]] = Counter()
    for _ in range(draws):
        child, _ = mutate_layers(genome, rng, parameters)
        counts[tuple(change_of(one, layer) for one in child.layers)] += 1
    kept = {name: (1 - rate) ** 2 * share for name, share in changes(rate, chances).items()}
    of_one = {"dropped": rate, FlattenLayer().type: (1 - rate) * rate, **kept}
    expected: Counter[tuple[str, ...]] = Counter()
    for copies, share in ((1, 1 - rate), (2, rate)):
        for names in product(of_one, repeat=copies):
            left = tuple(name for name in names if name != "dropped")
            expected[left] += share * float(np.prod([of_one[name] for name in names]))  # type: ignore[assignment]
    assert_frequencies(*rare_together(counts, expected))


@short_and_long
def test_the_types_of_replacements_are_drawn_evenly_and_independently_of_each_other(draws: int) -> None:
    rng, types = rng_of(20), ("dense", "dropout", "leaky_relu")
    parameters = Parameters.model_validate(
        {"experiment": "layers", "mutation_rate": 0.5, "layer_types": types}
    )
    genome = LayerGenome(2, 2, (FlattenLayer(), BatchNormLayer(), FlattenLayer()), seed=0)
    counts: Counter[tuple[str, ...]] = Counter()
    while counts.total() < draws // 10:
        child, _ = mutate_layers(genome, rng, parameters)
        drawn = tuple(layer.type for layer in child.layers)
        if len(drawn) == 2 and set(drawn) <= set(types):
            counts[drawn] += 1
    assert_frequencies(counts, dict.fromkeys(product(types, repeat=2), 1 / 9))


@short_and_long
def test_the_seed_of_a_stack_is_drawn_evenly(draws: int) -> None:
    rng, parameters = rng_of(21), Parameters(experiment="layers")
    seeds = [mutate_layers(LayerGenome(2, 2, (), seed=0), rng, parameters)[0].seed for _ in range(draws)]
    sixteenths = dict.fromkeys(range(16), 1 / 16)
    assert_frequencies(Counter(seed >> 59 for seed in seeds), sixteenths)
    assert_frequencies(Counter(seed & 15 for seed in seeds), sixteenths)


def families(draws: int, *, by_tournament: bool) -> list[Individual]:
    """Children of four parents of which each is as likely as the others."""
    parents = [individual_of(ROOMY, index) for index in range(4)]
    parameters = SHARED_OUT.changed(
        population_size=draws, generation_size=draws, elite_ratio=0, cull_ratio=0, tournament_size=1
    )
    if by_tournament:
        outcomes = [evaluation_of([1.0])] * 4
        return list(
            breed_by_tournament(parents, outcomes, generation=1, parameters=parameters, rng=rng_of(22))
        )
    return list(breed_from_elites(parents, generation=1, parameters=parameters, rng=rng_of(23)))


@short_and_long
@pytest.mark.parametrize("by_tournament", [True, False])
def test_in_a_generation_parent_and_operator_are_drawn_independently(
    draws: int, *, by_tournament: bool
) -> None:
    children = families(draws, by_tournament=by_tournament)
    counts = Counter((child.parents[0], child.operator) for child in children)
    everyone = {parent for parent, _ in counts}
    assert_frequencies(
        counts, {(parent, name): share / 4 for parent in everyone for name, share in SHARES.items()}
    )
