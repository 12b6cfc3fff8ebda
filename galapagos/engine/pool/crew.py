"""The workers of a pool: brought up, replaced when they end, and sent away, whatever work they do."""

from __future__ import annotations

import asyncio
import errno
import signal
from typing import TYPE_CHECKING, Any, Protocol

from galapagos.engine.pool.pool_worker import PoolWorker

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from galapagos.engine.pool.work import Job
    from galapagos.engine.pool.worker_pipe import Message

STARTS_ALLOWED = 3
"""Starts that may fail in a row, while no worker is ready, before the crew gives up."""

PAUSES_ALLOWED = 10
"""Ever longer pauses, two minutes together, before the crew gives up where starts fail for what may pass:
workers are killed, or the system has no memory, process or file left for one."""

SECONDS_TO_START = 600.0
"""Longest time for a worker to get ready: another process may be compiling, and this one waits for it."""

_NEEDS = (errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.125, 60.0
_SECONDS_TO_END = 5.0


def cannot_start(problem: str) -> str:
    """Return the line of the error that calls end with."""
    return f"the workers cannot start: {problem}"


class Foreman(Protocol):
    """Who hands out the work and takes back what workers leave behind."""

    def heard(self, worker: PoolWorker, message: Message) -> None:
        """Take a message of a worker."""

    def late(self, worker: PoolWorker) -> None:
        """Take note that a worker's first job is past its deadline."""

    def returned(self, jobs: Sequence[Job], death: str) -> None:
        """Take back the jobs of a worker that ended; `death` says how."""

    def unprepared(self, jobs: Sequence[Job], problem: str) -> None:
        """Take back the jobs of a worker that could not prepare the task for the first of them."""

    def failed(self) -> None:
        """Take note that no worker can start."""


class Crew:
    """Keeps as many workers as are wanted.

    Args:
        foreman: Hears what workers say.
        parameters: What new workers build their task from, as JSON.
        size: The number of workers, at least 1.
        on_event: Called with the kind of a fault and a line about it.
        on_change: Called after the workers changed.
        task_builder: What builds the task in a worker, as `module:function`.
    """

    def __init__(
        self,
        foreman: Foreman,
        parameters: str,
        *,
        size: int,
        on_event: Callable[[str, str], None],
        on_change: Callable[[], None],
        task_builder: str,
    ) -> None:
        self._foreman = foreman
        self._size = size
        self._on_event = on_event
        self._on_change = on_change
        self._task_builder = task_builder
        self._tasks: set[asyncio.Task[None]] = set()
        self._spawning = asyncio.Lock()
        self._failed_starts = 0
        self._pauses = 0
        self._retry: asyncio.TimerHandle | None = None
        self._open = False
        self.parameters = parameters
        self.workers: list[PoolWorker] = []
        self.fault: str | None = None

    def start(self) -> None:
        """Let the workers come up in the background."""
        self._open = True
        self.fill()

    def resize(self, size: int) -> None:
        """Grow now, or shrink as workers finish what they do."""
        self._size = size
        for worker in self.workers:
            worker.retiring = False
        surplus = max(0, len(self.workers) - size)
        for worker in sorted(self.workers, key=lambda worker: (len(worker.jobs), worker.ready))[:surplus]:
            worker.retiring = True
            worker.withdraw_ahead()
            self.retire_if_idle(worker)
        self.fill()

    def set_parameters(self, parameters: str) -> None:
        """Build other tasks in new workers; a crew that could not start tries again."""
        self.parameters = parameters
        self.fault = None
        self._failed_starts = self._pauses = 0
        self._try_again()

    def fill(self) -> None:
        """Start the workers that are missing."""
        while self._open and self.fault is None and len(self.workers) < self._size:
            worker = PoolWorker(
                self._task_builder,
                on_message=self._foreman.heard,
                on_deadline=self._expired,
                on_end=self._ended,
            )
            self.workers.append(worker)
            self._in_background(self._bring_up(worker))
        self._on_change()

    def ready(self, worker: PoolWorker) -> None:
        """Let a worker, whose task is prepared, go on."""
        self._failed_starts = self._pauses = 0
        worker.proceed()

    def retire_if_idle(self, worker: PoolWorker) -> None:
        """Send a worker away that is not wanted any more and has nothing left to do."""
        if worker.retiring and not worker.jobs and worker in self.workers:
            self.dismiss(worker)

    def dismiss(self, worker: PoolWorker) -> list[Job]:
        """Kill a worker and return the jobs it had; it is reaped in the background."""
        self.workers.remove(worker)
        jobs = worker.dismiss()
        if worker.process.pid and not worker.process.ended.is_set():
            self._in_background(self._see_off(worker))
        return jobs

    async def close(self) -> None:
        """Kill all workers and reap them within seconds."""
        self._open = False
        self._forget_retry()
        for worker in tuple(self.workers):
            self.dismiss(worker)
        if self._tasks:
            _, late = await asyncio.wait(tuple(self._tasks), timeout=_SECONDS_TO_END)
            for task in late:
                task.cancel()

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _bring_up(self, worker: PoolWorker) -> None:
        # One after the other, so that the loop gets its turn between the milliseconds each of them takes.
        async with self._spawning:
            if worker not in self.workers:
                return
            try:
                await worker.start(self.parameters, SECONDS_TO_START)
            except OSError as error:
                if worker in self.workers:
                    self.workers.remove(worker)
                    problem = f"no process can be started: {error.strerror or error}"
                    self._start_failed(problem, in_need=error.errno in _NEEDS)
                return
        if worker not in self.workers:
            await self._see_off(worker)
        self._on_change()

    async def _see_off(self, worker: PoolWorker) -> None:
        await worker.process.ended.wait()

    def _expired(self, worker: PoolWorker) -> None:
        if worker.ready:
            self._foreman.late(worker)
            return
        jobs = self.dismiss(worker)
        self._could_not_prepare(jobs, f"not ready within {SECONDS_TO_START:g} s", in_need=False)

    def _ended(self, worker: PoolWorker) -> None:
        """Bear the end of a worker that nobody here killed, and put another one in its place."""
        jobs = self.dismiss(worker)
        reason, last_line = worker.process.reason, worker.process.last_line
        if worker.ready:
            self._on_event(
                "worker_died", f"a worker ended ({reason})" + (f": {last_line}" if last_line else "")
            )
            self.fill()
            self._foreman.returned(jobs, reason)
        else:
            # One that said why it ends may be killed by the engine itself before it did.
            in_need = reason == signal.SIGKILL.name and not worker.problem
            self._could_not_prepare(jobs, worker.problem or last_line or reason, in_need=in_need)

    def _could_not_prepare(self, jobs: Sequence[Job], problem: str, *, in_need: bool) -> None:
        self._start_failed(problem, in_need=in_need)
        self._foreman.unprepared(jobs, problem)

    def _start_failed(self, problem: str, *, in_need: bool) -> None:
        self._on_event("worker_start", f"a worker could not start: {problem}")
        self._failed_starts += not in_need
        wrong = self._failed_starts >= STARTS_ALLOWED
        if not wrong and not in_need:
            self.fill()
        elif any(worker.ready for worker in self.workers) or not (wrong or self._pauses >= PAUSES_ALLOWED):
            # One pause at a time, for however many workers.
            if self._retry is None:
                self._retry = asyncio.get_running_loop().call_later(_pause(self._pauses), self._try_again)
                self._pauses += 1
        else:
            self.fault = cannot_start(problem)
            for worker in tuple(self.workers):
                self.dismiss(worker)
            self._foreman.failed()

    def _try_again(self) -> None:
        self._forget_retry()
        self.fill()

    def _forget_retry(self) -> None:
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None


def _pause(number: int) -> float:
    """Return the seconds of the pause of this number, from 0."""
    return min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(number, PAUSES_ALLOWED))
