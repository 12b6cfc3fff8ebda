"""Many arrays of float32 as two, for files: one after the other, and how long each is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray


def pack_arrays(name: str, arrays: Sequence[NDArray[np.float32] | None]) -> dict[str, NDArray[np.generic]]:
    """Return the columns of arrays, to be unpacked by `unpack_arrays`.

    Returns:
        `<name>`: float32, all of them joined; `<name>_lengths`: int64 (arrays,), -1 for None.
    """
    flat = [None if array is None else np.asarray(array, dtype=np.float32).reshape(-1) for array in arrays]
    present = [array for array in flat if array is not None]
    lengths = [-1 if array is None else len(array) for array in flat]
    return {
        name: np.concatenate([np.empty(0, np.float32), *present]),
        f"{name}_lengths": np.array(lengths, dtype=np.int64),
    }


def unpack_arrays(name: str, columns: Mapping[str, NDArray[np.generic]]) -> list[NDArray[np.float32] | None]:
    """Return the arrays of `pack_arrays`, flat and read-only, bit for bit; none where the columns are absent.

    Raises:
        ValueError: Where the columns do not fit each other.
    """
    if name not in columns:
        return []
    flat = columns[name].astype(np.float32, copy=False)
    arrays: list[NDArray[np.float32] | None] = []
    begin = 0
    for length in columns[f"{name}_lengths"].tolist():
        if length < 0:
            arrays.append(None)
            continue
        # A copy, because a slice would keep the arrays of the whole population in memory.
        array = flat[begin : begin + length].copy()
        array.setflags(write=False)
        arrays.append(array)
        begin += length
    if begin != len(flat):
        raise ValueError(f"the columns of {name} do not fit each other")
    return arrays
