"""Journals of scripted runs: what an engine writes of each generation, by the kind of experiment."""

from __future__ import annotations

from typing import Any


def journal_of(experiment: str, generations: int = 30) -> list[dict[str, Any]]:
    """Return the lines of a run that gets better, with a change of a parameter in its middle."""
    lines: list[dict[str, Any]] = []
    for number in range(generations):
        if number == generations // 2:
            changes = {"lr": [0.01, 0.005]} if experiment == "learning" else {"complexity_levels": [2, 4]}
            lines.append({"type": "parameters", "generation": number, "changes": changes})
        lines.append({"type": "generation", "generation": number} | _OF_EXPERIMENTS[experiment](number))
        if experiment == "wann-classification" and number % 5 == 4:
            shares = {"accuracy": 0.5 + 0.01 * number, "ensemble_accuracy": 0.6 + 0.01 * number}
            lines.append({"type": "test", "generation": number, "id": "0" * 16, "trials": 450, **shares})
    return lines


def _of_gym(number: int) -> dict[str, Any]:
    return _fitnesses(10.0 * number, spread=100.0)


def _of_classification(number: int) -> dict[str, Any]:
    share = 0.6 - 0.5 / (1 + number)
    return _fitnesses(-1.4 - 1 / (1 + number), spread=0.4) | {
        "champion_accuracy": share,
        "champion_max_accuracy": share + 0.1,
    }


def _of_wlnn(number: int) -> dict[str, Any]:
    return _fitnesses(-0.2 - 1 / (1 + number), spread=0.3) | _learned(number)


def _of_learning(number: int) -> dict[str, Any]:
    return _fitnesses(-2.1 / (2 + number), spread=0.0) | _learned(number)


def _of_layers(number: int) -> dict[str, Any]:
    return _fitnesses(0.87 - 0.3 / (1 + number), spread=0.2) | _learned(number)


_OF_EXPERIMENTS = {
    "wann-gym": _of_gym,
    "wann-classification": _of_classification,
    "wlnn": _of_wlnn,
    "learning": _of_learning,
    "layers": _of_layers,
}


def _fitnesses(best: float, spread: float) -> dict[str, Any]:
    return {
        "best_fitness": best,
        "mean_fitness": best - spread,
        "champion_fitness": best,
        "max_objective": best + spread / 2,
    }


def _learned(number: int) -> dict[str, Any]:
    return {
        "champion_accuracy": 0.97 - 0.4 / (1 + number),
        "champion_validation_accuracy": 0.95 - 0.4 / (1 + number),
        "champion_test_accuracy": 0.94 - 0.4 / (1 + number),
        "champion_loss": 2.0 / (2 + number),
        "champion_validation_loss": 2.1 / (2 + number),
    }
