"""Any sequence of what can happen to an archive, against a model that is counted again after every step."""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from math import fsum
from typing import Any, TypeGuard, get_args

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from galapagos.evaluation import Evaluation, Failed, Outcome
from galapagos.evolution.archive import Archive, Elite, bin_of
from galapagos.evolution.individual import Individual
from galapagos.evolution.levels import Level, level_bounds, view
from galapagos.evolution.statistics import coverage, qd_score
from galapagos.parameter_declarations import ComplexityMeasure, LevelBoundaries
from galapagos.parameters import Parameters
from tests.evolution.test_archive import network
from tests.evolution.test_statistics import recount
from tests.strategies import evaluation_of, individual_of, random_genome

MEASURES: tuple[ComplexityMeasure, ...] = get_args(ComplexityMeasure)
SIZES_OF_A_WIDE_BIN = (65, 66, 67, 68, 199, 200)
FITNESS_RANGE = (-3.0, 5.0)

# A few numbers that meet again and again, so that there are ties, and some that no fitness may be.
finite = st.integers(-4, 6).map(float) | st.floats(-1e308, 1e308)
odd = st.sampled_from([math.nan, math.inf, -math.inf])
scores: st.SearchStrategy[Outcome] = st.one_of(
    finite.map(lambda fitness: replace(evaluation_of([0.0], weights=(1.0,)), fitness=fitness)),
    finite.map(lambda fitness: replace(evaluation_of([1.0], weights=(1.0,)), fitness=fitness)),
    odd.map(lambda fitness: replace(evaluation_of([0.0], weights=(1.0,)), fitness=fitness)),
    st.just(Failed("not_finite", "fitness is nan")),
)


@cache
def people() -> tuple[Individual, ...]:
    """Individuals of all kinds of sizes, some with the same genome."""
    genomes = [random_genome(seed) for seed in (*range(24), *range(6))]
    genomes += [network(size) for size in (*SIZES_OF_A_WIDE_BIN, *SIZES_OF_A_WIDE_BIN[:3])]
    return tuple(individual_of(genome, index) for index, genome in enumerate(genomes))


@cache
def people_by_id() -> dict[str, int]:
    return {one.id: place for place, one in enumerate(people())}


@cache
def complexity_of(place: int, measure: ComplexityMeasure) -> int:
    return people()[place].genome.complexity(measure)


places = st.integers(0, len(people()) - 1)
crowds = st.lists(places, min_size=1, max_size=12, unique=True)


class ArchiveMachine(RuleBasedStateMachine):
    """The model: evaluations of the elites, by place in `people`, and the ids of who lost or was dropped."""

    def __init__(self) -> None:
        super().__init__()
        self.model: dict[int, Evaluation] = {}
        self.lost: set[str] = set()
        self.gone: set[str] = set()
        self.levels = Parameters()
        self.views: dict[tuple[int, LevelBoundaries], dict[int, tuple[Level, Elite]]] = {}
        self.viewed: tuple[Elite, ...] = ()

    @initialize(measure=st.sampled_from(MEASURES))
    def begin(self, measure: ComplexityMeasure) -> None:
        self.archive = Archive(measure)

    @rule(place=places, score=scores)
    def confirm(self, place: int, score: Outcome) -> None:
        if place in self.model:
            return
        became_elite = self.archive.place(people()[place], score)
        self._place(place, score)
        assert became_elite == (place in self.model)

    @rule(crowd=crowds, limit=st.integers(0, 12), data=st.data())
    def challenge(self, crowd: list[int], limit: int, data: st.DataObject) -> None:
        # Those who must not challenge again are there, too.
        excluded = [place for place in range(len(people())) if people()[place].id in self.lost | self.gone]
        crowd = [*crowd, *(place for place in excluded[:8] if place not in crowd)]
        outcomes = data.draw(st.lists(scores, min_size=len(crowd), max_size=len(crowd)))
        chosen = self.archive.challengers([people()[place] for place in crowd], outcomes, limit)
        assert chosen == self._challengers(crowd, outcomes)[:limit]
        for index in chosen:
            score = data.draw(scores)
            self.archive.place(people()[crowd[index]], score)
            self._place(crowd[index], score)

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def drop(self, data: st.DataObject) -> None:
        place = data.draw(st.sampled_from(sorted(self.model)))
        assert self.archive.drop(people()[place].id)
        assert not self.archive.drop(people()[place].id)
        del self.model[place]
        self.lost = set()
        self.gone.add(people()[place].id)

    @precondition(lambda self: self.gone)
    @rule(data=st.data(), score=scores)
    def bring_back(self, data: st.DataObject, score: Outcome) -> None:
        self.confirm(people_by_id()[data.draw(st.sampled_from(sorted(self.gone)))], score)

    @rule(data=st.data())
    def score_again(self, data: st.DataObject) -> None:
        fresh = {place: data.draw(scores) for place in sorted(self.model) if data.draw(st.booleans())}
        strangers = {"f" * 16: data.draw(scores)}
        self.archive.rescore(strangers | {people()[place].id: outcome for place, outcome in fresh.items()})
        self.lost = set()
        for place, outcome in fresh.items():
            if is_finite(outcome):
                self.model[place] = outcome
            else:
                del self.model[place]
                self.lost.add(people()[place].id)

    @rule(measure=st.sampled_from(MEASURES))
    def measure_otherwise(self, measure: ComplexityMeasure) -> None:
        before = dict(self.model)
        self.archive.remeasure(measure)
        self.lost = set()
        self.model = {
            place: evaluation
            for place, evaluation in before.items()
            if all(self._key(place, evaluation) <= self._key(*other) for other in self._rivals(place, before))
        }
        self.lost = {people()[place].id for place in before.keys() - self.model.keys()}

    @rule(crowd=crowds)
    def forget(self, crowd: list[int]) -> None:
        kept = {people()[place].id for place in crowd}
        self.archive.forget(kept)
        self.lost &= kept
        self.gone &= kept

    @rule(damaged=st.none() | st.tuples(places, odd))
    def resume(self, damaged: tuple[int, float] | None) -> None:
        elites = list(self.archive.elites)
        if damaged is not None and damaged[0] not in self.model:
            place, fitness = damaged
            evaluation = replace(evaluation_of([0.0]), fitness=fitness)
            elites.insert(0, Elite(people()[place], evaluation, complexity_of(place, self.archive.measure)))
            self.lost.add(people()[place].id)
        state = self.archive.confirmed, self.archive.dropped
        self.archive = Archive(self.archive.measure, elites, *state)

    @rule(count=st.integers(1, 64), boundaries=st.sampled_from(get_args(LevelBoundaries)))
    def look_by_other_levels(self, count: int, boundaries: LevelBoundaries) -> None:
        before = self.archive.elites, self.archive.confirmed, self.archive.dropped
        former = self.levels
        self.levels = Parameters(complexity_levels=count, level_boundaries=boundaries)
        self._look()
        self.levels = former
        self._look()
        self.levels = Parameters(complexity_levels=count, level_boundaries=boundaries)
        assert (self.archive.elites, self.archive.confirmed, self.archive.dropped) == before

    @invariant()
    def the_elites_are_those_of_the_model(self) -> None:
        found = {elite.individual.id: elite for elite in self.archive.elites}
        assert found.keys() == {people()[place].id for place in self.model}
        for place, evaluation in self.model.items():
            elite = found[people()[place].id]
            assert elite.individual is people()[place]
            assert elite.evaluation is evaluation
            assert elite.complexity == complexity_of(place, self.archive.measure)
            assert self.archive.find(elite.id) is elite
        assert set(self.archive.confirmed) == self.lost
        assert set(self.archive.dropped) == self.gone

    @invariant()
    def no_elite_is_without_a_finite_fitness_and_no_bin_has_two(self) -> None:
        elites = self.archive.elites
        assert all(math.isfinite(elite.evaluation.fitness) for elite in elites)
        bins = [bin_of(elite.complexity) for elite in elites]
        assert bins == sorted(set(bins))
        assert not {elite.id for elite in elites} & {*self.archive.confirmed, *self.archive.dropped}

    @invariant()
    def the_statistics_are_those_of_a_recount(self) -> None:
        elites = self.archive.elites
        quality, filled = recount(elites, *FITNESS_RANGE)
        assert qd_score(elites, FITNESS_RANGE) == pytest.approx(quality, abs=1e-12)
        assert coverage(elites) == filled
        layers: dict[int, list[float]] = {}
        for elite in elites:
            layers.setdefault(min(elite.genome.complexity("layers"), 31), []).append(elite.evaluation.fitness)
        low, high = FITNESS_RANGE
        best = [min(max((max(fitness) - low) / (high - low), 0.0), 1.0) for fitness in layers.values()]
        assert qd_score(elites, FITNESS_RANGE, "layers") == pytest.approx(fsum(best) / 32, abs=1e-12)
        assert coverage(elites, "layers") == len(layers) / 32
        champion = self.archive.champion
        keys = [self._key(place, evaluation) for place, evaluation in self.model.items()]
        assert (None if champion is None else champion.precedence) == min(keys, default=None)

    @invariant()
    def the_view_is_that_of_a_recount_and_the_same_whenever_its_levels_come_back(self) -> None:
        self._look()

    def _look(self) -> None:
        count, boundaries = self.levels.complexity_levels, self.levels.level_boundaries
        elites = self.archive.elites
        shown = view(elites, self.levels)
        if elites != self.viewed:
            self.viewed, self.views = elites, {}
        assert self.views.setdefault((count, boundaries), shown) == shown
        sizes = [elite.complexity for elite in elites]
        expected = {}
        for level in level_bounds(sizes, count, boundaries):
            within = [elite for elite in elites if level.low <= elite.complexity <= level.high]
            if within:
                expected[level.number] = level, min(within, key=lambda elite: elite.precedence)
        assert shown == expected
        assert sum(elite.complexity in level for elite in elites for level, _ in shown.values()) == len(
            elites
        )

    def _key(self, place: int, evaluation: Evaluation) -> tuple[float, int, str]:
        return -evaluation.fitness, complexity_of(place, self.archive.measure), people()[place].id

    def _bin(self, place: int) -> int:
        return bin_of(complexity_of(place, self.archive.measure))

    def _rivals(self, place: int, among: dict[int, Evaluation]) -> list[tuple[int, Evaluation]]:
        return [(other, its) for other, its in among.items() if self._bin(other) == self._bin(place)]

    def _place(self, place: int, score: Outcome) -> None:
        if not is_finite(score):
            self.lost.add(people()[place].id)
            return
        for other, its in self._rivals(place, self.model):
            if self._key(other, its) < self._key(place, score):
                self.lost.add(people()[place].id)
                return
            del self.model[other]
            self.lost.add(people()[other].id)
        self.model[place] = score
        self.lost.discard(people()[place].id)
        self.gone.discard(people()[place].id)

    def _challengers(self, crowd: Sequence[int], outcomes: Sequence[Outcome]) -> list[int]:
        """Everyone who beats the elite of the bin, sorted by advantage; then only the best of each bin."""
        found: list[tuple[Any, ...]] = []
        for index, (place, outcome) in enumerate(zip(crowd, outcomes, strict=True)):
            id = people()[place].id
            if not is_finite(outcome) or place in self.model or id in self.lost | self.gone:
                continue
            bars = [its.fitness for _, its in self._rivals(place, self.model)]
            if not bars or outcome.fitness > bars[0]:
                advantage = -outcome.fitness + bars[0] if bars else -math.inf
                found.append((self._bin(place), self._key(place, outcome), advantage, index))
        best = {
            found_bin: (advantage, *key[1:], index)
            for found_bin, key, advantage, index in sorted(found)[::-1]
        }
        return [index for *_, index in sorted(best.values())]


def is_finite(outcome: Outcome) -> TypeGuard[Evaluation]:
    return isinstance(outcome, Evaluation) and math.isfinite(outcome.fitness)


class LongArchiveMachine(ArchiveMachine):
    """The same for some minutes."""


TestArchiveMachine = ArchiveMachine.TestCase
TestArchiveMachine.settings = settings(max_examples=100, stateful_step_count=40)
TestLongArchiveMachine = pytest.mark.slow(LongArchiveMachine.TestCase)
TestLongArchiveMachine.settings = settings(max_examples=2000, stateful_step_count=80)
