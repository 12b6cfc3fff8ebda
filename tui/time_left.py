"""How long a run still takes, from its pace of late."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from galapagos.engine.snapshot import Snapshot

STRETCH = 120.0
"""Seconds of evolution whose pace counts."""
LEAST = 3.0
"""Seconds of evolution before which a pace says too little."""


class TimeLeft:
    """Watches how fast generations come; time in which a run pauses does not count."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, float]] = deque()

    def seconds(self, snapshot: Snapshot) -> float | None:
        """Return the seconds that the generations to come will take at the pace of the last two minutes.

        Args:
            snapshot: The latest picture; those before it should have been given before.

        Returns:
            None where a run is endless or over, or its pace is not known yet.
        """
        if snapshot.last_generation is None:
            return None
        share = snapshot.done / snapshot.total if snapshot.total else 0.0
        now, progress = snapshot.elapsed, snapshot.generation + min(1.0, share)
        if self._seen and (now < self._seen[-1][0] or progress < self._seen[-1][1] - 1):
            self._seen.clear()
        self._seen.append((now, progress))
        while len(self._seen) > 2 and now - self._seen[1][0] >= STRETCH:
            self._seen.popleft()
        since, before = self._seen[0]
        left = snapshot.last_generation - progress
        if left <= 0 or now - since < LEAST or progress <= before:
            return None
        return left * (now - since) / (progress - before)
