"""Arrays in files, changed: their bytes, their types and shapes, their values, and the zip around them."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Arrays = dict[str, NDArray[Any]]

OTHER_TYPES = ("<i4", "<i8", "<u2", "<u8", "<f4", "<f8", ">i4", "|b1", "<U3", "|S7", "<c16", "<M8[s]")
NUMBERS = (-1, 0, 1, 2, 12, 255, 65_535, 2**31 - 1, 2**62)
"""What a number of a column may become."""

MINIATURE = 16


def packed(arrays: Arrays) -> bytes:
    """Return the npz of arrays."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]  # its stub takes names for allow_pickle
    return buffer.getvalue()


def unpacked(content: bytes) -> Arrays:
    """Return the arrays of an npz."""
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def arrays_changed(content: bytes, rng: np.random.Generator) -> bytes:
    """Return an npz one to three of whose arrays are gone, doubled, of another type, shape or value."""
    arrays = unpacked(content)
    for _ in range(int(rng.integers(1, 4))):
        names = sorted(arrays)
        if not names:
            break
        name, other = names[int(rng.integers(len(names)))], names[int(rng.integers(len(names)))]
        array = arrays[name]
        match int(rng.integers(9)):
            case 0:
                del arrays[name]
            case 1:
                arrays[name] = arrays[other]
            case 2:
                arrays[name] = _of_another_type(array, rng)
            case 3:
                arrays[name] = array.reshape(-1, 1) if rng.random() < 0.5 else array.reshape(-1)[:1]
            case 4 if array.ndim:
                arrays[name] = array[: int(rng.integers(len(array) + 1))]
            case 5 if array.ndim:
                arrays[name] = np.concatenate([array, array[:1]])
            case 6:
                arrays["more"] = array
            case _:
                arrays[name] = _with_another_value(array, rng)
    return packed(arrays)


def _of_another_type(array: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]:
    kind = OTHER_TYPES[int(rng.integers(len(OTHER_TYPES)))]
    try:
        with np.errstate(all="ignore"):
            return array.astype(kind)
    except (ValueError, TypeError, UnicodeError):
        return np.zeros(array.shape, dtype=kind)


def _with_another_value(array: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]:
    """Return an array one of whose values is another, of the same type."""
    if not array.size:
        return array
    flat = array.reshape(-1).copy()
    place = int(rng.integers(len(flat)))
    with np.errstate(all="ignore"):
        match array.dtype.kind:
            case "f":
                flat[place] = rng.choice([np.nan, np.inf, -np.inf, 1e308, -0.0, float(flat[place]) + 1])
            case "i" | "u":
                number = NUMBERS[int(rng.integers(len(NUMBERS)))]
                number = number if rng.random() < 0.5 else int(flat[place]) + int(rng.integers(-2, 3))
                bounds = np.iinfo(array.dtype)
                flat[place] = min(max(number, int(bounds.min)), int(bounds.max))
            case "b":
                flat[place] = not flat[place]
            case "S":
                flat[place] = rng.bytes(array.dtype.itemsize)
            case "U":
                flat[place] = ("\x1b[2J", "\u202e", "", "[red]no[/]", "x" * 1000)[int(rng.integers(5))]
    return flat.reshape(array.shape)


def rezipped(content: bytes, rng: np.random.Generator) -> bytes:
    """Return an npz whose zip is made otherwise: packed, with members twice, or with other names."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    way = int(rng.integers(5))
    packing = zipfile.ZIP_DEFLATED if way == 0 else zipfile.ZIP_STORED
    place = int(rng.integers(len(members)))
    if way == 1:
        members.append(members[place])
    elif way == 2:
        members[place] = (
            ("../x.npy", "/etc/x.npy", "a\x1bb.npy", "x.txt", "x.npy")[int(rng.integers(5))],
            b"",
        )
    elif way == 3:
        members.append(("bomb.npy", bytes(1 << 20)))
    elif way == 4:
        members[place] = (members[place][0], _huge(members[place][1]))
    return zipped(members, packing)


def zipped(members: list[tuple[str, bytes]], packing: int = zipfile.ZIP_STORED) -> bytes:
    """Return the zip of members, of which two may have one name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packing) as archive:
        taken: set[str] = set()
        for name, data in members:
            info = zipfile.ZipInfo(name if name not in taken else f"{name[:-1]}_")
            info.compress_type = packing
            archive.writestr(info, data)
            taken.add(info.filename)
    content = buffer.getvalue()
    # zipfile warns of a name that stands twice, so it is made to stand twice in the bytes.
    return content.replace(b".np_", b".npy")


def _huge(member: bytes) -> bytes:
    """Return an array whose header says that it has as many values as fill the memory of any machine."""
    header = member[: member.index(b"\n") + 1]
    shape = header[header.index(b"(") : header.index(b")") + 1]
    wide = header.replace(shape, b"(" + b"9" * (MINIATURE - 1) + b",)")
    return wide[: len(header) - 1].ljust(len(header) - 1) + b"\n" + member[len(header) :]
