"""An elite as a JSON file that every command takes as a network, and as text for the clipboard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson

from galapagos.plain_text import plain

if TYPE_CHECKING:
    from pathlib import Path

    from tui.shown_elite import ShownElite

MOST_CLIPBOARD_BYTES = 74_000
"""Text of this length is about the most that terminals take by OSC 52 (100,000 bytes of base64)."""

_MOST_NAMES = 1000
_LONGEST_TASK = 40
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]+")


def json_of(elite: ShownElite) -> bytes:
    """Return an elite as JSON: its network under `genome`, and what is known of it."""
    known: dict[str, Any] = elite.known
    run = "" if elite.run_directory is None else elite.run_directory.name
    about = {"title": elite.title, "run": run}
    return orjson.dumps(about | known | {"parameters": dict(elite.parameters)})


def write_json(elite: ShownElite, directory: Path) -> tuple[Path, bytes]:
    """Write an elite into a directory, under a name that nothing has there; return the file and its content.

    Raises:
        OSError: Where it cannot be written.
    """
    content = json_of(elite)
    task = _NOT_IN_NAMES.sub("-", plain(elite.task, _LONGEST_TASK)).strip("-.")
    identity = _NOT_IN_NAMES.sub("", elite.id)[:8]
    stem = "-".join(part for part in (task, identity) if part) or "elite"
    for number in range(1, _MOST_NAMES):
        path = directory / (f"{stem}.json" if number == 1 else f"{stem}-{number}.json")
        try:
            with path.open("xb") as file:
                file.write(content)
        except FileExistsError:
            continue
        return path, content
    raise FileExistsError(f"there are {_MOST_NAMES - 1} files {stem}-….json already")
