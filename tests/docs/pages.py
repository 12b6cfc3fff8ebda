"""The pages of the documentation, and the blocks of code in them that tests take at their word."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
"""Of the checkout."""

_FENCED = re.compile(
    r"^(?P<fence>`{3,})(?P<language>[\w+-]*)(?:[ ]+title=\"(?P<title>[^\"\n]*)\")?[ ]*\n"
    r"(?P<text>.*?)^(?P=fence)[ ]*$",
    re.MULTILINE | re.DOTALL,
)


class Block(NamedTuple):
    """A fenced block of a page.

    Args:
        language: The first word after the fence, such as `python`, `yaml`, `sh` or `text`; empty without one.
        title: What `title="…"` says after it: the file that the block is, from the root of the checkout on;
            empty without one.
        text: What stands between the fences, with the line end of its last line.
    """

    language: str
    title: str
    text: str


def blocks(page: str | Path) -> list[Block]:
    """Return the fenced blocks of a page in its order.

    Args:
        page: Its path, from the root of the checkout on: `docs/how-to/add-a-task.md`.
    """
    return blocks_of((ROOT / page).read_text("utf-8"))


def blocks_of(text: str) -> list[Block]:
    """Return the fenced blocks of a text in Markdown; those that are indented are not taken."""
    return [
        Block(match["language"], match["title"] or "", match["text"])
        for match in _FENCED.finditer(text.replace("\r\n", "\n"))
    ]


def files(page: str | Path) -> dict[str, str]:
    """Return the text of every block of a page that is a file, by its title."""
    titled = [block for block in blocks(page) if block.title]
    found = {block.title: block.text for block in titled}
    assert len(found) == len(titled), f"{page} has two blocks of the same title"
    return found
