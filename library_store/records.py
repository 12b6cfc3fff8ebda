"""How the library's state is written: commits as lines of a log, and snapshots; nothing here touches a disk.

A state is tables of rows, `{table: {id: row}}`, and is never changed in place: rows are JSON objects, a
table without rows is no table. A line of the log is `<checksum> <JSON>`, and its JSON names the checksum of
the line before, so that a line that is missing is noticed as well as one that is damaged.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson

from galapagos.errors import LibraryError

SCHEMA = 1
"""The version of what is written; a library with a newer one is refused."""

CHECKSUM_DIGITS = 32

Row: TypeAlias = Mapping[str, Any]
Table: TypeAlias = Mapping[str, Row]
Tables: TypeAlias = Mapping[str, Table]

_HEADER = re.compile(rb"galapagos-library (\d{1,9}) ([0-9a-f]{32}) (\d{1,15})\n")
"""Fixed for all versions to come: an older program must be able to tell that a newer one wrote."""


class Damaged(Exception):
    """What was read is not what was written; the text says what about it."""


class Newer(Exception):
    """It was written by a newer version of this program; the text names the version of the schema."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a commit changes.

    Args:
        put: The rows that are new or other than before, whole.
        remove: The ids of the rows that are gone, by table.
    """

    put: Tables = field(default_factory=dict)
    remove: Mapping[str, list[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.put or self.remove)


@dataclass(frozen=True, slots=True)
class Record:
    """A commit in the log, with its checksum and that of the one before."""

    change: Change
    checksum: str
    previous: str


@dataclass(frozen=True, slots=True)
class Log:
    """What the bytes of a log hold.

    Args:
        records: The valid lines.
        last: Where the last valid line begins, in bytes.
        end: Where it ends.
        damaged: How many lines before it are damaged.
        tail: How many lines after it are damaged or not finished.
        tail_bytes: The bytes of those.
    """

    records: tuple[Record, ...]
    last: int
    end: int
    damaged: int
    tail: int
    tail_bytes: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A whole state.

    Args:
        generation: How many snapshots there were before it.
        last: The checksum of the last commit in it; empty where there was none.
        tables: The state.
    """

    generation: int
    last: str
    tables: Tables


def own_row(row: object, name: str) -> dict[str, Any]:
    """Return a row as a reader of the file will find it, sharing nothing with what was given.

    Args:
        row: A JSON object; tuples become lists.
        name: What to call it in an error.

    Raises:
        LibraryError: Where JSON cannot hold it as it is, as no infinite number and no deep nesting.
    """
    if not isinstance(row, dict):
        raise LibraryError(f"{name} cannot be saved: it is no JSON object")
    try:
        # orjson alone would turn what is not a number into null, and dates into text, silently.
        json.dumps(row, allow_nan=False)
        own: dict[str, Any] = orjson.loads(orjson.dumps(row))
    except (TypeError, ValueError, RecursionError) as error:
        raise LibraryError(f"{name} cannot be saved as JSON: {error}") from None
    return own


def copied(row: Row) -> dict[str, Any]:
    """Return a row that shares nothing with the given one, which is faster than `copy.deepcopy`.

    Raises:
        LibraryError: Where it is nested too deeply.
    """
    copy: dict[str, Any] = orjson.loads(_json(row))
    return copy


def are_same(row: Row, other: Row) -> bool:
    """Return whether two rows are the same JSON, with their values in the same order."""
    # To Python 1, 1.0 and True are the same, and JSON has no word for what is not a number: so both.
    return row is other or (row == other and _json(row) == _json(other))


def difference(before: Tables, after: Tables) -> Change:
    """Return the change that makes one state the other; rows that are one object cost next to nothing."""
    put: dict[str, dict[str, Row]] = {}
    remove: dict[str, list[str]] = {}
    for name in before.keys() | after.keys():
        old, new = before.get(name, {}), after.get(name, {})
        if old is new:
            continue
        rows = {id: row for id, row in new.items() if id not in old or not are_same(row, old[id])}
        gone = [id for id in old if id not in new]
        if rows:
            put[name] = rows
        if gone:
            remove[name] = gone
    return Change(put, remove)


def changed(tables: Tables, changes: Iterable[Change]) -> Tables:
    """Return the state after some changes, in their order."""
    after: dict[str, dict[str, Row]] = {}
    for change in changes:
        for name in change.put.keys() | change.remove.keys():
            table = after.setdefault(name, dict(tables.get(name, {})))
            table.update(change.put.get(name, {}))
            for id in change.remove.get(name, ()):
                table.pop(id, None)
    together = {**tables, **after}
    return {name: table for name, table in together.items() if table}


def merged(changes: Iterable[Change]) -> Change:
    """Return one change that does what several do in their order, wherever they start from."""
    changes = list(changes)
    put = changed({}, changes)
    remove: dict[str, list[str]] = {}
    for change in changes:
        for name, ids in change.remove.items():
            gone = dict.fromkeys([*remove.get(name, ()), *ids])
            remove[name] = [id for id in gone if id not in put.get(name, {})]
    return Change(put, {name: ids for name, ids in remove.items() if ids})


def encode_record(change: Change, previous: str) -> tuple[bytes, str]:
    """Return the line of a commit and its checksum."""
    body = _json({"previous": previous, "put": change.put, "remove": change.remove})
    checksum = _checksum(body)
    return b"%b %b\n" % (checksum.encode(), body), checksum


def read_log(content: bytes) -> Log:
    """Return what a log, or a piece of one from the beginning of a line on, holds.

    Readers meet lines that are being written, so the end of a log that is not valid is no damage here.
    """
    records: list[Record] = []
    last = end = start = damaged = since = 0
    while (newline := content.find(b"\n", start)) >= 0:
        record = _record(content[start:newline])
        if record is None:
            since += 1
        else:
            records.append(record)
            last, end = start, newline + 1
            damaged, since = damaged + since, 0
        start = newline + 1
    tail = since + (start < len(content))
    return Log(tuple(records), last, end, damaged, tail, len(content) - end)


def broken_links(records: Iterable[Record], last: str) -> int:
    """Return how often a commit does not follow the one before; `last` is the checksum before the first."""
    broken = 0
    for record in records:
        broken += record.previous != last
        last = record.checksum
    return broken


def encode_snapshot(snapshot: Snapshot) -> bytes:
    """Return the content of a snapshot's file."""
    state = {"generation": snapshot.generation, "last": snapshot.last, "tables": snapshot.tables}
    body = _json(state)
    return b"galapagos-library %d %b %d\n%b" % (SCHEMA, _checksum(body).encode(), len(body), body)


def verified(content: bytes) -> bytes:
    """Return the JSON of a snapshot's file, after comparing it with its header.

    Raises:
        Damaged: Where it is not what was written.
        Newer: Where its schema is newer, whatever else it is.
    """
    header = _HEADER.match(content)
    if header is None or int(header[1]) == 0:
        raise Damaged("its first line is no header of a library")
    schema, checksum, length = int(header[1]), header[2].decode(), int(header[3])
    if schema > SCHEMA:
        raise Newer(str(schema))
    body = content[header.end() :]
    if len(body) != length:
        raise Damaged(f"it has {len(body)} of {length} bytes")
    if _checksum(body) != checksum:
        raise Damaged("its checksum does not fit")
    return body


def decode_snapshot(content: bytes) -> Snapshot:
    """Return the state that a snapshot's file holds.

    Raises:
        Damaged: Where it is not what was written.
        Newer: Where its schema is newer.
    """
    try:
        state = orjson.loads(verified(content))
        generation, last, tables = state["generation"], state["last"], state["tables"]
    except (ValueError, TypeError, KeyError) as error:
        raise Damaged(f"its JSON is no snapshot: {error}") from None
    if type(generation) is not int or not isinstance(last, str) or not _are_tables(tables):
        raise Damaged("its JSON is no snapshot")
    return Snapshot(generation, last, {name: table for name, table in tables.items() if table})


def _record(line: bytes) -> Record | None:
    """Return the commit of a line; None where it is none."""
    checksum, body = line[:CHECKSUM_DIGITS], line[CHECKSUM_DIGITS + 1 :]
    if line[CHECKSUM_DIGITS : CHECKSUM_DIGITS + 1] != b" " or _checksum(body).encode() != checksum:
        return None
    try:
        commit = orjson.loads(body)
        previous, put, remove = commit["previous"], commit["put"], commit["remove"]
    except (ValueError, TypeError, KeyError):
        return None
    if not isinstance(previous, str) or not _are_tables(put) or not _are_ids(remove):
        return None
    return Record(Change(put, remove), checksum.decode(), previous)


def _are_tables(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(table, dict) and all(isinstance(row, dict) for row in table.values())
        for table in value.values()
    )


def _are_ids(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(ids, list) and all(isinstance(id, str) for id in ids) for ids in value.values()
    )


def _checksum(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=CHECKSUM_DIGITS // 2).hexdigest()


def _json(value: object) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError as error:
        raise LibraryError(f"the library cannot be written as JSON: {error}") from None
