"""One generation after another: the algorithm of the engine, to be read from top to bottom.

Evaluate generation G, confirm challengers, archive, write the journal, take the waiting commands (they first
act in G + 1), breed G + 1. Everything random comes from the seed and the generation, so parameters, seed and
commands determine a run.
"""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING, Any

from galapagos.engine import inheritance
from galapagos.engine.clones import clone_lines, with_clones
from galapagos.engine.evaluator import NOTHING_STANDS, EvaluationPurpose
from galapagos.engine.offspring import offspring, starts_anew
from galapagos.engine.plans import archive_plan, champion_test_plan, generation_plan
from galapagos.engine.pool.processors import available_processors
from galapagos.engine.records.checkpoint import Checkpoint, capture
from galapagos.engine.records.journal_lines import Clock, champion_test_line, generation_line
from galapagos.evaluation import Evaluation
from galapagos.evolution import levels, reproduction
from galapagos.evolution.archive import Archive, Elite, bin_of
from galapagos.parameters import Parameters, rescores

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from galapagos.engine.evaluator import Evaluator
    from galapagos.engine.pool.pool import WorkerPool
    from galapagos.engine.recorder import Recorder
    from galapagos.engine.steering import CommandQueue, Taken
    from galapagos.engine.stopwatch import Stopwatch
    from galapagos.evaluation import EvaluationPlan, Outcome, Task
    from galapagos.evolution.individual import Individual
    from galapagos.evolution.reproduction import Steering
    from galapagos.evolution.statistics import GridKind

FEWEST_CONFIRMATIONS = 8
"""Challengers confirmed a generation, where there are fewer levels than this."""

INHERITS = "inherit_weights"
"""The parameter whose change needs weights to hand down that nobody kept so far."""

THIN_EVERY = 1000
"""Generations after which an endless run forgets individuals without descendants."""


class Evolution:
    """The state of what evolves, and the one way it moves on.

    Args:
        task: What the networks are evaluated on.
        evaluator: How they get evaluated.
        pool: The workers, whose number and task follow the parameters.
        commands: What people asked for.
        recorder: Where it is written down.
        stopwatch: Says how long the run has evolved.
        checkpoint: Where to go on; None for a new run.
    """

    def __init__(
        self,
        *,
        task: Task,
        evaluator: Evaluator,
        pool: WorkerPool,
        commands: CommandQueue,
        recorder: Recorder,
        stopwatch: Stopwatch,
        checkpoint: Checkpoint | None,
    ) -> None:
        self.task = task
        self.commands = commands
        self.generation = 0
        self.population: tuple[Individual, ...] = ()
        self.outcomes: tuple[Outcome, ...] = ()
        self.champion_test: dict[str, Any] | None = None
        self.evaluations = 0
        self.recorded: Checkpoint | None = checkpoint
        self.archive = Archive(commands.parameters.complexity_measure)
        self.fitness_and_complexity: tuple[tuple[float, int], ...] = ()
        self.expected = 0
        self.born: list[Individual] = []
        self._evaluator = evaluator
        self._pool = pool
        self._recorder = recorder
        self._stopwatch = stopwatch
        self._evaluations_before = 0
        if checkpoint is not None:
            self._restore(checkpoint)

    @property
    def parameters(self) -> Parameters:
        """The parameters that act now."""
        return self.commands.parameters

    @property
    def finished(self) -> bool:
        """Whether there is no further generation to evaluate, changes that act in it included."""
        return self.generation >= self.commands.ends[-1]

    async def advance(self) -> None:
        """Evaluate one generation and record it; where it is cancelled, nothing of it counts."""
        start = Clock.read(self._pool)
        if self.generation >= min(self.commands.ends):
            # The run ended here until it was told to go on; played again, it does what it did then.
            await self.finish()
        taken = await self.commands.take()
        # At once, so that nobody cancels children who are being made.
        self.commands.breeds = reproduction.breeds_left(taken.steering.breed, self.outcomes, self.parameters)
        steering = inheritance.learned_parents(self, taken.steering)
        scored_again = await self._act_on(taken)
        if taken.changes.get(INHERITS) == (False, True) and rescores(INHERITS, self.parameters):
            steering = await inheritance.train_parents(self, steering, self._evaluate)
        standing = NOTHING_STANDS if scored_again else self._standing()
        async with asyncio.TaskGroup() as group:
            test = group.create_task(self._test_champion()) if self._test_is_due() else None
            population, outcomes = await self._evaluate_generation(steering, standing)
        if test is not None:
            self._record_test(test.result())
        improved = await self._confirm(population, outcomes)
        self.commands.breeds = reproduction.breeds_left(steering.breed, self.outcomes, self.parameters)
        self.population, self.outcomes = tuple(population), tuple(outcomes)
        self._record_generation(start, improved)
        self.generation += 1
        self._thin()
        self.recorded = self._capture()

    async def finish(self) -> None:
        """Test the champion once more, where its last test is older than the last generation."""
        tested = self.champion_test is not None and self.champion_test["generation"] == self.generation - 1
        if self.archive.champion is not None and not tested:
            self._record_test(await self._test_champion())
            self._evaluations_before = self.evaluations
            self.recorded = self._capture()

    def epochs_of(self, elite: Elite) -> int:
        """Return how many epochs the weights of an elite have learned, inherited ones included."""
        return elite.individual.genome.epochs + len(elite.evaluation.by_epoch)

    def view(self) -> dict[int, tuple[levels.Level, Elite]]:
        """Return the best elite of each level that has one."""
        return levels.view(self.archive.elites, self.parameters)

    def find(self, id: str) -> Individual | None:
        """Return an elite, a member of the population or a pinned individual by its id."""
        elite = self.archive.find(id)
        if elite is not None:
            return elite.individual
        everyone = (*self.population, *self.born, *self.commands.pinned.values())
        return next((individual for individual in everyone if individual.id == id), None)

    @property
    def grid(self) -> GridKind:
        """What the grid of coverage and QD score counts."""
        return "layers" if self.parameters.experiment == "layers" else "connections"

    async def _act_on(self, taken: Taken) -> bool:
        """Do what commands ask for but breeding; return whether everything was scored again."""
        if taken.changes:
            self._recorder.parameters_changed(self.generation, taken.changes, ", ".join(taken.changed_by))
        for note, client in taken.notes:
            self._recorder.steered(note, client)
        for id in taken.drops:
            self.archive.drop(id)
        if "complexity_measure" in taken.changes:
            self.archive.remeasure(taken.parameters.complexity_measure)
        if "num_workers" in taken.changes:
            self._pool.resize(taken.parameters.num_workers or available_processors())
        if taken.changes:
            self._pool.set_parameters(taken.parameters)
        scored_again = any(rescores(name, taken.parameters) for name in taken.changes)
        if scored_again:
            self.champion_test = None
            await self._rescore()
        return scored_again

    async def _rescore(self) -> None:
        individuals, outcomes = await self._evaluate(
            [elite.individual for elite in self.archive.elites],
            archive_plan(self.parameters),
            EvaluationPurpose.RESCORE,
            chunk_size=1,
        )
        self.archive.rescore(
            {individual.id: outcome for individual, outcome in zip(individuals, outcomes, strict=True)}
        )

    def _standing(self) -> Mapping[str, Evaluation]:
        """Return the evaluations that survivors keep, since they would come out the same again."""
        if not self.task.is_repeatable:
            return NOTHING_STANDS
        pairs = zip(self.population, self.outcomes, strict=True)
        return {one.id: outcome for one, outcome in pairs if isinstance(outcome, Evaluation)}

    def _breed(self, steering: Steering) -> Iterator[Individual]:
        return offspring(self, inheritance.breeding_parents(self, steering))

    def _plan(self) -> EvaluationPlan:
        """Return what this generation is evaluated on."""
        return generation_plan(self.parameters, self.generation)

    def _generation_size(self, injected: int) -> int:
        size = reproduction.generation_size(self.parameters)
        return max(size, injected) if starts_anew(self) else size + injected

    async def _evaluate_generation(
        self, steering: Steering, standing: Mapping[str, Evaluation]
    ) -> tuple[list[Individual], list[Outcome]]:
        self.expected = self._generation_size(len(steering.injected))
        self.born = []

        def remember() -> Iterator[Individual]:
            for individual in self._breed(steering):
                self.born.append(individual)
                yield individual

        return await self._evaluate(
            remember(),
            self._plan(),
            EvaluationPurpose.GENERATION,
            expected=self.expected,
            standing=standing,
        )

    async def _confirm(self, population: list[Individual], outcomes: list[Outcome]) -> list[Elite]:
        """Place the challengers by their archive fitness; return the new elites that raise their bin."""
        self.archive.forget({individual.id for individual in population})
        challengers, scores = await self._archive_fitness(population, outcomes)
        before = {bin_of(elite.complexity): elite.evaluation.fitness for elite in self.archive.elites}
        placed = {
            individual.id
            for individual, score in zip(challengers, scores, strict=True)
            if self.archive.place(individual, score)
        }
        for line in clone_lines(self.archive, challengers, scores, self.generation):
            self._recorder.cloned(line)
        return [
            elite
            for elite in self.archive.elites
            if elite.individual.id in placed
            and elite.evaluation.fitness > before.get(bin_of(elite.complexity), -math.inf)
        ]

    async def _archive_fitness(
        self, population: list[Individual], outcomes: list[Outcome]
    ) -> tuple[list[Individual], list[Outcome]]:
        """Return challengers and clones, and their scores on the fixed set, anew where luck is in them."""
        repeatable, parameters = self.task.is_repeatable, self.parameters
        limit = len(population) if repeatable else max(parameters.complexity_levels, FEWEST_CONFIRMATIONS)
        challengers = self.archive.challengers(population, outcomes, limit)
        indices = with_clones(challengers, population, self.generation)
        if repeatable:
            return [population[index] for index in indices], [outcomes[index] for index in indices]
        return await self._evaluate(
            [population[index] for index in indices],
            archive_plan(self.parameters),
            EvaluationPurpose.CONFIRMATION,
            chunk_size=1,
        )

    def _test_is_due(self) -> bool:
        if self.generation == 0 or self.archive.champion is None:
            return False
        tested = self.champion_test is not None and self.champion_test["generation"] == self.generation - 1
        return self.generation % self.parameters.test_every == 0 and not tested

    async def _test_champion(self) -> dict[str, Any] | None:
        champion = self.archive.champion
        if champion is None:
            return None
        before = self.champion_test
        if before and before["id"] == champion.individual.id:
            return {**before, "generation": self.generation - 1}
        _, (outcome,) = await self._evaluate(
            [champion.individual], champion_test_plan(self.parameters), EvaluationPurpose.TEST, chunk_size=1
        )
        if not isinstance(outcome, Evaluation):
            return None
        return champion_test_line(champion, outcome, self.generation - 1)

    async def _evaluate(
        self,
        individuals: list[Individual] | Iterator[Individual],
        plan: EvaluationPlan,
        purpose: EvaluationPurpose,
        *,
        expected: int = 0,
        chunk_size: int | None = None,
        standing: Mapping[str, Evaluation] = NOTHING_STANDS,
    ) -> tuple[list[Individual], list[Outcome]]:
        everyone, outcomes = await self._evaluator.evaluate(
            individuals,
            plan,
            generation=self.generation,
            purpose=purpose,
            timeout=self.parameters.timeout,
            expected=expected,
            chunk_size=chunk_size,
            standing=standing,
        )
        self.evaluations += sum(individual.id not in standing for individual in everyone)
        return everyone, outcomes

    def _record_test(self, test: dict[str, Any] | None) -> None:
        if test is not None:
            before, self.champion_test = self.champion_test, test
            stands = before is not None and {**before, "generation": test["generation"]} == test
            self._recorder.tested(test, is_new=not stands)

    def _record_generation(self, start: Clock, improved: list[Elite]) -> None:
        self._measure_population()
        evaluations = self.evaluations - self._evaluations_before
        self._evaluations_before = self.evaluations
        line = generation_line(self, evaluations, start, Clock.read(self._pool))
        self._recorder.generation(line, self.population, self.outcomes, self.parameters, improved)

    def _thin(self) -> None:
        """Let an endless run forget, every so often, who has no descendants."""
        if self.parameters.num_generations != "infinity" or self.generation % THIN_EVERY:
            return
        elites = (elite.individual for elite in self.archive.elites)
        parents = (parent for parent, _ in self.commands.breeds)
        living = (*self.population, *elites, *parents, *self.commands.pinned.values())
        self._recorder.thin(self.generation, {individual.id for individual in living})

    def _measure_population(self) -> None:
        measure = self.parameters.complexity_measure
        self.fitness_and_complexity = tuple(
            (outcome.fitness, individual.genome.complexity(measure))
            for individual, outcome in zip(self.population, self.outcomes, strict=True)
            if isinstance(outcome, Evaluation)
        )

    def _capture(self) -> Checkpoint:
        """Return everything that the next generation depends on, as it is now."""
        return capture(self, journal_length=self._recorder.journal_length, elapsed=self._stopwatch.elapsed)

    def _restore(self, checkpoint: Checkpoint) -> None:
        self.generation = checkpoint.generation
        self.population, self.outcomes = checkpoint.population, checkpoint.outcomes
        self.champion_test = checkpoint.champion_test
        self.evaluations = self._evaluations_before = checkpoint.evaluations
        self.archive = Archive(
            self.parameters.complexity_measure, checkpoint.elites, checkpoint.confirmed, checkpoint.dropped
        )
        self._measure_population()
