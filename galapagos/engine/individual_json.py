"""Individuals and evaluations as JSON objects: in the command log, in checkpoints, in files of elites."""

from __future__ import annotations

from typing import Any

from galapagos.errors import InvalidGenome
from galapagos.evaluation import Evaluation, Failed, Outcome, WeightResult
from galapagos.evolution.individual import Individual
from galapagos.genomes.graph import GraphGenome


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
            genome=GraphGenome.from_json(data["genome"]),
            parents=tuple(str(parent) for parent in data["parents"]),
            operator=str(data["operator"]),
            generation=int(data["generation"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidGenome(f"an individual cannot be read: {error}") from None


def evaluation_to_json(evaluation: Evaluation) -> dict[str, Any]:
    """Return the JSON object of an evaluation."""
    return {
        "fitness": evaluation.fitness,
        "objectives": dict(evaluation.objectives),
        "by_weight": [
            {"weight": result.weight, "mean": result.mean, "std": result.std, "trials": result.trials}
            for result in evaluation.by_weight
        ],
        "trials": evaluation.trials,
        "standard_deviation": evaluation.standard_deviation,
        "steps": evaluation.steps,
    }


def evaluation_from_json(data: dict[str, Any]) -> Evaluation:
    """Return the evaluation of a JSON object; KeyError, TypeError or ValueError where it is none."""
    return Evaluation(
        fitness=float(data["fitness"]),
        objectives={str(name): float(value) for name, value in data["objectives"].items()},
        by_weight=tuple(
            WeightResult(
                float(result["weight"]), float(result["mean"]), float(result["std"]), int(result["trials"])
            )
            for result in data["by_weight"]
        ),
        trials=int(data["trials"]),
        standard_deviation=float(data["standard_deviation"]),
        steps=int(data["steps"]),
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
