"""The published measures of one network: how good it is at given, random, shared and tuned weights.

Source: Gaier & Ha 2019, "Weight Agnostic Neural Networks" (arXiv 1906.04358), Table 1 and section 4.
*Random weights*: every connection has its own weight, uniform in (-2, 2). *Random shared weight*: one weight
for all connections, uniform in (-2, 2). *Tuned shared weight*: the best of a fine grid of shared weights; the
grid is searched on some starts and the result reported on others, so that luck is not reported as skill.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from galapagos.errors import InvalidGenome
from galapagos.evaluation import Evaluation, EvaluationData, EvaluationPlan, Failed
from galapagos.randomness import Purpose, generator, trial_seeds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from galapagos.evaluation import Task
    from galapagos.genomes.genome import Genome
    from galapagos.genomes.graph import GraphGenome

LOW, HIGH = -2.0, 2.0
"""The range of weights in all published measures."""

TUNING_WEIGHTS = 401
"""Shared weights that are tried: steps of 0.01 from -2 to 2."""

TUNING_TRIALS = 40
"""Starts on which they are compared."""

ACCURACY = "accuracy"
_WEIGHTS_A_CALL = 20


@dataclass(frozen=True, slots=True)
class WeightMeasure:
    """What came of one shared weight; `weight` is None where every trial had weights of its own.

    `accuracy` is the share of test images that it classifies rightly; None where there are no images.
    """

    weight: float | None
    mean: float
    std: float
    trials: int
    accuracy: float | None = None


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a network scored.

    Args:
        fitness: The mean over weights and trials.
        objectives: `mean`, and `max`: the mean at the best weight; of images accuracies, too.
        weights: A result a weight.
        steps: Environment steps taken, or images classified, those of tuning included.
        seconds: Processor time it took.
    """

    fitness: float
    objectives: dict[str, float]
    weights: tuple[WeightMeasure, ...]
    steps: int
    seconds: float


def given_weights(
    task: Task, genome: Genome, *, weights: Sequence[float], num_trials: int, seed: int
) -> Measurement:
    """Score a network at each of some shared weights, on the same starts or test images for all of them.

    A network that learns does so first, and is scored with the weights that it came to.

    Args:
        task: What it is scored on.
        genome: The network.
        weights: At least one shared weight.
        num_trials: Starts a weight, at least 1.
        seed: Of the starts.

    Raises:
        InvalidGenome: Where the network could not be evaluated.
    """
    seeds = trial_seeds(seed, 0, Purpose.TEST, num_trials)
    evaluation = _evaluate(task, genome, EvaluationPlan(seeds, tuple(weights), EvaluationData.TEST))
    return Measurement(
        fitness=evaluation.fitness,
        objectives=dict(evaluation.objectives),
        weights=tuple(
            WeightMeasure(result.weight, result.mean, result.std, result.trials, result.accuracy)
            for result in evaluation.by_weight
        ),
        steps=evaluation.steps,
        seconds=evaluation.seconds,
    )


def random_weights(task: Task, genome: GraphGenome, *, num_trials: int, seed: int) -> Measurement:
    """Score a network whose every connection has a weight of its own, uniform in (-2, 2).

    Each of `num_trials` draws plays one episode, from a start of its own. A network that carries weights
    loses them here: only its topology is measured.

    Raises:
        InvalidGenome: Where the network could not be evaluated.
    """
    rng = generator(seed, 0, Purpose.MEASURE, 1)
    evaluations = []
    for start in trial_seeds(seed, 0, Purpose.TEST, num_trials):
        drawn = dataclasses.replace(genome, weights=rng.uniform(LOW, HIGH, genome.num_connections))
        evaluations.append(_evaluate(task, drawn, EvaluationPlan((start,), (1.0,), EvaluationData.TEST)))
    return _over_draws(evaluations)


def random_shared_weight(task: Task, genome: GraphGenome, *, num_trials: int, seed: int) -> Measurement:
    """Score a network with one shared weight, uniform in (-2, 2), drawn anew for each episode.

    Raises:
        InvalidGenome: Where the network could not be evaluated.
    """
    rng = generator(seed, 0, Purpose.MEASURE, 2)
    return _over_draws(
        [
            _evaluate(
                task,
                genome,
                EvaluationPlan((start,), (float(rng.uniform(LOW, HIGH)),), EvaluationData.TEST),
            )
            for start in trial_seeds(seed, 0, Purpose.TEST, num_trials)
        ]
    )


def tuned_shared_weight(task: Task, genome: GraphGenome, *, num_trials: int, seed: int) -> Measurement:
    """Score a network at the best shared weight of a grid from -2 to 2, on other starts than it was found on.

    Args:
        task: What it is scored on.
        genome: The network.
        num_trials: Starts on which the best weight is scored.
        seed: Of all starts.

    Raises:
        InvalidGenome: Where the network could not be evaluated.
    """
    grid = np.linspace(LOW, HIGH, TUNING_WEIGHTS).round(12).tolist()
    starts = trial_seeds(seed, 0, Purpose.MEASURE, TUNING_TRIALS)
    searched = [
        _evaluate(
            task,
            genome,
            EvaluationPlan(starts, tuple(grid[first : first + _WEIGHTS_A_CALL]), EvaluationData.ARCHIVE),
        )
        for first in range(0, TUNING_WEIGHTS, _WEIGHTS_A_CALL)
    ]
    best = max(
        (result for evaluation in searched for result in evaluation.by_weight), key=lambda one: one.mean
    )
    found = given_weights(task, genome, weights=(best.weight,), num_trials=num_trials, seed=seed)
    return dataclasses.replace(
        found,
        steps=found.steps + sum(evaluation.steps for evaluation in searched),
        seconds=found.seconds + sum(evaluation.seconds for evaluation in searched),
    )


def _evaluate(task: Task, genome: Genome, plan: EvaluationPlan) -> Evaluation:
    problem = task.misfit(genome)
    if problem is not None:
        raise InvalidGenome(problem)
    outcome = task.evaluate([genome], plan)[0]
    if isinstance(outcome, Failed):
        raise InvalidGenome(f"the network could not be evaluated ({outcome.kind}): {outcome.message}")
    return outcome


def _over_draws(evaluations: Sequence[Evaluation]) -> Measurement:
    """Return the measurement of draws that played one episode, or saw the test images, each."""
    returns = [evaluation.fitness for evaluation in evaluations]
    mean = math.fsum(returns) / len(returns)
    told = [one.objectives[ACCURACY] for one in evaluations if ACCURACY in one.objectives]
    accuracy = math.fsum(told) / len(told) if told else None
    return Measurement(
        fitness=mean,
        objectives={"mean": mean, "max": mean} | ({} if accuracy is None else {ACCURACY: accuracy}),
        weights=(WeightMeasure(None, mean, float(np.std(returns)), len(returns), accuracy),),
        steps=sum(evaluation.steps for evaluation in evaluations),
        seconds=sum(evaluation.seconds for evaluation in evaluations),
    )
