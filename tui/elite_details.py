"""What an answer of the engine says of an elite beyond its snapshot: weights, epochs, layers.

The answer is data from another process: what is damaged is left out, and nothing of it is trusted.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from tui import formatting

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST_WORD = 24


class WeightFacts(NamedTuple):
    """What one shared weight achieved; the accuracy is None where there are no images."""

    weight: float
    mean: float
    deviation: float
    accuracy: float | None = None


class EpochFacts(NamedTuple):
    """What one epoch came to; None is what was not measured."""

    epoch: int
    loss: float
    accuracy: float | None
    held_out: float | None
    test: float | None


def weight_facts(known: Mapping[str, Any]) -> list[WeightFacts]:
    """Return what is said of each shared weight."""
    results = []
    for row in _rows(known, "by_weight"):
        numbers = [_number(row.get(name)) for name in ("weight", "mean", "std")]
        weight, mean, deviation = numbers
        if weight is not None and mean is not None and deviation is not None:
            results.append(WeightFacts(weight, mean, deviation, _number(row.get("accuracy"))))
    return results


def epoch_facts(known: Mapping[str, Any]) -> list[EpochFacts]:
    """Return what is said of each epoch, the first one first."""
    results = []
    for row in _rows(known, "by_epoch"):
        epoch, loss = row.get("epoch"), _number(row.get("loss"))
        if isinstance(epoch, int):
            accuracies = (
                _number(row.get(name)) for name in ("accuracy", "validation_accuracy", "test_accuracy")
            )
            results.append(EpochFacts(epoch, math.nan if loss is None else loss, *accuracies))
    return results


def layer_lines(known: Mapping[str, Any]) -> list[str]:
    """Return a stack of layers from the inputs to the outputs, one a line; empty for other genomes."""
    genome = known.get("genome")
    if not isinstance(genome, dict) or genome.get("kind") != "layers":
        return []
    written = [_layer(layer) for layer in _objects(genome.get("layers"))]
    ends = [
        f"{_value(genome.get(key))} {name}"
        for key, name in (("num_inputs", "inputs"), ("num_outputs", "outputs"))
    ]
    return [ends[0], *(line for line in written if line), ends[1]]


def _layer(layer: Mapping[str, Any]) -> str:
    """Return a layer as `dense 64 relu`, `dropout 0.50`: its type, then its values without its weights."""
    values = [
        _value(layer.get(name)) for name in ("type", "units", "activation", "function", "rate", "slope")
    ]
    return " ".join(value for value in values if value)


def _value(value: object) -> str:
    if isinstance(value, str):
        return formatting.words(value.replace("_", " "), _LONGEST_WORD)
    if isinstance(value, float) and math.isfinite(value):
        return f"{value:.2f}"
    return formatting.whole(value) if isinstance(value, int) else ""


def _rows(known: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    evaluation = known.get("evaluation")
    return _objects(evaluation.get(name)) if isinstance(evaluation, dict) else []


def _objects(values: object) -> list[dict[str, Any]]:
    return [one for one in values if isinstance(one, dict)] if isinstance(values, list | tuple) else []


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
