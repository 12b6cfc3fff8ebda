"""Making a library again from what can be read: its own commits, and the files of the weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from galapagos.errors import GalapagosError, LibraryError
from library_store.database import LibraryDatabase, document
from library_store.entry import Entry
from library_store.library import ENTRIES, REMOVED
from library_store.upkeep import start_anew
from library_store.weights import WeightFiles

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Repair:
    """What a repair came to.

    Args:
        entries: Saved elites that the library has now.
        rebuilt: Those of them that were made again from the files of their weights.
        lines: What was found, one line each.
    """

    entries: int
    rebuilt: int
    lines: tuple[str, ...]


def repair(path: Path) -> Repair:
    """Make a library whole: what its database lacks comes from the headers of the files of the weights.

    An elite that comes from there is as it was when it was saved: later names, tags, notes and injections
    are in the database only. A database that cannot be read is set aside; what its commits say is used.

    Args:
        path: The library's directory.

    Raises:
        LibraryError: Where it cannot be written, or was written by a newer version.
    """
    lines: list[str] = []
    rows: Mapping[str, Mapping[str, Mapping[str, Any]]] = {}
    discarded: set[str] = set()
    try:
        database = LibraryDatabase(path)
    except LibraryError as error:
        change = start_anew(path)
        rows, database = change.put, LibraryDatabase(path)
        discarded = set(change.remove.get(REMOVED, ())) & set(change.remove.get(ENTRIES, ()))
        lines.append(f"{error}: its files were set aside")
    lines += database.problems
    entries, removed = database.table(ENTRIES), database.table(REMOVED)
    with database.transaction():
        for table in (entries, removed):
            for id, row in rows.get(table.name, {}).items():
                table.upsert(document(row, id))
        known = {id: row["weights"] for id, row in entries.rows.items()}
        taken_out = {row["row"]["weights"] for row in removed.rows.values()}
        found = _described(WeightFiles(path / "weights"), lines)
        rebuilt = {
            id: row
            for id, row in found.items()
            if id not in known and id not in discarded and row["weights"] not in taken_out
        }
        for id, row in rebuilt.items():
            entries.upsert(document(row, id))
        lines += _missing(path, known)
        count = len(entries.rows)
    database.close()
    return Repair(count, len(rebuilt), tuple(lines))


def _described(files: WeightFiles, lines: list[str]) -> dict[str, dict[str, Any]]:
    """Return the row that each file of weights describes, the newest of an id; note those that cannot be."""
    rows: dict[str, dict[str, Any]] = {}
    for digest in files.digests():
        try:
            _, header = files.read(digest)
            entry = Entry.from_row(header | {"weights": digest})
        except GalapagosError as error:
            lines.append(str(error))
            continue
        if entry.id not in rows or rows[entry.id]["saved"] < entry.saved:
            rows[entry.id] = entry.to_row()
    return rows


def _missing(path: Path, known: Mapping[str, str]) -> list[str]:
    files = WeightFiles(path / "weights")
    return [
        f"the weights of {id} are missing: {files.path(digest).name}; remove it, or save it again"
        for id, digest in known.items()
        if not files.path(digest).exists()
    ]
