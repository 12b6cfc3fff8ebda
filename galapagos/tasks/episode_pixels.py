"""Pictures of environments made as small as a terminal is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def fitted(width: int, height: int, most_width: int, most_height: int) -> tuple[int, int]:
    """Return the largest size of the same shape that fits, neither side below 1 or above the original."""
    share = min(most_width / width, most_height / height, 1.0)
    return max(1, round(width * share)), max(1, round(height * share))


def shrunk(picture: NDArray[np.uint8], most_width: int, most_height: int) -> NDArray[np.uint8]:
    """Return a picture in at most so many pixels, each the mean of those that it stands for.

    Args:
        picture: (height, width, 3), neither side 0.
        most_width: At least 1.
        most_height: At least 1.

    Returns:
        (at most `most_height`, at most `most_width`, 3), of the same shape; never larger than it was.
    """
    height, width, _ = picture.shape
    new_width, new_height = fitted(width, height, most_width, most_height)
    rows, columns = _starts(height, new_height), _starts(width, new_width)
    sums = np.add.reduceat(picture.astype(np.uint32), rows, axis=0)
    sums = np.add.reduceat(sums, columns, axis=1)
    sizes = np.diff(rows, append=height)[:, None] * np.diff(columns, append=width)[None, :]
    means: NDArray[np.uint8] = ((sums + sizes[..., None] // 2) // sizes[..., None]).astype(np.uint8)
    return means


def _starts(size: int, parts: int) -> NDArray[np.intp]:
    """Return where each of so many nearly equal parts begins."""
    return (np.arange(parts) * size // parts).astype(np.intp)
