"""The top line of the screen on which a network acts: who, with which weight, and what came of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.reactive import reactive

from tui import formatting
from tui.widgets.line_drawing import DrawnWidget, Run, shorten

if TYPE_CHECKING:
    from textual.strip import Strip

    from galapagos.engine.episodes.news import Frame

_PARTS = ("title", "name", "value", "weight", "state")
_LEAST_TITLE = 30
"""Cells that the title keeps, where it has so many."""
_GAP = "   "


class WatchHeader(DrawnWidget):
    """One line; where it has no room for all, what can be done without goes first.

    Args:
        title: Of the elite, as plain text.
        ascii_only: Draw with plain characters.
        id: The id of the widget.
    """

    PREFIX = "watch-header"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"watch-header--{part}" for part in _PARTS}
    DEFAULT_CSS = """
    WatchHeader {
        height: 1;
        background: $panel;
        & > .watch-header--title { text-style: bold; color: $text-primary; }
        & > .watch-header--name { color: $text-muted; }
        & > .watch-header--value { color: $text; }
        & > .watch-header--weight { color: $text-warning; text-style: bold; }
        & > .watch-header--state { color: $text-accent; }
        &:ansi > .watch-header--name { text-style: dim; }
    }
    """

    ascii_only = reactive(False)

    def __init__(self, title: str, *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self.set_reactive(WatchHeader.ascii_only, ascii_only)
        self._title = formatting.words(title)
        self._frame: Frame | None = None

    def show(self, frame: Frame | None) -> None:
        """Tell of a moment."""
        if frame is not self._frame:
            self._frame = frame
            self.refresh()

    def render_line(self, y: int) -> Strip:  # noqa: ARG002 - there is one
        """Draw the line."""
        width = self.size.width
        groups = [] if self._frame is None else facts(self._frame, ascii_only=self.ascii_only)
        kept = min(cell_len(self._title), _LEAST_TITLE, width // 2)
        while groups and sum(map(_length, groups)) > width - kept - 2:
            groups.pop(min(range(len(groups)), key=lambda place: _URGENCY[groups[place][0][0].split()[0]]))
        room = max(1, width - 2 - sum(map(_length, groups)))
        title = shorten(self._title, room, ascii_only=self.ascii_only)
        runs: list[Run] = [(f" {title}", "title")]
        for group in groups:
            runs += [(_GAP, ""), *group]
        return self.strip(runs, width)


_URGENCY = {"episode": 0, "step": 1, "mean": 2, "speed": 3, "reward": 4, "weight": 5}
"""Facts by their first word; the lowest go first."""


def facts(frame: Frame, *, ascii_only: bool = False) -> list[list[Run]]:
    """Return what there is to say of a moment, each fact as runs of text."""
    groups: list[list[Run]] = []
    if frame.weight is not None:
        groups.append([("weight ", "name"), (formatting.weight(frame.weight), "weight")])
    groups += [
        [("episode ", "name"), (formatting.whole(frame.episode), "value")],
        [("step ", "name"), (formatting.whole(frame.step), "value")],
        [("reward ", "name"), (formatting.fitness(frame.total), "value")],
    ]
    if frame.whole and frame.mean is not None:
        # The count first: `598.9 of 2` would be a share of something.
        named = f"mean of {formatting.whole(frame.whole)}: "
        groups.append([(named, "name"), (formatting.fitness(frame.mean), "value")])
    groups.append([("speed ", "name"), (_state(frame, ascii_only=ascii_only), "state")])
    return groups


def _state(frame: Frame, *, ascii_only: bool) -> str:
    if frame.paused:
        return "paused"
    times = "x" if ascii_only else "\N{MULTIPLICATION SIGN}"
    return "max" if math.isinf(frame.speed) else f"{frame.speed:g}{times}"


def _length(group: list[Run]) -> int:
    return len(_GAP) + sum(cell_len(text) for text, _ in group)
