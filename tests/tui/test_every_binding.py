"""Every key of every screen and widget reaches its action, in a state where it applies.

What the actions do is tested beside each screen. Here the actions of a screen are replaced by ones that only
note that they were called, and every key that is active is pressed; over all states no binding may be left.
"""

from __future__ import annotations

import importlib
import pkgutil
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from textual.binding import Binding
from textual.dom import DOMNode
from textual.widgets import Input

import tui
from galapagos.engine.snapshot import RunState
from galapagos.parameter_files import load_parameters
from tests.tui.dashboards import open_run, wait_until
from tests.tui.experiments import host_of
from tests.tui.home_offers import PRESET, offer, run_info
from tests.tui.journals import journal_of
from tests.tui.libraries import opened as open_library
from tests.tui.libraries import save_three, use_home
from tests.tui.recorded_run import recorded_host, recorded_journal
from tests.tui.screens.test_every_screen import prepare
from tests.tui.watching import open_watch
from tui.dashboard import Dashboard
from tui.run_link import LinkState
from tui.screens.run import RunScreen
from tui.screens.start_parameters import StartParametersScreen, StartScreen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Container
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from textual.pilot import Pilot

    State = Callable[[Path], AbstractAsyncContextManager[Pilot[Any]]]


def modules() -> list[Any]:
    """Return every module of the dashboard."""
    names = [module.name for module in pkgutil.walk_packages(tui.__path__, "tui.")]
    return [importlib.import_module(name) for name in names]


def all_bindings() -> dict[str, Binding]:
    """Return every binding that has an id, by it, of all classes of the dashboard."""
    found = {}
    for module in modules():
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, DOMNode) and value.__module__ == module.__name__:
                for binding in value.__dict__.get("BINDINGS", ()):
                    if isinstance(binding, Binding) and binding.id:
                        found[binding.id] = binding
    return found


async def press_everything(pilot: Pilot[Any], wanted: Container[str]) -> set[str]:
    """Press every key that is active on a screen; return the ids of the bindings that were reached.

    Args:
        pilot: The screen's.
        wanted: The ids of the bindings whose keys are pressed.
    """
    app, screen, called = pilot.app, pilot.app.screen, list[str]()
    active = [
        (key, node, binding)
        for key, (node, binding, enabled, _) in screen.active_bindings.items()
        if enabled and binding.id and binding.id in ALL
    ]
    for _, node, binding in active:
        name = binding.action.partition("(")[0].rpartition(".")[2]
        target = app if binding.action.startswith("app.") else screen if "screen." in binding.action else node
        target.__dict__[f"action_{name}"] = lambda *_, name=name: called.append(name)
    # What a field has for itself and skips, as its keys to scroll, comes to the screen behind it.
    behind = [
        (key, node, binding)
        for node, bindings in screen._binding_chain
        for key, binding in bindings
        if binding.id in wanted and (key, node, binding) not in active
    ]
    reached = set()
    for key, node, binding in behind:
        name = binding.action.partition("(")[0]
        node.__dict__[f"action_{name}"] = lambda *_, name=name: called.append(name)
        called.clear()
        await pilot.press(key)
        await pilot.pause()
        reached |= {str(binding.id)} if name in called else set()
    for key, _, binding in active:
        if binding.id not in wanted:
            continue
        called.clear()
        await pilot.press(key)
        await pilot.pause()
        assert called, f"{key} does not reach {binding.id} ({binding.action})"
        reached.add(str(binding.id))
    return reached


ALL = all_bindings()


@asynccontextmanager
async def run_screen(
    directory: Path,
    *keys: str,
    screen: str = "RunScreen",
    size: tuple[int, int] = (120, 40),
    experiment: str = "",
    ended: bool = False,
) -> AsyncIterator[Pilot[Any]]:
    """Open a run over a home, press keys, and wait for a screen."""
    host = host_of(experiment) if experiment else recorded_host()
    lines = journal_of(experiment) if experiment else recorded_journal()
    if not experiment:
        prepare(directory)
    async with open_run(host, directory, size=size, journal=lines) as run:
        count = sum(line["type"] == "generation" for line in lines)
        await run.until(lambda: len(run.screen.link.curves.generations) == count)
        if ended:
            host.show(state=RunState.STOPPED)
            await run.server.close()
            await run.until(lambda: run.screen.link.state is LinkState.ENDED)
        await run.press(*keys)
        await run.until(lambda: type(run.app.screen).__name__ == screen)
        await run.pilot.pause(0.2)
        await run.pilot.pause()
        yield run.pilot


@asynccontextmanager
async def parameter_field(directory: Path, name: str = "reproduction") -> AsyncIterator[Pilot[Any]]:
    async with run_screen(directory, "e", screen="ParametersScreen") as pilot:
        editor: Any = pilot.app.screen
        editor.go_to(name, edit=True)
        await wait_until(pilot, lambda: editor.focused is editor.query_one("#value"))
        await pilot.pause()
        yield pilot


@asynccontextmanager
async def edited_parameters(directory: Path) -> AsyncIterator[Pilot[Any]]:
    async with parameter_field(directory, "tournament_size") as pilot:
        editor: Any = pilot.app.screen
        pilot.app.screen.query_one("#value", Input).value = "8"
        await pilot.press("enter")
        await wait_until(pilot, lambda: editor.edits.edits)
        await pilot.press("escape")
        await wait_until(pilot, lambda: type(pilot.app.screen).__name__ == "UnsavedScreen")
        yield pilot


@asynccontextmanager
async def library(directory: Path, *keys: str, run: bool = False) -> AsyncIterator[Pilot[Any]]:
    with pytest.MonkeyPatch.context() as patched:
        use_home(directory, patched)
        save_three(patched)
        if run:
            async with run_screen(directory, "L", screen="LibraryScreen") as pilot:
                screen: Any = pilot.app.screen
                await wait_until(pilot, lambda: screen._is_read and screen.highlighted)
                yield pilot
            return
        async with open_library() as opened:
            await opened.sees("balancer")
            await opened.press(*keys)
            await opened.pilot.pause()
            yield opened.pilot


@asynccontextmanager
async def home(_: Path, *keys: str) -> AsyncIterator[Pilot[Any]]:
    with pytest.MonkeyPatch.context() as patched:
        offer(patched, [run_info("a_run", "stopped", 1.0)], (PRESET,))
        app = Dashboard()
        async with app.run_test(size=(120, 40)) as pilot:
            screen: Any = app.screen
            await wait_until(pilot, lambda: screen._choices)
            await pilot.press(*keys)
            await pilot.pause()
            yield pilot


@asynccontextmanager
async def before_a_start(_: Path, *, asked: bool = False) -> AsyncIterator[Pilot[Any]]:
    preset = "wann-gym/CartPoleSwingUp"
    app = Dashboard()
    async with app.run_test(size=(120, 40)) as pilot:
        form: Any = StartParametersScreen(preset, load_parameters(preset))
        app.push_screen(form)
        await wait_until(pilot, lambda: form.is_current and form.query("#value") and form.chosen)
        if asked:
            form.go_to("num_trials", edit=True)
            await pilot.pause()
            form.query_one("#value", Input).value = "7"
            await pilot.press("enter")
            await wait_until(pilot, lambda: form.edits.edits)
            await pilot.press("escape")
            await wait_until(pilot, lambda: isinstance(app.screen, StartScreen))
        yield pilot


@asynccontextmanager
async def run_of_home(directory: Path) -> AsyncIterator[Pilot[Any]]:
    app = Dashboard()
    async with app.run_test(size=(120, 40)) as pilot:
        app.push_screen(RunScreen(directory))
        await wait_until(pilot, lambda: isinstance(app.screen, RunScreen) and app.screen.panels)
        await pilot.pause()
        yield pilot


@asynccontextmanager
async def watching(_: Path) -> AsyncIterator[Pilot[Any]]:
    async with open_watch() as run:
        yield run.pilot


KNOWN_BY_OTHERS = {"a search in the help", "an experiment before it starts"}
"""States that have no key of their own, which only the longer form of the test needs."""
STATES: dict[str, State] = {
    "a run": run_screen,
    "a run with what happened in focus": lambda path: run_screen(path, "tab", "tab", "tab", "tab"),
    "a run on a low terminal": lambda path: run_screen(path, size=(80, 24)),
    "a run with accuracies": lambda path: run_screen(path, experiment="wlnn"),
    "a run that is over": lambda path: run_screen(path, ended=True),
    "leaving a run": lambda path: run_screen(path, "q", screen="QuitScreen"),
    "curves": lambda path: run_screen(path, "2", screen="CurvesScreen"),
    "an elite": lambda path: run_screen(path, "3", screen="EliteScreen"),
    "the archive": lambda path: run_screen(path, "4", screen="ArchiveScreen"),
    "a comparison": lambda path: run_screen(path, "up", "c", screen="CompareScreen"),
    "a comparison of many": lambda path: run_screen(
        path, "home", *["asterisk"] * 5, "c", "right", screen="CompareScreen", size=(80, 24)
    ),
    "help": lambda path: run_screen(path, "question_mark", screen="HelpScreen"),
    "a search in the help": lambda path: run_screen(path, "question_mark", "slash", screen="HelpScreen"),
    "a search for a parameter": lambda path: run_screen(path, "e", "slash", screen="ParametersScreen"),
    "parameters": lambda path: run_screen(path, "e", screen="ParametersScreen"),
    "a parameter": parameter_field,
    "parameters that are edited": edited_parameters,
    "the history of parameters": lambda path: run_screen(path, "e", "H", screen="ParameterHistoryScreen"),
    "a prompt": lambda path: run_screen(path, "e", "S", screen="LinePrompt"),
    "the library": library,
    "a search in the library": lambda path: library(path, "slash"),
    "the library's facts": lambda path: library(path, "enter"),
    "the library of a run": lambda path: library(path, run=True),
    "notes": lambda path: library(path, "n"),
    "home": home,
    "a search at home": lambda path: home(path, "slash"),
    "home at a run": lambda path: home(path, "end"),
    "a run that was opened at home": run_of_home,
    "an experiment before it starts": before_a_start,
    "edits before a start": lambda path: before_a_start(path, asked=True),
    "an elite that tells images apart": lambda path: run_screen(
        path, "3", screen="EliteScreen", experiment="wlnn"
    ),
    "watching": watching,
}


@pytest.mark.parametrize(
    "again",
    [pytest.param(False, id="once"), pytest.param(True, id="on every screen", marks=pytest.mark.slow)],
)
async def test_every_key_reaches_its_action(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again: bool
) -> None:
    monkeypatch.setenv("GALAPAGOS_HOME", str(tmp_path / "own"))
    left = set(ALL)
    for number, (name, state) in enumerate(STATES.items()):
        if name in KNOWN_BY_OTHERS and not again:
            continue
        directory = tmp_path / str(number)
        directory.mkdir()
        async with state(directory) as pilot:
            reached = await press_everything(pilot, ALL if again else left)
        assert reached or not again, name
        left -= reached
    assert not left, ", ".join(sorted(left))
