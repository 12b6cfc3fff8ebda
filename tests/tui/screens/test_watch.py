"""The screen on which a network acts."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App
from textual.binding import Binding

from galapagos.engine.episodes.news import CurvePart, Notice, TracedStep
from galapagos.engine.records.process_identity import is_running
from galapagos.errors import UnknownTask
from galapagos.tasks.episode_state import CartPole
from tests.engine.episode_process import SWING_UP, champion, network
from tests.tui.dashboards import wait_until
from tests.tui.screen_text import screen_lines
from tests.tui.watching import CURVE, STAGE, frame, open_watch
from tui.screens.watch import WatchScreen
from tui.screens.watch_keys import WATCH_KEYS
from tui.watch_link import EpisodeLink
from tui.widgets.pixels import Pixels

SIZES = [(80, 24), (120, 40), (200, 60)]


@pytest.mark.parametrize("size", SIZES)
async def test_it_shows_the_cart_its_traces_the_curve_and_the_keys(size: tuple[int, int]) -> None:
    async with open_watch(size=size) as seen:
        for words in (
            "Elite 3 0c2020ad",
            "weight 0.78",
            "reward 187.2",
            "CartPoleSwingUp",
            "+0.50 m",
            "Reward and action",
            "Fitness over the weight",
            "mean of 16 starts",
            "expected 273.0",
            "▲",
            "Less",
            "Kick",
            "Pause",
            "Back",
        ):
            await seen.sees(words)
        lines = seen.text.splitlines()
        assert len(lines) <= size[1]
        assert all(cell_len(line) <= size[0] for line in lines)


async def test_at_80_columns_it_is_this_picture() -> None:
    async with open_watch(size=(80, 24), ascii_only=True) as seen:
        lines = [line.rstrip() for line in seen.text.splitlines()]
        assert lines[0] == " Elite 3 0c2020ad   weight 0.78   reward 187.2   mean of 1: 724.9   speed 1x"
        assert lines[1].startswith("╭─ CartPoleSwingUp ─")
        assert lines[12].startswith("╭─ Reward and action ─")
        assert "╭─ Fitness over the weight ─" in lines[12]
        assert lines[10].split() == ["│", "-2.4", "+0.50", "m", "+11deg", "2.4", "m", "│"]
        assert lines[23].startswith("← Less → More 0 Best J Kick space Pause - Slower + Faster r New q Back")


@pytest.mark.parametrize("size", [(1, 1), (10, 4), (39, 24), (60, 9)])
async def test_below_its_least_size_it_says_so(size: tuple[int, int]) -> None:
    async with open_watch(size=size) as seen:
        assert "Reward" not in seen.text
        if size[0] > 30:
            assert "too small" in seen.text


async def test_where_it_is_low_the_traces_go() -> None:
    async with open_watch(size=(80, 14)) as seen:
        await seen.sees("Fitness over")
        assert "Reward and action" not in seen.text


# Keys


@pytest.mark.parametrize(
    ("key", "weight"),
    [
        ("left", 0.73),
        ("right", 0.83),
        ("shift+left", 0.77),
        ("left_square_bracket", 0.77),
        ("shift+right", 0.79),
        ("right_square_bracket", 0.79),
    ],
)
async def test_a_turn_of_the_knob_is_sent_and_seen_at_once(key: str, weight: float) -> None:
    async with open_watch() as seen:
        assert await seen.press(key) == [("weight", weight)]
        await seen.sees(f"at {weight}")


async def test_the_knob_ends_where_the_curve_does() -> None:
    async with open_watch(best=-1.95) as seen:
        (_, _, curve) = [*seen.link.sent, None][:3]
        assert seen.link.sent[1] == ("curve", {"low": -2.45, "high": 2.0, "points": 41, "trials": 16})
        assert curve is None
        await seen.press(*["left"] * 20)
        assert seen.link.sent[-1] == ("weight", -2.45)


async def test_0_comes_back_to_the_best_weight() -> None:
    async with open_watch() as seen:
        assert await seen.press("left", "left", "0") == [("weight", 0.73), ("weight", 0.68), ("weight", 0.78)]


@pytest.mark.parametrize("best", [None, math.nan])
async def test_without_a_best_weight_it_begins_at_one(best: float | None) -> None:
    async with open_watch(best=best) as seen:
        assert seen.link.opening.weight == 1.0
        assert await seen.press("0") == [("weight", 1.0)]


@pytest.mark.parametrize(("key", "kick", "arrow"), [("J", -1.0, "◀━━"), ("K", 1.0, "━━▶")])
async def test_a_kick_is_sent_and_seen_for_a_moment(key: str, kick: float, arrow: str) -> None:
    async with open_watch() as seen:
        assert await seen.press(key) == [("kick", kick)]
        await seen.sees(arrow)
        await seen.until(lambda: arrow not in seen.text)


async def test_space_pauses_and_goes_on() -> None:
    async with open_watch() as seen:
        assert await seen.press("space") == [("pause", True)]
        await seen.sees("paused; . takes one step, space goes on")
        assert await seen.press("space") == [("pause", False)]
        await seen.until(lambda: "paused;" not in seen.text)


async def test_a_full_stop_takes_one_step_and_waits() -> None:
    async with open_watch() as seen:
        assert await seen.press("full_stop") == [("step", True)]
        await seen.sees("paused; . takes one step")
        assert await seen.press("full_stop", "space") == [("step", True), ("pause", False)]


async def test_plus_and_minus_change_the_speed_to_its_ends() -> None:
    async with open_watch() as seen:
        faster = await seen.press(*["plus"] * 6)
        assert [value for _, value in faster] == [2.0, 4.0, 8.0, 16.0, "most", "most"]
        slower = await seen.press(*["minus"] * 8)
        assert [value for _, value in slower] == [16.0, 8.0, 4.0, 2.0, 1.0, 0.5, 0.25, 0.25]
        assert await seen.press("equals_sign") == [("speed", 0.5)]


async def test_r_begins_the_next_episode() -> None:
    async with open_watch() as seen:
        assert await seen.press("r") == [("reset", None)]


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_it_is_left_and_whoever_plays_ends(key: str) -> None:
    async with open_watch() as seen:
        await seen.pilot.press(key)
        await seen.until(lambda: not isinstance(seen.pilot.app.screen, WatchScreen))
        await seen.until(lambda: not seen.link.following)


def test_every_key_has_an_id_and_says_what_it_does() -> None:
    bindings = [binding for binding in WATCH_KEYS if isinstance(binding, Binding)]
    assert len(bindings) == len(WATCH_KEYS)
    assert len({binding.id for binding in bindings}) == len(bindings)
    assert all(binding.id and binding.id.startswith("watch.") for binding in bindings)
    assert all(binding.tooltip and binding.description for binding in bindings)


# What plays


async def test_a_network_with_its_own_weights_has_no_knob_and_the_screen_says_why() -> None:
    own = replace(STAGE, has_knob=False)
    async with open_watch(own, frame(weight=None), best=None) as seen:
        await seen.sees("weights of its own")
        assert await seen.press("left", "right", "shift+left", "0") == []
        assert "Less" not in seen.text


async def test_without_a_cart_there_is_no_kick_and_a_picture_beside_the_traces() -> None:
    pixels = np.zeros((40, 60, 3), dtype=np.uint8)
    async with open_watch(
        replace(STAGE, name="Acrobot-v1", shows="pixels"), frame(cart=None, pixels=pixels), size=(120, 40)
    ) as seen:
        await seen.sees("▀" * 60)
        await seen.sees("Reward and action")
        assert "Kick" not in seen.text
        assert [sent for sent in await seen.press("J", "K") if sent[0] == "kick"] == []
        size = seen.screen.query_one(Pixels).size
        assert ("size", [size.width, size.height]) in seen.link.sent
        await seen.pilot.resize_terminal(100, 30)
        await seen.until(lambda: seen.link.sent[-1][0] == "size" and seen.link.sent[-1][1][1] == 26)  # type: ignore[index]


async def test_where_nothing_is_drawn_it_says_so_and_shows_the_traces() -> None:
    notice = Notice("Blackjack-v1 draws no pictures; reward and action are shown")
    async with open_watch(replace(STAGE, shows="nothing"), notice, frame(cart=None)) as seen:
        await seen.sees("Blackjack-v1 draws no pictures")
        await seen.sees("This environment draws no pictures")
        await seen.sees("action")


async def test_over_ssh_fewer_frames_are_asked_for() -> None:
    async with open_watch(remote=True) as seen:
        assert seen.link.sent[0] == ("frames", 8)


async def test_the_newest_moment_is_drawn() -> None:
    async with open_watch() as seen:
        for step in range(215, 260):
            seen.link.say(frame(step, trace=(), total=float(step)))
        await seen.sees("reward 259.0")


async def test_the_curve_grows_and_says_over_how_many_starts() -> None:
    some = CurvePart(CURVE.points, 3, 16, done=False)
    async with open_watch(STAGE, frame()) as seen:
        await seen.sees("being computed")
        await seen.say(some)
        await seen.sees("mean of 3 of 16 starts")
        await seen.say(CURVE)
        await seen.sees("mean of 16 starts")


async def test_what_ended_is_told_and_r_begins_again_with_the_weight_as_it_is() -> None:
    async with open_watch() as seen:
        await seen.press("left", "plus", "space")
        await seen.say(Notice("out of [bold]luck[/nope]", ends=True))
        await seen.sees("the episodes ended: out of [bold]luck[/nope]; r begins again")
        await seen.press("r")
        assert len(seen.links) == 2
        await seen.until(lambda: seen.links[1].following)
        assert ("weight", 0.73) in seen.links[1].sent
        assert not seen.links[0].following
        await seen.say(STAGE, frame())
        await seen.until(lambda: "the episodes ended" not in seen.text)


def test_images_are_refused_before_there_is_a_screen() -> None:
    with pytest.raises(UnknownTask, match="nothing to watch"):
        WatchScreen("Elite", {}, {"experiment": "layers"}, None)


any_real = st.just(math.nan) | st.floats(-1e300, 1e300)
any_text = st.text(max_size=40)
any_cart = st.none() | st.builds(
    CartPole,
    any_real,
    any_real,
    st.floats(1e-6, 1e6),
    st.floats(1e-6, 1e6),
    st.none() | st.floats(0, math.pi),
)
any_pixels = st.none() | st.tuples(st.integers(1, 200), st.integers(1, 320)).map(
    lambda shape: np.full((*shape, 3), 77, dtype=np.uint8)
)
any_changes = st.fixed_dictionaries(
    {
        "total": any_real,
        "weight": st.none() | st.floats(-1000, 1000),
        "mean": st.none() | any_real,
        "speed": st.floats(0, 1e6),
        "cart": any_cart,
        "pixels": any_pixels,
        "trace": st.lists(
            st.builds(TracedStep, st.integers(0, 2**53), any_real, st.lists(any_real, max_size=5).map(tuple)),
            max_size=5,
        ).map(tuple),
    }
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(
    any_changes,
    st.builds(
        CurvePart,
        st.lists(st.tuples(st.floats(-1000, 1000), any_real), max_size=5).map(
            lambda points: tuple(sorted(points, key=lambda point: point[0]))
        ),
        st.integers(0, 1000),
        st.integers(0, 1000),
        st.booleans(),
    ),
    st.sampled_from(["cart", "pixels", "nothing"]),
    st.booleans(),
    any_text,
    st.sampled_from([(80, 24), (41, 11)]),
)
async def test_whatever_the_process_says_the_screen_lives(
    changes: dict[str, Any], curve: CurvePart, shows: Any, knob: bool, text: str, size: tuple[int, int]
) -> None:
    stage = replace(STAGE, name=text, shows=shows, has_knob=knob)
    async with open_watch(
        Notice(text), stage, frame(**changes), curve, frame(episode=9), size=size, title=text
    ) as seen:
        await seen.press("right", "J", "space")
        assert seen.text


async def test_a_real_process_is_watched_with_the_knob_and_gone_when_the_screen_is_left() -> None:
    genome = champion()
    app: App[None] = App()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = WatchScreen("The published champion", genome.to_json(), SWING_UP, 0.78)
        await app.push_screen(screen)
        link = screen.link
        assert isinstance(link, EpisodeLink)

        def text() -> str:
            return "\n".join(screen_lines(app))

        await wait_until(pilot, lambda: "mean of 16 starts" in text(), text)
        await wait_until(pilot, lambda: "CartPoleSwingUp" in text() and "step " in text(), text)
        pid = link.pid
        assert pid is not None
        await pilot.press(*["left"] * 3)
        await wait_until(pilot, lambda: "weight 0.63" in text(), text)
        await pilot.press("q")
        await wait_until(pilot, lambda: not is_running(pid, None))


async def test_a_network_that_does_not_fit_is_told_on_the_screen() -> None:
    app: App[None] = App()
    async with app.run_test(size=(120, 40)) as pilot:
        await app.push_screen(WatchScreen("Elite", network(4, 2).to_json(), SWING_UP, None))
        await wait_until(pilot, lambda: "needs 5 and 1" in "\n".join(screen_lines(app)))
