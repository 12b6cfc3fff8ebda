"""Lines, blocks and braille as geometry: no font has all of them in one width, and rows must touch.

A cell is 10 wide and 20 high, and the dots of braille are 5 apart both ways, over the borders of cells too.
What a character looks like is taken from its name in Unicode; double lines are drawn as heavy ones, dashes
without gaps.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import count

WIDTH, HEIGHT, DOT = 10, 20, 5
_ARMS = {"LEFT": (0, 10), "RIGHT": (10, 10), "UP": (5, 0), "DOWN": (5, 20)}
_BOTH = {"HORIZONTAL": ("LEFT", "RIGHT"), "VERTICAL": ("UP", "DOWN")}
_FALLING, _RISING = "UPPER LEFT TO LOWER RIGHT", "UPPER RIGHT TO LOWER LEFT"
_FIRST_BRAILLE = 0x2800
_BRAILLE = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
"""Column and row of the dot of each bit (Unicode, Braille Patterns)."""
_QUADRANTS = {
    "\u2596": (2,),
    "\u2597": (3,),
    "\u2598": (0,),
    "\u2599": (0, 2, 3),
    "\u259a": (0, 3),
    "\u259b": (0, 1, 2),
    "\u259c": (0, 1, 3),
    "\u259d": (1,),
    "\u259e": (1, 2),
    "\u259f": (1, 2, 3),
}
"""Of upper left, upper right, lower left and lower right, which are full."""
_SHADES = {"\u2591": 0.25, "\u2592": 0.5, "\u2593": 0.75}
_EIGHTHS = ("", "ONE EIGHTH", "ONE QUARTER", "THREE EIGHTHS", "HALF", "FIVE EIGHTHS", "THREE QUARTERS")
_PARTS = {name: eighths for eighths, name in enumerate((*_EIGHTHS, "SEVEN EIGHTHS")) if name}


def is_line(character: str) -> bool:
    """Return whether it is a line of a box."""
    return len(character) == 1 and "\u2500" <= character <= "\u257f"


def is_block(character: str) -> bool:
    """Return whether it is a block that fills a part of its cell."""
    return len(character) == 1 and "\u2580" <= character <= "\u259f"


def is_braille(character: str) -> bool:
    """Return whether it is dots."""
    return len(character) == 1 and "\u2800" <= character <= "\u28ff"


def is_heavy(line: str) -> bool:
    """Return whether a line of a box is a thick one."""
    return any(word in unicodedata.name(line) for word in ("HEAVY", "DOUBLE"))


def line_path(line: str, x: int, y: int) -> str:
    """Return the path, to be stroked, of a line of a box whose cell has its upper left corner there."""
    name = unicodedata.name(line)
    if "DIAGONAL" in name:
        crossed = "CROSS" in name
        falling = f"M{x} {y}l10 20" if crossed or _FALLING in name else ""
        return falling + (f"M{x + 10} {y}l-10 20" if crossed or _RISING in name else "")
    arms = _arms(name)
    if "ARC" in name:
        (left, top), (right, bottom) = (_ARMS[arm] for arm in arms)
        return f"M{x + left} {y + top}Q{x + 5} {y + 10} {x + right} {y + bottom}"
    if set(arms) == {"LEFT", "RIGHT"}:
        return f"M{x} {y + 10}h10"
    if set(arms) == {"UP", "DOWN"}:
        return f"M{x + 5} {y}v20"
    # Through the middle, so that corners are joined.
    ends = [_ARMS[arm] for arm in arms]
    return "".join(f"M{x + left} {y + top}L{x + 5} {y + 10}" for left, top in ends)


@cache
def _arms(name: str) -> tuple[str, ...]:
    words = name.removeprefix("BOX DRAWINGS ").split()
    return tuple(arm for word in words for arm in _BOTH.get(word, (word,) if word in _ARMS else ()))


def dots_of(braille: str) -> list[tuple[int, int]]:
    """Return column and row, in its cell of 2 by 4, of every dot of a braille character."""
    bits = ord(braille) - _FIRST_BRAILLE
    return [place for number, place in enumerate(_BRAILLE) if bits >> number & 1]


def dots_path(dots: set[tuple[int, int]]) -> str:
    """Return a path through dots, to be stroked with dashes of no length, round, and one apart.

    Args:
        dots: Column and row of each; those beside each other become one stroke.
    """
    left, strokes = set(dots), []
    for column, row in sorted(dots, key=lambda dot: (dot[1], dot[0])):
        if (column, row) in left:
            across = next(n for n in count(1) if (column + n, row) not in left)
            down = next(n for n in count(1) if (column, row + n) not in left)
            # A little longer than to its last dot, or that one is lost in rounding.
            if down > across:
                left -= {(column, row + number) for number in range(down)}
                strokes.append(f"M{column} {row}v{down - 1}.1")
            else:
                left -= {(column + number, row) for number in range(across)}
                strokes.append(f"M{column} {row}h{across - 1}.1")
    return "".join(strokes)


def block_boxes(block: str) -> list[tuple[float, float, float, float]]:
    """Return left, top, width and height in its cell of every part that a block fills."""
    if block in _QUADRANTS:
        return [(5.0 * (part % 2), 10.0 * (part // 2), 5.0, 10.0) for part in _QUADRANTS[block]]
    name = unicodedata.name(block).removesuffix(" BLOCK")
    for part, eighths in _PARTS.items():
        share = eighths / 8
        if name == f"LOWER {part}":
            return [(0.0, 20 - 20 * share, 10.0, 20 * share)]
        if name == f"UPPER {part}":
            return [(0.0, 0.0, 10.0, 20 * share)]
        if name == f"LEFT {part}":
            return [(0.0, 0.0, 10 * share, 20.0)]
        if name == f"RIGHT {part}":
            return [(10 - 10 * share, 0.0, 10 * share, 20.0)]
    return [(0.0, 0.0, 10.0, 20.0)]


def opacity_of(block: str) -> float:
    """Return how much of the background a block hides where it stands, 0 to 1."""
    return _SHADES.get(block, 1.0)
