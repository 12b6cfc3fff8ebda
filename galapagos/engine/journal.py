"""The logs of a run, a JSON object a line: journal, commands, events; and how to read them as they grow."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from typing import TYPE_CHECKING, Any

import orjson

from galapagos.engine.atomic_files import atomic_write, sync_directory, write_all
from galapagos.errors import CheckpointError, CommandRefused
from galapagos.plain_text import plain
from galapagos.strict_json import LARGEST_EXACT, members, parse_json, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_TAIL_BYTES = 8192
_SLICE = 1 << 22
"""Bytes of a log that are held as JSON objects at a time; those take many times the room of columns."""

_MOST_UNSYNCED = 1 << 22
"""Bytes of a journal that are held in memory until they are durable, where checkpoints are rare."""

_TORN = b"#torn\n"
"""Ends a line that a crash cut off: never valid JSON, so such a line stays ignored for ever."""


class _Lines:
    """A file that grows by whole lines; a line that cannot be written leaves nothing behind."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # No O_APPEND: writes go to the known end of whole lines, so a failed one is written over.
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        sync_directory(path.parent)
        self.length = os.fstat(self._descriptor).st_size
        self._ragged = False

    def write(self, line: bytes) -> None:
        self._cut_remains()
        try:
            self.write_at(self.length, line)
        except OSError:
            self._go_back(self.length)
            raise
        self.length += len(line)

    def write_at(self, place: int, text: bytes) -> None:
        os.lseek(self._descriptor, place, os.SEEK_SET)
        write_all(self._descriptor, text)

    def write_synced(self, line: bytes) -> None:
        before = self.length
        self.write(line)
        try:
            self.sync()
        except OSError:
            self._go_back(before)
            raise

    def sync(self) -> None:
        os.fsync(self._descriptor)

    def truncate(self, length: int) -> None:
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
        if not self.ends_whole(self.length):
            self.write(_TORN)

    @property
    def closed(self) -> bool:
        return self._descriptor < 0

    def close(self) -> None:
        if not self.closed:
            os.close(self._descriptor)
            self._descriptor = -1


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
        self._lines = _Lines(path)
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
            self._waiting += _line(line)
            self._write_waiting()
            unsynced = len(self._unsynced)
        if unsynced > _MOST_UNSYNCED:
            self.sync()

    def sync(self) -> None:
        """Make all lines durable, in any thread; needed before a checkpoint names their length.

        Raises:
            OSError: Where the disk does not take them; the next call tries again.
        """
        with self._syncing:
            with self._lock:
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


class CommandLog:
    """Every command with the generation it acts in: durable before it is acknowledged, never cut.

    It may be used from several threads.

    Args:
        path: The file, made where it is not there; a line that a crash tore is ended and ignored for ever.

    Raises:
        OSError: Where it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._lines = _Lines(path)
        self._lock = threading.Lock()
        self._lines.end_torn_line()

    def append(self, generation: int, command: dict[str, Any]) -> None:
        """Write a command and fsync it.

        Raises:
            CommandRefused: Where it could not be made durable; nothing of it is left then.
        """
        try:
            with self._lock:
                self._lines.write_synced(_command_line(generation, command))
        except OSError as error:
            raise CommandRefused(
                f"the command cannot be written to {self._lines.path.name}: {error.strerror or error}"
            ) from error

    def read(self) -> list[tuple[int, dict[str, Any]]]:
        """Return all (generation, command) in the order in which they were given.

        Raises:
            CheckpointError: Where a line in the middle is damaged, so that the run cannot be played again.
        """
        with self._lock:
            text = self._lines.read(0, self._lines.length)
        return _commands(text, self._lines.path)

    def close(self) -> None:
        """Close the file; closing twice is harmless."""
        self._lines.close()


class EventLog:
    """What does not follow from the seed: checkpoints, faults of workers, attaches, resumes, warnings.

    Args:
        path: The file, made where it is not there.

    Raises:
        OSError: Where it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._lines = _Lines(path)
        self._lock = threading.Lock()
        self._lines.end_torn_line()

    def append(self, kind: str, text: str, **more: Any) -> None:  # noqa: ANN401 - any JSON value
        """Write an event with the time; a full disk loses it rather than ending the run."""
        event = {"time": time.time(), "kind": plain(kind), "text": plain(text), **more}
        with self._lock:
            try:
                self._lines.write(_line(event))
            except OSError:
                return

    def close(self) -> None:
        """Close the file; closing twice is harmless."""
        self._lines.close()


def commands_of(path: Path, *, before: int) -> list[tuple[int, dict[str, Any]]]:
    """Return the (generation, command) of a log that act before a generation; the log is only read.

    Raises:
        CheckpointError: Where a line in the middle is damaged.
    """
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return []
    return [(generation, command) for generation, command in _commands(text, path) if generation < before]


def write_commands(path: Path, commands: Iterable[tuple[int, dict[str, Any]]]) -> None:
    """Write a whole log of commands.

    Raises:
        OSError: Where it cannot be written.
    """
    atomic_write(path, b"".join(_command_line(generation, command) for generation, command in commands))


def last_generation_line(path: Path) -> dict[str, Any]:
    """Return the last whole line of a journal about a generation, empty before the first; reads its end."""
    try:
        with path.open("rb") as file:
            end, size = file.seek(0, os.SEEK_END), _TAIL_BYTES
            while True:
                file.seek(max(0, end - size))
                # What stands behind the last end of a line is still being written.
                for text in reversed(file.read(size).split(b"\n")[:-1]):
                    line = _parsed(text)
                    if line is not None and _is_of_generation(line):
                        return line
                if size >= end:
                    return {}
                size *= 8
    except OSError:
        return {}


def read_lines(
    path: Path, from_offset: int = 0, *, at_most: int | None = None
) -> tuple[list[dict[str, Any]], int]:
    """Return the whole lines of a log from a byte on, and where the next call goes on.

    A line that is being written, or was torn, is left for later; a damaged one is passed over. Where the file
    was cut since the last call, so that no line begins at `from_offset`, reading starts at the beginning.

    Args:
        path: The log; one that is not there yet is empty.
        from_offset: What the last call answered, 0 for the beginning.
        at_most: The bytes to read in this call, so that a long log can be read in slices; by default all.
            A longer line is read all the same.
    """
    try:
        with path.open("rb") as file:
            if from_offset and (file.seek(from_offset - 1), file.read(1))[1] != b"\n":
                from_offset = 0
            file.seek(from_offset)
            text = file.read() if at_most is None else file.read(at_most)
            if at_most is not None and b"\n" not in text:
                text += file.readline()
    except FileNotFoundError:
        return [], 0
    whole = text[: text.rfind(b"\n") + 1]
    lines = (_parsed(line) for line in whole.split(b"\n"))
    return [line for line in lines if line is not None], from_offset + len(whole)


def each_line(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the whole lines of a log one after the other, with few of them in memory, until its end."""
    offset, last = 0, -1
    while offset != last:
        last = offset
        lines, offset = read_lines(path, offset, at_most=_SLICE)
        yield from lines


def _commands(text: bytes, path: Path) -> list[tuple[int, dict[str, Any]]]:
    commands = []
    # What stands behind the last end of a line was torn off by a crash.
    for number, line in enumerate(text.split(b"\n")[:-1], start=1):
        if line.endswith(_TORN.rstrip()):
            continue
        try:
            entry = members(parse_json(line), "it")
            generation = whole(entry.get("generation"), "generation")
            commands.append((generation, members(entry.get("command"), "command")))
        except ValueError as error:
            raise CheckpointError(
                f"line {number} of {path} is damaged; without it the run cannot go on: {error}"
            ) from None
    return commands


def _command_line(generation: int, command: dict[str, Any]) -> bytes:
    return _line({"generation": generation, "command": command})


def _parsed(text: bytes) -> dict[str, Any] | None:
    try:
        return members(parse_json(text), "it")
    except ValueError:
        return None


def _is_of_generation(line: dict[str, Any]) -> bool:
    number = line.get("generation")
    return line.get("type") == "generation" and type(number) is int and 0 <= number <= LARGEST_EXACT


def _line(data: dict[str, Any]) -> bytes:
    return orjson.dumps(data, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY)


def _free_tail(journal: Path) -> Path:
    number = 1
    while (path := journal.with_name(f"{journal.stem}.tail-{number}.jsonl")).exists():
        number += 1
    return path
