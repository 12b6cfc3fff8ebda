"""Individuals in, outcomes out: plans, chunks for the workers, and the failures that must not come twice."""

from __future__ import annotations

import asyncio
import time
from enum import StrEnum
from typing import TYPE_CHECKING

from galapagos.evaluation import EvaluationPlan, Failed, Outcome
from galapagos.randomness import SHARED_SEED, Purpose, trial_seeds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from galapagos.engine.pool import WorkerPool
    from galapagos.engine.steering import CommandQueue
    from galapagos.evolution.individual import Individual
    from galapagos.parameters import Parameters

TEST_TRIALS = 100
"""Starts a weight in the test of a champion; never the starts of confirmations."""

LARGEST_CHUNK = 48
CHUNKS_A_WORKER = 4
LONGEST_SLICE = 0.008
"""Seconds of breeding after which the event loop gets its turn."""

_CLOCK_FAILURES = ("timeout", "worker_died")


class EvaluationPurpose(StrEnum):
    """Why individuals are evaluated; part of the log of failures, so the values are frozen."""

    GENERATION = "generation"
    CONFIRMATION = "confirmation"
    RESCORE = "rescore"
    TEST = "test"


def generation_plan(parameters: Parameters, generation: int) -> EvaluationPlan:
    """Return this generation's episodes, the same for all its networks."""
    seeds = trial_seeds(parameters.seed, generation, Purpose.EPISODES, parameters.num_trials)
    return EvaluationPlan(seeds, parameters.weight_values)


def confirmation_plan(parameters: Parameters) -> EvaluationPlan:
    """Return the episodes of archive fitness, the same in every run."""
    seeds = trial_seeds(SHARED_SEED, 0, Purpose.CONFIRMATION, parameters.confirm_trials)
    return EvaluationPlan(seeds, parameters.weight_values)


def champion_test_plan(parameters: Parameters) -> EvaluationPlan:
    """Return the 100 other episodes a weight that a champion is tested on."""
    seeds = trial_seeds(SHARED_SEED, 0, Purpose.TEST, TEST_TRIALS)
    return EvaluationPlan(seeds, parameters.weight_values)


class Evaluator:
    """Sends individuals to the workers in chunks and puts their outcomes back in order.

    Args:
        pool: The workers.
        commands: Where failures that depend on the clock are logged, and known from before a resume.
        on_progress: Called with the purpose and the number of networks, whenever a chunk comes back.
    """

    def __init__(
        self,
        pool: WorkerPool,
        commands: CommandQueue,
        on_progress: Callable[[EvaluationPurpose, int], None],
    ) -> None:
        self._pool = pool
        self._commands = commands
        self._on_progress = on_progress

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
                pieces.append(group.create_task(self._chunk(chunk, plan, generation, purpose, timeout)))

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
    ) -> list[Outcome]:
        known = {
            individual.id: self._commands.known_failure(generation, purpose, individual.id)
            for individual in chunk
        }
        fresh = [individual for individual in chunk if known[individual.id] is None]
        outcomes: dict[str, Outcome] = {id: Failed(*failure) for id, failure in known.items() if failure}
        if fresh:
            results = await self._pool.evaluate([individual.genome for individual in fresh], plan, timeout)
            for individual, outcome in zip(fresh, results, strict=True):
                outcomes[individual.id] = outcome
                if isinstance(outcome, Failed) and outcome.kind in _CLOCK_FAILURES:
                    await self._commands.record_failure(
                        generation, purpose, individual.id, outcome.kind, outcome.message
                    )
        self._on_progress(purpose, len(chunk))
        return [outcomes[individual.id] for individual in chunk]
