"""Reading a zip that anybody may have made: every bound is checked before anything is unpacked.

Only what is listed in the file's own directory is read, each member through a stream that ends at the size
declared there; all sizes together are bounded, so nothing that a file says can make it fill the memory.
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING

from galapagos.errors import InvalidGenome
from galapagos.plain_text import plain
from library_store.imports import open_file

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import BinaryIO

MAX_BYTES = 256 * 2**20
"""The most that a file, and all that is in it, may have."""

MAX_MEMBERS = 2001

_MAX_RATIO = 200
_FREE_OF_RATIO = 4 * 2**20
"""What is no larger may be packed as well as it can be: the same value over and over packs 1,000 : 1."""

_MAX_DIRECTORY_BYTES = 2**20
_END_BYTES, _END = 22, b"PK\x05\x06"
_LOCATOR_BYTES, _LOCATOR = 20, b"PK\x06\x07"
_LOCAL_HEADER_BYTES = 30
_ALLOWED_FLAGS = 0x0002 | 0x0004 | 0x0008 | 0x0800
"""How well it was deflated, sizes behind the content, names in UTF-8: nothing encrypted, nothing patched."""

_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    OverflowError,
    KeyError,
    OSError,
)


class Members:
    """The members of an open zip whose sizes are within bounds."""

    def __init__(self, archive: zipfile.ZipFile, found: Mapping[str, zipfile.ZipInfo]) -> None:
        self._archive = archive
        self._found = found

    def __contains__(self, name: str) -> bool:
        return name in self._found

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def read(self, name: str, most_bytes: int) -> bytes:
        """Return the content of a member.

        Raises:
            InvalidGenome: Where there is none, it is larger, or damaged.
        """
        member = self._found.get(name)
        if member is None:
            raise InvalidGenome(f"{name} is missing")
        if member.file_size > most_bytes:
            raise InvalidGenome(f"{name} is larger than {most_bytes // 2**20} MB, the most that is read")
        try:
            with self._archive.open(member) as stream:
                content = stream.read(member.file_size)
        except _ERRORS as error:
            raise InvalidGenome(f"{name} is damaged: {plain(str(error))}") from None
        if len(content) != member.file_size:
            raise InvalidGenome(f"{name} is damaged: it is shorter than it says")
        return content


@contextmanager
def open_members(path: Path, allowed: re.Pattern[str]) -> Iterator[Members]:
    """Open a zip.

    Args:
        path: The file.
        allowed: What names of members must match as a whole.

    Raises:
        InvalidGenome: Where it is none, or anything in it is not as it may be.
    """
    with open_file(path, MAX_BYTES) as file:
        _check_end(file)
        try:
            archive = zipfile.ZipFile(file)
        except _ERRORS as error:
            raise InvalidGenome(f"the file is no zip that can be read: {plain(str(error))}") from None
        with archive:
            yield Members(archive, _checked(archive.infolist(), allowed))


def _check_end(file: BinaryIO) -> None:
    """Refuse a directory of members that would take long to read, before it is read."""
    size = file.seek(0, 2)
    if size < _END_BYTES:
        raise InvalidGenome("the file is no zip")
    file.seek(max(0, size - _END_BYTES - _LOCATOR_BYTES))
    tail = file.read()
    end = tail[-_END_BYTES:]
    if not end.startswith(_END):
        raise InvalidGenome("the file is no zip, or is cut off")
    *_, count, directory_bytes, _, comment_bytes = struct.unpack("<4s4H2LH", end)
    if comment_bytes or tail[:-_END_BYTES].startswith(_LOCATOR):
        raise InvalidGenome("the file is a zip of another kind than Galápagos writes")
    if count > MAX_MEMBERS or directory_bytes > _MAX_DIRECTORY_BYTES:
        raise InvalidGenome(f"the file has more than {MAX_MEMBERS} members, the most that are read")


def _checked(found: list[zipfile.ZipInfo], allowed: re.Pattern[str]) -> dict[str, zipfile.ZipInfo]:
    if len(found) > MAX_MEMBERS:
        raise InvalidGenome(f"the file has more than {MAX_MEMBERS} members, the most that are read")
    members: dict[str, zipfile.ZipInfo] = {}
    for member in found:
        name = member.orig_filename
        if name != member.filename or not name.isascii() or allowed.fullmatch(name) is None:
            raise InvalidGenome(f"a member {plain(repr(name), limit=60)} does not belong in such a file")
        if name in members:
            raise InvalidGenome(f"{name} occurs twice")
        problem = _problem(member)
        if problem is not None:
            raise InvalidGenome(f"{name} {problem}")
        members[name] = member
    if sum(member.file_size for member in found) > MAX_BYTES:
        raise InvalidGenome(
            f"what is in the file is larger than {MAX_BYTES // 2**20} MB, the most that is read"
        )
    in_order = sorted(found, key=lambda member: member.header_offset)
    for member, following in pairwise(in_order):
        begin = member.header_offset + _LOCAL_HEADER_BYTES + len(member.orig_filename)
        if begin + member.compress_size > following.header_offset:
            raise InvalidGenome(f"{following.orig_filename} lies within another member")
    return members


def _problem(member: zipfile.ZipInfo) -> str | None:
    """Return in a few words why a member is not as it may be, None where it is."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "is a link, or something else that is no file"
    if member.flag_bits & ~_ALLOWED_FLAGS:
        return "is encrypted, or packed in another way than is read"
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed in another way than is read"
    if member.compress_type == zipfile.ZIP_STORED and member.compress_size != member.file_size:
        return "has two sizes"
    most = max(_FREE_OF_RATIO, _MAX_RATIO * member.compress_size)
    if member.file_size > most:
        return f"unpacks to {member.file_size} bytes, more than is read of one that is packed so small"
    return None
