"""One client of the engine: every request has its answer, and a client that misbehaves harms itself alone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from galapagos.engine.commands import Pause
from galapagos.engine.socket import connection, protocol
from galapagos.engine.socket.client import Client
from galapagos.errors import ConnectionLost, GalapagosError, InvalidParameters
from tests.engine.fakes import FakeHost, StubbornHost, WatchedServer, elite_id, served

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.raw_client import RawClient


async def test_requests_are_answered_in_their_order(raw: RawClient) -> None:
    raw.send(
        {"request": 1, "command": {"command": "pause"}},
        {"request": 2, "snapshot": True},
        {"request": 3, "genome": elite_id(2)},
        {"request": 4, "genome": "ffffffffffffffff"},
    )
    first, second, third, fourth = await raw.answers(4)
    assert first == {"answer": 1, "ok": True, "result": {"generation": 216}}
    assert (second["answer"], second["result"]["state"]) == (2, "paused")
    assert (third["answer"], third["result"]["generation"]) == (3, 20)
    assert (fourth["answer"], fourth["error"][:18]) == (4, "ffffffffffffffff: ")


async def test_a_client_that_closes_its_half_still_gets_its_answers(raw: RawClient) -> None:
    raw.send({"request": 1, "command": {"command": "pause"}})
    raw.writer.write_eof()
    assert (await raw.rest())[-1] == {"answer": 1, "ok": True, "result": {"generation": 216}}


async def test_an_unknown_command_and_a_wrong_shape_are_answered_and_the_connection_goes_on(
    raw: RawClient,
) -> None:
    raw.send({"request": 1, "command": {"command": "reboot"}}, {"request": 2, "what": 1}, {"no": "number"})
    raw.writer.write(b"\x00\x00\x00\x03{]]")
    raw.send({"request": 3, "snapshot": True})
    *refusals, last = await raw.answers(5)
    assert [answer["answer"] for answer in refusals] == [1, 2, None, None]
    assert all(answer["error"] and "\n" not in answer["error"] for answer in refusals)
    assert last["ok"]


async def test_garbage_without_end_cuts_the_client_that_sends_it_and_no_other(
    raw: RawClient, server: WatchedServer, socket_path: Path
) -> None:
    other = await Client.connect(socket_path)
    for _ in range(10_000):
        raw.writer.write(b"\x00\x00\x00\x03{]]")
    raw.writer.write_eof()
    answers = [message for message in await raw.rest() if "answer" in message]
    assert len(answers) == connection.WRONG_FRAMES
    assert (await other.snapshot()).generation == 215
    assert server.clients == 1
    await other.close()


async def test_a_frame_beyond_the_limit_is_answered_and_cuts_its_client(
    raw: RawClient, server: WatchedServer
) -> None:
    raw.writer.write(b"\xff\xff\xff\xff" + b"x" * 1000)
    last = (await raw.rest())[-1]
    assert last == {"answer": None, "error": "a frame has 4294967295 bytes; at most 1048576 may come"}
    assert server.clients == 0


async def test_a_frame_that_never_ends_holds_up_nobody_and_its_client_can_go(
    raw: RawClient, server: WatchedServer, socket_path: Path
) -> None:
    raw.writer.write(b"\x00\x0f\xff\xff{")
    other = await Client.connect(socket_path)
    await other.snapshot()
    await raw.close()
    await server.attached(1)
    await other.close()


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (InvalidParameters(["lr: too large", "seed: is fixed"]), "lr: too large; seed: is fixed"),
        (GalapagosError("a\x1b[2Jb"), "ab"),
        (RuntimeError("secret"), "the engine failed over this request; its log.txt says more"),
    ],
)
async def test_an_error_of_the_engine_is_one_line_and_the_connection_goes_on(
    error: Exception, line: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with served(StubbornHost(error)) as (_, client):
        with pytest.raises(GalapagosError) as caught:
            await client.send(Pause())
        assert str(caught.value) == line
        assert (await client.snapshot()).generation == 215
    assert ("secret" in caplog.text) == isinstance(error, RuntimeError)


async def test_a_result_that_cannot_be_sent_is_an_error_of_that_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "MAX_ANSWER", 100_000)
    host = FakeHost()
    host.genomes[elite_id(1)] = {"genome": object()}
    host.genomes[elite_id(2)] = {"genome": {}, "parents": ["x" * 900] * 200}
    async with served(host) as (_, client):
        for level in (1, 2):
            with pytest.raises(GalapagosError, match=r"cannot be written|at most"):
                await client.genome(elite_id(level))
        assert (await client.snapshot()).generation == 215


async def test_text_in_results_is_made_plain() -> None:
    host = FakeHost()
    host.genomes[elite_id(1)]["operator"] = "add\x1b[31m_node\x07"
    async with served(host) as (_, client):
        assert (await client.genome(elite_id(1)))["operator"] == "add_node"


async def test_answers_are_never_dropped_however_many_snapshots_come_between(
    raw: RawClient, server: WatchedServer
) -> None:
    host = FakeHost()
    raw.send(*({"request": number, "snapshot": True} for number in range(300)))
    for _ in range(50):
        server.publish(host.show())
        await asyncio.sleep(0)
    assert [answer["answer"] for answer in await raw.answers(300)] == list(range(300))


async def test_a_command_is_taken_to_the_end_although_its_client_breaks_off() -> None:
    host = StubbornHost()
    server = WatchedServer(host)
    client = await server.connect_in_memory()
    asked = asyncio.create_task(client.send(Pause()))
    await host.reached.wait()
    (serving,) = server._tasks
    serving.cancel()
    with pytest.raises(ConnectionLost):
        await asked
    assert host.commands == []
    (taking,) = server._reception._taking
    host.go_on.set()
    await taking
    assert host.commands == [(Pause(), "client 1")]
    await client.close()
    await server.close()


def names(server: WatchedServer) -> list[str]:
    """Return what the clients were called whose commands the host took."""
    host = server._reception.host
    assert isinstance(host, FakeHost)
    return [name for _, name in host.commands]


async def test_a_client_is_called_as_it_says(raw: RawClient, server: WatchedServer) -> None:
    raw.send({"request": 1, "command": {"command": "pause"}})
    raw.send({"request": 2, "name": "ada@pts/3"})
    raw.send({"request": 3, "command": {"command": "pause"}})
    answers = await raw.answers(3)
    assert answers[1] == {"answer": 2, "ok": True, "result": {"name": "ada@pts/3"}}
    assert names(server) == ["client 1", "ada@pts/3"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("[@click=app.quit]x[/]", "[@click=app.quit]x[/]"),
        ("a\x1b[2J\x9b31m\u202eb\nc", "ab c"),
        ("\N{FAMILY}" * 10_000, "\N{FAMILY}" * 39 + "…"),
    ],
    ids=["markup", "control characters", "10 kB"],
)
async def test_a_hostile_name_is_one_short_plain_line(
    raw: RawClient, server: WatchedServer, name: str, shown: str
) -> None:
    raw.send({"request": 1, "name": name}, {"request": 2, "command": {"command": "pause"}})
    await raw.answers(2)
    assert names(server) == [shown]


@pytest.mark.parametrize("name", ["", "\x1b[2J", 7, None, ["ada"]])
async def test_what_is_no_name_is_refused(raw: RawClient, server: WatchedServer, name: object) -> None:
    assert server.clients <= 1
    raw.send({"request": 1, "name": name})
    [answer] = await raw.answers(1)
    assert "asks for one" in answer["error"]


async def test_a_client_that_leaves_its_answers_unread_is_cut_after_a_while(
    raw: RawClient, server: WatchedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "UNREAD_SECONDS", 0.05)
    monkeypatch.setattr(connection, "FLUSH_SECONDS", 0.05)
    monkeypatch.setattr(protocol, "CLOSE_SECONDS", 0.05)
    raw.send(*({"request": number, "snapshot": True} for number in range(1000)))
    await server.attached(0)
