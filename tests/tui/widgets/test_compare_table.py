"""The table of a comparison."""

from __future__ import annotations

import pytest

from tests.tui.screen_text import widget_lines
from tests.tui.shown_elites import HOSTILE
from tests.tui.widgets.examples import SIZES, Stage
from tui.compare_rows import CompareRow
from tui.widgets.compare_table import CompareTable

ROWS = [
    CompareRow("Results", "reward", ("558.8", "700.0", "1.0"), True, frozenset({1})),
    CompareRow("Results", "trials", ("16", "16", "16"), False),
    CompareRow("Network", "connections", ("6", "8", "9"), True),
]
TITLES = ("Elite 1", "Elite 2", "Elite 3")


async def lines_of(
    size: tuple[int, int], seen: range = range(2), *, ascii_only: bool = False, rows: list[CompareRow] = ROWS
) -> list[str]:
    table = CompareTable(ascii_only=ascii_only)
    async with Stage(table).run_test(size=size) as pilot:
        table.show(rows, TITLES, seen, "70 parameters are the same")
        await pilot.pause()
        return widget_lines(table)


async def test_what_differs_has_a_mark() -> None:
    assert await lines_of((60, 9)) == [
        "                 Elite 1              Elite 2",
        " Results",
        "≠ reward         558.8                700.0",
        "  trials         16                   16",
        "",
        " Network",
        "≠ connections    6                    8",
        "",
        " 70 parameters are the same",
    ]


async def test_only_those_that_are_seen_have_a_column() -> None:
    lines = await lines_of((60, 9), range(1, 3), ascii_only=True)
    assert lines[0].split() == ["Elite", "2", "Elite", "3"]
    assert lines[2] == "! reward         700.0                1.0"


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_words_are_cut_at_any_size(size: tuple[int, int]) -> None:
    row = CompareRow("Origin", "漢字" * 50, ("x" * 5000, "漢字" * 50, ""), True)
    lines = await lines_of(size, rows=[row])
    assert len(lines) == size[1]
    assert HOSTILE not in "".join(lines)
