"""The archive as bars: fitness over complexity, one bar a cell, with the levels laid over them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from textual.message import Message
from textual.reactive import reactive

from galapagos.fitness import FitnessKind
from tui import formatting
from tui.archive_cells import ArchiveCell, champion_of, level_of, shown_by
from tui.widgets.braille import LARGEST
from tui.widgets.canvas import Canvas, CanvasWidget, message
from tui.widgets.legends import legend_lines, write_legend
from tui.widgets.plot_frame import Frame, draw_vertical, lay_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.events import Click

    from galapagos.evolution.levels import Level
    from tui.widgets.legends import Entry

_PARTS = (
    *("", "axis", "label", "empty", "boundary", "level"),
    *("bar", "other-bar", "elite", "cursor", "gone"),
)
_EIGHTHS = " ▁▂▃▄▅▆▇█"
_HALF = 4
"""Eighths up to which a coarse bar stays lower."""
_WIDEST = 6
"""Cells of the screen that a bar takes with its gap at most."""
_WITHOUT_GAP = 2
"""Up to so many columns a bar takes them all."""
_LEAST_HEIGHT_FOR_LEVELS = 6
_LEAST_HEIGHT_FOR_LEGEND = 10
_SIGNS = {"bar": "█", "gone": "░", "boundary": "┊", "size": "┬", "elite": "╋", "champion": "★", "cursor": "▲"}
_PLAIN_SIGNS = {
    "bar": "#",
    "gone": ":",
    "boundary": ":",
    "size": "+",
    "elite": "|",
    "champion": "*",
    "cursor": "^",
}
"""What bars are drawn with, and what stands below them on the axis."""
_FROM_ZERO = 0.6
"""Bars begin at 0 where the lowest is below this share of the highest; else they would all look alike."""
_MARGIN = 0.1
"""Of the range of values, below the lowest bar."""


class ArchiveBars(CanvasWidget):
    """A bar for each cell of the archive; the better the fitness, the taller, also of a loss.

    What is drawn full is an elite; hatched is the best that was seen of a size without one. The colour of
    bars alternates from level to level, and the elite that a level shows stands out; it and the champion
    have signs on the axis, too, and a line below says what is what. Where there are more cells than columns,
    those around the cursor are in view.

    Args:
        ascii_only: Draw with plain characters.
        id: The id of the widget.
    """

    PREFIX = "archive-bars"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"archive-bars--{part}" for part in _PARTS if part}
    DEFAULT_CSS = """
    ArchiveBars {
        width: 1fr;
        height: 1fr;
        & > .archive-bars--axis { color: $text-muted; }
        & > .archive-bars--label { color: $text-muted; }
        & > .archive-bars--empty { color: $text-muted; text-style: italic; }
        & > .archive-bars--boundary { color: $text-disabled; }
        & > .archive-bars--level { color: $text-muted; text-style: bold; }
        & > .archive-bars--bar { color: $primary; }
        & > .archive-bars--other-bar { color: $secondary; }
        & > .archive-bars--elite { color: $success; }
        & > .archive-bars--cursor { color: $text-accent; text-style: bold; }
        & > .archive-bars--gone { color: $text-disabled; }
        &:ansi > .archive-bars--axis { text-style: dim; }
        &:ansi > .archive-bars--label { text-style: dim; }
        &:ansi > .archive-bars--boundary { text-style: dim; }
        &:ansi > .archive-bars--gone { text-style: dim; }
    }
    """

    ascii_only = reactive(False, init=False)

    class Pointed(Message):
        """A bar was clicked; `bin` is the number of its cell."""

        def __init__(self, bin_number: int) -> None:
            self.bin = bin_number
            super().__init__()

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self.set_reactive(ArchiveBars.ascii_only, ascii_only)
        self._cells: tuple[ArchiveCell, ...] = ()
        self._levels: tuple[Level, ...] = ()
        self._kind = FitnessKind.REWARD
        self._measure_name = "connections"
        self._cursor = -1
        self._start = 0
        self._places: dict[int, int] = {}

    def show(
        self,
        cells: Sequence[ArchiveCell],
        levels: Sequence[Level],
        kind: FitnessKind,
        measure: str,
        cursor: int,
    ) -> None:
        """Draw these cells.

        Args:
            cells: By size.
            levels: That are laid over them.
            kind: What fitness is.
            measure: What complexity counts, written at the axis.
            cursor: The number of the bin that stands out, one of no cell for none.
        """
        name = formatting.words(measure, 24)
        after = (tuple(cells), tuple(levels), kind, name, cursor)
        if after != (self._cells, self._levels, self._kind, self._measure_name, self._cursor):
            self._cells, self._levels, self._kind, self._measure_name, self._cursor = after
            self.repaint()

    def on_click(self, event: Click) -> None:
        """Tell which bar was pointed at: the one that the column belongs to, or the nearest to it."""
        offset = event.get_content_offset(self)
        if offset is not None and self._places:
            nearest = min(self._places, key=lambda column: abs(column - offset.x))
            self.post_message(self.Pointed(self._places[nearest]))

    def watch_ascii_only(self) -> None:
        """Paint with the other characters."""
        self.repaint()

    def paint(self, width: int, height: int) -> Canvas:
        """Return the picture for one size."""
        if not self._cells:
            return message(width, height, _PARTS, "No elite yet", "empty")
        first, last = self._cells[0].bin, self._cells[-1].bin
        scale = 100.0 if self._kind is FitnessKind.ACCURACY else 1.0
        explained = int(height >= _LEAST_HEIGHT_FOR_LEGEND)
        frame = lay_out(
            width,
            height - explained,
            (first, last + 1),
            _range([scale * _height(cell) for cell in self._cells]),
            top=int(height >= _LEAST_HEIGHT_FOR_LEVELS),
            ascii_only=self.ascii_only,
            turned=self._kind is FitnessKind.LOSS,
        )
        step = max(1, min(_WIDEST, frame.width // (last - first + 1)))
        self._start = self._scrolled(frame.width // step, first, last)
        canvas = Canvas(width, height, _PARTS)
        draw_vertical(canvas, frame)
        if frame.axis_row is not None:
            canvas.write(frame.axis_row, frame.left, ("-" if self.ascii_only else "─") * frame.width, "axis")
            if frame.left:
                canvas.write(frame.axis_row, frame.left - 1, "+" if self.ascii_only else "└", "axis")
        self._draw_bars(canvas, frame, step, scale)
        self._draw_levels(canvas, frame, step)
        self._draw_labels(canvas, frame, step)
        if explained:
            write_legend(canvas, height - 1, legend_lines(self._legend(), width, 1))
        return canvas

    @property
    def _signs(self) -> dict[str, str]:
        return _PLAIN_SIGNS if self.ascii_only else _SIGNS

    def _legend(self) -> list[Entry]:
        """Return what bars and signs mean."""
        signs = self._signs
        return [
            (signs["bar"] + signs["elite"], "elite", "level's best"),
            (signs["bar"], "bar", "other elites"),
            (signs["gone"], "gone", "seen, no elite"),
            (signs["champion"], "elite", "champion"),
            (signs["boundary"], "boundary", "level"),
        ]

    def _scrolled(self, room: int, first: int, last: int) -> int:
        """Return the first bin in view: as it was, or so that the cursor is in view."""
        start = min(max(self._start, first), max(first, last + 1 - room))
        if first <= self._cursor <= last:
            start = max(min(start, self._cursor), self._cursor - room + 1)
        return start

    def _column(self, frame: Frame, bin_number: int, step: int) -> int | None:
        """Return the column in which a bin begins, None where it is not wholly in view."""
        column = frame.left + (bin_number - self._start) * step
        return column if frame.left <= column <= frame.left + frame.width - step else None

    def _draw_bars(self, canvas: Canvas, frame: Frame, step: int, scale: float) -> None:
        shown = {cell.bin for cell in shown_by(self._cells, self._levels).values()}
        low, high = frame.vertical
        self._places = {}
        for cell in self._cells:
            column = self._column(frame, cell.bin, step)
            if column is None:
                continue
            self._places[column + (_thickness(step) - 1) // 2] = cell.bin
            share = (min(max(scale * _height(cell), low), high) - low) / (high - low)
            eighths = max(1, round(share * frame.height * 8))
            level = level_of(cell, self._levels)
            part = "bar" if level is None or level.number % 2 else "other-bar"
            part = "gone" if not cell.has_elite else "elite" if cell.bin in shown else part
            part = "cursor" if cell.bin == self._cursor else part
            self._draw_bar(canvas, frame, range(column, column + _thickness(step)), eighths, part, cell)

    def _draw_bar(
        self, canvas: Canvas, frame: Frame, columns: range, eighths: int, part: str, cell: ArchiveCell
    ) -> None:
        base = frame.top + frame.height
        full, rest = divmod(eighths, 8)
        whole = self._signs["bar" if cell.has_elite else "gone"]
        for column in columns:
            canvas.write_down(column, range(base - full, base), whole, part)
            if rest and full < frame.height:
                top = _top(rest, whole, ascii_only=self.ascii_only, is_full=cell.has_elite)
                canvas.write(base - full - 1, column, top, part)

    def _draw_levels(self, canvas: Canvas, frame: Frame, step: int) -> None:
        """Draw the boundaries above the bars, and the levels' names where they find room."""
        bins = [cell.bin for cell in self._cells if cell.has_elite]
        for number, level in enumerate(self._levels):
            inside = [cell.bin for cell in self._cells if cell.complexity in level]
            if not inside or not bins:
                continue
            left = frame.left + (min(inside) - self._start) * step
            right = frame.left + (max(inside) + 1 - self._start) * step - int(step > _WITHOUT_GAP)
            if number and frame.left < left < frame.left + frame.width:
                column = left - int(step > 1)
                for row in range(frame.top, frame.top + frame.height):
                    if canvas.characters[row, column] == ord(" "):
                        canvas.write(row, column, self._signs["boundary"], "boundary")
            if frame.top:
                left, right = max(left, frame.left), min(right, frame.left + frame.width)
                self._write_level(canvas, frame.top - 1, level, left, right - int(step <= _WITHOUT_GAP))

    def _write_level(self, canvas: Canvas, row: int, level: Level, left: int, right: int) -> None:
        extent = formatting.extent(level.low, level.high, ascii_only=self.ascii_only)
        for text in (f"{level.number}: {extent}", extent, str(level.number)):
            if len(text) <= right - left:
                canvas.write(row, left + (right - left - len(text)) // 2, text, "level")
                return

    def _draw_labels(self, canvas: Canvas, frame: Frame, step: int) -> None:
        """Write the size at the cursor, and others where they find room; the cursor points from the axis."""
        row = frame.axis_row
        if row is None:
            return
        end = canvas.width
        if row + 1 < canvas.height and frame.width >= 2 * len(self._measure_name):
            end -= len(self._measure_name) + 1
            canvas.write(row + 1, end + 1, self._measure_name, "label")
        signs = {cell.bin: "elite" for cell in shown_by(self._cells, self._levels).values()}
        if (champion := champion_of(self._cells)) is not None:
            signs[champion.bin] = "champion"
        order = sorted(self._cells, key=lambda cell: cell.bin != self._cursor)
        taken: list[tuple[int, int]] = []
        for cell in order:
            column = self._column(frame, cell.bin, step)
            if column is None:
                continue
            column += (_thickness(step) - 1) // 2
            is_cursor = cell.bin == self._cursor
            sign = "cursor" if is_cursor else signs.get(cell.bin, "size")
            part = {"size": "axis", "champion": "elite"}.get(sign, sign)
            canvas.write(row, column, self._signs[sign], part)
            text = formatting.whole(cell.complexity)
            start = min(max(frame.left, column - (len(text) - 1) // 2), end - len(text))
            stop = start + len(text)
            if start >= 0 and all(stop + 1 < left or start > right + 1 for left, right in taken):
                taken.append((start, stop - 1))
                canvas.write(row + 1, start, text, "cursor" if is_cursor else "label")


def _thickness(step: int) -> int:
    """Return how many columns a bar takes of those from one bar to the next."""
    return step if step <= _WITHOUT_GAP else step - 1


def _height(cell: ArchiveCell) -> float:
    """Return what the bar of a cell is as tall as; finite, so that a range of it is, too."""
    value = cell.fitness if cell.has_elite else cell.seen
    return min(max(value, -LARGEST), LARGEST) if math.isfinite(value) else 0.0


def _range(values: Sequence[float]) -> tuple[float, float]:
    """Return the range that bars of these values rise in."""
    low, high = min(values), max(values)
    if 0 <= low < _FROM_ZERO * high:
        return 0.0, high
    return low - _MARGIN * (high - low), high


def _top(eighths: int, whole: str, *, ascii_only: bool, is_full: bool) -> str:
    """Return the character at the top of a bar that does not fill its cell."""
    if ascii_only or not is_full:
        return whole if eighths > _HALF else " "
    return _EIGHTHS[eighths]
