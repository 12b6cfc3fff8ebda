"""The state of a checkpoint as JSON beside a list of genomes, exact to the last bit of every number."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import orjson

from galapagos.engine.individual_json import (
    evaluation_from_json,
    evaluation_to_json,
    outcome_from_json,
    outcome_to_json,
)
from galapagos.evolution.individual import Individual

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from galapagos.engine.checkpoint import Checkpoint
    from galapagos.genomes.genome import Genome

_FLOAT = "$float"
"""The key under which a number that JSON does not have (inf, nan) stands as text."""


class _Individuals:
    """A table of individuals, each once, so that an elite and a member of the population stay the same."""

    def __init__(self) -> None:
        self.rows: list[Individual] = []
        self._places: dict[int, int] = {}

    def place(self, individual: Individual) -> int:
        # By identity: values that differ in anything get a row of their own, whatever their ids say.
        place = self._places.setdefault(id(individual), len(self.rows))
        if place == len(self.rows):
            self.rows.append(individual)
        return place


def state_to_json(checkpoint: Checkpoint) -> tuple[bytes, list[Genome]]:
    """Return the JSON text of a checkpoint and the genomes it speaks of by their number."""
    table = _Individuals()
    state = {
        "generation": checkpoint.generation,
        "parameters": _exact(checkpoint.parameters),
        "population": [table.place(individual) for individual in checkpoint.population],
        "outcomes": _exact_text([outcome_to_json(outcome) for outcome in checkpoint.outcomes]),
        "elites": _exact_text(
            [
                {
                    "individual": table.place(elite.individual),
                    "evaluation": evaluation_to_json(elite.evaluation),
                    "complexity": elite.complexity,
                }
                for elite in checkpoint.elites
            ]
        ),
        "confirmed": list(checkpoint.confirmed),
        "pinned": [table.place(individual) for individual in checkpoint.pinned],
        "breeds": [[table.place(individual), count] for individual, count in checkpoint.breeds],
        "journal_length": checkpoint.journal_length,
        "evaluations": checkpoint.evaluations,
        "elapsed": checkpoint.elapsed,
        "champion_test": _exact(checkpoint.champion_test),
        "individuals": [
            [individual.id, list(individual.parents), individual.operator, individual.generation]
            for individual in table.rows
        ],
    }
    return orjson.dumps(state), [individual.genome for individual in table.rows]


def state_from_json(text: bytes, genomes: Sequence[Genome]) -> dict[str, Any]:
    """Return the fields of the checkpoint that `state_to_json` wrote.

    Raises:
        KeyError, TypeError, ValueError: Where a part is missing or wrong.
    """
    from galapagos.evolution.archive import Elite

    state = orjson.loads(text)
    individuals = [
        Individual(str(id), genome, tuple(map(str, parents)), str(operator), int(generation))
        for (id, parents, operator, generation), genome in zip(state["individuals"], genomes, strict=True)
    ]

    def named(places: Iterable[int]) -> tuple[Individual, ...]:
        return tuple(individuals[place] for place in places)

    return {
        "generation": int(state["generation"]),
        "parameters": _restored(state["parameters"]),
        "population": named(state["population"]),
        "outcomes": tuple(outcome_from_json(_restored(outcome)) for outcome in state["outcomes"]),
        "elites": tuple(
            Elite(
                individuals[elite["individual"]],
                evaluation_from_json(_restored(elite["evaluation"])),
                int(elite["complexity"]),
            )
            for elite in state["elites"]
        ),
        "confirmed": tuple(map(str, state["confirmed"])),
        "pinned": named(state["pinned"]),
        "breeds": tuple((individuals[place], int(count)) for place, count in state["breeds"]),
        "journal_length": int(state["journal_length"]),
        "evaluations": int(state["evaluations"]),
        "elapsed": float(state["elapsed"]),
        "champion_test": _restored(state["champion_test"]),
    }


def _exact_text(data: list[dict[str, Any]]) -> orjson.Fragment:
    """Return the JSON of long lists, looking at every number only where one may not be finite."""
    text = orjson.dumps(data)
    return orjson.Fragment(orjson.dumps(_exact(data)) if b"null" in text else text)


def _exact(data: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(data, float) and not math.isfinite(data):
        return {_FLOAT: str(data)}
    if isinstance(data, dict):
        return {name: _exact(value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [_exact(value) for value in data]
    return data


def _restored(data: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(data, dict):
        if set(data) == {_FLOAT}:
            return float(data[_FLOAT])
        return {name: _restored(value) for name, value in data.items()}
    if isinstance(data, list):
        return [_restored(value) for value in data]
    return data
