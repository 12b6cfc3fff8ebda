"""Networks in training one after the other: where company would change the last bits of a result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from galapagos.learning.training import EpochLosses, Scores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from galapagos.learning.training import Training


class OneByOne:
    """Several trainings as one; see `training.Training`.

    Args:
        trainings: At least one, each of one network, all with the same size of batches.
    """

    def __init__(self, trainings: Sequence[Training]) -> None:
        self._trainings = tuple(trainings)

    def train_epoch(
        self, images: NDArray[np.float32], labels: NDArray[np.int64], order: NDArray[np.int64]
    ) -> EpochLosses:
        """Train one epoch on the images of `order`, in this order."""
        losses = [training.train_epoch(images, labels, order) for training in self._trainings]
        return EpochLosses(
            batches=np.concatenate([one.batches for one in losses]),
            sizes=losses[0].sizes,
            correct=np.concatenate([one.correct for one in losses]),
        )

    def score(self, images: NDArray[np.float32], labels: NDArray[np.int64], batch_size: int) -> Scores:
        """Return what images are worth to the networks as they are."""
        scores = [training.score(images, labels, batch_size) for training in self._trainings]
        return Scores(
            loss=np.concatenate([one.loss for one in scores]),
            correct=np.concatenate([one.correct for one in scores]),
            images=scores[0].images,
        )

    def weights(self, network: int) -> NDArray[Any]:
        """Return the weights (connections,) of a network as they are."""
        return self._trainings[network].weights(0)

    def memory(self, network: int) -> NDArray[np.float32]:
        """Return what the optimizer needs to go on with a network."""
        return self._trainings[network].memory(0)
