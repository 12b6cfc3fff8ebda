"""The two pipes of the process that plays: lines that come in, and news that never wait to be read."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import struct
import termios
from collections import deque

PIECE = 1 << 16
MOST_WAITING = 64
"""Lines that wait at most; the oldest goes."""


class LineReader:
    """Lines of a file descriptor, each of a bounded length.

    Args:
        descriptor: Open for reading; it becomes non-blocking.
        longest_first: Bytes of the first line.
        longest: Bytes of every other line.
    """

    def __init__(self, descriptor: int, *, longest_first: int, longest: int) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._buffer = bytearray()
        self._longest = longest_first
        self._longest_next = longest
        self._skipping = False
        self.ended = False

    def fileno(self) -> int:
        """Return the descriptor, for `select`."""
        return self._descriptor

    def read(self) -> list[bytes | None]:
        """Return the lines that are there, None for each that was too long; sets `ended` at the end."""
        lines: list[bytes | None] = []
        try:
            piece = os.read(self._descriptor, PIECE)
        except BlockingIOError:
            return lines
        self.ended = not piece
        self._buffer += piece
        while (end := self._buffer.find(b"\n")) >= 0:
            line = bytes(self._buffer[:end])
            del self._buffer[: end + 1]
            if not self._skipping:
                lines.append(line if len(line) <= self._longest else None)
            self._skipping, self._longest = False, self._longest_next
        if len(self._buffer) > self._longest and not self._skipping:
            self._skipping = True
            lines.append(None)
        if self._skipping:
            self._buffer.clear()
        return lines


class NewsWriter:
    """Writes lines without ever waiting: what must arrive waits in a short queue, a frame is not made at all.

    Args:
        descriptor: Open for writing; it becomes non-blocking.
    """

    def __init__(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._rest = b""
        self._waiting: deque[bytes] = deque(maxlen=MOST_WAITING)

    def fileno(self) -> int:
        """Return the descriptor, for `select`."""
        return self._descriptor

    @property
    def is_behind(self) -> bool:
        """Whether something waits to be written."""
        return bool(self._rest or self._waiting)

    @property
    def takes_frames(self) -> bool:
        """Whether all that was written has been read, so that a frame would be seen at once."""
        return not self.is_behind and _unread(self._descriptor) == 0

    def write(self, line: bytes) -> None:
        """Write a line now or, where there is no room, later.

        Raises:
            BrokenPipeError: Where nobody will ever read it.
        """
        self._waiting.append(line)
        self.flush()

    def flush(self) -> None:
        """Write what waits, so far as there is room; BrokenPipeError as `write`."""
        while self.is_behind:
            data = self._rest or self._waiting.popleft()
            try:
                self._rest = data[os.write(self._descriptor, data) :]
            except BlockingIOError:
                self._rest = data
                return

    def drain(self, seconds: float) -> None:
        """Write what waits, for so long at most."""
        with contextlib.suppress(OSError):
            while self.is_behind and select.select([], [self], [], seconds)[1]:
                self.flush()


def _unread(descriptor: int) -> int:
    """Return the bytes that wait in a pipe for its reader, 0 where the system does not say."""
    try:
        (count,) = struct.unpack("i", fcntl.ioctl(descriptor, termios.FIONREAD, b"\0\0\0\0"))
    except OSError:
        return 0
    return int(count)
