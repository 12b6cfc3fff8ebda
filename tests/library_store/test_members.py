"""What a zip file may be made to do: names, packings, sizes and links that are no bundle's."""

from __future__ import annotations

import stat
import struct
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pytest

from galapagos.genomes.network_file import MAX_FILE_BYTES
from library_store.exchange import read_file
from library_store.members import MAX_MEMBERS
from library_store.weights import MAX_BYTES
from tests.library_store.bundles import (
    declared,
    exported,
    refusal,
    three_entries,
    with_digests,
    written,
    zipped,
)
from tests.library_store.elites import graph_elite
from tests.library_store.entries import entry_of

if TYPE_CHECKING:
    from pathlib import Path

    Files = dict[str, bytes]


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
