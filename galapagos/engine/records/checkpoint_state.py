"""The state of a checkpoint: JSON beside genomes and arrays, exact to the last bit of every number."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import orjson

from galapagos.engine.records.individual_json import (
    evaluation_from_json,
    evaluation_to_json,
    id_from_json,
    outcome_from_json,
    outcome_to_json,
)
from galapagos.evaluation import Evaluation, Failed
from galapagos.evolution.individual import Individual
from galapagos.strict_json import finite, members, pair, parse_json, shown, text, values, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from galapagos.engine.records.checkpoint import Checkpoint
    from galapagos.evaluation import Outcome
    from galapagos.genomes.genome import Genome

    Array = NDArray[np.float32]

_Item = TypeVar("_Item")
_Outcome = TypeVar("_Outcome", bound=Evaluation | Failed)

_ARRAYS = ("trained", "optimizer_state")
"""The fields of an evaluation that are arrays; JSON holds their number."""

_FLOAT = "$float"
"""The key under which a number that JSON does not have (inf, nan) stands as text."""

_NOT_FINITE = ("inf", "-inf", "nan")
_PARTS_OF_AN_INDIVIDUAL = 4


class _Table(Generic[_Item]):
    """A table of things, each once, so that an elite and a member of the population stay the same."""

    def __init__(self) -> None:
        self.rows: list[_Item] = []
        self._places: dict[int, int] = {}

    def place(self, item: _Item) -> int:
        # By identity: values that differ in anything get a row of their own, whatever their ids say.
        place = self._places.setdefault(id(item), len(self.rows))
        if place == len(self.rows):
            self.rows.append(item)
        return place


def state_to_json(checkpoint: Checkpoint) -> tuple[bytes, list[Genome], list[Array]]:
    """Return the JSON text of a checkpoint, and the genomes and arrays it speaks of by their number."""
    table: _Table[Individual] = _Table()
    arrays: _Table[Array] = _Table()
    state = {
        "generation": checkpoint.generation,
        "parameters": _exact(checkpoint.parameters),
        "population": [table.place(individual) for individual in checkpoint.population],
        "outcomes": _exact_text(
            [outcome_to_json(outcome) | _placed(outcome, arrays) for outcome in checkpoint.outcomes]
        ),
        "elites": _exact_text(
            [
                {
                    "individual": table.place(elite.individual),
                    "evaluation": evaluation_to_json(elite.evaluation) | _placed(elite.evaluation, arrays),
                    "complexity": elite.complexity,
                }
                for elite in checkpoint.elites
            ]
        ),
        "confirmed": list(checkpoint.confirmed),
        "dropped": list(checkpoint.dropped),
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
    return orjson.dumps(state), [individual.genome for individual in table.rows], arrays.rows


def state_from_json(
    content: bytes, genomes: Sequence[Genome], arrays: Sequence[Array | None]
) -> dict[str, Any]:
    """Return the fields of the checkpoint that `state_to_json` wrote, each as it stands there.

    Raises:
        ValueError: One line, where a part is missing or wrong.
    """
    from galapagos.evolution.archive import Elite

    # As many values as there are bytes: a checkpoint is as large as its population.
    state = members(parse_json(content, most_values=len(content)), "the state")
    rows = values(state.get("individuals"), "individuals")
    if len(rows) != len(genomes):
        raise ValueError(f"it has {len(rows)} individuals and {len(genomes)} genomes")
    individuals = [_individual(row, genome) for row, genome in zip(rows, genomes, strict=True)]

    def listed(name: str) -> list[Any]:
        return values(state.get(name), name)

    def at(place: object) -> Individual:
        return individuals[whole(place, "an individual", high=len(individuals) - 1)]

    def elite(data: object) -> Elite:
        found = members(data, "an elite")
        evaluation = members(found.get("evaluation"), "the evaluation of an elite")
        return Elite(
            at(found.get("individual")),
            _scored(_with_arrays(evaluation_from_json(_restored(evaluation)), evaluation, arrays)),
            whole(found.get("complexity"), "the complexity of an elite"),
        )

    def outcome(data: object) -> Outcome:
        return _scored(_with_arrays(outcome_from_json(_restored(data)), members(data, "an outcome"), arrays))

    if "champion_test" not in state:
        raise ValueError("champion_test is missing; null would be right where there is none")
    test = _restored(state["champion_test"])
    population, outcomes = tuple(map(at, listed("population"))), tuple(map(outcome, listed("outcomes")))
    if len(population) != len(outcomes):
        raise ValueError("it has another number of outcomes than its population has individuals")
    return {
        "generation": whole(state.get("generation"), "generation"),
        "parameters": members(_restored(state.get("parameters")), "parameters"),
        "population": population,
        "outcomes": outcomes,
        "elites": tuple(map(elite, listed("elites"))),
        "confirmed": tuple(map(id_from_json, listed("confirmed"))),
        "dropped": tuple(map(id_from_json, values(state.get("dropped", []), "dropped"))),
        "pinned": tuple(map(at, listed("pinned"))),
        "breeds": tuple(
            (at(place), whole(count, "a number of children"))
            for place, count in (pair(item, "breeds") for item in listed("breeds"))
        ),
        "journal_length": whole(state.get("journal_length"), "journal_length"),
        "evaluations": whole(state.get("evaluations"), "evaluations"),
        "elapsed": finite(state.get("elapsed"), "elapsed"),
        "champion_test": None if test is None else members(test, "champion_test"),
    }


def _individual(row: object, genome: Genome) -> Individual:
    parts = values(row, "an individual")
    if len(parts) != _PARTS_OF_AN_INDIVIDUAL:
        raise ValueError(f"an individual has {len(parts)} parts, not {_PARTS_OF_AN_INDIVIDUAL}")
    id, parents, operator, generation = parts
    return Individual(
        id_from_json(id),
        genome,
        tuple(map(id_from_json, values(parents, "parents"))),
        text(operator, "operator"),
        whole(generation, "the generation of an individual"),
    )


def _placed(outcome: Outcome, arrays: _Table[Array]) -> dict[str, int]:
    """Return the numbers of an outcome's arrays, by field."""
    found = {name: getattr(outcome, name, None) for name in _ARRAYS}
    return {name: arrays.place(array) for name, array in found.items() if array is not None}


def _with_arrays(outcome: _Outcome, data: dict[str, Any], arrays: Sequence[Array | None]) -> _Outcome:
    """Return the outcome with the arrays whose numbers its JSON object holds."""
    found: dict[str, Any] = {
        name: arrays[whole(data[name], name, high=len(arrays) - 1)] for name in _ARRAYS if name in data
    }
    if found and "failed" in data:
        raise ValueError("a failure has arrays")
    return replace(outcome, **found) if found else outcome


def _scored(outcome: _Outcome) -> _Outcome:
    """Return the outcome; ValueError where its fitness is no finite number, which no engine writes."""
    if isinstance(outcome, Evaluation):
        finite(outcome.fitness, "a fitness")
    return outcome


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
        if _FLOAT in data:
            number = data[_FLOAT]
            if len(data) > 1 or number not in _NOT_FINITE:
                raise ValueError(f"a number is {shown(number)}; {', '.join(_NOT_FINITE)} would be right")
            return float(number)
        return {name: _restored(value) for name, value in data.items()}
    if isinstance(data, list):
        return [_restored(value) for value in data]
    return data
