"""How long workers stood idle because the engine gave them nothing to do."""

import time
from collections.abc import Callable


class Starvation:
    """Sums the time in which a condition held, told of each change.

    Args:
        clock: Returns seconds that only grow, the same in all processes of this machine.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sum = 0.0
        self._since: float | None = None
        self._last_change = 0.0
        self._last_finish = 0.0
        self._just_finished = False

    @property
    def seconds(self) -> float:
        """Seconds of starvation so far."""
        return self._sum + (0.0 if self._since is None else self._clock() - self._since)

    def finished(self, moment: float) -> None:
        """Note when a worker finished a chunk, by its own clock: before the engine got to hear of it.

        Starvation that the next update begins, began then.
        """
        self._last_finish = max(self._last_finish, moment)
        self._just_finished = True

    def update(self, starved: bool) -> None:
        """Note whether workers starve from now on."""
        now = self._clock()
        if starved != (self._since is not None):
            if self._since is not None:
                self._sum += now - self._since
                self._since = None
            else:
                self._since = (
                    min(now, max(self._last_finish, self._last_change)) if self._just_finished else now
                )
            self._last_change = now
        self._just_finished = False
