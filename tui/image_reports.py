"""What a network says of its test images, read from the answer of the process that computed it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from galapagos.errors import EngineFailed

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LARGEST_SIDE = 64
_MOST_CLASSES = 100


@dataclass(frozen=True, slots=True, eq=False)
class WrongImage:
    """An image that a network gets wrong.

    Args:
        number: Its place among the test images.
        label: What it is.
        said: What the network says it is.
        belief: How sure the network is, in 0 to 1.
        pixels: uint8 (side, side): how bright each pixel is.
    """

    number: int
    label: int
    said: int
    belief: float
    pixels: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class ImageReport:
    """What a network says of its test images.

    Args:
        confusion: int64 (classes, classes): counts by right class (row) and said class (column).
        accuracy: The share that is right.
        images: How many there are.
        weight: The weight that all connections shared; None where each has its own.
        epochs: How long the network was trained for this; 0 where it was not.
        wrong: Images that it gets wrong, those first that it is surest of; maybe not all.
    """

    confusion: NDArray[np.int64]
    accuracy: float
    images: int
    weight: float | None
    epochs: int
    wrong: tuple[WrongImage, ...]

    @property
    def num_wrong(self) -> int:
        """How many images it gets wrong."""
        return int(self.confusion.sum() - np.trace(self.confusion))


def report_of(output: bytes) -> ImageReport:
    """Return the report that `galapagos.engine.image_report` printed.

    Raises:
        EngineFailed: Where that is none.
    """
    try:
        data: dict[str, Any] = orjson.loads(output)
        confusion = np.array(data["confusion"], dtype=np.int64)
        if confusion.ndim != 2 or not 0 < len(confusion) == confusion.shape[1] <= _MOST_CLASSES:
            raise ValueError("the counts are no square")
        weight, side = data["weight"], int(data["side"])
        if not 0 < side <= _LARGEST_SIDE:
            raise ValueError("no such images")
        return ImageReport(
            confusion,
            float(data["accuracy"]),
            int(data["images"]),
            None if weight is None else float(weight),
            int(data["epochs"]),
            tuple(_wrong(one, side) for one in data["wrong"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise EngineFailed("what the network says of the images cannot be read") from None


def _wrong(data: dict[str, Any], side: int) -> WrongImage:
    pixels = np.frombuffer(base64.b64decode(data["pixels"]), dtype=np.uint8).reshape(side, side)
    return WrongImage(
        int(data["number"]), int(data["label"]), int(data["said"]), float(data["belief"]), pixels
    )
