"""The layouts of the run screen, and the panel that has the whole of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.screen import Screen

from tests.engine.fakes import FakeHost
from tests.tui.dashboards import RunUnderTest, open_run
from tests.tui.experiments import host_of
from tests.tui.journals import journal_of
from tui.screens.elite import EliteScreen

if TYPE_CHECKING:
    from pathlib import Path

    from textual.widget import Widget

SIZES = [(80, 24), (120, 40), (200, 60)]
PANELS = ("elites", "fitness", "elite", "scatter", "happenings", "system")


def seen(run: RunUnderTest) -> set[str]:
    """Return the ids of the panels that have room on the screen."""
    panels: list[Widget] = [run.screen.query_one(f"#{name}") for name in PANELS]
    return {str(panel.id) for panel in panels if panel.display and panel.region.area}


async def until_seen(run: RunUnderTest, panels: set[str]) -> None:
    await run.until(lambda: seen(run) == panels)


async def until_maximized(run: RunUnderTest, panel: Widget) -> None:
    await run.until(lambda: run.screen.maximized is panel)


@pytest.mark.parametrize("size", SIZES)
async def test_the_layouts_come_one_after_the_other_and_begin_again(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with open_run(FakeHost(), tmp_path, size=size, journal=journal_of("wann-gym")) as run:
        low = size[1] < 32
        overview = seen(run)
        assert "system" not in overview
        for expected in (
            {"fitness"} if low else {"elites", "fitness", "happenings"},
            {"elite", "scatter"} if low else {"elites", "elite", "scatter"},
            {"system"} if low else {"elites", "system", "happenings"},
            overview,
        ):
            await run.press("P")
            await until_seen(run, expected)
            assert sum(run.screen.query_one(f"#{name}").region.area for name in seen(run)) == (
                run.screen.query_one("#panels").region.area
            )


async def test_the_system_is_looked_at_while_it_is_seen(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("P", "P", "P")
        await run.sees("processors")
        await run.sees("memory")
        await run.sees("worker")


async def test_where_one_network_learns_there_is_no_population(tmp_path: Path) -> None:
    async with open_run(host_of("learning"), tmp_path, journal=journal_of("learning")) as run:
        await run.press("P", "P")
        await run.until(lambda: "system" in seen(run))


@pytest.mark.parametrize("size", SIZES)
async def test_the_panel_with_the_focus_gets_the_whole_screen_and_gives_it_back(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with open_run(FakeHost(), tmp_path, size=size, journal=journal_of("wann-gym")) as run:
        before, panels = seen(run), []
        for back in ("z", "escape"):
            focused = run.app.focused
            assert focused is not None
            await run.press("z")
            await until_maximized(run, focused)
            assert "? Help" in run.text.split("\n")[-1]
            panels.append(focused.id)
            await run.press(back)
            await run.until(lambda: run.screen.maximized is None)
            assert seen(run) == before
            await run.press("tab")
        assert panels[0] == "elites"
        assert panels[1] != "elites"


async def test_a_screen_that_is_left_at_once_does_not_hold_the_panels_up_for_ever(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        run.app.push_screen(Screen())
        await run.until(lambda: run.app.screen is not run.screen)
        assert run.screen.panels is not None
        # As when that screen was told of the next frame, and forgot it when it was left.
        run.screen.panels._drawing = True
        run.app.pop_screen()
        await run.until(lambda: run.app.screen is run.screen)
        await run.show(generation=230)
        await run.sees("generation 230")


async def test_a_layout_gives_the_screen_back_first(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("z", "P")
        await run.until(lambda: run.screen.maximized is None and "scatter" not in seen(run))


async def test_enter_shows_the_elite_in_every_layout(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("P", "enter")
        await run.until(lambda: isinstance(run.app.screen, EliteScreen))
        await run.sees("made by")
