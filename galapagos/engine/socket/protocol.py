"""The frames and messages that cross the socket of a run: a 4-byte big-endian length, then JSON.

To the engine, at most 1 MB a frame:

    {"request": 7, "command": {"command": "pause"}}     see `galapagos.engine.commands`
    {"request": 8, "genome": "0c2020ad5f1e77aa"}        the network of an id
    {"request": 9, "weights": "0c2020ad5f1e77aa"}       the file of what an elite learned, weights never cross
    {"request": 10, "snapshot": true}                   the picture of this moment
    {"request": 11, "name": "ada@pts/3"}                who asks, for the log and for others

From the engine, at most 16 MB a frame:

    {"answer": 7, "ok": true, "result": {…}}
    {"answer": 7, "error": "one line"}                  "answer": null where the request has no number
    {"snapshot": {…}}                                   pushed, the first as soon as a client is attached

A number that is not finite crosses as null.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson

from galapagos.plain_text import plain
from galapagos.strict_json import parse_json

if TYPE_CHECKING:
    from galapagos.engine.commands import Command
    from galapagos.engine.snapshot import Snapshot

MAX_REQUEST = 1 << 20
"""Bytes in a frame to the engine, without the length."""

MAX_ANSWER = 16 << 20
"""Bytes in a frame from the engine, without the length."""

MAX_VALUES = 1 << 20
"""The most values in a frame: a network of 100,000 connections has 300,000."""

MAX_POINTS = 10_000
"""Networks of the population that a snapshot shows; of larger populations an even sample crosses."""

LONGEST_LINE = 1000
"""Characters in an error or a message; what is longer is shortened."""

LONGEST_NAME = 40
"""Characters of a client's name; what is longer is shortened."""

_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")

CLOSE_SECONDS = 1.0
"""How long the last bytes of a stream may take to leave."""

HEADER_BYTES = 4
_ID = re.compile(r"[0-9a-f]{16}")
_LARGEST_NUMBER = 1 << 53


class WrongFrame(Exception):
    """A frame that is not what the protocol allows.

    Args:
        line: What is wrong, in one line.
        number: The number of the request, where it could be read.
        fatal: Whether the stream cannot be read on: where the next frame begins is unknown.
    """

    def __init__(self, line: str, *, number: int | None = None, fatal: bool = False) -> None:
        super().__init__(line)
        self.number = number
        self.fatal = fatal


@dataclass(frozen=True, slots=True)
class CommandRequest:
    """A command that waits for its acknowledgement."""

    number: int
    command: Command


@dataclass(frozen=True, slots=True)
class GenomeRequest:
    """A question for the network of an id."""

    number: int
    id: str


@dataclass(frozen=True, slots=True)
class WeightsRequest:
    """A wish for a file in the run directory with the weights that an elite learned."""

    number: int
    id: str


@dataclass(frozen=True, slots=True)
class SnapshotRequest:
    """A question for the picture of this moment."""

    number: int


@dataclass(frozen=True, slots=True)
class NameRequest:
    """What a client wants to be called."""

    number: int
    name: str


Request = CommandRequest | GenomeRequest | WeightsRequest | SnapshotRequest | NameRequest


async def read_frame(reader: asyncio.StreamReader, limit: int) -> object | None:
    """Return the JSON value of the next frame, or None where the other end has closed.

    Raises:
        WrongFrame: For a frame longer than `limit` bytes (fatal), or one that is not JSON, has a name
            twice in an object, or more values than anything that crosses.
        OSError: Where the connection broke.
    """
    try:
        length = int.from_bytes(await reader.readexactly(HEADER_BYTES), "big")
        if length > limit:
            raise WrongFrame(f"a frame has {length} bytes; at most {limit} may come", fatal=True)
        text = await reader.readexactly(length)
    except asyncio.IncompleteReadError:
        return None
    try:
        value: object = parse_json(text, most_values=MAX_VALUES)
    except ValueError as error:
        raise WrongFrame(f"a frame cannot be read: {error}") from None
    return {} if value is None else value


def encode(message: dict[str, Any], limit: int) -> bytes:
    """Return the frame of a message.

    Raises:
        WrongFrame: Where it would be longer than `limit` bytes, or holds what JSON cannot.
    """
    try:
        text = orjson.dumps(message, option=orjson.OPT_SERIALIZE_NUMPY)
    except TypeError as error:
        raise WrongFrame(f"a message cannot be written as JSON: {error}") from None
    if len(text) > limit:
        raise WrongFrame(f"a message has {len(text)} bytes; at most {limit} may be sent")
    return len(text).to_bytes(HEADER_BYTES, "big") + text


def encode_refusal(number: int | None, line: str) -> bytes:
    """Return the frame that answers a request with an error, made one plain line."""
    text = plain("; ".join(line.splitlines()), limit=LONGEST_LINE)
    return encode({"answer": number, "error": text}, MAX_ANSWER)


def plain_json(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return a JSON value with every text in it made plain; weights in base64 are so at any length."""
    if isinstance(value, str):
        return value if _BASE64.fullmatch(value) else plain(value, limit=LONGEST_LINE)
    if isinstance(value, dict):
        return {key: plain_json(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain_json(part) for part in value]
    return value


def encode_snapshot(snapshot: Snapshot) -> bytes:
    """Return the frame that pushes a snapshot; its texts are made plain.

    Raises:
        WrongFrame: Where it would be longer than a frame may be.
    """
    return encode({"snapshot": showable(snapshot)}, MAX_ANSWER)


def showable(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot whose texts are plain and whose population has at most `MAX_POINTS` networks."""
    step = -(-len(snapshot.population) // MAX_POINTS)
    return replace(
        snapshot,
        title=plain(snapshot.title),
        message=plain(snapshot.message, limit=LONGEST_LINE),
        happenings=tuple(
            replace(item, text=plain(item.text), by=plain(item.by)) for item in snapshot.happenings
        ),
        population=snapshot.population[::step] if step > 1 else snapshot.population,
    )


def request_from_json(data: object) -> Request:
    """Return the request of a JSON value.

    Raises:
        WrongFrame: Where it is none.
        CommandRefused: Where its command is none of the list, or has a part that is wrong.
    """
    number = request_number(data)
    if number is None or not isinstance(data, dict):
        raise WrongFrame('a request is an object with a whole number as "request"')
    match [(key, value) for key, value in data.items() if key != "request"]:
        case [("command", command)]:
            from galapagos.engine.commands import command_from_json

            return CommandRequest(number, command_from_json(command))
        case [("genome", str(asked))] if _ID.fullmatch(asked):
            return GenomeRequest(number, asked)
        case [("weights", str(asked))] if _ID.fullmatch(asked):
            return WeightsRequest(number, asked)
        case [(("genome" | "weights") as name, _)]:
            raise WrongFrame(f"{name}: an id has 16 hexadecimal digits", number=number)
        case [("snapshot", True)]:
            return SnapshotRequest(number)
        case [("name", str(name))] if name := plain(name, LONGEST_NAME):
            return NameRequest(number, name)
    raise WrongFrame(
        "a request asks for one: command, genome or weights (an id), snapshot (true), or name", number=number
    )


def request_number(data: object) -> int | None:
    """Return the number of a request, which may be wrong in its other parts; None where it has none."""
    number = data.get("request") if isinstance(data, dict) else None
    return number if type(number) is int and 0 <= number < _LARGEST_NUMBER else None


async def close_stream(writer: asyncio.StreamWriter) -> None:
    """Close a stream; what the other end has not taken after `CLOSE_SECONDS` is discarded."""
    writer.close()
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await writer.wait_closed()
    writer.transport.abort()
