"""Tables: in full where there is room, without what can be spared where there is none."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from galapagos.cli.tables import narrow_table, say_table, table

if TYPE_CHECKING:
    import pytest

ROWS: list[tuple[str, ...]] = [
    ("run", "preset", "best"),
    ("one", "wann-gym/CartPole-v1", "the best that ever was on this machine"),
    ("two", "-", "-"),
]


def test_columns_are_aligned_and_nothing_stands_behind_the_last() -> None:
    assert table(ROWS)[::2] == ["run  preset                best", "two  -                     -"]
    assert table([]) == narrow_table([], 10) == []


def test_with_room_a_narrow_table_is_the_whole_one() -> None:
    assert narrow_table(ROWS, 80, spare=[1]) == table(ROWS)


def test_what_can_be_spared_goes_before_the_last_column_is_wrapped() -> None:
    assert narrow_table(ROWS, 45, spare=[1]) == table([(run, best) for run, _, best in ROWS])
    assert narrow_table(ROWS, 30, spare=[1]) == [
        "run  best",
        "one  the best that ever was on",
        "     this machine",
        "two  -",
    ]


def test_where_nothing_helps_the_lines_stay_long() -> None:
    assert narrow_table(ROWS, 30) == table(ROWS)


def test_only_a_terminal_is_narrow(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((32, 24)))
    say_table(ROWS, spare=[1], indent="  ")
    assert capsys.readouterr().out.splitlines() == [f"  {line}" for line in table(ROWS)]
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    say_table(ROWS, spare=[1], indent="  ")
    assert capsys.readouterr().out.splitlines()[2] == "       this machine"
