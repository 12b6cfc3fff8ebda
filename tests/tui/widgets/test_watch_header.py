"""The top line while a network acts."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from galapagos.engine.episodes.news import Frame
from tests.tui.screen_text import widget_lines
from tests.tui.widgets.examples import Stage, any_count, any_float, any_text
from tui.widgets.watch_header import WatchHeader, facts

FRAME = Frame(5, 4, 214, 0.9, 187.25, (0.1,), False, 0.78, 3, 724.9, False, 2.0)


def told(frame: Frame, *, ascii_only: bool = False) -> str:
    return "   ".join("".join(text for text, _ in group) for group in facts(frame, ascii_only=ascii_only))


def test_it_tells_weight_step_reward_episodes_and_speed() -> None:
    assert (
        told(FRAME) == "weight 0.78   episode 5   step 214   reward 187.2   mean of 3: 724.9   speed 2\u00d7"
    )


def test_without_a_knob_or_a_whole_episode_nothing_is_said_of_them() -> None:
    assert (
        told(replace(FRAME, weight=None, whole=0, mean=None), ascii_only=True)
        == "episode 5   step 214   reward 187.2   speed 2x"
    )


def test_it_says_how_it_goes() -> None:
    assert told(replace(FRAME, speed=math.inf)).endswith("speed max")
    assert told(replace(FRAME, speed=0.25)).endswith("speed 0.25\u00d7")
    assert told(replace(FRAME, paused=True)).endswith("speed paused")


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120])
async def test_what_can_be_done_without_goes_first_and_the_weight_last(width: int) -> None:
    header = WatchHeader("Elite 3 0c2020ad")
    async with Stage(header).run_test(size=(width, 2)) as pilot:
        header.show(FRAME)
        await pilot.pause()
        (line,) = widget_lines(header)
        assert cell_len(line) <= width
        assert line.startswith(" Elite")
        if width >= 40:
            assert "weight 0.78" in line
        if width >= 120:
            assert "episode 5" in line
        if width <= 80:
            assert "episode" not in line


async def test_a_title_is_text_and_no_markup() -> None:
    header = WatchHeader("[bold]Elite[/nope]\x1b[31m")
    async with Stage(header).run_test(size=(60, 2)) as pilot:
        await pilot.pause()
        assert widget_lines(header) == [" [bold]Elite[/nope]"]


@given(
    st.builds(
        Frame,
        any_count,
        any_count,
        any_count,
        any_float,
        any_float,
        st.just(()),
        st.booleans(),
        st.none() | any_float,
        any_count,
        st.none() | any_float,
        st.booleans(),
        any_float,
    ),
    any_text,
)
def test_any_moment_is_told(frame: Frame, title: str) -> None:
    assert "\n" not in told(frame)
    WatchHeader(title).show(frame)
