"""What the widgets share that draw their own lines: styles by part, and strips from runs of text."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rich.style import Style
    from textual.geometry import Region

Run = tuple[str, str]
"""Some text and the part of the widget (a component class without the widget's prefix) that it belongs to."""


class DrawnWidget(Widget):
    """A widget that makes its strips itself and keeps the styles of its parts until the theme changes.

    A part `cursor` of a widget whose `PREFIX` is `elite-table` has the component class `elite-table--cursor`;
    the part `""` is the widget itself. A scrolling one names `ScrollView` as its first base, because Textual
    inherits CSS from the first base only.
    """

    PREFIX = ""
    ALLOW_SELECT = False
    _part_styles: Mapping[str, Style] = MappingProxyType({})
    _part_backgrounds: object = None

    def part_style(self, part: str) -> Style:
        """Return the style of a part, on this widget's background."""
        style = self._part_styles.get(part)
        if style is None:
            style = self.get_component_rich_style(f"{self.PREFIX}--{part}") if part else self.rich_style
            self._part_styles = {**self._part_styles, part: style}
        return style

    def forget_strips(self) -> None:
        """Drop every strip that was kept, because the styles in them are no longer true."""

    def notify_style_update(self) -> None:
        """Forget the styles, and what was drawn with them."""
        super().notify_style_update()
        self._part_styles = MappingProxyType({})
        self.forget_strips()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw the lines of `crop`, with new styles where something behind this widget changed its colour."""
        if (backgrounds := self.background_colors) != self._part_backgrounds:
            self._part_backgrounds = backgrounds
            self._part_styles = MappingProxyType({})
            self.forget_strips()
        return super().render_lines(crop)

    def strip(self, runs: Iterable[Run], width: int) -> Strip:
        """Return a strip of exactly `width` cells; what does not fit is cut."""
        segments: list[Segment] = []
        free = width
        for part, group in groupby(runs, key=itemgetter(1)):
            text = "".join(text for text, _ in group)
            shown = text if cell_len(text) <= free else set_cell_size(text, free)
            if shown:
                segments.append(Segment(shown, self.part_style(part)))
                free -= cell_len(shown)
        if free > 0:
            segments.append(Segment(" " * free, self.part_style("")))
        return Strip(segments, max(0, width))


def shorten(text: str, width: int, *, ascii_only: bool = False) -> str:
    """Return `text` in at most `width` cells, with an ellipsis where it was cut."""
    if cell_len(text) <= width:
        return text
    mark = "~" if ascii_only else "…"
    return set_cell_size(text, width - 1).rstrip() + mark if width > 0 else ""


def wrap(text: str, width: int, most: int, *, ascii_only: bool = False) -> list[str]:
    """Return `text` in at most `most` lines of at most `width` cells, broken at spaces where it has some."""
    if width <= 0 or most <= 0:
        return []
    lines: list[str] = []
    rest = text.strip()
    while rest and len(lines) < most - 1 and cell_len(rest) > width:
        fitting = rest[: len(set_cell_size(rest, width).rstrip()) or 1]
        cut = fitting.rfind(" ")
        if cut <= 0 or rest[len(fitting) : len(fitting) + 1] == " ":
            cut = len(fitting)
        lines.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    if rest:
        lines.append(shorten(rest, width, ascii_only=ascii_only))
    return lines


def centred(text: str, width: int, height: int) -> list[str]:
    """Return `height` lines with `text` in their middle, wrapped and centred."""
    lines = [line.center(width) for line in wrap(text, width, height)]
    above = (height - len(lines)) // 2
    return [""] * above + lines + [""] * (height - len(lines) - above)
