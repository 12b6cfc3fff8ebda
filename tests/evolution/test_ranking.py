"""Fronts and crowding distance against hand-computed values and a plain slow version."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from galapagos.evaluation import Evaluation, Outcome
from galapagos.evolution.individual import Individual
from galapagos.evolution.ranking import crowding_distances, non_dominated_fronts, objectives_of, rank
from tests.strategies import evaluation_of, populations

INFINITY = math.inf

numbers = st.integers(-3, 3).map(float) | st.floats(-1e6, 1e6)
rows = st.lists(st.tuples(numbers, numbers), max_size=30)
rows_with_failures = st.lists(st.tuples(numbers, numbers) | st.just((-INFINITY, -INFINITY)), max_size=30)


def array_of(rows: list[tuple[float, float]]) -> NDArray[np.float64]:
    return np.array(rows, dtype=np.float64).reshape(-1, 2)


def slow_fronts(rows: list[tuple[float, float]]) -> list[int]:
    """Peel off, again and again, what nothing that is left dominates."""

    def dominates(one: tuple[float, float], other: tuple[float, float]) -> bool:
        return one[0] >= other[0] and one[1] >= other[1] and one != other

    fronts = [-1] * len(rows)
    number = 0
    while -1 in fronts:
        left = [index for index, front in enumerate(fronts) if front == -1]
        for index in left:
            if not any(dominates(rows[other], rows[index]) for other in left):
                fronts[index] = number
        number += 1
    return fronts


def slow_distances(rows: list[tuple[float, float]], fronts: list[int]) -> list[float]:
    """Deb et al. 2002, crowding-distance-assignment, as printed, with the mends of ours."""
    distances = [0.0] * len(rows)
    for front in set(fronts):
        for objective in (0, 1):
            members = [index for index in range(len(rows)) if fronts[index] == front]
            members.sort(key=lambda index: (rows[index][objective], index))
            values = [rows[index][objective] for index in members]
            if values[0] == values[-1]:
                continue
            distances[members[0]] = distances[members[-1]] = INFINITY
            for place in range(1, len(members) - 1):
                gap = values[place + 1] - values[place - 1]
                distances[members[place]] += gap / (values[-1] - values[0])
    return distances


@given(rows)
def test_fronts_are_those_of_the_plain_slow_version(rows: list[tuple[float, float]]) -> None:
    assert non_dominated_fronts(array_of(rows)).tolist() == slow_fronts(rows)


@given(rows)
def test_distances_are_those_of_the_plain_slow_version(rows: list[tuple[float, float]]) -> None:
    fronts = slow_fronts(rows)
    distances = crowding_distances(array_of(rows), np.array(fronts, dtype=np.intp))
    assert distances.tolist() == pytest.approx(slow_distances(rows, fronts))


@given(rows_with_failures)
def test_the_ranking_is_by_front_then_distance_then_index_and_failures_are_last(
    rows: list[tuple[float, float]],
) -> None:
    objectives = array_of(rows)
    order = rank(objectives).tolist()
    assert sorted(order) == list(range(len(rows)))
    fronts = non_dominated_fronts(objectives)
    distances = crowding_distances(objectives, fronts)
    keys = [(fronts[index], -distances[index], index) for index in order]
    assert all(one < other for one, other in pairwise(keys))
    failed = [index for index, row in enumerate(rows) if row[0] == -INFINITY]
    assert order[len(rows) - len(failed) :] == failed


@given(rows, st.randoms(use_true_random=False))
def test_fronts_do_not_depend_on_the_order_of_the_rows(
    rows: list[tuple[float, float]], random: st.DataObject
) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    fronts = dict(zip(shuffled, non_dominated_fronts(array_of(shuffled)).tolist(), strict=True))
    assert [fronts[row] for row in rows] == non_dominated_fronts(array_of(rows)).tolist()


def test_fronts_and_distances_are_those_computed_by_hand() -> None:
    #              0            1           2           3           4           5 (= 2)
    objectives = array_of([(0.0, 10.0), (2.0, 6.0), (5.0, 5.0), (10.0, 0.0), (1.0, 5.0), (5.0, 5.0)])
    fronts = non_dominated_fronts(objectives)
    assert fronts.tolist() == [0, 0, 0, 0, 1, 0]
    # Front 0 by the first objective: 0 2 5 5 10 (rows 0 1 2 5 3), by the second: 0 5 5 6 10 (rows 3 2 5 1 0);
    # both ranges are 10.
    assert crowding_distances(objectives, fronts).tolist() == pytest.approx(
        [
            INFINITY,
            (5 - 0) / 10 + (10 - 5) / 10,
            (5 - 2) / 10 + (5 - 0) / 10,
            INFINITY,
            0.0,
            (10 - 5) / 10 + (6 - 5) / 10,
        ]
    )
    # The ends, 1.0 (row 1), 0.8 (row 2), 0.6 (row 5), then front 1.
    assert rank(objectives).tolist() == [0, 3, 1, 2, 5, 4]


def test_an_objective_without_range_contributes_nothing() -> None:
    same = array_of([(3.0, 1.0)] * 4)
    assert crowding_distances(same, np.zeros(4, dtype=np.intp)).tolist() == [0.0] * 4
    assert rank(same).tolist() == [0, 1, 2, 3]


def test_the_distance_is_divided_by_the_range_and_not_by_the_largest_value() -> None:
    # With 1 / max - min, as in both originals, large objectives far from zero would weigh nothing.
    objectives = array_of([(1000.0, 4.0), (1001.0, 3.0), (1003.0, 2.0), (1004.0, 0.0)])
    distances = crowding_distances(objectives, np.zeros(4, dtype=np.intp))
    assert distances[1:3].tolist() == pytest.approx([3 / 4 + 2 / 4, 3 / 4 + 3 / 4])


def test_one_individual_and_none_are_ranked() -> None:
    assert rank(array_of([(1.0, 2.0)])).tolist() == [0]
    assert rank(array_of([])).tolist() == []
    assert rank(array_of([(-INFINITY, -INFINITY)] * 3)).tolist() == [0, 1, 2]
    assert rank(array_of([(math.nan, 1.0), (0.0, 0.0)])).tolist() == [1, 0]


@given(populations(), st.booleans())
def test_objectives_are_fitness_and_either_smallness_or_the_best_weight(
    population: tuple[list[Individual], list[Outcome]], by_complexity: bool
) -> None:
    individuals, outcomes = population
    objectives = objectives_of(individuals, outcomes, by_complexity=by_complexity)
    for row, individual, outcome in zip(objectives.tolist(), individuals, outcomes, strict=True):
        if not isinstance(outcome, Evaluation):
            assert row == [-INFINITY, -INFINITY]
        elif by_complexity:
            connections = individual.genome.complexity("connections")
            assert row == [outcome.fitness, 1 / max(1, connections)]
        else:
            assert row == [outcome.fitness, max(result.mean for result in outcome.by_weight)]


def test_equal_networks_are_ranked_by_fitness_alone() -> None:
    means = [3.0, 9.0, 1.0, 7.0]
    objectives = array_of([(evaluation_of([mean]).fitness, 0.1) for mean in means])
    assert rank(objectives).tolist() == [1, 3, 0, 2]
