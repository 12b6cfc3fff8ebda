"""Small networks, and what is drawn of them."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import graph_genome
from galapagos.genomes.layers import BatchNormLayer, DenseLayer, DropoutLayer, FlattenLayer, LayerGenome
from tui.widgets.network_drawing import NetworkDrawing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from galapagos.genomes.genome import Genome
    from galapagos.genomes.graph import GraphGenome
    from tui.widgets.canvas import Canvas

CHAMPION = Path(__file__).parents[4] / "shared" / "data" / "wann-champions" / "swing.out"

LINEAR, TANH, GAUSSIAN, RELU = Activation.LINEAR, Activation.TANH, Activation.GAUSSIAN, Activation.RELU

DIAMOND = graph_genome(
    num_inputs=2,
    num_outputs=1,
    activations=[LINEAR, LINEAR, LINEAR, TANH, GAUSSIAN],
    connections=[(0, 3), (1, 3), (0, 4), (1, 4), (3, 2), (4, 2)],
)
LEARNED = graph_genome(
    num_inputs=1,
    num_outputs=1,
    activations=[LINEAR, LINEAR, LINEAR, RELU, RELU],
    connections=[(0, 3), (1, 3), (3, 4), (4, 2), (0, 2)],
    bias_input=True,
    weights=[1.0, -1.0, 0.5, -0.2, 2.0],
)
STACK = LayerGenome(784, 10, (DenseLayer(64, "relu"), BatchNormLayer(), DropoutLayer(0.5)), seed=1)


def dense(num_inputs: int, num_hidden: int, num_outputs: int) -> GraphGenome:
    """Return a network of relu neurons in which each layer is fully connected with the next one."""
    first = num_inputs + num_outputs
    hidden = range(first, first + num_hidden)
    return graph_genome(
        num_inputs=num_inputs,
        num_outputs=num_outputs,
        activations=[LINEAR] * first + [RELU] * num_hidden,
        connections=[
            *product(range(num_inputs), hidden),
            *product(hidden, range(num_inputs, first)),
        ],
    )


EXAMPLES: dict[str, Genome] = {
    "diamond": DIAMOND,
    "learned": LEARNED,
    "unconnected": graph_genome(num_inputs=3, num_outputs=2, activations=[LINEAR] * 5, connections=[]),
    "many inputs": dense(200, 1, 3),
    "a wide hidden layer": dense(2, 90, 1),
    "too many connections": dense(30, 20, 10),
    "stack": STACK,
    "empty stack": LayerGenome(784, 10, (), seed=1),
    "high stack": LayerGenome(784, 10, (DenseLayer(), FlattenLayer()) * 40, seed=1),
}


def painted(
    genome: Genome | None,
    width: int,
    height: int,
    *,
    ascii_only: bool = False,
    names: tuple[Sequence[str], Sequence[str]] = ((), ()),
) -> Canvas:
    drawing = NetworkDrawing(ascii_only=ascii_only)
    drawing.show(genome, *names)
    return drawing.paint(width, height)


def lines_of(canvas: Canvas) -> list[str]:
    return ["".join(text for text, _ in canvas.runs(row)).rstrip() for row in range(canvas.height)]


def parts_of(canvas: Canvas) -> set[str]:
    """Return the parts that a canvas is drawn with."""
    return {canvas.parts[number] for number in np.unique(canvas.numbers)}


def letters_of(canvas: Canvas, part: str) -> str:
    """Return what is drawn as a part, row after row."""
    return "".join(map(chr, canvas.characters[canvas.numbers == canvas.parts.index(part)].tolist()))
