"""What a fitness is in each kind of experiment, and how it is written in plain lines."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Any


class FitnessKind(StrEnum):
    """What a fitness is; a loss is negated, so that higher is better, and shown as a loss."""

    REWARD = "reward"
    LOSS = "loss"
    ACCURACY = "accuracy"


def fitness_kind(experiment: str) -> FitnessKind:
    """Return what fitness is in a kind of experiment."""
    if experiment == "wann-gym":
        return FitnessKind.REWARD
    return FitnessKind.ACCURACY if experiment == "layers" else FitnessKind.LOSS


def kind_of_test(kind: FitnessKind) -> FitnessKind:
    """Return what the test of a champion is told in: on images an accuracy, whatever the fitness is."""
    return kind if kind is FitnessKind.REWARD else FitnessKind.ACCURACY


def fitness_text(value: float | None, kind: FitnessKind) -> str:
    """Return a fitness as it is shown: `731.2` (reward), `0.214` (loss) or `93.1 %`; `-` for none."""
    if value is None or not math.isfinite(value):
        return "-"
    if kind is FitnessKind.ACCURACY:
        return f"{100 * value:.1f} %"
    # From zero, so that a loss of nothing is no minus zero.
    return f"{0.0 - value:.3f}" if kind is FitnessKind.LOSS else f"{value:.1f}"


def text_of_test(test: dict[str, Any]) -> str:
    """Return what came of a champion's test, from its line of the journal."""
    accuracies = [name for name in ("ensemble_accuracy", "accuracy") if name in test]
    if not accuracies:
        return f"{test['fitness']:.1f} over {test['trials']} starts a weight"
    parts = (f"{name.replace('_', ' ')} {100 * test[name]:.2f} %" for name in accuracies)
    return f"{', '.join(parts)} of {test['trials']} test images"
