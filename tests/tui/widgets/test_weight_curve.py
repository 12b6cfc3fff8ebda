"""Fitness over the shared weight."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.tui.screen_text import fresh_strips, widget_strips
from tests.tui.widgets.examples import SIZES, Stage, any_float
from tui.widgets.weight_curve import WeightCurve

POINTS = [(weight / 10, 700.0 * (1 - math.exp(-((weight / 10) ** 2) * 4))) for weight in range(-20, 21)]


def picture(curve: WeightCurve, width: int, height: int) -> list[str]:
    """Return the drawing at a size, without an app."""
    canvas = curve.paint(width, height)
    return ["".join(text for text, _ in canvas.runs(row)).rstrip() for row in range(height)]


def test_the_dip_and_the_marker_of_the_present_weight_are_seen() -> None:
    curve = WeightCurve(ascii_only=True)
    curve.show(POINTS, 0.78, total=300.0, best=1.2)
    assert picture(curve, 60, 12) == [
        "    at 0.78  expected 637.0  now 300.0",
        "   |****************                      | ****************",
        "   |                ***                  ***    :",
        "500+                   **              ** |     :",
        "   |                     *            *   |     :",
        "   |                      *          *    |     :",
        "250+                       *        *     O     :",
        "   |                       **      **     |     :",
        "   |                         *    *       |     :",
        "  0+                          ****        |     :",
        "   ++-------------+-------------+---------^--+-------------+",
        "   -2            -1             0            1        weight",
    ]


def column_of_the_marker(weight: float) -> int:
    curve = WeightCurve(ascii_only=True)
    curve.show(POINTS, weight)
    return picture(curve, 60, 12)[-2].index("^")


def test_the_marker_follows_the_knob() -> None:
    columns = [column_of_the_marker(weight / 4) for weight in range(-8, 9)]
    assert columns == sorted(set(columns))


def test_a_weight_beyond_the_curve_is_on_the_axis_too() -> None:
    assert column_of_the_marker(4.0) > column_of_the_marker(1.9)


def test_what_the_curve_says_of_a_weight_between_two_points_is_between_them() -> None:
    curve = WeightCurve(ascii_only=True)
    curve.show([(0.0, 0.0), (1.0, 100.0)], 0.25, total=7.0)
    assert picture(curve, 60, 12)[0].split("  ")[-3:] == ["at 0.25", "expected 25.0", "now 7.0"]


def test_the_point_of_the_present_episode_rises_with_its_reward() -> None:
    rows = []
    for total in (0.0, 200.0, 400.0, 690.0):
        curve = WeightCurve(ascii_only=True)
        curve.show(POINTS, 0.0, total=total)
        rows.append(next(row for row, line in enumerate(picture(curve, 60, 14)) if "O" in line))
    assert rows == sorted(set(rows), reverse=True)


@pytest.mark.parametrize("points", [[], [(0.0, 1.0)], [(0.0, math.nan), (1.0, math.nan)]])
def test_without_a_curve_it_says_why(points: list[tuple[float, float]]) -> None:
    curve = WeightCurve()
    curve.show(points, 1.0)
    assert "being computed" in "\n".join(picture(curve, 60, 9))
    curve.show(points, 1.0, text="No [bold]knob[/bold]\x1b[31m")
    assert "No [bold]knob[/bold]" in "\n".join(picture(curve, 60, 9))


weights = st.floats(-1000, 1000)


@given(
    st.lists(st.tuples(weights, any_float), max_size=12, unique_by=lambda point: point[0]).map(sorted),
    st.none() | weights,
    any_float,
    st.none() | weights,
    st.sampled_from(SIZES),
    st.booleans(),
)
@example([(0.0, 0.0), (1.0, 0.0)], None, 1.5e308, None, (1, 1), False)
@example([(0.0, -1.7e308), (1.0, 1.7e308)], 0.5, -1.7e308, 1.0, (80, 24), False)
def test_any_curve_is_drawn_at_any_size(
    points: list[tuple[float, float]],
    weight: float | None,
    total: float,
    best: float | None,
    size: tuple[int, int],
    ascii_only: bool,
) -> None:
    curve = WeightCurve(ascii_only=ascii_only)
    curve.show(points, weight, total=total, best=best)
    lines = picture(curve, *size)
    assert len(lines) == size[1]
    if ascii_only and size[0] >= 80:
        assert all(line.isascii() for line in lines)


async def test_a_turn_repaints_what_a_fresh_drawing_has() -> None:
    curve = WeightCurve()
    async with Stage(curve).run_test(size=(60, 14)) as pilot:
        for weight in (-1.0, 0.0, 0.78):
            curve.show(POINTS, weight, total=100.0 * weight, best=0.78)
            await pilot.pause()
            assert widget_strips(curve) == fresh_strips(curve)
