"""The classes that a network takes for one another: counts by right class and said class, shaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from textual.reactive import reactive

from tui import formatting
from tui.widgets.canvas import Canvas, CanvasWidget, message

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEVELS = 5
_RIGHT = tuple(f"right-{level}" for level in range(1, _LEVELS + 1))
_WRONG = tuple(f"wrong-{level}" for level in range(1, _LEVELS + 1))
_PARTS = ("", "label", "none", "empty", "share", *_RIGHT, *_WRONG)
_SHADES, _PLAIN_SHADES = " ░▒▓█", " .+x#"
_WIDEST_CELL, _NARROWEST_CELL = 6, 2
_MARGIN = 3
"""Cells at the left, for the right class."""
_PAD = "\N{NO-BREAK SPACE}"
"""Fills a shaded cell: a canvas gives a plain space to what is before it."""
_SHARE = 8
"""Cells at the right, for the share that is right."""


class ConfusionMatrix(CanvasWidget):
    """Counts of images: the rows are what they are, the columns what the network says.

    Where it is right, on the diagonal, a cell is shaded by the share of its row; elsewhere by how often that
    mistake is made, against the most frequent one. Where there is no room for numbers it is drawn in shades.

    Args:
        ascii_only: Draw with plain characters.
        id: The id of the widget.
    """

    PREFIX = "confusion-matrix"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"confusion-matrix--{part}" for part in _PARTS if part}
    DEFAULT_CSS = """
    ConfusionMatrix {
        width: 1fr;
        height: 1fr;
        & > .confusion-matrix--label { color: $text-muted; }
        & > .confusion-matrix--none { color: $text-disabled; }
        & > .confusion-matrix--share { color: $text-success; }
        & > .confusion-matrix--empty { color: $text-muted; text-style: italic; }
        & > .confusion-matrix--right-1 { color: $text-success; background: $success 10%; }
        & > .confusion-matrix--right-2 { color: $text-success; background: $success 20%; }
        & > .confusion-matrix--right-3 { color: $text-success; background: $success 30%; }
        & > .confusion-matrix--right-4 { color: $text-success; background: $success 40%; text-style: bold; }
        & > .confusion-matrix--right-5 { color: $text-success; background: $success 50%; text-style: bold; }
        & > .confusion-matrix--wrong-1 { color: $text-error; background: $error 10%; }
        & > .confusion-matrix--wrong-2 { color: $text-error; background: $error 20%; }
        & > .confusion-matrix--wrong-3 { color: $text-error; background: $error 30%; }
        & > .confusion-matrix--wrong-4 { color: $text-error; background: $error 45%; text-style: bold; }
        & > .confusion-matrix--wrong-5 { color: $text-error; background: $error 60%; text-style: bold; }
        &:ansi > .confusion-matrix--label { text-style: dim; }
        &:ansi > .confusion-matrix--none { text-style: dim; }
    }
    """

    ascii_only = reactive(False, init=False)

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self.set_reactive(ConfusionMatrix.ascii_only, ascii_only)
        self._counts: NDArray[np.int64] | None = None
        self._names: tuple[str, ...] = ()

    def show(self, counts: NDArray[np.int64] | None, names: tuple[str, ...] = ()) -> None:
        """Show counts.

        Args:
            counts: (classes, classes) by right class and said class; None where there are none.
            names: Of the classes; those that are missing are numbers.
        """
        self._counts, self._names = counts, names
        self.repaint()

    def watch_ascii_only(self) -> None:
        """Paint with the other characters."""
        self.repaint()

    def paint(self, width: int, height: int) -> Canvas:
        """Return the matrix for one size."""
        counts = self._counts
        if counts is None:
            return message(width, height, _PARTS, "nothing counted yet", "empty")
        cell = min(_WIDEST_CELL, (width - _MARGIN) // len(counts))
        digits = len(str(int(counts.max())))
        if (beside := (width - _MARGIN - _SHARE) // len(counts)) > digits:
            cell = min(cell, beside)
        if cell < _NARROWEST_CELL or height < len(counts) + 1:
            return message(width, height, _PARTS, "no room for the counts", "empty")
        canvas = Canvas(width, height, _PARTS)
        numbered = cell > digits
        totals, levels = counts.sum(axis=1), _levels(counts)
        shares = _MARGIN + cell * len(counts) + _SHARE <= width
        for index in range(len(counts)):
            canvas.write(0, _MARGIN + cell * index, f"{self._class_name(index, cell - 1):>{cell}}", "label")
            canvas.write(1 + index, 0, f"{self._class_name(index, _MARGIN - 1):>{_MARGIN - 1}}", "label")
            for said in range(len(counts)):
                text, part = self._cell(int(counts[index, said]), int(levels[index, said]), cell, numbered)
                parts = _RIGHT if index == said else _WRONG
                canvas.write(
                    1 + index, _MARGIN + cell * said, text, part or parts[max(0, levels[index, said] - 1)]
                )
            if shares and totals[index]:
                right = formatting.accuracy(float(counts[index, index] / totals[index]))
                canvas.write(1 + index, _MARGIN + cell * len(counts), f"{right:>{_SHARE}}", "share")
        return canvas

    def _cell(self, count: int, level: int, width: int, numbered: bool) -> tuple[str, str]:
        """Return the text of a cell, and its part where that is not a matter of right or wrong."""
        if not count:
            return f"{'.' if self.ascii_only else '·':>{width}}", "none"
        if numbered:
            return f"{count:{_PAD}>{width}}", ""
        shades = _PLAIN_SHADES if self.ascii_only else _SHADES
        return shades[min(level, len(shades) - 1)] * width, ""

    def _class_name(self, index: int, width: int) -> str:
        name = self._names[index] if index < len(self._names) else str(index)
        return name[: max(1, width)]


def _levels(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how dark each cell is, from 0 for none to 5."""
    totals = np.maximum(1, counts.sum(axis=1, keepdims=True))
    shares = counts / totals
    mistakes = shares * (1 - np.eye(len(counts)))
    shares = np.where(np.eye(len(counts), dtype=bool), shares, mistakes / max(mistakes.max(), 1e-9))
    levels: NDArray[np.int64] = np.ceil(shares * _LEVELS).astype(np.int64)
    return levels
