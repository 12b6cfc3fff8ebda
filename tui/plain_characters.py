"""The last step before the terminal: every character that is not ASCII becomes one that is.

Widgets that can draw in plain characters do so themselves (`ascii_only`); here come borders, marks, arrows
and names. A cell stays as wide as it was.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual.filter import LineFilter

if TYPE_CHECKING:
    from textual.color import Color

_DRAWN = {
    "─━┄┅┈┉╌╍═╴╶╸╺╼╾▁▔‐‑‒–—―−⎯": "-",  # noqa: RUF001
    "│┃┆┇┊┋╎╏║╵╷╹╻╽╿▏▎▍▌▕▐": "|",
    "↑▲△▴": "^",
    "↓▼▽▾": "v",
    "→▶▷▸⟶»›": ">",  # noqa: RUF001
    "←◀◁◂⟵«‹": "<",  # noqa: RUF001
    "█▉▊▋■▓▆▇": "#",
    "▒▄▀▅▃▂▖▗▘▝": "=",
    "░·…": ".",
    "●◉◆★⬤": "*",
    "○◌◇◷☆◎•": "o",
    "✖✗✘×": "x",  # noqa: RUF001
    "✓✔": "v",
    "⏎↵": "<",
    "±": "~",
    "≠": "!",
    "≥": ">",
    "≤": "<",
    "“”„": '"',
    "‘’‚": "'",  # noqa: RUF001
    "≈": "~",
    "⏸": "=",
    "⌫": "<",
    "∞": "8",
    "µμ": "u",
    "Δ": "d",
    "ß": "s",
    "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}": " ",
}
_TABLE = {character: plain for characters, plain in _DRAWN.items() for character in characters}
_BRAILLE, _BOXES = range(0x2800, 0x2900), range(0x2500, 0x2580)
_SPARSE, _SOME = 2, 5
"""Up to so many dots of a braille cell are a full stop, a colon; more are a star."""


class PlainCharacters(LineFilter):
    """Replaces what is not ASCII in every line that is drawn."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """Return the same segments in plain characters."""
        return [
            segment if segment.text.isascii() else Segment(in_ascii(segment.text), segment.style, None)
            for segment in segments
        ]


def in_ascii(text: str) -> str:
    """Return a text of the same width in ASCII."""
    return text if text.isascii() else "".join(map(_in_ascii, text))


@lru_cache(4096)
def _in_ascii(character: str) -> str:
    if character.isascii():
        return character
    if character in _TABLE:
        return _TABLE[character].ljust(cell_len(character))
    code = ord(character)
    if code in _BRAILLE:
        dots = (code - _BRAILLE.start).bit_count()
        return " " if not dots else "." if dots <= _SPARSE else ":" if dots <= _SOME else "*"
    if code in _BOXES:
        return "+"
    width = cell_len(character)
    base = unicodedata.normalize("NFKD", character)[:1]
    return (base if base.isascii() and base.isprintable() and width == 1 else "?" * width).ljust(width)
