"""Individuals and evaluations as JSON objects: in the command log, in checkpoints, in files of elites."""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Any

from galapagos.errors import InvalidGenome
from galapagos.evaluation import EpochResult, Evaluation, Failed, Outcome, WeightResult
from galapagos.evolution.individual import Individual
from galapagos.genomes.any_genome import genome_from_json

_OF_AN_EPOCH = tuple(field.name for field in fields(EpochResult) if field.name != "epoch")


def individual_to_json(individual: Individual) -> dict[str, Any]:
    """Return the JSON object of an individual, its genome included."""
    return {
        "id": individual.id,
        "genome": individual.genome.to_json(),
        "parents": list(individual.parents),
        "operator": individual.operator,
        "generation": individual.generation,
    }


def individual_from_json(data: dict[str, Any]) -> Individual:
    """Return the individual of a JSON object.

    Raises:
        InvalidGenome: Where it is none.
    """
    try:
        return Individual(
            id=str(data["id"]),
            genome=genome_from_json(data["genome"]),
            parents=tuple(str(parent) for parent in data["parents"]),
            operator=str(data["operator"]),
            generation=int(data["generation"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidGenome(f"an individual cannot be read: {error}") from None


def evaluation_to_json(evaluation: Evaluation) -> dict[str, Any]:
    """Return the JSON object of an evaluation, without its arrays; absent is what it does not have."""
    data = {
        "fitness": evaluation.fitness,
        "objectives": dict(evaluation.objectives),
        "by_weight": [_weight_to_json(result) for result in evaluation.by_weight],
        "trials": evaluation.trials,
        "standard_deviation": evaluation.standard_deviation,
        "steps": evaluation.steps,
    }
    if evaluation.by_epoch:
        data["by_epoch"] = [_epoch_to_json(result) for result in evaluation.by_epoch]
    return data


def evaluation_from_json(data: dict[str, Any]) -> Evaluation:
    """Return the evaluation of a JSON object; KeyError, TypeError or ValueError where it is none."""
    return Evaluation(
        fitness=float(data["fitness"]),
        objectives={str(name): float(value) for name, value in data["objectives"].items()},
        by_weight=tuple(_weight_from_json(result) for result in data["by_weight"]),
        trials=int(data["trials"]),
        standard_deviation=float(data["standard_deviation"]),
        steps=int(data["steps"]),
        by_epoch=tuple(_epoch_from_json(result) for result in data.get("by_epoch", ())),
    )


def outcome_to_json(outcome: Outcome) -> dict[str, Any]:
    """Return the JSON object of an evaluation or a failure."""
    if isinstance(outcome, Failed):
        return {"failed": outcome.kind, "message": outcome.message}
    return evaluation_to_json(outcome)


def outcome_from_json(data: dict[str, Any]) -> Outcome:
    """Return the outcome of a JSON object; KeyError, TypeError or ValueError where it is none."""
    if "failed" in data:
        return Failed(str(data["failed"]), str(data["message"]))
    return evaluation_from_json(data)


def _weight_to_json(result: WeightResult) -> dict[str, Any]:
    data: dict[str, Any] = {
        "weight": result.weight,
        "mean": result.mean,
        "std": result.std,
        "trials": result.trials,
    }
    if result.accuracy is not None:
        data["accuracy"] = result.accuracy
    return data


def _weight_from_json(data: dict[str, Any]) -> WeightResult:
    accuracy = float(data["accuracy"]) if "accuracy" in data else None
    return WeightResult(
        float(data["weight"]), float(data["mean"]), float(data["std"]), int(data["trials"]), accuracy
    )


def _epoch_to_json(result: EpochResult) -> dict[str, Any]:
    # Left out and not null, which would stand for a number that is not finite.
    values = ((name, getattr(result, name)) for name in _OF_AN_EPOCH)
    return {"epoch": result.epoch} | {name: value for name, value in values if value is not None}


def _epoch_from_json(data: dict[str, Any]) -> EpochResult:
    present = {name: data[name] for name in _OF_AN_EPOCH if name in data}
    numbers = {name: math.nan if value is None else float(value) for name, value in present.items()}
    return EpochResult(epoch=int(data["epoch"]), **numbers)
