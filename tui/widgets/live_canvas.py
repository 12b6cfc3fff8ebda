"""Canvases that change many times a second: of a row only what lies between its changes goes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from textual.geometry import Region

from tui.widgets.canvas import CanvasWidget

if TYPE_CHECKING:
    from numpy.typing import NDArray


class LiveCanvasWidget(CanvasWidget):
    """A canvas for moving pictures."""

    def repaint(self) -> None:
        """Paint again and refresh the cells that came out differently."""
        previous = self._canvas
        if previous is None or not self.is_attached or (previous.width, previous.height) != self.size:
            self._canvas = None
            self.refresh()
            return
        canvas = self._canvas = self.paint(previous.width, previous.height)
        differs = (canvas.characters != previous.characters) | (canvas.numbers != previous.numbers)
        if regions := changed_regions(differs):
            self.refresh(*regions)


def changed_regions(differs: NDArray[np.bool_], row: int = 0, column: int = 0) -> list[Region]:
    """Return the part of each row from its first to its last change.

    Args:
        differs: Whether a cell changed, shape (height, width).
        row: Of the first of them in the widget.
        column: Of the first of them in the widget.
    """
    rows = np.flatnonzero(differs.any(axis=1))
    changed = differs[rows]
    first = changed.argmax(axis=1)
    last = differs.shape[1] - 1 - changed[:, ::-1].argmax(axis=1)
    return [
        Region(column + left, row + y, right - left + 1, 1)
        for y, left, right in zip(rows.tolist(), first.tolist(), last.tolist(), strict=True)
    ]
