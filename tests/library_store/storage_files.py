"""A disk in memory that crashes, loses what was not synced, and refuses to work, at a chosen step."""

from __future__ import annotations

import errno
import os
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from tinydb.table import Document

from galapagos.errors import LibraryError
from library_store.database import LibraryDatabase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

DIRECTORY = Path("/home/somebody/library")
FIRST_LOG, FIRST_SNAPSHOT = "log-000000.jsonl", "snapshot-000000.json"
ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES)


class Crash(BaseException):
    """The machine died; no handler of the program under test may catch this."""


@dataclass(slots=True)
class Content:
    """What a file holds, and what of it a crash cannot take away."""

    data: bytes = b""
    durable: bytes = b""


@dataclass(frozen=True, slots=True)
class Fault:
    """What a disk refuses.

    Args:
        step: The step that fails.
        code: Its error.
        lasting: Whether all later steps fail as well.
    """

    step: int
    code: int
    lasting: bool = False


class FakeDisk:
    """Files in memory: a write lasts when its file is synced, a name when its directory is.

    Attributes:
        steps: How many calls of the system there were; a write is one, and may be done by half.
        crash_at: The step at which the machine dies.
        fault: What is refused.
    """

    def __init__(self) -> None:
        self.steps = 0
        self.crash_at: int | None = None
        self.fault: Fault | None = None
        self.dead = False
        self._names: dict[PurePath, Content] = {}
        self._durable_names: dict[PurePath, Content] = {}
        self._directories = {DIRECTORY.parent}
        self._locks: dict[PurePath, threading.Lock] = {}

    def contents(self) -> dict[str, bytes]:
        """Return what is in the library's directory, but for the lock."""
        return {path.name: file.data for path, file in self._names.items() if path.suffix != ".lock"}

    def put(self, name: str, data: bytes | None) -> None:
        """Give a file another content, or none, as no program would."""
        path = DIRECTORY / name
        if data is None:
            self._names.pop(path, None), self._durable_names.pop(path, None)
        else:
            self._names[path] = self._durable_names[path] = Content(data, data)

    def copy(self) -> FakeDisk:
        """Return a disk with the same files, all of them durable."""
        return self.after_crash(None)

    def after_crash(self, survivors: np.random.Generator | bool | None) -> FakeDisk:
        """Return the disk after the machine was started again.

        Args:
            survivors: What decides about everything that was not synced: True keeps and False loses it.
        """
        disk = FakeDisk()
        disk._directories = set(self._directories)
        chosen: dict[int, Content] = {}
        for path in sorted({*self._names, *self._durable_names}):
            names = self._names if _survives(survivors) else self._durable_names
            if (content := names.get(path)) is not None:
                if id(content) not in chosen:
                    data = _surviving(content, survivors)
                    chosen[id(content)] = Content(data, data)
                disk._names[path] = chosen[id(content)]
        disk._durable_names = dict(disk._names)
        return disk

    def names(self, directory: Path) -> list[str]:
        self._step()
        return [path.name for path in self._names if path.parent == directory]

    def read(self, path: Path, start: int = 0) -> bytes:
        self._step()
        return self._file(path).data[start:]

    def append(self, path: Path, data: bytes) -> None:
        self._step()
        file = self._names.setdefault(path, Content())
        self._write(file, data)
        self._sync(file)

    def write(self, path: Path, data: bytes) -> None:
        beside = path.with_name(f".{path.name}.1.new")
        try:
            self._step()
            file = self._names[beside] = Content()
            self._write(file, data)
            self._sync(file)
            self.rename(beside, path)
        except OSError:
            self._step()
            self._names.pop(beside, None)
            raise
        self.sync_directory(path.parent)

    def cut(self, path: Path, length: int) -> None:
        self._step()
        file = self._file(path)
        file.data = file.data[:length]
        self._sync(file)

    def rename(self, source: Path, target: Path) -> None:
        self._step()
        self._names[target] = self._names.pop(source)

    def remove(self, path: Path) -> None:
        self._step()
        del self._names[path]

    def make_directory(self, path: Path) -> None:
        if path not in self._directories:
            self._step()
            self._directories.add(path)

    def sync_directory(self, path: Path) -> None:
        self._step()
        self._durable_names = {
            name: file for name, file in self._durable_names.items() if name.parent != path
        }
        self._durable_names |= {name: file for name, file in self._names.items() if name.parent == path}

    @contextmanager
    def lock(self, path: Path, seconds: float) -> Iterator[None]:
        self._step()
        self._names.setdefault(path, Content())
        lock = self._locks.setdefault(path, threading.Lock())
        if not lock.acquire(timeout=seconds):
            raise TimeoutError
        try:
            yield
        finally:
            lock.release()

    def _file(self, path: Path) -> Content:
        if path not in self._names:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        return self._names[path]

    def _write(self, file: Content, data: bytes) -> None:
        before = file.data
        file.data = before + data[: len(data) // 2]
        self._step()
        file.data = before + data

    def _sync(self, file: Content) -> None:
        self._step()
        file.durable = file.data

    def _step(self) -> None:
        step, fault = self.steps, self.fault
        self.steps += 1
        if self.dead or step == self.crash_at:
            self.dead = True
            raise Crash
        if fault is not None and (step == fault.step or (fault.lasting and step > fault.step)):
            raise OSError(fault.code, os.strerror(fault.code), "somewhere")


def document(id: str, fields: Mapping[str, Any] | None = None) -> Document:
    """Return a document with an id that is a text; TinyDB's types know whole numbers only."""
    return Document(fields or {}, cast("int", id))


def ids(*texts: str) -> list[int]:
    """Return ids as TinyDB's types want them."""
    return cast("list[int]", list(texts))


def refusal(action: Callable[[], object]) -> str | None:
    """Return the one line that an action was refused with; None where it was done."""
    try:
        action()
    except LibraryError as error:
        line = str(error)
        assert "\n" not in line
        return line
    return None


def opened(disk: FakeDisk, **settings: Any) -> LibraryDatabase:
    """Return the library on a disk."""
    return LibraryDatabase(DIRECTORY, disk, **settings)


def tables_of(database: LibraryDatabase) -> dict[str, dict[str, dict[str, Any]]]:
    """Return everything in a library, by the way that nothing is copied on."""
    names = database.tables()
    return {name: {id: dict(row) for id, row in database.table(name).rows.items()} for name in names}


def _survives(survivors: np.random.Generator | bool | None) -> bool:
    return survivors.random() < 0.5 if isinstance(survivors, np.random.Generator) else survivors is not False


def _surviving(content: Content, survivors: np.random.Generator | bool | None) -> bytes:
    data, durable = content.data, content.durable
    if not isinstance(survivors, np.random.Generator) or not data.startswith(durable):
        return data if _survives(survivors) else durable
    rest = data[len(durable) :]
    kept = int(survivors.integers(0, len(rest), endpoint=True))
    # The size of a file may last longer than what was written to it: zeros stand there then.
    zeros = (len(rest) - kept) * int(survivors.integers(0, 2))
    return durable + rest[:kept] + bytes(zeros)
