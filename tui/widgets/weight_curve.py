"""Fitness over the shared weight, with the weight that acts now and what its episode has come to."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from textual.reactive import reactive

from tui import formatting
from tui.widgets.axes import value_range
from tui.widgets.braille import clean, merge, span_dots, spans
from tui.widgets.canvas import Canvas, message
from tui.widgets.live_canvas import LiveCanvasWidget
from tui.widgets.plot_frame import Frame, draw_frame, lay_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_PARTS = ("", "axis", "label", "empty", "best", "weight", "curve", "now")
_LEAST_HEIGHT = 4
"""From which on the numbers are written above the plot."""


class WeightCurve(LiveCanvasWidget):
    """The curve of fitness over the weight that all connections share.

    Args:
        ascii_only: Draw with plain characters, for terminals without braille.
        id: The id of the widget.
        classes: Its CSS classes.
    """

    PREFIX = "weight-curve"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"weight-curve--{part}" for part in _PARTS if part}
    DEFAULT_CSS = """
    WeightCurve {
        width: 1fr;
        height: 1fr;
        & > .weight-curve--axis { color: $text-muted; }
        & > .weight-curve--label { color: $text-muted; }
        & > .weight-curve--empty { color: $text-muted; text-style: italic; }
        & > .weight-curve--best { color: $text-disabled; }
        & > .weight-curve--weight { color: $text-warning; text-style: bold; }
        & > .weight-curve--curve { color: $text-success; }
        & > .weight-curve--now { color: $text-error; text-style: bold; }
        &:ansi > .weight-curve--axis { text-style: dim; }
        &:ansi > .weight-curve--label { text-style: dim; }
        &:ansi > .weight-curve--best { text-style: dim; }
    }
    """

    ascii_only = reactive(False, init=False)

    def __init__(
        self, *, ascii_only: bool = False, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.set_reactive(WeightCurve.ascii_only, ascii_only)
        self._weights: NDArray[np.float64] = np.empty(0)
        self._means: NDArray[np.float64] = np.empty(0)
        self._weight: float | None = None
        self._total = math.nan
        self._best: float | None = None
        self._text = "Fitness over the weight is being computed"

    def show(
        self,
        points: Sequence[tuple[float, float]],
        weight: float | None,
        *,
        total: float = math.nan,
        best: float | None = None,
        text: str = "",
    ) -> None:
        """Draw the curve.

        Args:
            points: (weight, mean fitness) by ascending weight, NaN where there is none yet.
            weight: The one that acts now.
            total: The reward of its episode so far, NaN where there is none.
            best: The weight to come back to, None where there is none.
            text: What to say instead of a curve.
        """
        self._weights = clean([weight for weight, _ in points])
        self._means = clean([mean for _, mean in points])
        self._weight, self._best = weight, best
        self._total = total if math.isfinite(total) else math.nan
        self._text = formatting.words(text) or self._text
        self.repaint()

    def watch_ascii_only(self) -> None:
        """Paint with the other characters."""
        self.repaint()

    def paint(self, width: int, height: int) -> Canvas:
        """Return the picture for one size."""
        known = value_range(self._means)
        if self._weights.size < 2 or known is None:
            return message(width, height, _PARTS, self._text, "empty")
        # Zero is on the axis: what an episode has come to begins there, so that the axis need not move.
        low, high = min(0.0, known[0]), max(0.0, known[1])
        if math.isfinite(self._total):
            low, high = min(low, self._total), max(high, self._total)
        first, last = float(self._weights[0]), float(self._weights[-1])
        if self._weight is not None:
            first, last = min(first, self._weight), max(last, self._weight)
        top = int(height >= _LEAST_HEIGHT)
        frame = lay_out(
            width, height, (first, max(last, first + 1e-6)), (low, high), top=top, ascii_only=self.ascii_only
        )
        canvas = Canvas(width, height, _PARTS)
        draw_frame(canvas, frame, "weight", whole=False)
        self._draw_marks(canvas, frame)
        self._draw_curve(canvas, frame)
        self._draw_now(canvas, frame)
        if top:
            self._write_numbers(canvas, frame)
        return canvas

    def _draw_curve(self, canvas: Canvas, frame: Frame) -> None:
        known = np.flatnonzero(np.isfinite(self._means))
        low, high = spans(self._weights[known], self._means[known], frame.columns, frame.rows)
        cells = merge(
            [span_dots(low, high, frame.rows.dots)], frame.height, frame.width, ascii_only=self.ascii_only
        )
        canvas.place(frame.top, frame.left, cells, ("curve",))

    def _draw_marks(self, canvas: Canvas, frame: Frame) -> None:
        rows = range(frame.top, frame.top + frame.height)
        if self._best is not None and float(self._weights[0]) <= self._best <= float(self._weights[-1]):
            canvas.write_down(frame.column(self._best), rows, ":" if self.ascii_only else "┊", "best")
        if self._weight is not None:
            canvas.write_down(frame.column(self._weight), rows, "|" if self.ascii_only else "│", "weight")

    def _draw_now(self, canvas: Canvas, frame: Frame) -> None:
        if self._weight is None:
            return
        if frame.axis_row is not None:
            canvas.write(
                frame.axis_row, frame.column(self._weight), "^" if self.ascii_only else "▲", "weight"
            )
        if math.isfinite(self._total):
            point = "O" if self.ascii_only else "●"
            canvas.write(frame.row(self._total), frame.column(self._weight), point, "now")

    def _write_numbers(self, canvas: Canvas, frame: Frame) -> None:
        """Write what the curve says of the present weight, and what its episode has come to."""
        if self._weight is None:
            return
        known = np.flatnonzero(np.isfinite(self._means))
        expected = float(np.interp(self._weight, self._weights[known], self._means[known]))
        texts = [
            (f"at {formatting.weight(self._weight)}", "weight"),
            (f"expected {formatting.fitness(expected)}", "curve"),
            (f"now {formatting.fitness(self._total)}", "now"),
        ]
        column = frame.left
        for text, part in texts:
            if column + len(text) <= canvas.width:
                canvas.write(0, column, text, part)
            column += len(text) + 2
