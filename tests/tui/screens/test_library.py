"""The library in the dashboard, on a real library: what is listed, looked for, looked into and put to use."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from galapagos.errors import EngineFailed
from library_store import Library
from tests.library_store.elites import HOSTILE, graph_elite
from tests.tui.dashboards import wait_until
from tests.tui.libraries import SIZES, LibraryUnderTest, opened, saved_entry
from tests.tui.watching import FakeLink
from tui.dashboard import Dashboard
from tui.screens.compare import CompareScreen
from tui.screens.library import LibraryScreen
from tui.screens.watch import WatchScreen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


pytestmark = pytest.mark.usefixtures("own_home")


async def test_an_empty_library_says_how_it_is_filled() -> None:
    async with opened() as library:
        await library.sees("Nothing is saved yet. In a run, s saves the elite")
        await library.press("escape")
        await library.sees("no saved elite yet")


@pytest.mark.usefixtures("saved")
@pytest.mark.parametrize("size", SIZES)
async def test_entries_are_shown_with_what_is_known_of_the_highlighted_one(size: tuple[int, int]) -> None:
    async with opened(size) as library:
        for words in ("balancer", "700.0", "digits", "0.250", "a stack", "80.0 %", "3 saved elites"):
            await library.sees(words)
        if size[0] < 100:
            await library.press("enter")
        await library.sees("add node")
        if size[1] > 24:
            await library.sees("2026-01-02_run")
        await library.sees("●")


@pytest.mark.usefixtures("saved")
async def test_the_filter_acts_with_every_letter_and_says_what_it_does_not_understand() -> None:
    async with opened() as library:
        await library.press("slash", *"tag:small")
        await library.sees("1 of 3 saved elites")
        assert "balancer" not in library.text
        await library.press("escape", "slash", *"fitness")
        await library.press("greater_than_sign")
        await library.sees("compares with no number")
        await library.press(*"600", "enter")
        await library.sees("1 of 3 saved elites")
        assert "digits" not in library.text
        await library.press("escape")
        await library.sees("3 saved elites")


@pytest.mark.usefixtures("saved")
async def test_the_order_changes_and_turns_round() -> None:
    async with opened() as library:
        await library.sees("by saved, the latest first")
        await library.press("o")
        await library.sees("by name, from a to z")
        await library.press("O")
        await library.sees("by name, from z to a")
        await wait_until(library.pilot, lambda: library.text.index("digits") < library.text.index("balancer"))


@pytest.mark.usefixtures("saved")
async def test_an_evaluation_is_told_while_it_lasts_and_so_is_why_it_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refused = asyncio.Event()

    async def refuse(id: str, num_trials: int) -> None:
        await refused.wait()
        raise EngineFailed(f"not evaluated: {id} [b]has no task, {num_trials}")

    monkeypatch.setattr("tui.screens.library_actions.evaluate_entry", refuse)
    async with opened() as library:
        await library.press("e")
        await library.answer("2")
        await library.sees("evaluating here with 2 trials")
        refused.set()
        await library.told(f"not evaluated: {saved_entry('balancer').id} [b]has no task, 2")
        assert not library.screen.evaluating


async def test_hostile_texts_are_drawn_plainly(own_home: Path) -> None:
    with Library() as store:
        store.put(graph_elite(), name=HOSTILE, tags=[HOSTILE], notes=f"{HOSTILE}\n{HOSTILE}")
    for size in SIZES:
        async with opened(size) as library:
            await library.sees("[red]evil")
            await library.press("enter")
            await library.sees("[red]evil")
            assert "\x1b" not in library.text
            assert "\u202e" not in library.text
    assert own_home.is_dir()


@pytest.mark.usefixtures("saved")
async def test_what_another_process_does_appears_and_the_cursor_stays() -> None:
    async with opened() as library:
        await library.press("down")
        await wait_until(
            library.pilot, lambda: getattr(library.screen.table.highlighted, "name", "") == "digits"
        )
        with Library() as other:
            other.put(graph_elite(77), name="from elsewhere")
        await library.sees("from elsewhere")
        assert library.screen.table.highlighted is not None
        assert library.screen.table.highlighted.name == "digits"


async def test_a_library_that_cannot_be_read_is_told_on_the_screen(own_home: Path) -> None:
    (own_home / "library").write_text("not a directory")
    async with opened_without_reading() as library:
        await library.sees("cannot be read")


@asynccontextmanager
async def opened_without_reading() -> AsyncIterator[LibraryUnderTest]:
    app = Dashboard()
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await pilot.pause()
        await pilot.press("L")
        yield LibraryUnderTest(pilot)


def test_there_is_a_key_to_everything_and_each_has_an_id() -> None:
    from textual.binding import Binding

    from tui.screens.library_keys import LIBRARY_KEYS

    bindings = [binding for binding in LIBRARY_KEYS if isinstance(binding, Binding)]
    assert all(binding.id and binding.tooltip for binding in bindings)
    assert len({binding.key for binding in bindings}) == len(bindings)


@pytest.mark.usefixtures("saved")
async def test_a_saved_elite_is_watched_and_one_that_does_not_act_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tui.screens.watch.EpisodeLink", FakeLink)
    async with opened() as library:
        await library.press("w")
        await wait_until(library.pilot, lambda: isinstance(library.pilot.app.screen, WatchScreen))
        await library.sees("balancer")
        await library.press("escape")
        await wait_until(library.pilot, lambda: isinstance(library.pilot.app.screen, LibraryScreen))
        await library.press("down", "w")
        await library.told("there is nothing to watch")


@pytest.mark.usefixtures("saved")
async def test_marked_entries_are_compared_side_by_side() -> None:
    async with opened() as library:
        await library.press("c")
        await library.told("mark two or more to compare them")
        await library.press("asterisk", "c")
        await wait_until(library.pilot, lambda: isinstance(library.pilot.app.screen, CompareScreen))
        await library.sees("balancer")
        await library.press("escape")
        await wait_until(library.pilot, lambda: isinstance(library.pilot.app.screen, LibraryScreen))
