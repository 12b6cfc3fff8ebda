"""Legends of drawings."""

from __future__ import annotations

from tui.widgets.canvas import Canvas
from tui.widgets.legends import legend_lines, write_legend

ENTRIES = [("#", "bar", "bars"), ("::", "gone", "gone ones"), ("*", "bar", "a champion")]


def test_entries_fill_lines_and_what_has_no_room_is_left_out() -> None:
    assert legend_lines(ENTRIES, 60, 2) == [ENTRIES]
    assert legend_lines(ENTRIES, 30, 2) == [ENTRIES[:2], ENTRIES[2:]]
    assert legend_lines(ENTRIES, 30, 1) == [ENTRIES[:2]]
    assert legend_lines(ENTRIES, 3, 2) == []
    assert legend_lines(ENTRIES, 60, 0) == []


def test_a_line_is_in_the_middle_and_each_symbol_has_the_colour_of_its_part() -> None:
    canvas = Canvas(24, 1, ("", "label", "bar", "gone"))
    write_legend(canvas, 0, [ENTRIES[:2]])
    assert [(text.strip(), part) for text, part in canvas.runs(0) if text.strip()] == [
        ("#", "bar"),
        ("bars", "label"),
        ("::", "gone"),
        ("gone ones", "label"),
    ]
    assert "".join(text for text, _ in canvas.runs(0)) == " # bars   :: gone ones   "[:24]
