"""The client: the newest picture, answers that find their questions, and an end that is always told."""

from __future__ import annotations

import asyncio
import math
import os
import pwd
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from galapagos.engine.commands import Breed, Command, Inject, Pause, Pin, SetParameters, Stop
from galapagos.engine.snapshot import RunState
from galapagos.engine.socket import protocol
from galapagos.engine.socket.client import Client, own_name
from galapagos.engine.socket.protocol import MAX_REQUEST
from galapagos.engine.socket.server import Server
from galapagos.errors import CommandRefused, ConnectionLost, UnknownRun
from galapagos.genomes.graph import GraphGenome
from tests.engine.fakes import GENOME, PATIENCE, FakeHost, StubbornHost, elite_id, served, snapshot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path


class ScriptedEngine:
    """The other end of one client: it sends what a test tells it to, right or wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.writer: asyncio.Future[asyncio.StreamWriter] = asyncio.get_running_loop().create_future()
        self.reader: asyncio.StreamReader | None = None

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer.set_result(writer)

    async def send(self, *messages: dict[str, Any]) -> None:
        writer = await self.writer
        for message in messages:
            writer.write(protocol.encode(message, 1 << 30))

    async def request(self) -> Any:
        await self.writer
        assert self.reader is not None
        request: Any = await protocol.read_frame(self.reader, MAX_REQUEST)
        # Every client says its name first, and waits for no answer.
        return await self.request() if "name" in request else request

    async def hang_up(self) -> None:
        (await self.writer).transport.abort()


@pytest.fixture
async def scripted(socket_path: Path) -> AsyncIterator[tuple[ScriptedEngine, Client]]:
    engine = ScriptedEngine(socket_path)
    server = await asyncio.start_unix_server(engine.accept, str(socket_path))
    client = await Client.connect(socket_path, answer_timeout=PATIENCE)
    yield engine, client
    await client.close()
    await protocol.close_stream(await engine.writer)
    server.close()
    await server.wait_closed()


async def test_an_absent_socket_is_an_unknown_run_in_one_line(socket_path: Path) -> None:
    with pytest.raises(UnknownRun, match=r"no engine listens at .*: the run is not alive") as caught:
        await Client.connect(socket_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("spoil", [lambda path: path.write_text(""), lambda path: path.mkdir()])
async def test_what_is_no_socket_is_an_unknown_run(socket_path: Path, spoil: Callable[[Path], Any]) -> None:
    spoil(socket_path)
    with pytest.raises(UnknownRun):
        await Client.connect(socket_path)


async def test_a_path_that_no_socket_can_have_is_an_unknown_run(socket_path: Path) -> None:
    with pytest.raises(UnknownRun, match="too long"):
        await Client.connect(socket_path.parent / ("x" * 200))


@pytest.mark.usefixtures("server")
async def test_an_engine_of_another_user_is_not_trusted(
    socket_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    us = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: us + 1)
    with pytest.raises(UnknownRun, match=f"belongs to user {us}"):
        await Client.connect(socket_path)


async def test_a_client_says_its_name_before_anything_else(socket_path: Path) -> None:
    host = FakeHost()
    server = Server(host)
    await server.start(socket_path)
    client = await Client.connect(socket_path, answer_timeout=PATIENCE)
    await client.send(Pause())
    [(_, name)] = host.commands
    assert name == own_name()
    assert name.startswith(f"{pwd.getpwuid(os.getuid()).pw_name}@")
    await client.close()
    await server.close()


async def test_commands_arrive_as_they_were_sent() -> None:
    host = FakeHost()
    sent: list[Command] = [
        SetParameters({"complexity_levels": 4, "weight_values": [-1.0, 1.0]}),
        Inject(GENOME.to_json(), parent=elite_id(1)),
        Pin(elite_id(2)),
        Breed(elite_id(3), 12),
        Pause(),
        Stop(),
    ]
    async with served(host) as (_, client):
        for command in sent:
            assert await client.send(command) == {"generation": 216}
    assert [command for command, _ in host.commands] == sent
    assert {name for _, name in host.commands} == {"client 1"}


async def test_a_refusal_is_raised_with_its_line() -> None:
    host = FakeHost()
    host.refusal = "complexity_levels: 100 is too many; at most 64"
    async with served(host) as (_, client):
        with pytest.raises(CommandRefused, match="at most 64"):
            await client.send(SetParameters({"complexity_levels": 100}))


async def test_a_genome_comes_with_its_origin_and_its_evaluation() -> None:
    async with served(FakeHost()) as (_, client):
        found = await client.genome(elite_id(3))
    assert GraphGenome.from_json(found["genome"]) == GENOME
    assert (found["operator"], found["parents"], found["generation"]) == ("add_node", [], 30)


async def test_learned_weights_come_as_a_file_of_an_elite_that_keeps_them() -> None:
    async with served(FakeHost()) as (_, client):
        file = await client.weights(elite_id(3))
        with pytest.raises(CommandRefused, match="keeps the weights"):
            await client.weights("f" * 16)
    assert file == f"/run/elites/{elite_id(3)}.safetensors"


async def test_an_id_that_nobody_has_is_refused() -> None:
    async with served(FakeHost()) as (_, client):
        with pytest.raises(CommandRefused, match="neither an elite nor a member"):
            await client.genome("f" * 16)


async def test_a_command_too_large_for_a_frame_is_refused_before_it_is_sent() -> None:
    host = FakeHost()
    async with served(host) as (_, client):
        with pytest.raises(CommandRefused, match="at most 1048576"):
            await client.send(Inject({"connections": [[0, 1]] * 300_000}))
        assert await client.send(Pause()) == {"generation": 216}
    assert len(host.commands) == 1


async def test_a_command_of_almost_a_megabyte_arrives() -> None:
    host = FakeHost()
    genome = {"connections": [[0, 1]] * 170_000}
    async with served(host) as (_, client):
        await client.send(Inject(genome))
    assert host.commands[0][0] == Inject(genome)


async def test_a_slow_reader_sees_the_newest_picture_only() -> None:
    host = FakeHost()
    async with served(host) as (server, client):
        pictures = client.snapshots()
        assert (await anext(pictures)).sequence == 1
        for _ in range(20):
            server.publish(host.show())
            await client.snapshot()
        assert (await anext(pictures)).sequence == 21
        assert client.latest is not None
        assert client.latest.sequence == 21
        await pictures.aclose()


async def test_many_readers_of_one_client_all_see_a_new_picture() -> None:
    host = FakeHost()
    async with served(host) as (server, client):
        first = await client.newer()
        readers = [asyncio.create_task(client.newer(first)) for _ in range(5)]
        await asyncio.sleep(0)
        server.publish(host.show(generation=300))
        assert {picture.generation for picture in await asyncio.gather(*readers)} == {300}


async def test_pictures_end_when_the_engine_goes() -> None:
    async with served(FakeHost()) as (server, client):
        await client.newer()
        closing = asyncio.create_task(server.close())
        assert [picture.sequence async for picture in client.snapshots()] == [1]
        await closing
        assert client.lost == "the engine has ended"


async def test_what_waits_for_an_answer_is_told_when_the_connection_ends(
    scripted: tuple[ScriptedEngine, Client],
) -> None:
    engine, client = scripted
    waiting = [asyncio.create_task(client.send(Pause())) for _ in range(3)]
    assert (await engine.request())["command"] == {"command": "pause"}
    await engine.hang_up()
    for outcome in await asyncio.gather(*waiting, return_exceptions=True):
        assert isinstance(outcome, ConnectionLost)
    with pytest.raises(ConnectionLost):
        await client.snapshot()
    with pytest.raises(ConnectionLost):
        await client.newer()


async def test_what_waits_for_an_answer_is_told_when_this_client_closes() -> None:
    host = StubbornHost()
    async with served(host) as (_, client):
        waiting = asyncio.create_task(client.send(Pause()))
        await host.reached.wait()
        await client.close()
        with pytest.raises(ConnectionLost, match="this client was closed"):
            await waiting
        await client.close()
        host.go_on.set()


async def test_an_engine_that_does_not_answer_is_given_up_on(socket_path: Path) -> None:
    engine = ScriptedEngine(socket_path)
    server = await asyncio.start_unix_server(engine.accept, str(socket_path))
    client = await Client.connect(socket_path, answer_timeout=0.05)
    with pytest.raises(ConnectionLost, match=r"did not answer within 0\.05 s"):
        await client.send(Pause())
    await engine.send({"answer": 1, "ok": True, "result": {}}, {"snapshot": _json(sequence=3)})
    assert (await client.newer()).sequence == 3
    await client.close()
    await protocol.close_stream(await engine.writer)
    server.close()
    await server.wait_closed()


async def test_answers_find_their_questions_in_any_order(scripted: tuple[ScriptedEngine, Client]) -> None:
    engine, client = scripted
    asked = [asyncio.create_task(client.send(Pause())) for _ in range(3)]
    numbers = [(await engine.request())["request"] for _ in asked]
    assert len(set(numbers)) == 3
    for index in (2, 0, 1):
        await engine.send({"answer": numbers[index], "ok": True, "result": {"generation": index}})
    assert [answer["generation"] for answer in await asyncio.gather(*asked)] == [0, 1, 2]


async def test_an_answer_that_came_before_an_older_picture_does_not_bring_the_older_one_back(
    scripted: tuple[ScriptedEngine, Client],
) -> None:
    engine, client = scripted
    asked = asyncio.create_task(client.snapshot())
    number = (await engine.request())["request"]
    await engine.send({"answer": number, "ok": True, "result": _json(sequence=9)})
    assert (await asked).sequence == 9
    await engine.send({"snapshot": _json(sequence=8)}, {"snapshot": _json(sequence=10)})
    assert (await client.newer(client.latest)).sequence == 10


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ({"snapshot": {"sequence": 1}}, "may be of another version"),
        ({"snapshot": None}, "may be of another version"),
        (
            {"answer": None, "error": "too many\x1b[2J clients"},
            "the engine ended the connection: too many clients",
        ),
        ({"what": 1}, "the engine ended the connection"),
    ],
)
async def test_a_message_that_cannot_be_understood_ends_the_connection_with_a_line(
    scripted: tuple[ScriptedEngine, Client], message: dict[str, Any], line: str
) -> None:
    engine, client = scripted
    await engine.send(message)
    with pytest.raises(ConnectionLost, match=line):
        await client.newer()


async def test_a_field_of_a_later_version_is_passed_over(scripted: tuple[ScriptedEngine, Client]) -> None:
    engine, client = scripted
    await engine.send({"snapshot": {**_json(sequence=4), "weather": "fine"}})
    assert (await client.newer()).sequence == 4


async def test_an_answer_to_a_snapshot_that_cannot_be_read_is_lost_not_wrong(
    scripted: tuple[ScriptedEngine, Client],
) -> None:
    engine, client = scripted
    asked = asyncio.create_task(client.snapshot())
    number = (await engine.request())["request"]
    await engine.send({"answer": number, "ok": True, "result": {"state": "melting"}})
    with pytest.raises(ConnectionLost, match="cannot be read"):
        await asked


async def test_numbers_that_are_not_finite_arrive_as_none_or_nan() -> None:
    host = FakeHost(snapshot(best_fitness=math.nan, qd_score=math.nan, state=RunState.STARTING))
    async with served(host) as (_, client):
        picture = await client.newer()
    assert picture.best_fitness is None
    assert math.isnan(picture.qd_score)


async def test_a_cancelled_question_leaves_the_connection_in_order() -> None:
    host = StubbornHost()
    async with served(host) as (_, client):
        asked = asyncio.create_task(client.send(Pause()))
        await host.reached.wait()
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
        host.go_on.set()
        assert (await client.snapshot()).state is RunState.PAUSED


def _json(**changes: Any) -> dict[str, Any]:
    picture: dict[str, Any] = orjson.loads(orjson.dumps(snapshot(**changes)))
    return picture
