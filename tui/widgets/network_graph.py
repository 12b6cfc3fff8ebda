"""The drawing of a graph in which every neuron and every connection is seen."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tui import formatting
from tui.network_layout import Grid, lay_out
from tui.widgets import network_marks as marks
from tui.widgets.legends import write_legend
from tui.widgets.line_drawing import shorten
from tui.widgets.network_lines import dots_of_lines, draw_lines, merge_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from galapagos.genomes.graph import GraphGenome
    from tui.network_layout import GraphLayout
    from tui.widgets.canvas import Canvas

MOST_CONNECTIONS = 300
"""More than so many lines cannot be told apart."""
LINE_PARTS = (
    "positive-strong",
    "negative-strong",
    "positive",
    "negative",
    "positive-weak",
    "negative-weak",
)
"""The parts of connections by their weights; what lies on top comes first."""
_LEAST_HEIGHT = 3
_LEAST_HEIGHT_FOR_LEGEND = 8
_LABEL_SHARE = 5
"""Labels take at most one in so many columns on each side."""
_LEAST_LABEL = 2


class Names(NamedTuple):
    """What inputs and outputs are called, as it came from data; those that are missing are numbered."""

    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()


def paint_graph(
    genome: GraphGenome,
    layers: Sequence[int],
    names: Names,
    canvas: Canvas,
    *,
    ascii_only: bool,
) -> bool:
    """Draw all neurons and connections, and return whether there was room for them.

    Args:
        genome: A feed-forward graph.
        layers: The layer of each neuron.
        names: Of inputs and outputs.
        canvas: An empty one.
        ascii_only: Whether to use plain characters.
    """
    if canvas.height < _LEAST_HEIGHT or genome.num_connections > MOST_CONNECTIONS:
        return False
    signs = marks.sign_entries(ascii_only=ascii_only) if genome.weights is not None else []
    hidden = genome.activations[genome.first_hidden :].tolist()
    is_high = canvas.height >= _LEAST_HEIGHT_FOR_LEGEND
    legend = marks.legend(hidden, signs, canvas, ascii_only=ascii_only) if is_high else []
    rows = canvas.height - len(legend) - bool(legend)
    last = max(layers)
    counts = Counter(layer for layer in layers if 0 < layer < last)
    # The number of neurons of a bar is written above it.
    top = int(any(count > rows for count in counts.values()))
    inputs, outputs = _labels(genome, names, rows - top, canvas.width // _LABEL_SHARE, ascii_only=ascii_only)
    left, right = max(map(len, inputs)), max(map(len, outputs))
    tall, wide = dots_of_lines(ascii_only=ascii_only)
    grid = Grid(
        left=left + bool(left),
        right=canvas.width - 1 - right - bool(right),
        top=top,
        height=rows - top,
        tall=tall,
        wide=wide,
    )
    layout = lay_out(genome, layers, grid)
    if layout is None:
        return False
    _draw_connections(canvas, genome, layout, ascii_only=ascii_only)
    _draw_neurons(canvas, genome, layout, grid, ascii_only=ascii_only)
    _write_labels(canvas, genome, layout, grid, (inputs, outputs))
    write_legend(canvas, canvas.height - len(legend), legend)
    return True


def _draw_connections(canvas: Canvas, genome: GraphGenome, layout: GraphLayout, *, ascii_only: bool) -> None:
    tall, wide = dots_of_lines(ascii_only=ascii_only)
    owners = [number for number, route in enumerate(layout.routes) for _ in route[1:]]
    ends = np.array(
        [(*one, *other) for route in layout.routes for one, other in pairwise(route)],
        dtype=np.int64,
    ).reshape(-1, 4)
    parts, numbers = _looks(genome)
    pictures = np.zeros((len(parts), canvas.height * tall, canvas.width * wide), dtype=np.bool_)
    looks = numbers[owners]
    for number, part in enumerate(parts):
        draw_lines(pictures[number], ends[looks == number], broken=part.startswith("negative"))
    canvas.place(0, 0, merge_lines(list(pictures), ascii_only=ascii_only), parts)


def _looks(genome: GraphGenome) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    """Return the parts that connections have, and the number of the part of each."""
    if genome.weights is None:
        return ("connection",), np.zeros(genome.num_connections, dtype=np.intp)
    return LINE_PARTS, 2 * (2 - marks.strengths(np.abs(genome.weights))) + (genome.weights < 0)


def _draw_neurons(
    canvas: Canvas, genome: GraphGenome, layout: GraphLayout, grid: Grid, *, ascii_only: bool
) -> None:
    activations = genome.activations.tolist()
    hidden = range(genome.first_hidden, genome.num_neurons)
    for neuron, (layer, row) in enumerate(zip(layout.layers, layout.rows, strict=True)):
        if layer not in layout.bars:
            mark = marks.of_activation(activations[neuron]) if neuron in hidden else marks.END
            canvas.write(row, layout.columns[layer], marks.symbol(mark, ascii_only=ascii_only), mark.part)
    for layer in layout.bars:
        column, count = layout.columns[layer], layout.layers.count(layer)
        canvas.write_down(column, range(grid.top, grid.top + grid.height), "#" if ascii_only else "┃", "bar")
        if 0 < layer < len(layout.columns) - 1:
            text = formatting.whole(count)
            canvas.write(0, column - len(text) // 2, text, "label")


def _labels(
    genome: GraphGenome, names: Names, rows: int, most: int, *, ascii_only: bool
) -> tuple[list[str], list[str]]:
    """Return what is written beside the first and the last layer: a text a neuron, or lines for a bar."""
    bias = ["bias"] * genome.bias_input
    inputs = bias + _names(names.inputs, "x", genome.num_inputs)
    outputs = _names(names.outputs, "y", genome.num_outputs)
    if len(inputs) > rows:
        inputs = [formatting.whole(genome.num_inputs), "inputs", *(f"+ {name}" for name in bias)]
    if len(outputs) > rows:
        outputs = [formatting.whole(genome.num_outputs), "outputs"]
    if most < _LEAST_LABEL:
        return [""] * len(inputs), [""] * len(outputs)
    return (
        [shorten(text, most, ascii_only=ascii_only) for text in inputs],
        [shorten(text, most, ascii_only=ascii_only) for text in outputs],
    )


def _names(given: Sequence[str], letter: str, count: int) -> list[str]:
    known = [marks.name_label(name) for name in given[:count]]
    return [
        known[number] if number < len(known) and known[number] else f"{letter}{number + 1}"
        for number in range(count)
    ]


def _write_labels(
    canvas: Canvas,
    genome: GraphGenome,
    layout: GraphLayout,
    grid: Grid,
    labels: tuple[list[str], list[str]],
) -> None:
    used = set(genome.sources.tolist()) | set(genome.targets.tolist())
    layer_of_outputs = len(layout.columns) - 1
    for layer, texts in ((0, labels[0]), (layer_of_outputs, labels[1])):
        column = layout.columns[layer]
        first = genome.num_sensors if layer else 0
        is_bar = layer in layout.bars
        start = grid.top + (grid.height - len(texts)) // 2
        for place, text in enumerate(texts):
            row = start + place if is_bar else layout.rows[first + place]
            part = "label" if is_bar or first + place in used else "unused"
            canvas.write(row, column + 2 if layer else column - 1 - len(text), text, part)
