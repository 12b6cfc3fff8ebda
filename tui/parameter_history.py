"""Who changed which parameter, and when: from the journal of a run and the log of its commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from galapagos.engine.files.plain_files import open_plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_CHANGES = 2_000
"""The latest so many are kept, however long the run was."""
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class ParameterChange:
    """One parameter that got another value.

    Args:
        generation: The first one in which the new value acted, as the engine counts.
        name: Of the parameter.
        old: The value before, as JSON has it.
        new: The value since.
        client: Who asked for it, as the engine names its clients; empty where that is not known.
    """

    generation: int
    name: str
    old: Any
    new: Any
    client: str = ""


def read_history(run_directory: Path) -> list[ParameterChange]:
    """Return the changes of a run, the latest first; files that are absent or damaged say nothing.

    Only lines that are about parameters are parsed, so a journal of 200,000 generations takes about a second.
    """
    clients: dict[tuple[int, str], str] = {}
    for line in _lines(run_directory / "commands.jsonl", b'"set"'):
        command, generation = line.get("command"), line.get("generation")
        if isinstance(command, dict) and command.get("command") == "set" and type(generation) is int:
            changes = command.get("changes")
            for name in changes if isinstance(changes, dict) else ():
                clients[generation, name] = str(command.get("client", ""))
    changes = [
        ParameterChange(generation, name, old, new, clients.get((generation, name), ""))
        for generation, name, old, new in _changes(run_directory / "journal.jsonl")
    ]
    return changes[: -MOST_CHANGES - 1 : -1]


def _changes(journal: Path) -> Iterator[tuple[int, str, Any, Any]]:
    for line in _lines(journal, b'"parameters"'):
        generation, changes = line.get("generation"), line.get("changes")
        if line.get("type") != "parameters" or type(generation) is not int:
            continue
        for name, values in changes.items() if isinstance(changes, dict) else ():
            if isinstance(values, list) and len(values) == 2:
                yield generation, str(name), values[0], values[1]


def _lines(path: Path, mark: bytes) -> Iterator[dict[str, Any]]:
    """Return the objects of the lines that hold a mark; of a line that is still written, nothing."""
    from galapagos.engine.files.log_reading import objects_in

    return objects_in(_marked(path, mark))


def _marked(path: Path, mark: bytes) -> Iterator[bytes]:
    rest = b""
    try:
        with open_plain(path) as file:
            while piece := file.read(_PIECE):
                text = rest + piece
                whole = text[: text.rfind(b"\n") + 1]
                rest = text[len(whole) :]
                if mark in whole:
                    yield from (line for line in whole.split(b"\n") if mark in line)
    except OSError:
        return
