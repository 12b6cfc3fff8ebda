"""How many steps of an episode are due: the pace of the environment, times a speed."""

from __future__ import annotations

import math

PATIENCE = 0.25
"""Seconds of delay that are made up for; a longer one is forgotten."""


class Pace:
    """Counts the steps that are due by a clock which the caller reads.

    Args:
        seconds_a_step: At a speed of 1, above 0.
    """

    def __init__(self, seconds_a_step: float) -> None:
        self._seconds_a_step = seconds_a_step
        self._next = 0.0
        self.speed = 1.0
        self.is_paused = False

    @property
    def seconds_a_step(self) -> float:
        """Between two steps at the present speed, 0 for as fast as it goes."""
        return 0.0 if math.isinf(self.speed) else self._seconds_a_step / self.speed

    def wait_until(self, moment: float) -> None:
        """Let the next step be due at a moment."""
        self._next = moment

    def is_due(self, now: float) -> bool:
        """Return whether a step is to be taken now."""
        return not self.is_paused and now >= self._next

    def took(self, now: float) -> None:
        """Note that a step was taken."""
        self._next = max(self._next, now - PATIENCE) + self.seconds_a_step

    def pause(self, now: float, *, pause: bool) -> None:
        """Wait, or go on from now."""
        if self.is_paused and not pause:
            self._next = max(self._next, now)
        self.is_paused = pause

    def set_speed(self, speed: float, now: float) -> None:
        """Go at another speed from now on; infinity is as fast as it goes."""
        self.speed = speed
        self._next = min(self._next, now + self.seconds_a_step)

    def seconds_left(self, now: float) -> float:
        """Return the time until the next step, infinity while it is paused."""
        return math.inf if self.is_paused else max(0.0, self._next - now)
