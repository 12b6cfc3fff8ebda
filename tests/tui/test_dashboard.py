"""What all screens share: themes, the way out, held frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.engine.fakes import FakeHost
from tests.tui.dashboards import open_run
from tui import dashboard
from tui.dashboard import Dashboard
from tui.driver import TerminalLost
from tui.user_settings import UserSettings

if TYPE_CHECKING:
    from pathlib import Path

    from galapagos.engine.snapshot import Snapshot
    from tests.tui.dashboards import RunUnderTest


def test_without_colours_the_ansi_themes_give_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = Dashboard()
    for theme in ("ansi-dark", "ansi-light"):
        app.theme = theme
        assert app.theme == "textual-dark"


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [("ansi", "textual-dark"), ("colour-blind", "colour-blind-dark"), ("none", "no-colour")],
)
def test_without_colours_a_theme_of_the_settings_is_taken_unless_it_is_ansi(
    monkeypatch: pytest.MonkeyPatch, wanted: str, taken: str
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert Dashboard(settings=UserSettings(theme=wanted)).theme == taken


def test_with_colours_any_theme_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    app = Dashboard()
    for theme in ("ansi-dark", "textual-light"):
        app.theme = theme
        assert app.theme == theme


async def test_every_kind_of_theme_can_be_drawn(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        for theme in ("ansi-dark", "ansi-light", "textual-light", "nord"):
            run.app.theme = theme
            await run.sees("Elites by connections")


async def test_when_the_terminal_is_gone_it_detaches(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        run.app.post_message(TerminalLost())
        await run.until(lambda: run.app.return_value is not None)
    assert run.commands == []


async def test_frames_are_held_while_the_terminal_does_not_take_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = [0]
    monkeypatch.setattr(Dashboard, "_backlog", property(lambda _: waiting[0]))
    async with open_run(FakeHost(), tmp_path) as run:
        waiting[0] = dashboard.MOST_WAITING_WRITES + 1
        await run.press("down")
        await run.until(lambda: run.app._release_timer is not None)
        assert run.app._batch_count > 0
        waiting[0] = 0
        await run.until(lambda: run.app._release_timer is None)
        assert run.app._batch_count == 0
        await run.show(generation=333)
        await run.sees("333")


async def until_known(run: RunUnderTest, picture: Snapshot) -> None:
    await run.until(lambda: run.screen.snapshot is not None and run.screen.snapshot == picture)


async def test_what_changes_below_a_screen_that_covers_it_paints_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = FakeHost()
    async with open_run(host, tmp_path) as run:
        await run.press("2")
        await run.until(lambda: type(run.app.screen).__name__ == "CurvesScreen")
        for _ in range(20):
            await run.pilot.pause(0.02)
        painted: list[str] = []
        monkeypatch.setattr(
            type(run.app), "_display", lambda _, screen, update: painted.append(f"{screen} {update}")
        )
        for number in range(1, 5):
            picture = host.show(generation=300 + number)
            run.server.publish(picture)
            await until_known(run, picture)
            await run.pilot.pause(0.05)
        assert painted == []
        monkeypatch.undo()
        await run.press("escape")
        await run.sees("304")
