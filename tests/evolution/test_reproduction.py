"""Reproduction: who passes on, who enters, who breeds, and how evenly it is drawn."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations, islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.evaluation import Failed, Outcome
from galapagos.evolution.individual import INITIAL, INJECT, Individual, identify
from galapagos.evolution.ranking import objectives_of, rank
from galapagos.evolution.reproduction import (
    Steering,
    breed_by_tournament,
    breed_from_elites,
    breeds_left,
    initial_population,
    num_survivors,
)
from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import GraphGenome, graph_genome
from galapagos.parameters import Parameters
from tests.chi_square import assert_frequencies
from tests.strategies import evaluation_of, individual_of, populations, random_genome, seeds

FAILED = Failed("error", "it did not work")
DEFAULTS = Parameters(seed=5, population_size=10, generation_size=7)
genomes_of_the_task = seeds().map(random_genome)


def rng_of(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def genome_of(connections: int = 3) -> GraphGenome:
    return graph_genome(
        num_inputs=8,
        num_outputs=1,
        activations=[Activation.LINEAR] * 9,
        connections=[(source, 8) for source in range(connections)],
    )


def ranked_population(size: int) -> tuple[list[Individual], list[Outcome]]:
    """Individuals of one size whose fitness falls from first to last."""
    population = [individual_of(genome_of(), index) for index in range(size)]
    return population, [evaluation_of([float(size - index)]) for index in range(size)]


def everything_of(individuals: Iterator[Individual]) -> list[tuple[object, ...]]:
    return [(one.id, one.genome.to_json(), one.parents, one.operator, one.generation) for one in individuals]


@st.composite
def steerings(draw: st.DrawFn) -> Steering:
    parents = [individual_of(random_genome(index), 1000 + index) for index in range(4)]
    injected = draw(st.lists(st.tuples(genomes_of_the_task, st.none() | st.just("f" * 16)), max_size=3))
    pinned = draw(st.lists(st.sampled_from(parents), max_size=3, unique_by=lambda parent: parent.id))
    breed = draw(st.lists(st.tuples(st.sampled_from(parents), st.integers(1, 6)), max_size=2))
    return Steering(tuple(injected), tuple(pinned), tuple(breed))


@given(
    populations(),
    steerings(),
    seeds(),
    st.integers(2, 20),
    st.floats(0, 1),
    st.floats(0, 0.99),
    st.integers(1, 30),
)
def test_a_tournament_generation_has_its_size_and_order(
    population: tuple[list[Individual], list[Outcome]],
    steering: Steering,
    seed: int,
    size: int,
    elite_ratio: float,
    cull_ratio: float,
    tournament_size: int,
) -> None:
    individuals, outcomes = population
    parameters = DEFAULTS.changed(
        population_size=size, elite_ratio=elite_ratio, cull_ratio=cull_ratio, tournament_size=tournament_size
    )
    next_generation = list(
        breed_by_tournament(
            individuals, outcomes, generation=4, parameters=parameters, rng=rng_of(seed), steering=steering
        )
    )
    assert len(next_generation) == size + len(steering.injected)
    count = num_survivors(outcomes, parameters)
    by_complexity = rng_of(seed).random() < parameters.p_complexity_objective
    order = rank(objectives_of(individuals, outcomes, by_complexity=by_complexity)).tolist()
    survivors, new = next_generation[:count], next_generation[count:]
    assert survivors == [individuals[index] for index in order[:count]]
    for index, individual in enumerate(new):
        assert individual.generation == 4
        assert individual.id == identify(individual.genome, seed=5, generation=4, index=index)
    clones, children = new[: len(steering.injected)], new[len(steering.injected) :]
    for clone, (genome, original) in zip(clones, steering.injected, strict=True):
        assert clone.genome == genome
        assert clone.operator == INJECT
        assert clone.parents == (() if original is None else (original,))
    requested = [parent.id for parent, number in steering.breed for _ in range(number)]
    requested = [*requested, *(parent.id for parent in steering.pinned)][: len(children)]
    parents = [child.parents for child in children]
    assert parents[: len(requested)] == [(parent,) for parent in requested]
    culled = int(cull_ratio * len(individuals) + 1e-9)
    pool = {individuals[index].id for index in order[: max(1, len(order) - culled)]}
    assert {parent for (parent,) in parents[len(requested) :]} <= pool


@given(populations(with_failures=False), steerings(), seeds(), st.integers(1, 20))
def test_a_generation_of_elites_has_its_size_and_order(
    population: tuple[list[Individual], list[Outcome]], steering: Steering, seed: int, size: int
) -> None:
    elites, _ = population
    parameters = DEFAULTS.changed(reproduction="elites", generation_size=size)
    new = list(
        breed_from_elites(elites, generation=2, parameters=parameters, rng=rng_of(seed), steering=steering)
    )
    assert len(new) == size + len(steering.injected)
    assert [one.operator == INJECT for one in new] == [True] * len(steering.injected) + [False] * size
    assert [one.id for one in new] == [identify(one.genome, 5, 2, index) for index, one in enumerate(new)]
    requested = [parent.id for parent, number in steering.breed for _ in range(number)][:size]
    parents = [parent for one in new[len(steering.injected) :] for parent in one.parents]
    assert parents[: len(requested)] == requested
    assert set(parents[len(requested) :]) <= {one.id for one in (*elites, *steering.pinned)}


@given(steerings(), seeds(), st.sampled_from(["tournament", "elites"]), st.booleans())
def test_at_the_start_clones_and_children_take_the_places_of_initial_individuals(
    steering: Steering, seed: int, reproduction: str, bias_input: bool
) -> None:
    parameters = DEFAULTS.changed(reproduction=reproduction, bias_input=bias_input)
    start = list(
        initial_population(3, 2, generation=0, parameters=parameters, rng=rng_of(seed), steering=steering)
    )
    size, clones = 10 if reproduction == "tournament" else 7, len(steering.injected)
    requested = [parent.id for parent, number in steering.breed for _ in range(number)]
    requested = [*requested, *(parent.id for parent in steering.pinned)][:size]
    assert [one.parents for one in start[clones:] if one.parents] == [(parent,) for parent in requested]
    assert len(start) == max(size, clones + len(requested))
    assert [one.operator == INJECT for one in start] == [True] * clones + [False] * (len(start) - clones)
    assert [one.id for one in start] == [identify(one.genome, 5, 0, index) for index, one in enumerate(start)]
    assert len({one.id for one in start}) == len(start)
    for one in start[clones + len(requested) :]:
        assert one.operator == INITIAL
        assert isinstance(one.genome, GraphGenome)
        assert (one.genome.num_inputs, one.genome.num_outputs) == (3, 2)
        assert one.genome.bias_input == bias_input
        assert one.parents == ()


@given(populations(with_failures=False), steerings(), seeds())
def test_the_same_stream_gives_the_same_generation(
    population: tuple[list[Individual], list[Outcome]], steering: Steering, seed: int
) -> None:
    def generations() -> list[list[tuple[object, ...]]]:
        individuals, outcomes = population
        return [
            everything_of(
                breed_by_tournament(
                    individuals,
                    outcomes,
                    generation=1,
                    parameters=DEFAULTS,
                    rng=rng_of(seed),
                    steering=steering,
                )
            ),
            everything_of(
                breed_from_elites(
                    individuals, generation=1, parameters=DEFAULTS, rng=rng_of(seed), steering=steering
                )
            ),
            everything_of(initial_population(3, 2, generation=0, parameters=DEFAULTS, rng=rng_of(seed))),
        ]

    assert generations() == generations()


def test_individuals_come_one_at_a_time() -> None:
    population, outcomes = ranked_population(50)
    parameters = DEFAULTS.changed(population_size=1_000_000, generation_size=1_000_000, elite_ratio=0)
    for iterator in (
        breed_by_tournament(population, outcomes, generation=1, parameters=parameters, rng=rng_of(0)),
        breed_from_elites(population, generation=1, parameters=parameters, rng=rng_of(0)),
        initial_population(3, 2, generation=0, parameters=parameters, rng=rng_of(0)),
    ):
        assert len(list(islice(iterator, 5))) == 5


def test_a_tournament_draws_without_replacement_from_those_who_were_not_culled() -> None:
    population, outcomes = ranked_population(10)
    parameters = DEFAULTS.changed(
        population_size=6000, elite_ratio=0, cull_ratio=0.2, tournament_size=3, p_complexity_objective=0
    )
    children = breed_by_tournament(population, outcomes, generation=1, parameters=parameters, rng=rng_of(1))
    counts = Counter(child.parents[0] for child in children)
    # All tournaments of 3 among the best 8, listed one by one: the lowest place wins.
    winners = Counter(min(drawn) for drawn in combinations(range(8), 3))
    total = sum(winners.values())
    assert_frequencies(counts, {population[place].id: number / total for place, number in winners.items()})


@pytest.mark.parametrize("tournament_size", [8, 12, 1000])
def test_a_tournament_of_all_is_won_by_the_best(tournament_size: int) -> None:
    population, outcomes = ranked_population(10)
    parameters = DEFAULTS.changed(
        population_size=50, elite_ratio=0, tournament_size=tournament_size, p_complexity_objective=0
    )
    children = breed_by_tournament(population, outcomes, generation=1, parameters=parameters, rng=rng_of(1))
    assert {child.parents for child in children} == {(population[0].id,)}


def test_a_tournament_of_one_draws_evenly() -> None:
    population, outcomes = ranked_population(5)
    parameters = DEFAULTS.changed(population_size=4000, elite_ratio=0, cull_ratio=0, tournament_size=1)
    children = breed_by_tournament(population, outcomes, generation=1, parameters=parameters, rng=rng_of(2))
    assert_frequencies(Counter(child.parents[0] for child in children), {one.id: 0.2 for one in population})


def test_elites_and_pinned_are_drawn_evenly_each_once() -> None:
    population, _ = ranked_population(4)
    parameters = DEFAULTS.changed(generation_size=4000)
    children = breed_from_elites(
        population[:3],
        generation=1,
        parameters=parameters,
        rng=rng_of(3),
        steering=Steering(pinned=(population[2], population[3])),
    )
    assert_frequencies(Counter(child.parents[0] for child in children), {one.id: 0.25 for one in population})


def test_size_is_an_objective_in_its_share_of_generations() -> None:
    # The best is the largest; only with size as an objective the smallest, worst one is in the first front,
    # and as an end of it survives beside the best.
    population = [individual_of(genome_of(connections), connections) for connections in (8, 5, 1)]
    outcomes: list[Outcome] = [evaluation_of([mean]) for mean in (30.0, 20.0, 10.0)]
    parameters = DEFAULTS.changed(population_size=4, elite_ratio=0.5, p_complexity_objective=0.8)
    counts: Counter[int] = Counter()
    for seed in range(1000):
        iterator = breed_by_tournament(
            population, outcomes, generation=1, parameters=parameters, rng=rng_of(seed)
        )
        survivors = list(islice(iterator, 2))
        assert survivors[0] is population[0]
        counts[population.index(survivors[1])] += 1
    assert_frequencies(counts, {2: 0.8, 1: 0.2})


def test_survivors_are_the_share_of_the_whole_population_rounded_down() -> None:
    _, outcomes = ranked_population(200)
    for ratio, size, survivors in [(0.2, 192, 38), (0.29, 100, 29), (0, 50, 0), (1, 50, 50), (0.2, 4, 0)]:
        parameters = DEFAULTS.changed(elite_ratio=ratio, population_size=size)
        assert num_survivors(outcomes, parameters) == survivors


def test_a_larger_or_smaller_population_size_acts_at_once() -> None:
    population, outcomes = ranked_population(10)
    for size in (4, 10, 40):
        parameters = DEFAULTS.changed(population_size=size, elite_ratio=0.5)
        individuals = list(
            breed_by_tournament(population, outcomes, generation=1, parameters=parameters, rng=rng_of(4))
        )
        assert len(individuals) == size
        assert sum(one in population for one in individuals) == min(size // 2, 10)


def test_nobody_who_failed_passes_on_unchanged_and_all_who_fail_still_breed() -> None:
    population, outcomes = ranked_population(10)
    parameters = DEFAULTS.changed(elite_ratio=0.5, cull_ratio=0)
    mostly_failed = [outcomes[0], *[FAILED] * 9]
    for results, survivors in ((mostly_failed, 1), ([FAILED] * 10, 0)):
        individuals = list(
            breed_by_tournament(population, results, generation=1, parameters=parameters, rng=rng_of(5))
        )
        assert len(individuals) == 10
        assert sum(one in population for one in individuals) == survivors


def test_breed_requests_beyond_a_generation_are_left_for_the_next() -> None:
    population, outcomes = ranked_population(10)
    first, second, third = population[:3]
    breed = ((first, 5), (second, 6), (third, 2))
    tournament = DEFAULTS.changed(elite_ratio=0.2)
    assert breeds_left(breed, outcomes, tournament) == ((second, 3), (third, 2))
    assert breeds_left(breed, outcomes, DEFAULTS.changed(reproduction="elites")) == ((second, 4), (third, 2))
    assert breeds_left(breed[:1], outcomes, tournament) == ()
    children = list(
        breed_by_tournament(
            population,
            outcomes,
            generation=1,
            parameters=tournament,
            rng=rng_of(6),
            steering=Steering(breed=breed),
        )
    )[2:]
    assert [child.parents for child in children] == [(first.id,)] * 5 + [(second.id,)] * 3


def test_without_parents_nothing_breeds() -> None:
    with pytest.raises(ValueError, match="empty population"):
        next(breed_by_tournament([], [], generation=1, parameters=DEFAULTS, rng=rng_of(0)))
    with pytest.raises(ValueError, match="without an elite"):
        next(breed_from_elites([], generation=1, parameters=DEFAULTS, rng=rng_of(0)))
