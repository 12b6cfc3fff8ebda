"""The columns of the table of saved elites."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.library_store.elites import graph_elite, learned_elite
from tests.tui.saved_elites import NOW, entry_of
from tui.widgets.entry_columns import COLUMNS, MARGIN, Layout, fit

SOME = entry_of(graph_elite(fitness=700.0), name="balancer", tags=("robust", "small"))


def names(layout: Layout) -> list[str]:
    return [column.name for column, _ in layout.shown]


def width_of(layout: Layout) -> int:
    """Return the cells that a row takes."""
    return MARGIN + sum(cell_len(text) for text, _ in layout.row(SOME, NOW, plain=False))


def test_a_wide_table_shows_every_column() -> None:
    assert names(fit(200)) == [column.name for column in COLUMNS]


def test_a_narrow_one_keeps_name_fitness_and_age_to_the_last() -> None:
    assert names(fit(78)) == ["name", "fitness", "complexity", "tags", "saved"]
    assert names(fit(40)) == ["name", "fitness", "saved"]
    assert names(fit(20)) == ["name"]


@given(width=st.integers(20, 400))
def test_a_row_fills_the_width(width: int) -> None:
    assert width_of(fit(width)) == width


@given(width=st.integers(1, 19))
def test_where_nothing_fits_the_name_is_cut(width: int) -> None:
    layout = fit(width)
    assert names(layout) == ["name"]
    assert width_of(layout) <= max(width, MARGIN + 1)


@given(width=st.integers(30, 200), name=st.text(max_size=300), tag=st.text(max_size=60))
def test_any_text_leaves_the_columns_in_their_places(width: int, name: str, tag: str) -> None:
    from library_store.entry import clean_name, clean_tags

    odd = SOME.changed(name=clean_name(name), tags=clean_tags([tag]), task=clean_name(name))
    layout = fit(width)
    for (text, _), (expected, _) in zip(
        layout.row(odd, NOW, plain=False), layout.row(SOME, NOW, plain=False), strict=True
    ):
        assert cell_len(text) == cell_len(expected)


@pytest.mark.parametrize(("by", "marked"), [("saved", "saved ▾"), ("name", "name ▾")])
def test_the_column_that_is_sorted_by_has_a_sign(by: str, marked: str) -> None:
    header = "".join(text for text, _ in fit(120).header(by, "▾"))
    assert marked in header
    assert header.count("▾") == 1


def test_what_has_no_column_has_no_sign() -> None:
    assert "▾" not in "".join(text for text, _ in fit(200).header("neurons", "▾"))


def test_fitness_is_written_as_its_kind_and_complexity_with_its_measure() -> None:
    row = "".join(text for text, _ in fit(200).row(entry_of(learned_elite()), NOW, plain=False))
    assert "0.250" in row
    assert "connections" in row
