"""The archive: bins, challengers, places, and what remains after drops and new scores."""

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.evaluation import Evaluation, Failed, Outcome
from galapagos.evolution.archive import Archive, Elite, bin_of
from galapagos.evolution.individual import Individual
from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import GraphGenome, graph_genome
from galapagos.parameter_declarations import ComplexityMeasure
from tests.strategies import archives, evaluation_of, evaluations, individual_of, outcomes, populations

FAILED = Failed("error", "it did not work")
NAN = replace(evaluation_of([0.0]), fitness=math.nan)
measures = st.sampled_from(["connections", "neurons", "layers"])


def network(connections: int, *, inputs: int = 200) -> GraphGenome:
    """A network of `inputs` inputs and one output with this many connections, all to the output."""
    return graph_genome(
        num_inputs=inputs,
        num_outputs=1,
        activations=[Activation.LINEAR] * (inputs + 1),
        connections=[(source, inputs) for source in range(connections)],
    )


def member(connections: int, index: int = 0, identity: str | None = None) -> Individual:
    individual = individual_of(network(connections), index)
    if identity is None:
        return individual
    return Individual(identity, individual.genome, (), "initial", 0)


def scores(*fitness: float) -> list[Outcome]:
    return [evaluation_of([value]) for value in fitness]


def recount(
    placed: Sequence[tuple[Individual, Evaluation]], measure: ComplexityMeasure
) -> dict[int, tuple[float, int, str]]:
    """The best of each bin, by the words of the design."""
    best: dict[int, tuple[float, int, str]] = {}
    for individual, evaluation in placed:
        complexity = individual.genome.complexity(measure)
        key = (-evaluation.fitness, complexity, individual.id)
        number = bin_of(complexity)
        best[number] = min(best.get(number, key), key)
    return best


def contents(archive: Archive) -> dict[int, tuple[float, int, str]]:
    return {bin_of(elite.complexity): elite.precedence for elite in archive.elites}


def test_every_size_up_to_64_has_a_bin_and_above_bins_are_5_percent_wide() -> None:
    bins: dict[int, list[int]] = {}
    for size in range(20_000):
        bins.setdefault(bin_of(size), []).append(size)
    assert list(bins) == list(range(len(bins)))
    for number, members in bins.items():
        if number <= 64:
            assert members == [number]
        elif members[-1] < 19_000:
            # 5 % in whole sizes: one more would be wider.
            assert len(members) / members[0] <= 0.05 < (len(members) + 1) / members[0]
    assert [bins[65], bins[66]] == [[65, 66, 67], [68, 69, 70]]
    assert bin_of(2**40) > bin_of(10**6)


@given(populations(with_failures=False), measures)
def test_placing_keeps_the_best_of_every_size_in_any_order(
    population: tuple[list[Individual], list[Evaluation]], measure: ComplexityMeasure
) -> None:
    placed = list(zip(*population, strict=True))
    for sequence in (placed, placed[::-1]):
        archive = Archive(measure)
        for individual, evaluation in sequence:
            became_elite = archive.place(individual, evaluation)
            assert became_elite == (archive.find(individual.id) is not None)
        assert contents(archive) == recount(placed, measure)
        lost = {individual.id for individual, _ in placed} - {elite.individual.id for elite in archive.elites}
        assert set(archive.confirmed) == lost
    assert [elite.complexity for elite in archive.elites] == sorted(
        elite.complexity for elite in archive.elites
    )


@given(populations(with_failures=False), measures)
def test_the_champion_is_the_elite_with_the_highest_archive_fitness(
    population: tuple[list[Individual], list[Evaluation]], measure: ComplexityMeasure
) -> None:
    archive = Archive(measure)
    for individual, evaluation in zip(*population, strict=True):
        archive.place(individual, evaluation)
    champion = archive.champion
    assert champion is not None
    assert champion.evaluation.fitness == max(evaluation.fitness for evaluation in population[1])
    assert champion.precedence == min(elite.precedence for elite in archive.elites)


@given(archives(), populations(first_index=100), st.integers(0, 10))
def test_challengers_are_the_best_of_each_bin_by_advantage(
    archive: Archive, population: tuple[list[Individual], list[Outcome]], limit: int
) -> None:
    individuals, results = population
    stored = {bin_of(elite.complexity): elite for elite in archive.elites}
    # The plain slow version: everyone who beats the bin, sorted by advantage, the first of each bin.
    candidates = []
    for index, (individual, outcome) in enumerate(zip(individuals, results, strict=True)):
        if isinstance(outcome, Failed) or individual.id in archive.confirmed or archive.find(individual.id):
            continue
        size = individual.genome.complexity("connections")
        elite = stored.get(bin_of(size))
        bar = -math.inf if elite is None else elite.evaluation.fitness
        if outcome.fitness > bar:
            candidates.append((bin_of(size), -outcome.fitness, size, individual.id, index, bar))
    best = {candidate[0]: candidate[1:] for candidate in sorted(candidates, reverse=True)}
    order = sorted(
        (loss + bar if bar > -math.inf else -math.inf, size, identity, index)
        for loss, size, identity, index, bar in best.values()
    )
    before = archive.elites, archive.confirmed
    assert archive.challengers(individuals, results, limit) == [index for _, _, _, index in order][:limit]
    assert (archive.elites, archive.confirmed) == before


def test_only_generation_fitness_above_archive_fitness_challenges() -> None:
    archive = Archive("connections")
    archive.place(member(5, 0), evaluation_of([10.0]))
    population = [member(5, 1), member(5, 2), member(5, 3)]
    assert archive.challengers(population, scores(9.0, 10.0, 10.5), 8) == [2]
    assert archive.challengers(population, scores(9.0, 10.0, 10.0), 8) == []


def test_empty_bins_come_first_then_the_largest_advantage() -> None:
    archive = Archive("connections")
    archive.place(member(5), evaluation_of([10.0]))
    archive.place(member(6), evaluation_of([100.0]))
    population = [member(5, 1), member(6, 1), member(9, 1), member(7, 1)]
    results = scores(15.0, 103.0, -50.0, -60.0)
    assert archive.challengers(population, results, 8) == [3, 2, 0, 1]
    assert archive.challengers(population, results, 3) == [3, 2, 0]
    assert archive.challengers(population, results, 0) == []


def test_a_tie_goes_to_the_smaller_network_then_to_the_lower_id() -> None:
    assert bin_of(65) == bin_of(67)
    archive = Archive("connections")
    population = [member(67, 0), member(65, 1, "b" * 16), member(65, 2, "a" * 16)]
    assert archive.challengers(population, scores(1.0, 1.0, 1.0), 8) == [2]
    assert archive.challengers(population, scores(2.0, 1.0, 1.0), 8) == [0]
    same_advantage = [member(9, 0), member(8, 1, "b" * 16)]
    assert archive.challengers(same_advantage, scores(5.0, 1.0), 8) == [1, 0]
    for individual in population:
        archive.place(individual, evaluation_of([1.0]))
    assert [elite.individual.id for elite in archive.elites] == ["a" * 16]


def test_an_elite_and_who_lost_do_not_challenge_again() -> None:
    archive = Archive("connections")
    lucky, elite = member(5, 0), member(5, 1)
    assert archive.place(elite, evaluation_of([10.0]))
    assert archive.challengers([lucky, elite], scores(50.0, 60.0), 8) == [0]
    assert not archive.place(lucky, evaluation_of([9.0]))
    assert archive.confirmed == (lucky.id,)
    assert archive.challengers([lucky, elite], scores(50.0, 60.0), 8) == []


def test_a_replaced_elite_does_not_challenge_again() -> None:
    archive = Archive("connections")
    old, new = member(5, 0), member(5, 1)
    archive.place(old, evaluation_of([10.0]))
    archive.place(new, evaluation_of([11.0]))
    assert archive.challengers([old, new], scores(99.0, 99.0), 8) == []


def test_the_next_best_of_a_bin_challenges_where_the_best_has_lost_before() -> None:
    archive = Archive("connections")
    archive.place(member(5, 0), evaluation_of([10.0]))
    loser, other = member(5, 1), member(5, 2)
    archive.place(loser, evaluation_of([9.0]))
    assert archive.challengers([loser, other], scores(50.0, 20.0), 8) == [1]


@pytest.mark.parametrize("failure", [FAILED, NAN, replace(NAN, fitness=math.inf)])
def test_what_failed_never_challenges_and_is_never_an_elite(failure: Outcome) -> None:
    archive = Archive("connections")
    assert archive.challengers([member(5)], [failure], 8) == []
    assert not archive.place(member(5), failure)
    assert archive.elites == ()
    assert archive.confirmed == (member(5).id,)


@pytest.mark.parametrize("fitness", [math.nan, math.inf, -math.inf])
def test_what_comes_from_elsewhere_without_a_finite_fitness_is_no_elite(fitness: float) -> None:
    bad, good = Elite(member(5), replace(NAN, fitness=fitness), 5), Elite(member(6), evaluation_of([1.0]), 6)
    archive = Archive("connections", [bad, good])
    assert archive.elites == (good,)
    assert archive.champion == good
    assert archive.confirmed == (bad.id,)


def test_who_lost_is_forgotten_with_the_population() -> None:
    archive = Archive("connections")
    archive.place(member(5, 0), evaluation_of([10.0]))
    for index in (1, 2):
        archive.place(member(5, index), evaluation_of([1.0]))
    archive.forget([member(5, 2).id, member(5, 0).id])
    assert archive.confirmed == (member(5, 2).id,)
    assert len(archive.elites) == 1


def test_a_drop_empties_one_bin_and_its_network_does_not_come_back_by_itself() -> None:
    archive = Archive("connections")
    dropped, second, other = member(5, 0), member(5, 1), member(9, 0)
    for individual, fitness in ((dropped, 10.0), (second, 9.0), (other, 8.0)):
        archive.place(individual, evaluation_of([fitness]))
    assert archive.drop(dropped.id)
    assert [elite.individual for elite in archive.elites] == [other]
    assert archive.challengers([dropped, second, other], scores(10.0, 9.0, 8.0), 8) == [1]
    assert not archive.drop(dropped.id)
    assert archive.place(dropped, evaluation_of([10.0])), "undone"
    assert archive.confirmed == archive.dropped == ()


def test_of_several_that_were_dropped_none_comes_back_by_itself() -> None:
    archive = Archive("connections")
    population = [member(5, 0), member(9, 1), member(5, 2)]
    for individual, fitness in zip(population, (10.0, 9.0, 8.0), strict=True):
        archive.place(individual, evaluation_of([fitness]))
    for individual in population[:2]:
        assert archive.drop(individual.id)
    assert archive.challengers(population, scores(10.0, 9.0, 8.0), 8) == [2]
    archive.rescore({})
    archive.remeasure("neurons")
    assert archive.challengers(population[:2], scores(10.0, 9.0), 8) == []
    assert archive.dropped == tuple(sorted(individual.id for individual in population[:2]))
    archive.forget([population[1].id])
    assert archive.dropped == (population[1].id,)


@given(archives(), st.data())
def test_new_scores_replace_the_old_and_failures_leave(archive: Archive, data: st.DataObject) -> None:
    before = archive.elites
    fresh = {elite.individual.id: data.draw(outcomes()) for elite in before if data.draw(st.booleans())}
    archive.rescore(fresh)
    expected = [
        Elite(elite.individual, outcome, elite.complexity)
        for elite in before
        if isinstance(outcome := fresh.get(elite.individual.id, elite.evaluation), Evaluation)
    ]
    assert list(archive.elites) == expected
    assert set(archive.confirmed) == {id for id, outcome in fresh.items() if isinstance(outcome, Failed)}


@given(archives(), measures)
def test_another_measure_keeps_the_best_of_each_new_bin(archive: Archive, measure: ComplexityMeasure) -> None:
    placed = [(elite.individual, elite.evaluation) for elite in archive.elites]
    champion = archive.champion
    archive.remeasure(measure)
    assert archive.measure == measure
    assert contents(archive) == recount(placed, measure)
    assert archive.champion is None or champion is not None
    if champion is not None and archive.champion is not None:
        assert archive.champion.evaluation.fitness == champion.evaluation.fitness


@given(archives())
def test_an_archive_comes_back_from_what_a_checkpoint_holds(archive: Archive) -> None:
    again = Archive(archive.measure, archive.elites, archive.confirmed, archive.dropped)
    assert again.elites == archive.elites
    assert again.confirmed == archive.confirmed
    assert again.dropped == archive.dropped
    assert again.champion == archive.champion


@given(evaluations())
def test_an_elite_is_found_by_its_id(evaluation: Evaluation) -> None:
    archive = Archive("connections")
    assert archive.find(member(5).id) is None
    archive.place(member(5), evaluation)
    assert archive.find(member(5).id) == Elite(member(5), evaluation, 5)
