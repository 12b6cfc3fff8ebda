"""The drawing of a graph with too many connections for a line each: its layers, and how much joins them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tui import formatting
from tui.network_summary import summarise
from tui.widgets import network_marks as marks
from tui.widgets.legends import write_legend
from tui.widgets.network_boxes import BORDERS, Box, draw_box
from tui.widgets.network_lines import dots_of_lines, draw_lines, merge_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from galapagos.genomes.graph import GraphGenome
    from tui.network_summary import Block, Summary
    from tui.widgets.canvas import Canvas

FLOW_PARTS = ("flow-strong", "flow", "flow-weak")
"""The parts of what joins layers by how many connections it stands for; what lies on top comes first."""
_LEAST_HEIGHT = 3
_HEIGHT_FOR_MORE = 9
"""From so many rows on there are arcs, activations and a legend."""
_LEAST_BOX, _LEAST_GAP, _MOST_GAP = 6, 2, 36
_GAPS_FOR_TEXTS = (8, 5, 1)
"""The columns between boxes that each way to write into them leaves, from the longest to the shortest."""
_MOST_BOX_HEIGHT = 18
_MOST_ARC_ROWS, _MOST_ARCS, _ARC_LINES = 12, 40, 48
_ARC_CURVE = 0.7
_LEAST_SHARE = 0.02
"""What stands for less of all connections has no label."""
_RAYS_A_ROW = 2


class _Flow(NamedTuple):
    """What leads from a block to another: its share of all connections and of the most, and its part."""

    start: int
    end: int
    share: float
    thickness: float
    look: int

    @property
    def passes(self) -> bool:
        """Whether there is a block between."""
        return self.end - self.start > 1


class _Plan(NamedTuple):
    """Where the boxes are, and how many rows above them arcs may take."""

    boxes: list[Box]
    arcs: int

    def rise(self, flow: _Flow) -> float:
        """Return how many rows the arc of a flow rises above the boxes."""
        widest = self.boxes[-1].middle - self.boxes[0].middle
        span = self.boxes[flow.end].middle - self.boxes[flow.start].middle
        return max(1.0, (self.arcs - 0.25) * math.pow(span / widest, _ARC_CURVE))


def paint_layers(genome: GraphGenome, layers: Sequence[int], canvas: Canvas, *, ascii_only: bool) -> bool:
    """Draw the layers of a graph, and return whether there was room for them.

    Args:
        genome: A feed-forward graph.
        layers: The layer of each neuron.
        canvas: An empty one.
        ascii_only: Whether to use plain characters.
    """
    most = (canvas.width + _LEAST_GAP) // (_LEAST_BOX + _LEAST_GAP)
    if canvas.height < _LEAST_HEIGHT or most < min(3, max(layers) + 1):
        return False
    summary = summarise(genome, layers, max(3, most))
    texts = _texts(summary, canvas.width, ascii_only=ascii_only)
    if not texts:
        return False
    flows = _flows(summary)
    is_high = canvas.height >= _HEIGHT_FOR_MORE
    hidden = genome.activations[genome.first_hidden :].tolist()
    legend = marks.legend(hidden, [], canvas, ascii_only=ascii_only) if is_high else []
    room = canvas.height - len(legend) - bool(legend)
    arcs = min(room // 3, _MOST_ARC_ROWS) if is_high and any(flow.passes for flow in flows) else 0
    kinds = min(max(len(block.activations) for block in summary.blocks), room // 3) if is_high else 0
    plan = _Plan(_boxes(summary, texts, canvas.width, range(arcs, room - kinds)), arcs)
    _draw_flows(canvas, flows, plan, ascii_only=ascii_only)
    for box, block, lines in zip(plan.boxes, summary.blocks, texts, strict=True):
        draw_box(canvas, box, lines, ascii_only=ascii_only)
        if is_high:
            _write_activations(canvas, box, block, room, ascii_only=ascii_only)
    _write_shares(canvas, flows, plan)
    write_legend(canvas, canvas.height - len(legend), legend)
    return True


def _texts(summary: Summary, width: int, *, ascii_only: bool) -> list[list[str]]:
    """Return what is written into each box, so long that there is room between boxes; empty if there is none.

    That is the number of neurons, the name of the layer, and the share of connections within, if any.
    """
    total = int(summary.connections.sum())
    ways: tuple[list[list[str]], ...] = ([], [], [])
    last = len(summary.blocks) - 1
    for number, block in enumerate(summary.blocks):
        span = formatting.extent(block.first, block.last, ascii_only=ascii_only)
        name, brief = f"layer{'s' * (block.first < block.last)} {span}", span
        if number in (0, last):
            name, brief = ("outputs", "out") if number else ("inputs", "in")
        inside = int(summary.connections[number, number])
        within = [f"{'@' if ascii_only else '↻'} {share_text(inside / total)}"] if inside else []
        count = formatting.whole(block.neurons)
        ways[0].append([f" {text} " for text in (count, name, *within)])
        ways[1].append([f" {text} " for text in (count, brief, *within)])
        ways[2].append([count, brief, *within])
    return next(
        (
            way
            for way, gap in zip(ways, _GAPS_FOR_TEXTS, strict=True)
            if sum(map(_box_width, way)) + last * gap <= width
        ),
        [],
    )


def _box_width(texts: Sequence[str]) -> int:
    return max(map(len, texts)) + BORDERS


def _flows(summary: Summary) -> list[_Flow]:
    """Return what leads from block to block, the least first."""
    flows = summary.flows()
    counts = np.array([count for _, _, count in flows], dtype=np.float64)
    total = int(summary.connections.sum())
    looks = (2 - marks.strengths(counts)).tolist()
    return [
        _Flow(start, end, count / total, count / counts[-1], look)
        for (start, end, count), look in zip(flows, looks, strict=True)
    ]


def _boxes(summary: Summary, texts: Sequence[Sequence[str]], width: int, rows: range) -> list[Box]:
    """Return the boxes beside each other, higher the more neurons they stand for (by the logarithm).

    Args:
        summary: Has a block for each box.
        texts: What is written into each.
        width: Columns for all of them and the gaps.
        rows: Where they may be.
    """
    widths = [_box_width(lines) for lines in texts]
    gap = min((width - sum(widths)) // (len(widths) - 1), _MOST_GAP)
    tallest = max(_LEAST_HEIGHT, min(_MOST_BOX_HEIGHT, len(rows)))
    least = min(BORDERS + max(map(len, texts)), tallest)
    largest = math.log1p(max(block.neurons for block in summary.blocks))
    top = rows.start + max(0, len(rows) - tallest) // 2
    left = (width - sum(widths) - gap * (len(widths) - 1)) // 2
    boxes = []
    for block, own in zip(summary.blocks, widths, strict=True):
        height = least + round((tallest - least) * math.log1p(block.neurons) / largest)
        boxes.append(Box(left, top, own, height))
        left += own + gap
    return boxes


def _draw_flows(canvas: Canvas, flows: Sequence[_Flow], plan: _Plan, *, ascii_only: bool) -> None:
    """Draw rays between neighbours and arcs over what lies between others."""
    tall, wide = dots_of_lines(ascii_only=ascii_only)
    pictures = np.zeros((len(FLOW_PARTS), canvas.height * tall, canvas.width * wide), dtype=np.bool_)
    arcs = [flow for flow in flows if flow.passes][-_MOST_ARCS:] if plan.arcs else []
    for flow in [*(flow for flow in flows if not flow.passes), *arcs]:
        one, other = plan.boxes[flow.start], plan.boxes[flow.end]
        lines = (
            _arc(one, other, plan.rise(flow) * tall, tall, wide)
            if flow.passes
            else _rays(one, other, flow.thickness, tall, wide)
        )
        draw_lines(pictures[flow.look], lines)
    canvas.place(0, 0, merge_lines(list(pictures), ascii_only=ascii_only), FLOW_PARTS)


def _rays(one: Box, other: Box, thickness: float, tall: int, wide: int) -> NDArray[np.float64]:
    """Return lines from a box to the next one, more of them for more connections."""
    height = min(one.height, other.height) - BORDERS
    rays = max(1, round(thickness * height * _RAYS_A_ROW))
    places = (np.arange(rays) + 0.5) / rays
    starts, ends = (
        np.floor((box.top + 1) * tall + places * ((box.height - BORDERS) * tall - 1)) for box in (one, other)
    )
    left, right = np.full(rays, one.right * wide), np.full(rays, other.left * wide - 1)
    return np.stack([left, starts, right, ends], axis=1)


def _arc(one: Box, other: Box, high: float, tall: int, wide: int) -> NDArray[np.float64]:
    """Return the lines of half an ellipse from the top of a box to that of another."""
    angles = np.linspace(0.0, np.pi, _ARC_LINES + 1)
    left, right = (box.middle * wide for box in (one, other))
    x = (left + right) / 2 - (right - left) / 2 * np.cos(angles)
    y = one.top * tall - 1 - (high - 1) * np.sin(angles)
    return np.stack([x[:-1], y[:-1], x[1:], y[1:]], axis=1)


def _write_shares(canvas: Canvas, flows: Sequence[_Flow], plan: _Plan) -> None:
    """Write the share of all connections at what leads from block to block, as far as there is room."""
    written = canvas.parts.index("share")
    for flow in reversed(flows):
        one, other = plan.boxes[flow.start], plan.boxes[flow.end]
        row = one.top + (min(one.height, other.height) - 1) // 2
        if flow.share < _LEAST_SHARE or (flow.passes and not plan.arcs):
            continue
        if flow.passes:
            row = max(0, one.top - math.ceil(plan.rise(flow)))
        text = f" {share_text(flow.share)} "
        column = (one.right + other.left - len(text)) // 2
        near = canvas.numbers[row, max(0, column - 1) : column + len(text) + 1]
        if len(text) <= other.left - one.right and not (near == written).any():
            canvas.write(row, column, text, "share")


def share_text(share: float) -> str:
    """Return a share as `35 %`, and one that would round to nothing as `<1 %`."""
    return f"{100 * share:.0f} %" if share >= 0.005 else "<1 %"


def _write_activations(canvas: Canvas, box: Box, block: Block, room: int, *, ascii_only: bool) -> None:
    """Write below a box how many neurons have which activation, as far as there is room."""
    rows = range(box.bottom, room)
    shown = block.activations if len(block.activations) <= len(rows) else block.activations[: len(rows) - 1]
    width = max((len(formatting.whole(count)) for _, count in shown), default=0)
    left = box.left + max(0, box.width - width - 2) // 2
    for row, (activation, count) in zip(rows, shown, strict=False):
        mark = marks.of_activation(activation)
        canvas.write(row, left, marks.symbol(mark, ascii_only=ascii_only), mark.part)
        canvas.write(row, left + 2, formatting.whole(count).rjust(width), "label")
    if len(shown) < len(block.activations) and rows:
        canvas.write(rows[-1], left, f"+ {len(block.activations) - len(shown)}", "label")
