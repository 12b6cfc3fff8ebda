"""The cart-pole swing-up as a task: whole chunks of networks go through its kernel."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from galapagos.networks.compiled import compile_networks
from galapagos.tasks.fitting import graph_misfit, outcomes_of_graphs
from galapagos.tasks.outcomes import outcome_of_returns
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
        return outcomes_of_graphs(genomes, self.misfit, lambda graphs: self._played(graphs, plan))

    def _played(self, graphs: Sequence[GraphGenome], plan: EvaluationPlan) -> list[Outcome]:
        from galapagos.tasks.swing_up_kernel import play_swing_up

        began = time.process_time()
        returns, steps = play_swing_up(
            compile_networks(graphs), np.array(plan.weight_values), starting_states(plan.trial_seeds)
        )
        taken = steps.sum(axis=(1, 2))
        second = (time.process_time() - began) / int(taken.sum())
        return [
            outcome_of_returns(plan.weight_values, network_returns, steps=count, seconds=count * second)
            for network_returns, count in zip(returns.tolist(), taken.tolist(), strict=True)
        ]
