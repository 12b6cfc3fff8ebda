"""Files that something has gnawed at: read right or refused in a line, soon and within little memory."""

from __future__ import annotations

import hashlib
import resource
import time
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pytest

from galapagos.errors import InvalidGenome, LibraryError
from galapagos.genomes.any_genome import genome_from_json
from library_store.entry import Entry
from library_store.exchange import export_entries, read_file
from library_store.tensors import put_back
from library_store.weights import WeightFiles, decode, encode
from tests.hostile.mutations import gnawed, reshaped
from tests.library_store.bundles import with_digests, zipped
from tests.library_store.entries import ENTRIES, entry_of, every_activation

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from galapagos.genomes.genome import Genome

    Read = Callable[[Path, bytes], None]

FEW, MANY = 500, 10_000
MOST_SECONDS, MOST_BYTES = 1.0, 200 * 10**6

FUZZED = (
    "elite of a gym task",
    "weights and feedback",
    "elite stack",
    "stack that is drawn",
    "hostile texts",
    "loss that is not finite",
)


def must_be_valid(found: Genome) -> None:
    data = found.to_json()
    assert genome_from_json(data).to_json() == data


def read_any(path: Path, content: bytes) -> None:
    """Read a file of a format without checksums: whatever it holds is valid."""
    path.write_bytes(content)
    for found in read_file(path, num_inputs=3, num_outputs=2):
        if isinstance(found, Entry):
            assert orjson.loads(orjson.dumps(found.to_row())).keys() == found.to_row().keys()
        must_be_valid(found.genome if isinstance(found, Entry) else found)


def read_weights(path: Path, content: bytes) -> None:
    """Read a file of weights under the name that its content gives it, as those who repair a library do."""
    path = path.with_name(f"{hashlib.sha256(content).hexdigest()}.safetensors")
    path.write_bytes(content)
    try:
        tensors, row = WeightFiles(path.parent).read(path.stem)
        must_be_valid(genome_from_json(put_back(row.get("skeleton") or {}, tensors)))
    finally:
        path.unlink()


def reader_of_the_same(expected: list[Any]) -> Read:
    """Return what reads a file with checksums: it holds what it held, or is refused."""

    def read(path: Path, content: bytes) -> None:
        path.write_bytes(content)
        found = [
            (entry.to_row(), entry.genome.to_json()) for entry in read_file(path) if isinstance(entry, Entry)
        ]
        assert found == expected

    return read


def fuzz(path: Path, contents: Callable[[np.random.Generator], bytes], read: Read, count: int) -> int:
    """Read so many gnawed files and return how many were taken."""
    taken, before = 0, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for case in range(count):
        content = contents(np.random.default_rng((case, len(path.suffix))))
        start, line = time.process_time(), ""
        try:
            read(path, content)
            taken += 1
        except (InvalidGenome, LibraryError) as error:
            line = str(error)
        except Exception as error:
            raise AssertionError(f"case {case} of {path.suffix}: {error!r}") from error
        assert time.process_time() - start < MOST_SECONDS, f"case {case} of {path.suffix}"
        assert line.isprintable(), f"case {case}: {line!r}"
        assert len(line) < 600, f"case {case}: {line!r}"
    grown = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    assert grown < MOST_BYTES, f"{grown} bytes"
    return taken


def fuzzed_entries() -> list[Entry]:
    entries = [ENTRIES[kind]() for kind in FUZZED]
    return [entry.changed(id=f"{place:016x}") for place, entry in enumerate(entries)]


def exports(directory: Path, suffix: str) -> list[bytes]:
    """Return the content of one file for each entry."""
    contents = []
    for entry in fuzzed_entries():
        path = directory / f"{entry.id}{suffix}"
        export_entries([entry], path)
        contents.append(path.read_bytes())
    return contents


def a_bundle(directory: Path, count: int) -> int:
    path = directory / "fuzzed.galapagos"
    export_entries(fuzzed_entries()[:3], path)
    content = path.read_bytes()
    found = [entry for entry in read_file(path) if isinstance(entry, Entry)]
    read = reader_of_the_same([(entry.to_row(), entry.genome.to_json()) for entry in found])
    return fuzz(path, lambda rng: gnawed(content, rng), read, count)


def a_bundle_with_right_digests(directory: Path, count: int) -> int:
    members = []
    for content in exports(directory, ".galapagos"):
        (directory / "one.zip").write_bytes(content)
        with zipfile.ZipFile(directory / "one.zip") as archive:
            members.append({name: archive.read(name) for name in archive.namelist()})

    def forged(rng: np.random.Generator) -> bytes:
        files = dict(members[rng.integers(len(members))])
        name = sorted(files)[int(rng.integers(2))]
        is_json = name.endswith(".json") and rng.random() < 0.5
        files[name] = (reshaped if is_json else gnawed)(files[name], rng)
        if rng.random() < 0.5:
            files = described_alike(files)
        return zipped(with_digests(files), zipfile.ZIP_STORED)

    return fuzz(directory / "fuzzed.galapagos", forged, read_any, count)


def described_alike(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return members whose file of weights describes the entry of the JSON, where both can be read."""
    of_json, of_weights = sorted(files)[:2]
    try:
        row = orjson.loads(files[of_json])
        tensors, _ = decode(files[of_weights])
        row.pop("weights", None)
        return files | {of_weights: encode(tensors, row)}
    except (ValueError, TypeError, AttributeError):
        return files


def plain_json(directory: Path, count: int) -> int:
    contents = exports(directory, ".json")
    contents += [orjson.dumps(entry.genome.to_json()) for entry in fuzzed_entries()]
    return fuzz(
        directory / "fuzzed.json",
        lambda rng: (reshaped if rng.random() < 0.5 else gnawed)(contents[rng.integers(len(contents))], rng),
        read_any,
        count,
    )


def a_matrix(directory: Path, count: int) -> int:
    export_entries([entry_of(every_activation())], directory / "written.out")
    content = (directory / "written.out").read_bytes()
    return fuzz(directory / "fuzzed.out", lambda rng: gnawed(content, rng), read_any, count)


def files_of_weights(directory: Path, count: int) -> int:
    contents = []
    for entry in fuzzed_entries():
        assert entry.read_weights is not None
        row = orjson.loads(orjson.dumps(entry.changed(injections=(), name="a", notes="").to_row()))
        contents.append(encode(entry.read_weights(), row))
    return fuzz(
        directory / "fuzzed.safetensors",
        lambda rng: gnawed(contents[rng.integers(len(contents))], rng),
        read_weights,
        count,
    )


FORMATS = (a_bundle, a_bundle_with_right_digests, plain_json, a_matrix, files_of_weights)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_gnawed_file_is_read_right_or_refused(
    tmp_path: Path, format_: Callable[[Path, int], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    # How long is told by the long form: beside other tests a pause may be anybody's.
    monkeypatch.setattr("tests.library_store.test_exchange_fuzz.MOST_SECONDS", 60.0)
    taken = format_(tmp_path, FEW)
    assert 0 < taken < FEW


@pytest.mark.slow
@pytest.mark.parametrize("format_", FORMATS)
def test_ten_thousand_gnawed_files_of_each_format(
    tmp_path: Path, format_: Callable[[Path, int], int]
) -> None:
    taken = format_(tmp_path, MANY)
    assert 0 < taken < MANY
