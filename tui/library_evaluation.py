"""Evaluating a saved elite here: by the command line, in a process of its own that gives way to runs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from galapagos.errors import EngineFailed
from tui.aside import last_line, run_aside


@dataclass(frozen=True, slots=True)
class WeightScore:
    """What one shared weight came to; the weight is None where each trial drew its own.

    Args:
        accuracy: The share of images told rightly; None where there are none.
    """

    weight: float | None
    mean: float
    deviation: float
    trials: int
    accuracy: float | None = None


@dataclass(frozen=True, slots=True)
class Measurement:
    """What an evaluation of a saved elite came to.

    Args:
        num_trials: How many were asked for.
        fitness: The mean over weights and trials, or what learning came to.
        objectives: By name.
        weights: By shared weight; empty where weights are learned.
        seconds: What it took.
    """

    num_trials: int
    fitness: float
    objectives: dict[str, float]
    weights: tuple[WeightScore, ...]
    seconds: float

    @property
    def deviation(self) -> float | None:
        """The standard deviation over all trials of all weights; None where there are no weights."""
        trials = sum(one.trials for one in self.weights)
        if not trials:
            return None
        mean = sum(one.trials * one.mean for one in self.weights) / trials
        squares = sum(one.trials * (one.deviation**2 + one.mean**2) for one in self.weights) / trials
        return math.sqrt(max(0.0, squares - mean**2))


async def evaluate_entry(id: str, num_trials: int) -> Measurement:
    """Return what a saved elite comes to; the process is killed where this is cancelled.

    Raises:
        EngineFailed: With its last line, where it did not work.
    """
    question = ("galapagos", "evaluate", id, "--num_trials", str(num_trials), "--json")
    try:
        output = await run_aside(question)
    except EngineFailed as error:
        raise EngineFailed(f"not evaluated: {error}") from None
    return measurement_of(output, num_trials)


def measurement_of(output: bytes, num_trials: int) -> Measurement:
    """Return what `galapagos evaluate --json` printed.

    Raises:
        EngineFailed: Where that is no measurement.
    """
    import orjson

    try:
        data: dict[str, Any] = orjson.loads(output)
        return Measurement(
            num_trials,
            float(data["fitness"]),
            {str(name): float(value) for name, value in data["objectives"].items()},
            tuple(_weight(one) for one in data["weights"]),
            float(data["seconds"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise EngineFailed(f"not evaluated: {last_line(output) or 'it said nothing'}") from None


def _weight(data: dict[str, Any]) -> WeightScore:
    weight, accuracy = data["weight"], data.get("accuracy")
    return WeightScore(
        None if weight is None else float(weight),
        float(data["mean"]),
        float(data["std"]),
        int(data["trials"]),
        None if accuracy is None else float(accuracy),
    )
