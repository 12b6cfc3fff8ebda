"""What is done to saved elites in the library's screen: named, tagged, noted, removed, and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input, TextArea

from tests.tui.dashboards import wait_until
from tests.tui.libraries import opened, saved_entry, saved_names
from tui.screens.library import LibraryScreen
from tui.screens.library_prompts import LinePrompt, NotesPrompt

if TYPE_CHECKING:
    from pathlib import Path


pytestmark = pytest.mark.usefixtures("own_home")


@pytest.mark.usefixtures("saved")
async def test_a_name_is_given_and_taken_back() -> None:
    async with opened() as library:
        await library.press("r")
        await library.answer("old friend")
        await library.told("balancer is called old friend now")
        assert saved_entry("old friend").name == "old friend"
        await library.sees("old friend")
        await library.press("u")
        await library.told("undone: new name of balancer")
        assert saved_entry("balancer").name == "balancer"


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
    assert "balancer" in saved_names()


@pytest.mark.usefixtures("saved")
async def test_tags_of_all_marked_entries_change_together() -> None:
    async with opened() as library:
        await library.press("space", "space")
        await library.sees("2 marked")
        await library.press("t")
        await library.answer("good, seen")
        await library.told("2 elites: +good +seen")
        assert saved_entry("balancer").tags == ("good", "robust", "seen")
        assert saved_entry("digits").tags == ("good", "learned", "seen", "small")
        await library.press("u")
        await library.told("undone: tags of 2 elites")
        assert saved_entry("digits").tags == ("learned", "small")


@pytest.mark.usefixtures("saved")
async def test_notes_are_kept_as_they_are_left() -> None:
    async with opened() as library:
        await library.press("n")
        await library.asked(NotesPrompt)
        library.pilot.app.screen.query_one(TextArea).text = "two\nlines"
        await library.press("escape")
        await library.told("the notes on balancer are kept")
        assert saved_entry("balancer").notes == "two\nlines"
        await library.sees("lines")


@pytest.mark.usefixtures("saved")
async def test_removing_is_done_at_once_and_undone_with_u() -> None:
    async with opened() as library:
        await library.press("asterisk", "d")
        await library.told("removed 3 elites; u brings them back")
        assert saved_names() == []
        await library.sees("Nothing is saved yet")
        await library.press("u")
        await library.told("undone: removal of 3 elites")
        assert sorted(saved_names()) == ["a stack", "balancer", "digits"]
        await library.press("u")
        await library.told("there is nothing to undo")


@pytest.mark.usefixtures("saved")
async def test_what_is_exported_is_imported_again(own_home: Path) -> None:
    before = saved_entry("balancer")
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
        assert saved_entry("balancer").genome == before.genome
        await library.press("u")
        await library.told("undone: import of balancer.galapagos")
    assert "balancer" not in saved_names()


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
    assert len(saved_names()) == 3
