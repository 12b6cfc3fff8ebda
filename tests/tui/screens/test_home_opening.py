"""What the home screen opens: an experiment, a run, a saved elite; and what it says where that fails."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual.widgets import OptionList

from galapagos.errors import EngineFailed, UnknownTask
from galapagos.parameters import Parameters
from tests.tui.dashboards import wait_until
from tests.tui.home_offers import PRESET, Opened, offer, record_openings, run_info, sees
from tests.tui.libraries import save_three, use_home
from tests.tui.saved_elites import NOW
from tests.tui.screen_text import screen_lines
from tui import home_choices
from tui.dashboard import Dashboard
from tui.screens import home
from tui.screens.home import HomeScreen
from tui.screens.library import LibraryScreen
from tui.screens.run import RunScreen
from tui.screens.start_parameters import StartParametersScreen

if TYPE_CHECKING:
    from pathlib import Path

    from galapagos.engine.records.run_directory import RunInfo
    from tui.home_choices import HomeChoice


async def test_enter_opens_the_run_screen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    offer(monkeypatch, [], (PRESET,))
    opened = record_openings(monkeypatch, tmp_path)
    app = Dashboard()
    async with app.run_test(size=(100, 30)) as pilot:
        await wait_until(pilot, lambda: app.screen.query_one(OptionList).highlighted is not None)
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, RunScreen))
        assert opened == [Opened(PRESET.name)]
        await sees(pilot, "r goes on from its checkpoint")
        await pilot.press("escape")
        await wait_until(pilot, lambda: not isinstance(app.screen, RunScreen))


async def test_what_was_looked_for_is_forgotten_when_it_was_opened(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    runs: list[RunInfo] = []
    offer(monkeypatch, runs, (PRESET,))
    record_openings(monkeypatch, tmp_path)
    app = Dashboard()
    async with app.run_test(size=(100, 30)) as pilot:
        await wait_until(pilot, lambda: app.screen.query_one(OptionList).highlighted is not None)
        await pilot.press("slash", *PRESET.name[-4:], "enter", "enter")
        await wait_until(pilot, lambda: isinstance(app.screen, RunScreen))
        runs.append(replace(run_info("the_run", "alive", NOW), path=tmp_path))
        await pilot.press("escape")
        await wait_until(pilot, lambda: isinstance(app.screen, HomeScreen))
        shown = app.screen
        assert isinstance(shown, HomeScreen)
        # The cursor is on what was left, so that enter starts no second one.
        await wait_until(pilot, lambda: (chosen := shown._chosen()) and chosen.name == "the_run")
        assert not shown.query_one("#filter").display
        assert app.focused is shown.query_one(OptionList)


async def test_an_engine_that_does_not_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, [], (PRESET,))

    def open_choice(choice: HomeChoice, *, look: bool, **_: object) -> Path:
        raise EngineFailed(f"the engine [of] {choice.name} did not start, look is {look}")

    monkeypatch.setattr(home, "open_choice", open_choice)
    app = Dashboard()
    async with app.run_test(size=(100, 30)) as pilot:
        await wait_until(pilot, lambda: app.screen.query_one(OptionList).highlighted is not None)
        await pilot.press("enter")
        await sees(pilot, "the engine [of]")
        await pilot.press("q")
        await wait_until(pilot, lambda: app.return_value is not None)


def test_an_experiment_whose_data_are_missing_is_refused_before_anything_is_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def missing(*_: object) -> None:
        raise UnknownTask("mnist is not on this machine")

    monkeypatch.setenv("GALAPAGOS_HOME", str(tmp_path))
    monkeypatch.setattr("galapagos.tasks.datasets.require_dataset", lambda *_, **__: missing())
    choice = next(choice for choice in home_choices.home_choices() if choice.name == "wlnn/mnist-backprop")
    with pytest.raises(UnknownTask, match="mnist is not on this machine"):
        home_choices.open_choice(choice)
    assert not list(tmp_path.glob("runs/*"))


async def test_e_edits_the_parameters_of_an_experiment_before_it_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(monkeypatch, [], (PRESET,))
    opened = record_openings(monkeypatch, tmp_path)
    monkeypatch.setattr(home, "_parameters_of", lambda _: Parameters(env_name="CartPoleSwingUp"))
    app = Dashboard()
    async with app.run_test(size=(100, 30)) as pilot:
        await sees(pilot, PRESET.name)
        await pilot.press("e")
        await wait_until(pilot, lambda: isinstance(app.screen, StartParametersScreen))
        await pilot.press("slash", *"num_trials", "enter", "enter")
        await pilot.press("backspace", "5", "enter", "a")
        await wait_until(pilot, lambda: opened)
    assert opened == [Opened(PRESET.name, overrides={"num_trials": 5})]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_newest_saved_elites_are_offered_and_enter_opens_the_library_at_one(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    use_home(tmp_path, monkeypatch)
    save_three(monkeypatch)
    monkeypatch.setattr(HomeScreen, "now", NOW)
    offer(monkeypatch, [], (PRESET,))
    app = Dashboard()
    async with app.run_test(size=size) as pilot:
        await sees(pilot, "Saved elites")
        await pilot.press("tab", "j")
        await sees(pilot, "An elite that was saved 2 h ago.")
        for words in ("3 saved elites", "balancer", "CartPoleSwingUp · 700.0 · ", "a stack"):
            await sees(pilot, words)
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, LibraryScreen))
        library = app.screen
        assert isinstance(library, LibraryScreen)
        await wait_until(
            pilot, lambda: library.highlighted is not None and library.highlighted.name == "digits"
        )
        await pilot.press("q")
        await sees(pilot, "Saved elites")


async def test_a_click_highlights_a_line_and_a_second_click_opens_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    offer(monkeypatch, [run_info("a_run", "stopped", 1.0)], (PRESET,))
    opened = record_openings(monkeypatch, tmp_path)
    app = Dashboard()
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "a_run")
        row = next(row for row, line in enumerate(screen_lines(app)) if "a_run" in line)
        await pilot.click(offset=(8, row))
        await sees(pilot, "Enter starts its engine again")
        await pilot.click(offset=(8, row - 1))  # a heading
        assert opened == []
        await pilot.click(offset=(8, row), times=2)
        await wait_until(pilot, lambda: isinstance(app.screen, RunScreen))
        assert opened == [Opened("a_run")]
