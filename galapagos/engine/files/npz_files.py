"""Reading an npz as numpy writes it (`np.savez`): plain arrays, none larger than the file that holds it.

`np.load` believes what a file says: a header of a hundred bytes can make it allocate terabytes, a member that
is packed can unpack to a thousand times its size, and of two members of one name it takes the last. Here
members are stored and not packed, their names stand once, and each header has to fit the bytes behind it.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from typing import TYPE_CHECKING

import numpy as np

from galapagos.plain_text import plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_MEMBERS = 64

_SUFFIX = ".npy"
_END, _END_BYTES = b"PK\x05\x06", 22
_MOST_LISTED = 1 << 14
_MAGIC = b"\x93NUMPY\x01\x00"
_LARGEST_CHARACTER = 0x10FFFF
_HEADER = re.compile(
    rb"\{'descr': '([<|](?:b1|[iu][1248]|f[248]|[SU][1-9]\d{0,5}))', 'fortran_order': False, "
    rb"'shape': \((\d{0,18}(?:, ?\d{1,18}){0,3}),?\), \} *\n"
)
"""Format 1.0 of numpy (`numpy.lib.format`), little-endian, without objects, records or Fortran's order."""

_ZIP_ERRORS = (zipfile.BadZipFile, EOFError, LookupError, NotImplementedError, OSError, RuntimeError)


def read_arrays(content: bytes) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of an npz by name; they are views of what was read, and cannot be written.

    Args:
        content: Of the file, made by `np.savez`.

    Raises:
        ValueError: One line, where it is no such file, or anything in it is not as numpy writes it.
    """
    _check_end(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found = archive.infolist()
            _check(found, len(content))
            members = {info.filename.removesuffix(_SUFFIX): archive.read(info) for info in found}
    except _ZIP_ERRORS as error:
        raise ValueError(f"it is no npz that can be read: {plain(str(error))}") from None
    return {name: _array(name, member) for name, member in members.items()}


def _check_end(content: bytes) -> None:
    """Refuse a directory of members that would take long to read, before it is read."""
    end = content[-_END_BYTES:]
    if not end.startswith(_END) or end[-2:] != b"\0\0":
        raise ValueError("it is no npz, or is cut off")
    if (
        int.from_bytes(end[10:12], "little") > MAX_MEMBERS
        or int.from_bytes(end[12:16], "little") > _MOST_LISTED
    ):
        raise ValueError(f"it has more than {MAX_MEMBERS} arrays, the most that are read")


def _check(found: list[zipfile.ZipInfo], size: int) -> None:
    names = [info.filename for info in found]
    if len(set(names)) < len(names):
        raise ValueError("an array stands twice in it")
    for info in found:
        name = info.filename.removesuffix(_SUFFIX)
        if not info.filename.endswith(_SUFFIX) or not name.isidentifier() or not name.isascii():
            raise ValueError(f"it has a member {plain(repr(info.filename), 60)} that is no array")
        if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size:
            raise ValueError(f"{name} is packed, which is not read")
    # Stored members cannot be longer together than the file, unless they lie within each other.
    if sum(info.file_size for info in found) > size:
        raise ValueError("its arrays are larger than the file")


def _array(name: str, member: bytes) -> NDArray[np.generic]:
    begin = len(_MAGIC) + 2
    end = begin + int.from_bytes(member[len(_MAGIC) : begin], "little")
    match = _HEADER.fullmatch(member, begin, end) if member.startswith(_MAGIC) else None
    if match is None:
        raise ValueError(f"{name} is no plain array")
    kind = np.dtype(match[1].decode("ascii"))
    shape = tuple(int(length) for length in match[2].split(b",") if length)
    if math.prod(shape) * kind.itemsize != len(member) - end:
        raise ValueError(f"{name} has {len(member) - end} bytes, which is not what its header says")
    array: NDArray[np.generic] = np.frombuffer(member, dtype=kind, offset=end).reshape(shape)
    if kind.kind == "U" and not _are_characters(np.frombuffer(member, dtype="<u4", offset=end)):
        raise ValueError(f"{name} has a text that is none")
    if kind.kind == "b" and (np.frombuffer(member, dtype=np.uint8, offset=end) > 1).any():
        raise ValueError(f"{name} has a truth value that is none")
    return array


def _are_characters(codes: NDArray[np.uint32]) -> bool:
    is_half = (codes >= 0xD800) & (codes <= 0xDFFF)
    return not (is_half | (codes > _LARGEST_CHARACTER)).any()
