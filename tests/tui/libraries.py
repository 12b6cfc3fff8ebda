"""The library's screen under test: on a real library in a home of its own."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from unittest.mock import patch

from textual.widgets import Input

from library_store import Library
from tests.library_store.elites import graph_elite, learned_elite, stack_elite
from tests.tui.dashboards import ScreenUnderTest, wait_until
from tests.tui.saved_elites import HOUR, NOW
from tui.dashboard import Dashboard
from tui.screens import library as library_screen
from tui.screens.library import LibraryScreen
from tui.screens.library_prompts import LinePrompt

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import pytest

    from library_store import Entry
    from tui.screens.library_prompts import NotesPrompt

SIZES = [(80, 24), (120, 40), (200, 60)]


def use_home(directory: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a home, and the working directory, of what is in a directory."""
    home = directory / "home"
    home.mkdir()
    monkeypatch.setenv("GALAPAGOS_HOME", str(home))
    monkeypatch.chdir(home)
    monkeypatch.setattr(library_screen, "SECONDS_BETWEEN_READINGS", 0.05)
    return home


def save_three(monkeypatch: pytest.MonkeyPatch) -> list[Entry]:
    """Save three elites, the last one first, and stop the clock of the screen an hour after it."""
    monkeypatch.setattr(LibraryScreen, "now", NOW)
    with Library() as library:
        for age, elite, name, tags in (
            (3, stack_elite(), "a stack", ["layers"]),
            (2, learned_elite(), "digits", ["learned", "small"]),
            (1, graph_elite(fitness=700.0), "balancer", ["robust"]),
        ):
            with patch("library_store.drafts.time.time", return_value=NOW - HOUR * age):
                library.put(elite, name=name, tags=tags)
        return library.get_all()


def saved_entry(name: str) -> Entry:
    """Return the saved elite that has a name."""
    with Library() as library:
        return library.get(name)


def saved_names() -> list[str]:
    """Return the names of all saved elites."""
    with Library() as library:
        return [entry.name for entry in library.get_all()]


class LibraryUnderTest(ScreenUnderTest):
    """The library's screen, opened from the home screen."""

    @property
    def screen(self) -> LibraryScreen:
        return next(one for one in self.pilot.app.screen_stack if isinstance(one, LibraryScreen))

    async def asked(self, kind: type[LinePrompt | NotesPrompt]) -> None:
        await wait_until(self.pilot, lambda: isinstance(self.pilot.app.screen, kind))

    async def answer(self, text: str) -> None:
        """Type a line into the prompt that is open, and take it."""
        await self.asked(LinePrompt)
        self.pilot.app.screen.query_one(Input).value = text
        await self.press("enter")
        await wait_until(self.pilot, lambda: isinstance(self.pilot.app.screen, LibraryScreen))


@asynccontextmanager
async def opened(size: tuple[int, int] = (120, 40)) -> AsyncIterator[LibraryUnderTest]:
    """Open the library from a home screen that offers nothing else, and wait until it is read."""
    app = Dashboard()
    with patch("tui.screens.home.home_choices", list):
        async with _opened(app, size) as library:
            yield library


@asynccontextmanager
async def _opened(app: Dashboard, size: tuple[int, int]) -> AsyncIterator[LibraryUnderTest]:
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        await pilot.press("L")
        under_test = LibraryUnderTest(pilot)
        await wait_until(pilot, lambda: any(isinstance(one, LibraryScreen) for one in app.screen_stack))
        await wait_until(pilot, lambda: under_test.screen._is_read)
        yield under_test
