"""Lines between any two dots as characters: braille, or plain ones that show the height within a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tui.widgets.braille import BRAILLE, Cells, braille_codes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

_ASCII_TALL = 3
_HEIGHTS = " '-\".:=|"
"""What stands for each set of dots of a plain cell; the upper dot counts 1, the middle one 2, the lower 4."""
_DASH, _DASHES = 3, 5
"""Of a broken line, how many of how many dots are drawn."""


def dots_of_lines(*, ascii_only: bool) -> tuple[int, int]:
    """Return how many dots a cell of lines is high and wide."""
    return (_ASCII_TALL, 1) if ascii_only else (4, 2)


def draw_lines(picture: NDArray[np.bool_], ends: ArrayLike, *, broken: bool = False) -> None:
    """Draw straight lines into a picture, each dot the nearest one to the line (Bresenham 1965).

    Args:
        picture: Shape (rows of dots, columns of dots); what lies outside is left out.
        ends: Shape (lines, 4), the dots (x, y) of both ends.
        broken: Whether the lines are dashed.
    """
    x, y, x_end, y_end = np.asarray(ends, dtype=np.int64).reshape(-1, 4).T
    steps = np.maximum(np.abs(x_end - x), np.abs(y_end - y))
    line = np.repeat(np.arange(len(steps)), steps + 1)
    step = np.arange(len(line)) - np.repeat(np.cumsum(steps + 1) - steps - 1, steps + 1)
    share = step / np.maximum(1, steps)[line]
    columns = np.floor(x[line] + (x_end - x)[line] * share + 0.5).astype(np.intp)
    rows = np.floor(y[line] + (y_end - y)[line] * share + 0.5).astype(np.intp)
    height, width = picture.shape
    shown = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    if broken:
        # By place, so that lines that share dots share their gaps.
        shown &= (np.where((np.abs(x_end - x) >= np.abs(y_end - y))[line], columns, rows) % _DASHES) < _DASH
    picture[rows[shown], columns[shown]] = True


def merge_lines(pictures: Sequence[NDArray[np.bool_]], *, ascii_only: bool) -> Cells:
    """Return pictures laid over each other; where they meet, the first one's colour and all dots show.

    Args:
        pictures: At least one, of the same whole number of cells of `dots_of_lines` each.
        ascii_only: Whether to use plain characters.
    """
    codes = [_plain_codes(picture) if ascii_only else braille_codes(picture) for picture in pictures]
    layers = np.full(codes[0].shape, -1, dtype=np.int8)
    for number in range(len(codes) - 1, -1, -1):
        layers[codes[number] > 0] = number
    merged = np.bitwise_or.reduce(codes)
    if ascii_only:
        return Cells(np.array([ord(mark) for mark in _HEIGHTS], dtype=np.uint32)[merged], layers)
    return Cells(np.where(merged > 0, merged.astype(np.uint32) + BRAILLE, ord(" ")).astype(np.uint32), layers)


def _plain_codes(picture: NDArray[np.bool_]) -> NDArray[np.uint8]:
    bits = picture.view(np.uint8)
    upper, middle, lower = (bits[row::_ASCII_TALL] for row in range(_ASCII_TALL))
    return upper + 2 * middle + 4 * lower
