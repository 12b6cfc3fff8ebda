"""Saved elites as one file to keep or hand on: `NAME.galapagos`, a zip.

manifest.json        {"format": "galapagos", "version": 1, "program": …, "entries": [{"id": …,
                     "json": SHA-256, "safetensors": SHA-256}, …]}
<id>.json            the entry as the library's database has it: all but the weights
<id>.safetensors     its weights, as the library's files of weights have them

The same entries give the same bytes: times are fixed, and members stand in the order of the entries.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import zipfile
from typing import TYPE_CHECKING, Any

import orjson

from galapagos.errors import ExportRefused, InvalidGenome
from galapagos.genomes.network_file import MAX_FILE_BYTES
from library_store import weights
from library_store.imports import decode_weights, imported_entry, parse_json
from library_store.members import MAX_BYTES, open_members
from library_store.tensors import take_out

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from library_store.entry import Entry
    from library_store.members import Members

FORMAT, VERSION = "galapagos", 1
MAX_ENTRIES = 1000
MAX_VALUES = 4_000_000
"""The most values in all entries of a file together, without those of their weights."""

_MANIFEST = "manifest.json"
_MANIFEST_BYTES = 2**20
_NAMES = re.compile(r"manifest\.json|[0-9a-f]{16}\.(?:json|safetensors)")
_ID = re.compile(r"[0-9a-f]{16}")
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_UNIX = 3


def write_bundle(entries: Sequence[Entry], path: Path, program: str) -> None:
    """Write a file of entries, on the disk when this returns.

    Args:
        entries: From 1 to `MAX_ENTRIES`, each with its own id.
        path: The file.
        program: The version of Galápagos.

    Raises:
        ExportRefused: Where there are too many, or too large ones.
        LibraryError: Where the weights of one cannot be read.
        OSError: Where it cannot be written.
    """
    if not 1 <= len(entries) <= MAX_ENTRIES:
        raise ExportRefused(f"a .galapagos file holds 1 to {MAX_ENTRIES} saved elites, not {len(entries)}")
    if len({entry.id for entry in entries}) < len(entries):
        raise ExportRefused("a saved elite was named twice")
    listed, total, values = list[dict[str, str]](), 0, 0
    with path.open("xb") as file:
        with zipfile.ZipFile(file, "w") as archive:
            for entry in entries:
                row = entry.to_row()
                content, arrays = orjson.dumps(row), _encoded(entry, row)
                total, values = total + len(content) + len(arrays), values + weights.count_values(content)
                if total + _MANIFEST_BYTES > MAX_BYTES or values > MAX_VALUES:
                    raise ExportRefused(
                        f"{len(entries)} saved elites are larger than one .galapagos file may be; name fewer"
                    )
                _put(archive, f"{entry.id}.json", content, zipfile.ZIP_DEFLATED)
                # Weights hardly become smaller, and where they do they would look like a bomb.
                _put(archive, f"{entry.id}{weights.SUFFIX}", arrays, zipfile.ZIP_STORED)
                listed.append({"id": entry.id, "json": _sha256(content), "safetensors": _sha256(arrays)})
            manifest = {"format": FORMAT, "version": VERSION, "program": program, "entries": listed}
            text = orjson.dumps(manifest, option=orjson.OPT_INDENT_2)
            _put(archive, _MANIFEST, text, zipfile.ZIP_DEFLATED)
        file.flush()
        os.fsync(file.fileno())


def read_bundle(path: Path) -> tuple[Entry, ...]:
    """Return the entries of a file, each checked in full, in their order.

    Raises:
        InvalidGenome: Where anything in it is not as it was written, or a newer version wrote it.
    """
    with open_members(path, _NAMES) as members:
        if _MANIFEST not in members:
            raise InvalidGenome(f"the file is no .galapagos file: it has no {_MANIFEST}")
        listed = _listed(parse_json(members.read(_MANIFEST, _MANIFEST_BYTES)))
        expected = {f"{id}{suffix}" for id in listed for suffix in (".json", weights.SUFFIX)} | {_MANIFEST}
        for name in members:
            if name not in expected:
                raise InvalidGenome(f"{name} does not belong in the file: {_MANIFEST} does not list it")
        entries, values = [], 0
        for id, digests in listed.items():
            content = _member(members, f"{id}.json", digests["json"], MAX_FILE_BYTES)
            values += weights.count_values(content)
            if values > MAX_VALUES:
                raise InvalidGenome(f"the file holds more than {MAX_VALUES} values, the most that are read")
            arrays = _member(members, f"{id}{weights.SUFFIX}", digests["safetensors"], weights.MAX_BYTES)
            try:
                entries.append(_entry(id, content, arrays))
            except InvalidGenome as error:
                raise InvalidGenome(f"{id}: {error}") from None
    return tuple(entries)


def _encoded(entry: Entry, row: dict[str, Any]) -> bytes:
    tensors = {} if entry.read_weights is None else entry.read_weights()
    return weights.encode(tensors, {name: value for name, value in row.items() if name != "weights"})


def _put(archive: zipfile.ZipFile, name: str, content: bytes, packing: int) -> None:
    member = zipfile.ZipInfo(name, _EARLIEST)
    member.create_system, member.external_attr = _UNIX, (stat.S_IFREG | 0o644) << 16
    archive.writestr(member, content, packing)


def _listed(manifest: object) -> dict[str, dict[str, str]]:
    """Return the digests of each entry's members, by id."""
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise InvalidGenome(f"the file is no .galapagos file: its {_MANIFEST} does not say so")
    version, entries = manifest.get("version"), manifest.get("entries")
    if type(version) is int and version > VERSION:
        raise InvalidGenome(
            f"it was written by a newer version of Galápagos, in format {version}; this one reads {VERSION}"
        )
    if type(version) is not int or version != VERSION:
        raise InvalidGenome(f"the version in {_MANIFEST} must be {VERSION}")
    if not isinstance(entries, list) or not 1 <= len(entries) <= MAX_ENTRIES:
        raise InvalidGenome(f"{_MANIFEST} must list 1 to {MAX_ENTRIES} saved elites")
    listed: dict[str, dict[str, str]] = {}
    for entry in entries:
        is_whole = isinstance(entry, dict) and {"id", "json", "safetensors"} == set(entry)
        if not is_whole or not all(isinstance(value, str) for value in entry.values()):
            raise InvalidGenome(f"an entry of {_MANIFEST} has an id and two SHA-256")
        if _ID.fullmatch(entry["id"]) is None or entry["id"] in listed:
            raise InvalidGenome(f"an id in {_MANIFEST} is none, or occurs twice")
        listed[entry["id"]] = entry
    return listed


def _member(members: Members, name: str, digest: str, most_bytes: int) -> bytes:
    content = members.read(name, most_bytes)
    if _sha256(content) != digest:
        raise InvalidGenome(f"{name} is damaged: it is not what {_MANIFEST} says")
    return content


def _entry(id: str, content: bytes, arrays: bytes) -> Entry:
    row = parse_json(content)
    if not isinstance(row, dict) or row.get("id") != id:
        raise InvalidGenome("its JSON describes another")
    tensors, described = decode_weights(arrays)
    entry = imported_entry(row, tensors)
    try:
        skeleton, canonical = take_out(entry.genome.to_json())
        is_as_written = (
            entry.to_row() == row
            and described == {name: value for name, value in row.items() if name != "weights"}
            and (skeleton, canonical.keys()) == (row["skeleton"], tensors.keys())
        )
    except RecursionError:
        is_as_written = False
    if not is_as_written:
        raise InvalidGenome("it is not as Galápagos writes a saved elite")
    return entry


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
