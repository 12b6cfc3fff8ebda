"""Individuals and evaluations as JSON objects: in the command log, in checkpoints, in files of elites."""

from __future__ import annotations

import math
import re
from dataclasses import fields
from typing import Any

from galapagos.errors import InvalidGenome
from galapagos.evaluation import EpochResult, Evaluation, Failed, Outcome, WeightResult
from galapagos.evolution.individual import Individual
from galapagos.genomes.any_genome import genome_from_json
from galapagos.plain_text import plain
from galapagos.strict_json import members, real, shown, text, values, whole

_ID = re.compile(r"[0-9a-f]{16}")
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


def individual_from_json(data: object) -> Individual:
    """Return the individual of a JSON object.

    Raises:
        InvalidGenome: One line, where it is none.
    """
    try:
        found = members(data, "an individual")
        return Individual(
            id=id_from_json(found.get("id")),
            genome=genome_from_json(found.get("genome")),
            parents=tuple(id_from_json(parent) for parent in values(found.get("parents"), "parents")),
            operator=text(found.get("operator"), "operator"),
            generation=whole(found.get("generation"), "generation"),
        )
    except ValueError as error:
        raise InvalidGenome(f"an individual cannot be read: {error}") from None


def id_from_json(value: object) -> str:
    """Return the id of an individual; ValueError where it is none."""
    if not isinstance(value, str) or _ID.fullmatch(value) is None:
        raise ValueError(f"an id is {shown(value)}; it must be 16 hexadecimal digits")
    return value


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


def evaluation_from_json(data: object) -> Evaluation:
    """Return the evaluation of a JSON object, every number of it as it stands there.

    Raises:
        ValueError: One line, where it is none.
    """
    found = members(data, "an evaluation")
    return Evaluation(
        fitness=real(found.get("fitness"), "fitness"),
        objectives={
            name: real(value, plain(name, 60))
            for name, value in members(found.get("objectives"), "objectives").items()
        },
        by_weight=tuple(_weight_from_json(result) for result in values(found.get("by_weight"), "by_weight")),
        trials=whole(found.get("trials"), "trials"),
        standard_deviation=real(found.get("standard_deviation"), "standard_deviation"),
        steps=whole(found.get("steps"), "steps"),
        by_epoch=tuple(_epoch_from_json(result) for result in values(found.get("by_epoch", []), "by_epoch")),
    )


def outcome_to_json(outcome: Outcome) -> dict[str, Any]:
    """Return the JSON object of an evaluation or a failure."""
    if isinstance(outcome, Failed):
        return {"failed": outcome.kind, "message": outcome.message}
    return evaluation_to_json(outcome)


def outcome_from_json(data: object) -> Outcome:
    """Return the outcome of a JSON object; ValueError, one line, where it is none."""
    found = members(data, "an outcome")
    if "failed" in found:
        return Failed(text(found["failed"], "failed"), text(found.get("message"), "message"))
    return evaluation_from_json(found)


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


def _weight_from_json(data: object) -> WeightResult:
    found = members(data, "a result by weight")
    return WeightResult(
        weight=real(found.get("weight"), "weight"),
        mean=real(found.get("mean"), "mean"),
        std=real(found.get("std"), "std"),
        trials=whole(found.get("trials"), "trials"),
        accuracy=real(found["accuracy"], "accuracy") if "accuracy" in found else None,
    )


def _epoch_to_json(result: EpochResult) -> dict[str, Any]:
    # Left out and not null, which would stand for a number that is not finite.
    values = ((name, getattr(result, name)) for name in _OF_AN_EPOCH)
    return {"epoch": result.epoch} | {name: value for name, value in values if value is not None}


def _epoch_from_json(data: object) -> EpochResult:
    found = members(data, "a result by epoch")
    present = {name: found[name] for name in _OF_AN_EPOCH if name in found}
    numbers = {name: math.nan if value is None else real(value, name) for name, value in present.items()}
    if not {"loss", "accuracy"} <= numbers.keys():
        raise ValueError("a result by epoch has no loss or no accuracy")
    return EpochResult(epoch=whole(found.get("epoch"), "epoch"), **numbers)
