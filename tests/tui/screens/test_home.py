"""The home screen as it is seen and moved in: its lists, its filter, its first words."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from textual.events import MouseScrollDown, MouseScrollUp
from textual.widgets import OptionList

from galapagos.parameter_files import presets
from tests.tui.dashboards import wait_until
from tests.tui.grids import assert_grid
from tests.tui.home_offers import PRESET, Opened, many, offer, record_openings, run_info, sees, text
from tui import home_choices
from tui.dashboard import Dashboard
from tui.screens.run import RunScreen

if TYPE_CHECKING:
    from pathlib import Path

_GYM = "Acrobot-v1 BipedalWalker-v2 BipedalWalker-v3 CartPole-v0 CartPole-v1 CartPoleSwingUp LunarLander-v3"
_RULES = ("backprop", "feedback_alignment", "hebbian", "last_layer")
_BOTH = [f"{data}-{rule}" for data in ("digits", "mnist") for rule in _RULES]
SEEN = {
    "galapagos": ["swing-up-elites"],
    "layers": ["digits", "mnist"],
    "learning": [*_BOTH, "mnist-direct"],
    "wann-classification": ["digits", "fashion_mnist", "mnist"],
    "wann-gym": [*_GYM.split(), "MountainCarContinuous-v0", "Pendulum-v1"],
    "wlnn": _BOTH,
    "wlnn-mnist": ["digits-backprop", *(f"mnist-{rule}" for rule in _RULES[:3])],
    "wlnn-mnist-no-evolution": [f"mnist-{rule}" for rule in _RULES[:3]],
}
"""The presets by folder of the screens that are kept, so that a new one does not change them."""


async def test_it_lists_runs_and_presets_with_what_is_known_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    offer(monkeypatch, [run_info("a_run", "alive", now), run_info("other", "failed", now)], (PRESET,))
    app = Dashboard()
    async with app.run_test(size=(100, 30)) as pilot:
        await sees(pilot, "a_run")
        for words in (
            "Running",
            "Start an experiment",
            "Failed",
            "Swing [up] a pole",
            "best 345.6",
        ):
            await sees(pilot, words)
        await pilot.press("j", "j")
        await sees(pilot, "Enter tries again from the last checkpoint")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_what_is_typed_after_a_slash_filters_and_enter_opens(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    offer(monkeypatch, [run_info("a_run", "stopped", 1.0)], many())
    opened = record_openings(monkeypatch, tmp_path)
    app = Dashboard()
    async with app.run_test(size=size) as pilot:
        await sees(pilot, "wann-gym/Pole-02")
        assert "Filter" in text(app).split("\n")[-1]
        await pilot.press("slash", *"jlearning -1")
        await sees(pilot, "Nothing here has all these words")
        await pilot.press("home", "delete")
        await sees(pilot, "2 of 41; esc shows all")
        assert "learning/digits-13" in text(app)
        assert "learning/digits-18" in text(app)
        assert "wann-gym" not in text(app)
        await pilot.press("down")
        await wait_until(pilot, lambda: text(app).count("[learning/digits-18]") > 1)
        assert max(map(len, text(app).split("\n"))) <= size[0]
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, RunScreen))
        assert opened == [Opened("learning/digits-18")]


async def test_escape_shows_everything_again_and_then_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, [], many())
    app = Dashboard()
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "wann-gym/Pole-02")
        await pilot.press("slash", *"layers q")
        await sees(pilot, "Nothing here has all these words")
        await pilot.press("escape")
        await sees(pilot, "wann-gym/Pole-02")
        assert app.screen.query_one(OptionList).has_focus
        assert app.return_value is None
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.return_value is not None)


async def test_tab_goes_from_group_to_group_and_round(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, [run_info("a_run", "stopped", 1.0)], many())
    app = Dashboard()
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "What [wann-gym/Pole-02] is about. Enter")
        for key, name in (
            ("tab", "wlnn/digits-04"),
            ("tab", "learning/digits-03"),
            ("tab", "layers/digits-00"),
            ("shift+tab", "learning/digits-03"),
        ):
            await pilot.press(key)
            await sees(pilot, f"What [{name}] is about. Enter")
        await wait_until(pilot, lambda: home_choices.KINDS["learning"] in text(app).split("\n")[2])
        await pilot.press("tab", "tab")
        await sees(pilot, "Enter starts its engine again")
        await pilot.press("tab")
        await sees(pilot, "What [wann-gym/Pole-02] is about. Enter")
        await sees(pilot, "Start an experiment")


async def test_who_never_ran_anything_is_welcomed_and_begins_with_the_swing_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("galapagos.engine.records.run_directory.list_runs", list)
    app = Dashboard()
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "enter starts the highlighted one")
        await sees(pilot, "Swing a pole up and keep it there")
        await sees(pilot, "networks     192 a generation, bred by tournaments")
    offer(monkeypatch, [run_info("a_run", "stopped", 1.0)], (PRESET,))
    app = Dashboard()
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "a_run")
        assert "enter starts the highlighted one" not in text(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("runs", ["empty", "full"])
async def test_home_as_it_is_seen(monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], runs: str) -> None:
    states = ("alive", "stopped", "failed", "finished")
    listed = [run_info(f"2026-11-2{index}_{state}", state, 1e9 * index) for index, state in enumerate(states)]
    seen = tuple(preset for preset in presets() if preset.path.stem in SEEN.get(preset.path.parent.name, ()))
    offer(monkeypatch, listed if runs == "full" else [], seen)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    app = Dashboard()
    async with app.run_test(size=size) as pilot:
        await sees(pilot, "saved elite")
        await sees(pilot, "networks   " if runs == "empty" else "attaches")
        await assert_grid(f"home_{runs}_{size[0]}x{size[1]}", lambda: text(app))


async def test_with_nothing_there_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, [], ())
    app = Dashboard()
    async with app.run_test(size=(100, 30)) as pilot:
        await sees(pilot, "galapagos run FILE.yaml starts one")


async def test_the_wheel_scrolls_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, [], many())
    app = Dashboard()
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "wann-gym/Pole-02")
        choices = app.screen.query_one(OptionList)
        await pilot._post_mouse_events([MouseScrollDown], choices, offset=(5, 5))
        await wait_until(pilot, lambda: choices.scroll_offset.y > 0)
        await pilot._post_mouse_events([MouseScrollUp], choices, offset=(5, 5))
        await wait_until(pilot, lambda: choices.scroll_offset.y == 0)
