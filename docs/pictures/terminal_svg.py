"""Terminals as SVG, still and moving: small, without scripts, and without the address of anybody.

A browser shows such a picture in a page without loading anything for it, so it may only use fonts that are
there. So every word says how wide it is, and what must fit to its neighbours is geometry: see `glyphs`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from rich.cells import cell_len

from docs.pictures import glyphs
from docs.pictures.glyphs import DOT, HEIGHT, WIDTH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docs.pictures.terminal_cells import Cell, Cells, Style

MARGIN = 14
"""Around the terminal."""
CAPTION = 44
"""The height of the line under a moving terminal."""
_FONT_SIZE, _BASELINE = 16.6, 15
_IN_MOST_FONTS = frozenset("\N{EN DASH}\N{EM DASH}\N{HORIZONTAL ELLIPSIS}\N{BULLET}")
"""Beyond Latin-1, what has the width of the others in the usual fonts."""
_LAST_OF_LATIN = "\u00ff"
_ACROSS = re.compile(r"M(?P<x>\d+) (?P<y>\d+)h(?P<width>\d+)")


@dataclass(frozen=True, slots=True)
class Frame:
    """A moment of a moving picture.

    Args:
        cells: What the terminal shows.
        seconds: How long.
        caption: What is going on, in one line.
    """

    cells: Cells
    seconds: float
    caption: str = ""


@dataclass(slots=True)
class _Shapes:
    """What is drawn, by what it has in common; backgrounds lie under everything."""

    backgrounds: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    blocks: dict[tuple[str, float], list[str]] = field(default_factory=lambda: defaultdict(list))
    lines: dict[tuple[str, bool], list[str]] = field(default_factory=lambda: defaultdict(list))
    dots: dict[str, set[tuple[int, int]]] = field(default_factory=lambda: defaultdict(set))
    words: dict[Style, list[str]] = field(default_factory=lambda: defaultdict(list))

    def __str__(self) -> str:
        """Return them as elements."""
        parts = [
            f'<path fill="{colour}" shape-rendering="crispEdges" d="{"".join(paths)}"/>'
            for colour, paths in self.backgrounds.items()
        ]
        for (colour, opacity), paths in self.blocks.items():
            shade = "" if opacity == 1 else f' fill-opacity="{opacity}"'
            parts.append(f'<path fill="{colour}"{shade} d="{"".join(paths)}"/>')
        for (colour, heavy), paths in self.lines.items():
            parts.append(f'<path class="{"h" if heavy else "l"}" stroke="{colour}" d="{"".join(paths)}"/>')
        for colour, dots in self.dots.items():
            place = f"translate({DOT / 2} {DOT / 2})scale({DOT})"
            path = glyphs.dots_path(dots)
            parts.append(f'<path class="d" stroke="{colour}" transform="{place}" d="{path}"/>')
        parts += [f"<g {_told(style)}>{''.join(words)}</g>" for style, words in self.words.items()]
        return "\n".join(parts)


def still(cells: Cells, title: str) -> str:
    """Return a terminal as an SVG.

    Args:
        cells: What it shows.
        title: What a person who cannot see it is told.
    """
    width, height = _size(cells)
    base = _most_frequent(cells)
    body = f'<g transform="translate({MARGIN} {MARGIN})">\n{_shapes(cells, base)}\n</g>'
    return _document(width, height, title, base, _STYLES, body)


def moving(scenes: Sequence[Sequence[Frame]], title: str) -> str:
    """Return a terminal as an SVG that shows one frame after the other for ever; style sheets do it.

    What is the same in all frames of a scene is there once. Where somebody has asked their computer for less
    motion, it shows the last frame of the first scene.

    Args:
        scenes: Each of frames that are alike; all of one size.
        title: What a person who cannot see it is told.
    """
    first = scenes[0][0].cells
    width, height = _size(first)
    base = _most_frequent(first)
    total = sum(frame.seconds for frames in scenes for frame in frames)
    layers: list[str] = []
    rules: list[str] = []
    clock = 0.0
    for frames in scenes:
        common = _common([frame.cells for frame in frames])
        ends = clock + sum(frame.seconds for frame in frames)
        at_rest = frames is scenes[0]
        spans = [(clock, ends, str(_shapes(common, base)), at_rest)]
        for frame in frames:
            shapes = str(_shapes(_without(frame.cells, common), base))
            caption = f'<text class="c" x="{(width - 2 * MARGIN) // 2}" y="{height - MARGIN + 12}">'
            shapes += f"{caption}{escape(frame.caption)}</text>" if frame.caption else ""
            spans.append((clock, clock + frame.seconds, shapes, at_rest and frame is frames[-1]))
            clock += frame.seconds
        for begin, end, shapes, rests in spans:
            name = f"f{len(layers)}"
            rules.append(_rule(name, begin / total, end / total, total, rests=rests))
            layers.append(f'<g class="f {name}">{shapes}</g>')
    body = f'<g transform="translate({MARGIN} {MARGIN})">\n' + "\n".join(layers) + "\n</g>"
    styles = _STYLES + _MOVING_STYLES + "".join(rules)
    return _document(width, height + CAPTION, title, base, styles, body)


def _document(width: int, height: int, title: str, colour: str, styles: str, body: str) -> str:
    shown = escape(title)
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{shown}">\n'
        f"<title>{shown}</title>\n<style>{styles}</style>\n"
        f'<rect width="{width}" height="{height}" rx="10" fill="{colour}"/>\n{body}\n</svg>\n'
    )


_STYLES = (
    f"text{{font:{_FONT_SIZE}px monospace;white-space:pre}}"
    ".b{font-weight:bold}.i{font-style:italic}.u{text-decoration:underline}"
    ".l{fill:none;stroke-width:1.4}.h{fill:none;stroke-width:3}"
    ".d{fill:none;stroke-width:.6;stroke-linecap:round;stroke-dasharray:0 1}.m{text-anchor:middle}"
)
_MOVING_STYLES = (
    ".f{visibility:hidden;animation-timing-function:step-end;animation-iteration-count:infinite}"
    ".c{fill:#b8bec8;font-size:20px;text-anchor:middle}"
)


def _rule(name: str, begin: float, end: float, seconds: float, *, rests: bool) -> str:
    """Return the style of a layer that is seen from one share of the time to another."""
    steps = {0.0: "hidden", begin: "visible", end: "hidden"}
    if end >= 1:
        steps[1.0] = "visible"
    moments = "".join(f"{100 * share:.4g}%{{visibility:{value}}}" for share, value in steps.items())
    rest = f"@media(prefers-reduced-motion){{.{name}{{animation:none{';visibility:visible' * rests}}}}}"
    run = f".{name}{{animation-name:{name};animation-duration:{seconds:g}s}}"
    return f"{run}@keyframes {name}{{{moments}}}{rest}"


def _size(cells: Cells) -> tuple[int, int]:
    return len(cells[0]) * WIDTH + 2 * MARGIN, len(cells) * HEIGHT + 2 * MARGIN


def _most_frequent(cells: Cells) -> str:
    return Counter(cell.background for row in cells for cell in row).most_common(1)[0][0]


def _common(pictures: Sequence[Cells]) -> list[list[Cell | None]]:
    """Return the cells that are the same in all pictures, None for the others."""
    return [
        [alike[0] if len(set(alike)) == 1 else None for alike in zip(*rows, strict=True)]
        for rows in zip(*pictures, strict=True)
    ]


def _without(cells: Cells, common: Sequence[Sequence[Cell | None]]) -> list[list[Cell | None]]:
    return [
        [cell if known is None else None for cell, known in zip(row, knowns, strict=True)]
        for row, knowns in zip(cells, common, strict=True)
    ]


def _shapes(cells: Sequence[Sequence[Cell | None]], base: str) -> _Shapes:
    shapes = _Shapes()
    for number, row in enumerate(cells):
        y = number * HEIGHT
        x = 0
        for colour, alike in groupby(row, key=lambda cell: None if cell is None else cell.background):
            width = len(list(alike)) * WIDTH
            if colour is not None and colour != base:
                shapes.backgrounds[colour].append(f"M{x} {y}h{width}v{HEIGHT}h-{width}")
            x += width
        _draw(shapes, row, y)
    return shapes


def _draw(shapes: _Shapes, row: Sequence[Cell | None], y: int) -> None:
    """Draw what stands in the cells of a row."""
    word, begin = "", 0
    for column, cell in enumerate([*row, None]):
        character = "" if cell is None else cell.character
        before = row[column - 1] if column else None
        joins = (
            before is not None
            and cell is not None
            and before.style == cell.style
            and _is_of_words(character)
            and not (character == " " and word.endswith(" "))
        )
        if word and not joins:
            _place(shapes.words, word, before, begin, y)
            word = ""
        if cell is None:
            continue
        if _is_of_words(character):
            begin = begin if word else column
            word = word + character if word or character != " " else ""
        else:
            _draw_sign(shapes, cell, column * WIDTH, y)


def _is_of_words(character: str) -> bool:
    return character != "" and (character <= _LAST_OF_LATIN or character in _IN_MOST_FONTS)


def _place(words: dict[Style, list[str]], word: str, cell: Cell | None, column: int, y: int) -> None:
    shown = word.rstrip()
    if cell is not None and shown:
        # Stretched to its cells, whatever the width of the font.
        fit = f' textLength="{len(shown) * WIDTH}" lengthAdjust="spacingAndGlyphs"' if len(shown) > 1 else ""
        words[cell.style].append(
            f'<text x="{column * WIDTH}" y="{y + _BASELINE}"{fit}>{escape(shown)}</text>'
        )


def _draw_sign(shapes: _Shapes, cell: Cell, x: int, y: int) -> None:
    """Draw a character that is no part of a word."""
    character, colour = cell.character, cell.style.colour
    if glyphs.is_line(character):
        _lengthen(shapes.lines[colour, glyphs.is_heavy(character)], glyphs.line_path(character, x, y))
    elif glyphs.is_braille(character):
        dots = glyphs.dots_of(character)
        shapes.dots[colour] |= {(x // DOT + column, y // DOT + row) for column, row in dots}
    elif glyphs.is_block(character):
        boxes = "".join(
            f"M{x + left:g} {y + top:g}h{width:g}v{height:g}h{-width:g}"
            for left, top, width, height in glyphs.block_boxes(character)
        )
        shapes.blocks[colour, glyphs.opacity_of(character)].append(boxes)
    elif character:
        # In the middle of its cell: the font that has it may be a wider one.
        middle = x + cell_len(character) * WIDTH // 2
        text = f'<text class="m" x="{middle}" y="{y + _BASELINE}">{escape(character)}</text>'
        shapes.words[cell.style].append(text)


def _lengthen(paths: list[str], path: str) -> None:
    """Append a path, or make the one before longer where it goes on horizontally."""
    before, now = (_ACROSS.fullmatch(one) for one in (paths[-1] if paths else "", path))
    if (
        before
        and now
        and before["y"] == now["y"]
        and int(before["x"]) + int(before["width"]) == int(now["x"])
    ):
        paths[-1] = f"M{before['x']} {now['y']}h{int(before['width']) + int(now['width'])}"
    else:
        paths.append(path)


def _told(style: Style) -> str:
    classes = [name for name, has in (("b", style.bold), ("i", style.italic), ("u", style.underlined)) if has]
    return f'fill="{style.colour}"' + (f' class="{" ".join(classes)}"' if classes else "")
