"""Tables that commands print, as narrow as the terminal that they are printed in."""

from __future__ import annotations

import shutil
import sys
from textwrap import wrap
from typing import TYPE_CHECKING

from galapagos.cli.parsing import say

if TYPE_CHECKING:
    from collections.abc import Sequence

Rows = list[tuple[str, ...]]
_NARROWEST = 20
"""The least characters that a last column is wrapped to; where there are fewer, the terminal breaks lines."""


def say_table(rows: Rows, *, spare: Sequence[int] = (), indent: str = "") -> None:
    """Write rows with aligned columns; in a terminal no wider than it is, in a pipe in full.

    Args:
        rows: Of equal length; the first may be a head.
        spare: Columns that a narrow terminal goes without, the first to go first.
        indent: What stands before each line.
    """
    room = shutil.get_terminal_size().columns - len(indent) if sys.stdout.isatty() else None
    for line in table(rows) if room is None else narrow_table(rows, room, spare):
        say(f"{indent}{line}")


def narrow_table(rows: Rows, room: int, spare: Sequence[int] = ()) -> list[str]:
    """Return a table without the spare columns that have no room, its last column wrapped where need be."""
    kept = list(range(len(rows[0]))) if rows else []
    lines = table(rows)
    for column in spare:
        if max(map(len, lines), default=0) <= room:
            return lines
        kept.remove(column)
        lines = table([tuple(row[at] for at in kept) for row in rows])
    before = sum(max(len(row[at]) for row in rows) + 2 for at in kept[:-1])
    if room - before < _NARROWEST:
        return lines
    return [
        part
        for line in lines
        for part in wrap(line, room, subsequent_indent=" " * before, break_on_hyphens=False)
    ]


def table(rows: Rows) -> list[str]:
    """Return rows of equal length as lines with aligned columns; the last column is not padded."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
