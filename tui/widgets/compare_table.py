"""The table of a comparison: a line for each thing that is compared, a column for each elite that is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tui.widgets.line_drawing import shorten
from tui.widgets.scrolled_rows import Line, ScrolledRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.compare_rows import CompareRow

_PARTS = ("label", "empty", "heading", "differs", "best", "same")
_NAME = 24
"""Cells for what is compared, at most; a mark comes before it."""


class CompareTable(ScrolledRows):
    """Rows in groups; where elites differ a mark stands in front, and the best is bold.

    Args:
        ascii_only: Draw with plain characters.
        id: The id of the widget.
    """

    PREFIX = "compare-table"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"compare-table--{part}" for part in _PARTS}
    DEFAULT_CSS = """
    CompareTable {
        & > .compare-table--label { color: $text-muted; }
        & > .compare-table--heading { color: $text-primary; text-style: bold; }
        & > .compare-table--differs { color: $text-warning; }
        & > .compare-table--best { color: $text-success; text-style: bold; }
        & > .compare-table--same { color: $text-muted; }
        & > .compare-table--empty { color: $text-muted; text-style: italic; }
        &:ansi > .compare-table--label { text-style: dim; }
        &:ansi > .compare-table--same { text-style: dim; }
    }
    """

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(ascii_only=ascii_only, id=id)
        self._titles: tuple[str, ...] = ()
        self._seen = range(0)
        self._rows: list[CompareRow | str] = []

    def show(self, rows: Sequence[CompareRow], titles: Sequence[str], seen: range, note: str = "") -> None:
        """Show a comparison.

        Args:
            rows: Its lines.
            titles: What each elite is called, fit to be shown.
            seen: The places of the elites that have a column.
            note: The last line.
        """
        self._titles, self._seen = tuple(titles), seen
        lines: list[CompareRow | str] = []
        group = ""
        for row in rows:
            if row.group != group:
                lines += [*([""] if lines else []), row.group]
                group = row.group
            lines.append(row)
        self._rows = [*lines, *(["", note] if note else [])]
        self.rewrite()

    def count(self, width: int) -> int:  # noqa: ARG002
        """Return how many lines there are, headings included."""
        return len(self._rows)

    def headings(self, width: int) -> Sequence[Line]:
        """Return what the elites are called."""
        name, column = _widths(width, len(self._seen))
        cells = [self._cell(self._titles[place], column) for place in self._seen]
        return [[(" " * (name + 2), ""), ("".join(cells), "heading")]]

    def row(self, number: int, width: int) -> Line:
        """Return one line."""
        row = self._rows[number]
        if isinstance(row, str):
            return [(f" {row}", "heading" if number < len(self._rows) - 1 else "label")]
        name, column = _widths(width, len(self._seen))
        mark = ("!" if self.ascii_only else "≠") if row.differs else " "
        label = shorten(row.name, name - 1, ascii_only=self.ascii_only)
        runs: Line = [(f"{mark} ", "differs"), (f"{label:<{name}}", "label")]
        for place in self._seen:
            part = "best" if place in row.best else "" if row.differs else "same"
            runs.append((self._cell(row.values[place], column), part))
        return runs

    def _cell(self, text: str, width: int) -> str:
        return f"{shorten(text, width - 1, ascii_only=self.ascii_only)}".ljust(width)


def _widths(width: int, columns: int) -> tuple[int, int]:
    """Return the width of the names and that of a column."""
    name = max(8, min(_NAME, width // 4))
    return name, max(4, (width - name - 2) // max(1, columns))
