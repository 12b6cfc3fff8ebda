"""The cart-pole swing-up as a task: whole chunks of networks go through its kernel."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

import numpy as np

from galapagos.evaluation import Failed
from galapagos.networks.compiled import compile_networks
from galapagos.tasks.outcomes import graph_misfit, outcome_of_returns
from galapagos.tasks.own_environments.cart_pole_swing_up import CartPoleSwingUp, starting_states

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from galapagos.evaluation import EvaluationPlan, Outcome
    from galapagos.genomes.genome import Genome
    from galapagos.genomes.graph import GraphGenome


class SwingUpTask:
    """The environment `CartPoleSwingUp`, evaluated by `swing_up_kernel`."""

    name = CartPoleSwingUp.__name__
    num_inputs = 5
    num_outputs = 1
    fitness_range = CartPoleSwingUp.fitness_range
    is_repeatable = False
    acts_by_choice = False

    def misfit(self, genome: Genome) -> str | None:
        """Return in one line why a genome cannot be evaluated here, or None where it can."""
        return graph_misfit(genome, self)

    def prepare(self, announce: Callable[[], None]) -> None:
        """Compile the kernel, or load it; `announce` is called first where it must be compiled."""
        from galapagos.tasks.swing_up_kernel import prepare_swing_up

        prepare_swing_up(announce)

    def evaluate(self, genomes: Sequence[Genome], plan: EvaluationPlan) -> list[Outcome]:
        """Return the outcome of each genome, the same alone and in any company.

        The processor time of the chunk is shared out by steps.
        """
        from galapagos.tasks.swing_up_kernel import play_swing_up

        began = time.process_time()
        networks = [cast("GraphGenome", genome) for genome in genomes]
        problems = [self.misfit(genome) for genome in genomes]
        outcomes: list[Outcome | None] = [
            None if problem is None else Failed("error", problem) for problem in problems
        ]
        fitting = [place for place, problem in enumerate(outcomes) if problem is None]
        if fitting:
            returns, steps = play_swing_up(
                compile_networks([networks[place] for place in fitting]),
                np.array(plan.weight_values),
                starting_states(plan.trial_seeds),
            )
            taken = steps.sum(axis=(1, 2))
            second = (time.process_time() - began) / int(taken.sum())
            for place, network_returns, count in zip(fitting, returns.tolist(), taken.tolist(), strict=True):
                outcomes[place] = outcome_of_returns(
                    plan.weight_values, network_returns, steps=count, seconds=count * second
                )
        return cast("list[Outcome]", outcomes)
