"""The supervised worker pool: every call gets its outcomes, whatever happens to the workers."""

from __future__ import annotations

import asyncio
import itertools
import pickle
import time
from collections import deque
from typing import TYPE_CHECKING

from galapagos.engine.pool.crew import SECONDS_TO_START, STARTS_ALLOWED, Crew, cannot_start
from galapagos.engine.pool.pool_worker import COMPILING, JOBS_AT_ONCE, PoolWorker
from galapagos.engine.pool.starvation import Starvation
from galapagos.engine.pool.work import Call, Job
from galapagos.engine.pool.worker_pipe import outcome_from_plain
from galapagos.errors import EngineFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from galapagos.engine.pool.worker_pipe import Message, PlainOutcome
    from galapagos.engine.snapshot import WorkerSummary
    from galapagos.evaluation import EvaluationPlan, Outcome
    from galapagos.genomes.genome import Genome
    from galapagos.parameters import Parameters

_CLOSED = "the worker pool was closed"
_LONGEST_SLICE = 0.005
_NOTICEABLE_SLICE = 0.0005
"""Seconds of pickling after which a call lets the event loop have its turn before the next call pickles."""


class WorkerPool:
    """Worker processes that evaluate chunks of networks for an event loop, which never waits for them.

    Args:
        parameters: What the workers build their task from.
        size: The number of worker processes, at least 1.
        on_event: Called with a fault's kind (`worker_died`, `worker_timeout`, `worker_start`) and a line.
        on_change: Called after the workers changed; several changes at once are told once.
        task_builder: What builds the task in a worker, as `module:function`.
    """

    def __init__(
        self,
        parameters: Parameters,
        *,
        size: int,
        on_event: Callable[[str, str], None],
        on_change: Callable[[], None],
        task_builder: str = "galapagos.tasks.catalogue:build_task",
    ) -> None:
        self._crew = Crew(
            self,
            parameters.model_dump_json(),
            size=size,
            on_event=self._tell,
            on_change=self._changed,
            task_builder=task_builder,
        )
        self._on_event = on_event
        self._on_change = on_change
        self._queue: deque[Job] = deque()
        self._calls: set[Call] = set()
        self._pickling = asyncio.Lock()
        self._job_numbers = itertools.count(1)
        self._starvation = Starvation()
        self._busy_seconds = 0.0
        self._evaluating = False
        self._paused = False
        self._closed = False
        self._change_told = False

    @property
    def workers(self) -> tuple[WorkerSummary, ...]:
        """The workers that are there or on their way, oldest first."""
        return tuple(worker.summary for worker in self._crew.workers)

    @property
    def paused(self) -> bool:
        """Whether no chunks are sent because of `pause`."""
        return self._paused

    @property
    def compiling(self) -> bool:
        """Whether a worker compiles kernels, which happens once on a machine."""
        return any(worker.state == COMPILING for worker in self._crew.workers)

    @property
    def starved_seconds(self) -> float:
        """Seconds since the first call in which workers were ready, none had work, and no pause was on."""
        return self._starvation.seconds

    @property
    def busy_seconds(self) -> float:
        """Processor seconds that workers spent on chunks they finished."""
        return self._busy_seconds

    async def start(self) -> None:
        """Let the workers come up in the background; call it in the main thread, with which they end."""
        self._crew.start()

    async def evaluate(
        self, genomes: Sequence[Genome], plan: EvaluationPlan, timeout: float
    ) -> list[Outcome]:
        """Evaluate one chunk of networks; calls that run at the same time are queued.

        Cancelling the call drops what has not begun.

        Args:
            genomes: Any number of networks.
            plan: What to evaluate them on.
            timeout: Seconds a network; the chunk has as many times that.

        Returns:
            The outcome of each network in order; a network over which time ran out, or two workers ended, has
            failed, and the others have what they would have had without it.

        Raises:
            EngineFailed: Where no worker can start, or the pool is closed.
        """
        self._check_usable()
        self._evaluating = True
        self._changed()
        parameters = self._crew.parameters
        async with self._pickling:
            pickled = await _pickled(genomes)
        self._check_usable()
        if not pickled:
            return []
        future: asyncio.Future[list[Outcome]] = asyncio.get_running_loop().create_future()
        plan_pickle = pickle.dumps(plan, protocol=pickle.HIGHEST_PROTOCOL)
        call = Call(len(pickled), plan_pickle, parameters, timeout, future)
        self._calls.add(call)
        self._queue.append(Job(call, tuple(range(len(pickled))), tuple(pickled)))
        self._dispatch()
        try:
            return await future
        finally:
            self._calls.discard(call)
            if future.cancelled():
                self._withdraw(lambda job: job.call is call)

    def resize(self, size: int) -> None:
        """Grow now, or shrink as workers finish what they do."""
        self._crew.resize(size)
        self._dispatch()

    def set_parameters(self, parameters: Parameters) -> None:
        """Use other parameters for the calls that follow, before which workers rebuild their task."""
        self._crew.set_parameters(parameters.model_dump_json())

    def pause(self) -> None:
        """Send no more chunks; those that run are finished."""
        self._paused = True
        self._withdraw(lambda _: True)
        self._changed()

    def resume(self) -> None:
        """Send chunks again."""
        self._paused = False
        self._dispatch()

    async def close(self) -> None:
        """Kill and reap all workers within seconds; calls that wait fail."""
        self._closed = True
        self._queue.clear()
        for call in tuple(self._calls):
            call.fail(EngineFailed(_CLOSED))
        await self._crew.close()
        self._changed()

    def _check_usable(self) -> None:
        if self._closed:
            raise EngineFailed(_CLOSED)
        if self._crew.fault is not None:
            raise EngineFailed(self._crew.fault)

    def _dispatch(self) -> None:
        """Give the queued jobs to the workers with the least to do."""
        while self._queue and not self._paused and not self._closed:
            job = self._queue[0]
            if job.call.over:
                self._queue.popleft()
                continue
            # The last jobs are kept for whoever is idle first, or one would wait behind another for nothing.
            most = JOBS_AT_ONCE if len(self._queue) >= len(self._crew.workers) else 1
            free = [worker for worker in self._crew.workers if worker.can_take(job, most)]
            if not free:
                break
            self._queue.popleft()
            job.number = next(self._job_numbers)
            min(free, key=lambda worker: len(worker.jobs)).give(job, SECONDS_TO_START)
        self._changed()

    def _withdraw(self, wanted: Callable[[Job], bool]) -> None:
        for worker in self._crew.workers:
            if worker.job_ahead is not None and wanted(worker.job_ahead):
                worker.withdraw_ahead()

    def _again(self, jobs: Iterable[Job]) -> None:
        """Put jobs back to the front of the queue, in order."""
        kept = [job for job in jobs if not job.call.over]
        for job in kept:
            job.withdrawing = False
        self._queue.extendleft(reversed(kept))

    def heard(self, worker: PoolWorker, message: Message) -> None:
        """Take a message of a worker (called by the crew)."""
        match message:
            case ("done", number, outcomes, seconds, moment):
                self._take(worker, number, outcomes)
                self._busy_seconds += seconds
                self._starvation.finished(moment)
            case ("withdrawn", number):
                job = worker.take_back(number)
                self._again([job] if job else [])
            case ("ready",):
                self._crew.ready(worker)
            case ("compiling",):
                worker.state = COMPILING
            case ("cannot_start", problem):
                worker.problem = str(problem)
            case _:
                worker.process.kill()
        self._crew.retire_if_idle(worker)
        self._dispatch()

    def late(self, worker: PoolWorker) -> None:
        """Kill a worker whose first job is past its deadline (called by the crew)."""
        job, *ahead = self._crew.dismiss(worker)
        count, seconds = len(job.positions), job.seconds_allowed
        self._again([*job.after_timeout(), *ahead])
        self._tell(
            "worker_timeout",
            f"a network gave no result within {seconds:g} s and counts as failed"
            if count == 1
            else f"{count} networks gave no result within {seconds:g} s and are tried one at a time",
        )
        self._crew.fill()
        self._dispatch()

    def returned(self, jobs: Sequence[Job], death: str) -> None:
        """Take back the jobs of a worker that ended (called by the crew)."""
        if jobs:
            first, *ahead = jobs
            self._again([*first.after_death(death), *ahead])
        self._dispatch()

    def unprepared(self, jobs: Sequence[Job], problem: str) -> None:
        """Take back the jobs of a worker that could not prepare their task (called by the crew)."""
        for job in jobs:
            job.refusals += 1
            if job.refusals >= STARTS_ALLOWED:
                job.call.fail(EngineFailed(cannot_start(problem)))
        self._again(jobs)
        self._dispatch()

    def failed(self) -> None:
        """Fail all calls, because no worker can start (called by the crew)."""
        self._queue.clear()
        for call in tuple(self._calls):
            call.fail(EngineFailed(self._crew.fault or _CLOSED))
        self._changed()

    def _take(self, worker: PoolWorker, number: int, plain_outcomes: Sequence[PlainOutcome]) -> None:
        if not worker.jobs or worker.jobs[0].number != number:
            worker.process.kill()
            return
        outcomes = [outcome_from_plain(plain) for plain in plain_outcomes]
        job = worker.finish_first()
        job.call.take(job.positions, outcomes)

    def _tell(self, kind: str, line: str) -> None:
        asyncio.get_running_loop().call_soon(self._on_event, kind, line)

    def _changed(self) -> None:
        ready = any(worker.ready for worker in self._crew.workers)
        working = any(worker.jobs for worker in self._crew.workers)
        self._starvation.update(
            self._evaluating and ready and not working and not self._paused and not self._closed
        )
        if not self._change_told:
            self._change_told = True
            asyncio.get_running_loop().call_soon(self._tell_change)

    def _tell_change(self) -> None:
        self._change_told = False
        self._on_change()


async def _pickled(genomes: Sequence[Genome]) -> list[bytes]:
    """Pickle each genome apart, so that none is pickled twice; the loop gets its turn between slices."""
    pickled = []
    start = time.perf_counter()
    for genome in genomes:
        pickled.append(pickle.dumps(genome, protocol=pickle.HIGHEST_PROTOCOL))
        if time.perf_counter() - start > _LONGEST_SLICE:
            await asyncio.sleep(0)
            start = time.perf_counter()
    if time.perf_counter() - start > _NOTICEABLE_SLICE:
        await asyncio.sleep(0)
    return pickled
