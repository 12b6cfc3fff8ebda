"""What the parameter editor knows of files: what a run began with, its history, values saved and loaded."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.widgets import Input, OptionList

from galapagos.parameter_files import dump_parameters, load_parameters
from galapagos.parameters import Parameters
from tests.engine.fakes import FakeHost, snapshot
from tests.tui.dashboards import open_run
from tests.tui.parameter_editors import SMALL, open_editor, type_value
from tui.screens.library_prompts import LinePrompt

if TYPE_CHECKING:
    from pathlib import Path


async def test_it_shows_what_is_not_as_in_the_file_and_who_changed_it(tmp_path: Path) -> None:
    parameters = Parameters(num_trials=7).model_dump(mode="json")
    journal = [{"type": "parameters", "generation": 1201, "changes": {"num_trials": [3, 7]}}]
    async with open_run(
        FakeHost(snapshot(parameters=parameters)), tmp_path, size=SMALL, journal=journal
    ) as run:
        directory = run.screen.link.run_directory
        (directory / "parameters.yaml").write_text(dump_parameters(Parameters()))
        (directory / "commands.jsonl").write_bytes(
            b'{"generation":1201,"command":{"command":"set","changes":{"num_trials":7},"client":"client 4"}}'
            b"\n"
        )
        editor = await open_editor(run, "num_trials")
        await run.sees("≠ num_trials                    7 episodes  file 3")
        await run.sees("≠ 1 not as in the file")
        await run.sees("in the file 3")
        await run.sees("last change 3 → 7 in generation 1 201, by client 4")
        await run.press("slash", "escape", "c")
        await run.sees("only what is changed: c shows all")
        options = editor.query_one("#parameters", OptionList).options
        assert [option.id for option in options if option.id] == ["num_trials"]
        await run.press("c")
        await run.until(lambda: len(editor.query_one("#parameters", OptionList).options) > 40)


async def test_with_nothing_changed_the_filter_says_so(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=SMALL) as run:
        await open_editor(run)
        await run.press("c")
        await run.sees("nothing is changed")


async def test_the_history_leads_to_a_parameter_and_brings_its_old_value_back(tmp_path: Path) -> None:
    journal = [
        {"type": "parameters", "generation": 3, "changes": {"num_trials": [5, 3]}},
        {"type": "parameters", "generation": 9, "changes": {"complexity_levels": [4, 8]}},
    ]
    async with open_run(FakeHost(), tmp_path, size=SMALL, journal=journal) as run:
        editor = await open_editor(run)
        await run.until(lambda: editor.last_change("num_trials"))
        await run.press("H")
        await run.sees("generation 3  num_trials         5 → 3")
        await run.press("j", "enter")
        await run.until(lambda: run.app.screen is editor and editor.chosen == "num_trials")
        assert editor.edits.edits == {}
        await run.press("H", "j", "b")
        await run.until(lambda: editor.edits.edits == {"num_trials": 5})
        await run.press("H", "k", "escape")
        await run.until(lambda: run.app.screen is editor)


async def test_a_history_of_nothing_says_so(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=SMALL) as run:
        editor = await open_editor(run)
        await run.press("H")
        await run.sees("No parameter was changed since the run began.")
        await run.press("enter")
        await run.until(lambda: run.app.screen is editor)


async def test_a_history_of_another_version_and_of_hostile_names_is_shown(tmp_path: Path) -> None:
    journal = [
        {"type": "parameters", "generation": 3, "changes": {"[red]\x1b[2Jgone": ["[/nope]", "日" * 5000]}},
        {"type": "parameters", "generation": 4, "changes": {"seed": [1, 2]}},
        {"type": "parameters", "generation": "x", "changes": 3},
    ]
    async with open_run(FakeHost(), tmp_path, journal=journal) as run:
        editor = await open_editor(run)
        await run.until(lambda: editor.last_change("seed"))
        await run.press("H")
        await run.sees("[red]gone  [/nope] → 日")
        await run.press("j", "b")
        await run.until(lambda: "[red]gone is no parameter of this version" in run.toasts)
        await run.press("H", "b")
        await run.until(lambda: any("fixed" in toast for toast in run.toasts))


async def test_all_values_are_saved_and_loaded_again(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    async with open_run(FakeHost(), tmp_path, size=SMALL) as run:
        editor = await open_editor(run, "num_trials")
        await type_value(run, "5")
        await run.press("enter", "S")
        await run.until(lambda: isinstance(run.app.screen, LinePrompt))
        await run.sees("CartPoleSwingUp.yaml")
        run.app.screen.query_one(Input).value = str(path)
        await run.press("enter")
        await run.until(path.is_file)
        assert load_parameters(path) == Parameters(num_trials=5)
        path.write_text(dump_parameters(Parameters(num_trials=6, seed=9)))
        await run.press("O")
        await run.until(lambda: isinstance(run.app.screen, LinePrompt))
        run.app.screen.query_one(Input).value = str(path)
        await run.press("enter")
        await run.until(lambda: editor.edits.edits == {"num_trials": 6})
        await run.until(lambda: "1 value differs and became edits; fixed in a run" in "".join(run.toasts))
        assert "left as they are: seed" in run.toasts[-1]
        await run.press("u")
        await run.until(lambda: editor.edits.edits == {"num_trials": 5})


async def test_a_file_that_is_there_is_written_over_only_when_it_is_asked_for_twice(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("old")
    async with open_run(FakeHost(), tmp_path, size=SMALL) as run:
        await open_editor(run)
        await run.press("S")
        await run.until(lambda: isinstance(run.app.screen, LinePrompt))
        run.app.screen.query_one(Input).value = str(path)
        await run.press("enter")
        await run.sees("enter once more writes over it")
        assert path.read_text() == "old"
        await run.press("enter")
        await run.until(lambda: path.read_text() != "old")


async def test_what_cannot_be_saved_or_loaded_is_told(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=SMALL) as run:
        editor = await open_editor(run)
        for key, text, told in (
            ("S", "/proc/nowhere/x.yaml", "No such file"),
            ("O", "no/such-preset", "no such file and no preset of that name"),
        ):
            await run.press(key)
            await run.until(lambda: isinstance(run.app.screen, LinePrompt))
            run.app.screen.query_one(Input).value = text
            await run.press("enter")
            await run.until(partial(lambda told: any(told in toast for toast in run.toasts), told))
        editor.edits.edit("p_add_node", "0.9")
        await run.press("S")
        await run.until(lambda: any("must sum to 1" in toast for toast in run.toasts))
        assert run.app.screen is editor
