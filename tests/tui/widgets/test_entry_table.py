"""The table of saved elites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.library_store.elites import HOSTILE
from tests.tui.saved_elites import HOUR, NOW, entries
from tests.tui.screen_text import fresh_strips, refreshed_rows, widget_lines, widget_strips
from tests.tui.widgets.examples import SIZES, Stage
from tui.widgets.entry_table import EntryTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from library_store import Entry


class Listener(Stage):
    """Keeps what the table says."""

    def on_entry_table_highlighted(self, message: EntryTable.Highlighted) -> None:
        self.heard.append(("highlighted", message.entry and message.entry.name))

    def on_entry_table_selected(self, message: EntryTable.Selected) -> None:
        self.heard.append(("selected", message.entry.name))


def show(table: EntryTable, shown: Sequence[Entry], **how: Any) -> None:
    table.show(shown, **{"now": NOW, "empty": "nothing here", **how})


def highlighted(table: EntryTable) -> str:
    return "none" if table.highlighted is None else table.highlighted.name


async def test_rows_at_80_columns() -> None:
    table = EntryTable()
    shown = entries(3)
    shown[1] = shown[1].changed(tags=("robust",), complexity=1_204)
    async with Stage(table).run_test(size=(80, 5)) as pilot:
        show(table, shown, marked={shown[2].id})
        await pilot.pause()
        assert widget_lines(table) == [
            "    name                        fitness  complexity          tags        saved ▾",
            "▸   elite 0                       700.0       3 connections               60 min",
            "    elite 1                       700.0   1 204 connections  robust          2 h",
            "  ● elite 2                       700.0       3 connections                  3 h",
            "",
        ]


@pytest.mark.parametrize("size", SIZES)
async def test_every_line_fits_and_comes_out_of_the_caches_as_it_is_drawn_anew(size: tuple[int, int]) -> None:
    table = EntryTable()
    shown = entries(30)
    shown[0] = shown[0].changed(name="好" * 90, tags=("好" * 20,), task="e\u0301" * 50)
    async with Stage(table).run_test(size=size) as pilot:
        show(table, shown)
        for keys in (("end",), ("up", "pageup"), ("home",), ("down", "k", "j", "pagedown")):
            await pilot.press(*keys)
            await pilot.pause()
            kept = widget_strips(table)
            assert all(strip.cell_length == size[0] for strip in kept)
            assert [strip.text for strip in kept] == [strip.text for strip in fresh_strips(table)]


async def test_only_the_rows_in_view_are_written() -> None:
    table = EntryTable()
    async with Stage(table).run_test(size=(100, 12)) as pilot:
        show(table, entries(10_000))
        await pilot.pause()
        assert len(table._kept) <= 12
        await pilot.press("end")
        await pilot.pause()
        assert "elite 9999" in "\n".join(widget_lines(table))
        assert len(table._kept) <= 24


async def test_the_cursor_stays_with_its_entry_and_then_in_its_place() -> None:
    table = EntryTable()
    stage = Listener(table)
    async with stage.run_test(size=(100, 12)) as pilot:
        shown = entries(5)
        show(table, shown)
        await pilot.press("down", "down")
        show(table, list(reversed(shown)))
        assert highlighted(table) == "elite 2"
        show(table, [entry for entry in shown if entry is not shown[2]])
        assert highlighted(table) == "elite 3"
        show(table, [])
        assert highlighted(table) == "none"
        await pilot.pause()
        assert stage.heard[-3:] == [
            ("highlighted", "elite 2"),
            ("highlighted", "elite 3"),
            ("highlighted", None),
        ]


async def test_a_move_repaints_two_rows_and_a_mark_one() -> None:
    table = EntryTable()
    async with Stage(table).run_test(size=(100, 12)) as pilot:
        shown = entries(5)
        show(table, shown)
        await pilot.pause()
        table.action_cursor(1)
        assert refreshed_rows(table) == {1, 2}
        await pilot.pause()
        table.mark({shown[3].id})
        assert refreshed_rows(table) == {4}


async def test_time_repaints_the_rows_whose_age_reads_otherwise() -> None:
    table = EntryTable()
    async with Stage(table).run_test(size=(100, 12)) as pilot:
        shown = [entry.changed(saved=NOW - age) for entry, age in zip(entries(2), (5.0, HOUR), strict=True)]
        show(table, shown)
        await pilot.pause()
        table.tell_time(NOW + 1)
        assert refreshed_rows(table) == {1}
        await pilot.pause()
        assert "6 s" in widget_lines(table)[1]


async def test_enter_and_a_double_click_choose() -> None:
    table = EntryTable()
    stage = Listener(table)
    async with stage.run_test(size=(100, 12)) as pilot:
        show(table, entries(3))
        await pilot.press("enter")
        await pilot.click(EntryTable, offset=(5, 3), times=2)
        await pilot.pause()
        chosen = [name for what, name in stage.heard if what == "selected"]
        assert chosen == ["elite 0", "elite 2"]


async def test_without_an_entry_it_says_what_it_is_told_to() -> None:
    table = EntryTable()
    async with Stage(table).run_test(size=(60, 5)) as pilot:
        show(table, [], empty="Nothing is saved yet")
        await pilot.press("down", "enter", "end", "pageup")
        assert widget_lines(table)[2].strip() == "Nothing is saved yet"


async def test_the_sign_says_which_way_it_is_sorted() -> None:
    table = EntryTable()
    async with Stage(table).run_test(size=(120, 4)) as pilot:
        for by, reverse, sign in (("saved", False, "▾"), ("saved", True, "▴"), ("name", False, "▴")):
            show(table, entries(2), by=by, reverse=reverse)
            await pilot.pause()
            assert f"{by} {sign}" in widget_lines(table)[0]


async def test_in_plain_characters_it_has_no_others() -> None:
    table = EntryTable(ascii_only=True)
    shown = entries(2)
    async with Stage(table).run_test(size=(60, 4)) as pilot:
        show(table, [entry.changed(name="x" * 200) for entry in shown], marked={shown[1].id})
        await pilot.pause()
        assert "\n".join(widget_lines(table)).isascii()


async def test_hostile_text_does_nothing() -> None:
    from library_store.entry import clean_name, clean_tags

    table = EntryTable()
    odd = entries(1)[0].changed(name=clean_name(HOSTILE), tags=clean_tags([HOSTILE]), run=clean_name(HOSTILE))
    async with Stage(table).run_test(size=(200, 4)) as pilot:
        show(table, [odd])
        await pilot.pause()
        text = "\n".join(widget_lines(table))
        assert "[red]evil[/nope]" in text
        assert not {"\x1b", "\x9b", "\u202e"} & set(text)
