"""The columns of the table of elites: what each shows, and which of them fit a width."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tui import formatting
from tui.widgets.line_drawing import shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from galapagos.engine.snapshot import EliteSummary
    from tui.widgets.line_drawing import Run

ID_DIGITS = 8
_SHORT_NAMES_FROM = 9
"""The measure's name is cut only where no more columns than these are shown."""
MARGIN = 2
"""Cells at the left, for the cursor."""


@dataclass(frozen=True, slots=True)
class Symbols:
    """The signs of the table."""

    cursor: str = "▸"
    improved: str = "▲"
    champion: str = "★"
    pinned: str = "◆"
    plain: bool = False


ASCII = Symbols(cursor=">", improved="^", champion="*", pinned="+", plain=True)


@dataclass(frozen=True, slots=True)
class Row:
    """Everything that decides how a row looks.

    Args:
        elite: The network.
        age: Generations since it was first evaluated.
        improved: Whether it is new in its level in the generation shown.
        champion: Whether it is the best of all.
    """

    elite: EliteSummary
    age: int
    improved: bool
    champion: bool


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Args:
        name: Written above it; the range of sizes is named by the measure instead.
        write: Returns its text in a row.
        part: The part of the widget that gives its colour.
        keep: The lower, the sooner it goes where there is no room.
        gap: Cells before it.
        right: Whether it is aligned to the right.
    """

    name: str
    write: Callable[[Row, Symbols], str]
    part: str
    keep: int
    gap: int = 2
    right: bool = True


COLUMNS: tuple[Column, ...] = (
    Column("lvl", lambda row, _: formatting.whole(row.elite.level), "number", 8, gap=0),
    Column(
        "",
        lambda row, signs: (
            f"{signs.champion if row.champion else ' '}{signs.pinned if row.elite.pinned else ' '}"
        ),
        "marks",
        7,
        gap=0,
        right=False,
    ),
    Column(
        "size",
        lambda row, signs: formatting.extent(row.elite.low, row.elite.high, ascii_only=signs.plain),
        "number",
        6,
        gap=1,
    ),
    Column("", lambda row, signs: signs.improved if row.improved else " ", "improved", 9, gap=1),
    Column("fitness", lambda row, _: formatting.fitness(row.elite.fitness), "fitness", 10, gap=0),
    Column(
        "",
        lambda row, signs: formatting.deviation(row.elite.standard_deviation, ascii_only=signs.plain),
        "quiet",
        5,
        gap=1,
        right=False,
    ),
    Column("best w", lambda row, _: formatting.weight(row.elite.best_weight), "number", 3),
    Column("neurons", lambda row, _: formatting.whole(row.elite.neurons), "number", 2),
    Column("layers", lambda row, _: formatting.whole(row.elite.layers), "number", 1),
    Column("age", lambda row, _: formatting.whole(row.age), "number", 4),
    Column("id", lambda row, _: formatting.words(row.elite.id)[:ID_DIGITS], "quiet", 0, right=False),
)
SIZE = next(index for index, column in enumerate(COLUMNS) if column.name == "size")


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that are shown at a width.

    Args:
        shown: Indices into `COLUMNS`, ascending.
        widths: By index, for all columns.
        measure: The name of the sizes.
    """

    shown: tuple[int, ...]
    widths: tuple[int, ...]
    measure: str

    def header(self) -> list[Run]:
        """Return the names of the columns."""
        runs: list[Run] = [(" " * MARGIN, "header")]
        for index in self.shown:
            name = shorten(self.measure, self.widths[index]) if index == SIZE else COLUMNS[index].name
            runs.append((self._aligned(index, name), "header"))
        return runs

    def row(self, texts: Sequence[str]) -> list[Run]:
        """Return the cells of a row, without its margin."""
        return [(self._aligned(index, texts[index]), COLUMNS[index].part) for index in self.shown]

    def _aligned(self, index: int, text: str) -> str:
        column, width = COLUMNS[index], self.widths[index]
        padding = " " * max(0, width - cell_len(text))
        gap = " " * (column.gap if index != self.shown[0] else 0)
        return f"{gap}{padding}{text}" if column.right else f"{gap}{text}{padding}"


def fit(width: int, widest: Sequence[int], measure: str) -> Layout:
    """Return the columns for a width, dropping the least needed one until the rest fit.

    Args:
        width: Of the widget, in cells.
        widest: The width of the widest text of each column.
        measure: The name of the sizes; it may make its column wider, and is cut before a column goes.
    """
    named = [max(widest[index], len(column.name)) for index, column in enumerate(COLUMNS)]
    named[SIZE] = widest[SIZE]
    wished = list(named)
    wished[SIZE] = max(named[SIZE], cell_len(measure))
    shown = list(range(len(COLUMNS)))
    while True:
        for widths in (wished, named) if len(shown) <= _SHORT_NAMES_FROM else (wished,):
            if MARGIN + _total(shown, widths) <= width:
                return Layout(tuple(shown), tuple(widths), measure)
        if len(shown) == 1:
            return Layout(tuple(shown), tuple(named), measure)
        shown.remove(min(shown, key=lambda index: COLUMNS[index].keep))


def _total(shown: Sequence[int], widths: Sequence[int]) -> int:
    return sum(widths[index] + (COLUMNS[index].gap if index != shown[0] else 0) for index in shown)
