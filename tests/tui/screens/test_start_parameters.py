"""The parameters of an experiment before it starts."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Input, OptionList

from galapagos.parameter_files import load_parameters
from tests.tui.dashboards import ScreenUnderTest, wait_until
from tests.tui.screen_text import screen_lines
from tui.dashboard import Dashboard
from tui.screens.start_parameters import StartParametersScreen, StartScreen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.pilot import Pilot

PRESET = "wann-gym/CartPoleSwingUp"


class FormUnderTest(ScreenUnderTest):
    """The form over a home screen; `answers` holds what it answered.

    Args:
        pilot: Presses its keys.
        form: The form.
        answers: What it answered, empty until it did.
    """

    def __init__(self, pilot: Pilot[Any], form: StartParametersScreen, answers: list[Any]) -> None:
        super().__init__(pilot)
        self.form = form
        self.answers = answers


@asynccontextmanager
async def form_of(preset: str = PRESET, size: tuple[int, int] = (100, 30)) -> AsyncIterator[FormUnderTest]:
    """Open the form of a preset."""
    answers: list[Any] = []
    form = StartParametersScreen(preset, load_parameters(preset))
    app = Dashboard()
    async with app.run_test(size=size, notifications=True) as pilot:
        app.push_screen(form, answers.append)
        under_test = FormUnderTest(pilot, form, answers)
        await under_test.until(lambda: form.is_current and form.query(OptionList) and form.chosen)
        yield under_test


@pytest.fixture(autouse=True)
def no_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.screens.home.home_choices", list)


async def set_value(run: FormUnderTest, name: str, text: str) -> None:
    run.form.go_to(name, edit=True)
    await run.pilot.pause()
    run.form.query_one("#value", Input).value = text
    await run.pilot.press("enter")


async def test_what_is_edited_overrides_the_preset() -> None:
    async with form_of() as run:
        assert f"Parameters of {PRESET}" in run.text
        await set_value(run, "seed", "7")
        await set_value(run, "num_trials", "2")
        await run.until(lambda: "2 edited, a starts with them" in run.text)
        await run.pilot.press("a")
        await run.until(lambda: run.answers)
    assert run.answers == [{"seed": 7, "num_trials": 2}]
    changed = load_parameters(PRESET, **run.answers[0])
    assert (changed.seed, changed.num_trials) == (7, 2)


async def test_without_an_edit_it_starts_as_it_is() -> None:
    async with form_of() as run:
        await run.until(lambda: "a starts it as it is" in run.text)
        await run.pilot.press("a")
        await run.until(lambda: run.answers == [{}])


async def test_another_kind_of_experiment_answers_with_every_value_that_was_shown() -> None:
    async with form_of("wlnn/digits-backprop") as run:
        await set_value(run, "experiment", "learning")
        shown = run.form.edits.checked()
        await run.pilot.press("a")
        await run.until(lambda: run.answers)
    assert load_parameters("wlnn/digits-backprop", **run.answers[0]) == shown


async def test_what_does_not_fit_starts_nothing() -> None:
    async with form_of() as run:
        await set_value(run, "p_add_node", "0.9")
        await run.pilot.press("a")
        await run.until(lambda: "must sum to 1" in run.text)
        assert run.answers == []


@pytest.mark.parametrize(("key", "answer"), [("a", {"seed": 7}), ("d", None)])
async def test_leaving_with_edits_asks(key: str, answer: object) -> None:
    async with form_of() as run:
        await set_value(run, "seed", "7")
        for stay in ("escape", "q", "n"):
            await run.pilot.press("escape")
            await run.until(lambda: isinstance(run.pilot.app.screen, StartScreen))
            await run.pilot.press("j", "k", stay)
            await run.until(lambda: run.form.is_current)
        assert run.answers == []
        await run.pilot.press("escape", key)
        await run.until(lambda: run.answers == [answer])


async def test_leaving_without_edits_starts_nothing() -> None:
    async with form_of() as run:
        await run.pilot.press("q")
        await run.until(lambda: run.answers == [None])


async def test_there_is_no_history_and_nothing_to_undo() -> None:
    async with form_of() as run:
        assert run.form.check_action("history", ()) is False
        await run.pilot.press("u")
        await run.until(lambda: "there is nothing to undo" in run.text)


async def test_a_preset_with_a_hostile_name_is_shown_as_it_is() -> None:
    answers: list[Any] = []
    app = Dashboard()
    async with app.run_test(size=(100, 30)) as pilot:
        form = StartParametersScreen("[red]x\x1b[2J/[/nope].yaml", load_parameters(PRESET))
        app.push_screen(form, answers.append)
        await wait_until(pilot, lambda: "Parameters of [red]x/[/nope].yaml" in "\n".join(screen_lines(app)))
        assert form.suggested_file() == "nope].yaml"


async def test_it_works_at_any_size() -> None:
    async with form_of() as run:
        for number, size in enumerate([(80, 24), (120, 40), (200, 60), (1, 1)]):
            await run.pilot.resize_terminal(*size)
            await set_value(run, "seed", str(7 + number))
            await run.until(partial(lambda seed: run.form.edits.edits == {"seed": seed}, 7 + number))
            if size > (1, 1):
                assert f"Parameters of {PRESET}" in run.text
                assert "seed                          0 → " in run.text
