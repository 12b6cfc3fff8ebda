"""A worker as its pool keeps it: a process, what it has to do, and by when."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from galapagos.engine.pool.worker_process import WorkerProcess
from galapagos.engine.snapshot import WorkerSummary

if TYPE_CHECKING:
    from collections.abc import Callable

    from galapagos.engine.pool.work import Job
    from galapagos.engine.pool.worker_pipe import Message

STARTING, COMPILING, IDLE, BUSY = "starting", "compiling", "idle", "busy"

JOBS_AT_ONCE = 2
"""Jobs at a worker: the one it evaluates, and one ahead so that it need not wait for the engine."""

_PIECE = 0.25
"""Seconds of a deadline that are counted at once."""


class PoolWorker:
    """A worker process with its jobs, the first of which it evaluates, and the deadline of that one.

    Args:
        task_builder: What builds the task in the worker, as `module:function`.
        on_message: Called with this worker and a message of its process.
        on_deadline: Called when it is not ready, or not done with a job, in time.
        on_end: Called when its process ended by itself; never after `dismiss`.
    """

    def __init__(
        self,
        task_builder: str,
        *,
        on_message: Callable[[PoolWorker, Message], None],
        on_deadline: Callable[[PoolWorker], None],
        on_end: Callable[[PoolWorker], None],
    ) -> None:
        self._on_message = on_message
        self._on_deadline = on_deadline
        self._on_end = on_end
        self._deadline: asyncio.TimerHandle | None = None
        self._dismissed = False
        self.process = WorkerProcess(task_builder, self._heard, self._ended)
        self.state = STARTING
        self.parameters = ""
        self.jobs: deque[Job] = deque()
        self.evaluated = 0
        self.retiring = False
        self.problem = ""

    @property
    def summary(self) -> WorkerSummary:
        """What a snapshot shows of it."""
        return WorkerSummary(self.process.pid, self.state, self.evaluated)

    @property
    def ready(self) -> bool:
        """Whether its task is prepared."""
        return self.state in (IDLE, BUSY)

    async def start(self, parameters: str, seconds_allowed: float) -> None:
        """Start the process and let it prepare its task; OSError where the system refuses."""
        await self.process.start()
        if not self._dismissed:
            self._prepare(parameters, seconds_allowed)

    def can_take(self, job: Job, most: int) -> bool:
        """Whether it may be given this job now, and have at most so many then."""
        if not self.ready or self.retiring or len(self.jobs) >= most:
            return False
        # A job with other parameters has to wait until the worker is idle.
        return not self.jobs or self.parameters == job.call.parameters

    def give(self, job: Job, seconds_to_prepare: float) -> None:
        """Send a job, after the parameters where it needs others."""
        self.jobs.append(job)
        if self.parameters != job.call.parameters:
            self._prepare(job.call.parameters, seconds_to_prepare)
        elif len(self.jobs) == 1:
            self._begin()
        self.process.send(("chunk", job.number, job.genomes, job.call.plan))

    @property
    def job_ahead(self) -> Job | None:
        """The job that waits at the worker until the first is done."""
        return self.jobs[-1] if len(self.jobs) == JOBS_AT_ONCE else None

    def withdraw_ahead(self) -> None:
        """Ask for the job ahead back; the process gives it back when it has done the first."""
        job = self.job_ahead
        if job is not None and not job.withdrawing:
            job.withdrawing = True
            self.process.send(("withdraw", job.number))

    def proceed(self) -> None:
        """Go on with the next job, if there is one: the task is ready, or the job before is done."""
        if self.jobs:
            self._begin()
        else:
            self.state = IDLE
            self._set_deadline(None)

    def finish_first(self) -> Job:
        """Take the first job out, which is done, and go on with the next."""
        job = self.jobs.popleft()
        self.evaluated += len(job.positions)
        self.proceed()
        return job

    def take_back(self, number: int) -> Job | None:
        """Take out a job that the process gave back; None where it has no such job."""
        job = next((job for job in self.jobs if job.number == number), None)
        if job is not None:
            was_first = job is self.jobs[0]
            self.jobs.remove(job)
            if was_first:
                self.proceed()
        return job

    def dismiss(self) -> list[Job]:
        """Kill the process, say no more of it, and return the jobs it had."""
        self._dismissed = True
        self._set_deadline(None)
        self.process.kill()
        jobs = list(self.jobs)
        self.jobs.clear()
        return jobs

    def _prepare(self, parameters: str, seconds_allowed: float) -> None:
        self.state = STARTING
        self.parameters = parameters
        self.process.send(("parameters", parameters))
        self._set_deadline(seconds_allowed)

    def _begin(self) -> None:
        self.state = BUSY
        self._set_deadline(self.jobs[0].seconds_allowed)

    def _set_deadline(self, seconds: float | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        if seconds is not None:
            self._count_down(seconds)

    def _count_down(self, seconds: float) -> None:
        # In pieces, so that hours in which the engine itself was stopped count for no more than one of them:
        # a container that is paused stops its workers too, and none of them is late then.
        piece = min(seconds, _PIECE)
        self._deadline = asyncio.get_running_loop().call_later(piece, self._piece_over, seconds - piece)

    def _piece_over(self, left: float) -> None:
        if left > 0:
            self._count_down(left)
        else:
            self._on_deadline(self)

    def _heard(self, message: Message) -> None:
        if not self._dismissed:
            self._on_message(self, message)

    def _ended(self) -> None:
        self._set_deadline(None)
        if not self._dismissed:
            self._on_end(self)
