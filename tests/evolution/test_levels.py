"""Levels: a view that partitions all sizes, whatever their number and boundaries."""

from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from galapagos.evolution.archive import Archive
from galapagos.evolution.levels import Level, level_bounds, view
from galapagos.parameter_declarations import LevelBoundaries
from galapagos.parameters import Parameters
from tests.strategies import archives

BOUNDARIES: tuple[LevelBoundaries, ...] = get_args(LevelBoundaries)
sizes = st.lists(st.integers(0, 100) | st.integers(0, 5000), max_size=40)
numbers_of_levels = st.integers(1, 64)


@example([0], 1, "quantile")
@given(sizes, numbers_of_levels, st.sampled_from(BOUNDARIES))
def test_levels_hold_every_size_exactly_once(
    complexities: list[int], levels: int, boundaries: LevelBoundaries
) -> None:
    bounds = level_bounds(complexities, levels, boundaries)
    if not complexities:
        assert bounds == ()
        return
    assert 1 <= len(bounds) <= levels
    assert [level.number for level in bounds] == list(range(1, len(bounds) + 1))
    assert bounds[0].low == (0 if 0 in complexities else 1)
    assert bounds[-1].high == max(1, *complexities)
    assert all(level.low <= level.high for level in bounds)
    assert all(after.low == before.high + 1 for before, after in pairwise(bounds))
    for size in complexities:
        assert sum(size in level for level in bounds) == 1


@given(sizes, numbers_of_levels, st.sampled_from(BOUNDARIES))
def test_levels_do_not_depend_on_the_order_or_on_repeats(
    complexities: list[int], levels: int, boundaries: LevelBoundaries
) -> None:
    again = sorted(complexities, reverse=True) * 2
    assert level_bounds(again, levels, boundaries) == level_bounds(complexities, levels, boundaries)


@given(st.integers(1, 5000), numbers_of_levels)
def test_uniform_levels_are_equally_wide_up_to_rounding(largest: int, levels: int) -> None:
    widths = [level.high - level.low + 1 for level in level_bounds([largest], levels, "uniform")]
    assert max(widths) - min(widths) <= 1
    assert len(widths) == min(levels, largest)


@given(st.lists(st.integers(1, 5000), min_size=1, unique=True), numbers_of_levels)
def test_quantile_levels_hold_equally_many_sizes_up_to_one(complexities: list[int], levels: int) -> None:
    bounds = level_bounds(complexities, levels, "quantile")
    counts = [sum(size in level for size in complexities) for level in bounds]
    assert max(counts) - min(counts) <= 1
    assert len(bounds) == min(levels, len(complexities))


@pytest.mark.parametrize(
    ("boundaries", "expected"),
    [
        ("uniform", [(1, 12), (13, 24), (25, 36), (37, 48)]),
        # 48^(1/4) = 2.63, 48^(1/2) = 6.93, 48^(3/4) = 18.2
        ("logarithmic", [(1, 3), (4, 7), (8, 18), (19, 48)]),
        ("quantile", [(1, 2), (3, 6), (7, 30), (31, 48)]),
    ],
)
def test_levels_are_those_computed_by_hand(
    boundaries: LevelBoundaries, expected: list[tuple[int, int]]
) -> None:
    levels = level_bounds([1, 2, 5, 6, 9, 30, 47, 48], 4, boundaries)
    assert levels == tuple(Level(number, *bounds) for number, bounds in enumerate(expected, start=1))


def test_few_sizes_make_few_levels() -> None:
    assert level_bounds([0], 8, "uniform") == (Level(1, 0, 1),)
    assert level_bounds([3], 8, "logarithmic") == (Level(1, 1, 1), Level(2, 2, 2), Level(3, 3, 3))
    assert level_bounds([3, 9], 8, "quantile") == (Level(1, 1, 3), Level(2, 4, 9))


@given(archives(), numbers_of_levels, st.sampled_from(BOUNDARIES))
def test_a_level_shows_the_best_of_its_sizes(
    archive: Archive, levels: int, boundaries: LevelBoundaries
) -> None:
    parameters = Parameters(complexity_levels=levels, level_boundaries=boundaries)
    shown = view(archive.elites, parameters)
    assert list(shown) == sorted(shown)
    hidden = {elite.individual.id for elite in archive.elites}
    for number, (level, best) in shown.items():
        assert level.number == number
        within = [elite for elite in archive.elites if level.low <= elite.complexity <= level.high]
        assert best.evaluation.fitness == max(elite.evaluation.fitness for elite in within)
        ties = [elite for elite in within if elite.evaluation.fitness == best.evaluation.fitness]
        assert (best.complexity, best.individual.id) == min(
            (elite.complexity, elite.individual.id) for elite in ties
        )
        hidden -= {elite.individual.id for elite in within}
    assert not hidden
    assert archive.champion in [elite for _, elite in shown.values()] or not archive.elites


@given(archives(), st.lists(st.tuples(numbers_of_levels, st.sampled_from(BOUNDARIES)), max_size=6))
def test_changing_the_levels_at_will_loses_nothing(
    archive: Archive, changes: list[tuple[int, LevelBoundaries]]
) -> None:
    start = Parameters()
    elites, first = archive.elites, view(archive.elites, start)
    for levels, boundaries in changes:
        view(archive.elites, start.changed(complexity_levels=levels, level_boundaries=boundaries))
    assert archive.elites == elites
    assert view(archive.elites, start) == first
