"""TinyDB on the storage of the library: its tables may be used by several threads and processes at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, cast

from tinydb import TinyDB
from tinydb.table import Document, Table
from tinydb.utils import LRUCache

from library_store.records import Row, are_same, copied
from library_store.storage import COMPACT_BYTES, CrashSafeStorage
from library_store.upkeep import PATIENCE

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from library_store.files import Files


class _Documents(MutableMapping[str, dict[str, Any]]):
    """Rows as TinyDB may have them: each a copy, made when it is asked for, whatever becomes of it."""

    def __init__(self, rows: Mapping[str, Row]) -> None:
        self._rows = rows
        self._touched: dict[str, dict[str, Any] | None] = {}

    def changes(self) -> dict[str, Row | None]:
        """Return what is new or other than it was, by id, and None for what is gone."""
        return {
            id: document
            for id, document in self._touched.items()
            if document is None or id not in self._rows or not are_same(document, self._rows[id])
        }

    def clear(self) -> None:
        self._touched = dict.fromkeys(self)

    def __getitem__(self, id: str) -> dict[str, Any]:
        if id not in self._touched:
            self._touched[id] = copied(self._rows[id])
        document = self._touched[id]
        if document is None:
            raise KeyError(id)
        return document

    def __contains__(self, id: object) -> bool:
        return self._touched[id] is not None if id in self._touched else id in self._rows

    def __setitem__(self, id: str, document: dict[str, Any]) -> None:
        if not isinstance(id, str):
            raise ValueError(f"the id of a document in the library is a text, not {id!r}")
        self._touched[id] = document

    def __delitem__(self, id: str) -> None:
        if id not in self:
            raise KeyError(id)
        self._touched[id] = None

    def __iter__(self) -> Iterator[str]:
        return (id for id in [*self._rows, *self._touched.keys() - self._rows.keys()] if id in self)

    def __len__(self) -> int:
        gone = sum(id in self._rows for id in self._touched)
        return len(self._rows) - gone + sum(id in self for id in self._touched)


class _NoCache(LRUCache[Any, Any]):
    """Remembers nothing, since other processes change the documents."""

    def get(self, key: Any, default: Any = None) -> Any:  # noqa: ANN401, ARG002
        return default

    def set(self, key: Any, value: Any) -> None:  # noqa: ANN401
        pass


class LibraryTable(Table):
    """A table whose documents bring an id of their own, a text: `Document(row, id)`.

    A document that this gives is the caller's own, however deep; only `rows` shares. What changes documents
    is atomic between threads and processes, and durable when it returns.
    """

    document_id_class = str  # type: ignore[assignment]  # TinyDB takes any class; its types know int only
    query_cache_class = _NoCache

    @property
    def rows(self) -> Mapping[str, Row]:
        """All rows by id, without a copy: they are shared, and must not be changed in place, however deep.

        A row that nobody changed is the same object the next time.

        Raises:
            LibraryError: Where they cannot be read.
        """
        return _storage(self).tables.get(self.name, {})

    def _get_next_id(self) -> int:
        raise ValueError("a document of the library brings its own id: Document(row, id)")

    def _read_table(self) -> dict[str, Mapping[str, Any]]:
        return cast("dict[str, Mapping[str, Any]]", _Documents(self.rows))

    def _update_table(self, updater: Callable[[dict[int, Mapping[str, Any]]], None]) -> None:
        storage = _storage(self)
        with storage.transaction():
            documents = _Documents(self.rows)
            updater(cast("dict[int, Mapping[str, Any]]", documents))
            storage.stage(self.name, documents.changes())


class LibraryDatabase(TinyDB):
    """The database of a library; see `CrashSafeStorage` for what it withstands.

    A second database of the same directory in one thread waits in vain for a transaction of the first.

    Args:
        directory: Where its files are; it is made with the first commit.
        files: What reads and writes them.
        compact_bytes: The smallest log that is compacted by itself.
        patience: Seconds to wait for another process that is writing.

    Raises:
        LibraryError: Where it cannot be read, or was written by a newer version.
    """

    table_class = LibraryTable

    def __init__(
        self,
        directory: Path,
        files: Files | None = None,
        *,
        compact_bytes: int = COMPACT_BYTES,
        patience: float = PATIENCE,
    ) -> None:
        super().__init__(
            directory, files, compact_bytes=compact_bytes, patience=patience, storage=CrashSafeStorage
        )

    @property
    def problems(self) -> tuple[str, ...]:
        """What was found damaged since this was opened, and what could not be tidied up, one line each."""
        return _storage(self).problems

    def table(self, name: str, **kwargs: Any) -> LibraryTable:  # noqa: ANN401
        """Return a table; it is there for others when it has documents, and no longer."""
        return cast("LibraryTable", super().table(name, **kwargs))

    def tables(self) -> set[str]:
        """Return the names of the tables that have documents."""
        return set(_storage(self).tables)

    def transaction(self) -> AbstractContextManager[None]:
        """Make everything inside one commit, see `CrashSafeStorage.transaction`."""
        return _storage(self).transaction()

    def compact(self) -> None:
        """Begin a new generation with a snapshot, see `CrashSafeStorage.compact`."""
        _storage(self).compact()

    def drop_table(self, name: str) -> None:
        """Remove all documents of a table."""
        self.table(name).truncate()

    def drop_tables(self) -> None:
        """Remove all documents of all tables, in one commit."""
        with self.transaction():
            for name in self.tables():
                self.drop_table(name)


def _storage(of: Table | TinyDB) -> CrashSafeStorage:
    return cast("CrashSafeStorage", of.storage)


def document(row: Mapping[str, Any], id: str) -> Document:
    """Return a document with an id of ours; the types of TinyDB know whole numbers only."""
    return Document(row, cast("int", id))


def ids(id: str) -> list[int]:
    """Return an id as the types of TinyDB want it."""
    return cast("list[int]", [id])
