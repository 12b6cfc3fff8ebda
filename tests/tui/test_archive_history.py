"""The best of every size over time."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tui.archive_history import ArchiveHistory, SizeRecord, best_so_far, level_curves, record_rows, reigns
from tui.formatting import ABSENT

rows_of_any_run = st.lists(
    st.tuples(st.integers(0, 6), st.sampled_from([math.nan, math.inf, -1.5, 0.0, 0.25, 1.0, 7.0])),
    max_size=60,
)


def record(generation: int, complexity: int, fitness: float, id: str = "a") -> SizeRecord:
    return SizeRecord(generation, complexity, fitness, id, "add_node")


@given(rows_of_any_run, st.dictionaries(st.integers(0, 6), st.floats(-2, 2), max_size=4))
def test_a_record_is_better_than_all_of_its_size_before_it(
    rows: list[tuple[int, float]], best: dict[int, float]
) -> None:
    highest, expected = dict(best), []
    for place, (size, fitness) in enumerate(rows):
        if math.isfinite(fitness) and fitness > highest.get(size, -math.inf):
            highest[size] = fitness
            expected.append(place)
    complexity = np.array([size for size, _ in rows], dtype=np.int32)
    assert record_rows(complexity, np.array([value for _, value in rows]), best).tolist() == expected


def test_the_best_of_some_sizes_never_falls() -> None:
    records = [record(0, 3, 1.0), record(1, 4, 0.5), record(2, 9, 8.0), record(3, 4, 2.0), record(3, 3, 1.5)]
    generations, fitness = best_so_far(records, 3, 4)
    assert (generations.tolist(), fitness.tolist()) == ([0, 3], [1.0, 2.0])
    assert best_so_far(records, 5, 8)[0].size == 0


def test_levels_are_staircases_on_the_same_generations() -> None:
    records = [record(1, 3, 1.0), record(4, 9, 8.0), record(6, 3, 2.0)]
    generations, curves = level_curves(records, [(1, 5), (6, 10)], last=9)
    assert generations.tolist() == [1, 1, 4, 4, 6, 6, 9]
    small, large = curves.values()
    assert [name.replace(ABSENT, "-") for name in curves] == ["1-5", "6-10"]
    np.testing.assert_array_equal(small, [np.nan, 1, 1, 1, 1, 2, 2])
    np.testing.assert_array_equal(large, [np.nan, np.nan, np.nan, 8, 8, 8, 8])


def test_without_records_there_is_no_level() -> None:
    assert level_curves([], [(1, 5)], last=9)[1] == {}
    assert level_curves([record(0, 9, 1.0)], [], last=9)[1] == {}


def test_who_led_a_size_stands_once_with_its_first_lead_and_its_best_fitness() -> None:
    records = [
        record(0, 3, 1.0, "a"),
        record(2, 3, 2.0, "a"),
        record(5, 3, 3.0, "b"),
        record(7, 3, 4.0, "a"),
    ]
    assert [(one.generation, one.id, one.fitness) for one in reigns(records)] == [
        (7, "a", 4.0),
        (5, "b", 3.0),
        (0, "a", 2.0),
    ]


def test_sizes_of_one_bin_are_led_by_one() -> None:
    history = ArchiveHistory()
    history.add([record(0, 100, 1.0, "a"), record(1, 101, 2.0, "b")])
    history.add([record(2, 100, 1.5, "c"), record(3, 7, 9.0, "d")])
    assert [one.id for one in reigns(history.of_cell(100))] == ["b", "a"]
    assert [one.id for one in reigns(history.of_cell(7))] == ["d"]
    assert history.of_cell(8) == []
    assert history.best == {100: 1.5, 101: 2.0, 7: 9.0}
