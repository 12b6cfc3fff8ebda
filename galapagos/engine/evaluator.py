"""Individuals in, outcomes out: chunks for the workers, and the failures that must not come twice."""

from __future__ import annotations

import asyncio
import time
from enum import StrEnum
from typing import TYPE_CHECKING

from galapagos.engine.records.set_aside import Failure
from galapagos.evaluation import Failed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from galapagos.engine.pool.pool import WorkerPool
    from galapagos.engine.steering import CommandQueue
    from galapagos.evaluation import Evaluation, EvaluationPlan, Outcome
    from galapagos.evolution.individual import Individual

LARGEST_CHUNK = 48
CHUNKS_A_WORKER = 4
LONGEST_SLICE = 0.008
"""Seconds of breeding after which the event loop gets its turn."""

NOTHING_STANDS: Mapping[str, Evaluation] = {}
_CLOCK_FAILURES = ("timeout", "worker_died")


class EvaluationPurpose(StrEnum):
    """Why individuals are evaluated; part of the log of failures, so the values are frozen."""

    GENERATION = "generation"
    CONFIRMATION = "confirmation"
    RESCORE = "rescore"
    TEST = "test"


class Evaluator:
    """Sends individuals to the workers in chunks and puts their outcomes back in order.

    Args:
        pool: The workers.
        commands: Where failures that depend on the clock are logged, and known from before a resume.
        on_progress: Called with the purpose, the number of networks that are done, and how many of them were
            evaluated now, whenever a chunk comes back.
        on_failure: Awaited with one of those failures at a time, before it is logged.
        logs_failures: Whether they are; not where one of them ends the run, which then goes on from before.
    """

    def __init__(
        self,
        pool: WorkerPool,
        commands: CommandQueue,
        on_progress: Callable[[EvaluationPurpose, int, int], None],
        on_failure: Callable[[Failure], Awaitable[None]],
        *,
        logs_failures: bool = True,
    ) -> None:
        self._pool = pool
        self._commands = commands
        self._on_progress = on_progress
        self._on_failure = on_failure
        self._logs_failures = logs_failures
        self._failing = asyncio.Lock()

    async def evaluate(
        self,
        individuals: Iterable[Individual],
        plan: EvaluationPlan,
        *,
        generation: int,
        purpose: EvaluationPurpose,
        timeout: float,
        expected: int,
        chunk_size: int | None = None,
        standing: Mapping[str, Evaluation] = NOTHING_STANDS,
    ) -> tuple[list[Individual], list[Outcome]]:
        """Evaluate individuals while they are still being made.

        Args:
            individuals: May be a lazy iterator: the first chunk is under way while the rest is bred.
            plan: What to evaluate them on.
            generation: The generation that the failures are logged under.
            purpose: Why, likewise.
            timeout: Seconds for one network.
            expected: About how many there will be; decides the size of the chunks, never a result.
            chunk_size: Networks a chunk, where `expected` should not decide.
            standing: By id, evaluations that would come out the same again, so that nobody makes them.

        Returns:
            The individuals and their outcomes, in order.
        """
        workers = max(1, len(self._pool.workers))
        size = chunk_size or min(LARGEST_CHUNK, max(1, -(-expected // (workers * CHUNKS_A_WORKER))))
        everyone: list[Individual] = []
        pieces: list[asyncio.Task[list[Outcome]]] = []
        slice_start = time.perf_counter()
        async with asyncio.TaskGroup() as group:

            def send(chunk: list[Individual]) -> None:
                work = self._chunk(chunk, plan, generation, purpose, timeout, standing)
                pieces.append(group.create_task(work))

            chunk: list[Individual] = []
            for individual in individuals:
                everyone.append(individual)
                chunk.append(individual)
                if len(chunk) == size:
                    send(chunk)
                    chunk = []
                if not chunk or time.perf_counter() - slice_start > LONGEST_SLICE:
                    await asyncio.sleep(0)
                    slice_start = time.perf_counter()
            if chunk:
                send(chunk)
        return everyone, [outcome for piece in pieces for outcome in piece.result()]

    async def _chunk(
        self,
        chunk: list[Individual],
        plan: EvaluationPlan,
        generation: int,
        purpose: EvaluationPurpose,
        timeout: float,
        standing: Mapping[str, Evaluation],
    ) -> list[Outcome]:
        outcomes: dict[str, Outcome] = {}
        for individual in chunk:
            if individual.id in standing:
                outcomes[individual.id] = standing[individual.id]
            elif self._logs_failures and (
                failure := self._commands.known_failure(generation, purpose, individual.id)
            ):
                outcomes[individual.id] = Failed(*failure)
        fresh = [individual for individual in chunk if individual.id not in outcomes]
        if fresh:
            results = await self._pool.evaluate([individual.genome for individual in fresh], plan, timeout)
            for individual, outcome in zip(fresh, results, strict=True):
                outcomes[individual.id] = outcome
                if not isinstance(outcome, Failed) or outcome.kind not in _CLOCK_FAILURES:
                    continue
                async with self._failing:
                    # First, since one that is logged is never evaluated again.
                    await self._on_failure(Failure(individual, outcome, generation, purpose, plan))
                if self._logs_failures:
                    await self._commands.record_failure(
                        generation, purpose, individual.id, outcome.kind, outcome.message
                    )
        self._on_progress(purpose, len(chunk), len(fresh))
        return [outcomes[individual.id] for individual in chunk]
