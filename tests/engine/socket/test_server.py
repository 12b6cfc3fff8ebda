"""The server: one picture for all clients, and the engine waits for none of them."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from galapagos.engine.commands import Pause, SetParameters
from galapagos.engine.snapshot import RunState
from galapagos.engine.socket import connection, protocol
from galapagos.engine.socket.client import Client
from galapagos.engine.socket.server import MAX_CLIENTS
from galapagos.errors import ConnectionLost, GalapagosError, UnknownRun
from tests.engine.fakes import PATIENCE, FakeHost, StubbornHost, WatchedServer, served, snapshot
from tests.engine.raw_client import RawClient

CHECKOUT = Path(__file__).parents[3]


async def test_a_new_client_sees_the_run_at_once(raw: RawClient) -> None:
    message = await raw.receive()
    assert message["snapshot"]["generation"] == 215


async def test_a_snapshot_is_encoded_once_for_all_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    server = WatchedServer(FakeHost())
    clients = [await server.connect_in_memory() for _ in range(3)]
    seen = [await client.newer() for client in clients]
    encoded: list[int] = []
    encode = protocol.encode_snapshot

    def counted(picture: Any) -> bytes:
        encoded.append(picture.sequence)
        return encode(picture)

    monkeypatch.setattr(protocol, "encode_snapshot", counted)
    server.publish(snapshot(sequence=5))
    for client, old in zip(clients, seen, strict=True):
        assert (await client.newer(old)).sequence == 5
        await client.close()
    assert encoded == [5]
    await server.attached(0)
    server.publish(snapshot(sequence=6))
    assert encoded == [5]
    await server.close()


async def test_a_socket_that_somebody_removed_is_there_again_and_who_is_attached_notices_nothing(
    raw: RawClient, server: WatchedServer, socket_path: Path
) -> None:
    await raw.receive()
    assert not server.stay()
    socket_path.unlink()
    socket_path.parent.rmdir()
    assert server.stay()
    assert not server.stay()
    assert socket_path.stat().st_mode & 0o777 == 0o600
    async with asyncio.timeout(PATIENCE):
        newcomer = await Client.connect(socket_path)
        assert (await newcomer.newer()).generation == 215
        server.publish(snapshot(sequence=9))
        assert (await raw.receive())["snapshot"]["sequence"] == 9
    await newcomer.close()
    await server.close()
    assert not socket_path.exists()
    assert not server.stay()


async def test_a_socket_that_cannot_be_put_back_is_tried_again(
    server: WatchedServer, socket_path: Path
) -> None:
    socket_path.unlink()
    socket_path.parent.chmod(0o777)
    assert not server.stay()
    socket_path.parent.chmod(0o700)
    assert server.stay()
    await (await Client.connect(socket_path)).close()


async def test_a_client_that_reads_nothing_costs_the_engine_four_frames_and_no_time(
    raw: RawClient, server: WatchedServer, socket_path: Path
) -> None:
    await raw.receive()
    reading = await Client.connect(socket_path)
    await reading.newer()
    picture = snapshot(levels=64, population=960)
    (stuck, _) = server._connections
    longest = 0.0
    for sequence in range(2, 302):
        start = time.thread_time()
        server.publish(snapshot(sequence=sequence, population=0, elites=picture.elites))
        longest = max(longest, time.thread_time() - start)
        await asyncio.sleep(0)
        assert len(stuck.outbox) <= connection.QUEUED_SNAPSHOTS
    assert len(stuck.outbox) == connection.QUEUED_SNAPSHOTS
    assert longest < 0.05
    async for seen in reading.snapshots():
        if seen.sequence == 301:
            break
    frames = [message["snapshot"]["sequence"] for message in await _drained(raw, 301)]
    assert frames == sorted(frames)
    assert frames[-4:] == [298, 299, 300, 301]
    assert len(frames) < 300
    await reading.close()


async def test_a_client_stopped_by_a_signal_goes_on_with_the_newest_picture(socket_path: Path) -> None:
    program = """
import asyncio, sys
from pathlib import Path
from galapagos.engine.socket.client import Client
async def main():
    client = await Client.connect(Path(sys.argv[1]))
    async for picture in client.snapshots():
        print(picture.sequence, flush=True)
asyncio.run(main())
"""
    host = FakeHost()
    server = WatchedServer(host)
    await server.start(socket_path)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(socket_path), stdout=asyncio.subprocess.PIPE, cwd=CHECKOUT
    )
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        assert await process.stdout.readline() == b"1\n"
        process.send_signal(signal.SIGSTOP)
        for _ in range(500):
            server.publish(host.show())
            await asyncio.sleep(0)
        process.send_signal(signal.SIGCONT)
        lines: list[bytes] = []
        while lines[-1:] != [b"501\n"]:
            lines.append(await process.stdout.readline())
        assert len(lines) < 400
        await server.close()
        assert await process.wait() == 0


async def test_too_many_clients_are_refused_until_one_goes(server: WatchedServer, socket_path: Path) -> None:
    clients = [await Client.connect(socket_path) for _ in range(MAX_CLIENTS)]
    await server.attached(MAX_CLIENTS)
    refused = await RawClient.connect(socket_path)
    assert await refused.rest() == [
        {"answer": None, "error": f"{MAX_CLIENTS} clients are attached already; detach one"}
    ]
    await refused.close()
    await clients.pop().close()
    await server.attached(MAX_CLIENTS - 1)
    clients.append(await Client.connect(socket_path))
    await clients[-1].snapshot()
    for client in clients:
        await client.close()


async def test_the_engine_hears_of_every_client_that_comes_and_goes() -> None:
    server = WatchedServer(FakeHost())
    client = await server.connect_in_memory()
    other = await server.connect_in_memory()
    await client.close()
    await server.attached(1)
    await other.close()
    await server.attached(0)
    assert server.counts == [1, 2, 1, 0]
    await server.close()


async def test_the_last_snapshot_reaches_clients_before_the_server_closes(socket_path: Path) -> None:
    host = FakeHost()
    server = WatchedServer(host)
    await server.start(socket_path)
    client = await Client.connect(socket_path)
    await client.newer()
    server.publish(host.show(state=RunState.STOPPED))
    await server.close()
    seen = [picture.state async for picture in client.snapshots()]
    assert seen[-1] is RunState.STOPPED
    assert client.lost == "the engine has ended"
    await client.close()


async def test_a_command_that_is_being_taken_is_answered_before_the_server_closes() -> None:
    host = StubbornHost()
    async with served(host) as (server, client):
        asked = asyncio.create_task(client.send(SetParameters({"lr": 0.1})))
        await host.reached.wait()
        closing = asyncio.create_task(server.close())
        await asyncio.sleep(0)
        host.go_on.set()
        assert await asked == {"generation": 216}
        await closing


async def test_what_a_client_sends_while_the_server_closes_is_no_error(
    raw: RawClient, server: WatchedServer
) -> None:
    problems: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, problem: problems.append(problem))
    await raw.receive()
    closing = asyncio.create_task(server.close())
    await asyncio.sleep(0)
    raw.send({"request": 1, "snapshot": True})
    await closing
    assert problems == []


async def test_a_client_that_comes_while_the_server_closes_is_turned_away(
    server: WatchedServer, socket_path: Path
) -> None:
    client = await Client.connect(socket_path)
    await server.close()
    with pytest.raises(ConnectionLost):
        await client.newer()
    assert server.clients == 0
    await client.close()


async def test_closing_is_bounded_although_a_client_reads_nothing(
    raw: RawClient, server: WatchedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "FLUSH_SECONDS", 0.1)
    monkeypatch.setattr(protocol, "CLOSE_SECONDS", 0.1)
    await raw.receive()
    for sequence in range(100):
        server.publish(snapshot(sequence=sequence))
        await asyncio.sleep(0)
    async with asyncio.timeout(1.0):
        await server.close()


async def test_requests_wait_for_a_host_that_is_still_starting() -> None:
    server = WatchedServer()
    client = await server.connect_in_memory()
    asked = asyncio.create_task(client.send(Pause()))
    await server.attached(1)
    server.publish(snapshot(sequence=0, state=RunState.STARTING))
    assert (await client.newer()).state is RunState.STARTING
    assert not asked.done()
    server.serve(FakeHost())
    assert await asked == {"generation": 216}
    assert (await client.snapshot()).state is RunState.PAUSED
    await client.close()
    await server.close()


async def test_an_engine_that_ends_while_it_starts_says_so_to_what_waits() -> None:
    server = WatchedServer()
    client = await server.connect_in_memory()
    asked = asyncio.create_task(client.send(Pause()))
    await server.attached(1)
    await asyncio.sleep(0)
    await server.close()
    with pytest.raises(GalapagosError, match="ended"):
        await asked
    await client.close()


async def test_nobody_is_reached_after_the_server_has_closed(
    server: WatchedServer, socket_path: Path
) -> None:
    await server.close()
    with pytest.raises(UnknownRun, match="the run is not alive"):
        await Client.connect(socket_path)


async def _drained(raw: RawClient, last: int) -> list[Any]:
    found: list[Any] = []
    while not found or found[-1]["snapshot"]["sequence"] != last:
        found.append(await raw.receive())
    return found
