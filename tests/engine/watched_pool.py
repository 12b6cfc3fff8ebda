"""A pool whose workers obey orders, watched by the tests."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from galapagos.engine.pool.pool import WorkerPool
from galapagos.evaluation import Evaluation, EvaluationPlan, Outcome
from tests.engine.faulty_tasks import Order, orders, parameters

PLAN = EvaluationPlan((1,), (1.0,))
PATIENCE = 60.0
"""Seconds after which a test gives up; none of them should ever need it."""


class Watched:
    """A pool, and what it told about itself."""

    def __init__(self, size: int, name: str = "", seed: int = 0) -> None:
        self.events: list[tuple[str, str]] = []
        self._change = asyncio.Event()
        self.pool = WorkerPool(
            parameters(name=name, seed=seed),
            size=size,
            on_event=lambda kind, line: self.events.append((kind, line)),
            on_change=self._change.set,
            task_builder="tests.engine.faulty_tasks:build",
        )

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a change after which the condition holds."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self._change.clear()
                await self._change.wait()

    async def evaluate(self, *members: Order, timeout: float = PATIENCE) -> list[Outcome]:
        async with asyncio.timeout(PATIENCE):
            return await self.pool.evaluate(orders(*members), PLAN, timeout)

    def states(self) -> list[str]:
        return [worker.state for worker in self.pool.workers]

    def pids(self) -> list[int]:
        return [worker.pid for worker in self.pool.workers if worker.pid]

    async def killed(self, pid: int) -> None:
        """Kill a worker, and return when the pool knows that it ended."""
        kill(pid)
        await self.until(lambda: pid not in self.pids())


@asynccontextmanager
async def watched(size: int, name: str = "", seed: int = 0) -> AsyncIterator[Watched]:
    watch = Watched(size, name, seed)
    await watch.pool.start()
    try:
        yield watch
    finally:
        pids = watch.pids()
        await watch.pool.close()
        assert not [pid for pid in pids if alive(pid)]
        assert watch.pool.workers == ()


def kill(pid: int) -> None:
    """Kill a process that may have ended by itself."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def in_doubt(pool: WorkerPool) -> bool:
    """Return whether a worker ended over a network alone, so that a kill could be the second one over it."""
    jobs = (*pool._queue, *(job for worker in pool._crew.workers for job in worker.jobs))
    return any(job.deaths and len(job.positions) == 1 for job in jobs)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def fitnesses(outcomes: list[Outcome]) -> list[float]:
    return [outcome.fitness if isinstance(outcome, Evaluation) else float("nan") for outcome in outcomes]


class Gate:
    """A named pipe at which an order waits."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self.order = Order("gate", 1.0, str(path))

    async def open(self) -> None:
        """Wait until somebody is at the gate, and let them through."""
        async with asyncio.timeout(PATIENCE):
            await asyncio.to_thread(self.path.write_bytes, b"")


async def together(*calls: Awaitable[list[Outcome]]) -> list[list[Outcome]]:
    """Return the answers of calls that run at the same time."""
    return list(await asyncio.gather(*calls))


async def begin(work: Coroutine[Any, Any, list[Outcome]]) -> asyncio.Task[list[Outcome]]:
    """Start a call and let it get as far as the queue."""
    task = asyncio.create_task(work)
    await asyncio.sleep(0)
    return task
