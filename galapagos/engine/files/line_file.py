"""Files that grow by whole lines, JSON objects: what the journal and the logs of a run are written with."""

from __future__ import annotations

import contextlib
import errno
import os
from typing import TYPE_CHECKING, Any

import orjson

from galapagos.engine.files.atomic_files import atomic_write, sync_directory, write_all

if TYPE_CHECKING:
    from pathlib import Path

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC

TORN = b"#torn\n"
"""Ends a line that a crash cut off: never valid JSON, so such a line stays ignored for ever."""


class LineFile:
    """A file that grows by whole lines; a line that cannot be written leaves nothing behind.

    Args:
        path: The file, made where it is not there.

    Raises:
        OSError: Where it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        # No O_APPEND: writes go to the known end of whole lines, so a failed one is written over.
        self._descriptor = os.open(path, _FLAGS, 0o644)
        sync_directory(path.parent)
        self.length = os.fstat(self._descriptor).st_size
        self._ragged = False

    def write(self, line: bytes) -> None:
        """Write a line behind the others; OSError, and nothing is left of it, where that does not work."""
        self._cut_remains()
        try:
            self.write_at(self.length, line)
        except OSError:
            self._go_back(self.length)
            raise
        self.length += len(line)

    def write_at(self, place: int, text: bytes) -> None:
        """Write over what stands at a place, in bytes from the start; OSError where that does not work."""
        os.lseek(self._descriptor, place, os.SEEK_SET)
        write_all(self._descriptor, text)

    def write_synced(self, line: bytes) -> None:
        """Write a line as `write` does, durable when this returns."""
        self.stay()
        before = self.length
        self.write(line)
        try:
            self.sync()
        except OSError:
            self._go_back(before)
            raise

    def sync(self) -> None:
        """Make all lines durable; OSError where that does not work."""
        os.fsync(self._descriptor)

    def stay(self) -> bool:
        """Put the file back where somebody removed it, since what is written to it then is lost in silence.

        Directories like /tmp are cleaned of files that nobody touched for days, while a run lasts for weeks.

        Returns:
            Whether that was needed.

        Raises:
            OSError: Where it cannot be put back, was moved away, or another file is in its place.
        """
        ours = os.fstat(self._descriptor)
        try:
            if os.path.samestat(self.path.stat(), ours):
                return False
        except FileNotFoundError:
            if ours.st_nlink == 0:
                self._put_back()
                return True
        raise OSError(errno.ESTALE, f"{self.path.name} was moved away or replaced", str(self.path))

    def _put_back(self) -> None:
        atomic_write(self.path, self.read(0, self.length))
        descriptor = os.open(self.path, _FLAGS, 0o644)
        os.close(self._descriptor)
        self._descriptor = descriptor

    def truncate(self, length: int) -> None:
        """Cut the file to a length in bytes, at which a line ends."""
        os.ftruncate(self._descriptor, length)
        self.length = length

    def _go_back(self, length: int) -> None:
        """Take back what is beyond a length: now, or before the next line if the disk refuses even that."""
        self.length = length
        self._ragged = True
        with contextlib.suppress(OSError):
            self._cut_remains()

    def _cut_remains(self) -> None:
        if self._ragged:
            os.ftruncate(self._descriptor, self.length)
            self._ragged = False

    def read(self, start: int, end: int) -> bytes:
        """Return the bytes from a place to another, fewer where the file ends before."""
        parts = []
        while start < end:
            part = os.pread(self._descriptor, end - start, start)
            if not part:
                break
            parts.append(part)
            start += len(part)
        return b"".join(parts)

    def ends_whole(self, length: int) -> bool:
        """Return whether a line ends at this length."""
        return length == 0 or self.read(length - 1, length) == b"\n"

    def end_torn_line(self) -> None:
        """End a line that a crash cut off, so that it stays ignored for ever."""
        if not self.ends_whole(self.length):
            self.write(TORN)

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._descriptor < 0

    def close(self) -> None:
        """Close the file; closing twice is harmless."""
        if not self.closed:
            os.close(self._descriptor)
            self._descriptor = -1


def line_of(data: dict[str, Any]) -> bytes:
    """Return a JSON object as a line."""
    return orjson.dumps(data, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY)
