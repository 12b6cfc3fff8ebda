"""Curves and points as characters: spans of dots a column, rasterised to braille or to plain ASCII."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

BRAILLE = 0x2800
_DOTS = tuple(
    (row, column, np.uint8(bit))
    for row, bits in enumerate(((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80)))
    for column, bit in enumerate(bits)
)
"""Row, column and bit of each dot of a cell (Unicode, braille patterns)."""
ASCII_MARKS = "*+ox#%@&"
LARGEST = 1e300
"""Values beyond are drawn here, so that a range of them stays finite."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A range of values on a number of dots.

    Args:
        low: The value at the first dot.
        high: The value at the last dot, above `low`.
        dots: How many there are, at least 1.
    """

    low: float
    high: float
    dots: int

    def place(self, values: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return the dot of each value, clipped to the scale; what is not finite lands on the first."""
        share = (values - self.low) * ((self.dots - 1) / (self.high - self.low))
        # fmax puts what is not a number on the first dot.
        return np.rint(np.fmin(np.fmax(share, 0.0), self.dots - 1)).astype(np.intp)

    def place_one(self, value: float) -> int:
        """Return the dot of one finite value, clipped to the scale."""
        share = (value - self.low) * ((self.dots - 1) / (self.high - self.low))
        return round(min(max(share, 0.0), self.dots - 1))


def clean(values: ArrayLike) -> NDArray[np.float64]:
    """Return a copy as float64, with NaN for what is not finite and clipped to ±`LARGEST`."""
    array = np.array(values, dtype=np.float64).ravel()
    finite = np.isfinite(array)
    if not finite.all():
        array[~finite] = np.nan
    return np.clip(array, -LARGEST, LARGEST, out=array)


def column_starts(x: NDArray[np.float64], horizontal: Scale) -> NDArray[np.intp]:
    """Return where in the ascending `x` each column of dots begins, shape (horizontal.dots + 1,)."""
    width = (horizontal.high - horizontal.low) / max(1, horizontal.dots - 1)
    edges = horizontal.low + (np.arange(1, horizontal.dots) - 0.5) * width
    inner = np.searchsorted(x, edges, side="left")
    return np.concatenate(([0], inner, [len(x)])).astype(np.intp)


def spans(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    horizontal: Scale,
    vertical: Scale,
    starts: NDArray[np.intp] | None = None,
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the lowest and highest dot of a curve in each column of dots; low > high where it has none.

    All points of a column are kept as their range (min/max decimation), so no peak is lost. Between columns
    the curve is interpolated, and broken where a value is NaN.

    Args:
        x: Ascending positions within the scale, shape (n,), finite.
        y: Values, shape (n,), NaN for a gap.
        horizontal: The scale of `x`.
        vertical: The scale of `y`.
        starts: `column_starts(x, horizontal)`, where curves share it.

    Returns:
        Two arrays of shape (horizontal.dots,), counted from the bottom.
    """
    if starts is None:
        starts = column_starts(x, horizontal)
    least, greatest = np.full((2, horizontal.dots), np.nan)
    filled = np.flatnonzero(np.diff(starts) > 0)
    if filled.size:
        least[filled] = np.fmin.reduceat(y, starts[filled])
        greatest[filled] = np.fmax.reduceat(y, starts[filled])
    empty = np.flatnonzero(np.diff(starts) == 0)
    least[empty] = greatest[empty] = _between(x, y, starts[empty], empty, horizontal)
    known = np.isfinite(least)
    low = np.where(known, vertical.place(least), vertical.dots)
    high = np.where(known, vertical.place(greatest), -1)
    _join(low, high)
    return low, high


def _between(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    following: NDArray[np.intp],
    columns: NDArray[np.intp],
    horizontal: Scale,
) -> NDArray[np.float64]:
    """Return the values in columns without points, on the line between their neighbours; NaN beside a gap."""
    values = np.full(len(columns), np.nan)
    inside = (following > 0) & (following < len(x))
    after, columns = following[inside], columns[inside]
    position = horizontal.low + columns * ((horizontal.high - horizontal.low) / max(1, horizontal.dots - 1))
    share = (position - x[after - 1]) / (x[after] - x[after - 1])
    values[inside] = y[after - 1] * (1 - share) + y[after] * share
    return values


def _join(low: NDArray[np.intp], high: NDArray[np.intp]) -> None:
    """Lengthen neighbouring columns until they touch, each by half of what is missing."""
    both = (high[:-1] >= 0) & (high[1:] >= 0)
    rising, falling = low[1:] - high[:-1], low[:-1] - high[1:]
    up, down = np.flatnonzero(both & (rising > 1)), np.flatnonzero(both & (falling > 1))
    middle_up, middle_down = high[up] + rising[up] // 2, high[down + 1] + falling[down] // 2
    # One after the other: a column at the foot of both a rise and a fall is lengthened by each.
    high[up] = np.maximum(high[up], middle_up)
    high[down + 1] = np.maximum(high[down + 1], middle_down)
    low[up + 1] = np.minimum(low[up + 1], middle_up + 1)
    low[down] = np.minimum(low[down], middle_down + 1)


def span_dots(low: NDArray[np.intp], high: NDArray[np.intp], dots: int) -> NDArray[np.bool_]:
    """Return a picture, shape (dots, columns), top row first, with each column filled from low to high."""
    rows = np.arange(dots - 1, -1, -1)[:, None]
    return (rows >= low) & (rows <= high)


def point_dots(
    x: NDArray[np.float64], y: NDArray[np.float64], horizontal: Scale, vertical: Scale
) -> NDArray[np.bool_]:
    """Return a picture, shape (vertical.dots, horizontal.dots), top row first, with a dot at each point."""
    picture = np.zeros((vertical.dots, horizontal.dots), dtype=np.bool_)
    picture[vertical.dots - 1 - vertical.place(y), horizontal.place(x)] = True
    return picture


def braille_codes(picture: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return the braille pattern of each cell, shape (rows / 4, columns / 2), 0 where a cell is empty."""
    bits = picture.view(np.uint8)
    codes = np.zeros((picture.shape[0] // 4, picture.shape[1] // 2), dtype=np.uint8)
    for row, column, bit in _DOTS:
        codes |= bits[row::4, column::2] * bit
    return codes


@dataclass(frozen=True, slots=True)
class Cells:
    """A drawing in characters.

    Args:
        characters: Code points, shape (height, width); a space where nothing is.
        layers: The number of the layer whose colour a cell has, shape (height, width); -1 where nothing is.
    """

    characters: NDArray[np.uint32]
    layers: NDArray[np.int8]


def merge(pictures: Sequence[NDArray[np.bool_]], height: int, width: int, *, ascii_only: bool) -> Cells:
    """Return pictures laid over each other; where they meet, the first one's colour and all dots show.

    Args:
        pictures: Shape (4 height, 2 width) each, or (height, width) in ASCII.
        height: In cells.
        width: In cells.
        ascii_only: Whether each layer is a plain character instead of braille dots.
    """
    layers = np.full((height, width), -1, dtype=np.int8)
    codes = np.zeros((height, width), dtype=np.uint8)
    for number in range(len(pictures) - 1, -1, -1):
        own = pictures[number].astype(np.uint8) if ascii_only else braille_codes(pictures[number])
        layers[own > 0] = number
        codes |= own
    if ascii_only:
        marks = np.array([ord(ASCII_MARKS[n % len(ASCII_MARKS)]) for n in range(len(pictures))] + [ord(" ")])
        return Cells(marks[layers].astype(np.uint32), layers)
    return Cells(np.where(codes > 0, codes.astype(np.uint32) + BRAILLE, ord(" ")).astype(np.uint32), layers)


def dots_per_cell(*, ascii_only: bool) -> tuple[int, int]:
    """Return how many dots a cell is high and wide."""
    return (1, 1) if ascii_only else (4, 2)
