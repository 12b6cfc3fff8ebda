"""The drawing of a stack of layers: a chain of boxes, in as many rows as it takes, or a chain of words."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from tui.elite_details import layer_lines
from tui.widgets.network_boxes import BORDERS, Box, draw_box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from galapagos.genomes.layers import Layer, LayerGenome
    from tui.widgets.canvas import Canvas

_ARROW = 4
"""Columns from one box to the next."""
_BOX_HEIGHT = 4
_PADDING = 2


def stack_texts(genome: LayerGenome) -> list[str]:
    """Return what a stack consists of, from the inputs to the outputs: `784 inputs`, `dense 64 relu`."""
    described = {
        "kind": genome.kind,
        "num_inputs": genome.num_inputs,
        "num_outputs": genome.num_outputs,
        "layers": [_described(layer) for layer in genome.layers],
    }
    return layer_lines({"genome": described})


def _described(layer: Layer) -> dict[str, Any]:
    """Return a layer as JSON without its weights, which can be millions."""
    values = {field.name: getattr(layer, field.name) for field in fields(layer) if field.name != "weights"}
    return {"type": layer.type, **{name: value for name, value in values.items() if value != "none"}}


def paint_stack(genome: LayerGenome, canvas: Canvas, *, ascii_only: bool) -> bool:
    """Draw a stack of layers, and return whether there was room for it.

    Args:
        genome: The stack.
        canvas: An empty one.
        ascii_only: Whether to use plain characters.
    """
    texts = stack_texts(genome)
    return _paint_boxes(texts, canvas, ascii_only=ascii_only) or _paint_words(
        texts, canvas, ascii_only=ascii_only
    )


def _paint_boxes(texts: Sequence[str], canvas: Canvas, *, ascii_only: bool) -> bool:
    """Draw a box for each layer, as words are set: in rows from left to right, or one a row."""
    boxes = [_two_lines(text) for text in texts]
    widths = [max(map(len, lines)) + _PADDING + BORDERS for lines in boxes]
    rows = _rows(widths, canvas.width)
    height = len(rows) * (_BOX_HEIGHT + 1) - 1
    if max(widths) > canvas.width or height > canvas.height:
        return False
    top = (canvas.height - height) // 2
    downwards = all(len(row) == 1 for row in rows)
    longest = max(sum(widths[number] + _ARROW for number in row) - _ARROW for row in rows)
    for row in rows:
        left = (canvas.width - (widths[row[0]] if downwards else longest)) // 2
        for number in row:
            box = Box(left, top, widths[number], _BOX_HEIGHT)
            draw_box(canvas, box, boxes[number], ascii_only=ascii_only)
            if number < len(boxes) - 1:
                _draw_arrow(canvas, box, down=downwards, ascii_only=ascii_only)
            left += widths[number] + _ARROW
        top += _BOX_HEIGHT + 1
    return True


def _rows(widths: Sequence[int], width: int) -> list[list[int]]:
    """Return which boxes are in each row; a row that goes on leaves room for an arrow."""
    rows: list[list[int]] = []
    free = 0
    for number, own in enumerate(widths):
        after = _ARROW if number < len(widths) - 1 else 0
        if rows and _ARROW + own + after <= free:
            rows[-1].append(number)
            free -= _ARROW + own
        else:
            rows.append([number])
            free = width - own
    return rows


def _draw_arrow(canvas: Canvas, box: Box, *, down: bool, ascii_only: bool) -> None:
    if down:
        canvas.write(box.bottom, canvas.width // 2, "v" if ascii_only else "▼", "connection")
    else:
        canvas.write(box.top + 1, box.right, "-->" if ascii_only else "──▶", "connection")


def _two_lines(text: str) -> tuple[str, ...]:
    """Return what a layer is and its values as two lines: `dense`, `64 relu`."""
    words = text.split()
    place = next((number for number, word in enumerate(words) if word[0].isdigit()), len(words) - 1)
    place = max(1, place)
    return tuple(" ".join(part) for part in (words[:place], words[place:]) if part)


def _paint_words(texts: Sequence[str], canvas: Canvas, *, ascii_only: bool) -> bool:
    """Write the layers as `784 inputs → dense 64 relu → 10 outputs`; those that do not fit are counted."""
    arrow, dots = (" > ", "...") if ascii_only else (" → ", "…")
    inner = texts[1:-1]
    for kept in range(len(inner), -1, -1):
        rest = [f"{dots} {len(inner) - kept} more"] if kept < len(inner) else []
        lines = _wrapped([texts[0], *inner[:kept], *rest, texts[-1]], canvas.width, arrow)
        if len(lines) <= canvas.height and all(len(line) <= canvas.width for line in lines):
            top = (canvas.height - len(lines)) // 2
            for row, line in enumerate(lines, start=top):
                canvas.write(row, (canvas.width - len(line)) // 2, line, "label")
            return True
    return False


def _wrapped(pieces: Sequence[str], width: int, arrow: str) -> list[str]:
    lines = [pieces[0]]
    for piece in pieces[1:]:
        if len(lines[-1]) + len(arrow) + len(piece) <= width - len(arrow.rstrip()):
            lines[-1] += arrow + piece
        else:
            lines[-1] += arrow.rstrip()
            lines.append(piece)
    return lines
