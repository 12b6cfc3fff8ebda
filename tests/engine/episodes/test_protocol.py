"""Commands to whoever plays, and its news: both are data, checked by whoever reads them."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.engine.episodes.news import (
    LONGEST_NEWS,
    MOST_ACTIONS,
    MOST_TRACED,
    CurvePart,
    Frame,
    News,
    Notice,
    Stage,
    TracedStep,
    news_from_line,
    news_line,
)
from galapagos.engine.episodes.protocol import (
    LARGEST_SEED,
    MOST_COLUMNS,
    MOST_ROWS,
    CurveRequest,
    Opening,
    command_from_line,
    command_line,
    opening_from_line,
)
from galapagos.tasks.episode_state import CartPole

FRAME = Frame(
    episode=2,
    seed=7,
    step=3,
    reward=0.5,
    total=1.25,
    action=(0.25, -1.0),
    done=False,
    weight=0.78,
    whole=1,
    mean=700.5,
    paused=False,
    speed=1.0,
    trace=(TracedStep(2, 0.1, (0.0, 1.0)), TracedStep(3, 0.5, (0.25, -1.0))),
    cart=CartPole(0.1, 3.0, 2.4, 0.6),
)


def test_an_opening_survives_the_way() -> None:
    opening = Opening({"experiment": "wann-gym"}, {"kind": "graph"}, 7, -0.5, (100, 30))
    assert opening_from_line(opening.to_line()) == opening


def test_an_opening_without_the_rest_has_the_usual() -> None:
    opening = opening_from_line(b'{"parameters": {}, "genome": {}}')
    assert opening == Opening({}, {})


@pytest.mark.parametrize(
    "line",
    [
        b"[]",
        b"{",
        b'{"parameters": {}}',
        b'{"parameters": [], "genome": {}}',
        b'{"parameters": {}, "genome": {}, "weight": 1e9}',
        b'{"parameters": {}, "genome": {}, "seed": -1}',
        b'{"parameters": {}, "genome": {}, "seed": true}',
        b'{"parameters": {}, "genome": {}, "size": [0, 4]}',
        b'{"parameters": {}, "genome": {}, "size": 4}',
        b'{"parameters": {}, "genome": {}, "more": 4}',
    ],
)
def test_an_opening_that_is_none_is_refused_in_one_line(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        opening_from_line(line)


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("weight", -2, -2.0),
        ("kick", 1.5, 1.5),
        ("speed", 16, 16.0),
        ("speed", "most", math.inf),
        ("pause", False, False),
        ("step", True, True),
        ("reset", LARGEST_SEED, LARGEST_SEED),
        ("reset", None, None),
        ("size", [MOST_COLUMNS, MOST_ROWS], (MOST_COLUMNS, MOST_ROWS)),
        ("frames", 12, 12),
        ("curve", {"low": -2, "high": 2, "points": 41, "trials": 16}, CurveRequest(-2.0, 2.0, 41, 16)),
    ],
)
def test_a_command_survives_the_way(name: str, value: Any, read: Any) -> None:
    assert command_from_line(command_line(name, value)) == (name, read)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("weight", None),
        ("weight", 1e6),
        ("weight", True),
        ("kick", 100),
        ("speed", 0),
        ("speed", 65),
        ("speed", "fast"),
        ("pause", 1),
        ("reset", 2**32),
        ("reset", 0.5),
        ("size", [MOST_COLUMNS + 1, 1]),
        ("size", [1, 2, 3]),
        ("frames", 0),
        ("frames", 61),
        ("curve", {}),
        ("curve", {"low": 2, "high": 2, "points": 41, "trials": 16}),
        ("curve", {"low": -2, "high": 2, "points": 1, "trials": 16}),
        ("curve", {"low": -2, "high": 2, "points": 41, "trials": 10**6}),
        ("curve", {"low": -2, "high": 2, "points": 41, "trials": 1, "more": 1}),
        ("nothing", 1),
        ("n" * 3000, 1),
    ],
)
def test_a_command_that_is_none_is_refused_in_one_line(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]{1,300}$"):
        command_from_line(command_line(name, value))


def test_two_commands_are_none() -> None:
    with pytest.raises(ValueError, match="one name"):
        command_from_line(b'{"pause": true, "step": true}')


@pytest.mark.parametrize(
    "news",
    [
        Stage("CartPole-v1", "cart", 500, 1, by_choice=True, has_knob=False),
        FRAME,
        CurvePart(((-1.0, 2.0), (1.0, 700.25)), 3, 16, done=False),
        Notice("one line"),
        Notice("the last line", ends=True),
    ],
)
def test_news_survive_the_way(news: News) -> None:
    assert news_from_line(news_line(news)) == news


def test_a_frame_has_the_names_that_its_readers_know() -> None:
    data = orjson.loads(news_line(FRAME))["frame"]
    assert {"step", "reward", "total", "action", "done"} <= set(data)
    assert data["cart"] == {"x": 0.1, "angle": 3.0, "track": 2.4, "length": 0.6, "largest_angle": None}


def test_what_is_no_number_is_null_on_the_way() -> None:
    line = news_line(Frame(1, 0, 1, math.nan, math.nan, (math.nan,), True, None, 0, None, True, math.inf))
    assert b"NaN" not in line
    frame = news_from_line(line)
    assert isinstance(frame, Frame)
    assert math.isnan(frame.total)
    assert frame.speed == math.inf


def test_pixels_survive_the_way_and_the_largest_fit_a_line() -> None:
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 256, (2 * MOST_ROWS, MOST_COLUMNS, 3), dtype=np.uint8)
    trace = tuple(TracedStep(10**6 + step, -1 / 3, (1 / 3,) * 4) for step in range(MOST_TRACED))
    line = news_line(
        Frame(1, 0, 5, -1 / 3, -1 / 3, (1 / 3,) * 4, False, 1.0, 0, None, False, 1.0, trace, None, pixels)
    )
    assert len(line) < LONGEST_NEWS
    frame = news_from_line(line)
    assert isinstance(frame, Frame)
    assert frame.pixels is not None
    assert (frame.pixels == pixels).all()


def broken(**changes: Any) -> bytes:
    """Return the line of a frame with parts replaced."""
    return orjson.dumps({"frame": {**orjson.loads(news_line(FRAME))["frame"], **changes}})


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\xff\xfe",
        b"[1]",
        b"{}",
        b'{"notice": 3}',
        b'{"frame": []}',
        b'{"stage": {"name": "x", "shows": "all"}}',
        b'{"stage": {"name": "x", "shows": []}}',
        b'{"curve": [[1]], "trials": 1, "of": 1, "done": true}',
        b'{"curve": [[1, "x"]], "trials": 1, "of": 1, "done": true}',
        b'{"curve": 5, "trials": 1, "of": 1, "done": true}',
        broken(step=-1),
        broken(step=1.5),
        broken(total="much"),
        broken(weight=1e300),
        broken(trace=[[1]]),
        broken(trace=[[1, 2, "x"]]),
        broken(trace=[[1, 2]] * (MOST_TRACED + 1)),
        broken(action=[0] * (MOST_ACTIONS + 1)),
        broken(cart={}),
        broken(cart={"x": 0, "angle": 0, "track": 0, "length": 1}),
        broken(cart={"x": 0, "angle": 0, "track": 1, "length": -1}),
        broken(pixels={"width": 2, "height": 2, "rgb": "AAAA"}),
        broken(pixels={"width": 10**9, "height": 10**9, "rgb": ""}),
        broken(pixels={"width": 1, "height": 1, "rgb": "????"}),
        broken(pixels={"width": 1, "height": 1, "rgb": 7}),
        broken(speed="fast"),
        broken(done=1),
    ],
)
def test_news_that_are_none_are_refused(line: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - what is wrong is of no interest to anybody
        news_from_line(line)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(sorted(orjson.loads(news_line(FRAME))["frame"])), json_values)
def test_any_value_in_any_part_of_a_frame_is_read_or_refused(name: str, value: Any) -> None:
    with suppress(ValueError):
        assert isinstance(news_from_line(broken(**{name: value})), Frame)


def test_text_of_the_process_is_made_plain() -> None:
    notice = news_from_line(orjson.dumps({"notice": "\x1b[31mred\n[bold]two[/bold]" + "x" * 999}))
    assert isinstance(notice, Notice)
    assert notice.text.startswith("red [bold]two[/bold]x")
    assert len(notice.text) <= 200
