"""Frames that cross the sockets, changed: to a server, from an engine, between engine and worker."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pytest

from galapagos.engine.commands import (
    Breed,
    Drop,
    Inject,
    Pause,
    Pin,
    SetParameters,
    command_from_json,
    command_to_json,
)
from galapagos.engine.pool.worker_pipe import FrameReader, frame
from galapagos.engine.records.command_log import CommandLog
from galapagos.engine.records.individual_json import evaluation_to_json
from galapagos.engine.snapshot import _MAY_BE_ABSENT, snapshot_from_json
from galapagos.engine.socket import protocol
from galapagos.engine.socket.client import Client
from galapagos.engine.socket.server import Server
from galapagos.engine.steering import CommandQueue
from galapagos.errors import CommandRefused, ConnectionLost, GalapagosError, InvalidGenome
from galapagos.genomes.any_genome import genome_from_json
from galapagos.parameters import Parameters
from tests.engine.fakes import PATIENCE, FakeHost, elite_id, snapshot
from tests.engine.populations import random_evaluation
from tests.hostile.mutations import any_of, gnawed, one_of, reshaped
from tests.hostile.networks import learner, stack
from tests.hostile.reading import FEW, MANY, Format, fuzz, must_be_plain
from tests.hostile.test_texts import second_reading

if TYPE_CHECKING:
    from pathlib import Path

    from galapagos.engine.commands import Command
    from galapagos.engine.snapshot import Snapshot

GENOME = learner(1, trained=True).to_json()
COMMANDS: tuple[Command, ...] = (
    SetParameters({"tournament_size": 5, "weight_values": [-1.0, 1.0]}),
    Inject(GENOME, "0" * 16, "a library"),
    Inject(stack(1).to_json()),
    Pin(elite_id(1)),
    Breed(elite_id(2), 3),
    Drop(elite_id(3)),
    Pause(),
)
REQUESTS = (
    *({"request": number, "command": command_to_json(command)} for number, command in enumerate(COMMANDS)),
    {"request": 10, "genome": elite_id(1)},
    {"request": 11, "weights": elite_id(1)},
    {"request": 12, "snapshot": True},
    {"request": 13, "name": "me@pts/3"},
)


class StrictHost(FakeHost):
    """A host that takes commands as an engine does: checked, logged, and waiting for their generation."""

    def __init__(self, log: CommandLog) -> None:
        super().__init__()
        self.queue = CommandQueue(log=log, parameters=Parameters.model_validate({}), next_generation=3)

    async def take(self, command: Command, client: str) -> dict[str, Any]:
        self.commands.append((command, client))
        if isinstance(command, Inject):
            try:
                genome_from_json(command.genome)
            except InvalidGenome as error:
                raise CommandRefused(str(error)) from None
        if isinstance(command, SetParameters):
            return dict(await self.queue.put(command, client=client, individual=None))
        return {"generation": 3}


def framed(text: bytes) -> bytes:
    return len(text).to_bytes(protocol.HEADER_BYTES, "big") + text


def requests() -> Any:
    """Return what draws a changed request: most with a length that is right."""
    contents = [orjson.dumps(request) for request in REQUESTS]
    mutation = any_of(reshaped, reshaped, gnawed)

    def draw(rng: np.random.Generator) -> bytes:
        text = mutation(contents[int(rng.integers(len(contents)))], rng)
        sent = framed(text)
        return gnawed(sent, rng) if rng.random() < 0.1 else sent

    return draw


class Attacker:
    """Sends frames to a server over one connection after the other, and reads what it answers."""

    def __init__(self, server: Server, host: StrictHost) -> None:
        self._server = server
        self._host = host
        self.ours: socket.socket | None = None

    async def ask(self, sent: bytes) -> list[dict[str, Any]]:
        """Send bytes and an honest question behind them; return what came, up to the answer to that."""
        ours, theirs = socket.socketpair()
        self._server._begin(theirs)
        reader, writer = await asyncio.open_unix_connection(sock=ours)
        answers: list[dict[str, Any]] = []
        try:
            writer.write(sent + protocol.encode({"request": 999_999, "snapshot": True}, 1000))
            writer.write_eof()
            async with asyncio.timeout(PATIENCE):
                while (message := await protocol.read_frame(reader, protocol.MAX_ANSWER)) is not None:
                    assert isinstance(message, dict)
                    answers.append(message)
                    if message.get("answer") == 999_999:
                        break
        finally:
            writer.close()
        return answers


def to_a_server(directory: Path) -> tuple[Format, asyncio.Runner]:
    runner = asyncio.Runner()
    log = CommandLog(directory / "commands.jsonl")
    host = StrictHost(log)

    async def serve() -> Server:
        return Server(host)

    attacker = Attacker(runner.run(serve()), host)

    def read(sent: bytes) -> None:
        before = len(host.commands)
        answers = runner.run(attacker.ask(sent))
        told = [answer for answer in answers if "answer" in answer and answer["answer"] != 999_999]
        for command, client in host.commands[before:]:
            must_be_plain(client, "client")
            stands_there(command, sent)
        refused = [answer["error"] for answer in told if "error" in answer]
        for line in refused:
            must_be_plain(line, "server")
        if refused or not told:
            raise CommandRefused(refused[0] if refused else "the connection ended")

    return Format("frames to a server", requests(), read), runner


def stands_there(command: Command, sent: bytes) -> None:
    """Compare a command that a host took with a second reading of what was sent."""
    length = int.from_bytes(sent[:4], "big")
    given = second_reading(sent[4 : 4 + length])["command"]
    written = orjson.loads(orjson.dumps(command_to_json(command)))
    assert {name: written[name] for name in given} == given
    assert command_from_json(given) == command


def frames_of_an_engine() -> list[bytes]:
    picture = snapshot(levels=2, population=3)
    sent = [protocol.encode_snapshot(picture)[4:]]
    known = {"id": elite_id(1), "genome": GENOME, "parents": [], "operator": "add_node", "generation": 3}
    evaluation = evaluation_to_json(random_evaluation(np.random.default_rng(1)))
    for number, result in enumerate(
        (protocol.showable(picture), {"generation": 4}, known | {"evaluation": evaluation}, {"file": "/a/b"}),
        1,
    ):
        sent.append(
            protocol.encode({"answer": number, "ok": True, "result": result}, protocol.MAX_ANSWER)[4:]
        )
        sent.append(protocol.encode_refusal(number, "it is not so")[4:])
    return sent


async def meet(sent: bytes) -> tuple[list[Any], str | None, Snapshot | None]:
    """Ask everything of an engine that sends these bytes to every client, and then ends."""
    ours, theirs = socket.socketpair()
    with theirs:
        client = await Client.over(ours, answer_timeout=PATIENCE)
        asking = [
            asyncio.ensure_future(question)
            for question in (
                client.snapshot(),
                client.send(Pause()),
                client.genome(elite_id(1)),
                client.weights(elite_id(1)),
            )
        ]
        await asyncio.sleep(0)
        theirs.sendall(sent)
        theirs.shutdown(socket.SHUT_WR)
        answers = await asyncio.gather(*asking, return_exceptions=True)
        lost, latest = client.lost, client.latest
        await client.close()
    return answers, lost, latest


def from_an_engine(_: Path) -> tuple[Format, asyncio.Runner]:
    runner = asyncio.Runner()
    contents = frames_of_an_engine()
    mutation = any_of(reshaped, reshaped, gnawed)

    def draw(rng: np.random.Generator) -> bytes:
        sent = framed(mutation(contents[int(rng.integers(len(contents)))], rng))
        sent = gnawed(sent, rng) if rng.random() < 0.1 else sent
        return sent + framed(one_of(contents, rng)) if rng.random() < 0.3 else sent

    def read(sent: bytes) -> None:
        answers, lost, latest = runner.run(meet(sent))
        assert lost is not None
        must_be_plain(lost, "client")
        if latest is not None:
            again = snapshot_from_json(orjson.loads(orjson.dumps(latest)))
            assert orjson.dumps(again) == orjson.dumps(latest)
            must_be_in(orjson.loads(orjson.dumps(latest)), sent)
        for answer in answers:
            assert isinstance(answer, GalapagosError) or not isinstance(answer, BaseException), repr(answer)
            if isinstance(answer, GalapagosError):
                must_be_plain(str(answer), "client")
        if lost != "the engine has ended":
            raise ConnectionLost(lost)

    return Format("frames of an engine", draw, read), runner


def must_be_in(picture: dict[str, Any], sent: bytes) -> None:
    """Hold every field of a picture against a second reading of the frames."""
    given = []
    while len(sent) >= protocol.HEADER_BYTES:
        length = int.from_bytes(sent[:4], "big")
        text, sent = sent[4 : 4 + length], sent[4 + length :]
        try:
            message = second_reading(text)
        except (ValueError, AssertionError, RecursionError):
            continue
        if isinstance(message, dict):
            given += [
                part for part in (message.get("snapshot"), message.get("result")) if isinstance(part, dict)
            ]
    assert any(alike(picture, one) for one in given)


def alike(found: Any, given: Any) -> bool:
    """Return whether a value is what was sent: whole numbers may be real ones, nothing else changes."""
    if isinstance(found, dict):
        return isinstance(given, dict) and all(
            alike(value, given[name]) if name in given else name in _MAY_BE_ABSENT
            for name, value in found.items()
        )
    if isinstance(found, list):
        return isinstance(given, list) and len(found) == len(given) and all(map(alike, found, given))
    if isinstance(found, bool) or isinstance(given, bool):
        return found is given
    return bool(found == given)


@pytest.mark.parametrize("way", [to_a_server, from_an_engine])
def test_a_changed_frame_is_what_it_says_or_refused(tmp_path: Path, way: Any) -> None:
    form, runner = way(tmp_path)
    with runner:
        fuzz(form, FEW)


@pytest.mark.slow
@pytest.mark.parametrize("way", [to_a_server, from_an_engine])
def test_ten_thousand_changed_frames_each_way(tmp_path: Path, way: Any) -> None:
    form, runner = way(tmp_path)
    with runner:
        fuzz(form, MANY)


MESSAGES: list[tuple[Any, ...]] = [
    ("ready",),
    ("withdrawn", 3),
    ("done", 4, [(1.5, {"mean": 1.5}, [], 3, 0.0, 100, 0.1), ("error", "it did not work")], 0.1, 12.5),
]


def test_the_pipe_of_a_worker_gives_whole_messages_however_it_is_cut() -> None:
    """Pickles are not changed at will: whoever can write to this pipe is the program itself.

    What can happen is that a worker dies amid a frame, and that it comes in any pieces.
    """
    sent = b"".join(map(frame, MESSAGES))
    ends = np.cumsum([len(frame(message)) for message in MESSAGES])
    for case in range(FEW):
        rng = np.random.default_rng(case)
        end = len(sent) if rng.random() < 0.5 else int(rng.integers(len(sent)))
        reader, found, place = FrameReader(), list[Any](), 0
        while place < end:
            step = int(rng.integers(1, 60))
            found += reader.feed(sent[place : min(place + step, end)])
            place += step
        assert found == MESSAGES[: int((ends <= end).sum())]


@pytest.mark.parametrize(
    "sent", [b"\xff\xff\xff\xff", b"\x00\x00\x00\x01x", b"\x00\x00\x00\x02N.", b"\x00" * 4]
)
def test_what_is_no_message_of_a_worker_is_an_error_of_its_own(sent: bytes) -> None:
    with pytest.raises(ValueError, match=r"^a frame"):
        FrameReader().feed(sent)
