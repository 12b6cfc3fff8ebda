"""The curves of a run over its generations, drawn in braille dots by a line-API widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from textual.message import Message
from textual.reactive import reactive

from tui import formatting
from tui.marks import SYMBOLS, Mark
from tui.plot_view import PlotView
from tui.widgets.axes import value_range, widened
from tui.widgets.braille import clean, column_starts, merge, span_dots, spans
from tui.widgets.canvas import Canvas, CanvasWidget, message
from tui.widgets.plot_frame import Frame, draw_frame, lay_out
from tui.widgets.plot_marks import PARTS, draw_mark_lines, draw_mark_row, marks_at
from tui.widgets.plot_names import draw_legend, draw_names, draw_reading, packed, reading, values_at

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray
    from textual.events import Click

    from tui.widgets.line_drawing import Run

SERIES = 8
"""The number of colours; a ninth curve takes the first one again."""
_PARTS = (
    *("", "axis", "label", "mark-line", "empty", "cursor", "faint", "mark"),
    *(f"mark-{kind}" for kind in ("inject", "pin", "breed", "drop")),
    *(f"series-{n}" for n in range(1, SERIES + 1)),
)
_LEAST_WIDTH_FOR_NAMES = 36
_LEAST_HEIGHT_FOR_MARKS = 7
_LONGEST_NAME = 16
_ROWS_WITHOUT_NAMES = 1
"""The row of the labels of the generations."""
_AXES = {"generation": "gen"}
"""What is counted, where its name is too long for an axis."""
_ROWS_OF_PLOT = 5
"""So many rows the plot keeps before a reading takes another one."""
_MOST_ROWS_OF_READING = 3


class FitnessPlot(CanvasWidget):
    """Curves over the generations, or epochs, with a mark where people did something.

    It scales itself to the data in view, keeps every peak however many generations share a column, breaks a
    curve where a value is NaN, and repaints only the rows that changed. What is in view, and what the cursor
    reads, says its `PlotView`.

    Args:
        ascii_only: Draw with plain characters, for terminals without braille.
        id: The id of the widget.
        classes: Its CSS classes.

    Attributes:
        is_positive: Whether all values are positive, so that their axis can be logarithmic.
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
        & > .fitness-plot--mark-inject { color: $text-accent; }
        & > .fitness-plot--mark-pin { color: $text-secondary; }
        & > .fitness-plot--mark-breed { color: $text-success; }
        & > .fitness-plot--mark-drop { color: $text-error; }
        & > .fitness-plot--mark-line { color: $text-disabled; }
        & > .fitness-plot--empty { color: $text-muted; text-style: italic; }
        & > .fitness-plot--cursor { color: $text; text-style: bold; }
        & > .fitness-plot--faint { color: $text-muted; }
        & > .fitness-plot--series-1 { color: $text-success; text-style: bold; }
        & > .fitness-plot--series-2 { color: $text-primary; }
        & > .fitness-plot--series-3 { color: $text-warning; }
        & > .fitness-plot--series-4 { color: $text; }
        & > .fitness-plot--series-5 { color: $text-secondary; }
        & > .fitness-plot--series-6 { color: $text-error; }
        & > .fitness-plot--series-7 { color: $text-accent; }
        & > .fitness-plot--series-8 { color: $text-primary; text-style: bold; }
        &:ansi > .fitness-plot--axis { text-style: dim; }
        &:ansi > .fitness-plot--label { text-style: dim; }
        &:ansi > .fitness-plot--faint { text-style: dim; }
        &:ansi > .fitness-plot--mark-line { text-style: dim; }
    }
    """

    ascii_only = reactive(False, init=False)

    class Pointed(Message):
        """A generation was clicked."""

        def __init__(self, generation: int) -> None:
            self.generation = generation
            super().__init__()

    def __init__(
        self, *, ascii_only: bool = False, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.set_reactive(FitnessPlot.ascii_only, ascii_only)
        self._generations: NDArray[np.float64] = np.empty(0)
        self._curves: dict[str, NDArray[np.float64]] = {}
        self._changes: tuple[Mark, ...] = ()
        self._step = "generation"
        self._faint: frozenset[str] = frozenset()
        self._view = PlotView()
        self._frame: Frame | None = None
        self.is_positive = False

    def show(
        self,
        generations: ArrayLike,
        series: Mapping[str, ArrayLike],
        marks: Sequence[Mark] = (),
        step: str = "generation",
        faint: Collection[str] = (),
    ) -> None:
        """Draw these curves.

        Args:
            generations: Shape (n,), in any order; one that is not finite is left out with its values.
            series: Named values, shape (n,) each, NaN or infinity for a gap; the first one named lies on top.
            marks: What people did, in the order of time.
            step: What is counted, `generation` or `epoch`.
            faint: The names of curves that stand back.
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
        styles_before = self._step, self._faint
        self._generations = numbers[order]
        self._curves = {
            formatting.words(name, _LONGEST_NAME): values[order] for name, values in curves.items()
        }
        self._changes = tuple(
            Mark(mark.generation, formatting.words(mark.text), mark.kind, mark.fitness) for mark in marks
        )
        self._step, self._faint = step, frozenset(faint)
        after = self._generations, self._curves, self._changes
        self.is_positive = all(
            bool((values[np.isfinite(values)] > 0).all()) for values in self._curves.values()
        )
        if styles_before != (self._step, self._faint) or not _same(before, after):
            self.repaint()

    def look(self, view: PlotView) -> None:
        """Draw what is in view of this look."""
        if view != self._view:
            self._view = view
            self.repaint()

    @property
    def extent(self) -> tuple[float, float] | None:
        """The first and the last generation, None before there is one."""
        if not self._generations.size:
            return None
        return float(self._generations[0]), float(self._generations[-1])

    @property
    def columns(self) -> int:
        """How many cells the generations in view take, as they were drawn last."""
        return 1 if self._frame is None else self._frame.width

    def on_click(self, event: Click) -> None:
        """Tell which generation was pointed at."""
        offset = event.get_content_offset(self)
        if offset is not None and self._frame is not None and self.extent is not None:
            self.post_message(self.Pointed(round(self._frame.value_at(offset.x))))

    def watch_ascii_only(self) -> None:
        """Paint with the other characters."""
        self.repaint()

    def paint(self, width: int, height: int) -> Canvas:
        """Return the plot for one size."""
        extent = self.extent
        if extent is None or value_range(*self._curves.values()) is None:
            return message(width, height, _PARTS, f"No {self._step} is finished yet", "empty")
        first, last = self._view.window(*extent)
        numbers, curves = self._within(first, last)
        vertical = value_range(*curves.values())
        if vertical is None:
            return message(width, height, _PARTS, "No value in view", "empty")
        marks = [mark for mark in self._changes if first <= mark.generation <= last]
        read = self._reading(width, height, marks)
        longest = max(map(len, curves))
        named = width >= _LEAST_WIDTH_FOR_NAMES and height - len(read) >= len(curves) + _ROWS_WITHOUT_NAMES
        legend = not named and not read and height >= _LEAST_HEIGHT_FOR_MARKS and width > longest
        frame = lay_out(
            width,
            height,
            widened(first, last),
            vertical,
            top=int(legend) + len(read),
            bottom=int(bool(marks) and height >= _LEAST_HEIGHT_FOR_MARKS),
            right=longest + 1 if named else 0,
            ascii_only=self.ascii_only,
            log_horizontal=self._view.log_generations and first >= 0,
            log_vertical=self._view.log_values and vertical[0] > 0,
        )
        self._frame = frame
        canvas = Canvas(width, height, _PARTS)
        draw_frame(canvas, frame, _AXES.get(self._step, self._step))
        draw_mark_lines(canvas, frame, marks)
        self._draw_cursor(canvas, frame)
        parts = self._curve_parts()
        _draw_curves(canvas, frame, numbers, curves, parts)
        if marks and frame.axis_row is not None:
            draw_mark_row(canvas, frame, marks)
        if named:
            draw_names(canvas, frame, curves, parts)
        elif legend:
            draw_legend(canvas, list(curves), parts, ascii_only=self.ascii_only)
        draw_reading(canvas, read)
        return canvas

    def _within(
        self, first: float, last: float
    ) -> tuple[NDArray[np.float64], dict[str, NDArray[np.float64]]]:
        """Return the points in view; where a curve crosses its edge, there is a point on the edge."""
        numbers = self._generations
        if first <= numbers[0] and last >= numbers[-1]:
            return numbers, self._curves
        start, stop = np.searchsorted(numbers, [first, last], side="left").tolist()
        stop += int(stop < len(numbers) and numbers[stop] == last)
        inner = slice(start, max(start, stop))
        edges = [
            (edge, place)
            for edge, place, is_there in (
                (first, start, start < len(numbers) and numbers[start] == first),
                (last, stop, stop > 0 and numbers[stop - 1] == last),
            )
            if not is_there and 0 < place < len(numbers)
        ]
        left = [(edge, place) for edge, place in edges if edge == first]
        right = [(edge, place) for edge, place in edges if edge == last]

        def cut(values: NDArray[np.float64]) -> NDArray[np.float64]:
            ends = [[_between(numbers, values, *point) for point in points] for points in (left, right)]
            return np.concatenate([ends[0], values[inner], ends[1]])

        return cut(numbers), {name: cut(values) for name, values in self._curves.items()}

    def _curve_parts(self) -> list[str]:
        return ["faint" if name in self._faint else _part(n) for n, name in enumerate(self._curves)]

    def _draw_cursor(self, canvas: Canvas, frame: Frame) -> None:
        cursor = self._view.cursor
        if cursor is not None and frame.horizontal[0] <= cursor <= frame.horizontal[1]:
            line = "|" if self.ascii_only else "│"
            rows = range(frame.top, frame.top + frame.height)
            canvas.write_down(frame.column(cursor), rows, line, "cursor")

    def _reading(self, width: int, height: int, marks: Sequence[Mark]) -> list[list[Run]]:
        """Return the lines of what the cursor reads: the generation, each value, and the marks there."""
        first, last = self._view.window(float(self._generations[0]), float(self._generations[-1]))
        cursor, most = self._view.cursor, min(_MOST_ROWS_OF_READING, height - _ROWS_OF_PLOT)
        if cursor is None or most < 1:
            return []
        generation, values = values_at(self._generations, self._curves, cursor)
        told = reading(_AXES.get(self._step, self._step), generation, list(self._curves), values)
        here = marks_at(marks, cursor, (last - first) / (2 * width))
        symbols = [f"{SYMBOLS[mark.kind][self.ascii_only]} {mark.text}" for mark in here]
        items = zip(
            told + symbols,
            ["cursor", *self._curve_parts(), *(PARTS[mark.kind] for mark in here)],
            strict=True,
        )
        return packed(list(items), width, most, ascii_only=self.ascii_only)


_Data = tuple["NDArray[np.float64]", dict[str, "NDArray[np.float64]"], tuple[Mark, ...]]


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


def _draw_curves(
    canvas: Canvas,
    frame: Frame,
    numbers: NDArray[np.float64],
    curves: Mapping[str, NDArray[np.float64]],
    parts: Sequence[str],
) -> None:
    across, columns, rows = frame.across(numbers), frame.columns, frame.rows
    starts = column_starts(across, columns)
    pictures = []
    for values in curves.values():
        low, high = spans(across, frame.up(values), columns, rows, starts)
        if (high >= 0).sum() == 1:
            _enlarge(low, high, frame)
        pictures.append(span_dots(low, high, rows.dots))
    cells = merge(pictures, frame.height, frame.width, ascii_only=frame.ascii_only)
    canvas.place(frame.top, frame.left, cells, tuple(parts))


def _between(
    numbers: NDArray[np.float64], values: NDArray[np.float64], generation: float, place: int
) -> float:
    """Return the value of a curve between the points before `place` and at it; NaN beside a gap."""
    share = (generation - numbers[place - 1]) / (numbers[place] - numbers[place - 1])
    return float(values[place - 1] * (1 - share) + values[place] * share)


def _enlarge(low: NDArray[np.intp], high: NDArray[np.intp], frame: Frame) -> None:
    """Make the one dot of a single point as large as its cell, so that it is seen."""
    column = int(np.flatnonzero(high >= 0)[0])
    wide = max(1, frame.columns.dots // frame.width)
    tall = max(1, frame.rows.dots // frame.height)
    start, bottom = column - column % wide, int(low[column]) - int(low[column]) % tall
    low[start : start + wide], high[start : start + wide] = bottom, bottom + tall - 1
