"""Arrays as columns: exact, flat, and none lost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.genomes.array_columns import pack_arrays, unpack_arrays

lists = st.lists(st.floats(width=32, allow_nan=False), max_size=5)


@given(st.lists(lists | st.none(), max_size=6))
def test_arrays_come_back_bit_for_bit_and_cannot_be_written(values: list[list[float] | None]) -> None:
    arrays = [None if numbers is None else np.array(numbers, dtype=np.float32) for numbers in values]
    columns = pack_arrays("x", arrays)
    assert {name: str(column.dtype) for name, column in columns.items()} == {
        "x": "float32",
        "x_lengths": "int64",
    }
    again = unpack_arrays("x", columns)
    assert len(again) == len(arrays)
    for one, other in zip(arrays, again, strict=True):
        assert (one is None) == (other is None)
        if one is not None and other is not None:
            assert (other.dtype, other.tobytes()) == (one.dtype, one.tobytes())
            assert not other.flags.writeable


def test_columns_that_are_absent_hold_no_arrays() -> None:
    assert unpack_arrays("x", {"y": np.zeros(3)}) == []


@pytest.mark.parametrize("name", ["x", "x_lengths"])
def test_columns_that_do_not_fit_are_refused(name: str) -> None:
    columns = pack_arrays("x", [np.ones(3, dtype=np.float32), np.ones(2, dtype=np.float32)])
    with pytest.raises(ValueError, match="columns of x do not fit"):
        unpack_arrays("x", columns | {name: columns[name][:-1]})
