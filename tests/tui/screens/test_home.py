"""The home screen, and what it offers."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.widgets import OptionList

from galapagos.engine.run_directory import RunInfo
from galapagos.errors import EngineFailed
from galapagos.parameter_files import Preset
from tests.tui.dashboards import wait_until
from tests.tui.screen_text import screen_lines
from tui import home_choices
from tui.dashboard import Dashboard
from tui.screens import home
from tui.screens.run import RunScreen

if TYPE_CHECKING:
    import pytest
    from textual.pilot import Pilot

    from tui.home_choices import HomeChoice


def run_info(name: str, state: str, started: float) -> RunInfo:
    return RunInfo(name, Path("runs", name), "wann-gym/CartPoleSwingUp", state, 12, 345.6, started)


def offer(monkeypatch: pytest.MonkeyPatch, runs: list[RunInfo], presets: tuple[Preset, ...]) -> None:
    monkeypatch.setattr("galapagos.engine.run_directory.list_runs", lambda: runs)
    monkeypatch.setattr("galapagos.parameter_files.presets", lambda: presets)


def text(app: Dashboard) -> str:
    return "\n".join(screen_lines(app))


async def sees(pilot: Pilot[Any], words: str) -> None:
    await wait_until(pilot, lambda: words in "\n".join(screen_lines(pilot.app)))


PRESET = Preset("wann-gym/CartPoleSwingUp", Path("x.yaml"), "Swing [up] a pole.")


def test_alive_runs_come_first_then_presets_then_what_can_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [run_info("old", "stopped", 1.0), run_info("new", "failed", 2.0), run_info("live", "alive", 0.0)]
    offer(monkeypatch, runs, (PRESET,))
    assert [choice.name for choice in home_choices.home_choices()] == ["live", PRESET.name, "new", "old"]


async def test_it_lists_runs_and_presets_with_what_is_known_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    offer(monkeypatch, [run_info("a_run", "alive", now), run_info("other", "failed", now)], (PRESET,))
    app = Dashboard()
    async with app.run_test(size=(100, 30)) as pilot:
        await wait_until(pilot, lambda: "a_run" in text(app))
        for words in (
            "Running",
            "Start an experiment",
            "Go on with a run",
            "Swing [up] a pole.",
            "best 345.6",
        ):
            await sees(pilot, words)
        await pilot.press("j", "j")
        await wait_until(pilot, lambda: "Enter starts its engine again" in text(app))


async def test_with_nothing_there_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, [], ())
    app = Dashboard()
    async with app.run_test(size=(100, 30)) as pilot:
        await wait_until(pilot, lambda: "galapagos run FILE.yaml starts one" in text(app))


async def test_enter_opens_the_run_screen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    offer(monkeypatch, [], (PRESET,))
    opened: list[tuple[HomeChoice, bool]] = []

    def open_choice(choice: HomeChoice, *, look: bool) -> Path:
        opened.append((choice, look))
        return tmp_path

    monkeypatch.setattr(home, "open_choice", open_choice)
    app = Dashboard()
    async with app.run_test(size=(100, 30)) as pilot:
        await wait_until(pilot, lambda: app.screen.query_one(OptionList).highlighted is not None)
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, RunScreen))
        assert [(choice.name, look) for choice, look in opened] == [(PRESET.name, False)]
        await wait_until(pilot, lambda: "r goes on from its checkpoint" in text(app))
        await pilot.press("escape")
        await wait_until(pilot, lambda: not isinstance(app.screen, RunScreen))


async def test_an_engine_that_does_not_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, [], (PRESET,))

    def open_choice(choice: HomeChoice, *, look: bool) -> Path:
        raise EngineFailed(f"the engine [of] {choice.name} did not start, look is {look}")

    monkeypatch.setattr(home, "open_choice", open_choice)
    app = Dashboard()
    async with app.run_test(size=(100, 30)) as pilot:
        await wait_until(pilot, lambda: app.screen.query_one(OptionList).highlighted is not None)
        await pilot.press("enter")
        await wait_until(pilot, lambda: "the engine [of]" in text(app))
        await pilot.press("q")
        await wait_until(pilot, lambda: app.return_value is not None)
