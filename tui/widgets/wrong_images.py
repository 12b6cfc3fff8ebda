"""The images that a network gets wrong, drawn in half blocks, with what it said and what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.widgets.line_drawing import shorten
from tui.widgets.scrolled_rows import Line, ScrolledRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tui.image_reports import WrongImage

_GREYS = 24
"""So many shades can be told apart, and make few enough styles to keep."""
_SMALL_SIDE = 10
"""Images up to this side are drawn twice as large."""
_GAP = 2
_CAPTION = 11
"""Cells that the shortest caption takes."""
_LONG_CAPTION = 15
_RAMP = " .:-=+*#%@"


class WrongImages(ScrolledRows):
    """A gallery, as many images in a row as fit.

    Args:
        ascii_only: Draw with plain characters.
        id: The id of the widget.
    """

    PREFIX = "wrong-images"
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"wrong-images--{part}" for part in ("label", "empty", "said", "right")
    }
    DEFAULT_CSS = """
    WrongImages {
        & > .wrong-images--label { color: $text-muted; }
        & > .wrong-images--said { color: $text-error; text-style: bold; }
        & > .wrong-images--right { color: $text-success; text-style: bold; }
        & > .wrong-images--empty { color: $text-muted; text-style: italic; }
        &:ansi > .wrong-images--label { text-style: dim; }
    }
    """

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(ascii_only=ascii_only, id=id)
        self._images: Sequence[WrongImage] = ()
        self._names: tuple[str, ...] = ()
        self._styles: dict[tuple[int, int], Style] = {}

    def show(self, images: Sequence[WrongImage], names: tuple[str, ...] = ()) -> None:
        """Show images.

        Args:
            images: All of one size.
            names: Of the classes; those that are missing are numbers.
        """
        self._images, self._names = images, names
        self.rewrite(to_top=True)

    def count(self, width: int) -> int:
        """Return how many lines the gallery takes."""
        if not self._images:
            return 0
        columns, height = self._layout(width)
        return -(-len(self._images) // columns) * height

    def row(self, number: int, width: int) -> Line:  # noqa: ARG002
        """Return nothing: the lines are made of coloured cells."""
        return []

    def render_line(self, y: int) -> Strip:
        """Draw one line of all images beside each other."""
        width = self.scrollable_content_region.width
        if not self._images:
            return super().render_line(y)
        columns, height = self._layout(width)
        row, line = divmod(y + self.scroll_offset.y, height)
        images = self._images[row * columns : (row + 1) * columns]
        blank = self.part_style("")
        segments: list[Segment] = [Segment(" ", blank)]
        for image in images:
            segments += self._line(image, line, height)
            segments.append(Segment(" " * _GAP, blank))
        return Strip(segments).adjust_cell_length(width, blank)

    def _layout(self, width: int) -> tuple[int, int]:
        """Return how many images stand beside each other, and how many lines each takes."""
        scale, side = self._scale, len(self._images[0].pixels)
        return max(1, (width - 1) // (self._tile + _GAP)), -(-side * scale // 2) + 2

    @property
    def _scale(self) -> int:
        return 2 if len(self._images[0].pixels) <= _SMALL_SIDE else 1

    @property
    def _tile(self) -> int:
        return max(_CAPTION, len(self._images[0].pixels) * self._scale)

    def _line(self, image: WrongImage, line: int, height: int) -> list[Segment]:
        tile = self._tile
        if line == height - 1:
            return [Segment(" " * tile, self.part_style(""))]
        if line == height - 2:
            return self._caption(image, tile)
        pixels = image.pixels.repeat(self._scale, axis=0).repeat(self._scale, axis=1)
        upper = pixels[2 * line]
        lower = pixels[2 * line + 1] if 2 * line + 1 < len(pixels) else np.zeros_like(upper)
        drawn = self._in_characters(upper, lower) if self._without_colours else self._in_blocks(upper, lower)
        rest = tile - len(upper)
        return [*drawn, Segment(" " * rest, self.part_style(""))] if rest else drawn

    def _caption(self, image: WrongImage, tile: int) -> list[Segment]:
        room = (tile - 7) // 2
        said, right = self._class_name(image.said, room), self._class_name(image.label, room)
        label = self.part_style("label")
        segments = [
            Segment("said ", label),
            Segment(said, self.part_style("said")),
            Segment(" is ", label) if tile >= _CAPTION else Segment(" ", label),
            Segment(right, self.part_style("right")),
        ]
        sure = f" {100 * image.belief:.0f}%"
        used = sum(len(segment.text) for segment in segments)
        if tile >= _LONG_CAPTION and used + len(sure) <= tile:
            segments.append(Segment(sure.rjust(tile - used), label))
        return Strip(segments).adjust_cell_length(tile, self.part_style("")).crop(0, tile)._segments  # noqa: SLF001

    def _class_name(self, number: int, room: int) -> str:
        name = self._names[number] if 0 <= number < len(self._names) else str(number)
        return shorten(name, max(1, room), ascii_only=self.ascii_only)

    @property
    def _without_colours(self) -> bool:
        return self.ascii_only or self.app.no_color

    def _in_characters(self, upper: NDArray[np.uint8], lower: NDArray[np.uint8]) -> list[Segment]:
        ramp = _RAMP if self.ascii_only else " ░▒▓█"
        means = (upper.astype(np.float64) + lower) / 510 * (len(ramp) - 1)
        return [Segment("".join(ramp[round(value)] for value in means.tolist()), self.part_style(""))]

    def _in_blocks(self, upper: NDArray[np.uint8], lower: NDArray[np.uint8]) -> list[Segment]:
        tops, bottoms = _shades(upper), _shades(lower)
        return [
            Segment("▀", self._style(top, bottom))
            for top, bottom in zip(tops.tolist(), bottoms.tolist(), strict=True)
        ]

    def _style(self, top: int, bottom: int) -> Style:
        style = self._styles.get((top, bottom))
        if style is None:
            style = self._styles[top, bottom] = Style(color=_grey(top), bgcolor=_grey(bottom))
        return style


def _shades(values: NDArray[np.uint8]) -> NDArray[np.int64]:
    return np.round(values.astype(np.float64) / 255 * (_GREYS - 1)).astype(np.int64)


def _grey(shade: int) -> Color:
    value = round(shade / (_GREYS - 1) * 255)
    return Color.from_rgb(value, value, value)
