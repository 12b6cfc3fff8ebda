"""The library in the dashboard: every key, on a real library, from the home screen and from a run."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input, TextArea

from galapagos.engine.commands import Inject
from library_store import Library
from tests.engine.fakes import FakeHost, elite_id, elite_summary
from tests.library_store.elites import HOSTILE, graph_elite
from tests.tui.dashboards import open_run, wait_until
from tests.tui.libraries import SIZES, LibraryUnderTest, opened, save_three, use_home
from tests.tui.watching import FakeLink
from tui.dashboard import Dashboard
from tui.screens.compare import CompareScreen
from tui.screens.library import LibraryScreen
from tui.screens.library_prompts import LinePrompt, NotesPrompt
from tui.screens.watch import WatchScreen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from library_store import Entry
    from tests.tui.dashboards import RunUnderTest


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a home, and a working directory, that belong to the test."""
    return use_home(tmp_path, monkeypatch)


@pytest.fixture
def saved(monkeypatch: pytest.MonkeyPatch) -> list[Entry]:
    """Give three saved elites, the last one saved first, all an hour ago."""
    return save_three(monkeypatch)


def entry_of(name: str) -> Entry:
    with Library() as library:
        return library.get(name)


def names() -> list[str]:
    with Library() as library:
        return [entry.name for entry in library.get_all()]


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
async def test_a_name_is_given_and_taken_back() -> None:
    async with opened() as library:
        await library.press("r")
        await library.answer("old friend")
        await library.told("balancer is called old friend now")
        assert entry_of("old friend").name == "old friend"
        await library.sees("old friend")
        await library.press("u")
        await library.told("undone: new name of balancer")
        assert entry_of("balancer").name == "balancer"


@pytest.mark.usefixtures("saved")
async def test_an_empty_name_is_not_taken() -> None:
    async with opened() as library:
        await library.press("r")
        await library.asked(LinePrompt)
        library.pilot.app.screen.query_one(Input).value = " "
        await library.press("enter")
        await library.sees("something has to stand here")
        await library.press("escape")
        await wait_until(library.pilot, lambda: isinstance(library.pilot.app.screen, LibraryScreen))
    assert "balancer" in names()


@pytest.mark.usefixtures("saved")
async def test_tags_of_all_marked_entries_change_together() -> None:
    async with opened() as library:
        await library.press("space", "space")
        await library.sees("2 marked")
        await library.press("t")
        await library.answer("good, seen")
        await library.told("2 elites: +good +seen")
        assert entry_of("balancer").tags == ("good", "robust", "seen")
        assert entry_of("digits").tags == ("good", "learned", "seen", "small")
        await library.press("u")
        await library.told("undone: tags of 2 elites")
        assert entry_of("digits").tags == ("learned", "small")


@pytest.mark.usefixtures("saved")
async def test_notes_are_kept_as_they_are_left() -> None:
    async with opened() as library:
        await library.press("n")
        await library.asked(NotesPrompt)
        library.pilot.app.screen.query_one(TextArea).text = "two\nlines"
        await library.press("escape")
        await library.told("the notes on balancer are kept")
        assert entry_of("balancer").notes == "two\nlines"
        await library.sees("lines")


@pytest.mark.usefixtures("saved")
async def test_removing_is_done_at_once_and_undone_with_u() -> None:
    async with opened() as library:
        await library.press("asterisk", "d")
        await library.told("removed 3 elites; u brings them back")
        assert names() == []
        await library.sees("Nothing is saved yet")
        await library.press("u")
        await library.told("undone: removal of 3 elites")
        assert sorted(names()) == ["a stack", "balancer", "digits"]
        await library.press("u")
        await library.told("there is nothing to undo")


@pytest.mark.usefixtures("saved")
async def test_what_is_exported_is_imported_again(own_home: Path) -> None:
    before = entry_of("balancer")
    async with opened() as library:
        await library.press("x")
        await library.asked(LinePrompt)
        assert library.pilot.app.screen.query_one(Input).value == "balancer.galapagos"
        await library.press("enter")
        await library.told("balancer is in balancer.galapagos")
        await library.press("d")
        await library.told("removed balancer")
        await library.press("I")
        await library.answer(str(own_home / "balancer.galapagos"))
        await library.told("imported balancer; u takes it out")
        assert entry_of("balancer").genome == before.genome
        await library.press("u")
        await library.told("undone: import of balancer.galapagos")
    assert "balancer" not in names()


@pytest.mark.usefixtures("saved")
async def test_the_prompt_stays_where_the_format_cannot_hold_what_is_exported() -> None:
    async with opened() as library:
        await library.press("asterisk", "x")
        await library.asked(LinePrompt)
        for name, problem in (
            ("all.out", "a .out file holds one saved elite, not 3"),
            ("all.zip", "written as"),
        ):
            library.pilot.app.screen.query_one(Input).value = name
            await library.press("enter")
            await library.sees(problem)
        await library.answer("all.galapagos")
        await library.told("3 elites are in all.galapagos")


@pytest.mark.usefixtures("saved")
async def test_a_file_that_is_none_is_told_and_nothing_changes(own_home: Path) -> None:
    (own_home / "bad.json").write_text("{}")
    async with opened() as library:
        await library.press("I")
        await library.answer("bad.json")
        await library.told("bad.json")
    assert len(names()) == 3


@pytest.mark.usefixtures("saved")
async def test_an_elite_is_evaluated_in_a_process_of_its_own() -> None:
    with Library() as library_store:
        entry = library_store.get("balancer")
        library_store.put(entry.genome, parameters={**entry.parameters, "env_name": "nothing-v9"})
    async with opened() as library:
        await library.press("e")
        await library.answer("2")
        await library.sees("evaluating here with 2 trials")
        # What that process refuses comes back as its line.
        await library.told("not evaluated: ")
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
        expected = entry_of("balancer")
        assert run.commands == [Inject(expected.genome.to_json(), expected.id, "balancer of the library")]
        await wait_until(run.pilot, lambda: len(entry_of("balancer").injections) == 1)
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
    assert entry_of("balancer").injections == ()


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
