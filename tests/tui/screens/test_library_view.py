"""What a person reads in the library at the sizes that terminals have, and how they move in it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len
from textual.widgets import Input

from galapagos.home import cache_home
from library_store import Library
from tests.library_store.elites import graph_elite
from tests.tui.dashboards import wait_until
from tests.tui.grids import assert_grid
from tests.tui.libraries import SIZES, LibraryUnderTest, opened, save_three, use_home
from tests.tui.test_library_evaluation import ELITE
from tui.screens import library as library_screen
from tui.screens.library import LibraryScreen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from textual.app import App


@pytest.fixture(autouse=True)
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give three saved elites in a home of its own, saved in Greenwich by one version; return the home."""
    compiled = cache_home()
    home = use_home(tmp_path, monkeypatch)
    compiled.mkdir(parents=True, exist_ok=True)
    (home / "cache").symlink_to(compiled)
    monkeypatch.setattr("library_store.drafts._version", lambda: "1.2.3")
    with monkeypatch.context() as place:
        place.setenv("TZ", "UTC")
        time.tzset()
        save_three(monkeypatch)
        yield home
    time.tzset()


async def is_drawn(library: LibraryUnderTest) -> None:
    """Wait until the details of the highlighted elite are on the screen."""
    entry = library.screen.table.highlighted
    await wait_until(
        library.pilot,
        lambda: library.screen._details is not None and library.screen._details[0] is entry,
    )
    await library.pilot.pause()


@pytest.mark.parametrize("size", SIZES)
async def test_the_table_with_the_highlighted_elite_beside_it(size: tuple[int, int]) -> None:
    async with opened(size) as library:
        await is_drawn(library)
        await library.press("space", "space", "home")
        await is_drawn(library)
        await assert_grid(f"library_{size[0]}x{size[1]}", lambda: library.text)


@pytest.mark.parametrize("size", SIZES)
async def test_enter_gives_the_elite_the_whole_screen_and_escape_takes_it_back(size: tuple[int, int]) -> None:
    async with opened(size) as library:
        await is_drawn(library)
        await library.press("enter")
        await library.pilot.pause()
        assert "fitness  complexity" not in library.text
        await assert_grid(f"library_elite_{size[0]}x{size[1]}", lambda: library.text)
        await library.press("escape")
        await library.sees("fitness  complexity")
        assert library.screen.table.has_focus


@pytest.mark.parametrize("theme", ["ansi-dark", "ansi-light", "textual-light", "nord"])
async def test_every_theme_shows_the_same(theme: str) -> None:
    async with opened() as library:
        await is_drawn(library)
        before = library.text
        library.pilot.app.theme = theme
        await library.pilot.pause()
        assert library.text == before


async def test_every_line_fits_any_terminal() -> None:
    async with opened() as library:
        for size in ((60, 50), (200, 12), (20, 5), (1, 1), (400, 110)):
            await library.pilot.resize_terminal(*size)
            await library.press("enter", "escape")
            await library.pilot.pause()
            lines = library.text.split("\n")
            assert len(lines) == size[1]
            assert max(cell_len(line) for line in lines) <= size[0]


async def test_at_80x24_the_keys_at_the_foot_end_in_help_and_menu() -> None:
    async with opened((80, 24)) as library:
        await library.sees("? Help ^p Menu")


async def test_all_that_are_shown_are_marked_at_once_and_escape_ends_one_thing_after_the_other() -> None:
    async with opened() as library:
        await library.press("slash", *"tag:small", "enter", "asterisk")
        await library.sees("1 marked")
        await library.press("escape", "asterisk")
        await library.sees("3 marked")
        await library.press("slash", *"tag:small", "enter")
        await library.sees("3 marked, 2 of them not shown")
        await library.press("enter", "escape")
        await library.sees("2 of them not shown")
        await library.press("escape")
        await library.sees("3 saved elites  3 marked")
        await library.press("escape")
        await wait_until(library.pilot, lambda: "marked" not in library.text)
        await library.press("escape")
        await library.sees("3 saved elites  L opens the library")


async def test_asterisk_ends_the_marks_where_all_are_marked() -> None:
    async with opened() as library:
        await library.press("asterisk")
        await library.sees("3 marked")
        await library.press("asterisk")
        await wait_until(library.pilot, lambda: "marked" not in library.text)


async def test_while_typing_arrows_move_and_letters_are_letters() -> None:
    async with opened() as library:
        await library.press("slash", *"l", "down")
        field = library.screen.query_one("#filter", Input)
        assert field.value == "l"
        await wait_until(
            library.pilot, lambda: getattr(library.screen.table.highlighted, "name", "") == "digits"
        )
        await library.press("up", *"qdu", "backspace")
        assert field.value == "lqd"
        await library.sees("No saved elite fits this filter")
        with Library() as store:
            assert len(store) == 3


async def test_the_network_is_there_again_where_the_filter_found_nothing_before() -> None:
    async with opened() as library:
        await is_drawn(library)
        assert "no network" not in library.text
        await library.press("slash", *"absent")
        await library.sees("no network")
        await library.press("escape")
        await wait_until(library.pilot, lambda: "no network" not in library.text)


async def test_a_filter_that_is_not_understood_leaves_the_last_result() -> None:
    async with opened() as library:
        await library.press("slash", *"tag:small ")
        await library.sees("1 of 3 saved elites")
        library.screen.query_one("#filter", Input).value = "tag:small beauty>=3"
        await library.sees("'beauty' is nothing to compare; fitness, complexity")
        assert "1 of 3 saved elites" in library.text
        await library.press("escape")
        await wait_until(library.pilot, lambda: "nothing to compare" not in library.text)


async def test_j_k_home_and_end_move_and_q_closes() -> None:
    async with opened() as library:
        for keys, name in (("jj", "a stack"), ("k", "digits"), (["end"], "a stack"), (["home"], "balancer")):
            await library.press(*keys)
            assert library.screen.table.highlighted is not None
            assert library.screen.table.highlighted.name == name
        await library.press("q")
        await library.sees("3 saved elites  L opens the library")


async def test_from_many_entries_on_there_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("library_store.library.MANY", 3)
    async with opened() as library:
        await library.sees("so many make every change slow")


async def test_what_was_found_damaged_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Library, "problems", property(lambda _: ("a tail [was] set aside", "another")))
    async with opened() as library:
        await library.sees("a tail [was] set aside; and 1 more")


async def test_an_evaluation_is_shown_with_its_result_and_kept_for_the_session() -> None:
    with Library() as store:
        store.put(ELITE, name="swinger")
    async with opened() as library:
        await library.press("end", "e")
        await library.answer("2")
        await library.told("swinger: reward ")
        await library.press("enter")
        await library.sees("evaluated here, 2 trials: reward")
        await library.press("q", "L")
        await library.sees("swinger")
        await library.press("end", "enter")
        await library.sees("evaluated here, 2 trials: reward")


async def test_a_number_of_trials_that_is_none_is_refused_in_its_place() -> None:
    async with opened() as library:
        for text in ("0", "1000001", "²"):
            await library.press("e")
            field = library.pilot.app.screen.query_one(Input)
            field.value = text
            await library.press("enter")
            await library.sees("a whole number from 1 to 1000000")
            await library.press("escape")
        assert library.screen.evaluating == {}


async def test_an_evaluation_ends_with_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []

    async def evaluate(id: str, num_trials: int) -> None:
        from asyncio import CancelledError, Event

        try:
            await Event().wait()
        except CancelledError:
            ended.append(f"{id} {num_trials}")
            raise

    monkeypatch.setattr("tui.screens.library_actions.evaluate_entry", evaluate)
    async with opened() as library:
        assert library.screen.table.highlighted is not None
        id = library.screen.table.highlighted.id
        await library.press("e")
        await library.answer("7")
        await library.sees("evaluating here with 7 trials")
        await library.press("q")
        await wait_until(library.pilot, lambda: ended == [f"{id} 7"])


async def test_help_tells_every_key() -> None:
    async with opened((120, 60)) as library:
        await library.press("question_mark")
        for words in (
            "Mark all that are shown",
            "The other way round",
            "Score it here",
            "Call it something else",
        ):
            await library.sees(words)


async def test_it_is_read_again_without_a_move_of_the_cursor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(library_screen, "SECONDS_BETWEEN_READINGS", 0.01)
    async with opened() as library:
        await library.press("end")
        for number in range(3):
            with Library() as other:
                other.put(graph_elite(50 + number), name=f"new {number}")
            await library.sees(f"new {number}")
            assert library.screen.table.highlighted is not None
            assert library.screen.table.highlighted.name == "a stack"


def screens(app: App[Any]) -> list[type]:
    return [type(screen) for screen in app.screen_stack]


async def test_l_twice_opens_one_library() -> None:
    async with opened() as library:
        await library.press("q")
        await wait_until(library.pilot, lambda: LibraryScreen not in screens(library.pilot.app))
        await library.press("L", "L")
        await wait_until(library.pilot, lambda: LibraryScreen in screens(library.pilot.app))
        await library.pilot.pause()
        assert screens(library.pilot.app).count(LibraryScreen) == 1
