"""Workers killed at random moments among networks that do everything wrong: no call is lost or changed.

The same storm over the standard library's pool of processes, which loses what it was given.
"""

from __future__ import annotations

import asyncio
import errno
import os
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pytest

from galapagos.engine.pool import crew
from galapagos.engine.pool.worker_process import WorkerProcess
from galapagos.errors import EngineFailed
from galapagos.evaluation import Failed
from tests.engine.faulty_tasks import PREPARATION, Order, evaluation, obey, orders, parameters
from tests.engine.watched_pool import PATIENCE, PLAN, Watched, alive, in_doubt, kill, watched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from galapagos.evaluation import Outcome

ROOT = Path(__file__).parents[3]
SECONDS = 0.5
"""What a network of a call with one that hangs is given; the others take milliseconds."""

AT_ONCE = 6
"""Calls that wait at the same time."""

SPOILED_EVERY = 6
"""After every so many kills a worker cannot start."""

FAULTS = {
    "segfault": Failed("worker_died", "its worker process ended 2 times (SIGSEGV)"),
    "os_exit": Failed("worker_died", "its worker process ended 2 times (exit status 3)"),
    "memory": Failed("error", "MemoryError: out of memory"),
    "two_arguments": Failed("error", "TwoArguments: one and two"),
    "unpicklable": Failed("error", "TypeError: the task returned function where an evaluation belongs"),
}
HUNG = Failed("timeout", f"no result within {SECONDS} s")


@pytest.fixture(autouse=True)
def workers_find_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


class Workers(Protocol):
    """What the storm blows over."""

    def pids(self) -> list[int]:
        """Return the processes that are there."""

    def in_doubt(self) -> bool:
        """Return whether a kill could be the second one over one network, which would be held against it."""

    async def answer(self, members: tuple[Order, ...]) -> list[Outcome]:
        """Evaluate a call."""

    async def killed(self, pid: int) -> None:
        """Kill a process and return when that was noticed."""


class Ours(Watched):
    """The supervised pool."""

    def in_doubt(self) -> bool:
        return in_doubt(self.pool)

    async def answer(self, members: tuple[Order, ...]) -> list[Outcome]:
        hangs = any(order.kind == "stall" for order in members)
        return await self.pool.evaluate(orders(*members), PLAN, SECONDS if hangs else PATIENCE)


class Plain:
    """`concurrent.futures.ProcessPoolExecutor`, which knows no deadline."""

    def __init__(self) -> None:
        self.executor = ProcessPoolExecutor(2, mp_context=get_context("spawn"))

    def pids(self) -> list[int]:
        return list(self.executor._processes or ())

    def in_doubt(self) -> bool:
        return False

    async def answer(self, members: tuple[Order, ...]) -> list[Outcome]:
        return await asyncio.wrap_future(self.executor.submit(obey, members, PLAN))

    async def killed(self, pid: int) -> None:
        kill(pid)


@dataclass
class Storm:
    """Calls that keep coming until all kills are made, all drawn from a seed.

    Args:
        kills: How often a worker is killed from outside.
        hangs: How many of the calls hold a network that hangs.
        seed: Of the kills' moments, their victims, and the places of the faults.
        spoiled: A file that makes the next worker end while it starts, and is gone then.
    """

    kills: int
    hangs: int
    seed: int
    spoiled: Path
    calls: list[tuple[Order, ...]] = field(default_factory=list)
    answers: dict[int, list[Outcome] | BaseException] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    killed: int = 0

    def __post_init__(self) -> None:
        self._rng = np.random.default_rng(self.seed)
        faults = [*FAULTS, *["stall"] * self.hangs]
        places = self._rng.permutation(len(faults) + self.kills)[: len(faults)].tolist()
        self._faults = dict(zip(places, faults, strict=True))
        self._answered = asyncio.Event()

    async def blow(self, workers: Workers) -> None:
        """Keep calls coming over workers that are killed; return when every call has an answer."""
        killing = asyncio.create_task(self._kill(workers))
        waiting: set[asyncio.Task[None]] = set()
        while not killing.done() or len(self.calls) <= max(self._faults):
            while len(waiting) < AT_ONCE:
                waiting.add(asyncio.create_task(self._call(workers, self._next_call())))
            self.seen.update(workers.pids())
            _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*waiting)
        await killing

    def _next_call(self) -> int:
        number = len(self.calls)
        members = [Order("work", float(50_000 + 8 * number + member)) for member in range(4)]
        if number in self._faults:
            # As few as there can be beside it, since each of them has its share of the time to hang.
            members[1:] = [Order(self._faults[number])]
        self.calls.append(tuple(members))
        return number

    async def _call(self, workers: Workers, number: int) -> None:
        try:
            self.answers[number] = await workers.answer(self.calls[number])
        except Exception as error:
            self.answers[number] = error
        self._answered.set()

    async def _kill(self, workers: Workers) -> None:
        """Kill after any number of answers, none of them included, and at any moment of the next ones."""
        async with asyncio.timeout(PATIENCE + self.kills + 2 * self.hangs):
            while not workers.pids():
                await self._next_answer()
            while self.killed < self.kills:
                for _ in range(int(self._rng.integers(8))):
                    await self._next_answer()
                await asyncio.sleep(self._rng.uniform(0.0, 0.01))
                while workers.in_doubt():
                    await self._next_answer()
                if pids := workers.pids():
                    if self.killed % SPOILED_EVERY == 0:
                        self.spoiled.touch()
                    await workers.killed(pids[self._rng.integers(len(pids))])
                    self.killed += 1
                    self.seen.update(pids)
                elif any(isinstance(answer, Exception) for answer in self.answers.values()):
                    return
                else:
                    await asyncio.sleep(0.01)

    async def _next_answer(self) -> None:
        self._answered.clear()
        await self._answered.wait()

    def expected(self, number: int) -> list[Outcome]:
        """Return what a call comes to by itself."""
        return [
            evaluation(float(sum(range(int(order.value)))))
            if order.kind == "work"
            else HUNG
            if order.kind == "stall"
            else FAULTS[order.kind]
            for order in self.calls[number]
        ]

    def innocent(self) -> Iterator[int]:
        """Return the numbers of the calls without any fault in them."""
        return (number for number, call in enumerate(self.calls) if len(call) > 2)


@pytest.mark.parametrize(
    ("kills", "hangs"), [(10, 2), pytest.param(300, 50, marks=pytest.mark.slow, id="long")]
)
async def test_a_storm_of_kills_and_faults_changes_no_outcome_and_leaves_no_process(
    kills: int, hangs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storm = Storm(kills, hangs, 1, tmp_path / "spoiled")
    monkeypatch.setenv(PREPARATION, str(storm.spoiled))
    watch = Ours(2, "end_once")
    await watch.pool.start()
    try:
        await storm.blow(watch)
    finally:
        await watch.pool.close()
    assert storm.killed == kills
    assert sorted(storm.answers) == list(range(len(storm.calls)))
    wrong = [
        (call, storm.answers[number])
        for number, call in enumerate(storm.calls)
        if storm.answers[number] != storm.expected(number)
    ]
    assert wrong == []
    kinds = [order.kind for call in storm.calls for order in call]
    assert {kind: kinds.count(kind) for kind in (*FAULTS, "stall")} == {
        **dict.fromkeys(FAULTS, 1),
        "stall": hangs,
    }
    assert len(storm.seen) > kills
    assert ("worker_start", "a worker could not start: exit status 3") in watch.events
    assert not [pid for pid in storm.seen if alive(pid)]
    # The calm run of the same innocent calls.
    calm = [storm.calls[number] for number in storm.innocent()]
    async with watched(2) as quiet:
        answers = await asyncio.gather(*(quiet.evaluate(*call) for call in calm))
        assert quiet.events == []
    assert answers == [storm.answers[number] for number in storm.innocent()]


async def test_the_same_storm_over_a_plain_process_pool_loses_work(tmp_path: Path) -> None:
    # With a second one that hangs, both of its workers could wait for ever.
    storm = Storm(10, 1, 1, tmp_path / "spoiled")
    plain = Plain()
    try:
        await storm.blow(plain)
    finally:
        plain.executor.shutdown(cancel_futures=True)
    lost = [number for number in storm.innocent() if isinstance(storm.answers[number], BrokenProcessPool)]
    assert lost
    with pytest.raises(BrokenProcessPool):
        await plain.answer((Order("calm"),))


@pytest.mark.parametrize("workers", [1, 4])
async def test_workers_that_are_killed_while_they_start_are_tried_again(
    workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "_LONGEST_PAUSE", 0.2)
    async with watched(workers) as watch:
        call = asyncio.create_task(watch.evaluate(Order("calm", 1.0)))
        for _ in range(crew.STARTS_ALLOWED + 1):
            await watch.until(lambda: len(watch.pids()) == workers)
            await asyncio.gather(*(watch.killed(pid) for pid in watch.pids()))
        assert await call == [evaluation(1.0)]
        killed = ("worker_start", "a worker could not start: SIGKILL")
        assert watch.events == [killed] * (crew.STARTS_ALLOWED + 1) * workers


async def test_workers_that_are_always_killed_while_they_start_fail_the_calls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(crew, "_LONGEST_PAUSE", 0.01)
    async with watched(1) as watch:
        call = asyncio.create_task(watch.evaluate(Order("calm", 1.0)))
        for _ in range(crew.PAUSES_ALLOWED + 1):
            await watch.until(lambda: bool(watch.pids()))
            await watch.killed(watch.pids()[0])
        with pytest.raises(EngineFailed, match=r"^the workers cannot start: SIGKILL$"):
            await call


@pytest.mark.parametrize("number", [errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE])
async def test_where_there_is_no_room_for_a_process_it_is_waited_for(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "_LONGEST_PAUSE", 0.01)
    start = WorkerProcess.start
    refused = 0

    async def refuse_at_first(process: WorkerProcess) -> None:
        nonlocal refused
        if refused < crew.STARTS_ALLOWED + 2:
            refused += 1
            raise OSError(number, os.strerror(number))
        await start(process)

    monkeypatch.setattr(WorkerProcess, "start", refuse_at_first)
    async with watched(1) as watch:
        assert await watch.evaluate(Order("calm", 1.0)) == [evaluation(1.0)]
        line = f"a worker could not start: no process can be started: {os.strerror(number)}"
        assert watch.events == [("worker_start", line)] * (crew.STARTS_ALLOWED + 2)


def test_pauses_grow_to_a_minute_and_stay_there_for_weeks() -> None:
    pauses = [crew._pause(number) for number in (0, 1, 2, 8, 9, 10, 100_000)]
    assert pauses == [0.125, 0.25, 0.5, 32.0, 60.0, 60.0, 60.0]
    assert 120 < sum(crew._pause(number) for number in range(crew.PAUSES_ALLOWED)) < 130


async def test_a_worker_that_cannot_be_replaced_costs_no_call() -> None:
    async with watched(2) as watch:
        await watch.until(lambda: watch.states() == ["idle", "idle"])
        calls = [
            asyncio.create_task(watch.pool.evaluate(orders(Order("calm", float(value))), PLAN, PATIENCE))
            for value in range(50)
        ]
        await calls[0]
        watch.pool.set_parameters(parameters("end"))
        await watch.killed(watch.pids()[0])
        await watch.until(lambda: [kind for kind, _ in watch.events].count("worker_start") >= 3)
        assert [await call for call in calls] == [[evaluation(float(value))] for value in range(50)]
        watch.pool.set_parameters(parameters())
        await watch.until(lambda: watch.states() == ["idle", "idle"])
