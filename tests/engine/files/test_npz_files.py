"""Arrays from an npz: what numpy writes comes back bit for bit, everything else is refused in a line."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.engine.files.npz_files import MAX_MEMBERS, read_arrays
from tests.hostile.archives import packed, zipped

if TYPE_CHECKING:
    from numpy.typing import NDArray

ARRAYS: dict[str, NDArray[Any]] = {
    "nothing": np.empty((0, 8), dtype=np.int64),
    "number": np.array(3),
    "truths": np.array([True, False]),
    "bytes": np.array([b"ab", b""], dtype="S16"),
    "texts": np.array(["é", "longer"]),
    "matrix": np.arange(6, dtype=np.float32).reshape(2, 3),
    "not_finite": np.array([np.nan, np.inf, -0.0]),
}


def with_header(header: bytes, body: bytes = bytes(64)) -> bytes:
    """Return an npz of one array with a header of one's own."""
    padded = header.ljust(117) + b"\n"
    return zipped([("a.npy", b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little") + padded + body)])


def test_what_numpy_writes_comes_back_bit_for_bit() -> None:
    found = read_arrays(packed(ARRAYS))
    assert found.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)
        assert found[name].tobytes() == array.tobytes()
        assert not found[name].flags.writeable


@given(
    st.lists(st.integers(-(2**31), 2**31 - 1)), st.lists(st.floats(width=32)), st.lists(st.text(max_size=5))
)
def test_any_columns_come_back(whole: list[int], real: list[float], texts: list[str]) -> None:
    given_ = {
        "whole": np.array(whole, dtype=np.int32),
        "real": np.array(real, dtype=np.float32),
        "texts": np.array(texts, dtype="U5"),
    }
    found = read_arrays(packed(given_))
    for name, array in given_.items():
        assert found[name].tobytes() == array.tobytes()


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "no npz"),
        (b"PK" * 20, "no npz"),
        (packed(ARRAYS)[:-1], "no npz"),
        (packed(ARRAYS) + b"x", "no npz"),
        (packed({"a": np.array([object()], dtype=object)}), "no plain array"),
        (packed({"a": np.asfortranarray(np.ones((2, 3)))}), "no plain array"),
        (packed({"a": np.ones(2, dtype=">f8")}), "no plain array"),
        (packed({"a": np.ones(2, dtype=[("x", "<f8")])}), "no plain array"),
        (packed({"a": np.ones(2, dtype="<c16")}), "no plain array"),
        (
            with_header(b"{'descr': '<f8', 'fortran_order': False, 'shape': (9,), }"),
            "not what its header says",
        ),
        (
            with_header(b"{'descr': '<f8', 'fortran_order': False, 'shape': (999999999999999999,), }"),
            "header says",
        ),
        (with_header(b"{'descr': '<f8', 'fortran_order': False, 'shape': (-8,), }"), "no plain array"),
        (
            with_header(b"{'descr': '<U4', 'fortran_order': False, 'shape': (4,), }", b"\xff" * 64),
            "a text that is",
        ),
        (
            with_header(b"{'descr': '|b1', 'fortran_order': False, 'shape': (64,), }", b"\x02" * 64),
            "truth value",
        ),
        (with_header(b"__import__('os').system('true')"), "no plain array"),
        (zipped([("a.npy", b""), ("a.npy", b"")]), "stands twice"),
        (zipped([("../a.npy", b"")]), "is no array"),
        (zipped([("a.txt", b"")]), "is no array"),
        (zipped([("a.npy", bytes(1000))], zipfile.ZIP_DEFLATED), "is packed"),
        (zipped([(f"a{number}.npy", b"") for number in range(MAX_MEMBERS + 1)]), "more than 64 arrays"),
    ],
)
def test_anything_else_is_refused_in_a_line(content: bytes, line: str) -> None:
    with pytest.raises(ValueError, match=line) as caught:
        read_arrays(content)
    assert str(caught.value).isprintable()


def test_a_member_whose_sum_is_wrong_is_refused() -> None:
    content = bytearray(packed({"a": np.arange(100)}))
    content[300] ^= 1
    with pytest.raises(ValueError, match="no npz that can be read"):
        read_arrays(bytes(content))


def test_members_that_lie_within_each_other_are_refused() -> None:
    """The same bytes a hundred times over would be a hundred times as much in memory."""
    content = packed({f"a{number}": np.zeros(1000) for number in range(20)})
    archive = zipfile.ZipFile(io.BytesIO(content))
    first = archive.infolist()[0].header_offset
    forged = bytearray(content[: archive.infolist()[1].header_offset])
    begin = len(forged)
    for info in archive.infolist():
        info.header_offset = first
    # The directory is written anew behind the first member, every entry of it naming that one.
    directory = content[archive.start_dir : -22]
    forged += directory
    end = bytearray(content[-22:])
    end[16:20] = begin.to_bytes(4, "little")
    forged += end
    with pytest.raises(ValueError, match=r"larger than the file|no npz|no plain array"):
        read_arrays(bytes(forged))
