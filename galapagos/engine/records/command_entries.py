"""The entries of a log of commands, checked in full when they are read: a run plays what it was told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from galapagos.engine.commands import Breed, Drop, Inject, Pin, command_from_json
from galapagos.engine.records.individual_json import individual_from_json
from galapagos.errors import CheckpointError, CommandRefused, InvalidGenome
from galapagos.genomes.any_genome import genome_from_json
from galapagos.strict_json import members, shown, text, whole

if TYPE_CHECKING:
    from collections.abc import Iterable

FAILURE = "failure"
"""The entry of a failure that depends on the clock or the machine, obeyed on resume and replay."""

OF_THE_LOG = frozenset({"client", "individual", "number"})
"""What the log has of a command beside the command itself."""

_WITHDRAW = "withdraw"

Entry = dict[str, Any]


def checked(entries: Iterable[tuple[int, Entry]]) -> list[tuple[int, Entry]]:
    """Return the (generation, entry) of a log, each of which is one.

    Raises:
        CheckpointError: Where one is none, since the run cannot be played again without it.
    """
    found = list(entries)
    for place, (generation, entry) in enumerate(found, start=1):
        try:
            whole(generation, "a generation")
            _check(entry)
        except (ValueError, CommandRefused, InvalidGenome) as error:
            raise CheckpointError(
                f"command {place} of the log is damaged, and without it the run cannot go on: {error}"
            ) from None
    return found


def command_of(entry: Entry) -> Entry:
    """Return the JSON object of the command in an entry."""
    # To withdraw is the only command that names a number itself.
    kept = {"number"} if entry.get("command") == _WITHDRAW else set()
    return {name: value for name, value in entry.items() if name not in OF_THE_LOG - kept}


def _check(entry: Entry) -> None:
    if entry.get("command") == FAILURE:
        for name in ("purpose", "id", "kind", "message"):
            text(entry.get(name), name)
        return
    command = command_from_json(command_of(entry))
    text(entry.get("client", ""), "client")
    whole(entry.get("number", 0), "number")
    about = entry.get("individual")
    if isinstance(command, Pin | Breed):
        individual = individual_from_json(members(about, "individual"))
        if individual.id != command.id:
            raise ValueError(f"it is about {command.id} and has the network of {shown(individual.id)}")
    elif about is not None and not isinstance(command, Drop):
        raise ValueError("it has a network where none belongs")
    if isinstance(command, Inject):
        genome_from_json(command.genome)
