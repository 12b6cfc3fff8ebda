"""Legends of drawings: a symbol in its colour and what it stands for, one beside the other in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tui.widgets.canvas import Canvas

Entry = tuple[str, str, str]
"""Of a legend: a symbol, the part whose colour it has, and what it stands for."""
_GAP, _BORDER = 3, 2


def legend_lines(entries: Iterable[Entry], width: int, most: int) -> list[list[Entry]]:
    """Return the entries in lines; what does not fit is left out, so the important ones come first.

    Args:
        entries: What is explained.
        width: Cells of the screen that a line may take.
        most: So many lines at most.
    """
    lines: list[list[Entry]] = []
    free = 0
    for entry in entries:
        length = _length(entry)
        if lines and length + _GAP <= free:
            lines[-1].append(entry)
            free -= length + _GAP
        elif length <= width and len(lines) < most:
            lines.append([entry])
            free = width - _BORDER - length
    return lines


def write_legend(canvas: Canvas, row: int, lines: Sequence[Sequence[Entry]]) -> None:
    """Write a legend from a row on, each line in the middle; the names belong to the part `label`."""
    for line in lines:
        column = (canvas.width - sum(map(_length, line)) - _GAP * (len(line) - 1)) // 2
        for shown, part, name in line:
            canvas.write(row, column, shown, part)
            canvas.write(row, column + len(shown) + 1, name, "label")
            column += len(shown) + 1 + len(name) + _GAP
        row += 1


def _length(entry: Entry) -> int:
    return len(entry[0]) + 1 + len(entry[2])
