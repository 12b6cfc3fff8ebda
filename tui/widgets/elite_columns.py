"""The columns of the table of elites: what each shows, and which of them fit a width."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tui import formatting
from tui.run_terms import ACCURACIES
from tui.widgets.line_drawing import shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from galapagos.engine.snapshot import EliteSummary
    from tui.run_terms import RunTerms
    from tui.widgets.line_drawing import Run

ID_DIGITS = 8
_SHORT_NAMES_FROM = 9
"""The measure's name is cut only where no more columns than these are shown."""
_LONGEST_MEASURE = 24
MARGIN = 2
"""Cells at the left, for the cursor and the mark."""


@dataclass(frozen=True, slots=True)
class Symbols:
    """The signs of the table."""

    cursor: str = "▸"
    marked: str = "●"
    improved: str = "▲"
    champion: str = "★"
    pinned: str = "◆"
    plain: bool = False


ASCII = Symbols(cursor=">", marked="o", improved="^", champion="*", pinned="+", plain=True)


@dataclass(frozen=True, slots=True)
class Row:
    """Everything that decides how a row looks.

    Args:
        elite: The network.
        age: Generations since it was first evaluated.
        improved: Whether it is new in its level in the generation shown.
        champion: Whether it is the best of all.
        terms: How the run is told.
    """

    elite: EliteSummary
    age: int
    improved: bool
    champion: bool
    terms: RunTerms


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Args:
        name: Written above it; sizes are named by the measure instead, and fitness by its kind.
        write: Returns its text in a row.
        part: The part of the widget that gives its colour.
        keep: The lower, the sooner it goes where there is no room.
        gap: Cells before it.
        right: Whether it is aligned to the right.
        optional: Whether it is left out where no row has a text in it.
    """

    name: str
    write: Callable[[Row, Symbols], str]
    part: str
    keep: int
    gap: int = 2
    right: bool = True
    optional: bool = False


def _accuracy(name: str, keep: int) -> Column:
    def write(row: Row, _: Symbols) -> str:
        return formatting.accuracy(row.elite.accuracies.get(name))

    return Column(ACCURACIES[name], write, "number", keep, optional=True)


def _deviation(row: Row, signs: Symbols) -> str:
    if not row.terms.shares_weights:
        return ""
    return formatting.deviation(row.elite.standard_deviation, row.terms.kind, ascii_only=signs.plain)


def _held_out(row: Row, _: Symbols) -> str:
    """Return the accuracy on held-out images, where it is not the fitness itself."""
    share = row.elite.accuracies.get("validation_accuracy")
    return "" if share == row.elite.fitness else formatting.accuracy(share)


COLUMNS: tuple[Column, ...] = (
    Column("lvl", lambda row, _: formatting.whole(row.elite.level), "number", 17, gap=0),
    Column(
        "",
        lambda row, signs: (
            f"{signs.champion if row.champion else ' '}{signs.pinned if row.elite.pinned else ' '}"
        ),
        "marks",
        14,
        gap=0,
        right=False,
    ),
    Column(
        "size",
        lambda row, signs: formatting.extent(row.elite.low, row.elite.high, ascii_only=signs.plain),
        "number",
        15,
        gap=1,
    ),
    Column("", lambda row, signs: signs.improved if row.improved else " ", "improved", 18, gap=1),
    Column(
        "fitness", lambda row, _: formatting.fitness(row.elite.fitness, row.terms.kind), "fitness", 19, gap=0
    ),
    Column("", _deviation, "quiet", 9, gap=1, right=False, optional=True),
    Column(ACCURACIES["validation_accuracy"], _held_out, "number", 12, optional=True),
    _accuracy("test_accuracy", 13),
    _accuracy("accuracy", 11),
    _accuracy("max_accuracy", 7),
    _accuracy("ensemble_accuracy", 6),
    Column("best w", lambda row, _: formatting.weight(row.elite.best_weight), "number", 8, optional=True),
    Column(
        "epochs",
        lambda row, _: "" if row.terms.shares_weights else formatting.whole(row.elite.epochs),
        "number",
        5,
        optional=True,
    ),
    Column("connections", lambda row, _: formatting.whole(row.elite.connections), "number", 2),
    Column("neurons", lambda row, _: formatting.whole(row.elite.neurons), "number", 4),
    Column("layers", lambda row, _: formatting.whole(row.elite.layers), "number", 3),
    Column(
        "age",
        lambda row, _: formatting.whole(row.age) if row.terms.breeds else "",
        "number",
        10,
        optional=True,
    ),
    Column("id", lambda row, _: formatting.words(row.elite.id)[:ID_DIGITS], "quiet", 0, right=False),
)
SIZE, FITNESS = (
    next(index for index, column in enumerate(COLUMNS) if column.name == name) for name in ("size", "fitness")
)


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that are shown at a width.

    Args:
        shown: Indices into `COLUMNS`, ascending.
        widths: By index, for all columns.
        terms: How the run is told.
    """

    shown: tuple[int, ...]
    widths: tuple[int, ...]
    terms: RunTerms

    def header(self) -> list[Run]:
        """Return the names of the columns."""
        runs: list[Run] = [(" " * MARGIN, "header")]
        for index in self.shown:
            name = shorten(_name(index, self.terms), self.widths[index])
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


def fit(width: int, widest: Sequence[int], terms: RunTerms) -> Layout:
    """Return the columns for a width, dropping the least needed one until the rest fit.

    Args:
        width: Of the widget, in cells.
        widest: The width of the widest text of each column.
        terms: How the run is told. Its measure's name may make a column wider, and is cut before a column
            goes; a column of the same name says nothing new, and goes at once.
    """
    wished = [max(widest[index], cell_len(_name(index, terms))) for index in range(len(COLUMNS))]
    named = list(wished)
    named[SIZE] = widest[SIZE]
    shown = [
        index
        for index, column in enumerate(COLUMNS)
        if column.name != terms.measure and (widest[index] or not column.optional)
    ]
    while True:
        for widths in (wished, named) if len(shown) <= _SHORT_NAMES_FROM else (wished,):
            if MARGIN + _total(shown, widths) <= width:
                return Layout(tuple(shown), tuple(widths), terms)
        if len(shown) == 1:
            return Layout(tuple(shown), tuple(named), terms)
        shown.remove(min(shown, key=lambda index: COLUMNS[index].keep))


def _name(index: int, terms: RunTerms) -> str:
    if index == SIZE:
        return formatting.words(terms.measure, _LONGEST_MEASURE)
    return str(terms.kind) if index == FITNESS else COLUMNS[index].name


def _total(shown: Sequence[int], widths: Sequence[int]) -> int:
    return sum(widths[index] + (COLUMNS[index].gap if index != shown[0] else 0) for index in shown)
