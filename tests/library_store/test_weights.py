"""Files of weights: named by their content, verified when they are read, with the entry in the header."""

from pathlib import Path

import numpy as np
import pytest

from galapagos.errors import LibraryError
from library_store.weights import WeightFiles, decode, encode

ENTRY = {"id": "00000000000000aa", "name": "a \u202eb"}
TENSORS = {"weights": np.linspace(-1, 1, 7), "feedback": np.zeros(7)}


def test_arrays_and_entry_come_back(tmp_path: Path) -> None:
    files = WeightFiles(tmp_path / "weights")
    digest = files.write(encode(TENSORS, ENTRY))
    tensors, entry = files.read(digest)
    assert entry == ENTRY
    assert {name: array.tolist() for name, array in tensors.items()} == {
        name: array.tolist() for name, array in TENSORS.items()
    }
    assert list(files.digests()) == [digest]


def test_a_network_without_weights_has_a_file_too(tmp_path: Path) -> None:
    files = WeightFiles(tmp_path)
    assert files.read(files.write(encode({}, ENTRY))) == ({}, ENTRY)


def test_every_damaged_byte_is_noticed(tmp_path: Path) -> None:
    files = WeightFiles(tmp_path)
    content = encode(TENSORS, ENTRY)
    digest = files.write(content)
    for place in range(0, len(content), 7):
        damaged = bytearray(content)
        damaged[place] ^= 1
        files.path(digest).write_bytes(damaged)
        with pytest.raises(LibraryError, match="damaged"):
            files.read(digest)
    files.path(digest).unlink()
    with pytest.raises(LibraryError, match="No such file"):
        files.read(digest)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 8,
        b"\xff" * 64,
        (2).to_bytes(8, "little") + b"[]",
        (2).to_bytes(8, "little") + b"{}" + b"x",
        (40).to_bytes(8, "little") + b'{"__metadata__":{"galapagos":"[1, 2]"}}  ',
        (38).to_bytes(8, "little") + b'{"__metadata__":{"galapagos":"{nope"}}',
    ],
)
def test_what_is_no_file_of_weights_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"it is no|it describes|its header"):
        decode(content)
