"""The axes around a plot: how much room they take at a size, and their lines, ticks and labels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tui.widgets.axes import log_labels, log_range, log_ticks, nice_range, tick_labels, ticks
from tui.widgets.braille import Scale, dots_per_cell

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
        vertical: (low, high) at the bottom and the top, low < high; positive where `log_vertical`.
        axis_row: The row of the horizontal axis, None where there is no room for one.
        ascii_only: Whether lines are plain characters.
        log_horizontal: Whether columns are even in log(1 + value), so that a count from 0 has a place.
        log_vertical: Whether rows are even in the logarithm.
        turned: Whether the labels of the vertical axis count down: they are of the negated values.
    """

    left: int
    top: int
    width: int
    height: int
    horizontal: tuple[float, float]
    vertical: tuple[float, float]
    axis_row: int | None
    ascii_only: bool
    log_horizontal: bool = False
    log_vertical: bool = False
    turned: bool = False

    @property
    def columns(self) -> Scale:
        """The horizontal scale in dots, of what `across` returns."""
        low, high = self.across(np.array(self.horizontal)).tolist()
        return Scale(low, high, self.width * dots_per_cell(ascii_only=self.ascii_only)[1])

    @property
    def rows(self) -> Scale:
        """The vertical scale in dots, of what `up` returns."""
        low, high = self.up(np.array(self.vertical)).tolist()
        return Scale(low, high, self.height * dots_per_cell(ascii_only=self.ascii_only)[0])

    def across(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where values of the horizontal axis lie on its scale; at least 0 where it is logarithmic."""
        return np.log1p(values) if self.log_horizontal else values

    def up(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where values of the vertical axis lie on its scale; positive where it is logarithmic."""
        return np.log(values) if self.log_vertical else values

    def column(self, value: float) -> int:
        """Return the column of the widget in which a value of the horizontal axis lies."""
        scale = self.columns
        place = scale.place_one(float(self.across(np.array([value]))[0]))
        return self.left + place * self.width // scale.dots

    def value_at(self, column: int) -> float:
        """Return the value of the horizontal axis in a column of the widget, at the nearest end beside it."""
        low, high = self.across(np.array(self.horizontal)).tolist()
        share = min(max((column - self.left) / max(1, self.width - 1), 0.0), 1.0)
        place = low + share * (high - low)
        return math.expm1(place) if self.log_horizontal else place

    def row(self, value: float) -> int:
        """Return the row of the widget in which a value of the vertical axis lies."""
        scale = self.rows
        place = scale.place_one(float(self.up(np.array([value]))[0]))
        return self.top + self.height - 1 - place * self.height // scale.dots


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
    log_horizontal: bool = False,
    log_vertical: bool = False,
    turned: bool = False,
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
        log_horizontal: Whether the horizontal axis is logarithmic; its range begins at 0 or above then.
        log_vertical: Whether the vertical axis is logarithmic; its range is positive then.
        turned: Whether the labels of a linear vertical axis are those of the negated values.
    """
    axis = 2 if height - top - bottom >= 5 else 1 if height - top - bottom >= 3 else 0
    plot_height = max(1, height - top - bottom - axis)
    if log_vertical:
        low, high = log_range(*vertical)
    else:
        low, high = nice_range(*vertical, max(1, plot_height // _ROWS_A_TICK))
    labels = _vertical_ticks(low, high, plot_height, log=log_vertical, turned=turned)
    longest = max((len(label) for _, label in labels), default=0)
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
        log_horizontal=log_horizontal,
        log_vertical=log_vertical,
        turned=turned,
    )


def _vertical_ticks(
    low: float, high: float, height: int, *, log: bool, turned: bool
) -> list[tuple[float, str]]:
    """Return values with their labels, ascending."""
    most = max(1, height // _ROWS_A_TICK)
    if log:
        values = log_ticks(low, high, most)
        return list(zip(values, log_labels(values), strict=True))
    values = ticks(low, high, most)
    if len(values) <= _FEW:
        finer = ticks(low, high, 2 * most)
        values = finer if 3 * len(finer) <= 2 * height + 1 else values
    labels = tick_labels([-value for value in values] if turned else values)
    return list(zip(values, labels, strict=True))


def draw_frame(canvas: Canvas, frame: Frame, title: str, *, whole: bool = True) -> None:
    """Draw both axes.

    Args:
        canvas: With the parts `axis` and `label`.
        frame: From `lay_out` for the same size.
        title: What the horizontal axis counts, written at its right end.
        whole: Whether the ticks of the horizontal axis are whole numbers.
    """
    draw_vertical(canvas, frame)
    if frame.axis_row is not None:
        _draw_horizontal(canvas, frame, title, whole=whole)


def draw_vertical(canvas: Canvas, frame: Frame) -> None:
    """Draw the vertical axis alone, left of the plot; where the frame has no room for it, nothing."""
    if not frame.left:
        return
    line, tick = ("|", "+") if frame.ascii_only else ("│", "┤")
    end = frame.axis_row if frame.axis_row is not None else frame.top + frame.height
    canvas.write_down(frame.left - 1, range(frame.top, end), line, "axis")
    ticked = _vertical_ticks(*frame.vertical, frame.height, log=frame.log_vertical, turned=frame.turned)
    for value, label in ticked:
        row = frame.row(value)
        canvas.write(row, 0, label.rjust(frame.left - 1), "label")
        canvas.write(row, frame.left - 1, tick, "axis")


def _horizontal_ticks(frame: Frame, *, whole: bool) -> list[tuple[float, str]]:
    """Return values with their labels, ascending."""
    most = max(1, frame.width // _COLUMNS_A_TICK)
    if frame.log_horizontal:
        values = log_ticks(*frame.horizontal, most, whole=whole)
        if len(values) > _FEW:
            return list(zip(values, log_labels(values), strict=True))
    values = ticks(*frame.horizontal, most, whole=whole)
    if len(values) <= _FEW:
        finer = ticks(*frame.horizontal, 2 * most, whole=whole)
        fits = sum(len(label) + _GAP for label in tick_labels(finer)) <= frame.width
        values = finer if fits else values
    return list(zip(values, tick_labels(values), strict=True))


def _draw_horizontal(canvas: Canvas, frame: Frame, title: str, *, whole: bool) -> None:
    row = frame.axis_row or 0
    line, tick, corner = ("-", "+", "+") if frame.ascii_only else ("─", "┬", "└")
    canvas.write(row, frame.left, line * frame.width, "axis")
    if frame.left:
        canvas.write(row, frame.left - 1, corner, "axis")
    end = canvas.width
    if row + 1 < canvas.height and frame.width >= len(title) + _COLUMNS_A_TICK:
        end = max(frame.left + frame.width, canvas.width) - len(title)
        canvas.write(row + 1, end, title, "label")
    free = 0
    for value, label in _horizontal_ticks(frame, whole=whole):
        column = frame.column(value)
        canvas.write(row, column, tick, "axis")
        start = max(free, min(column - len(label) // 2, canvas.width - len(label)))
        if start <= column and start + len(label) < end:
            canvas.write(row + 1, start, label, "label")
            free = start + len(label) + _GAP
