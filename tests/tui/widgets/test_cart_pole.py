"""A cart and its pole as dots."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.tasks.episode_state import CartPole
from tests.tui.screen_text import fresh_strips, widget_lines, widget_strips
from tests.tui.widgets.examples import SIZES, Stage, any_float
from tui.widgets.cart_pole import CartPoleView

UPRIGHT = CartPole(0.0, 0.0, 2.4, 0.6)
BOUNDED = CartPole(0.0, 0.1, 2.4, 1.0, math.radians(12))


def picture(view: CartPoleView, width: int, height: int) -> list[str]:
    """Return the drawing at a size, without an app."""
    canvas = view.paint(width, height)
    return ["".join(text for text, _ in canvas.runs(row)).rstrip() for row in range(height)]


def drawn(state: CartPole | None, width: int = 40, height: int = 12, *, kick: float = 0.0) -> list[str]:
    view = CartPoleView(ascii_only=True)
    view.show(state, kick=kick)
    return picture(view, width, height)


def test_it_looks_like_a_cart_with_a_pole() -> None:
    view = CartPoleView()
    view.show(replace(UPRIGHT, angle=0.6))
    assert picture(view, 40, 10) == [
        "",
        "                       ⣰⠗",
        "                      ⡴⠃",
        "                    ⢀⡞⠁",
        "  ⡄               ⣤⣴⣯⣤               ⢠",
        "  ⠓⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠛⠛⠛⠛⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠚",
        "",
        "",
        "",
        "-2.4        +0.00 m +34°           2.4 m",
    ]


def test_it_does_so_in_plain_characters() -> None:
    assert drawn(replace(UPRIGHT, angle=0.6)) == [
        "",
        "                        OO",
        "                       #OO",
        "                      ##",
        "                     #",
        "  |               =##=               |",
        "  |----------------------------------|",
        "",
        "",
        "",
        "",
        "-2.4       +0.00 m +34deg          2.4 m",
    ]


def row_of(letter: str, lines: list[str]) -> float:
    rows = [row for row, line in enumerate(lines[:-1]) if letter in line]
    return sum(rows) / len(rows)


def column_of(letter: str, lines: list[str]) -> float:
    columns = [column for line in lines[:-1] for column, drawn in enumerate(line) if drawn == letter]
    return sum(columns) / len(columns)


def test_the_tip_is_above_the_cart_when_it_stands_and_below_when_it_hangs() -> None:
    standing, hanging = drawn(UPRIGHT), drawn(replace(UPRIGHT, angle=math.pi))
    assert row_of("O", standing) < row_of("=", standing)
    assert row_of("O", hanging) > row_of("=", hanging)
    assert column_of("O", standing) == pytest.approx(column_of("=", standing), abs=1.0)


def test_a_pole_that_leans_to_the_right_has_its_tip_there() -> None:
    right, left = drawn(replace(UPRIGHT, angle=1.0)), drawn(replace(UPRIGHT, angle=-1.0))
    assert column_of("O", right) > column_of("=", right) + 1
    assert column_of("O", left) < column_of("=", left) - 1


@given(st.floats(-2.4, 2.4), st.floats(-2.4, 2.4))
def test_the_cart_is_the_more_to_the_right_the_larger_its_x(one: float, other: float) -> None:
    places = [column_of("O", drawn(replace(UPRIGHT, x=x))) for x in sorted((one, other))]
    assert places[0] <= places[1] + 1.0


def test_the_ends_of_the_track_and_the_numbers_are_written() -> None:
    lines = drawn(replace(UPRIGHT, x=-1.25, angle=math.radians(190)))
    assert "-2.4" in lines[-1]
    assert "2.4 m" in lines[-1]
    assert "-1.25 m" in lines[-1]
    assert "-170deg" in lines[-1]
    assert sum("|" in line for line in lines) >= 1


def test_where_an_angle_ends_the_episode_it_is_drawn() -> None:
    assert any("." in line for line in drawn(BOUNDED)[:-1])
    assert not any("." in line for line in drawn(replace(BOUNDED, largest_angle=None))[:-1])


def test_a_kick_is_an_arrow_in_its_direction() -> None:
    assert any("==>" in line for line in drawn(UPRIGHT, kick=1.0))
    assert any("<==" in line for line in drawn(UPRIGHT, kick=-1.0))


def test_it_is_smooth_in_braille() -> None:
    """A twentieth of the angle between two dots of a cell's height moves some dot."""
    view = CartPoleView()
    pictures = set()
    for number in range(20):
        view.show(replace(UPRIGHT, angle=number * 0.02))
        pictures.add("\n".join(picture(view, 118, 16)[:-1]))
    assert len(pictures) > 15


@pytest.mark.parametrize(
    "state",
    [
        None,
        replace(UPRIGHT, x=math.nan),
        replace(UPRIGHT, angle=math.inf),
    ],
)
def test_without_a_place_it_says_so(state: CartPole | None) -> None:
    text = " ".join(" ".join(drawn(state)).split())
    assert "is about to begin" in text or "no place that is a number" in text


any_cart = st.builds(
    CartPole,
    any_float,
    any_float,
    st.floats(1e-6, 1e6),
    st.floats(1e-6, 1e6),
    st.none() | st.floats(0.0, math.pi),
)


@given(any_cart, st.sampled_from(SIZES), st.booleans(), st.sampled_from([-1.0, 0.0, 1.0]))
def test_any_state_is_drawn_at_any_size(
    state: CartPole, size: tuple[int, int], ascii_only: bool, kick: float
) -> None:
    view = CartPoleView(ascii_only=ascii_only)
    view.show(state, kick=kick)
    lines = picture(view, *size)
    assert len(lines) == size[1]
    if ascii_only and size[0] >= 80:
        assert all(line.isascii() for line in lines)


async def test_a_moment_repaints_what_a_fresh_drawing_has() -> None:
    view = CartPoleView()
    async with Stage(view).run_test(size=(80, 20)) as pilot:
        for number in range(4):
            view.show(replace(UPRIGHT, x=number / 3, angle=number / 2), kick=float(number % 2))
            await pilot.pause()
            assert widget_strips(view) == fresh_strips(view)
        view.ascii_only = True
        await pilot.pause()
        assert all(line.isascii() for line in widget_lines(view))
