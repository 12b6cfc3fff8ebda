"""Boxes with some lines of text in their middle, of which drawings of layers are made."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.widgets.canvas import Canvas

BORDERS = 2
_LINES, _PLAIN_LINES = ("╭", "─", "╮", "│", "╰", "╯"), ("+", "-", "+", "|", "+", "+")


class Box(NamedTuple):
    """A box on a canvas, its borders included; width and height are at least 2."""

    left: int
    top: int
    width: int
    height: int

    @property
    def middle(self) -> int:
        """Its middle column."""
        return self.left + (self.width - 1) // 2

    @property
    def right(self) -> int:
        """The first column after it."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """The first row after it."""
        return self.top + self.height


def draw_box(canvas: Canvas, box: Box, texts: Sequence[str], *, ascii_only: bool) -> None:
    """Draw a box, empty but for texts in its middle: the first one is what it is about.

    Args:
        canvas: With the parts `box`, `value` and `label`.
        box: Where it is.
        texts: Those that fit are written; they are not longer than the box is wide inside.
        ascii_only: Whether to use plain characters.
    """
    top_left, line, top_right, side, bottom_left, bottom_right = _PLAIN_LINES if ascii_only else _LINES
    inside = box.width - BORDERS
    canvas.write(box.top, box.left, top_left + line * inside + top_right, "box")
    for row in range(box.top + 1, box.bottom - 1):
        canvas.write(row, box.left, side + " " * inside + side, "box")
    canvas.write(box.bottom - 1, box.left, bottom_left + line * inside + bottom_right, "box")
    shown = texts[: box.height - BORDERS]
    first = box.top + (box.height - len(shown)) // 2
    for number, text in enumerate(shown):
        left = box.left + 1 + (inside - len(text)) // 2
        canvas.write(first + number, left, text, "label" if number else "value")
