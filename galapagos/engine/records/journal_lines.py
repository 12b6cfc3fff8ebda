"""The lines of the journal: what others read about a generation and about a champion's test."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from galapagos.evaluation import Evaluation
from galapagos.evolution.statistics import coverage, qd_score

if TYPE_CHECKING:
    from galapagos.engine.evolution import Evolution
    from galapagos.engine.pool.pool import WorkerPool
    from galapagos.evolution.archive import Elite

CLOCK_FIELDS = ("time", "seconds", "evaluation_seconds", "engine_seconds")
"""What two identical runs may differ in."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The readings at the start of a generation, in seconds.

    Args:
        started: Monotonic time.
        starved: What the workers had waited for the engine by then.
        busy: What the workers had evaluated by then, summed over them.
    """

    started: float
    starved: float
    busy: float

    @classmethod
    def read(cls, pool: WorkerPool) -> Clock:
        """Return the readings of now."""
        return cls(time.monotonic(), pool.starved_seconds, pool.busy_seconds)


def generation_line(evolution: Evolution, evaluations: int, start: Clock, end: Clock) -> dict[str, Any]:
    """Return the line of the generation that was just archived.

    Args:
        evolution: The state after it.
        evaluations: Networks evaluated since the last line, confirmations and tests included.
        start: The readings at its start.
        end: The readings now.
    """
    succeeded = [outcome for outcome in evolution.outcomes if isinstance(outcome, Evaluation)]
    lower_quartile, upper_quartile = _quartiles([one.fitness for one in succeeded])
    best_fitness, best_complexity = max(
        evolution.fitness_and_complexity, key=lambda pair: (pair[0], -pair[1]), default=(None, None)
    )
    champion = evolution.archive.champion
    elites = evolution.archive.elites
    return {
        "type": "generation",
        "generation": evolution.generation,
        "best_fitness": best_fitness,
        "mean_fitness": sum(one.fitness for one in succeeded) / len(succeeded) if succeeded else None,
        "lower_quartile": lower_quartile,
        "upper_quartile": upper_quartile,
        "max_objective": max((one.objectives["max"] for one in succeeded), default=None),
        "best_complexity": best_complexity,
        "champion_fitness": None if champion is None else champion.evaluation.fitness,
        "champion_id": None if champion is None else champion.individual.id,
        **_champion_measures(champion),
        "coverage": coverage(elites, evolution.grid),
        "qd_score": qd_score(elites, evolution.task.fitness_range, evolution.grid),
        "evaluations": evaluations,
        "evaluation_seconds": end.busy - start.busy,
        "engine_seconds": end.starved - start.starved,
        "seconds": end.started - start.started,
        "time": time.time(),
    }


def champion_test_line(champion: Elite, evaluation: Evaluation, generation: int) -> dict[str, Any]:
    """Return the line of a champion's test after a generation."""
    return {
        "type": "test",
        "generation": generation,
        "id": champion.individual.id,
        "fitness": evaluation.fitness,
        "max": evaluation.objectives["max"],
        "standard_deviation": evaluation.standard_deviation,
        "trials": evaluation.trials,
        "weight_values": [result.weight for result in evaluation.by_weight],
        "means": [result.mean for result in evaluation.by_weight],
    } | _accuracies(evaluation)


def _quartiles(fitnesses: list[float]) -> tuple[float | None, float | None]:
    """Return the lower and upper quartile, interpolated between fitnesses (Hyndman & Fan 1996, type 7)."""
    if not fitnesses:
        return None, None
    lower, upper = np.quantile(fitnesses, (0.25, 0.75)).tolist()
    return lower, upper


def _champion_measures(champion: Elite | None) -> dict[str, float]:
    """Return what else is known of the champion: accuracies, and losses of its last epoch."""
    if champion is None:
        return {}
    measures = _accuracies(champion.evaluation)
    for epoch in champion.evaluation.by_epoch[-1:]:
        measures["loss"] = epoch.loss
        if epoch.validation_loss is not None:
            measures["validation_loss"] = epoch.validation_loss
    return {f"champion_{name}": value for name, value in measures.items()}


def _accuracies(evaluation: Evaluation) -> dict[str, float]:
    return {name: value for name, value in evaluation.objectives.items() if name.endswith("accuracy")}
