"""The names of curves beside their ends or above them, and what a cursor reads off them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tui.widgets.axes import value_label
from tui.widgets.line_drawing import Run, shorten

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from tui.widgets.canvas import Canvas
    from tui.widgets.plot_frame import Frame

_GAP = 2
_VALUE = 5
"""Cells that a value takes at least, so that the line seldom moves while it is read."""


def draw_names(
    canvas: Canvas, frame: Frame, curves: Mapping[str, NDArray[np.float64]], parts: Sequence[str]
) -> None:
    """Write each name beside the end of its curve, moved where two would meet."""
    ends: list[tuple[float, int, str, str]] = []
    for number, ((name, values), part) in enumerate(zip(curves.items(), parts, strict=True)):
        known = np.flatnonzero(np.isfinite(values))
        if known.size:
            ends.append((-float(values[known[-1]]), number, name, part))
    ends.sort()
    rows = [frame.row(-value) for value, *_ in ends]
    for index in range(1, len(rows)):
        rows[index] = max(rows[index], rows[index - 1] + 1)
    limit = canvas.height - 2
    for index in range(len(rows) - 1, -1, -1):
        rows[index] = limit = min(rows[index], limit)
        limit -= 1
    for row, (_, _, name, part) in zip(rows, ends, strict=True):
        canvas.write(row, frame.left + frame.width + 1, name, part)


def draw_legend(canvas: Canvas, names: Sequence[str], parts: Sequence[str], *, ascii_only: bool) -> None:
    """Write the names one after the other into the first row."""
    column = 0
    for name, part in zip(names, parts, strict=True):
        text = shorten(name, canvas.width - column, ascii_only=ascii_only)
        canvas.write(0, column, text, part)
        column += len(text) + _GAP


def values_at(
    generations: NDArray[np.float64], curves: Mapping[str, NDArray[np.float64]], generation: float
) -> tuple[float, list[float]]:
    """Return the last generation that is not after `generation`, and the value of each curve there.

    Args:
        generations: Ascending, at least one.
        curves: As long as `generations`.
        generation: The first one is read where it is before all.
    """
    place = max(0, int(np.searchsorted(generations, generation, side="right")) - 1)
    return float(generations[place]), [float(values[place]) for values in curves.values()]


def reading(step: str, generation: float, names: Sequence[str], values: Sequence[float]) -> list[str]:
    """Return what a cursor reads: the generation, then each name with its value."""
    told = [f"{name} {value_label(value).rjust(_VALUE)}" for name, value in zip(names, values, strict=True)]
    return [f"{step} {generation:,.0f}".replace(",", " "), *told]


def packed(items: Sequence[Run], width: int, most: int, *, ascii_only: bool) -> list[list[Run]]:
    """Return items in at most `most` lines of at most `width` cells; what finds no room is left out."""
    lines: list[list[Run]] = []
    free = 0
    for text, part in items:
        if len(text) + _GAP > free or not lines:
            if len(lines) == most:
                break
            lines.append([])
            free = width + _GAP
        shown = shorten(text, width, ascii_only=ascii_only)
        lines[-1].append((shown, part))
        free -= len(shown) + _GAP
    return lines


def draw_reading(canvas: Canvas, lines: Sequence[Sequence[Run]]) -> None:
    """Write lines of items into the first rows."""
    for row, line in enumerate(lines):
        column = 0
        for text, part in line:
            canvas.write(row, column, text, part)
            column += len(text) + _GAP
