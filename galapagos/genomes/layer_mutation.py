"""Offspring of stacks of layers: slices are copied, layers dropped, replaced and changed (Galápagos Nǎo).

A stack without layers has nothing that could be copied or changed: its offspring are linear classifiers too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from galapagos.errors import InvalidGenome
from galapagos.genomes.layers import (
    DENSE_FUNCTIONS,
    FUNCTIONS,
    LAYERS_BY_TYPE,
    MAX_DROPOUT,
    MAX_LAYERS,
    MAX_SEED,
    MAX_UNITS,
    ActivationLayer,
    BatchNormLayer,
    DenseLayer,
    DropoutLayer,
    FlattenLayer,
    Layer,
    LayerGenome,
    LeakyReluLayer,
    fitted,
    size_problem,
    with_weights,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from galapagos.parameters import Parameters

    Stack = tuple[Layer, ...]

CLONE = "clone"
"""The operator of a child that has the layers of its parent."""

UNITS_DEVIATION = 2.0
"""Standard deviation of the number of units around its former value."""

SEED_STACK: Stack = (
    DenseLayer(64, "relu"),
    BatchNormLayer(),
    ActivationLayer("relu"),
    DropoutLayer(0.5),
    DenseLayer(64, "relu"),
    FlattenLayer(),
    LeakyReluLayer(0.2),
    DenseLayer(64, "none"),
)
"""The stack that the example of Galápagos Nǎo starts from."""

_Item = TypeVar("_Item")


def initial_layer_genome(
    num_inputs: int, num_outputs: int, rng: np.random.Generator, parameters: Parameters, index: int
) -> LayerGenome:
    """Return an initial genome: the seed stack for index 0, one of its offspring for any other.

    Args:
        num_inputs: Number of inputs, at least 1.
        num_outputs: Number of outputs, at least 1.
        rng: Draws the genome's seed and, for an offspring, its mutations.
        parameters: Reads `mutation_rate` and `layer_types`.
        index: The place among the initial genomes, from 0.

    Raises:
        InvalidGenome: Where the task has so many inputs that the seed stack would have too many weights.
    """
    genome = LayerGenome(num_inputs, num_outputs, SEED_STACK, _drawn_seed(rng))
    problem = size_problem(genome)
    if problem is not None:
        raise InvalidGenome(f"{num_inputs} inputs are more than a stack of layers can take: {problem}")
    return mutate(genome, rng, parameters)[0] if index else genome


def mutate(genome: LayerGenome, rng: np.random.Generator, parameters: Parameters) -> tuple[LayerGenome, str]:
    """Return an offspring, and the names of the operators that made it another stack.

    With `mutation_rate` a slice is copied; then every layer is dropped with that rate; then every layer is
    replaced with that rate, or else each of its values changes with that rate. The offspring draws a seed of
    its own. With `inherit_weights` every layer takes its weights along, and keeps them where they fit.

    Returns:
        The offspring, and the names joined by `+`, or `clone` where its stack is that of its parent: nothing
        happened, or what was copied was dropped again, or it would have become larger than a stack may be.
    """
    rate = parameters.mutation_rate
    stack = genome.layers if parameters.inherit_weights else untrained(genome.layers)
    output_weights = genome.output_weights if parameters.inherit_weights else None
    copied = copy_slice(stack, rng) if rng.random() < rate else stack
    left = drop(copied, rng, rate)
    replaced, changed = _replaced_and_changed(left, rng, parameters)
    seed = _drawn_seed(rng)
    names = [
        name
        for name, happened in (
            ("copy_slice", len(copied) > len(stack)),
            ("drop", len(left) < len(copied)),
            ("replace", replaced != left),
            ("change", changed != replaced),
        )
        if happened
    ]
    child = fitted(replace(genome, layers=changed, seed=seed, output_weights=output_weights))
    if size_problem(child) is not None:
        child = fitted(replace(genome, layers=stack, seed=seed, output_weights=output_weights))
    return child, CLONE if child.layers == stack else "+".join(names)


def untrained(stack: Stack) -> Stack:
    """Return the layers without inherited weights."""
    return tuple(with_weights(layer, None) for layer in stack)


def copy_slice(stack: Stack, rng: np.random.Generator) -> Stack:
    """Return the stack with a copy of one of its slices behind a random layer, or in front of all of them.

    The ends of the slice are two layers, drawn evenly and independently, so it may be one layer long. It is
    cut where the stack would have more than 256 layers.
    """
    count = len(stack)
    if not count:
        return stack
    first, last = sorted((_index(count, rng), _index(count, rng)))
    place = _index(count + 1, rng)
    copy = stack[first : last + 1][: MAX_LAYERS - count]
    return (*stack[:place], *copy, *stack[place:])


def drop(stack: Stack, rng: np.random.Generator, rate: float) -> Stack:
    """Return the stack without the layers that fall out, each with the same rate."""
    return tuple(layer for layer in stack if rng.random() >= rate)


def change(layer: Layer, rng: np.random.Generator, rate: float) -> Layer:
    """Return the layer after each of its values changed with this rate.

    A function is drawn anew from all that there are (`none` among them for a dense layer), a number of units
    from N(units, 2²), rounded and at least 1, a slope or rate from U(0, 1); a rate is at most 0.95.
    """
    match layer:
        case DenseLayer():
            units, activation = layer.units, layer.activation
            if rng.random() < rate:
                drawn = round(float(rng.normal(units, UNITS_DEVIATION)))
                units = min(max(drawn, 1), MAX_UNITS)
            if rng.random() < rate:
                activation = _draw(DENSE_FUNCTIONS, rng)
            weights = layer.weights if units == layer.units else None
            return DenseLayer(units, activation, weights)
        case ActivationLayer():
            return ActivationLayer(_draw(FUNCTIONS, rng)) if rng.random() < rate else layer
        case DropoutLayer():
            return DropoutLayer(min(float(rng.random()), MAX_DROPOUT)) if rng.random() < rate else layer
        case LeakyReluLayer():
            return LeakyReluLayer(float(rng.random())) if rng.random() < rate else layer
    return layer


def _replaced_and_changed(
    stack: Stack, rng: np.random.Generator, parameters: Parameters
) -> tuple[Stack, Stack]:
    """Return the stack with what was replaced, and the same with what was changed beside."""
    rate = parameters.mutation_rate
    replaced, changed = list[Layer](), list[Layer]()
    for layer in stack:
        if rng.random() < rate:
            drawn = change(LAYERS_BY_TYPE[_draw(parameters.layer_types, rng)](), rng, rate)
            replaced.append(drawn)
            changed.append(drawn)
        else:
            replaced.append(layer)
            changed.append(change(layer, rng, rate))
    return tuple(replaced), tuple(changed)


def _drawn_seed(rng: np.random.Generator) -> int:
    return int(rng.integers(MAX_SEED, endpoint=True))


def _draw(items: Sequence[_Item], rng: np.random.Generator) -> _Item:
    return items[_index(len(items), rng)]


def _index(count: int, rng: np.random.Generator) -> int:
    return int(rng.random() * count)
