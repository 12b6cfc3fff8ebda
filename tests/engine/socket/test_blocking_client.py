"""The client without an event loop: in scripts, inside a running loop, and from many threads."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from galapagos.engine.commands import Breed, Continue, Pause
from galapagos.engine.snapshot import RunState
from galapagos.engine.socket.blocking_client import BlockingClient
from galapagos.engine.socket.server import Server
from galapagos.errors import CommandRefused, ConnectionLost, UnknownRun
from tests.engine.fakes import PATIENCE, FakeHost, StubbornHost, elite_id

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from pathlib import Path


class EngineInThread:
    """A fake host with the real server, in an event loop of another thread."""

    def __init__(self, path: Path, host: FakeHost) -> None:
        self.path = path
        self.host = host
        self.started = threading.Event()
        self.thread = threading.Thread(target=asyncio.run, args=(self._live(),))
        self.thread.start()
        assert self.started.wait(PATIENCE)

    async def _live(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.ending = asyncio.Event()
        self.server = Server(self.host)
        await self.server.start(self.path)
        self.started.set()
        await self.ending.wait()
        await self.server.close()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE)

    def show(self, **changes: Any) -> None:
        self.loop.call_soon_threadsafe(lambda: self.server.publish(self.host.show(**changes)))

    def close(self) -> None:
        self.run(self.server.close())

    def end(self) -> None:
        self.loop.call_soon_threadsafe(self.ending.set)
        self.thread.join()


@pytest.fixture
def engine(socket_path: Path) -> Iterator[EngineInThread]:
    engine = EngineInThread(socket_path, FakeHost())
    yield engine
    engine.end()


def test_questions_and_commands_are_answered(engine: EngineInThread) -> None:
    with BlockingClient.connect(engine.path) as client:
        assert client.snapshot().generation == 215
        assert client.send(Pause()) == {"generation": 216}
        assert client.snapshot().state is RunState.PAUSED
        assert client.genome(elite_id(1))["operator"] == "add_node"
        assert client.latest is not None
        assert client.lost is None


def test_a_refusal_is_raised_in_the_calling_thread(engine: EngineInThread) -> None:
    engine.host.refusal = "not now"
    with BlockingClient.connect(engine.path) as client:
        with pytest.raises(CommandRefused, match="not now"):
            client.send(Pause())
        with pytest.raises(CommandRefused, match="neither"):
            client.genome("f" * 16)


def test_nobody_at_the_socket_is_an_unknown_run_and_leaves_no_thread(socket_path: Path) -> None:
    before = set(threading.enumerate())
    with pytest.raises(UnknownRun):
        BlockingClient.connect(socket_path)
    assert set(threading.enumerate()) <= before


def test_closing_leaves_no_thread_and_closing_twice_is_closing_once(engine: EngineInThread) -> None:
    before = set(threading.enumerate())
    client = BlockingClient.connect(engine.path)
    client.close()
    client.close()
    assert set(threading.enumerate()) <= before
    with pytest.raises(ConnectionLost, match="this client was closed"):
        client.snapshot()
    with pytest.raises(ConnectionLost, match="this client was closed"):
        client.send(Pause())


async def test_it_works_inside_a_running_event_loop(engine: EngineInThread) -> None:
    with BlockingClient.connect(engine.path) as client:
        assert client.send(Continue()) == {"generation": 216}
        assert client.wait(lambda picture: picture.generation == 215, PATIENCE).generation == 215


def test_threads_share_a_client_and_each_gets_its_own_answer(engine: EngineInThread) -> None:
    def ask(number: int) -> tuple[int, float]:
        level = 1 + number % 4
        client.send(Breed(elite_id(level), 1 + number))
        return level, client.genome(elite_id(level))["generation"]

    with BlockingClient.connect(engine.path) as client, ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, range(100)))
    assert all(generation == 10 * level for level, generation in answers)
    counts = [command.count for command, _ in engine.host.commands if isinstance(command, Breed)]
    assert sorted(counts) == list(range(1, 101))


def test_waiting_returns_the_first_picture_that_fulfils_the_condition(engine: EngineInThread) -> None:
    with BlockingClient.connect(engine.path) as client:
        assert client.wait(lambda picture: picture.generation == 215).sequence == 1

        def reached(limit: int, seen: Any) -> bool:
            engine.show(generation=seen.generation + 1)
            return bool(seen.generation >= limit)

        assert client.wait(lambda seen: reached(220, seen), PATIENCE).generation == 220


def test_waiting_ends_after_its_timeout(engine: EngineInThread) -> None:
    with BlockingClient.connect(engine.path) as client:
        with pytest.raises(TimeoutError):
            client.wait(lambda picture: picture.generation == 1, 0.05)
        assert client.snapshot().generation == 215


def test_a_condition_may_ask_the_client(engine: EngineInThread) -> None:
    with BlockingClient.connect(engine.path) as client:
        seen = client.wait(lambda picture: client.snapshot().generation == picture.generation, PATIENCE)
    assert seen.generation == 215


def test_waiting_ends_when_the_engine_goes(engine: EngineInThread) -> None:
    with BlockingClient.connect(engine.path) as client:
        client.wait(lambda picture: picture.sequence == 1)
        closing = threading.Thread(target=engine.close)
        closing.start()
        with pytest.raises(ConnectionLost, match="the engine has ended"):
            client.wait(lambda picture: picture.generation == 1, PATIENCE)
        closing.join()


def test_pictures_are_the_newest_and_end_with_the_engine(engine: EngineInThread) -> None:
    with BlockingClient.connect(engine.path) as client:
        seen = []
        for picture in client.snapshots():
            seen.append(picture.sequence)
            if picture.sequence < 5:
                engine.show()
            else:
                engine.close()
    assert seen == [1, 2, 3, 4, 5]


def test_closing_in_one_thread_ends_the_wait_of_another(socket_path: Path) -> None:
    host = StubbornHost()
    engine = EngineInThread(socket_path, host)
    client = BlockingClient.connect(socket_path)
    with ThreadPoolExecutor(2) as threads:
        asked = threads.submit(client.send, Pause())
        waited = threads.submit(client.wait, lambda picture: picture.generation == 1)
        client.wait(lambda picture: picture.sequence == 1)
        client.close()
        for future in (asked, waited):
            with pytest.raises(ConnectionLost):
                future.result(PATIENCE)
    engine.loop.call_soon_threadsafe(host.go_on.set)
    engine.end()
