"""Bundles of saved elites, whole and forged."""

from __future__ import annotations

import hashlib
import io
import struct
import time
import zipfile
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from galapagos.errors import InvalidGenome
from library_store.exchange import export_entries, read_file
from tests.library_store.elites import graph_elite, learned_elite, stack_elite
from tests.library_store.entries import entry_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from library_store.entry import Entry

    Files = dict[str, bytes]


def three_entries() -> list[Entry]:
    return [entry_of(stack_elite()), entry_of(learned_elite(1, inherited=True)), entry_of(graph_elite(1))]


def exported(directory: Path, entries: list[Entry]) -> Files:
    """Return the members of an export."""
    path = directory / "exported.galapagos"
    export_entries(entries, path)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_digests(files: Files, **manifest: Any) -> Files:
    """Return members with a manifest that lists all of them as they are, and says what is given."""
    ids = [name.removesuffix(".json") for name in files if name.endswith(".json") and name != "manifest.json"]
    entries = [
        {"id": id}
        | {
            suffix: hashlib.sha256(files.get(f"{id}.{suffix}", b"")).hexdigest()
            for suffix in ("json", "safetensors")
        }
        for id in ids
    ]
    text = {"format": "galapagos", "version": 1, "program": "1.0", "entries": entries} | manifest
    return files | {"manifest.json": orjson.dumps(text)}


def zipped(
    files: Mapping[str, bytes] | list[tuple[str | zipfile.ZipInfo, bytes]],
    packing: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", packing) as archive:
        for name, data in files if isinstance(files, list) else files.items():
            archive.writestr(name, data)
    return content.getvalue()


def written(directory: Path, content: bytes) -> Path:
    path = directory / "given.galapagos"
    path.write_bytes(content)
    return path


def refusal(path: Path) -> str:
    """Return the line with which a file is refused: plain, short, soon, and beginning with its name."""
    start = time.process_time()
    with pytest.raises(InvalidGenome) as caught:
        read_file(path)
    assert time.process_time() - start < 5
    text = str(caught.value)
    assert text.startswith(str(path))
    assert text.isprintable()
    assert len(text) < 500
    return text


def declared(content: bytes, member: int, **sizes: int) -> bytes:
    """Return a zip whose directory declares other numbers for a member."""
    places = {"compress_size": 20, "file_size": 24, "header_offset": 42}
    changed, at = bytearray(content), 0
    for _ in range(member + 1):
        at = changed.index(b"PK\x01\x02", at + 1)
    for name, size in sizes.items():
        changed[at + places[name] : at + places[name] + 4] = struct.pack("<I", size)
    return bytes(changed)
