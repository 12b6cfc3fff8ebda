"""Learning without evolution: one network, an epoch where evolution has a generation (Rieke 2020)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from galapagos.engine.evolution import Evolution
from galapagos.engine.plans import epoch_plan
from galapagos.errors import EngineFailed
from galapagos.evaluation import Evaluation
from galapagos.evolution.individual import INITIAL, create
from galapagos.genomes.founders import founder
from galapagos.randomness import Purpose, generator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from galapagos.evaluation import EvaluationPlan, Outcome
    from galapagos.evolution.archive import Elite
    from galapagos.evolution.individual import Individual
    from galapagos.evolution.reproduction import Steering


class Learning(Evolution):
    """A run in which one network learns, epoch by epoch, and nothing is bred.

    The network keeps its id; its genome holds the weights that it has learned so far, and its outcome what
    the optimizer remembers. So a checkpoint is complete, and a resume goes on in the middle of training.
    """

    def _breed(self, steering: Steering) -> Iterator[Individual]:  # noqa: ARG002 - nobody can steer it
        if self.population:
            return iter(self.population)
        parameters = self.parameters
        rng = generator(parameters.seed, 0, Purpose.INITIAL_POPULATION)
        genome = founder(self.task.num_inputs, self.task.num_outputs, rng, parameters, 0)
        network = create(genome, parents=(), operator=INITIAL, seed=parameters.seed, generation=0, index=0)
        return iter([network])

    def _generation_size(self, injected: int) -> int:  # noqa: ARG002 - nothing is injected here
        return 1

    def _plan(self) -> EvaluationPlan:
        before = self.outcomes[0] if self.outcomes else None
        return epoch_plan(
            self.parameters, self.generation, before if isinstance(before, Evaluation) else None
        )

    def _standing(self) -> Mapping[str, Evaluation]:
        return {}

    async def _evaluate_generation(
        self, steering: Steering, standing: Mapping[str, Evaluation]
    ) -> tuple[list[Individual], list[Outcome]]:
        networks, outcomes = await super()._evaluate_generation(steering, standing)
        outcome = outcomes[0]
        if not isinstance(outcome, Evaluation) or outcome.trained is None:
            reason = "nothing was learned" if isinstance(outcome, Evaluation) else outcome.message
            raise EngineFailed(f"the network failed in epoch {self.generation + 1}: {reason}")
        genome = networks[0].genome.with_trained(outcome.trained, 1)
        return [replace(networks[0], genome=genome)], outcomes

    async def _archive_fitness(
        self, population: list[Individual], outcomes: list[Outcome]
    ) -> tuple[list[Individual], list[Outcome]]:
        return population, outcomes

    def epochs_of(self, elite: Elite) -> int:
        """Return how many epochs the network has learned; its genome holds the weights of all of them."""
        return elite.individual.genome.epochs

    def _test_is_due(self) -> bool:
        return False

    async def finish(self) -> None:
        """Leave it at that: every epoch was tested."""
