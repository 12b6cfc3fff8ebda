"""A fork that is made on the curve: where, with which parameters, and what is shown then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest
from textual.widgets import Input

from galapagos.engine.branches import FORK, Branch, branch_of
from galapagos.engine.records.command_log import commands_of
from galapagos.engine.records.run_directory import create_run, list_runs, open_run
from galapagos.parameters import Parameters
from tests.engine.fakes import FakeHost
from tests.tui.dashboards import RUN_NAME, RunUnderTest
from tests.tui.dashboards import open_run as open_dashboard
from tests.tui.screens.test_curves import journal
from tui.screens.curves import CurvesScreen
from tui.screens.fork_parameters import ForkParametersScreen
from tui.screens.run import RunScreen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

GENERATIONS = 60


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GALAPAGOS_HOME", str(tmp_path / "home"))


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Give the list of the run directories whose engine would have been started."""
    paths: list[Path] = []
    monkeypatch.setattr("galapagos.engine.launch.launch", paths.append)
    return paths


@pytest.fixture
async def run(tmp_path: Path, started: list[Path]) -> AsyncIterator[RunUnderTest]:
    """Open the curves of a run of 60 generations whose levels were changed in generation 40."""
    assert started == []
    source = create_run(Parameters(out_dir=str(tmp_path / RUN_NAME), tournament_size=6), "source")
    change = {"command": "set", "changes": {"complexity_levels": 4}, "client": "somebody"}
    source.commands_file.write_bytes(orjson.dumps({"generation": 40, "command": change}) + b"\n")
    async with open_dashboard(FakeHost(), tmp_path, journal=journal(GENERATIONS)) as under_test:
        await under_test.until(lambda: len(under_test.screen.link.curves.generations) == GENERATIONS)
        await under_test.press("2")
        await under_test.until(
            lambda: isinstance(under_test.app.screen, CurvesScreen) and under_test.app.screen.plot.extent
        )
        yield under_test


async def form_of(run: RunUnderTest) -> ForkParametersScreen:
    await run.press("F")
    await run.until(lambda: isinstance(run.app.screen, ForkParametersScreen) and run.app.screen.chosen)
    screen = run.app.screen
    assert isinstance(screen, ForkParametersScreen)
    return screen


async def edit(run: RunUnderTest, form: ForkParametersScreen, name: str, text: str) -> None:
    form.go_to(name, edit=True)
    await run.pilot.pause()
    form.query_one("#value", Input).value = text
    await run.press("enter")


async def test_a_fork_begins_at_the_cursor_with_the_parameters_of_then(
    run: RunUnderTest, started: list[Path]
) -> None:
    await run.press("n")  # the change of generation 40
    form = await form_of(run)
    assert form.edits.acting.complexity_levels == Parameters().complexity_levels
    assert form.edits.acting.tournament_size == 6
    await edit(run, form, "tournament_size", "3")
    await run.sees("1 edited, a starts with them")
    await run.press("a")
    await run.until(lambda: started)
    fork = open_run(started[0])
    assert branch_of(fork) == Branch(FORK, str(run.screen.link.run_directory), 40, {"tournament_size": 3})
    assert [(at, entry["changes"]) for at, entry in commands_of(fork.commands_file, before=99)] == [
        (40, {"tournament_size": 3})
    ]
    await run.until(lambda: isinstance(run.app.screen, RunScreen))
    shown: Any = run.app.screen
    assert shown.link.run_directory == fork.path
    await run.until(lambda: any("forked at generation 40" in toast for toast in run.toasts))


async def test_without_a_cursor_a_fork_begins_now(run: RunUnderTest, started: list[Path]) -> None:
    form = await form_of(run)
    assert form.edits.acting.complexity_levels == 4
    assert f"Fork at generation {GENERATIONS}" in run.text
    await run.press("a")
    await run.until(lambda: started)
    branch = branch_of(open_run(started[0]))
    assert branch is not None
    assert (branch.generation, branch.changes) == (GENERATIONS, {})


async def test_what_is_fixed_in_a_run_is_fixed_in_a_fork(run: RunUnderTest) -> None:
    form = await form_of(run)
    assert form.edits.reason_not_to_edit("env_name").startswith("fixed")
    assert form.edits.reason_not_to_edit("tournament_size") == ""


async def test_who_leaves_makes_no_fork(run: RunUnderTest, started: list[Path]) -> None:
    await form_of(run)
    await run.press("escape")
    await run.until(lambda: isinstance(run.app.screen, CurvesScreen))
    assert started == []
    assert [info.path for info in list_runs()] == [run.screen.link.run_directory]


async def test_who_only_looks_cannot_fork(tmp_path: Path) -> None:
    async with open_dashboard(FakeHost(), tmp_path, readonly=True, journal=journal(5)) as run:
        await run.press("2")
        await run.until(lambda: isinstance(run.app.screen, CurvesScreen) and run.app.screen.plot.extent)
        await run.press("F")
        await run.pilot.pause()
        assert isinstance(run.app.screen, CurvesScreen)
