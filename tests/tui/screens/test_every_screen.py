"""Every screen as a person sees it, at three sizes, fed by a recorded run."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from textual.screen import Screen
from textual.widgets import Input

import tui.screens
from galapagos.engine.snapshot import RunState
from galapagos.parameter_files import load_parameters
from tests.tui.dashboards import RUN_NAME, RunUnderTest, open_run, wait_until
from tests.tui.grids import DIRECTORY, assert_grid
from tests.tui.libraries import opened as open_library
from tests.tui.libraries import save_three, use_home
from tests.tui.recorded_run import recorded_host, recorded_journal
from tests.tui.screen_text import screen_lines
from tests.tui.watching import open_watch
from tui import machine
from tui.dashboard import Dashboard
from tui.run_link import LinkState
from tui.screens.curves import CurvesScreen
from tui.screens.library_prompts import NotesPrompt
from tui.screens.parameters import ParametersScreen
from tui.screens.run import RunScreen
from tui.screens.start_parameters import StartParametersScreen, StartScreen

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from tests.engine.fakes import FakeHost

SIZES = ((80, 24), (120, 40), (200, 60))
GRIDS = {
    "ArchiveScreen": "archive",
    "CompareScreen": "compare_2",
    "CurvesScreen": "curves",
    "EliteScreen": "elite_1",
    "ForkParametersScreen": "fork",
    "HelpScreen": "help",
    "HomeScreen": "home_full",
    "LibraryScreen": "library",
    "LinePrompt": "save_parameters",
    "NotesPrompt": "library_notes",
    "ParameterHistoryScreen": "parameter_history",
    "ParametersScreen": "parameters",
    "QuitScreen": "quit",
    "RunScreen": "run",
    "StartParametersScreen": "start_parameters",
    "StartScreen": "start_or_discard",
    "UnsavedScreen": "unsaved_parameters",
    "WatchScreen": "watch",
}
"""A grid of every screen that there is, by the name of its class."""
BASES = {"AnswerScreen", "EliteActions", "LibraryActions", "ParameterForm", "RunCommands"}
"""Screens that are only there to be built upon."""


def screens() -> set[str]:
    """Return the names of all screens that the package has."""
    found = set()
    for module in pkgutil.iter_modules(tui.screens.__path__, f"{tui.screens.__name__}."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, type) and issubclass(value, Screen) and value.__module__ == module.name:
                found.add(name)
    return found


def test_every_screen_has_a_grid_at_every_size() -> None:
    assert screens() == GRIDS.keys() | BASES
    for grid in GRIDS.values():
        for width, height in SIZES:
            assert (DIRECTORY / f"{grid}_{width}x{height}.txt").is_file(), grid


@pytest.fixture(autouse=True)
def same_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show the same machine wherever this runs."""
    looked = machine.Machine(
        processors=8,
        load=2.25,
        memory_free=12_300_000_000,
        memory=16_000_000_000,
        disk_free=250_000_000_000,
        processes=((1001, 180_000_000, 83.0), (1002, 181_000_000, 82.0)),
        graphics_problem="no NVIDIA driver found",
    )
    monkeypatch.setattr(machine, "look_at_machine", lambda *_: looked)


async def until_screen(run: RunUnderTest, kind: type[Screen[Any]] | str) -> None:
    name = kind if isinstance(kind, str) else kind.__name__
    await run.until(lambda: type(run.app.screen).__name__ == name)
    await run.pilot.pause()


async def to_layout(run: RunUnderTest, words: str) -> None:
    await run.press("P")
    await run.sees(words)


async def to_curves(run: RunUnderTest) -> None:
    await run.press("2")
    await run.until(lambda: isinstance(run.app.screen, CurvesScreen) and run.app.screen.plot.extent)


async def to_fork(run: RunUnderTest) -> None:
    await run.press("n", "F")
    await until_screen(run, "ForkParametersScreen")
    await run.sees("Fork at generation")


async def to_parameters(run: RunUnderTest) -> None:
    await run.press("e")
    await run.until(lambda: isinstance(run.app.screen, ParametersScreen) and run.app.screen.chosen)


async def to_saving(run: RunUnderTest) -> None:
    await run.press("S")
    await until_screen(run, "LinePrompt")


async def to_history(run: RunUnderTest) -> None:
    await back_to(run, ParametersScreen)
    await run.sees("file")
    await run.press("H")
    await until_screen(run, "ParameterHistoryScreen")


async def to_edits(run: RunUnderTest) -> None:
    await back_to(run, ParametersScreen)
    screen = run.app.screen
    assert isinstance(screen, ParametersScreen)
    screen.go_to("tournament_size", edit=True)
    await run.pilot.pause()
    screen.query_one("#value", Input).value = "8"
    await run.press("enter")
    await run.sees("1 edited")


async def to_unsaved(run: RunUnderTest) -> None:
    await run.press("escape")
    await until_screen(run, "UnsavedScreen")


async def to_help(run: RunUnderTest) -> None:
    await run.press("question_mark")
    await until_screen(run, "HelpScreen")


async def to_quit(run: RunUnderTest) -> None:
    await back_to(run, RunScreen)
    await run.press("q")
    await until_screen(run, "QuitScreen")


async def to_palette(run: RunUnderTest) -> None:
    await back_to(run, RunScreen)
    await run.press("ctrl+p")
    await until_screen(run, "CommandPalette")
    await run.press(*"levels")
    await run.sees("complexity_levels")


async def back_to(run: RunUnderTest, kind: type[Screen[Any]]) -> None:
    await run.press("escape")
    await until_screen(run, kind)


WAYS: dict[str, dict[str, Callable[[RunUnderTest], Awaitable[None]]]] = {
    "layouts": {
        "run": lambda run: run.sees("★"),
        "run_layout_curves": lambda run: to_layout(run, "champion"),
        "run_layout_population": lambda run: to_layout(run, "best weight"),
        "run_layout_system": lambda run: to_layout(run, "no NVIDIA driver"),
    },
    "curves": {"recorded_curves": to_curves, "fork": to_fork},
    "parameters": {
        "parameters": to_parameters,
        "save_parameters": to_saving,
        "parameter_history": to_history,
        "parameters_edited": to_edits,
        "unsaved_parameters": to_unsaved,
    },
    "help, quit and palette": {"help": to_help, "quit": to_quit, "palette": to_palette},
}
"""Ways through the screens of the recorded run: the grids that are seen one after the other, and the keys."""


def prepare(directory: Path) -> None:
    """Put the files beside the journal that screens read."""
    run = directory / RUN_NAME
    run.mkdir()
    parameters = recorded_host().picture.parameters
    written = {**parameters, "complexity_levels": 8, "num_inputs": None, "num_outputs": None}
    from galapagos.parameter_files import dump_parameters
    from galapagos.parameters import Parameters

    (run / "parameters.yaml").write_text(dump_parameters(Parameters.model_validate(written)))
    change = {"command": "set", "changes": {"complexity_levels": 5}, "client": "ada@pts/3"}
    [at] = [line["generation"] for line in recorded_journal() if line["type"] == "parameters"]
    (run / "commands.jsonl").write_bytes(orjson.dumps({"generation": at, "command": change}) + b"\n")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("way", WAYS)
async def test_the_screens_of_the_recorded_run(
    tmp_path: Path, way: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    # However long a way takes, the picture that it began with is never old.
    monkeypatch.setattr("tui.widgets.run_header.STALE_AFTER", 1e9)
    prepare(tmp_path)
    async with open_run(recorded_host(), tmp_path, size=size, journal=recorded_journal()) as run:
        await run.until(lambda: len(run.screen.link.curves.generations) == len(_generations()))
        for name, step in WAYS[way].items():
            await step(run)
            await run.pilot.pause()
            await assert_grid(f"{name}_{size[0]}x{size[1]}", lambda: run.text)


def _generations() -> list[dict[str, Any]]:
    return [line for line in recorded_journal() if line["type"] == "generation"]


STATES: dict[str, Callable[[], FakeHost]] = {
    "paused": lambda: recorded_host(state=RunState.PAUSED, pending={"num_trials": 4}),
    "failed": lambda: recorded_host(state=RunState.FAILED, message="the disk is gone"),
    "finished": lambda: recorded_host(state=RunState.FINISHED),
    "compiling": lambda: _before_the_first_generation(RunState.COMPILING),
    "empty": lambda: _before_the_first_generation(RunState.EVOLVING),
    "little_space": lambda: recorded_host(notices=("less than 1 GB is free: only commands are written",)),
}
"""The states that a run can be seen in."""


def _before_the_first_generation(state: RunState) -> FakeHost:
    return recorded_host(
        state=state,
        generation=0,
        done=0,
        best_fitness=None,
        mean_fitness=None,
        champion=None,
        champion_test=None,
        elites=(),
        population=(),
        happenings=(),
        sizes=(),
        checkpoint_age=None,
        evaluations=0,
        elapsed=1.0,
    )


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("state", STATES)
async def test_a_state_of_a_run(tmp_path: Path, state: str, size: tuple[int, int]) -> None:
    lines = [] if state in ("compiling", "empty") else recorded_journal()
    async with open_run(STATES[state](), tmp_path, size=size, journal=lines) as run:
        count = sum(line["type"] == "generation" for line in lines)
        await run.until(lambda: len(run.screen.link.curves.generations) == count)
        await run.pilot.pause()
        await assert_grid(f"run_{state}_{size[0]}x{size[1]}", lambda: run.text)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_a_connection_that_is_lost(
    tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.screens.run.monotonic", lambda: 100.0)
    async with open_run(recorded_host(), tmp_path, size=size, journal=recorded_journal()) as run:
        await run.until(lambda: len(run.screen.link.curves.generations) == len(_generations()))
        monkeypatch.setattr(run.screen.link, "_is_alive", lambda: True)
        monkeypatch.setattr("tui.run_link.FIRST_DELAY", 1e9)
        await run.server.close()
        await run.until(lambda: run.screen.link.state is LinkState.LOST)
        await run.sees("last news 0 s ago")
        await assert_grid(f"run_lost_{size[0]}x{size[1]}", lambda: run.text)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_an_elite_at_work(size: tuple[int, int]) -> None:
    async with open_watch(size=size) as run:
        await run.sees("187.2")
        await assert_grid(f"watch_{size[0]}x{size[1]}", lambda: run.text)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_parameters_before_a_start(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.screens.home.home_choices", list)
    preset = "wann-gym/CartPoleSwingUp"
    app = Dashboard()
    async with app.run_test(size=size) as pilot:
        form = StartParametersScreen(preset, load_parameters(preset))
        app.push_screen(form)
        await wait_until(pilot, lambda: form.is_current and form.query("#value") and form.chosen)
        await pilot.pause()
        await assert_grid(f"start_parameters_{size[0]}x{size[1]}", lambda: "\n".join(screen_lines(app)))
        form.go_to("num_trials", edit=True)
        await pilot.pause()
        form.query_one("#value", Input).value = "7"
        await pilot.press("enter", "escape")
        await wait_until(pilot, lambda: isinstance(app.screen, StartScreen))
        await pilot.pause()
        await assert_grid(f"start_or_discard_{size[0]}x{size[1]}", lambda: "\n".join(screen_lines(app)))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_notes_on_a_saved_elite(
    tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    use_home(tmp_path, monkeypatch)
    save_three(monkeypatch)
    async with open_library(size) as library:
        await library.sees("balancer")
        if size[0] >= 100:
            await library.sees("galapagos 0.1.0")
        await library.press("n")
        await library.asked(NotesPrompt)
        await library.sees("Notes on balancer")
        await library.sees("Library  3 saved elites")
        await assert_grid(f"library_notes_{size[0]}x{size[1]}", lambda: library.text)


@pytest.mark.parametrize("size", [(39, 24), (80, 9), (1, 1)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_a_terminal_that_is_too_small_says_so(tmp_path: Path, size: tuple[int, int]) -> None:
    async with open_run(recorded_host(), tmp_path, size=size, journal=recorded_journal()) as run:
        assert "Elites" not in run.text
        if size != (1, 1):
            assert "too small" in run.text
