"""The marks of a plot: a line where people did something, and below the curves a symbol with its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.marks import SYMBOLS, Mark, MarkKind
from tui.widgets.line_drawing import shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.widgets.canvas import Canvas
    from tui.widgets.plot_frame import Frame

PARTS: dict[MarkKind, str] = {
    MarkKind.PARAMETERS: "mark",
    MarkKind.INJECT: "mark-inject",
    MarkKind.CLONE: "mark-inject",
    MarkKind.PIN: "mark-pin",
    MarkKind.UNPIN: "mark-pin",
    MarkKind.BREED: "mark-breed",
    MarkKind.CANCEL_BREED: "mark-breed",
    MarkKind.DROP: "mark-drop",
}
"""The part of the plot that each kind of mark belongs to."""
_LEAST_TEXT = 8
"""A mark's text is not cut to fewer cells than this."""
_MOST_TOGETHER = 3
"""Of the marks that share a column so many are told, the newest ones."""


def draw_mark_lines(canvas: Canvas, frame: Frame, marks: Sequence[Mark]) -> None:
    """Draw a line over the height of the plot at each mark."""
    line = ":" if frame.ascii_only else "┊"
    rows = range(frame.top, frame.top + frame.height)
    for column in by_column(frame, marks):
        canvas.write_down(column, rows, line, "mark-line")


def draw_mark_row(canvas: Canvas, frame: Frame, marks: Sequence[Mark]) -> None:
    """Draw the symbol of each mark below the curves, and the newest texts where they find room."""
    row = frame.top + frame.height
    if row == frame.axis_row or row >= canvas.height:
        return
    columns = by_column(frame, marks)
    taken = sorted(columns)
    for column in reversed(taken):
        here = columns[column]
        symbol = SYMBOLS[here[-1].kind][frame.ascii_only]
        canvas.write(row, column, symbol, PARTS[here[-1].kind])
        text = ", ".join(mark.text for mark in here if mark.text)
        _write_beside(canvas, row, column, text, PARTS[here[-1].kind], frame, taken)


def by_column(frame: Frame, marks: Sequence[Mark]) -> dict[int, list[Mark]]:
    """Return the newest marks of each column of the plot that has some; the marks lie within the frame."""
    columns: dict[int, list[Mark]] = {}
    for mark in marks:
        columns.setdefault(frame.column(mark.generation), []).append(mark)
    return {column: here[-_MOST_TOGETHER:] for column, here in columns.items()}


def marks_at(marks: Sequence[Mark], generation: float, reach: float) -> list[Mark]:
    """Return the newest marks at a generation; where there is none, of the nearest one within reach."""
    near = [mark for mark in marks if abs(mark.generation - generation) <= reach]
    nearest = min((abs(mark.generation - generation) for mark in near), default=0)
    return [mark for mark in near if abs(mark.generation - generation) == nearest][-_MOST_TOGETHER:]


def _write_beside(
    canvas: Canvas, row: int, column: int, text: str, part: str, frame: Frame, taken: Sequence[int]
) -> None:
    """Write a mark's text to its right, or else to its left, if nothing is there."""
    left, right = frame.left, frame.left + frame.width
    for start in (column + 2, column - 1 - len(text)):
        stop = start + len(text)
        free = all(not start - 1 <= other <= stop for other in taken if other != column)
        if start >= left and stop <= right and free and (canvas.numbers[row, start:stop] == 0).all():
            canvas.write(row, start, text, part)
            return
    room = min([right, *(other - 1 for other in taken if other > column)]) - column - 2
    if room >= _LEAST_TEXT and (canvas.numbers[row, column + 2 : column + 2 + room] == 0).all():
        canvas.write(row, column + 2, shorten(text, room, ascii_only=frame.ascii_only), part)
