"""Graphs of neurons as JSON, checked in full when they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from galapagos.errors import InvalidGenome
from galapagos.genomes.activation import BY_LABEL, Activation
from galapagos.genomes.graph import MAX_CONNECTIONS, MAX_EPOCHS, MAX_NEURONS, graph_genome
from galapagos.genomes.json_parts import parts_of
from galapagos.strict_json import LARGEST_EXACT, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from galapagos.genomes.genome import WeightPlace
    from galapagos.genomes.graph import GraphGenome

SCHEMA_VERSION = 1

_LABELS = {activation.value: activation.label for activation in Activation}
_PARTS = (
    *("kind", "version", "num_inputs", "num_outputs", "bias_input", "activations", "connections"),
    *("weights", "feedback", "epochs"),
)


def genome_to_json(genome: GraphGenome) -> dict[str, Any]:
    """Return the canonical JSON object; equal genomes give equal objects."""
    data: dict[str, Any] = {
        "kind": genome.kind,
        "version": SCHEMA_VERSION,
        "num_inputs": genome.num_inputs,
        "num_outputs": genome.num_outputs,
        "bias_input": genome.bias_input,
        "activations": [_LABELS[code] for code in genome.activations.tolist()],
        "connections": [
            [source, target]
            for source, target in zip(genome.sources.tolist(), genome.targets.tolist(), strict=True)
        ],
    }
    if genome.weights is not None:
        data["weights"] = genome.weights.tolist()
    if genome.feedback is not None:
        data["feedback"] = genome.feedback.tolist()
    if genome.epochs:
        data["epochs"] = genome.epochs
    return data


def genome_from_json(data: object) -> GraphGenome:
    """Return the genome of a JSON object, checked in full.

    Raises:
        InvalidGenome: Where a part is missing, wrong or unknown; the line names it.
    """
    data = parts_of(data, "graph", "a network", version=SCHEMA_VERSION, known=_PARTS)
    bias_input = data.get("bias_input", False)
    if not isinstance(bias_input, bool):
        raise InvalidGenome("bias_input of a network must be true or false")
    labels = _list(data, "activations", MAX_NEURONS)
    unknown = [label for label in labels if not isinstance(label, str) or label not in BY_LABEL]
    if unknown:
        raise InvalidGenome(f"{shown(unknown[0])} is no activation; activations are {', '.join(BY_LABEL)}")
    pairs = _list(data, "connections", MAX_CONNECTIONS)
    for pair in pairs:
        if not isinstance(pair, list | tuple) or tuple(map(type, pair)) != (int, int):
            raise InvalidGenome(f"{shown(pair)} is no connection; one is [source, target], two whole numbers")
    epochs = data.get("epochs", 0)
    if type(epochs) is not int or not 0 <= epochs <= MAX_EPOCHS:
        raise InvalidGenome(
            f"epochs of a network is {shown(epochs)}; it must be a whole number from 0 to {MAX_EPOCHS}"
        )
    return graph_genome(
        num_inputs=_count(data, "num_inputs"),
        num_outputs=_count(data, "num_outputs"),
        activations=[BY_LABEL[label] for label in labels],
        connections=[(source, target) for source, target in pairs],
        bias_input=bias_input,
        weights=_numbers(data, "weights"),
        feedback=_numbers(data, "feedback"),
        epochs=epochs,
    )


def weight_places(data: Mapping[str, Any]) -> tuple[dict[str, Any], list[WeightPlace]]:
    """Return a copy of a graph's JSON, and where in it weights stand: see `GenomeKind`."""
    copy = dict(data)
    return copy, [(name, copy, name) for name in ("weights", "feedback") if name in copy]


def _list(data: dict[str, Any], key: str, longest: int) -> list[Any]:
    value = data.get(key)
    if not isinstance(value, list | tuple):
        raise InvalidGenome(f"a network needs {key}, a list")
    if len(value) > longest:
        raise InvalidGenome(f"a network has at most {longest} {key}, this one {len(value)}")
    return list(value)


def _numbers(data: dict[str, Any], key: str) -> list[float] | None:
    """Return the numbers of the connections under a key that may be absent."""
    if data.get(key) is None:
        return None
    values = _list(data, key, MAX_CONNECTIONS)
    if not all(type(value) in (int, float) for value in values):
        raise InvalidGenome(f"the {key} of a network must be numbers")
    if not all(type(value) is float or abs(value) <= LARGEST_EXACT for value in values):
        raise InvalidGenome(f"the {key} of a network must be finite numbers that a float64 holds exactly")
    return values


def _count(data: dict[str, Any], key: str) -> int:
    value = data.get(key)
    if type(value) is not int or not 1 <= value <= MAX_NEURONS:
        raise InvalidGenome(f"{key} of a network is {shown(value)}; it must be from 1 to {MAX_NEURONS}")
    return value
