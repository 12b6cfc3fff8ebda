"""How the run screen is left: what is asked, what goes on, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from galapagos.engine.commands import Stop
from galapagos.engine.snapshot import RunState
from tests.engine.fakes import FakeHost, snapshot
from tests.tui.dashboards import open_run, refused_connection
from tui.dashboard import Farewell
from tui.run_link import LinkState
from tui.screens.quit import QuitScreen

if TYPE_CHECKING:
    from pathlib import Path


async def test_q_asks_and_escape_stays(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("q")
        await run.until(lambda: isinstance(run.app.screen, QuitScreen))
        await run.press("escape")
        await run.until(lambda: run.app.screen is run.screen)
        assert run.app.is_running


async def test_of_a_run_that_is_over_q_does_not_say_that_it_goes_on(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.show(state=RunState.FINISHED)
        await run.press("q")
        await run.sees("it ends in a minute; resume goes on")
        assert "the run goes on" not in run.text


async def test_detaching_leaves_the_engine_alone_and_says_how_to_come_back(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("q", "d")
        await run.until(lambda: run.app.return_value is not None)
    name = "2026-11-21_22-58-03_CartPoleSwingUp"
    assert run.app.return_value == Farewell(
        f"{name} goes on without you; come back with\n  galapagos attach {name}"
    )
    assert run.commands == []


async def test_stopping_waits_for_the_end_and_says_how_to_go_on(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.press("q", "s")
        await run.until(lambda: run.commands == [Stop()])
        await run.show(state=RunState.STOPPED)
        await run.server.close()
        await run.until(lambda: run.app.return_value is not None)
    assert run.app.return_value is not None
    assert "galapagos resume" in run.app.return_value.line


async def test_a_run_that_ended_is_left_without_a_question(tmp_path: Path) -> None:
    async with open_run(FakeHost(snapshot(state=RunState.FAILED, message="out of memory")), tmp_path) as run:
        run.screen.link._connect = refused_connection
        await run.server.close()
        await run.until(lambda: run.screen.link.state is LinkState.ENDED)
        await run.press("q")
        await run.until(lambda: run.app.return_value is not None)
    assert run.app.return_value is not None
    assert run.app.return_value.code == 1
    assert "out of memory" in run.app.return_value.line
