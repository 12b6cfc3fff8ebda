"""A grid of characters to draw on, and the widget that shows one and repaints only the rows that changed."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip

from tui.widgets.line_drawing import DrawnWidget, Run, centred

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tui.widgets.braille import Cells

_SPACE = ord(" ")


class Canvas:
    """A grid of one-cell characters, each belonging to a part of a widget.

    Args:
        width: In cells, at least 0.
        height: In cells, at least 0.
        parts: The parts that can be drawn with; part 0 is what an empty cell has.
    """

    def __init__(self, width: int, height: int, parts: tuple[str, ...]) -> None:
        self.width, self.height, self.parts = width, height, parts
        self.characters = np.full((height, width), _SPACE, dtype=np.uint32)
        self.numbers = np.zeros((height, width), dtype=np.int8)

    def write(self, row: int, column: int, text: str, part: str) -> None:
        """Write text from a cell on; what lies outside is cut, what is not one cell wide becomes `?`."""
        if not 0 <= row < self.height:
            return
        if cell_len(text) != len(text):
            text = "".join(letter if cell_len(letter) == 1 else "?" for letter in text)
        text = text[max(0, -column) : max(0, self.width - column)]
        start = max(0, column)
        self.characters[row, start : start + len(text)] = np.frombuffer(text.encode("utf-32-le"), dtype="<u4")
        self.numbers[row, start : start + len(text)] = self.parts.index(part)

    def write_down(self, column: int, rows: range, letter: str, part: str) -> None:
        """Write a one-cell character into each of some rows of a column that are inside."""
        if 0 <= column < self.width:
            self.characters[rows.start : rows.stop, column] = ord(letter)
            self.numbers[rows.start : rows.stop, column] = self.parts.index(part)

    def place(self, row: int, column: int, cells: Cells, parts: tuple[str, ...]) -> None:
        """Lay a drawing over a part of the grid that holds all of it; `parts` names its layers."""
        height, width = cells.layers.shape
        drawn = cells.layers >= 0
        numbers = np.array([self.parts.index(part) for part in parts] + [0], dtype=np.int8)
        self.characters[row : row + height, column : column + width][drawn] = cells.characters[drawn]
        self.numbers[row : row + height, column : column + width][drawn] = numbers[cells.layers][drawn]

    def runs(self, row: int) -> list[Run]:
        """Return one row as runs of text of the same part; a space belongs to what is before it.

        That makes far fewer runs of a sparse drawing, and as many bytes fewer for a slow connection.
        """
        drawn = np.where(self.characters[row] == _SPACE, 0, np.arange(self.width))
        numbers = self.numbers[row][np.maximum.accumulate(drawn)]
        edges = [0, *(np.flatnonzero(numbers[1:] != numbers[:-1]) + 1).tolist(), self.width]
        text = self.characters[row].astype("<u4").tobytes().decode("utf-32-le")
        return [
            (text[start:end], self.parts[numbers[start]]) for start, end in pairwise(edges) if end > start
        ]

    def changed_rows(self, other: Canvas) -> NDArray[np.intp]:
        """Return the rows in which two canvases of one size differ."""
        differs = (self.characters != other.characters) | (self.numbers != other.numbers)
        return np.flatnonzero(differs.any(axis=1))


class CanvasWidget(DrawnWidget):
    """A widget that paints a canvas whenever its data or its size change."""

    _canvas: Canvas | None = None

    def paint(self, width: int, height: int) -> Canvas:
        """Return the picture for one size, both at least 1."""
        raise NotImplementedError

    def repaint(self) -> None:
        """Paint again and refresh the rows that came out differently."""
        previous = self._canvas
        if previous is None or not self.is_attached or (previous.width, previous.height) != self.size:
            self._canvas = None
            self.refresh()
            return
        self._canvas = self.paint(previous.width, previous.height)
        rows = self._canvas.changed_rows(previous).tolist()
        if rows:
            self.refresh(*(Region(0, row, previous.width, 1) for row in rows))

    def render_line(self, y: int) -> Strip:
        """Draw one row of the canvas."""
        width, height = self.size
        if width < 1 or height < 1:
            return Strip.blank(width)
        if self._canvas is None or (self._canvas.width, self._canvas.height) != (width, height):
            self._canvas = self.paint(width, height)
        if y >= height:
            return Strip.blank(width)
        return Strip([Segment(text, self.part_style(part)) for text, part in self._canvas.runs(y)], width)


def message(width: int, height: int, parts: tuple[str, ...], text: str, part: str) -> Canvas:
    """Return a canvas that only says something, in its middle."""
    canvas = Canvas(width, height, parts)
    for row, line in enumerate(centred(text, width, height)):
        canvas.write(row, 0, line, part)
    return canvas
