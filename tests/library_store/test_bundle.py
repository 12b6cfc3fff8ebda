"""The `.galapagos` zip: what it says, and what hostile ones come to."""

from __future__ import annotations

import hashlib
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pytest

from galapagos.errors import ExportRefused
from library_store import bundle
from library_store.bundle import MAX_ENTRIES
from library_store.exchange import export_entries, read_file
from library_store.weights import decode, encode
from tests.library_store.bundles import exported, refusal, three_entries, with_digests, written, zipped
from tests.library_store.elites import graph_elite, learned_elite
from tests.library_store.entries import ENTRIES, entry_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Files = dict[str, bytes]


def test_the_manifest_lists_each_entry_and_what_its_members_are(tmp_path: Path) -> None:
    entries = three_entries()
    files = exported(tmp_path, entries)
    manifest = orjson.loads(files["manifest.json"])
    assert (manifest["format"], manifest["version"]) == ("galapagos", 1)
    assert manifest["program"]
    assert [listed["id"] for listed in manifest["entries"]] == [entry.id for entry in entries]
    for listed in manifest["entries"]:
        for suffix in ("json", "safetensors"):
            content = files[f"{listed['id']}.{suffix}"]
            assert listed[suffix] == hashlib.sha256(content).hexdigest()
    assert len(files) == 7


def test_a_member_is_the_row_of_the_database_and_one_its_file_of_weights(tmp_path: Path) -> None:
    entry = entry_of(learned_elite(1, inherited=True))
    files = exported(tmp_path, [entry])
    row = orjson.loads(files[f"{entry.id}.json"])
    assert row == orjson.loads(orjson.dumps(entry.to_row()))
    tensors, described = decode(files[f"{entry.id}.safetensors"])
    assert entry.read_weights is not None
    assert tensors["weights"].tolist() == entry.read_weights()["weights"].tolist()
    assert described == {name: value for name, value in row.items() if name != "weights"}


def test_the_same_entries_give_the_same_bytes(tmp_path: Path) -> None:
    entries = three_entries()
    for name in ("a", "b"):
        export_entries(entries, tmp_path / f"{name}.galapagos")
    assert (tmp_path / "a.galapagos").read_bytes() == (tmp_path / "b.galapagos").read_bytes()


def test_arrays_are_there_as_often_as_they_are_read(tmp_path: Path) -> None:
    export_entries([ENTRIES["weights and feedback"]()], tmp_path / "a.galapagos")
    (found,) = read_file(tmp_path / "a.galapagos")
    assert found.read_weights is not None  # type: ignore[union-attr]  # an entry
    assert found.read_weights() is found.read_weights()  # type: ignore[union-attr]


def test_a_thousand_entries_are_the_most(tmp_path: Path) -> None:
    one = entry_of(graph_elite(0))
    entries = [one.changed(id=f"{number:016x}") for number in range(MAX_ENTRIES)]
    export_entries(entries, tmp_path / "all.galapagos")
    assert len(read_file(tmp_path / "all.galapagos")) == MAX_ENTRIES


def test_entries_too_large_for_one_file_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("MAX_BYTES", "MAX_VALUES"):
        with monkeypatch.context() as patched:
            patched.setattr(bundle, limit, 50)
            with pytest.raises(ExportRefused, match=r"3 saved elites are larger than one \.galapagos file"):
                export_entries(three_entries(), tmp_path / "large.galapagos")
    assert not list(tmp_path.iterdir())


def test_a_file_that_another_program_packed_is_read(tmp_path: Path) -> None:
    files = exported(tmp_path, three_entries())
    for packing in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        assert len(read_file(written(tmp_path, zipped(files, packing)))) == 3


CHANGED: dict[str, tuple[Callable[[Files, str], Files], str]] = {
    "newer version": (
        lambda files, _: with_digests(files, version=2),
        "written by a newer version of Galápagos, in format 2; this one reads 1",
    ),
    "newer version with other members": (
        lambda files, _: with_digests(files, version=7, entries={"all": "new"}),
        "written by a newer version",
    ),
    "no version": (lambda files, _: with_digests(files, version=True), "version in manifest.json must be 1"),
    "version 0": (lambda files, _: with_digests(files, version=0), "version in manifest.json must be 1"),
    "other format": (lambda files, _: with_digests(files, format="x"), "does not say so"),
    "no entries": (lambda files, _: with_digests(files, entries=[]), "must list 1 to 1000"),
    "entries that are none": (lambda files, _: with_digests(files, entries=[1]), "an id and two SHA-256"),
    "entries of numbers": (
        lambda files, id: with_digests(files, entries=[{"id": id, "json": 1, "safetensors": 2}]),
        "an id and two SHA-256",
    ),
    "id that is none": (
        lambda files, _: with_digests(files, entries=[{"id": "../x", "json": "", "safetensors": ""}]),
        "is none, or occurs twice",
    ),
    "id twice": (
        lambda files, id: with_digests(files, entries=[{"id": id, "json": "", "safetensors": ""}] * 2),
        "is none, or occurs twice",
    ),
    "manifest of a list": (lambda files, _: files | {"manifest.json": b"[]"}, "does not say so"),
    "manifest that is no JSON": (lambda files, _: files | {"manifest.json": b"{"}, "no JSON"),
    "large manifest": (lambda files, _: files | {"manifest.json": b" " * 2**21}, "larger than 1 MB"),
    "no manifest": (lambda files, _: {k: v for k, v in files.items() if k[0] != "m"}, "has no manifest.json"),
    "a member more": (
        lambda files, _: files | {"00000000000000ff.json": b"{}"},
        "00000000000000ff.json does not belong in the file",
    ),
    "a member less": (
        lambda files, id: {k: v for k, v in files.items() if k != f"{id}.safetensors"},
        ".safetensors is missing",
    ),
    "changed fitness": (
        lambda files, id: files | {f"{id}.json": files[f"{id}.json"].replace(b"500.0", b"900.0")},
        ".json is damaged: it is not what manifest.json says",
    ),
    "changed weights": (
        lambda files, id: files | {f"{id}.safetensors": files[f"{id}.safetensors"] + b" "},
        ".safetensors is damaged: it is not what manifest.json says",
    ),
}


@pytest.mark.parametrize("name", CHANGED)
def test_what_is_not_as_the_manifest_says_is_refused(tmp_path: Path, name: str) -> None:
    change, line = CHANGED[name]
    entry = entry_of(graph_elite(1))
    files = change(exported(tmp_path, [entry]), entry.id)
    assert line in refusal(written(tmp_path, zipped(files)))


FORGED: dict[str, tuple[dict[str, Any], str]] = {
    "sizes": ({"connections": 3}, "it says 3 connections, its network has 17"),
    "id": ({"id": "00000000000000ff"}, "its JSON describes another"),
    "a name with escapes": ({"name": "\x1b[31mred"}, "not as Galápagos writes"),
    "tags out of order": ({"tags": ["b", "a"]}, "not as Galápagos writes"),
    "tags without end": ({"tags": ["a b " * 100_000]}, "tags of a saved elite must be a list of at most 50"),
    "more than there is": ({"more": 1}, "not as Galápagos writes"),
    "other facts than in its weights": ({"fitness": 501.0}, "not as Galápagos writes"),
    "no network": ({"skeleton": {}}, '"kind": "graph" or "kind": "layers"'),
    "a list": ({"skeleton": []}, "skeleton of a saved elite must be an object"),
    "deep": ({"parameters": {"a": orjson.Fragment(b"[" * 900 + b"]" * 900)}}, "nested deeper"),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_entry_is_refused_though_its_digests_are_right(tmp_path: Path, name: str) -> None:
    change, line = FORGED[name]
    entry = entry_of(graph_elite(1))
    files = exported(tmp_path, [entry])
    row = orjson.loads(files[f"{entry.id}.json"])
    files[f"{entry.id}.json"] = orjson.dumps(row | change)
    assert line in refusal(written(tmp_path, zipped(with_digests(files))))


def test_a_network_that_is_not_the_canonical_one_is_refused(tmp_path: Path) -> None:
    entry = entry_of(learned_elite(1))
    row = entry.to_row()
    assert entry.read_weights is not None
    tensors = dict(entry.read_weights())
    weights, skeleton = tensors["weights"], dict(entry.skeleton)
    changes: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "junk": (skeleton | {"junk": 1}, tensors),
        "another place": (skeleton | {"weights": {"tensor": "other"}}, {"other": weights}),
        "an array too many": (skeleton, tensors | {"other": weights}),
        "an array missing": (skeleton, {}),
        "numbers of another kind": (skeleton, {"weights": weights.astype(np.float32)}),
        "another length": (skeleton, {"weights": weights[:-1]}),
        "another shape": (skeleton, {"weights": weights[np.newaxis]}),
        "what is no number": (skeleton, {"weights": np.full_like(weights, np.nan)}),
        "weights in JSON": (skeleton | {"weights": weights.tolist()}, {}),
        "connections out of order": (skeleton | {"connections": skeleton["connections"][::-1]}, tensors),
    }
    for changed, arrays in changes.values():
        described = row | {"skeleton": changed}
        without = {name: value for name, value in described.items() if name != "weights"}
        files = {
            f"{entry.id}.json": orjson.dumps(described),
            f"{entry.id}.safetensors": encode(arrays, without),
        }
        assert f"given.galapagos: {entry.id}: " in refusal(written(tmp_path, zipped(with_digests(files))))
