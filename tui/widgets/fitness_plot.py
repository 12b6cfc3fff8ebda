"""The curves of a run over its generations, drawn in braille dots by a line-API widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from textual.reactive import reactive

from tui import formatting
from tui.widgets.axes import value_range, widened
from tui.widgets.braille import clean, column_starts, merge, span_dots, spans
from tui.widgets.canvas import Canvas, CanvasWidget, message
from tui.widgets.line_drawing import shorten
from tui.widgets.plot_frame import Frame, draw_frame, lay_out

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

SERIES = 6
"""The number of colours; a seventh curve takes the first one again."""
_PARTS = ("", "axis", "label", "mark", "mark-line", "empty", *(f"series-{n}" for n in range(1, SERIES + 1)))
_LEAST_WIDTH_FOR_NAMES = 36
_LEAST_HEIGHT_FOR_MARKS = 7
_LONGEST_NAME = 16
_ROWS_WITHOUT_NAMES = 1
"""The row of the labels of the generations."""
_AXES = {"generation": "gen"}
"""What is counted, where its name is too long for an axis."""
_LEAST_TEXT = 8
"""A mark's text is not cut to fewer cells than this."""


class FitnessPlot(CanvasWidget):
    """Curves over the generations, or epochs, with a mark where a parameter changed.

    It scales itself to the data, keeps every peak however many generations share a column, breaks a curve
    where a value is NaN, and repaints only the rows that changed.

    Args:
        ascii_only: Draw with plain characters, for terminals without braille.
        id: The id of the widget.
        classes: Its CSS classes.
    """

    PREFIX = "fitness-plot"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"fitness-plot--{part}" for part in _PARTS if part}
    DEFAULT_CSS = """
    FitnessPlot {
        width: 1fr;
        height: 1fr;
        & > .fitness-plot--axis { color: $text-muted; }
        & > .fitness-plot--label { color: $text-muted; }
        & > .fitness-plot--mark { color: $text-warning; }
        & > .fitness-plot--mark-line { color: $text-disabled; }
        & > .fitness-plot--empty { color: $text-muted; text-style: italic; }
        & > .fitness-plot--series-1 { color: $text-success; text-style: bold; }
        & > .fitness-plot--series-2 { color: $text-primary; }
        & > .fitness-plot--series-3 { color: $text-warning; }
        & > .fitness-plot--series-4 { color: $text; }
        & > .fitness-plot--series-5 { color: $text-secondary; }
        & > .fitness-plot--series-6 { color: $text-error; }
        &:ansi > .fitness-plot--axis { text-style: dim; }
        &:ansi > .fitness-plot--label { text-style: dim; }
        &:ansi > .fitness-plot--mark-line { text-style: dim; }
    }
    """

    ascii_only = reactive(False, init=False)

    def __init__(
        self, *, ascii_only: bool = False, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.set_reactive(FitnessPlot.ascii_only, ascii_only)
        self._generations: NDArray[np.float64] = np.empty(0)
        self._curves: dict[str, NDArray[np.float64]] = {}
        self._changes: tuple[tuple[int, str], ...] = ()
        self._step = "generation"

    def show(
        self,
        generations: ArrayLike,
        series: Mapping[str, ArrayLike],
        marks: Sequence[tuple[int, str]] = (),
        step: str = "generation",
    ) -> None:
        """Draw these curves.

        Args:
            generations: Shape (n,), in any order; one that is not finite is left out with its values.
            series: Named values, shape (n,) each, NaN or infinity for a gap; the first one named lies on top.
            marks: (generation, what changed), in the order of time.
            step: What is counted, `generation` or `epoch`.
        """
        numbers = clean(generations)
        curves = {name: clean(values) for name, values in series.items()}
        length = min([len(numbers), *map(len, curves.values())])
        order: NDArray[np.intp] | slice = slice(0, length)
        if length and not (np.diff(numbers[:length]) >= 0).all():
            known = np.flatnonzero(np.isfinite(numbers[:length]))
            order = known[np.argsort(numbers[known], kind="stable")]
        elif length == 1 and np.isnan(numbers[0]):
            order = slice(0, 0)
        before = self._generations, self._curves, self._changes
        self._generations = numbers[order]
        self._curves = {
            formatting.words(name, _LONGEST_NAME): values[order] for name, values in curves.items()
        }
        self._changes = tuple((generation, formatting.words(text)) for generation, text in marks)
        step_before, self._step = self._step, step
        if step != step_before or not _same(before, (self._generations, self._curves, self._changes)):
            self.repaint()

    def watch_ascii_only(self) -> None:
        """Paint with the other characters."""
        self.repaint()

    def paint(self, width: int, height: int) -> Canvas:
        """Return the plot for one size."""
        vertical = value_range(*self._curves.values())
        if vertical is None:
            return message(width, height, _PARTS, f"No {self._step} is finished yet", "empty")
        first, last = float(self._generations[0]), float(self._generations[-1])
        marks = [change for change in self._changes if first <= change[0] <= last]
        longest = max(map(len, self._curves))
        named = width >= _LEAST_WIDTH_FOR_NAMES and height >= len(self._curves) + _ROWS_WITHOUT_NAMES
        legend = not named and height >= _LEAST_HEIGHT_FOR_MARKS and width > longest
        frame = lay_out(
            width,
            height,
            widened(first, last),
            vertical,
            top=int(legend),
            bottom=int(bool(marks) and height >= _LEAST_HEIGHT_FOR_MARKS),
            right=longest + 1 if named else 0,
            ascii_only=self.ascii_only,
        )
        canvas = Canvas(width, height, _PARTS)
        draw_frame(canvas, frame, _AXES.get(self._step, self._step))
        self._draw_marks(canvas, frame, marks)
        self._draw_curves(canvas, frame)
        if named:
            self._draw_names(canvas, frame)
        elif legend:
            self._draw_legend(canvas)
        return canvas

    def _draw_curves(self, canvas: Canvas, frame: Frame) -> None:
        pictures = []
        starts = column_starts(self._generations, frame.columns)
        for values in self._curves.values():
            low, high = spans(self._generations, values, frame.columns, frame.rows, starts)
            if (high >= 0).sum() == 1:
                _enlarge(low, high, frame)
            pictures.append(span_dots(low, high, frame.rows.dots))
        cells = merge(pictures, frame.height, frame.width, ascii_only=self.ascii_only)
        canvas.place(frame.top, frame.left, cells, tuple(map(_part, range(len(pictures)))))

    def _draw_marks(self, canvas: Canvas, frame: Frame, marks: Sequence[tuple[int, str]]) -> None:
        """Draw a line at each change, and the newest texts where they find room."""
        arrow, line = ("^", ":") if self.ascii_only else ("▲", "┊")
        texts: dict[int, str] = {}
        for generation, text in marks:
            column = frame.column(generation)
            texts[column] = f"{texts[column]}, {text}" if texts.get(column) else text
        for column in texts:
            canvas.write_down(column, range(frame.top, frame.top + frame.height), line, "mark-line")
        row = frame.top + frame.height
        if row == frame.axis_row or row >= canvas.height:
            return
        taken = sorted(texts)
        end = frame.left + frame.width
        for column in reversed(taken):
            canvas.write(row, column, arrow, "mark")
            _write_beside(
                canvas, row, column, texts[column], (frame.left, end), taken, ascii_only=self.ascii_only
            )

    def _draw_names(self, canvas: Canvas, frame: Frame) -> None:
        """Write each name beside the end of its curve, moved where two would meet."""
        ends = []
        for number, (name, values) in enumerate(self._curves.items()):
            known = np.flatnonzero(np.isfinite(values))
            if known.size:
                ends.append((-float(values[known[-1]]), number, name))
        ends.sort()
        rows = [frame.row(-value) for value, _, _ in ends]
        for index in range(1, len(rows)):
            rows[index] = max(rows[index], rows[index - 1] + 1)
        limit = canvas.height - 2
        for index in range(len(rows) - 1, -1, -1):
            rows[index] = limit = min(rows[index], limit)
            limit -= 1
        for row, (_, number, name) in zip(rows, ends, strict=True):
            canvas.write(row, frame.left + frame.width + 1, name, _part(number))

    def _draw_legend(self, canvas: Canvas) -> None:
        column = 0
        for number, name in enumerate(self._curves):
            text = shorten(name, canvas.width - column, ascii_only=self.ascii_only)
            canvas.write(0, column, text, _part(number))
            column += len(text) + 2


_Data = tuple["NDArray[np.float64]", dict[str, "NDArray[np.float64]"], tuple[tuple[int, str], ...]]


def _same(one: _Data, other: _Data) -> bool:
    """Return whether two sets of curves and marks are drawn alike."""
    return (
        list(one[1]) == list(other[1])
        and one[2] == other[2]
        and np.array_equal(one[0], other[0])
        and all(np.array_equal(one[1][name], other[1][name], equal_nan=True) for name in one[1])
    )


def _part(number: int) -> str:
    return f"series-{number % SERIES + 1}"


def _enlarge(low: NDArray[np.intp], high: NDArray[np.intp], frame: Frame) -> None:
    """Make the one dot of a single point as large as its cell, so that it is seen."""
    column = int(np.flatnonzero(high >= 0)[0])
    wide = max(1, frame.columns.dots // frame.width)
    tall = max(1, frame.rows.dots // frame.height)
    start, bottom = column - column % wide, int(low[column]) - int(low[column]) % tall
    low[start : start + wide], high[start : start + wide] = bottom, bottom + tall - 1


def _write_beside(
    canvas: Canvas,
    row: int,
    column: int,
    text: str,
    between: tuple[int, int],
    taken: Sequence[int],
    *,
    ascii_only: bool,
) -> None:
    """Write a mark's text to its right, or else to its left, if nothing is there."""
    left, right = between
    for start in (column + 2, column - 1 - len(text)):
        stop = start + len(text)
        free = all(not start - 1 <= other <= stop for other in taken if other != column)
        if start >= left and stop <= right and free and (canvas.numbers[row, start:stop] == 0).all():
            canvas.write(row, start, text, "mark")
            return
    room = min([right, *(other - 1 for other in taken if other > column)]) - column - 2
    if room >= _LEAST_TEXT and (canvas.numbers[row, column + 2 : column + 2 + room] == 0).all():
        canvas.write(row, column + 2, shorten(text, room, ascii_only=ascii_only), "mark")
