"""The screens that the run screen opens, each by its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.engine.fakes import FakeHost, elite_id
from tests.tui.dashboards import open_run
from tests.tui.elite_screens import Computed
from tests.tui.watching import FakeLink
from tui.screens import elite_actions
from tui.screens.archive import ArchiveScreen
from tui.screens.curves import CurvesScreen
from tui.screens.elite import EliteScreen
from tui.screens.watch import WatchScreen

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


async def test_w_shows_the_highlighted_elite_at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.screens.watch.EpisodeLink", FakeLink)
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("home", "w")
        await run.until(lambda: isinstance(run.app.screen, WatchScreen))
        await run.sees(f"elite 1 {elite_id(1)[:8]}")
        await run.press("escape")
        await run.until(lambda: run.app.screen is run.screen)


async def test_3_gives_the_highlighted_elite_the_whole_screen(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("home", "3")
        await run.until(lambda: isinstance(run.app.screen, EliteScreen))
        await run.sees("Network")
        await run.press("escape")
        await run.until(lambda: run.app.screen is run.screen)


async def test_r_evaluates_the_highlighted_elite_again_beside_a_living_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed = Computed()
    monkeypatch.setattr(elite_actions, "evaluate_elite", computed.evaluate)
    async with open_run(FakeHost(), tmp_path, readonly=True) as run:
        await run.press("home", "r")
        await run.sees("Evaluate again, starts a weight")
        await run.press("ctrl+u", "4", "0", "enter")
        await run.sees("again       541.0 ±21.8   40 other starts")
        await run.sees("the run's archive keeps its own score")
        await run.until(lambda: len(run.toasts) == 1)
        assert run.toasts[0].endswith("over 40 starts a weight; the run's archive keeps its own score")
        assert computed.asked == [(elite_id(1), 40)]
        assert run.commands == []
        await run.press("escape")
        await run.until(lambda: run.app.screen is run.screen)
        # What it came to is known as long as the run is on the screen.
        await run.press("3", "2")
        await run.sees("again       541.0 ±21.8   40 other starts")


async def test_4_shows_the_archive(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("4")
        await run.until(lambda: isinstance(run.app.screen, ArchiveScreen))
        await run.press("escape")
        await run.until(lambda: run.app.screen is run.screen)


async def test_2_gives_the_curves_the_whole_screen(tmp_path: Path) -> None:
    journal = [
        {"type": "generation", "generation": number, "best_fitness": 10.0 * number} for number in range(30)
    ]
    async with open_run(FakeHost(), tmp_path, journal=journal) as run:
        await run.press("2")
        await run.until(lambda: isinstance(run.app.screen, CurvesScreen))
        await run.press("escape")
        await run.until(lambda: run.app.screen is run.screen)
