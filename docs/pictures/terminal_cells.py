"""What stands in every cell of a terminal, read from a screenshot of Textual."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from rich.cells import cell_len

_SVG = "{http://www.w3.org/2000/svg}"
_WIDTH, _HEIGHT, _BASELINE = 12.2, 24.4, 20.0
"""Of a cell, and where its text stands in it, as Rich's `Console.export_svg` has them."""
_RULE = re.compile(r"\.(?P<name>[\w-]+-r\d+) \{ (?P<rules>[^}]*) \}")


@dataclass(frozen=True, slots=True)
class Style:
    """How a character is drawn.

    Args:
        colour: As `#rrggbb`.
        bold: Whether it is bold.
        italic: Whether it slants.
        underlined: Whether a line is under it.
    """

    colour: str
    bold: bool = False
    italic: bool = False
    underlined: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a terminal.

    Args:
        character: What stands in it; empty for the right half of a wide character.
        style: How it is drawn.
        background: As `#rrggbb`.
    """

    character: str
    style: Style
    background: str


Cells = tuple[tuple[Cell, ...], ...]
"""The rows of a terminal from top to bottom, all of one width."""


def read_cells(screenshot: str, columns: int, rows: int) -> Cells:
    """Return the cells of what `textual.app.App.export_screenshot` returned.

    Args:
        screenshot: An SVG; everything in it but texts and backgrounds is left out, its fonts among them.
        columns: Of the terminal.
        rows: Likewise.

    Raises:
        ValueError: Where it is not such an SVG.
    """
    root = ET.fromstring(screenshot)  # noqa: S314  (it was made by this process)
    style = root.find(f"{_SVG}style")
    screen = root.find(f"{_SVG}g[@clip-path]")
    if style is None or screen is None:
        raise ValueError("a screenshot of Textual has styles and a clipped group; this has not")
    styles = {found["name"]: _style(found["rules"]) for found in _RULE.finditer(style.text or "")}
    nothing = Cell(" ", Style("#ffffff"), "#000000")
    grid = [[nothing] * columns for _ in range(rows)]
    for rect in screen.iterfind(f"{_SVG}rect"):
        left, top, width = (float(rect.attrib[name]) for name in ("x", "y", "width"))
        row = grid[int(top / _HEIGHT)]
        for column in range(round(left / _WIDTH), min(columns, round((left + width) / _WIDTH))):
            row[column] = Cell(" ", nothing.style, rect.attrib["fill"])
    for text in screen.iterfind(f"{_SVG}g/{_SVG}text"):
        row = grid[round((float(text.attrib["y"]) - _BASELINE) / _HEIGHT)]
        column = round(float(text.attrib["x"]) / _WIDTH)
        for character in text.text or "":
            width = cell_len(character)
            for place in range(column, min(columns, column + width)):
                shown = character.replace("\xa0", " ") if place == column else ""
                row[place] = Cell(shown, styles[text.attrib["class"]], row[place].background)
            column += width
    return tuple(map(tuple, grid))


def _style(rules: str) -> Style:
    told = dict(part.strip().split(": ", 1) for part in rules.split(";") if part.strip())
    return Style(
        told["fill"],
        bold=told.get("font-weight") == "bold",
        italic=told.get("font-style") == "italic",
        underlined=told.get("text-decoration") == "underline",
    )


def text_of(cells: Cells) -> list[str]:
    """Return what a person would read, without the spaces at the ends of lines."""
    return ["".join(cell.character for cell in row).rstrip() for row in cells]
