"""Everything a client can ask the engine to do: an enumerated list of immutable, checked commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config

from galapagos.errors import CommandRefused
from galapagos.plain_text import plain

_EXACT = ConfigDict(extra="forbid")
Id = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


@with_config(_EXACT)
@dataclass(frozen=True, slots=True)
class SetParameters:
    """Change live parameters, all together or none; they act in the next generation."""

    changes: dict[str, Any]
    command: Literal["set"] = "set"


@with_config(_EXACT)
@dataclass(frozen=True, slots=True)
class Inject:
    """Put a clone of a network into the next generation.

    Args:
        genome: The network's JSON.
        parent: The id it had, if it had one.
        source: Where it comes from, in words for the journal.
    """

    genome: dict[str, Any]
    parent: Id | None = None
    source: Annotated[str, Field(max_length=200)] = ""
    command: Literal["inject"] = "inject"


@with_config(_EXACT)
@dataclass(frozen=True, slots=True)
class Pin:
    """Make an elite or a member of the population an extra parent in every generation."""

    id: Id
    command: Literal["pin"] = "pin"


@with_config(_EXACT)
@dataclass(frozen=True, slots=True)
class Unpin:
    """End a pin."""

    id: Id
    command: Literal["unpin"] = "unpin"


@with_config(_EXACT)
@dataclass(frozen=True, slots=True)
class Breed:
    """Make `count` of the next children those of one elite or member of the population."""

    id: Id
    count: Annotated[int, Field(ge=1, le=10_000, strict=True)] = 1
    command: Literal["breed"] = "breed"


@with_config(_EXACT)
@dataclass(frozen=True, slots=True)
class CancelBreed:
    """Make at most `count` fewer of the children that were asked for of one parent and are not made yet."""

    id: Id
    count: Annotated[int, Field(ge=1, le=10_000, strict=True)] = 1
    command: Literal["cancel_breed"] = "cancel_breed"


@with_config(_EXACT)
@dataclass(frozen=True, slots=True)
class Drop:
    """Empty the archive's bin of one elite."""

    id: Id
    command: Literal["drop"] = "drop"


@with_config(_EXACT)
@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take back a command that waits for its generation, by the number in its acknowledgement."""

    number: Annotated[int, Field(ge=0, strict=True)]
    command: Literal["withdraw"] = "withdraw"


@with_config(_EXACT)
@dataclass(frozen=True, slots=True)
class Pause:
    """Stop sending work to the workers at once."""

    command: Literal["pause"] = "pause"


@with_config(_EXACT)
@dataclass(frozen=True, slots=True)
class Continue:
    """End a pause."""

    command: Literal["continue"] = "continue"


@with_config(_EXACT)
@dataclass(frozen=True, slots=True)
class Stop:
    """Discard the unfinished generation, write a checkpoint and end the engine."""

    command: Literal["stop"] = "stop"


SteeringCommand = SetParameters | Inject | Pin | Unpin | Breed | CancelBreed | Drop | Withdraw
"""Commands that change what evolves: logged with the generation they act in, and played again on resume."""

Command = SteeringCommand | Pause | Continue | Stop

_COMMAND: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Field(discriminator="command")])


def command_from_json(data: object) -> Command:
    """Return the command of a JSON object.

    Raises:
        CommandRefused: Where it is none of the list, or has a part that is missing, wrong or too many.
    """
    try:
        return _COMMAND.validate_python(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "command"
        # Where it is too much, its name stands there, which may be anything.
        raise CommandRefused(plain(f"{where}: {first['msg']}")) from None


def command_to_json(command: Command) -> dict[str, Any]:
    """Return the JSON object of a command."""
    return {name: getattr(command, name) for name in ("command", *command.__dataclass_fields__)}
