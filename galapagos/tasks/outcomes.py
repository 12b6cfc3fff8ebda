"""From the returns of episodes to the outcome of a network."""

from __future__ import annotations

from contextlib import suppress
from math import fsum, isfinite, sqrt
from typing import TYPE_CHECKING

from galapagos.evaluation import Evaluation, Failed, WeightResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from galapagos.evaluation import Outcome


def outcome_of_returns(
    weights: Sequence[float], returns: Sequence[Sequence[float]], *, steps: int, seconds: float
) -> Outcome:
    """Return the evaluation of a network, or a failure where a return, or what it adds up to, is not finite.

    Sums are rounded once (`fsum`), so they do not depend on an order of additions.

    Args:
        weights: The shared weights.
        returns: The return of each trial with each weight, (weights, trials).
        steps: Environment steps taken in all.
        seconds: Processor time they took.
    """
    for weight, row in zip(weights, returns, strict=True):
        if not all(map(isfinite, row)):
            return Failed("not_finite", f"a return with weight {weight:g} is not a finite number")
    with suppress(OverflowError):  # by `fsum`, of numbers near the largest that there is
        evaluation = _evaluation(weights, returns, steps, seconds)
        if isfinite(evaluation.standard_deviation):
            return evaluation
    return Failed("not_finite", "the mean or the deviation of the returns is not a finite number")


def _evaluation(
    weights: Sequence[float], returns: Sequence[Sequence[float]], steps: int, seconds: float
) -> Evaluation:
    trials, results = len(returns[0]), list[WeightResult]()
    means, everything = list[float](), list[float]()
    for weight, row in zip(weights, returns, strict=True):
        mean = fsum(row) / trials
        means.append(mean)
        everything += row
        results.append(WeightResult(weight, mean, _deviation(row, mean), trials))
    fitness = fsum(means) / len(means)
    return Evaluation(
        fitness=fitness,
        objectives={"mean": fitness, "max": max(means)},
        by_weight=tuple(results),
        trials=trials,
        standard_deviation=_deviation(everything, fitness),
        steps=steps,
        seconds=seconds,
    )


def _deviation(values: Sequence[float], mean: float) -> float:
    return sqrt(fsum([(value - mean) * (value - mean) for value in values]) / len(values))
