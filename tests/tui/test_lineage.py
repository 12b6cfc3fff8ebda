"""Lines of descent, traced through rows."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from galapagos.engine.records.individual_columns import Columns, columns_of
from galapagos.engine.records.individuals import read_individuals, read_newest_first
from tests.engine.recorded_run import main
from tui.lineage import Lineage, Tracer

if TYPE_CHECKING:
    from pathlib import Path

Row = tuple[int, str, str, str, float]
"""Generation, id, parents, operator, fitness."""


def columns(rows: list[Row]) -> Columns:
    """Return rows as a run writes them; the size of an individual is the code of its first letter."""
    if not rows:
        return columns_of([])
    generation, id, parents, operator, fitness = zip(*rows, strict=True)
    number = np.array(generation, dtype=np.int64)
    values = np.array(fitness, dtype=np.float64)
    sizes = np.array([ord(name[0]) for name in id], dtype=np.int64)
    ids, mothers, operators = (np.array(column, dtype="U40") for column in (id, parents, operator))
    return Columns(number, ids, mothers, operators, values, values, values, sizes, sizes, sizes)


def traced(parts: list[list[Row]], id: str, **known: object) -> Lineage:
    """Return a line that is traced through parts, which are given the oldest first."""
    tracer = Tracer(id, **known)  # type: ignore[arg-type]
    for rows in reversed(parts):
        tracer.take(columns(rows))
    return tracer.lineage


FAMILY: list[Row] = [
    (0, "a", "", "initial", 1.0),
    (0, "x", "", "initial", 9.0),
    (1, "a", "", "initial", 1.5),
    (1, "b", "a", "add_node", 2.5),
    (2, "a", "", "initial", 1.0),
    (2, "y", "x", "add_node", 9.0),
    (3, "c", "b", "add_connection+add_node", 2.0),
]


def test_a_line_goes_back_to_an_initial_individual() -> None:
    lineage = traced([FAMILY], "c")
    assert [one.id for one in lineage.ancestors] == ["c", "b", "a"]
    assert [one.generation for one in lineage.ancestors] == [3, 1, 0]
    assert lineage.is_whole
    assert [one.complexity for one in lineage.ancestors] == [ord(letter) for letter in "cba"]


def test_a_gain_is_taken_in_the_same_generation_where_the_parent_lived_then() -> None:
    c, b, a = traced([FAMILY], "c").ancestors
    assert (b.gain, b.same_starts) == (1.0, True)
    assert (c.gain, c.same_starts) == (-0.5, False)
    assert (a.gain, a.same_starts) == (None, False)


def test_a_failed_evaluation_gains_nothing_that_can_be_told() -> None:
    rows = [*FAMILY, (4, "d", "c", "add_node", math.nan)]
    assert traced([rows], "d").ancestors[0].gain is None


def test_each_of_several_operators_counts() -> None:
    lineage = traced([FAMILY], "c")
    assert lineage.operators == (("add_node", 2), ("add_connection", 1))
    assert lineage.best_step is not None
    assert lineage.best_step.id == "b"


@given(st.lists(st.integers(1, len(FAMILY) - 1), max_size=4, unique=True))
def test_it_is_the_same_however_the_rows_are_divided_into_files(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(FAMILY)]
    parts = [FAMILY[first:last] for first, last in pairwise(edges)]
    line, whole = traced(parts, "c"), traced([FAMILY], "c")
    assert [(one.id, one.operator, one.generation) for one in line.ancestors] == [
        (one.id, one.operator, one.generation) for one in whole.ancestors
    ]
    assert line.is_whole


def test_one_that_is_not_written_yet_begins_with_what_the_engine_knows() -> None:
    lineage = traced([FAMILY], "new", parents=("c",), operator="add_node", generation=7)
    assert [one.id for one in lineage.ancestors] == ["new", "c", "b", "a"]
    first = lineage.ancestors[0]
    assert (first.generation, first.operator, first.complexity) == (7, "add_node", None)
    assert math.isnan(first.fitness)


def test_a_parent_of_another_run_is_missing() -> None:
    rows: list[Row] = [(4, "clone", "elsewhere", "inject", 3.0), (5, "c", "clone", "add_node", 4.0)]
    lineage = traced([rows], "c")
    assert [one.id for one in lineage.ancestors] == ["c", "clone"]
    assert lineage.missing == "elsewhere"
    assert not lineage.is_whole


def test_one_that_nobody_knows_has_no_line() -> None:
    lineage = traced([FAMILY], "nobody")
    assert lineage.ancestors == ()
    assert lineage.missing == "nobody"


def test_the_first_of_several_parents_leads_on() -> None:
    rows: list[Row] = [*FAMILY, (4, "d", "b+y", "cross", 5.0)]
    assert [one.id for one in traced([rows], "d").ancestors] == ["d", "b", "a"]


def test_damaged_rows_that_go_round_end() -> None:
    rows: list[Row] = [(0, "a", "b", "add_node", 1.0), (1, "b", "a", "add_node", 1.0)]
    assert [one.id for one in traced([rows], "b").ancestors] == ["b", "a"]


def test_it_is_done_when_no_older_row_can_matter() -> None:
    tracer = Tracer("c")
    tracer.take(columns(FAMILY[3:]))
    assert not tracer.is_done or tracer.lineage.ancestors[-1].id == "a"
    tracer.take(columns(FAMILY[:3]))
    assert tracer.is_done


def test_problems_are_kept() -> None:
    tracer = Tracer("c")
    tracer.fail("a file is damaged")
    assert tracer.lineage.problems == ("a file is damaged",)


def test_a_recorded_run_tells_of_every_ancestor(tmp_path: Path) -> None:
    main(tmp_path, 40)
    rows = read_individuals(tmp_path / "individuals")
    parent_of = dict(zip(rows["id"].tolist(), rows["parents"].tolist(), strict=True))
    last = rows["id"].tolist()[-1]
    tracer = Tracer(last)
    for part in read_newest_first(tmp_path / "individuals"):
        assert isinstance(part, Columns)
        tracer.take(part)
    expected = [last]
    while parent_of[expected[-1]]:
        expected.append(parent_of[expected[-1]].split("+")[0])
    assert [one.id for one in tracer.lineage.ancestors] == expected
    assert len(expected) > 1
    assert tracer.lineage.is_whole
