"""What is to be saved, made into an entry: an elite of a run, or a network from elsewhere."""

from __future__ import annotations

import hashlib
import time
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import orjson

from galapagos.errors import InvalidEntry
from galapagos.evolution.archive import Elite
from library_store.entry import Entry, clean_tags
from library_store.tensors import take_out
from library_store.weights import UNWRITTEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from galapagos.genomes.genome import Genome
    from galapagos.parameter_declarations import ComplexityMeasure


def draft(
    what: Elite | Genome, parameters: Mapping[str, Any] = MappingProxyType({})
) -> tuple[Entry, dict[str, NDArray[np.generic]]]:
    """Return an entry whose weights are not written yet, and these.

    Args:
        what: An elite, with its origin where it has one, or a bare network.
        parameters: Of a run that a bare network is for, as JSON, where that is known.
    """
    genome = what.genome if isinstance(what, Elite) else what
    skeleton, tensors = take_out(genome.to_json())
    facts: dict[str, Any] = {
        "connections": genome.complexity("connections"),
        "neurons": genome.complexity("neurons"),
        "layers": genome.complexity("layers"),
    }
    known = _facts_of_elite(what) if isinstance(what, Elite) else _facts_of_network(genome, parameters)
    facts |= {"skeleton": skeleton, "weights": UNWRITTEN, "saved": time.time(), "program": _version()}
    return Entry(**facts, **known), tensors


def united(before: Entry, entry: Entry, *, renamed: bool) -> Entry:
    """Return an entry with what people wrote on it before and now, and the newer results and parameters."""
    newer = entry if entry.parameters else before
    return before.changed(
        name=entry.name if renamed else before.name,
        tags=tags_of((*before.tags, *entry.tags)),
        notes=entry.notes or before.notes,
        fitness=before.fitness if entry.results is None else entry.fitness,
        results=before.results if entry.results is None else entry.results,
        experiment=newer.experiment,
        task=newer.task,
        parameters=newer.parameters,
    )


def tags_of(texts: Iterable[str]) -> tuple[str, ...]:
    """Return clean tags; InvalidEntry where there are too many."""
    try:
        return clean_tags(list(texts))
    except ValueError as error:
        raise InvalidEntry(f"tags of a saved elite: {error}") from None


def task_of(parameters: Mapping[str, Any]) -> tuple[str, str]:
    """Return the experiment and the environment or data set of parameters as JSON; empty where unknown."""
    experiment = str(parameters.get("experiment", ""))
    return experiment, str(parameters.get("env_name" if experiment == "wann-gym" else "dataset") or "")


def identity_of(genome: Genome) -> str:
    """Return 16 hexadecimal digits of blake2b over the canonical JSON of a network without an id."""
    text = orjson.dumps(genome.to_json(), option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(text, digest_size=8).hexdigest()


def _facts_of_elite(elite: Elite) -> dict[str, Any]:
    from galapagos.engine.records.individual_json import evaluation_to_json

    individual = elite.individual
    parameters = {} if elite.origin is None else dict(elite.origin.parameters)
    experiment, task = task_of(parameters)
    measure = str(parameters.get("complexity_measure", _usual_measure(individual.genome)))
    return {
        "id": individual.id,
        "name": _name(task, elite.complexity, measure),
        "experiment": experiment,
        "task": task,
        "fitness": elite.evaluation.fitness,
        "results": evaluation_to_json(elite.evaluation),
        "measure": measure,
        "complexity": elite.complexity,
        "run": "" if elite.origin is None else elite.origin.run,
        "generation": individual.generation,
        "parents": individual.parents,
        "operator": individual.operator,
        "parameters": parameters,
    }


def _facts_of_network(genome: Genome, parameters: Mapping[str, Any]) -> dict[str, Any]:
    experiment, task = task_of(parameters)
    measure = _usual_measure(genome)
    complexity = genome.complexity(measure)
    return {
        "id": identity_of(genome),
        "name": _name(task, complexity, measure),
        "experiment": experiment,
        "task": task,
        "fitness": None,
        "results": None,
        "measure": measure,
        "complexity": complexity,
        "parameters": dict(parameters),
    }


def _usual_measure(genome: Genome) -> ComplexityMeasure:
    """Return what archives tell genomes of a kind apart by, unless their parameters say otherwise."""
    return "layers" if genome.kind == "layers" else "connections"


def _name(task: str, complexity: int, measure: str) -> str:
    return f"{task or 'network'} {complexity} {measure}"


def _version() -> str:
    from importlib.metadata import version

    return version("galapagos")
