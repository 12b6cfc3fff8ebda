"""How often pictures may be sent over a link: a bound on bytes, whatever a picture costs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tui.terminal import is_remote

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_BYTES = 17_000.0
"""Bytes a second that pictures take at most over SSH, so that with answers to keys they are under 20,000."""
LONGEST = 8.0
"""Seconds between two pictures at most, however large they are."""


class SendingPace:
    """Says how long the next picture of one screen waits, by what was sent since the last.

    Args:
        sent: Returns the bytes that were sent to the terminal so far.
        remote: Whether the terminal is at the other end of a link; by default as the environment says.
    """

    def __init__(self, sent: Callable[[], int], *, remote: bool | None = None) -> None:
        self._sent = sent
        self._remote = is_remote(os.environ) if remote is None else remote
        self._before: int | None = None

    def seconds(self, usual: float) -> float:
        """Return the seconds from this picture to the next: `usual` where the link has room for it."""
        now, before = self._sent(), self._before
        self._before = now
        if not self._remote or before is None:
            return usual
        return max(usual, min(LONGEST, (now - before) / MOST_BYTES))
