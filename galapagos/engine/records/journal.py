"""The journal of a run: what follows from parameters, seed and commands, a JSON object a line."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any

from galapagos.engine.files.atomic_files import atomic_write
from galapagos.engine.files.line_file import LineFile, line_of
from galapagos.errors import CheckpointError

if TYPE_CHECKING:
    from pathlib import Path

_MOST_UNSYNCED = 1 << 22
"""Bytes of a journal that are held in memory until they are durable, where checkpoints are rare."""


class Journal:
    """The journal: what follows from parameters, seed and commands, one line a generation or change.

    A line that the disk does not take waits in memory and is written before the next one, so the journal
    never has a hole; a checkpoint, which names its length, is written only after all of them (see `sync`).

    Args:
        path: The file, made where it is not there. One engine writes it (see `RunDirectory.lock`).

    Raises:
        OSError: Where it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._lines = LineFile(path)
        self._waiting = bytearray()
        self._durable = self._lines.length
        self._unsynced = bytearray()
        self._is_doubtful = False
        self._lock = threading.Lock()  # held for moments only, so that `append` hardly ever waits for a disk
        self._syncing = threading.Lock()

    @property
    def length(self) -> int:
        """The bytes of all lines, those that wait included."""
        return self._lines.length + len(self._waiting)

    def append(self, line: dict[str, Any]) -> None:
        """Write a line, which readers see at once; it is durable after `sync`.

        Raises:
            OSError: Where the disk does not take it; it waits then, and is written with the next.
        """
        with self._lock:
            self._waiting += line_of(line)
            self._write_waiting()
            unsynced = len(self._unsynced)
        if unsynced > _MOST_UNSYNCED:
            self.sync()

    def sync(self) -> bool:
        """Make all lines durable, in any thread; needed before a checkpoint names their length.

        Returns:
            Whether the file was put back, since somebody had removed it.

        Raises:
            OSError: Where the disk does not take them; the next call tries again.
        """
        with self._syncing:
            with self._lock:
                was_gone = self._lines.stay()
                self._write_waiting()
                if self._is_doubtful:
                    # After a failed fsync the system takes the lost pages for written, so that the next one
                    # succeeds without them (Rebello et al., "Can Applications Recover from fsync Failures?",
                    # USENIX ATC 2020).
                    self._lines.write_at(self._durable, bytes(self._unsynced))
                end = self._lines.length
            self._is_doubtful = True
            self._lines.sync()
            self._is_doubtful = False
            with self._lock:
                del self._unsynced[: end - self._durable]
                self._durable = end
            return was_gone

    def cut(self, length: int) -> None:
        """Go back to a length in bytes; what is beyond goes to the next free `journal.tail-<n>.jsonl`.

        Raises:
            CheckpointError: Where the journal is shorter, or no line ends there.
            OSError: Where the disk does not take what is to be set aside.
        """
        lines = self._lines
        if length == lines.length:
            return
        if length > lines.length or not lines.ends_whole(length):
            raise CheckpointError(
                f"{lines.path} has {lines.length} bytes and does not fit the checkpoint, which was taken "
                f"at the end of a line at {length}"
            )
        # Set aside before it is cut, so that no crash in between can lose it.
        atomic_write(_free_tail(lines.path), lines.read(length, lines.length))
        lines.truncate(length)
        lines.sync()
        self._durable = length
        self._unsynced.clear()

    def close(self) -> None:
        """Close the file, after a last try to write what waits; closing twice is harmless."""
        with self._lock:
            if not self._lines.closed:
                with contextlib.suppress(OSError):
                    self._write_waiting()
            self._lines.close()

    def _write_waiting(self) -> None:
        if self._waiting:
            self._lines.write(bytes(self._waiting))
            self._unsynced += self._waiting
            self._waiting.clear()


def _free_tail(journal: Path) -> Path:
    number = 1
    while (path := journal.with_name(f"{journal.stem}.tail-{number}.jsonl")).exists():
        number += 1
    return path
