"""What all tasks of images share: a data set by name, and sizes that are known without loading it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from galapagos.tasks.datasets import Images, dataset_shape, load_dataset

if TYPE_CHECKING:
    from galapagos.parameters import Parameters
    from galapagos.tasks.datasets import Dataset


class ImageTask:
    """The part of a task that comes from its data set.

    Args:
        parameters: Reads `dataset` and `data_dir`.
        images: Whether images are preprocessed or raw.

    Raises:
        UnknownTask: Where there is no such data set.
    """

    def __init__(self, parameters: Parameters, images: Images) -> None:
        self._parameters = parameters
        self._images = images
        self._shape = dataset_shape(parameters.dataset, images)

    @property
    def name(self) -> str:
        """The name of the data set."""
        return self._parameters.dataset

    @property
    def num_inputs(self) -> int:
        """The pixels of an image."""
        return self._shape.num_inputs

    @property
    def num_outputs(self) -> int:
        """The classes."""
        return self._shape.num_classes

    @property
    def fitness_range(self) -> tuple[float, float]:
        """The (low, high) fitness that the QD score maps to 0 and 1: twice the loss of a guess, and none."""
        return -2.0 * math.log(self._shape.num_classes), 0.0

    def _dataset(self) -> Dataset:
        """Return the images; UnknownTask where their files are missing or damaged."""
        return load_dataset(self.name, self._images, data_dir=self._parameters.data_dir)
