"""What a person looks at on a plot: the generations in view, the scales, the cursor. Pure values."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_WIDTH = 4.0
"""Generations that stay in view, however near one looks."""


@dataclass(frozen=True, slots=True)
class PlotView:
    """A look at curves over their generations; `first` and `last` of its methods are where the curves end.

    Args:
        span: (first, last) generation that was chosen; None for all of them.
        follows: Whether the newest generations stay in view, by moving a chosen stretch along.
        cursor: The generation that is read, None where there is no cursor.
        log_generations: Whether the horizontal axis is logarithmic.
        log_values: Whether the vertical axis is, where all values allow it.
    """

    span: tuple[float, float] | None = None
    follows: bool = True
    cursor: float | None = None
    log_generations: bool = False
    log_values: bool = False

    def window(self, first: float, last: float) -> tuple[float, float]:
        """Return the stretch in view, within the curves."""
        if self.span is None:
            return first, last
        width = min(self.span[1] - self.span[0], last - first)
        low = last - width if self.follows else min(max(self.span[0], first), last - width)
        return low, low + width

    def zoom(self, factor: float, first: float, last: float) -> Self:
        """Return a look at `factor` times as many generations, around the cursor if it is in view.

        Without a cursor the newest generation stays where it is while it is followed, else the middle one.
        """
        low, high = self.window(first, last)
        width = max(LEAST_WIDTH, round((high - low) * factor))
        if width >= last - first:
            return replace(self, span=None, follows=True)
        middle = high if self.follows else (low + high) / 2
        if self.cursor is not None and low <= self.cursor <= high:
            middle = self.cursor
        share = (middle - low) / (high - low) if high > low else 1.0
        return self._at(round(middle - share * width), width, first, last)

    def pan(self, share: float, first: float, last: float) -> Self:
        """Return a look moved by a share of its width, to the right where it is positive."""
        if self.span is None:
            return self
        low, high = self.window(first, last)
        step = math.copysign(max(1.0, round(abs(share) * (high - low))), share)
        return self._at(low + step, high - low, first, last)

    def follow(self, first: float, last: float) -> Self:
        """Return a look that follows the newest generations, or one that stays where this one is."""
        if self.span is None:
            return self
        return replace(self, span=self.window(first, last), follows=not self.follows)

    def everything(self) -> Self:
        """Return a look at all generations without a cursor, on the same scales."""
        return replace(self, span=None, follows=True, cursor=None)

    def move_cursor(self, cells: int, columns: int, first: float, last: float) -> Self:
        """Return a look with the cursor moved, by one generation at least.

        Args:
            cells: How far, to the right where it is positive. A cursor that is not there yet comes in from
                the other end.
            columns: The cells that the stretch in view takes.
            first: The first generation.
            last: The last one.
        """
        low, high = self.window(first, last)
        if self.cursor is None:
            return replace(self, cursor=high if cells < 0 else low)
        step = (self._place(high) - self._place(low)) / max(1, columns - 1)
        moved = round(self._generation(self._place(self.cursor) + cells * step))
        if (moved - self.cursor) * cells <= 0:
            moved = round(self.cursor + math.copysign(1, cells))
        return self.go_to(moved, first, last)

    def go_to(self, generation: float, first: float, last: float) -> Self:
        """Return a look with the cursor at a generation, moved as little as brings it into view."""
        cursor = min(max(generation, first), last)
        low, high = self.window(first, last)
        if low <= cursor <= high:
            return replace(self, cursor=cursor)
        start = cursor if cursor < low else cursor - (high - low)
        return replace(self._at(start, high - low, first, last), cursor=cursor)

    def go_to_mark(self, marks: Sequence[float], step: int, first: float, last: float) -> Self:
        """Return a look with the cursor at the next mark, or the one before; the same where there is none.

        Args:
            marks: The generations of the marks, ascending.
            step: 1 or -1. Without a cursor the first, or the last mark in view is the next.
            first: The first generation.
            last: The last one.
        """
        low, high = self.window(first, last)
        if self.cursor is not None:
            place = bisect_right(marks, self.cursor) if step > 0 else bisect_left(marks, self.cursor) - 1
        else:
            place = bisect_left(marks, low) if step > 0 else bisect_right(marks, high) - 1
        return self.go_to(marks[place], first, last) if 0 <= place < len(marks) else self

    def _at(self, low: float, width: float, first: float, last: float) -> Self:
        low = min(max(low, first), last - width)
        return replace(self, span=(low, low + width), follows=low + width >= last)

    def _place(self, generation: float) -> float:
        return math.log1p(max(0.0, generation)) if self.log_generations else generation

    def _generation(self, place: float) -> float:
        return math.expm1(place) if self.log_generations else place
