"""Many arrays of float32 as two, for files: one after the other, and how long each is."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

Scalar = TypeVar("Scalar", bound=np.generic)


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
    flat = column(columns, name, np.float32)
    arrays: list[NDArray[np.float32] | None] = []
    begin = 0
    for length in column(columns, f"{name}_lengths", np.int64).tolist():
        if length < -1:
            raise ValueError(f"the columns of {name} do not fit each other")
        if length == -1:
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


def column(
    columns: Mapping[str, NDArray[np.generic]], name: str, kind: type[Scalar], *, dimensions: int = 1
) -> NDArray[Scalar]:
    """Return a column that must be of a type, since another would be changed in silence.

    Raises:
        ValueError: Where it is absent, of another type, or has another number of dimensions.
    """
    array = columns.get(name)
    if array is None:
        raise ValueError(f"the column {name} is missing")
    if array.dtype != kind or array.ndim != dimensions:
        raise ValueError(f"the column {name} is of another type")
    return array  # type: ignore[return-value]  # its type was compared
