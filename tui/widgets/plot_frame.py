"""The axes around a plot: how much room they take at a size, and their lines, ticks and labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.widgets.axes import nice_range, tick_labels, ticks
from tui.widgets.braille import Scale, dots_per_cell

if TYPE_CHECKING:
    from tui.widgets.canvas import Canvas

_ROWS_A_TICK = 3
_FEW = 2
"""Where no more ticks than these came out, closer ones are tried."""
_COLUMNS_A_TICK = 8
_GAP = 2
"""Cells between two labels."""
_LEAST_PLOT_WIDTH = 12
"""Below this many cells the labels of the vertical axis go, so that the curve stays."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the plot lies in its widget, in cells, and what it spans.

    Args:
        left: First column of the plot; the axis is one column before it, if there is room for one.
        top: First row of the plot.
        width: At least 1.
        height: At least 1.
        horizontal: (low, high) at the first and the last column, low < high.
        vertical: (low, high) at the bottom and the top, low < high.
        axis_row: The row of the horizontal axis, None where there is no room for one.
        ascii_only: Whether lines are plain characters.
    """

    left: int
    top: int
    width: int
    height: int
    horizontal: tuple[float, float]
    vertical: tuple[float, float]
    axis_row: int | None
    ascii_only: bool

    @property
    def columns(self) -> Scale:
        """The horizontal scale in dots."""
        return Scale(*self.horizontal, self.width * dots_per_cell(ascii_only=self.ascii_only)[1])

    @property
    def rows(self) -> Scale:
        """The vertical scale in dots."""
        return Scale(*self.vertical, self.height * dots_per_cell(ascii_only=self.ascii_only)[0])

    def column(self, value: float) -> int:
        """Return the column of the widget in which a value of the horizontal axis lies."""
        scale = self.columns
        return self.left + scale.place_one(value) * self.width // scale.dots

    def row(self, value: float) -> int:
        """Return the row of the widget in which a value of the vertical axis lies."""
        scale = self.rows
        return self.top + self.height - 1 - scale.place_one(value) * self.height // scale.dots


def lay_out(
    width: int,
    height: int,
    horizontal: tuple[float, float],
    vertical: tuple[float, float],
    *,
    top: int = 0,
    bottom: int = 0,
    right: int = 0,
    ascii_only: bool = False,
) -> Frame:
    """Return the frame of a plot in so many cells.

    Args:
        width: Of the widget, at least 1.
        height: Of the widget, at least 1.
        horizontal: The range of the horizontal axis.
        vertical: The range of the values; the axis takes a rounder one.
        top: Rows kept free above the plot.
        bottom: Rows kept free between the plot and its axis.
        right: Columns kept free at the right end.
        ascii_only: Whether the plot is drawn in plain characters.
    """
    axis = 2 if height - top - bottom >= 5 else 1 if height - top - bottom >= 3 else 0
    plot_height = max(1, height - top - bottom - axis)
    low, high = nice_range(*vertical, max(1, plot_height // _ROWS_A_TICK))
    longest = max(map(len, tick_labels(_vertical_ticks(low, high, plot_height))), default=0)
    left = longest + 1
    if width - left - right < _LEAST_PLOT_WIDTH:
        left = 0
    return Frame(
        left=left,
        top=top,
        width=max(1, width - left - right),
        height=plot_height,
        horizontal=horizontal,
        vertical=(low, high),
        axis_row=top + plot_height + bottom if axis else None,
        ascii_only=ascii_only,
    )


def _vertical_ticks(low: float, high: float, height: int) -> list[float]:
    most = max(1, height // _ROWS_A_TICK)
    values = ticks(low, high, most)
    if len(values) > _FEW:
        return values
    finer = ticks(low, high, 2 * most)
    return finer if 3 * len(finer) <= 2 * height + 1 else values


def draw_frame(canvas: Canvas, frame: Frame, title: str, *, whole: bool = True) -> None:
    """Draw both axes.

    Args:
        canvas: With the parts `axis` and `label`.
        frame: From `lay_out` for the same size.
        title: What the horizontal axis counts, written at its right end.
        whole: Whether the ticks of the horizontal axis are whole numbers.
    """
    if frame.left:
        _draw_vertical(canvas, frame)
    if frame.axis_row is not None:
        _draw_horizontal(canvas, frame, title, whole=whole)


def _draw_vertical(canvas: Canvas, frame: Frame) -> None:
    line, tick = ("|", "+") if frame.ascii_only else ("│", "┤")
    end = frame.axis_row if frame.axis_row is not None else frame.top + frame.height
    canvas.write_down(frame.left - 1, range(frame.top, end), line, "axis")
    values = _vertical_ticks(*frame.vertical, frame.height)
    for value, label in zip(values, tick_labels(values), strict=True):
        row = frame.row(value)
        canvas.write(row, 0, label.rjust(frame.left - 1), "label")
        canvas.write(row, frame.left - 1, tick, "axis")


def _horizontal_ticks(frame: Frame, *, whole: bool) -> list[float]:
    most = max(1, frame.width // _COLUMNS_A_TICK)
    values = ticks(*frame.horizontal, most, whole=whole)
    if len(values) > _FEW:
        return values
    finer = ticks(*frame.horizontal, 2 * most, whole=whole)
    return finer if sum(len(label) + _GAP for label in tick_labels(finer)) <= frame.width else values


def _draw_horizontal(canvas: Canvas, frame: Frame, title: str, *, whole: bool) -> None:
    row = frame.axis_row or 0
    line, tick, corner = ("-", "+", "+") if frame.ascii_only else ("─", "┬", "└")
    canvas.write(row, frame.left, line * frame.width, "axis")
    if frame.left:
        canvas.write(row, frame.left - 1, corner, "axis")
    values = _horizontal_ticks(frame, whole=whole)
    end = canvas.width
    if row + 1 < canvas.height and frame.width >= len(title) + _COLUMNS_A_TICK:
        end = max(frame.left + frame.width, canvas.width) - len(title)
        canvas.write(row + 1, end, title, "label")
    free = 0
    for value, label in zip(values, tick_labels(values), strict=True):
        column = frame.column(value)
        canvas.write(row, column, tick, "axis")
        start = max(free, min(column - len(label) // 2, canvas.width - len(label)))
        if start <= column and start + len(label) < end:
            canvas.write(row + 1, start, label, "label")
            free = start + len(label) + _GAP
