"""Taking the picture of a run that clients see."""

from __future__ import annotations

import math
import time
from collections import deque
from typing import TYPE_CHECKING

from galapagos.engine.snapshot import EliteSummary, RunState, Snapshot
from galapagos.evaluation import Failed
from galapagos.evolution.statistics import coverage, qd_score
from galapagos.fitness import score_of_test
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from galapagos.engine.engine import Engine
    from galapagos.engine.evolution import Evolution
    from galapagos.evolution.archive import Elite
    from galapagos.evolution.levels import Level

RATE_SECONDS = 5.0
"""The stretch over which evaluations per second are measured."""


class Rate:
    """Networks per second over the last seconds."""

    def __init__(self) -> None:
        self._total = 0
        self._seen: deque[tuple[float, int]] = deque([(time.monotonic(), 0)])

    def count(self, networks: int) -> None:
        """Note that so many networks are done."""
        self._total += networks

    def per_second(self) -> float:
        """Return the rate up to now."""
        now = time.monotonic()
        self._seen.append((now, self._total))
        while len(self._seen) > 2 and now - self._seen[1][0] > RATE_SECONDS:
            self._seen.popleft()
        since, before = self._seen[0]
        return (self._total - before) / (now - since) if now > since else 0.0


def observe(engine: Engine) -> Snapshot:
    """Return the state of an engine at this moment."""
    evolution = engine.evolution
    parameters = engine.commands.parameters
    last = parameters.last_generation
    fitnesses = [] if evolution is None else [fitness for fitness, _ in evolution.fitness_and_complexity]
    elites = () if evolution is None else evolution.archive.elites
    test = None if evolution is None else evolution.champion_test
    return Snapshot(
        sequence=engine.sequence,
        run=engine.recorder.run.name,
        title=engine.recorder.title,
        state=_state(engine),
        message=engine.message or (engine.recorder.saving.problem if engine.recorder.saving.waits else ""),
        generation=0 if evolution is None else evolution.generation,
        last_generation=None if math.isinf(last) else int(last),
        done=engine.done,
        total=0 if evolution is None else evolution.expected,
        best_fitness=max(fitnesses, default=None),
        mean_fitness=sum(fitnesses) / len(fitnesses) if fitnesses else None,
        champion=None if evolution is None else _champion(evolution),
        champion_test=None if test is None else score_of_test(test),
        evaluations=0 if evolution is None else evolution.evaluations,
        evaluations_per_second=engine.rate.per_second(),
        elapsed=engine.stopwatch.elapsed,
        elites=() if evolution is None else _elites(evolution),
        population=() if evolution is None else evolution.fitness_and_complexity,
        coverage=0.0 if evolution is None else coverage(elites, evolution.grid),
        qd_score=0.0 if evolution is None else qd_score(elites, evolution.task.fitness_range, evolution.grid),
        workers=engine.pool.workers,
        checkpoint_age=engine.recorder.saving.age,
        parameters=parameters.model_dump(mode="json"),
        pending=engine.commands.pending,
        happenings=engine.recorder.happenings,
        clients=engine.clients,
        directory=str(engine.recorder.run.path),
        sizes=tuple(
            (elite.complexity, elite.evaluation.fitness, elite.individual.id, elite.individual.generation)
            for elite in elites
        ),
        notices=(*_failed_whole(evolution), *engine.recorder.notices),
    )


def _failed_whole(evolution: Evolution | None) -> list[str]:
    """Return a line where every network of the last generation failed."""
    if evolution is None or not evolution.outcomes or evolution.fitness_and_complexity:
        return []
    first = next(outcome for outcome in evolution.outcomes if isinstance(outcome, Failed))
    number = evolution.generation - 1
    return [plain(f"all {len(evolution.outcomes)} networks of generation {number} failed: {first.message}")]


def summary(level: Level, elite: Elite, *, pinned: bool, epochs: int) -> EliteSummary:
    """Return what a table shows of the best elite of a level; `epochs` is how long its weights learned."""
    individual, evaluation = elite.individual, elite.evaluation
    genome = individual.genome
    return EliteSummary(
        level=level.number,
        low=level.low,
        high=level.high,
        id=individual.id,
        fitness=evaluation.fitness,
        standard_deviation=evaluation.standard_deviation,
        best_weight=evaluation.best_weight,
        complexity=elite.complexity,
        connections=genome.complexity("connections"),
        neurons=genome.complexity("neurons"),
        layers=genome.complexity("layers"),
        born=individual.generation,
        pinned=pinned,
        accuracies={name: value for name, value in evaluation.objectives.items() if "accuracy" in name},
        epochs=epochs,
    )


def _elites(evolution: Evolution) -> tuple[EliteSummary, ...]:
    return tuple(_summary(evolution, level, elite) for level, elite in evolution.view().values())


def _champion(evolution: Evolution) -> EliteSummary | None:
    champion = evolution.archive.champion
    if champion is None:
        return None
    for level, elite in evolution.view().values():
        if elite.individual.id == champion.individual.id:
            return _summary(evolution, level, elite)
    return None


def _summary(evolution: Evolution, level: Level, elite: Elite) -> EliteSummary:
    pinned = elite.individual.id in evolution.commands.pinned
    return summary(level, elite, pinned=pinned, epochs=evolution.epochs_of(elite))


def _state(engine: Engine) -> RunState:
    if engine.state is RunState.EVOLVING and (engine.pool.paused or engine.recorder.saving.waits):
        return RunState.PAUSED
    nobody_works = all(worker.state in ("starting", "compiling") for worker in engine.pool.workers)
    if engine.state in (RunState.STARTING, RunState.EVOLVING) and engine.pool.compiling and nobody_works:
        return RunState.COMPILING
    return engine.state
