"""What the palette finds beside the actions of a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.command import CommandPalette

from galapagos.parameter_declarations import Change
from galapagos.parameter_files import describe
from tests.engine.fakes import FakeHost, elite_id
from tests.tui.dashboards import open_run
from tui.palette import Palette
from tui.screens.help import HelpScreen
from tui.screens.parameters import ParametersScreen

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.dashboards import RunUnderTest


async def choose(run: RunUnderTest, words: str, line: str) -> None:
    """Type words into the palette and take the line that is expected to come first."""
    await run.press("colon")
    await run.until(lambda: isinstance(run.app.screen, CommandPalette))
    await run.press(*("space" if letter == " " else "colon" if letter == ":" else letter for letter in words))
    await run.sees(line)
    await run.pilot.pause()
    await run.press("enter")
    await run.pilot.pause()
    if isinstance(run.app.screen, CommandPalette):
        await run.press("enter")


def names(run: RunUnderTest) -> list[str]:
    return [entry.name for entry in Palette(run.app.screen).entries()]


async def test_every_elite_every_live_parameter_every_theme_and_word_is_there(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        found = names(run)
        assert f"Elite 3: 731.2 with 34 connections ({elite_id(3)[:8]})" in found
        assert sum(name.startswith("Elite ") for name in found) == 4
        live = [item.name for item in describe() if item.change is not Change.FIXED]
        assert [name.removeprefix("set ") for name in found if name.startswith("set ")] == live
        assert {"Theme: nord", "Theme: colour-blind-dark", "What is: QD score"} <= set(found)


async def test_an_elite_is_moved_to(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await choose(run, "elite 1", "Elite 1: 312.4")
        await run.until(lambda: run.screen.highlighted is not None and run.screen.highlighted.level == 1)


async def test_a_parameter_opens_the_editor_in_its_field(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await choose(run, "set complexity_lev", "set complexity_levels")
        await run.until(lambda: isinstance(run.app.screen, ParametersScreen))
        editor = run.app.screen
        assert isinstance(editor, ParametersScreen)
        await run.until(lambda: editor.chosen == "complexity_levels" and editor.is_typing)
        await run.press("escape")
        await choose(run, "set confirm_t", "set confirm_trials")
        await run.until(lambda: editor.chosen == "confirm_trials" and editor.is_typing)
        # It follows the run by itself.
        await run.show(pending={"num_trials": 9})
        await run.until(lambda: editor.edits.pending == {"num_trials": 9})


async def test_a_word_is_explained(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await choose(run, "what is: crowd", "What is: crowding distance")
        await run.until(lambda: isinstance(run.app.screen, HelpScreen))
        await run.sees("How far a network stands")


async def test_where_nothing_runs_it_offers_what_needs_no_run(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("question_mark")
        await run.until(lambda: isinstance(run.app.screen, HelpScreen))
        assert not any(name.startswith(("Elite", "set ")) for name in names(run))
        assert "Theme: nord" in names(run)
