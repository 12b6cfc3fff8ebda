"""Rows of individuals as columns: from a population, to and from the bytes of a file."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from galapagos.engine.files.npz_files import read_arrays
from galapagos.evaluation import Evaluation
from galapagos.genomes.graph import GraphGenome
from galapagos.genomes.graph_layer_counts import layer_counts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from galapagos.evaluation import Outcome
    from galapagos.evolution.individual import Individual
    from galapagos.genomes.genome import Genome
    from galapagos.parameter_declarations import ComplexityMeasure

SCHEMA_VERSION = 1

_WHOLE_NUMBERS = ("generation", "complexity", "neurons", "layers")
_REAL_NUMBERS = ("fitness", "mean", "max")
_KINDS = dict.fromkeys(_WHOLE_NUMBERS, "i") | dict.fromkeys(_REAL_NUMBERS, "f")
_KINDS |= {"id": "S", "parents": "S", "operators": "U", "operator": "u"}
"""The kind of each array, as numpy names it."""

_ID_LENGTH = 16
_OF_AN_ID, _OF_IDS = b"0123456789abcdef", b"0123456789abcdef+"


@dataclass(frozen=True, slots=True)
class Generation:
    """An evaluated generation, waiting to become rows."""

    number: int
    population: tuple[Individual, ...]
    outcomes: tuple[Outcome, ...]
    measure: ComplexityMeasure


@dataclass(frozen=True, slots=True)
class Columns:
    """Rows of (generation, individual), in the order in which they were evaluated.

    Args:
        generation: int64 (rows,), the generation it was evaluated in.
        id: U16 (rows,).
        parents: str (rows,), the ids of the parents joined by `+`, empty for an initial individual.
        operator: str (rows,).
        fitness: float64 (rows,), generation fitness; nan where the evaluation failed.
        mean: float64 (rows,), the objective of that name; nan as above.
        max: float64 (rows,), the same.
        complexity: int64 (rows,), by the measure that acted then.
        neurons: int64 (rows,).
        layers: int64 (rows,).
    """

    generation: NDArray[np.int64]
    id: NDArray[np.str_]
    parents: NDArray[np.str_]
    operator: NDArray[np.str_]
    fitness: NDArray[np.float64]
    mean: NDArray[np.float64]
    max: NDArray[np.float64]
    complexity: NDArray[np.int64]
    neurons: NDArray[np.int64]
    layers: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.generation)

    def where(self, mask: NDArray[np.bool_]) -> Self:
        """Return the rows where the mask (rows,) is true."""
        return type(self)(*(getattr(self, item.name)[mask] for item in fields(self)))

    def to_bytes(self) -> bytes:
        """Return the npz of these rows, without objects; texts that repeat stand once."""
        operators, operator = np.unique(self.operator, return_inverse=True)
        arrays: dict[str, NDArray[np.generic]] = {
            "version": np.array(SCHEMA_VERSION),
            "generation": self.generation.astype(np.int32),
            "id": self.id.astype("S16"),
            "parents": self.parents.astype("S"),
            "operators": operators,
            "operator": operator.astype(np.uint16 if len(operators) <= 1 << 16 else np.uint32),
            "complexity": self.complexity.astype(np.int32),
            "neurons": self.neurons.astype(np.int32),
            "layers": self.layers.astype(np.int32),
        }
        arrays |= {name: getattr(self, name) for name in ("fitness", "mean", "max")}
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **arrays)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the rows of an npz; ValueError, one line, where it is damaged."""
        return cls.from_arrays(checked_arrays(data))

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Return the rows of the arrays that `checked_arrays` returns."""
        return cls(
            generation=arrays["generation"].astype(np.int64),
            id=arrays["id"].astype("U16"),
            parents=arrays["parents"].astype("U"),
            operator=arrays["operators"][arrays["operator"]],
            fitness=arrays["fitness"].copy(),
            mean=arrays["mean"].copy(),
            max=arrays["max"].copy(),
            complexity=arrays["complexity"].astype(np.int64),
            neurons=arrays["neurons"].astype(np.int64),
            layers=arrays["layers"].astype(np.int64),
        )


def checked_arrays(data: bytes) -> dict[str, NDArray[Any]]:
    """Return the arrays of an npz of `Columns.to_bytes`, which fit each other and are of their types.

    Raises:
        ValueError: One line, where it is damaged.
    """
    arrays: dict[str, NDArray[Any]] = dict(read_arrays(data))
    version = arrays.pop("version", None)
    if version is None or version.shape or version.dtype.kind != "i" or version < 1:
        raise ValueError("it has no version")
    if version > SCHEMA_VERSION:
        raise ValueError("it was written by a newer version of this program")
    if {name: array.dtype.kind for name, array in arrays.items()} != _KINDS:
        raise ValueError("its columns are not those of individuals")
    rows = arrays["generation"].shape
    if len(rows) != 1 or any(array.shape != rows for name, array in arrays.items() if name != "operators"):
        raise ValueError("its columns are not equally long")
    if any((arrays[name] < 0).any() for name in _WHOLE_NUMBERS):
        raise ValueError("a number in it is below 0")
    if any(arrays[name].dtype != np.float64 for name in _REAL_NUMBERS):
        raise ValueError("its columns are not those of individuals")
    operators = arrays["operators"]
    if operators.ndim != 1 or (arrays["operator"] >= len(operators)).any():
        raise ValueError("an operator in it is none")
    if not all(name.isprintable() for name in operators.tolist()):
        raise ValueError("the name of an operator in it is not plain")
    if not (_consists_of(arrays["id"], _OF_AN_ID, fills=True) and _consists_of(arrays["parents"], _OF_IDS)):
        raise ValueError("an id in it is none")
    return arrays


def _consists_of(texts: NDArray[np.bytes_], characters: bytes, *, fills: bool = False) -> bool:
    """Return whether texts have no other characters; zeros fill them up, or each fills all of 16 bytes."""
    allowed = np.zeros(256, dtype=np.bool_)
    allowed[np.frombuffer(characters if fills else characters + b"\0", dtype=np.uint8)] = True
    codes = np.frombuffer(texts.tobytes(), dtype=np.uint8)
    return bool(allowed[codes].all()) and (not fills or texts.dtype.itemsize == _ID_LENGTH)


def join(parts: Sequence[Columns]) -> Columns:
    """Return the rows of all parts, one after the other."""
    filled = [part for part in parts if len(part)] or [columns_of([])]
    return Columns(
        *(np.concatenate([getattr(part, item.name) for part in filled]) for item in fields(Columns))
    )


def columns_of(generations: Sequence[Generation]) -> Columns:
    """Return a row for each individual of each generation."""
    everyone = [individual for generation in generations for individual in generation.population]
    outcomes = [outcome for generation in generations for outcome in generation.outcomes]
    lengths = np.array([len(generation.population) for generation in generations], dtype=np.int64)
    numbers = np.array([generation.number for generation in generations], dtype=np.int64)
    scores = [_scores(outcome) for outcome in outcomes]
    neurons, layers, connections = _sizes(everyone)
    by_measure = {"connections": connections, "neurons": neurons, "layers": layers}
    measures = np.repeat(np.array([generation.measure for generation in generations], dtype="U11"), lengths)
    return Columns(
        generation=np.repeat(numbers, lengths),
        id=np.array([individual.id for individual in everyone], dtype="U16"),
        parents=np.array(["+".join(individual.parents) for individual in everyone], dtype="U"),
        operator=np.array([individual.operator for individual in everyone], dtype="U"),
        fitness=np.array([fitness for fitness, _, _ in scores], dtype=np.float64),
        mean=np.array([mean for _, mean, _ in scores], dtype=np.float64),
        max=np.array([highest for _, _, highest in scores], dtype=np.float64),
        complexity=np.select([measures == name for name in by_measure], list(by_measure.values())),
        neurons=neurons,
        layers=layers,
    )


def _scores(outcome: Outcome) -> tuple[float, float, float]:
    if not isinstance(outcome, Evaluation):
        return math.nan, math.nan, math.nan
    objectives = outcome.objectives
    return outcome.fitness, objectives.get("mean", math.nan), objectives.get("max", math.nan)


def _sizes(everyone: Sequence[Individual]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return neurons, layers and connections of each; survivors occur often and are measured once."""
    places: dict[str, int] = {}
    genomes: list[Genome] = []
    for individual in everyone:
        if individual.id not in places:
            places[individual.id] = len(genomes)
            genomes.append(individual.genome)
    graphs = [genome for genome in genomes if isinstance(genome, GraphGenome)]
    layers: NDArray[np.int64]
    if len(graphs) == len(genomes):
        layers = layer_counts(graphs)
    else:
        layers = np.array([genome.complexity("layers") for genome in genomes], dtype=np.int64)
    neurons = np.array([genome.complexity("neurons") for genome in genomes], dtype=np.int64)
    connections = np.array([genome.complexity("connections") for genome in genomes], dtype=np.int64)
    rows = np.array([places[individual.id] for individual in everyone], dtype=np.int64)
    return neurons[rows], layers[rows], connections[rows]
