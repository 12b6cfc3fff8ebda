"""Reward and action over the steps."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.engine.episodes.news import TracedStep
from tests.tui.screen_text import fresh_strips, widget_strips
from tests.tui.widgets.examples import SIZES, Stage, any_float
from tui.widgets.traces import Traces


def picture(traces: Traces, width: int, height: int) -> list[str]:
    """Return the drawing at a size, without an app."""
    canvas = traces.paint(width, height)
    return ["".join(text for text, _ in canvas.runs(row)).rstrip() for row in range(height)]


def steps(count: int, actions: int = 1) -> list[TracedStep]:
    return [TracedStep(n, n / count, (math.cos(n / 9),) * actions) for n in range(1, count + 1)]


def test_the_reward_is_above_the_action_with_one_axis_below_both() -> None:
    traces = Traces(ascii_only=True)
    traces.show(steps(80), 1000)
    assert picture(traces, 60, 14) == [
        "    reward  1.00",
        "1.0+                                        *****",
        "   |                               **********",
        "   |                       ********",
        "0.5+             **********",
        "   |     *********",
        "0.0+ ****",
        "   action  -0.86",
        " 1+ ****                      **********",
        " 0+    *****               ****        ****",
        "  |        ****        *****               ****",
        "-1+            *********                       **",
        "  ++----------+----------+-----------+----------+----------+",
        "   0         20         40          60         80       step",
    ]


def test_several_actions_are_told_as_such_and_four_of_them_drawn() -> None:
    traces = Traces(ascii_only=True)
    traces.show(steps(50, actions=6), 1000)
    lines = picture(traces, 60, 14)
    assert lines[7].split()[0] == "actions"
    assert len(lines[7].split()) == 5


def test_there_is_room_for_the_longest_episode_so_far_so_that_the_next_one_begins_where_it_did() -> None:
    traces = Traces(ascii_only=True)
    traces.show(steps(180), 1000)
    before = picture(traces, 60, 14)[-1]
    assert "150" in before
    traces.show(steps(3), 1000)
    assert picture(traces, 60, 14)[-1] == before
    traces.show(steps(300), 1000)
    assert "400" in picture(traces, 60, 14)[-1]


def test_of_a_long_episode_the_newest_steps_are_seen() -> None:
    traces = Traces(ascii_only=True)
    traces.show([TracedStep(n, 1.0, (0.0,)) for n in range(4001, 5001)], 10_000)
    axis = picture(traces, 80, 14)[-1]
    assert "4 200" in axis
    assert "5 000" in axis or "4 800" in axis


def test_where_there_is_little_room_the_reward_stays() -> None:
    traces = Traces(ascii_only=True)
    traces.show(steps(50), 100)
    text = "\n".join(picture(traces, 40, 5))
    assert "reward" in text
    assert "action" not in text


@pytest.mark.parametrize("trace", [[], [TracedStep(1, math.nan, (math.nan,))]])
def test_without_a_step_it_says_so(trace: list[TracedStep]) -> None:
    traces = Traces()
    traces.show(trace)
    assert "No step yet" in "\n".join(picture(traces, 40, 9))


any_step = st.builds(TracedStep, st.integers(0, 2**53), any_float, st.lists(any_float, max_size=6).map(tuple))


@given(
    st.lists(any_step, max_size=12, unique_by=lambda step: step.step).map(
        lambda trace: sorted(trace, key=lambda step: step.step)
    ),
    st.sampled_from(SIZES),
    st.booleans(),
    st.integers(1, 10**9),
)
def test_any_trace_is_drawn_at_any_size(
    trace: list[TracedStep], size: tuple[int, int], ascii_only: bool, longest: int
) -> None:
    traces = Traces(ascii_only=ascii_only)
    for shown in (trace[:3], trace):
        traces.show(shown, longest)
        assert len(picture(traces, *size)) == size[1]


async def test_a_longer_trace_repaints_what_a_fresh_drawing_has() -> None:
    traces = Traces()
    async with Stage(traces).run_test(size=(80, 16)) as pilot:
        for count in (10, 30, 70):
            traces.show(steps(count), 1000)
            await pilot.pause()
            assert widget_strips(traces) == fresh_strips(traces)
