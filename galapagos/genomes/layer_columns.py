"""Many stacks of layers as a few arrays, for files: exact, and without objects inside."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import orjson

from galapagos.genomes.array_columns import column, pack_arrays, unpack_arrays
from galapagos.genomes.layers import MAX_EPOCHS, BatchNormLayer, LayerGenome, with_weights
from galapagos.strict_json import parse_json, values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

_WEIGHTS = "stack_weights"


def pack_stacks(stacks: Sequence[LayerGenome]) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of stacks of layers, to be unpacked by `unpack_stacks`.

    Returns:
        `stacks`: uint8, the text of their JSON; `stack_epochs`: int64 (stacks,); `stack_weights` with their
        lengths: float32, what each layer and the output layer of each stack inherits.
    """
    # Without weights a stack cannot have epochs, so these are kept apart, too.
    bare = [
        replace(
            stack,
            layers=tuple(with_weights(layer, None) for layer in stack.layers),
            epochs=0,
            output_weights=None,
        )
        for stack in stacks
    ]
    text = orjson.dumps([stack.to_json() for stack in bare])
    weights = [weights for stack in stacks for weights in stack.inherited()]
    return {
        "stacks": np.frombuffer(text, dtype=np.uint8),
        "stack_epochs": np.array([stack.epochs for stack in stacks], dtype=np.int64),
        **pack_arrays(_WEIGHTS, weights),
    }


def unpack_stacks(columns: Mapping[str, NDArray[np.generic]]) -> list[LayerGenome]:
    """Return the stacks of `pack_stacks`, bit for bit.

    Raises:
        InvalidGenome, ValueError: Where the arrays do not fit each other, or a stack is none.
    """
    text = column(columns, "stacks", np.uint8).tobytes()
    bare = [LayerGenome.from_json(data) for data in values(parse_json(text, most_values=len(text)), "stacks")]
    weights = unpack_arrays(_WEIGHTS, columns)
    if len(weights) != sum(len(stack.layers) + 1 for stack in bare):
        raise ValueError("the columns of genomes do not fit each other")
    rest = iter(weights)
    epochs = column(columns, "stack_epochs", np.int64).tolist()
    return [
        _stack(stack, [next(rest) for _ in range(len(stack.layers) + 1)], learned)
        for stack, learned in zip(bare, epochs, strict=True)
    ]


def _stack(bare: LayerGenome, weights: list[NDArray[np.float32] | None], epochs: int) -> LayerGenome:
    """Return a stack with what it inherits, checked as `LayerGenome.from_json` would."""
    if bare.epochs or any(array is not None for array in bare.inherited()):
        raise ValueError("a genome has weights where it should have none")
    if not 0 <= epochs <= MAX_EPOCHS or (epochs and all(array is None for array in weights)):
        raise ValueError("the epochs of a genome are out of range")
    for layer, width, count, array in zip(
        (*bare.layers, None), bare.widths(), bare.weight_counts(), weights, strict=True
    ):
        if array is None:
            continue
        if len(array) != count or not count or not np.isfinite(array).all():
            raise ValueError("the weights of a genome do not fit it, or are not finite")
        if isinstance(layer, BatchNormLayer) and (array[-width:] < 0).any():
            raise ValueError("a running variance of a genome is below 0")
    *of_layers, of_outputs = weights
    layers = tuple(with_weights(layer, array) for layer, array in zip(bare.layers, of_layers, strict=True))
    return replace(bare, layers=layers, epochs=epochs, output_weights=of_outputs)
