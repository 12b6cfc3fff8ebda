"""What is in view of a plot, and how it moves."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.plot_view import LEAST_WIDTH, PlotView

ENDS = (0.0, 1000.0)
moves = st.lists(
    st.one_of(
        st.tuples(st.just("zoom"), st.sampled_from([0.5, 2.0])),
        st.tuples(st.just("pan"), st.sampled_from([-0.25, 0.25])),
        st.tuples(st.just("move"), st.sampled_from([-10, -1, 1, 10])),
        st.tuples(st.just("mark"), st.sampled_from([-1, 1])),
        st.tuples(st.just("follow"), st.just(0)),
        st.tuples(st.just("log"), st.just(0)),
    ),
    max_size=30,
)


def moved(view: PlotView, move: tuple[str, float], first: float, last: float) -> PlotView:
    name, value = move
    if name == "zoom":
        return view.zoom(value, first, last)
    if name == "pan":
        return view.pan(value, first, last)
    if name == "move":
        return view.move_cursor(int(value), 80, first, last)
    if name == "mark":
        return view.go_to_mark([first, first + 3, last - 1], int(value), first, last)
    if name == "follow":
        return view.follow(first, last)
    return replace(view, log_generations=not view.log_generations)


@given(moves, st.integers(0, 3), st.integers(0, 10**6))
def test_whatever_is_done_the_view_stays_within_the_curves(
    done: list[tuple[str, float]], first: int, length: int
) -> None:
    view, last = PlotView(), float(first + length)
    for move in done:
        view = moved(view, move, first, last)
        low, high = view.window(first, last)
        assert first <= low <= high <= last
        if view.cursor is not None:
            assert first <= view.cursor <= last
            assert view.cursor == int(view.cursor)
        if move[0] in ("move", "mark") and view.cursor is not None:
            assert low <= view.cursor <= high


def test_at_first_everything_is_in_view_and_stays_so() -> None:
    assert PlotView().window(*ENDS) == ENDS
    assert PlotView().window(0, 5000) == (0, 5000)


def test_nearer_keeps_the_newest_in_view_while_they_are_followed() -> None:
    view = PlotView().zoom(0.5, *ENDS)
    assert view.window(*ENDS) == (500, 1000)
    assert view.window(0, 1200) == (700, 1200)
    stays = view.follow(*ENDS)
    assert stays.window(0, 1200) == (500, 1000)
    assert stays.follow(0, 1200).window(0, 1200) == (700, 1200)


def test_nearer_keeps_the_cursor_where_it_is() -> None:
    view = PlotView(cursor=200).zoom(0.5, *ENDS)
    assert view.window(*ENDS) == (100, 600)
    assert not view.follows


def test_however_near_some_generations_stay() -> None:
    view = PlotView(cursor=200)
    for _ in range(30):
        view = view.zoom(0.5, *ENDS)
    low, high = view.window(*ENDS)
    assert high - low == LEAST_WIDTH
    for _ in range(30):
        view = view.zoom(2, *ENDS)
    assert view.window(*ENDS) == ENDS
    assert view.follows


def test_panning_to_the_end_follows_again() -> None:
    view = PlotView().zoom(0.5, *ENDS).pan(-0.25, *ENDS)
    assert view.window(*ENDS) == (375, 875)
    assert not view.follows
    assert view.pan(0.25, *ENDS).follows
    assert PlotView().pan(-0.25, *ENDS) == PlotView()


@pytest.mark.parametrize("log", [False, True])
def test_the_cursor_moves_by_cells_and_at_least_by_one_generation(log: bool) -> None:
    view = PlotView(log_generations=log).move_cursor(-1, 101, *ENDS)
    assert view.cursor == 1000
    assert view.move_cursor(-1, 101, *ENDS).cursor == (933 if log else 990)
    short = PlotView(log_generations=log, cursor=3).move_cursor(1, 101, 0, 10)
    assert short.cursor == 4
    assert PlotView().move_cursor(1, 101, *ENDS).cursor == 0


def test_the_view_follows_the_cursor_beyond_its_ends() -> None:
    view = PlotView(span=(500, 600), follows=False, cursor=500).move_cursor(-1, 11, *ENDS)
    assert view.cursor == 490
    assert view.window(*ENDS) == (490, 590)


def test_marks_are_gone_through_from_the_cursor_or_from_what_is_in_view() -> None:
    marks = [10, 500, 900]
    assert PlotView().go_to_mark(marks, 1, *ENDS).cursor == 10
    assert PlotView().go_to_mark(marks, -1, *ENDS).cursor == 900
    near = PlotView(span=(400, 600), follows=False)
    assert near.go_to_mark(marks, 1, *ENDS).cursor == 500
    assert PlotView(cursor=500).go_to_mark(marks, 1, *ENDS).cursor == 900
    assert PlotView(cursor=500).go_to_mark(marks, -1, *ENDS).cursor == 10
    assert PlotView(cursor=900).go_to_mark(marks, 1, *ENDS) == PlotView(cursor=900)
    assert PlotView().go_to_mark([], 1, *ENDS) == PlotView()


def test_everything_forgets_all_but_the_scales() -> None:
    view = PlotView((1, 9), follows=False, cursor=3, log_generations=True, log_values=True)
    assert view.everything() == PlotView(log_generations=True, log_values=True)
