"""What a fitness is in each kind of experiment, and how it is written in plain lines."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Any

_TEST_ACCURACIES = ("ensemble_accuracy", "test_accuracy")


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


def score_of_test(test: dict[str, Any]) -> float:
    """Return the one number of a champion's test: its mean return, or its accuracy on the test images."""
    return float(next((test[name] for name in _TEST_ACCURACIES if name in test), test["fitness"]))


def text_of_test(test: dict[str, Any]) -> str:
    """Return what came of a champion's test, from its line of the journal."""
    score = score_of_test(test)
    if not any(name in test for name in _TEST_ACCURACIES):
        return f"{score:.1f} over {test['trials']} starts a weight"
    voted = " by the vote of all weights" if "ensemble_accuracy" in test else ""
    return f"{100 * score:.2f} % of {test['trials']} test images{voted}"
