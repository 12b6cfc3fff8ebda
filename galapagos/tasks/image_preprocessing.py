"""What is done to images before networks see them: resized and deskewed as published, or only scaled.

Each image is computed element by element, never in a matrix product, so that its numbers are the same alone
and in any company, whatever the number of threads.
"""

import numpy as np
from numpy.typing import NDArray

PREPROCESSING_VERSION = 1
"""Raised with every change of a result, so that images which were cached before are made again."""
SIDE = 16
"""Rows and columns of a preprocessed image."""
LEAST_HEIGHT = 0.01
"""An image whose second central moment across its rows, |mu02|, is below this stays as it is."""

_BRIGHTEST = 255
_BLOCK = 256  # images at a time, so that what is in between stays in the processor's cache


def scaled(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return images (n, rows, columns) of 0 to 255 as (n, rows · columns) of 0 to 1."""
    count, rows, columns = images.shape
    brightness = (np.arange(_BRIGHTEST + 1) / _BRIGHTEST).astype(np.float32)
    return brightness[images.reshape(count, rows * columns)]


def preprocessed(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return images (n, rows, columns) of 0 to 255 as (n, 256): of 0 to 1, resized, deskewed, flattened.

    As in Gaier & Ha 2019 (section 4, and their published code) and Rieke 2020. Computed in float64.
    """
    result = np.empty((len(images), SIDE * SIDE), dtype=np.float32)
    for first in range(0, len(images), _BLOCK):
        block = images[first : first + _BLOCK] / _BRIGHTEST
        result[first : first + _BLOCK] = deskewed(resized(block)).reshape(len(block), -1)
    return result


def resized(images: NDArray[np.float64], side: int = SIDE) -> NDArray[np.float64]:
    """Return images (n, rows, columns) as (n, side, side), as `cv2.resize` does by default.

    Bilinear between half-pixel centres: target t samples the source at (t + 0.5) · scale - 0.5, clamped to
    the centres at the border; nothing is averaged, so a large image made small is aliased.
    """
    _, rows, columns = images.shape
    above, below, weight = _samples(rows, side)
    weight = weight[:, np.newaxis]
    tall = images[:, above] * (1.0 - weight) + images[:, below] * weight
    left, right, weight = _samples(columns, side)
    result: NDArray[np.float64] = tall[:, :, left] * (1.0 - weight) + tall[:, :, right] * weight
    return result


def _samples(size: int, side: int) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Return, each (side,), the two source pixels of a target and the weight of the second."""
    places = np.clip((np.arange(side) + 0.5) * (size / side) - 0.5, 0.0, size - 1.0)
    first = np.floor(places).astype(np.intp)
    return first, np.minimum(first + 1, size - 1), places - first


def deskewed(images: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return images (n, rows, columns), none negative, sheared so that their strokes stand upright.

    With the skew s = mu11 / mu02 of an image's central moments, out(x, y) = in(x + s (y - rows / 2), y),
    bilinear, zero outside; equal to `cv2.warpAffine` within its rounding of places to 1/32 pixel. An image
    without height (`LEAST_HEIGHT`) stays as it is.
    """
    count, rows, columns = images.shape
    shift = _skew(images)[:, np.newaxis] * (np.arange(rows) - 0.5 * rows)
    whole = np.floor(shift)
    weight = (shift - whole)[:, :, np.newaxis]
    # Two columns of zeros on both sides are the outside, wherever a sample of two neighbours may lie.
    padded = np.zeros((count, rows, columns + 4))
    padded[:, :, 2:-2] = images
    left = np.clip(np.arange(columns) + whole.astype(np.intp)[:, :, np.newaxis] + 2, 0, columns + 2)
    result: NDArray[np.float64] = (
        np.take_along_axis(padded, left, axis=2) * (1.0 - weight)
        + np.take_along_axis(padded, left + 1, axis=2) * weight
    )
    return result


def _skew(images: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return mu11 / mu02 of each image (n,), 0 where it has no height."""
    x, y = np.arange(images.shape[2]), np.arange(images.shape[1])
    mass_of_rows = images.sum(axis=2)
    m00, m01, m02 = (
        mass_of_rows.sum(axis=1),
        (mass_of_rows * y).sum(axis=1),
        (mass_of_rows * y**2).sum(axis=1),
    )
    moment_of_rows = (images * x).sum(axis=2)
    m10, m11 = moment_of_rows.sum(axis=1), (moment_of_rows * y).sum(axis=1)
    mean_y = np.divide(m01, m00, out=np.zeros_like(m00), where=m00 > 0.0)
    mu02, mu11 = m02 - mean_y * m01, m11 - mean_y * m10
    skew: NDArray[np.float64] = np.zeros_like(mu02)
    np.divide(mu11, mu02, out=skew, where=np.abs(mu02) >= LEAST_HEIGHT)
    return skew
