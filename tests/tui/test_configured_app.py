"""The dashboard under a person's settings: nothing in them keeps it from starting."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest
from textual.command import CommandPalette

from galapagos.engine.commands import Pause, Pin
from tests.engine.fakes import FakeHost, elite_id
from tests.tui.dashboards import open_run
from tui import configured_app, dashboard
from tui.configured_app import settings_problems
from tui.dashboard import Dashboard
from tui.user_settings import KeyWish, UserSettings, _Reader
from tui.widgets.fitness_plot import FitnessPlot
from tui.widgets.scatter import Scatter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.tui.dashboards import RunUnderTest

SIZES = [(80, 24), (120, 40), (200, 60)]


@asynccontextmanager
async def run_with(
    settings: UserSettings,
    directory: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    size: tuple[int, int] = (120, 40),
    ascii_only: bool = False,
) -> AsyncIterator[RunUnderTest]:
    """Open a run in a dashboard that follows settings."""
    configured = partial(Dashboard, settings=settings, ascii_only=ascii_only)
    monkeypatch.setattr("tests.tui.dashboards.Dashboard", configured)
    async with open_run(FakeHost(), directory, size=size) as run:
        yield run


def settings_of(text: str) -> UserSettings:
    return _Reader("config.yaml").read(text.encode())


async def test_keys_are_as_somebody_wants_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of('keys: {run.pause: "p,f5", run.pin: space}')
    async with run_with(settings, tmp_path, monkeypatch) as run:
        await run.press("p")
        await run.until(lambda: run.commands == [Pause()])
        await run.press("space")
        await run.until_commands(2)
        assert run.commands[1] == Pin(elite_id(3), "pin")
        await run.sees("p Pause")


async def test_the_foot_of_a_small_screen_has_the_same_actions_under_other_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of("keys: {run.pause: p, run.pin: space}")
    async with run_with(settings, tmp_path, monkeypatch, size=(80, 24)) as run:
        await run.sees("p Pause")
        assert "space Pin" not in run.text


async def test_keys_that_collide_are_told_and_the_usual_ones_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of("keys:\n  run.pause: i\n  run.drop: f5\n")
    async with run_with(settings, tmp_path, monkeypatch) as run:
        await run.until(lambda: run.toasts)
        assert "config.yaml:2: run.pause: i is the key of run.inject (Inject) already" in run.toasts[0]
        await run.press("space")
        await run.until(lambda: run.commands == [Pause()])


async def test_whatever_is_wrong_it_starts_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of("theme: [x]\nmouse: [/nope]\nx: 1\ny: 1\nz: 1\nkeys: {run.pasue: 1, '': 2}")
    async with run_with(settings, tmp_path, monkeypatch) as run:
        await run.until(lambda: run.toasts)
        assert "config.yaml:1: theme: a list or a mapping" in run.toasts[0]
        assert "galapagos doctor says the others" in run.toasts[0]
        await run.sees("Elites by connections")


async def test_a_theme_is_taken_by_its_short_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with run_with(UserSettings(theme="colour-blind"), tmp_path, monkeypatch) as run:
        assert run.app.theme == "colour-blind-dark"


async def test_a_theme_that_is_none_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with run_with(UserSettings(theme="drak", theme_line=3), tmp_path, monkeypatch) as run:
        await run.until(lambda: run.toasts)
        assert run.toasts == ["config.yaml:3: theme: 'drak' is no theme; did you mean dark?"]
        assert run.app.theme == "textual-dark"


async def test_a_chosen_theme_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[tuple[str, ...]] = []

    def remember(*what: str) -> str:
        written.append(what)
        return ""

    monkeypatch.setattr(configured_app, "remember", remember)
    async with run_with(UserSettings(), tmp_path, monkeypatch) as run:
        run.app.action_change_theme()
        await run.until(lambda: isinstance(run.app.screen, CommandPalette))
        await run.sees("Theme: colour-blind-dark")
        await run.press(*"no-colour")
        await run.sees("Take these colours")
        await run.press("enter")
        await run.pilot.pause()
        if isinstance(run.app.screen, CommandPalette):
            await run.press("enter")
        await run.until(lambda: written)
        assert run.app.theme == "no-colour"
        assert written == [("theme", "no-colour")]


async def test_what_cannot_be_remembered_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configured_app, "remember", lambda *_: "theme is not remembered: [/x]: no room")
    async with run_with(UserSettings(), tmp_path, monkeypatch) as run:
        run.app.action_theme("nord")
        await run.until(lambda: run.toasts == ["theme is not remembered: [/x]: no room"])


async def test_without_settings_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configured_app, "remember", lambda *_: pytest.fail("something is written"))
    async with open_run(FakeHost(), tmp_path) as run:
        run.app.action_theme("nord")
        await run.pilot.pause()
        assert run.app.theme == "nord"


async def test_the_mouse_is_off_until_somebody_wants_it(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        assert not run.app.uses_mouse
        await run.press("M")
        await run.until(lambda: run.app.uses_mouse)
        assert "the mouse works here" in run.toasts[0]
        await run.press("M")
        await run.until(lambda: not run.app.uses_mouse)


@pytest.mark.parametrize("size", SIZES)
async def test_plain_characters_are_all_that_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    async with run_with(UserSettings(), tmp_path, monkeypatch, size=size, ascii_only=True) as run:
        assert run.text.isascii()
        assert run.screen.query_one(FitnessPlot).ascii_only
        assert run.screen.query_one(Scatter).ascii_only
        for key in ("question_mark", "escape", "e", "colon", "escape"):
            await run.press(key)
            await run.pilot.pause()
            assert run.text.isascii(), run.text
        assert "+-" in run.text


async def test_a_key_is_named_where_its_sign_could_not_be_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with run_with(UserSettings(), tmp_path, monkeypatch, ascii_only=True) as run:
        await run.sees("enter Inspect")


def test_doctor_gets_everything_at_once_in_the_order_of_the_file() -> None:
    settings = UserSettings(
        keys={"run.pause": KeyWish("e", 4)},
        theme="drak",
        problems=("config.yaml:1: something", "config.yaml:10: more"),
        place="config.yaml",
        theme_line=2,
    )
    first, second, third, fourth = settings_problems(settings)
    assert first == "config.yaml:1: something"
    assert second.startswith("config.yaml:2: theme: 'drak' is no theme")
    assert third.startswith("config.yaml:4: run.pause: e is the key of run.parameters")
    assert fourth == "config.yaml:10: more"
    assert settings_problems(UserSettings()) == []
    assert dashboard.Dashboard().settings == UserSettings()
