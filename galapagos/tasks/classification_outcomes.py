"""From what networks make of images to outcomes: losses, accuracies, the vote of several shared weights."""

from __future__ import annotations

from contextlib import suppress
from math import fsum, isfinite, sqrt
from typing import TYPE_CHECKING

import numpy as np

from galapagos.evaluation import Evaluation, Failed, WeightResult
from galapagos.networks.outputs import network_outputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from galapagos.evaluation import Outcome
    from galapagos.genomes.graph import GraphGenome

_IMAGES_AT_ONCE = 500


def outcome_of_sums(
    weights: Sequence[float], sums: NDArray[np.float64], *, images: int, seconds: float
) -> Outcome:
    """Return the evaluation of a network, or a failure where an output, or a sum of losses, is not finite.

    Objectives: `mean` and `max` over weights of the reward, minus the cross-entropy; `accuracy`, the mean
    over weights, and `max_accuracy`, that of the weight with the least loss.

    Args:
        weights: The shared weights.
        sums: (weights, 3): the sums over images of loss, squared loss and right classifications.
        images: How many images there were.
        seconds: Processor time it took.
    """
    with suppress(OverflowError):  # by `fsum`, of numbers near the largest that there is
        return _outcome(weights, sums, images, seconds)
    return Failed("not_finite", "a sum over the losses is not a finite number")


def _outcome(weights: Sequence[float], sums: NDArray[np.float64], images: int, seconds: float) -> Outcome:
    results = []
    for weight, (loss, square, right) in zip(weights, sums.tolist(), strict=True):
        if not (isfinite(loss) and isfinite(square)):
            return Failed("not_finite", f"an output with weight {weight:g} is not a finite number")
        mean = loss / images
        # Rounding can leave a little less than nothing.
        std = sqrt(max(square / images - mean * mean, 0.0))
        results.append(WeightResult(weight, 0.0 - mean, std, images, right / images))
    best = max(results, key=lambda result: result.mean)
    fitness = fsum(result.mean for result in results) / len(results)
    accuracies = [result.accuracy or 0.0 for result in results]
    mean_square = fsum(sums[:, 1].tolist()) / (images * len(results))
    return Evaluation(
        fitness=fitness,
        objectives={
            "mean": fitness,
            "max": best.mean,
            "accuracy": fsum(accuracies) / len(accuracies),
            "max_accuracy": best.accuracy or 0.0,
        },
        by_weight=tuple(results),
        trials=images,
        standard_deviation=sqrt(max(mean_square - fitness * fitness, 0.0)),
        steps=images * len(results),
        seconds=seconds,
    )


def ensemble_accuracy(
    genome: GraphGenome, weights: Sequence[float], images: NDArray[np.float32], labels: NDArray[np.int64]
) -> float:
    """Return the share of images whose label most shared weights vote for (Gaier & Ha 2019, section 4).

    Each weight has one vote, for its largest output; of classes with equally many votes the one with the
    largest log-probability, summed over the weights, is taken. A weight with which an image has no largest
    output that is a finite number has no vote on it.

    Args:
        genome: The network.
        weights: The shared weights that vote.
        images: (n, features).
        labels: (n,), the class of each.
    """
    right = 0
    for first in range(0, len(labels), _IMAGES_AT_ONCE):
        some = slice(first, first + _IMAGES_AT_ONCE)
        logits = network_outputs(genome, images[some], weights)
        votes = np.zeros_like(logits[0])
        beliefs = np.zeros_like(logits[0])
        for outputs in logits:
            has_vote = np.isfinite(outputs.max(axis=1))
            values = np.where(has_vote[:, np.newaxis], outputs, 0.0)
            votes[np.arange(len(values)), values.argmax(axis=1)] += has_vote
            centred = values - values.max(axis=1, keepdims=True)
            beliefs += centred - np.log(np.exp(centred).sum(axis=1, keepdims=True))
        most = votes == votes.max(axis=1, keepdims=True)
        chosen = np.where(most, beliefs, -np.inf).argmax(axis=1)
        right += int((chosen == labels[some]).sum())
    return right / len(labels)
