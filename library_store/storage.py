"""A storage for TinyDB that loses no acknowledged commit, whoever is killed and whatever else is writing.

A commit is one line at the end of a log, under a lock: what other processes committed is read, the line is
written and fsynced, and only then is it acknowledged (the order of Pillai et al., "All File Systems Are Not
Created Equal", OSDI 2014, section 4). Readers take no lock. When the log has grown, a snapshot of everything
begins a new generation, and the last two stay, see `library_store.generations`.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tinydb.storages import Storage

from galapagos.errors import LibraryError
from library_store.files import DiskFiles, Files
from library_store.generations import State, follow, load, log_name
from library_store.records import (
    Change,
    Row,
    Tables,
    changed,
    copied,
    difference,
    encode_record,
    own_row,
)
from library_store.upkeep import PATIENCE, LibraryBusy, begin_generation, heal, locked, not_written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

COMPACT_BYTES = 2**20
"""The smallest log that is compacted by itself; it must have outgrown its snapshot as well."""


class CrashSafeStorage(Storage):
    """The tables of a library, `{table: {id: row}}`, with ids that are text.

    Methods may be called from several threads; several processes may have the same directory open.

    Args:
        directory: Where the files are; it is made with the first commit.
        files: What reads and writes them.
        compact_bytes: The smallest log that is compacted by itself, see `COMPACT_BYTES`.
        patience: Seconds to wait for another process that is writing.

    Raises:
        LibraryError: Where it cannot be read, or was written by a newer version.
    """

    def __init__(
        self,
        directory: Path,
        files: Files | None = None,
        *,
        compact_bytes: int = COMPACT_BYTES,
        patience: float = PATIENCE,
    ) -> None:
        super().__init__()
        self._directory = directory
        self._files = DiskFiles() if files is None else files
        self._compact_bytes = compact_bytes
        self._patience = patience
        self._writing = threading.RLock()
        self._writer: int | None = None
        self._working: Tables = {}
        self._handed_out = threading.local()
        self._state: State | None = None
        self._problems: dict[str, str] = {}
        self._closed = False
        self._open()

    @property
    def problems(self) -> tuple[str, ...]:
        """What was found damaged since this was opened, and what could not be tidied up, one line each."""
        return tuple(line + done for line, done in self._problems.items())

    @property
    def tables(self) -> Tables:
        """The rows as they are now, other processes' included; within a transaction, as they will be.

        They are shared with everybody else and must not be changed in place, however deep.

        Raises:
            LibraryError: Where they cannot be read.
        """
        return self._working if self._in_transaction else self._current().tables

    def read(self) -> dict[str, dict[str, Any]]:
        """Return a copy of everything, which takes its time; `LibraryTable` copies what it needs.

        Raises:
            LibraryError: Where it cannot be read.
        """
        tables = self._handed_out.tables = self.tables
        return {name: {id: copied(row) for id, row in table.items()} for name, table in tables.items()}

    def write(self, data: Mapping[str, Mapping[str, Any]]) -> None:
        """Commit what differs from that which `read` gave this thread last; what others did since stays.

        Raises:
            LibraryError: Where it cannot be written.
        """
        before: Tables = getattr(self._handed_out, "tables", {})
        after = {
            name: {str(id): own_row(row, f"{name} {id}") for id, row in table.items()}
            for name, table in data.items()
        }
        with self.transaction():
            self._working = changed(self._working, [difference(before, after)])
        self._handed_out.tables = after

    def stage(self, table: str, rows: Mapping[str, Row | None]) -> None:
        """Put rows into a table, and take out those that are None, when the transaction ends.

        Raises:
            LibraryError: Where a row cannot be saved as JSON.
            RuntimeError: Outside a transaction.
        """
        if not self._in_transaction:
            raise RuntimeError("rows are staged in a transaction")
        put = {id: own_row(row, f"{table} {id}") for id, row in rows.items() if row is not None}
        gone = [id for id, row in rows.items() if row is None]
        self._working = changed(self._working, [Change({table: put}, {table: gone})])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make everything read and written inside one commit, which is durable when this ends.

        No other thread or process writes meanwhile. An exception that leaves it undoes what was written
        inside; one that leaves a transaction within it undoes that part.

        Raises:
            LibraryError: Where it cannot be written; the last commit is intact then.
        """
        with self._writing:
            if self._in_transaction:
                with self._part():
                    yield
                return
            with self._write_lock() as state:
                self._writer, self._working = threading.get_ident(), state.tables
                try:
                    yield
                    change = difference(state.tables, self._working)
                finally:
                    self._writer, self._working = None, {}
                if change:
                    self._compact_when_due(self._commit(state, change))

    def compact(self) -> None:
        """Begin a new generation with a snapshot; nothing is done where nothing was committed since the last.

        Raises:
            LibraryError: Where it cannot be written; nothing is lost then.
            RuntimeError: Within a transaction.
        """
        with self._writing:
            if self._in_transaction:
                raise RuntimeError("a library is not compacted within a transaction")
            with self._write_lock() as state:
                if state.end:
                    self._begin_generation(state)

    def close(self) -> None:
        """Forget what was read; nothing waits to be written, and closing twice is harmless."""
        self._closed, self._state = True, None

    @property
    def _in_transaction(self) -> bool:
        return self._writer == threading.get_ident()

    def _open(self) -> None:
        """Read everything and, where something is damaged and nobody is writing, heal it."""
        state = self._current()
        if not state.damages and not state.tail:
            return
        try:
            with self._write_lock(0):
                pass
        except LibraryBusy:
            # What looks unfinished may be what the other one is writing.
            return
        except LibraryError:
            # Reading goes on without; whoever writes hears why that fails.
            if state.tail:
                path = self._directory / log_name(state.generation)
                lines = f"{state.tail} unfinished or damaged commit{'s' * (state.tail > 1)}"
                self._tell(f"{path} ends in {lines}", ", which cannot be set aside and are ignored")

    def _current(self) -> State:
        """Return the state on the disk, and remember it.

        Where two threads do so at once, the older state may be remembered: a later call reads on from it.
        """
        if self._closed:
            raise LibraryError(f"the library {self._directory} was closed")
        state = self._state
        try:
            if state is None:
                state = load(self._files, self._directory)
            else:
                state = follow(self._files, self._directory, state)
        except OSError as error:
            self._state = None
            raise LibraryError(f"the library {self._directory} cannot be read: {error}") from None
        for damage in state.damages:
            self._tell(damage.line)
        self._state = state
        return state

    @contextmanager
    def _write_lock(self, seconds: float | None = None) -> Iterator[State]:
        """Keep others from writing, and give the state, in which nothing is damaged then."""
        with locked(self._files, self._directory, self._patience if seconds is None else seconds):
            state = self._current()
            with self._disk():
                self._state = state = heal(self._files, self._directory, state, self._tell)
            yield state

    @contextmanager
    def _part(self) -> Iterator[None]:
        before = self._working
        try:
            yield
        except BaseException:
            self._working = before
            raise

    @contextmanager
    def _disk(self) -> Iterator[None]:
        """Turn what the disk refuses into one line, and trust nothing but the disk afterwards."""
        try:
            yield
        except OSError as error:
            self._state = None
            raise not_written(self._directory, error) from None

    def _commit(self, state: State, change: Change) -> State:
        if state.generation < 0:
            state = self._begin_generation(state)
        line, checksum = encode_record(change, state.last)
        with self._disk():
            self._append(state, line)
        tables = changed(state.tables, [change])
        end = state.end + len(line)
        self._state = state = replace(state, tables=tables, last=checksum, mark=state.end, end=end)
        return state

    def _append(self, state: State, line: bytes) -> None:
        path = self._directory / log_name(state.generation)
        if not state.end:
            # The name of a log is durable before there is anything in it.
            self._files.append(path, b"")
            self._files.sync_directory(self._directory)
        try:
            self._files.append(path, line)
        except OSError:
            with suppress(OSError):
                self._files.cut(path, state.end)
            raise

    def _begin_generation(self, state: State) -> State:
        with self._disk():
            self._state = state = begin_generation(self._files, self._directory, state)
        return state

    def _compact_when_due(self, state: State) -> None:
        if state.end <= max(self._compact_bytes, state.snapshot_bytes):
            return
        try:
            self._begin_generation(state)
        except LibraryError as error:
            # The commit is durable, so this is no failure of it; asking again each time would be slow.
            self._compact_bytes = 2 * state.end
            self._tell(f"the log of the library could not be compacted, and grows: {error}")

    def _tell(self, line: str, done: str = "") -> None:
        self._problems[line] = done or self._problems.get(line, "")
