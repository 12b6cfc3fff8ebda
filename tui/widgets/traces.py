"""Reward and action over the steps of an episode, one above the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from textual.reactive import reactive

from tui.widgets.axes import value_range
from tui.widgets.braille import clean, column_starts, merge, span_dots, spans
from tui.widgets.canvas import Canvas, message
from tui.widgets.live_canvas import LiveCanvasWidget
from tui.widgets.plot_frame import Frame, draw_frame, lay_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from galapagos.engine.episodes.news import TracedStep

MOST_ACTIONS = 4
"""Actions that are drawn; of more the first ones."""
WINDOW = 1000
"""Steps that are seen; of a longer episode the newest."""
_ACTIONS = tuple(f"action-{number}" for number in range(1, MOST_ACTIONS + 1))
_PARTS = ("", "axis", "label", "empty", "reward", *_ACTIONS)
_ENDS = (50, 100, 200, 500, WINDOW)
"""How many steps there is room for, as an episode grows."""
_LEAST_HALF = 3
_LEAST_HEIGHT = 6
"""Below there is room for the reward only."""


class Traces(LiveCanvasWidget):
    """The reward of each step and the action that brought it.

    There is room for as many steps as the longest episode had so far, so that seldom more than the newest
    ones are painted.

    Args:
        ascii_only: Draw with plain characters, for terminals without braille.
        id: The id of the widget.
        classes: Its CSS classes.
    """

    PREFIX = "traces"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"traces--{part}" for part in _PARTS if part}
    DEFAULT_CSS = """
    Traces {
        width: 1fr;
        height: 1fr;
        & > .traces--axis { color: $text-muted; }
        & > .traces--label { color: $text-muted; }
        & > .traces--empty { color: $text-muted; text-style: italic; }
        & > .traces--reward { color: $text-success; }
        & > .traces--action-1 { color: $text-primary; }
        & > .traces--action-2 { color: $text-warning; }
        & > .traces--action-3 { color: $text-secondary; }
        & > .traces--action-4 { color: $text-error; }
        &:ansi > .traces--axis { text-style: dim; }
        &:ansi > .traces--label { text-style: dim; }
    }
    """

    ascii_only = reactive(False, init=False)

    def __init__(
        self, *, ascii_only: bool = False, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.set_reactive(Traces.ascii_only, ascii_only)
        self._farthest = 0.0
        self._steps: NDArray[np.float64] = np.empty(0)
        self._rewards: NDArray[np.float64] = np.empty(0)
        self._actions: tuple[NDArray[np.float64], ...] = ()
        self._rewards_seen: tuple[float, float] | None = None
        self._actions_seen: tuple[float, float] | None = None

    def show(self, trace: Sequence[TracedStep], longest: int = WINDOW) -> None:
        """Draw an episode so far.

        Args:
            trace: Its steps, ascending; the first one of them says how many actions there are.
            longest: Steps after which an episode ends.
        """
        count = min(MOST_ACTIONS, len(trace[0].action)) if trace else 0
        self._steps = np.array([step.step for step in trace], dtype=np.float64)
        newest = trace[-1].step if trace else 0
        if newest > self._farthest:
            # In few jumps, and never beyond what an episode can have.
            farther = next((end for end in _ENDS if end >= newest), WINDOW)
            self._farthest = float(min(farther, max(longest, 1)))
        self._rewards = clean([step.reward for step in trace])
        table = [[*step.action[:count], *[np.nan] * (count - len(step.action))] for step in trace]
        self._actions = tuple(clean([row[number] for row in table]) for number in range(count))
        # A range that was seen stays, so that the axes of the next episode are where they were.
        self._rewards_seen = _wider(self._rewards_seen, value_range(self._rewards))
        self._actions_seen = _wider(self._actions_seen, value_range(*self._actions))
        self.repaint()

    def watch_ascii_only(self) -> None:
        """Paint with the other characters."""
        self.repaint()

    def paint(self, width: int, height: int) -> Canvas:
        """Return the picture for one size."""
        if not self._steps.size or self._rewards_seen is None:
            return message(width, height, _PARTS, "No step yet", "empty")
        canvas = Canvas(width, height, _PARTS)
        upper = height if height < _LEAST_HEIGHT or self._actions_seen is None else height // 2
        reward = self._framed(width, upper, self._rewards_seen, axis=upper == height)
        self._draw(canvas, reward, 0, (self._rewards,), ("reward",), "reward")
        if upper < height and self._actions_seen is not None:
            action = self._framed(width, height - upper, self._actions_seen, axis=True)
            title = "action" if len(self._actions) == 1 else "actions"
            self._draw(canvas, action, upper, self._actions, _ACTIONS, title)
        return canvas

    def _framed(self, width: int, height: int, vertical: tuple[float, float], *, axis: bool) -> Frame:
        end = max(self._farthest, float(self._steps[-1]))
        # The plot above another needs no axis of its own: it is laid out as if there were more room.
        spare = 0 if axis or height < _LEAST_HALF else 1 if height == _LEAST_HALF else 2
        frame = lay_out(
            width,
            height + spare,
            (max(0.0, end - WINDOW), max(1.0, end)),
            vertical,
            top=int(height >= _LEAST_HALF),
            ascii_only=self.ascii_only,
        )
        return replace(frame, axis_row=None) if spare else frame

    def _draw(
        self,
        canvas: Canvas,
        frame: Frame,
        top: int,
        curves: tuple[NDArray[np.float64], ...],
        parts: tuple[str, ...],
        title: str,
    ) -> None:
        part = Canvas(canvas.width, canvas.height - top, _PARTS)
        draw_frame(part, frame, "step")
        starts = column_starts(self._steps, frame.columns)
        pictures = [
            span_dots(*spans(self._steps, values, frame.columns, frame.rows, starts), frame.rows.dots)
            for values in curves
        ]
        cells = merge(pictures, frame.height, frame.width, ascii_only=self.ascii_only)
        part.place(frame.top, frame.left, cells, parts[: len(pictures)])
        if frame.top:
            part.write(0, frame.left, title, parts[0])
        if frame.top and np.isfinite(curves[0][-1]):
            newest = "  ".join(f"{values[-1]:.2f}" for values in curves if np.isfinite(values[-1]))
            part.write(0, frame.left + len(title) + 2, newest, "label")
        rows = slice(top, canvas.height)
        canvas.characters[rows], canvas.numbers[rows] = part.characters, part.numbers


def _wider(one: tuple[float, float] | None, other: tuple[float, float] | None) -> tuple[float, float] | None:
    if one is None or other is None:
        return one or other
    return min(one[0], other[0]), max(one[1], other[1])
