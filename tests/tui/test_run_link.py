"""The connection of the dashboard to a run."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from galapagos.engine.commands import Pause
from galapagos.engine.records.run_state import RunDirectory
from galapagos.engine.snapshot import Happening, RunState
from galapagos.engine.socket.client import Client
from galapagos.engine.socket.server import Server
from galapagos.errors import ConnectionLost
from tests.engine.fakes import FakeHost, elite_id, snapshot
from tui import curves
from tui.run_link import JournalGrew, LinkChanged, LinkState, RunLink, SnapshotArrived

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from textual.message import Message


class Listener:
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self._told = asyncio.Event()

    def post_message(self, message: Message) -> bool:
        self.messages.append(message)
        self._told.set()
        return True

    @property
    def states(self) -> list[LinkState]:
        return [message.state for message in self.messages if isinstance(message, LinkChanged)]

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(20):
            while not condition():
                self._told.clear()
                await self._told.wait()


@asynccontextmanager
async def following(link: RunLink) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(link.follow()), asyncio.create_task(link.follow_journal())]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def test_pictures_and_curves_arrive(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_text('{"type":"generation","generation":0,"best_fitness":1.5}\n')
    listener, server = Listener(), Server(FakeHost())
    link = RunLink(tmp_path, listener, connect=server.connect_in_memory)
    async with following(link):
        await listener.until(lambda: any(isinstance(item, JournalGrew) for item in listener.messages))
        await listener.until(lambda: any(isinstance(item, SnapshotArrived) for item in listener.messages))
        assert list(link.curves.series["best_fitness"]) == [1.5]
        assert link.latest is not None
        assert await link.send(Pause()) == {"generation": 216}
        assert (await link.genome(elite_id(1)))["operator"] == "add_node"
    await server.close()


async def test_curves_are_whole_when_a_long_journal_is_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curves, "PIECE", 1000)
    lines = (f'{{"type":"generation","generation":{number}}}\n' for number in range(500))
    (tmp_path / "journal.jsonl").write_text("".join(lines))
    listener, server = Listener(), Server(FakeHost())
    link = RunLink(tmp_path, listener, connect=server.connect_in_memory)
    async with following(link):
        await listener.until(lambda: any(isinstance(item, JournalGrew) for item in listener.messages))
        assert not link.curves.is_whole
        await listener.until(lambda: link.curves.is_whole)
        assert link.curves.last_generation == 499
    await server.close()


async def test_what_somebody_did_is_told_to_themselves_as_theirs_and_to_others_by_name(
    tmp_path: Path,
) -> None:
    happenings = (
        Happening(3, "pin", "ada@pts/3 pinned 0c2020ad", by="ada@pts/3"),
        Happening(4, "drop", "ada@pts/31 dropped 0c2020ad", by="ada@pts/31"),
        Happening(5, "elite", "ada@pts/3 is no name here"),
    )
    with TemporaryDirectory(prefix="galapagos-test-") as directory:
        server = Server(FakeHost(snapshot(happenings=happenings)))
        await server.start(Path(directory) / "run.sock")
        told = []
        for name in ("ada@pts/3", "", "[/nope]\x1b[2J"):
            listener = Listener()
            connect = partial(Client.connect, Path(directory) / "run.sock", name=name)
            link = RunLink(tmp_path, listener, connect=connect)
            async with following(link):
                await listener.until(partial(any_picture, listener))
                assert link.latest is not None
                told.append([one.text for one in link.latest.happenings])
        await server.close()
    assert told[0] == ["you pinned 0c2020ad", *(one.text for one in happenings[1:])]
    assert told[1] == told[2] == [one.text for one in happenings]


def any_picture(listener: Listener) -> bool:
    return any(isinstance(item, SnapshotArrived) for item in listener.messages)


async def test_while_nobody_sees_it_nothing_new_is_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.run_link.SECONDS_BETWEEN_SNAPSHOTS", 0.0)
    seen, asked = asyncio.Event(), asyncio.Event()

    async def until_seen() -> None:
        asked.set()
        await seen.wait()

    host = FakeHost()
    listener, server = Listener(), Server(host)
    link = RunLink(tmp_path, listener, connect=server.connect_in_memory, until_seen=until_seen)

    def sequences() -> list[int]:
        return [item.snapshot.sequence for item in listener.messages if isinstance(item, SnapshotArrived)]

    async with following(link):
        await listener.until(sequences)
        await asked.wait()
        first = sequences()
        for _ in range(20):
            server.publish(host.show())
            await asyncio.sleep(0)
        assert sequences() == first
        seen.set()
        await listener.until(lambda: sequences()[-1] == host.picture.sequence)
        # What was not seen in between is not made up for.
        assert len(sequences()) < 20
    await server.close()


async def test_a_fork_has_the_curves_of_its_source_beside_its_own(tmp_path: Path) -> None:
    source, fork = tmp_path / "source", tmp_path / "fork"
    for run, best in ((source, (1.5, 2.5, 3.5)), (fork, (1.5, 9.5))):
        run.mkdir()
        (run / "journal.jsonl").write_text(
            "".join(
                f'{{"type":"generation","generation":{number},"best_fitness":{value}}}\n'
                for number, value in enumerate(best)
            )
        )
    branch = {"kind": "fork", "source": str(source), "generation": 1, "changes": {"num_trials": 1}}
    (fork / "branch.json").write_text(json.dumps(branch))
    listener, server = Listener(), Server(FakeHost())
    link = RunLink(fork, listener, connect=server.connect_in_memory)
    async with following(link):
        await listener.until(lambda: link.curves.source is not None)
        found = link.curves.source
        assert found is not None
        assert (found.name, found.generation) == ("source", 1)
        assert list(found.curves.series["best_fitness"]) == [1.5, 2.5, 3.5]
        assert list(link.curves.series["best_fitness"]) == [1.5, 9.5]
    await server.close()


async def test_over_a_socket_a_lost_connection_comes_back(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "run")
    run.path.mkdir()
    run.parameters_file.write_text("")
    run.write_engine_file("alive")
    listener, server = Listener(), Server(FakeHost())
    await server.start(run.socket_path)
    link = RunLink(run.path, listener)
    async with following(link):
        await listener.until(lambda: listener.states[-1:] == [LinkState.CONNECTED])
        await server.close()
        await listener.until(lambda: listener.states[-1:] == [LinkState.LOST])
        with pytest.raises(ConnectionLost, match="no engine to ask"):
            await link.send(Pause())
        server = Server(FakeHost())
        await server.start(run.socket_path)
        link.try_now()
        await listener.until(lambda: listener.states[-1:] == [LinkState.CONNECTED])
    await server.close()


async def test_a_run_without_an_engine_is_ended_and_says_why(tmp_path: Path) -> None:
    listener = Listener()
    link = RunLink(tmp_path, listener)
    async with following(link):
        await listener.until(lambda: listener.states)
        assert listener.states == [LinkState.ENDED]
        first = next(message for message in listener.messages if isinstance(message, LinkChanged))
        assert first.reason
        await link.wait_for_end(1.0)


async def test_an_engine_that_stopped_is_ended_at_once(tmp_path: Path) -> None:
    host, listener = FakeHost(), Listener()
    server = Server(host)
    link = RunLink(tmp_path, listener, connect=server.connect_in_memory)
    async with following(link):
        await listener.until(lambda: listener.states == [LinkState.CONNECTED])
        server.publish(host.show(state=RunState.STOPPED))
        await listener.until(lambda: link.latest is not None and link.latest.state is RunState.STOPPED)
        await server.close()
        await listener.until(lambda: LinkState.ENDED in listener.states)
        await link.wait_for_end(1.0)
