"""The parameter editor on a scripted engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input, OptionList

from galapagos.engine.commands import SetParameters
from galapagos.parameter_files import describe
from galapagos.parameters import Parameters
from tests.engine.fakes import FakeHost, snapshot
from tests.tui.dashboards import open_run
from tests.tui.parameter_editors import SMALL, open_editor, type_value
from tui.screens.quit import UnsavedScreen

if TYPE_CHECKING:
    from pathlib import Path


async def test_it_lists_every_parameter_in_groups(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=SMALL) as run:
        editor = await open_editor(run)
        options = editor.query_one("#parameters", OptionList).options
        assert [option.id for option in options if option.id] == [item.name for item in describe()]
        assert [str(option.prompt) for option in options if not option.id] == list(
            dict.fromkeys(str(item.group) for item in describe())
        )


async def test_an_edit_reaches_the_run_and_is_pending_until_the_next_generation(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=SMALL) as run:
        editor = await open_editor(run, "num_trials")
        await type_value(run, "7")
        await run.press("enter")
        await run.sees("3 → 7")
        await run.sees("1 edited, not applied")
        assert run.commands == []
        await run.press("a")
        await run.until(lambda: run.commands == [SetParameters({"num_trials": 7})])
        await run.sees("1 pending until generation 216")
        await run.show(
            generation=216, pending={}, parameters=Parameters(num_trials=7).model_dump(mode="json")
        )
        await run.until(lambda: editor.edits.acting.num_trials == 7)
        await run.until(lambda: "pending until" not in run.text)


async def test_a_field_follows_what_acts_until_somebody_types_into_it(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=SMALL) as run:
        editor = await open_editor(run, "num_trials")
        field = editor.query_one("#value", Input)
        await run.show(parameters=Parameters(num_trials=9).model_dump(mode="json"))
        await run.until(lambda: field.value == "9")
        await type_value(run, "7")
        await run.show(parameters=Parameters(num_trials=8).model_dump(mode="json"))
        await run.until(lambda: editor.edits.acting.num_trials == 8)
        assert field.value == "7"


async def test_in_a_field_the_last_line_says_what_enter_and_escape_do_there(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=SMALL) as run:
        await open_editor(run, "complexity_levels")
        await run.press("enter")
        await run.sees("enter takes the value, esc leaves it as it was")
        await run.press("escape")
        await run.sees("enter edits a value")
        await run.press("slash")
        await run.sees("enter goes to what is found, esc shows everything again")


async def test_several_edits_are_applied_together(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=SMALL) as run:
        editor = await open_editor(run)
        for name, text in (("p_add_node", "0.5"), ("p_change_activation", "0.25")):
            editor.edits.edit(name, text)
        editor.action_apply()
        await run.until(
            lambda: run.commands == [SetParameters({"p_add_node": 0.5, "p_change_activation": 0.25})]
        )


async def test_what_does_not_fit_the_others_is_said_and_not_sent(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=SMALL) as run:
        await open_editor(run, "p_add_node")
        await type_value(run, "0.9")
        await run.sees("= 1.65")
        await run.press("enter", "a")
        await run.until(lambda: run.toasts)
        assert run.commands == []


async def test_a_value_out_of_range_is_told_while_it_is_typed(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=SMALL) as run:
        editor = await open_editor(run, "complexity_levels")
        await type_value(run, "99")
        await run.sees("99 is out of range")
        await run.press("enter")
        assert editor.edits.edits == {}
        await run.press("backspace", "enter")
        await run.until(lambda: editor.edits.edits == {"complexity_levels": 9})


async def test_f2_applies_while_typing(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=SMALL) as run:
        await open_editor(run, "num_trials")
        await type_value(run, "5")
        await run.press("f2")
        await run.until(lambda: run.commands == [SetParameters({"num_trials": 5})])


async def test_space_takes_the_next_choice_and_greys_what_is_no_longer_read(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=SMALL) as run:
        editor = await open_editor(run, "reproduction")
        assert editor.edits.reason_not_read("generation_size")
        await run.press("space")
        await run.until(lambda: editor.edits.edits == {"reproduction": "elites"})
        assert not editor.edits.reason_not_read("generation_size")
        assert editor.edits.reason_not_read("tournament_size")


async def test_fixed_parameters_cannot_be_edited(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=SMALL) as run:
        editor = await open_editor(run, "env_name")
        await run.press("enter")
        await run.until(lambda: run.toasts)
        assert not isinstance(editor.focused, Input)
        await run.sees("never in a run")


async def test_undo_takes_back_an_edit_and_then_the_last_applied_change(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=SMALL) as run:
        editor = await open_editor(run, "num_trials")
        await type_value(run, "5")
        await run.press("f2")
        await run.until(lambda: len(run.commands) == 1 and not editor.edits.edits)
        await type_value(run, "6")
        await run.press("enter")
        await run.until(lambda: editor.edits.edits == {"num_trials": 6})
        await run.press("u")
        await run.until(lambda: editor.edits.edits == {})
        await run.press("ctrl+z")
        await run.until(lambda: run.commands[1:] == [SetParameters({"num_trials": 3})])


async def test_redo_does_an_edit_again_and_then_the_last_applied_change(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=SMALL) as run:
        editor = await open_editor(run, "num_trials")
        await type_value(run, "5")
        await run.press("f2")
        await run.until(lambda: len(run.commands) == 1 and not editor.edits.edits)
        await run.press("u")
        await run.until(lambda: run.commands[1:] == [SetParameters({"num_trials": 3})])
        await run.press("U")
        await run.until(lambda: run.commands[2:] == [SetParameters({"num_trials": 5})])
        await run.press("space", "ctrl+r")
        await run.press("escape", "ctrl+r")
        await run.until(lambda: any("there is nothing to do again" in toast for toast in run.toasts))
        await type_value(run, "8")
        await run.press("enter", "u", "U")
        await run.until(lambda: editor.edits.edits == {"num_trials": 8})


async def test_a_redo_that_is_refused_can_be_tried_again(tmp_path: Path) -> None:
    host = FakeHost()
    async with open_run(host, tmp_path, size=SMALL) as run:
        editor = await open_editor(run, "num_trials")
        await type_value(run, "5")
        await run.press("f2")
        await run.until(lambda: len(run.commands) == 1 and not editor.edits.edits)
        await run.press("u")
        await run.until_commands(2)
        host.refusal = "not now"
        await run.press("U")
        await run.until(lambda: any("not now" in toast for toast in run.toasts))
        host.refusal = None
        await run.press("U")
        await run.until_commands(3)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_everything_has_its_place(tmp_path: Path, size: tuple[int, int]) -> None:
    async with open_run(FakeHost(), tmp_path, size=size) as run:
        await open_editor(run, "complexity_levels")
        lines = run.text.split("\n")
        assert lines[0].startswith("╭─ Parameters ─")
        assert "│ complexity_levels" in lines[1]
        assert any("  complexity_levels             8 levels" in line for line in lines)
        assert any("─ complexity_levels ─" in line for line in lines)
        assert any("a whole number from 1 to 64" in line for line in lines)
        assert lines[-2].strip() == "enter edits a value"
        assert lines[-1].startswith("/ Search a Apply u Undo space Next c Changed H History")
        assert "? Help" in lines[-1]


async def test_leaving_with_edits_asks(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=SMALL) as run:
        editor = await open_editor(run, "num_trials")
        await type_value(run, "5")
        await run.press("enter", "escape")
        await run.until(lambda: isinstance(run.app.screen, UnsavedScreen))
        await run.press("escape")
        await run.until(lambda: run.app.screen is editor)
        await run.press("escape", "d")
        await run.until(lambda: run.app.screen is run.screen)
        assert run.commands == []


async def test_the_question_can_apply_the_edits(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=SMALL) as run:
        await open_editor(run, "num_trials")
        await type_value(run, "5")
        await run.press("enter", "escape")
        await run.until(lambda: isinstance(run.app.screen, UnsavedScreen))
        await run.press("a")
        await run.until(lambda: run.commands == [SetParameters({"num_trials": 5})])
        await run.until(lambda: run.app.screen is run.screen)


async def test_hostile_values_are_shown_as_they_are(tmp_path: Path) -> None:
    parameters = {**Parameters().model_dump(mode="json"), "data_dir": "[/nope] [@click=app.bell]x[/]"}
    async with open_run(FakeHost(snapshot(parameters=parameters)), tmp_path) as run:
        await open_editor(run, "data_dir")
        await run.sees("[/nope] [@click=app.bell]x[/]")


async def test_it_works_at_any_size(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=SMALL) as run:
        editor = await open_editor(run, "num_trials")
        for count, size in enumerate(((40, 12), (200, 60), (1, 1)), start=1):
            await run.pilot.resize_terminal(*size)
            await type_value(run, str(3 + count))
            await run.press("f2")
            await run.until_commands(count)
            await run.until(lambda: editor.focused is not None and editor.focused.id == "parameters")
        assert run.commands[-1] == SetParameters({"num_trials": 6})


async def test_readonly_looks_and_does_not_change(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, readonly=True) as run:
        await open_editor(run, "num_trials")
        await type_value(run, "4")
        await run.press("f2")
        await run.until(lambda: run.toasts)
        assert "readonly" in run.toasts[-1]
        assert run.commands == []
