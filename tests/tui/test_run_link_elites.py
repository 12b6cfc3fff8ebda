"""Elites of a run, as they go into the library: from its engine, or from its files when it is over."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from galapagos.engine.records.elite_files import write_trained
from galapagos.engine.records.individual_json import evaluation_to_json, individual_to_json
from galapagos.engine.socket.server import Server
from galapagos.errors import CommandRefused, ConnectionLost, RunDirectoryError, UnknownRun
from tests.engine.fakes import FakeHost
from tests.library_store.elites import graph_elite, learned_elite
from tui.run_link import RunLink

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from textual.message import Message

    from galapagos.evolution.archive import Elite


class Listener:
    """Waits for the first picture."""

    def __init__(self) -> None:
        self.told = asyncio.Event()

    def post_message(self, message: Message) -> bool:
        self.told.set()
        return message is not None


class HostWithElite(FakeHost):
    """An engine that knows one elite."""

    def __init__(self, elite: Elite, weights: Path | None = None) -> None:
        super().__init__()
        self.asked: list[str] = []
        self._weights = weights
        self.genomes[elite.individual.id] = {
            **individual_to_json(elite.individual),
            "evaluation": evaluation_to_json(elite.evaluation),
            "trained": weights is not None,
        }

    async def weights(self, id: str) -> str | None:
        self.asked.append(id)
        return None if self._weights is None else str(self._weights)


@asynccontextmanager
async def linked(host: FakeHost, directory: Path) -> AsyncIterator[RunLink]:
    """Follow an engine until its first picture is there."""
    server, listener = Server(host), Listener()
    server.publish(host.picture)
    link = RunLink(directory, listener, connect=server.connect_in_memory)
    following = asyncio.create_task(link.follow())
    try:
        async with asyncio.timeout(20):
            while link.latest is None:
                listener.told.clear()
                await listener.told.wait()
        yield link
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
        await server.close()


async def test_an_elite_comes_with_its_run_and_the_parameters_of_now(tmp_path: Path) -> None:
    elite = graph_elite()
    host = HostWithElite(elite)
    async with linked(host, tmp_path / "a run") as link:
        found = await link.elite(elite.individual.id, elite.complexity)
    assert found.individual == elite.individual
    assert found.evaluation == elite.evaluation
    assert found.origin is not None
    assert (found.origin.run, found.origin.parameters) == ("a run", host.picture.parameters)
    assert host.asked == []


async def test_what_it_learned_and_hands_down_comes_with_it(tmp_path: Path) -> None:
    elite = learned_elite(inherited=True)
    write_trained(tmp_path / "weights.safetensors", elite)
    host = HostWithElite(elite, tmp_path / "weights.safetensors")
    async with linked(host, tmp_path) as link:
        found = await link.elite(elite.individual.id, elite.complexity)
    assert host.asked == [elite.individual.id]
    assert elite.evaluation.trained is not None
    assert found.evaluation.trained is not None
    assert np.array_equal(found.evaluation.trained, elite.evaluation.trained)


async def test_weights_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    elite = learned_elite(inherited=True)
    async with linked(HostWithElite(elite, tmp_path / "nothing.safetensors"), tmp_path) as link:
        with pytest.raises(RunDirectoryError, match=r"nothing\.safetensors"):
            await link.elite(elite.individual.id, elite.complexity)


async def test_an_elite_that_was_replaced_is_refused(tmp_path: Path) -> None:
    async with linked(FakeHost(), tmp_path) as link:
        with pytest.raises(CommandRefused):
            await link.elite("0" * 16, 3)


async def test_without_an_engine_there_is_nobody_to_ask(tmp_path: Path) -> None:
    with pytest.raises(ConnectionLost, match="no engine to ask"):
        await RunLink(tmp_path, Listener()).elite("0" * 16, 3)


async def test_a_run_that_is_over_gives_an_elite_or_its_best_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worse, better = graph_elite(1, fitness=5.0), graph_elite(2, fitness=9.0)
    run = SimpleNamespace(selection=SimpleNamespace(get_all=lambda: {1: worse, 2: better}))
    asked: list[str] = []

    def attach(name: str) -> Any:
        asked.append(name)
        return run

    monkeypatch.setattr("galapagos.engine.run.attach", attach)
    link = RunLink(tmp_path, Listener())
    assert await link.elite_of_files(worse.individual.id) is worse
    assert await link.elite_of_files(None) is better
    assert asked == [str(tmp_path)] * 2
    with pytest.raises(CommandRefused, match="the run is over and its files have no elite"):
        await link.elite_of_files("f" * 16)
    run.selection.get_all = dict
    with pytest.raises(CommandRefused, match="no elite at all"):
        await link.elite_of_files(None)


async def test_a_directory_that_is_no_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnknownRun):
        await RunLink(tmp_path, Listener()).elite_of_files(None)
