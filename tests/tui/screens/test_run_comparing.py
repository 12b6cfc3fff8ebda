"""Elites that are marked on the run screen, and the comparison that it opens of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.engine.fakes import FakeHost, elite_id
from tests.tui.dashboards import open_run
from tui.screens.compare import CompareScreen
from tui.screens.elite import EliteScreen

if TYPE_CHECKING:
    from pathlib import Path


async def test_star_marks_and_c_shows_the_marked_elites_side_by_side(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=(160, 48)) as run:
        await run.press("home", "asterisk", "asterisk", "j", "asterisk")
        assert run.screen.panels is not None
        assert run.screen.panels.table.highlighted == run.host.picture.elites[3]
        await run.press("c")
        await run.until(lambda: isinstance(run.app.screen, CompareScreen))
        for level in (1, 2, 4):
            await run.sees(f"Elite {level} {elite_id(level)[:8]}")
        assert "Elite 3" not in run.text
        await run.press("escape", "asterisk", "k", "k", "asterisk", "c")
        await run.until(lambda: isinstance(run.app.screen, CompareScreen))
        await run.sees("2 elites")
        assert "Elite 4" not in run.text


async def test_c_shows_the_only_marked_elite_or_else_the_highlighted_beside_the_best(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("home", "c")
        await run.until(lambda: isinstance(run.app.screen, CompareScreen))
        await run.sees(f"Elite 1 {elite_id(1)[:8]}")
        await run.sees(f"Elite 3 {elite_id(3)[:8]}")
        await run.press("escape", "end", "asterisk", "home", "c")
        await run.until(lambda: isinstance(run.app.screen, CompareScreen))
        await run.sees(f"Elite 4 {elite_id(4)[:8]}")
        await run.sees(f"Elite 3 {elite_id(3)[:8]}")


async def test_c_on_the_best_says_how_to_mark(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("c")
        told = "this is the best; mark two or more with *, and c compares them"
        await run.until(lambda: run.toasts == [told])
        await run.show(elites=(), champion=None)
        await run.press("c", "asterisk")
        await run.until(lambda: run.toasts[1:] == ["there is no elite yet"] * 2)


async def test_a_mark_goes_on_to_who_took_the_place_and_the_screen_says_so(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("home", "asterisk", "end", "asterisk")
        await run.sees("2 marked: c compares, * marks or ends a mark")
        first, *others = run.host.picture.elites
        run.host.genomes["f" * 16] = {**run.host.genomes[elite_id(1)], "id": "f" * 16}
        await run.show(elites=(replace(first, id="f" * 16, fitness=first.fitness + 1), *others))
        await run.sees(f"the mark on {elite_id(1)[:8]}")
        await run.sees("ffffffff, which took its place")
        await run.press("c")
        await run.until(lambda: isinstance(run.app.screen, CompareScreen))
        await run.sees("Elite 1 ffffffff")
        await run.press("escape", "home", "asterisk", "end", "asterisk")
        await run.sees("observing: only pins")


async def test_a_marked_elite_that_nobody_follows_is_compared_no_more(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("home", "asterisk", "asterisk", "end", "asterisk")
        await run.show(elites=run.host.picture.elites[1:])
        await run.sees(f"the mark on {elite_id(1)[:8]} ended")
        await run.press("c")
        await run.until(lambda: isinstance(run.app.screen, CompareScreen))
        await run.sees("2 elites")


async def test_an_elite_that_is_no_more_when_it_is_asked_for_is_told(tmp_path: Path) -> None:
    host = FakeHost()
    async with open_run(host, tmp_path) as run:
        del host.genomes[elite_id(1)]
        await run.press("home", "c")
        await run.until(lambda: any("has this id" in toast for toast in run.toasts))
        assert run.app.screen is run.screen


async def test_c_on_the_elite_screen_shows_it_beside_the_marked_ones(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=(160, 48)) as run:
        await run.press("home", "asterisk", "asterisk", "end", "3")
        await run.until(lambda: isinstance(run.app.screen, EliteScreen))
        await run.press("c")
        await run.until(lambda: isinstance(run.app.screen, CompareScreen))
        for level in (4, 1, 2):
            await run.sees(f"Elite {level} {elite_id(level)[:8]}")
        await run.press("escape")
        await run.until(lambda: isinstance(run.app.screen, EliteScreen))
