"""The columns of the table of saved elites: what each shows, and which of them fit a width."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tui import formatting
from tui.widgets.line_drawing import shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from library_store.entry import Entry
    from tui.widgets.line_drawing import Run

MARGIN = 4
"""Cells at the left, for the cursor and the mark."""
_GAP = 2
_NUMBER = 6
_TEXTS = frozenset({"name", "task"})
"""The width of a number before its unit."""


@dataclass(frozen=True, slots=True)
class Symbols:
    """The signs of the table."""

    cursor: str = "▸"
    marked: str = "●"
    ascending: str = "▴"
    descending: str = "▾"
    plain: bool = False


ASCII = Symbols(cursor=">", marked="*", ascending="^", descending="v", plain=True)


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Args:
        name: What stands above it, and what entries are sorted by for it.
        write: Returns its text for an entry at a time, seconds since 1970.
        least: The width below which it says nothing, in cells.
        keep: Of two columns the one with the lower number goes first where there is no room.
        part: The style of its cells.
        right: Whether its texts end in a line.
    """

    name: str
    write: Callable[[Entry, float], str]
    least: int
    keep: int
    part: str = ""
    right: bool = False


def complexity_text(entry: Entry) -> str:
    """Return the size of an entry in the archive with what it counts: `    36 connections`."""
    return f"{formatting.whole(entry.complexity):>{_NUMBER}} {entry.measure}"


COLUMNS = (
    Column("name", lambda entry, _: entry.name, 16, 10, "name"),
    Column("task", lambda entry, _: entry.task, 12, 4),
    Column("fitness", lambda entry, _: entry.fitness_text, 9, 9, "fitness", right=True),
    Column("complexity", lambda entry, _: complexity_text(entry), 18, 7),
    Column("tags", lambda entry, _: " ".join(entry.tags), 10, 5, "tags"),
    Column("saved", lambda entry, now: formatting.ago(now - entry.saved), 7, 8, "quiet", right=True),
    Column("run", lambda entry, _: entry.run, 12, 3, "quiet"),
)
_GROWTH = (
    ("name", 26),
    ("task", 16),
    ("run", 20),
    ("tags", 16),
    ("name", 34),
    ("run", 36),
    ("tags", 24),
    ("task", 24),
)
"""(column, up to which width) of what is left over, in this order; the name then takes the rest."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that are shown at a width; it does not depend on the entries, so that nothing moves.

    Args:
        shown: (column, its width), from left to right.
    """

    shown: tuple[tuple[Column, int], ...]

    def header(self, by: str, sign: str) -> list[Run]:
        """Return the names of the columns, with a sign at the one that entries are sorted by."""
        runs: list[Run] = [(" " * MARGIN, "header")]
        for number, (column, width) in enumerate(self.shown):
            text = f"{column.name} {sign}" if column.name == by else column.name
            runs.append((_aligned(text, column, width, first=number == 0), "header"))
        return runs

    def row(self, entry: Entry, now: float, *, plain: bool) -> list[Run]:
        """Return the cells of an entry, without the margin."""
        runs: list[Run] = []
        for number, (column, width) in enumerate(self.shown):
            text = shorten(column.write(entry, now), width, ascii_only=plain)
            runs.append((_aligned(text, column, width, first=number == 0), column.part))
        return runs


def fit(width: int) -> Layout:
    """Return the columns for a width in cells, without the least needed ones until the rest fit."""
    shown = list(COLUMNS)
    while len(shown) > 1 and _total([column.least for column in shown]) > width:
        shown.remove(min(shown, key=lambda column: column.keep))
    widths = {column.name: column.least for column in shown}
    free = max(0, width - _total(list(widths.values())))
    for name, most in _GROWTH:
        if name in widths:
            more = max(0, min(free, most - widths[name]))
            widths[name] += more
            free -= more
    if len(shown) == 1:
        return Layout(((shown[0], max(1, width - MARGIN)),))
    widths["name"] += free
    return Layout(tuple((column, widths[column.name]) for column in shown))


def _total(widths: Sequence[int]) -> int:
    return MARGIN + sum(widths) + _GAP * (len(widths) - 1)


def _aligned(text: str, column: Column, width: int, *, first: bool) -> str:
    padding = " " * max(0, width - cell_len(text))
    gap = "" if first else " " * _GAP
    return f"{gap}{padding}{text}" if column.right else f"{gap}{text}{padding}"


def order_in_words(by: str, *, reverse: bool) -> str:
    """Return an order in words."""
    ways = ("from a to z", "from z to a") if by in _TEXTS else ("the largest first", "the smallest first")
    return (("the latest first", "the oldest first") if by == "saved" else ways)[reverse]
