"""The state of a checkpoint: JSON beside genomes and arrays, exact to the last bit of every number."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import orjson

from galapagos.engine.individual_json import (
    evaluation_from_json,
    evaluation_to_json,
    outcome_from_json,
    outcome_to_json,
)
from galapagos.evaluation import Evaluation, Failed
from galapagos.evolution.individual import Individual

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from galapagos.engine.checkpoint import Checkpoint
    from galapagos.evaluation import Outcome
    from galapagos.genomes.genome import Genome

    Array = NDArray[np.float32]

_Item = TypeVar("_Item")
_Outcome = TypeVar("_Outcome", bound=Evaluation | Failed)

_ARRAYS = ("trained", "optimizer_state")
"""The fields of an evaluation that are arrays; JSON holds their number."""

_FLOAT = "$float"
"""The key under which a number that JSON does not have (inf, nan) stands as text."""


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


def state_from_json(text: bytes, genomes: Sequence[Genome], arrays: Sequence[Array | None]) -> dict[str, Any]:
    """Return the fields of the checkpoint that `state_to_json` wrote.

    Raises:
        IndexError, KeyError, TypeError, ValueError: Where a part is missing or wrong.
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
        "outcomes": tuple(
            _with_arrays(outcome_from_json(_restored(outcome)), outcome, arrays)
            for outcome in state["outcomes"]
        ),
        "elites": tuple(
            Elite(
                individuals[elite["individual"]],
                _with_arrays(
                    evaluation_from_json(_restored(elite["evaluation"])), elite["evaluation"], arrays
                ),
                int(elite["complexity"]),
            )
            for elite in state["elites"]
        ),
        "confirmed": tuple(map(str, state["confirmed"])),
        "dropped": tuple(map(str, state.get("dropped", ()))),
        "pinned": named(state["pinned"]),
        "breeds": tuple((individuals[place], int(count)) for place, count in state["breeds"]),
        "journal_length": int(state["journal_length"]),
        "evaluations": int(state["evaluations"]),
        "elapsed": float(state["elapsed"]),
        "champion_test": _restored(state["champion_test"]),
    }


def _placed(outcome: Outcome, arrays: _Table[Array]) -> dict[str, int]:
    """Return the numbers of an outcome's arrays, by field."""
    found = {name: getattr(outcome, name, None) for name in _ARRAYS}
    return {name: arrays.place(array) for name, array in found.items() if array is not None}


def _with_arrays(outcome: _Outcome, data: dict[str, Any], arrays: Sequence[Array | None]) -> _Outcome:
    """Return the outcome with the arrays whose numbers its JSON object holds."""
    found = {name: arrays[data[name]] for name in _ARRAYS if name in data}
    return replace(outcome, **found) if found else outcome


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
