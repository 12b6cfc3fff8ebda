"""The `.galapagos` zip: what it says, and what hostile ones come to."""

from __future__ import annotations

import hashlib
import io
import stat
import struct
import time
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pytest

from galapagos.errors import ExportRefused, InvalidGenome
from galapagos.genomes.network_file import MAX_FILE_BYTES
from library_store import bundle
from library_store.bundle import MAX_ENTRIES
from library_store.exchange import export_entries, read_file
from library_store.members import MAX_MEMBERS
from library_store.weights import MAX_BYTES, decode, encode
from tests.library_store.elites import graph_elite, learned_elite, stack_elite
from tests.library_store.entries import ENTRIES, entry_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
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
    "deep": ({"parameters": {"a": orjson.Fragment(b"[" * 900 + b"]" * 900)}}, "nested too deeply"),
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


NAMES = (
    "../evil.json",
    "/etc/passwd",
    "a/00000000000000aa.json",
    "..\\evil.json",
    "00000000000000AA.json",
    "00000000000000aa.json ",
    "00000000000000aa.py",
    "00000000000000aa.json/",
    "manifest.json\n",
    "mänifest.json",
    "\u202e.json",
    "\x1b[31m",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_not_allowed_is_refused(tmp_path: Path, name: str) -> None:
    files = with_digests(exported(tmp_path, three_entries())) | {name: b"x"}
    assert "does not belong in such a file" in refusal(written(tmp_path, zipped(files)))
    assert [file.name for file in tmp_path.iterdir() if "evil" in file.name] == []


def test_a_name_with_more_behind_its_end_is_refused(tmp_path: Path) -> None:
    content = zipped({"manifest.json": b"x", "manifest.jsonAB": b"y"})
    hidden = content.replace(b"manifest.jsonAB", b"manifest.json\0B")
    assert "does not belong" in refusal(written(tmp_path, hidden))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_occurs_twice_is_refused(tmp_path: Path) -> None:
    content = zipped([("manifest.json", b"{}"), ("manifest.json", b"{}")])
    assert "manifest.json occurs twice" in refusal(written(tmp_path, content))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFDIR, stat.S_IFIFO, stat.S_IFCHR])
def test_a_link_or_another_thing_that_is_no_file_is_refused(tmp_path: Path, kind: int) -> None:
    member = zipfile.ZipInfo("manifest.json")
    member.external_attr = (kind | 0o777) << 16
    content = zipped([(member, b"/etc/passwd")])
    assert "manifest.json is a link, or something else" in refusal(written(tmp_path, content))


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_packings_are_refused(tmp_path: Path, packing: int) -> None:
    content = zipped({"manifest.json": b"{}" * 99}, packing)
    assert "packed in another way" in refusal(written(tmp_path, content))


@pytest.mark.parametrize("flag", [0x1, 0x20, 0x40, 0x2000])
def test_what_is_encrypted_or_patched_is_refused(tmp_path: Path, flag: int) -> None:
    content = bytearray(zipped({"manifest.json": b"{}"}))
    central = content.index(b"PK\x01\x02")
    content[central + 8 : central + 10] = struct.pack("<H", flag)
    assert "manifest.json is encrypted" in refusal(written(tmp_path, bytes(content)))


def test_zip_bombs_are_refused_before_anything_is_unpacked(tmp_path: Path) -> None:
    bomb = {"00000000000000aa.safetensors": bytes(MAX_BYTES)}
    assert "more than is read of one that is packed so small" in refusal(written(tmp_path, zipped(bomb)))
    below = {f"{number:016x}.json": bytes(4 * 2**20) for number in range(80)}
    assert "what is in the file is larger than 256 MB" in refusal(written(tmp_path, zipped(below)))
    nested = {"manifest.json": zipped({"manifest.json": bytes(50 * 2**20)})}
    assert "no JSON" in refusal(written(tmp_path, zipped(nested)))


def test_a_text_that_unpacks_to_more_than_a_network_has_is_refused(tmp_path: Path) -> None:
    entry = entry_of(graph_elite(1))
    files = exported(tmp_path, [entry])
    files[f"{entry.id}.json"] = b"[" + b"[]," * 1_200_000 + b"1]"
    assert "holds more than 1000000 values" in refusal(written(tmp_path, zipped(with_digests(files))))
    files[f"{entry.id}.json"] = np.random.default_rng(0).bytes(MAX_FILE_BYTES + 1)
    assert "larger than 16 MB" in refusal(written(tmp_path, zipped(with_digests(files))))


@pytest.mark.parametrize("separator", [b",", b"\\u002c"])
def test_a_header_of_weights_that_holds_more_than_a_network_is_refused(
    tmp_path: Path, separator: bytes
) -> None:
    entry = entry_of(graph_elite(1))
    files = exported(tmp_path, [entry])
    described = b"[" + separator.join([b"1"] * 1_100_000) + b"]"
    header = b'{"__metadata__":{"galapagos":"' + described + b'"}}'
    files[f"{entry.id}.safetensors"] = len(header).to_bytes(8, "little") + header
    line = refusal(written(tmp_path, zipped(with_digests(files), zipfile.ZIP_STORED)))
    assert "its weights cannot be read: its header holds more than is read" in line


def test_more_members_than_there_may_be_are_refused(tmp_path: Path) -> None:
    many = zipped({f"{number:016x}.json": b"" for number in range(MAX_MEMBERS + 1)}, zipfile.ZIP_STORED)
    assert "more than 2001 members" in refusal(written(tmp_path, many))
    end = len(many) - 22
    lying = many[: end + 8] + struct.pack("<HH", 1, 1) + many[end + 12 :]
    assert "more than 2001 members" in refusal(written(tmp_path, lying))
    hundred_thousand = zipped({f"{number:016x}.json": b"" for number in range(65_000)}, zipfile.ZIP_STORED)
    assert "more than 2001 members" in refusal(written(tmp_path, hundred_thousand))


def declared(content: bytes, member: int, **sizes: int) -> bytes:
    """Return a zip whose directory declares other numbers for a member."""
    places = {"compress_size": 20, "file_size": 24, "header_offset": 42}
    changed, at = bytearray(content), 0
    for _ in range(member + 1):
        at = changed.index(b"PK\x01\x02", at + 1)
    for name, size in sizes.items():
        changed[at + places[name] : at + places[name] + 4] = struct.pack("<I", size)
    return bytes(changed)


def test_declared_sizes_are_not_believed(tmp_path: Path) -> None:
    files = with_digests(exported(tmp_path, [entry_of(graph_elite(1))]))
    content, stored = zipped(files), zipped(files, zipfile.ZIP_STORED)
    huge = declared(content, 0, file_size=2**32 - 2)
    assert "more than is read" in refusal(written(tmp_path, huge))
    longer = declared(content, 0, file_size=2**20)
    assert "damaged" in refusal(written(tmp_path, longer))
    shorter = declared(content, 0, file_size=10)
    assert "damaged" in refusal(written(tmp_path, shorter))
    beyond = declared(content, 0, header_offset=2**32 - 2)
    assert "given.galapagos: " in refusal(written(tmp_path, beyond))
    assert "has two sizes" in refusal(written(tmp_path, declared(stored, 0, file_size=2**22)))


def test_members_that_share_their_content_are_refused(tmp_path: Path) -> None:
    names = [f"{number:016x}.json" for number in range(50)]
    content = zipped(dict.fromkeys(names, bytes(10**6)))
    for member in range(1, 50):
        content = declared(content, member, header_offset=0)
    assert "lies within another member" in refusal(written(tmp_path, content))


def test_zips_of_other_kinds_and_cut_off_ones_are_refused(tmp_path: Path) -> None:
    content = zipped(with_digests(exported(tmp_path, [entry_of(graph_elite(1))])))
    assert len(read_file(written(tmp_path, content))) == 1
    commented = content[:-2] + struct.pack("<H", 5) + b"hello"
    assert "cut off" in refusal(written(tmp_path, commented))
    locator = content[:-22] + b"PK\x06\x07" + bytes(16) + content[-22:]
    assert "of another kind" in refusal(written(tmp_path, locator))
    for text in (b"", b"PK\x05\x06", b"x" * 1000, content[:-1], content[:100], b"PK\x05\x06" + bytes(18)):
        assert "given.galapagos: " in refusal(written(tmp_path, text))
