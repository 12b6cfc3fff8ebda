"""From the losses of training to the outcome of a network that learned."""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum, isfinite, nan
from typing import TYPE_CHECKING

import numpy as np

from galapagos.evaluation import EpochResult, Evaluation, Failed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from galapagos.evaluation import Outcome
    from galapagos.learning.training import EpochLosses, Scores
    from galapagos.parameter_declarations import EvaluationPeriod

_TEN = 10


@dataclass(frozen=True, slots=True, eq=False)
class LearnedEpoch:
    """What one epoch came to, for all networks that were trained together.

    Args:
        number: From 1.
        training: Of the training images.
        validation: Of the held-out images after it; None where none are held out.
        test: Of the test images after it; None where it was not asked for.
    """

    number: int
    training: EpochLosses
    validation: Scores | None
    test: Scores | None


def learned_outcome(epochs: Sequence[LearnedEpoch], network: int, period: EvaluationPeriod) -> Outcome:
    """Return what learning came to for one of the networks, or a failure where a loss is not finite.

    Fitness is minus the loss over the period; objectives are `mean` and `max`, which are the fitness, and
    accuracies: `accuracy` (training images, last epoch), `validation_accuracy` and `test_accuracy`.

    Args:
        epochs: All of them, at least one.
        network: Its number.
        period: Of which the loss counts.
    """
    failure = _divergence(epochs, network)
    if failure is not None:
        return failure
    last = epoch_result(epochs[-1], network)
    accuracies = {
        "accuracy": last.accuracy,
        "validation_accuracy": last.validation_accuracy,
        "test_accuracy": last.test_accuracy,
    }
    fitness = -period_loss(epochs, network, period)
    return _evaluation(epochs, network, fitness, accuracies, int(epochs[-1].training.sizes.sum()))


def tested_outcome(epochs: Sequence[LearnedEpoch], network: int) -> Outcome:
    """Return the outcome of a test after the last epoch: fitness is minus the loss of the test images.

    Objectives are `mean` and `max`, which are the fitness, `accuracy` (training images, last epoch) and
    `test_accuracy`.

    Raises:
        ValueError: Where the last epoch has no test.
    """
    failure = _divergence(epochs, network)
    if failure is not None:
        return failure
    test, last = epochs[-1].test, epoch_result(epochs[-1], network)
    if test is None:
        raise ValueError("the test images were not shown after the last epoch")
    accuracies = {"accuracy": last.accuracy, "test_accuracy": last.test_accuracy}
    return _evaluation(epochs, network, -float(test.loss[network]), accuracies, test.images)


def epoch_result(epoch: LearnedEpoch, network: int) -> EpochResult:
    """Return what an epoch came to for one of the networks."""
    training, validation, test = epoch.training, epoch.validation, epoch.test
    return EpochResult(
        epoch=epoch.number,
        loss=_mean(training, network),
        accuracy=int(training.correct[network]) / int(training.sizes.sum()),
        validation_loss=None if validation is None else float(validation.loss[network]),
        validation_accuracy=_accuracy(validation, network),
        test_accuracy=_accuracy(test, network),
    )


def period_loss(epochs: Sequence[LearnedEpoch], network: int, period: EvaluationPeriod) -> float:
    """Return the loss over a period of training (Rieke 2020, `evaluation_period`).

    In a mean each image counts once, so a smaller batch counts for less. `last_batch` and `last_ten_batches`
    are those of the last epoch, `first_ten_batches` those of the first; an epoch may have fewer than ten.

    Raises:
        ValueError: For `validation` where no images are held out.
    """
    first, last = epochs[0].training, epochs[-1].training
    match period:
        case "integral":
            return fsum(_mean(epoch.training, network) for epoch in epochs) / len(epochs)
        case "last_epoch":
            return _mean(last, network)
        case "last_batch":
            return _mean(last, network, slice(-1, None))
        case "last_ten_batches":
            return _mean(last, network, slice(-_TEN, None))
        case "first_ten_batches":
            return _mean(first, network, slice(_TEN))
        case "validation":
            validation = epochs[-1].validation
            if validation is None:
                raise ValueError("no images are held out")
            return float(validation.loss[network])


def _evaluation(
    epochs: Sequence[LearnedEpoch],
    network: int,
    fitness: float,
    accuracies: dict[str, float | None],
    trials: int,
) -> Evaluation:
    known = {name: accuracy for name, accuracy in accuracies.items() if accuracy is not None}
    return Evaluation(
        fitness=fitness,
        objectives={"mean": fitness, "max": fitness, **known},
        by_weight=(),
        trials=trials,
        standard_deviation=0.0,
        steps=sum(_images(epoch) for epoch in epochs),
        by_epoch=tuple(epoch_result(epoch, network) for epoch in epochs),
    )


def _divergence(epochs: Sequence[LearnedEpoch], network: int) -> Failed | None:
    """Return the failure of a network one of whose losses is not a finite number, else None."""
    for epoch in epochs:
        losses = {"training": _mean(epoch.training, network)}
        if epoch.validation is not None:
            losses["held-out"] = float(epoch.validation.loss[network])
        if epoch.test is not None:
            losses["test"] = float(epoch.test.loss[network])
        for images, loss in losses.items():
            if not isfinite(loss):
                line = f"the loss of the {images} images in epoch {epoch.number} is not a finite number"
                return Failed("not_finite", line)
    return None


def _mean(losses: EpochLosses, network: int, batches: slice = slice(None)) -> float:
    """Return the mean over the images of these batches, NaN where one of them is not finite."""
    sizes: NDArray[np.int64] = losses.sizes[batches]
    sums = losses.batches[network, batches] * sizes
    return fsum(sums.tolist()) / int(sizes.sum()) if np.isfinite(sums).all() else nan


def _accuracy(scores: Scores | None, network: int) -> float | None:
    return None if scores is None else int(scores.correct[network]) / scores.images


def _images(epoch: LearnedEpoch) -> int:
    """Return how many images went through a network in an epoch."""
    shown = sum(scores.images for scores in (epoch.validation, epoch.test) if scores is not None)
    return int(epoch.training.sizes.sum()) + shown
