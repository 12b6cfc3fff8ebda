"""What the palette finds beside the actions of a screen."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from textual.binding import Binding
from textual.command import CommandPalette
from textual.widgets import Input

from galapagos.errors import LibraryError
from galapagos.parameter_declarations import Change
from galapagos.parameter_files import describe
from library_store import Library
from tests.engine.fakes import FakeHost, elite_id
from tests.tui.dashboards import open_run
from tests.tui.libraries import save_three, use_home
from tui.palette import Palette
from tui.screens.archive import ArchiveScreen
from tui.screens.elite import EliteScreen
from tui.screens.help import HelpScreen
from tui.screens.library import LibraryScreen
from tui.screens.parameters import ParametersScreen

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.dashboards import RunUnderTest


async def choose(run: RunUnderTest, words: str, line: str) -> None:
    """Look for words in the palette and take the line that is expected to come first."""
    await run.press("colon")
    await run.until(lambda: isinstance(run.app.screen, CommandPalette))
    # All at once: with every letter on its own, the palette would look for each beginning of the words.
    run.app.screen.query_one(Input).value = words
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


@pytest.mark.parametrize("key", ["2", "3", "4", "e", "L"])
async def test_elites_and_parameters_are_there_on_every_screen_over_the_run(key: str, tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press(key)
        await run.until(lambda: run.app.screen is not run.screen)
        found = names(run)
        assert sum(name.startswith("Elite ") for name in found) == 4
        assert "set num_trials" in found
        await choose(run, "elite 1: 312", "Look at this elite")
        await run.until(lambda: isinstance(run.app.screen, EliteScreen))
        assert isinstance(run.app.screen, EliteScreen)
        assert run.app.screen.elite.id == elite_id(1)


async def test_a_parameter_is_edited_over_another_screen(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("4")
        await run.until(lambda: isinstance(run.app.screen, ArchiveScreen))
        await choose(run, "set complexity_lev", "set complexity_levels")
        await run.until(lambda: isinstance(run.app.screen, ParametersScreen))


HOSTILE = "[/nope] [@click=app.quit]x[/] balancer"


async def test_saved_elites_open_the_library_at_them_from_a_run_and_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_home(tmp_path, monkeypatch)
    newest, *_ = save_three(monkeypatch)
    with Library() as library:
        library.change(newest.id, name=HOSTILE, add_tags=["[b]bold"])
    async with open_run(FakeHost(), tmp_path) as run:
        await choose(run, "saved: digi", "Saved: digits")
        await run.until(lambda: isinstance(run.app.screen, LibraryScreen))
        screen = run.app.screen
        assert isinstance(screen, LibraryScreen)
        assert screen.steering is run.screen.steering
        await run.until(lambda: screen.highlighted is not None and screen.highlighted.name == "digits")
        await run.press("slash", *"stack", "enter")
        await choose(run, "saved nope", f"Saved: {HOSTILE}")
        await run.until(lambda: screen.highlighted is not None and screen.highlighted.name == HOSTILE)
        assert run.app.screen is screen
        # Over another screen there is no second library.
        await run.app.push_screen(ArchiveScreen(run.screen.link, run.screen.steering))
        assert not any(name.startswith("Saved: ") for name in names(run))


async def test_a_library_that_cannot_be_read_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_run(FakeHost(), tmp_path) as run:

        async def count() -> int:
            raise LibraryError("it cannot be read")

        monkeypatch.setattr(run.app.library, "count", count)
        await choose(run, "elite 1", "Elite 1: 312.4")
        await run.until(lambda: run.screen.highlighted is not None and run.screen.highlighted.level == 1)


@pytest.mark.parametrize("keys", ["", "2", "3", "4", "e", "L", "eH", "q"])
async def test_every_action_of_a_screen_that_can_be_done_is_there(keys: str, tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        for key in keys:
            before = run.app.screen
            await run.press(key)
            await run.until(partial(lambda before: run.app.screen is not before, before))
        await run.pilot.pause()
        screen = run.app.screen
        titles = " | ".join(command.title for command in run.app.get_system_commands(screen))
        for binding in screen.BINDINGS:
            assert isinstance(binding, Binding)
            active = [one for one in screen.active_bindings.values() if one.binding.id == binding.id]
            if active and active[0].enabled and binding.id != "app.palette":
                actions = {
                    one.binding.description
                    for one in screen.active_bindings.values()
                    if one.binding.action == binding.action
                }
                assert any(f"{name} (" in titles for name in actions), binding.id


async def test_where_nothing_runs_it_offers_what_needs_no_run(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("question_mark")
        await run.until(lambda: isinstance(run.app.screen, HelpScreen))
        assert not any(name.startswith(("Elite", "set ")) for name in names(run))
        assert "Theme: nord" in names(run)
