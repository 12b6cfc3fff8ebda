"""A picture in half blocks: two pixels a cell, one above the other; or in characters by brightness."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from tui.widgets.line_drawing import DrawnWidget, centred
from tui.widgets.live_canvas import changed_regions

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PARTS = ("empty",)
_HALF = "▀"
_BY_BRIGHTNESS = " .:-=+*#%@"
_SHADES = 16
"""Steps of a colour: fewer make longer runs of one colour, and fewer bytes for a slow connection."""
_MOST_STYLES = 4096
_LUMINANCE = np.array([0.299, 0.587, 0.114])
"""Of red, green and blue (ITU-R BT.601)."""


class Pixels(DrawnWidget):
    """A picture of an environment, in the middle of the widget.

    Args:
        ascii_only: Draw with plain characters by brightness.
        id: The id of the widget.
        classes: Its CSS classes.
    """

    PREFIX = "pixels"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"pixels--{part}" for part in _PARTS}
    DEFAULT_CSS = """
    Pixels {
        width: 1fr;
        height: 1fr;
        & > .pixels--empty { color: $text-muted; text-style: italic; }
    }
    """

    class Resized(Message):
        """There is room for a picture of another size."""

    ascii_only = reactive(False, init=False)

    def __init__(
        self, *, ascii_only: bool = False, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.set_reactive(Pixels.ascii_only, ascii_only)
        self._text = "The first episode is about to begin"
        self._cells: NDArray[np.uint8] | None = None
        self._styles: dict[bytes, Style] = {}

    def show(self, pixels: NDArray[np.uint8] | None, text: str = "") -> None:
        """Draw a picture.

        Args:
            pixels: (height, width, 3), at most as many as fit; what is more is cut. None for no picture.
            text: What to say instead of one.
        """
        before, self._cells = self._cells, None if pixels is None else _cells(pixels)
        text_before, self._text = self._text, text or self._text
        if before is None or self._cells is None or before.shape != self._cells.shape:
            if before is not self._cells or self._text != text_before:
                self.refresh()
            return
        width, height = self.size
        differs = (before != self._cells).any(axis=2)[:height, :width]
        if regions := changed_regions(differs, self._top(len(before)), (width - differs.shape[1]) // 2):
            self.refresh(*regions)

    def on_resize(self) -> None:
        """Say so."""
        self.post_message(self.Resized())

    def watch_ascii_only(self) -> None:
        """Paint with the other characters."""
        self.refresh()

    def forget_strips(self) -> None:
        """Forget the colours, which are those of the background beside them."""
        self._styles = {}

    def _top(self, rows: int) -> int:
        return max(0, (self.size.height - rows) // 2)

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        width, height = self.size
        if self._cells is None:
            return self.strip([(centred(self._text, width, height)[y], "empty")], width)
        row = y - self._top(len(self._cells))
        if not 0 <= row < len(self._cells):
            return self.strip([], width)
        colours = self._cells[row, :width]
        left = (width - len(colours)) // 2
        background = self.part_style("")
        segments = [
            Segment(" " * left, background),
            *self._segments(colours),
            Segment(" " * (width - left - len(colours)), background),
        ]
        return Strip([segment for segment in segments if segment.text], width)

    def _segments(self, colours: NDArray[np.uint8]) -> list[Segment]:
        """Return a row of cells, (width, 6), as runs of the same look."""
        if self.ascii_only:
            bright = (colours.reshape(-1, 2, 3).mean(axis=1) @ _LUMINANCE) * (len(_BY_BRIGHTNESS) / 256.0)
            text = "".join(_BY_BRIGHTNESS[number] for number in bright.astype(np.intp).tolist())
            return [Segment(text, self.part_style(""))]
        edges = np.flatnonzero((colours[1:] != colours[:-1]).any(axis=1)) + 1
        starts, stops = [0, *edges.tolist()], [*edges.tolist(), len(colours)]
        return [
            Segment(_HALF * (stop - start), self._style(colours[start].tobytes()))
            for start, stop in zip(starts, stops, strict=True)
        ]

    def _style(self, colour: bytes) -> Style:
        style = self._styles.get(colour)
        if style is None:
            if len(self._styles) >= _MOST_STYLES:
                self._styles.clear()
            above, below = colour[:3], colour[3:]
            style = self._styles[colour] = Style(color=Color.from_rgb(*above), bgcolor=Color.from_rgb(*below))
        return style


def _cells(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the upper and lower colour of each cell, (rows, columns, 6), in few shades."""
    step = 256 // _SHADES
    few = (pixels // step) * np.uint8(255 // (_SHADES - 1))
    if len(few) % 2:
        few = np.concatenate((few, few[-1:]))
    cells: NDArray[np.uint8] = np.ascontiguousarray(np.concatenate((few[0::2], few[1::2]), axis=2))
    return cells
