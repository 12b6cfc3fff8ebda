"""The library beside a run: elites are saved from it, and injected into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from galapagos.engine.commands import Inject
from library_store import Library
from tests.engine.fakes import FakeHost, elite_id, elite_summary
from tests.tui.dashboards import open_run, wait_until
from tests.tui.libraries import LibraryUnderTest, saved_entry
from tui.screens.library import LibraryScreen

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.dashboards import RunUnderTest

pytestmark = pytest.mark.usefixtures("own_home")


async def until_library(run: RunUnderTest) -> LibraryUnderTest:
    await run.until(lambda: isinstance(run.app.screen, LibraryScreen) and run.app.screen._is_read)
    return LibraryUnderTest(run.pilot)


async def test_s_saves_the_highlighted_elite_with_its_origin(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("home", "s")
        await run.until(lambda: any("saved CartPoleSwingUp" in toast for toast in run.toasts))
        with Library() as library:
            (entry,) = library.get_all()
        assert entry.id == elite_id(1)
        assert entry.fitness == elite_summary(1).fitness
        assert (entry.run, entry.task) == (run.screen.link.run_directory.name, "CartPoleSwingUp")


@pytest.mark.usefixtures("saved")
async def test_i_chooses_a_saved_elite_for_the_run_and_the_library_remembers_it(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("i")
        library = await until_library(run)
        await library.press("i")
        await library.told("a clone of balancer is injected: acts in generation 216")
        expected = saved_entry("balancer")
        assert run.commands == [Inject(expected.genome.to_json(), expected.id, "balancer of the library")]
        await wait_until(run.pilot, lambda: len(saved_entry("balancer").injections) == 1)
        await library.press("escape")
        await run.until(lambda: run.app.screen is run.screen)


@pytest.mark.usefixtures("saved")
async def test_an_injection_that_the_engine_refuses_is_told_and_not_remembered(tmp_path: Path) -> None:
    host = FakeHost()
    host.refusal = "the network has 4 inputs, but CartPoleSwingUp has 5"
    async with open_run(host, tmp_path) as run:
        await run.press("L")
        library = await until_library(run)
        await library.press("i")
        await library.told("has 4 inputs")
    assert saved_entry("balancer").injections == ()


@pytest.mark.usefixtures("saved")
async def test_readonly_saves_but_does_not_inject(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, readonly=True) as run:
        await run.press("home", "s")
        await run.until(lambda: any("saved " in toast for toast in run.toasts))
        await run.press("L")
        library = await until_library(run)
        await library.press("i")
        await library.told("--readonly")
        assert run.commands == []
