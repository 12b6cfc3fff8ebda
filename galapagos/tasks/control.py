"""Control tasks: a network plays episodes of a gymnasium environment, and fitness is its mean return."""

from __future__ import annotations

import contextlib
import math
import time
from typing import TYPE_CHECKING, Any

import gymnasium
import numpy as np
from gymnasium.spaces import Discrete

from galapagos.errors import UnknownTask
from galapagos.evaluation import Failed
from galapagos.networks.compiled import FIRST_INPUT_ROW, CompiledNetworks, compile_networks
from galapagos.plain_text import plain
from galapagos.tasks.environments import fitness_range, make_environment, quiet
from galapagos.tasks.fitting import graph_misfit
from galapagos.tasks.outcomes import outcome_of_returns
from galapagos.tasks.spaces import actor, observer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from galapagos.evaluation import EvaluationPlan, Outcome
    from galapagos.genomes.genome import Genome

LONGEST_EPISODE = 10_000
"""Steps after which an episode ends in an environment that has no limit of its own."""

_RESET_WHOLLY = (
    "gymnasium.envs.classic_control.",
    "gymnasium.envs.toy_text.",
    "gymnasium.wrappers.common",
)
"""Modules of environments, and of what is wrapped around them, whose `reset` leaves nothing of the past.

Others may say it of themselves, by a class attribute `is_reset_wholly`.
"""


class ControlTask:
    """Any environment of gymnasium that a network can take, one step and one network at a time.

    Trial *r* of every network and weight begins with `reset(seed=trial_seeds[r])`. A new environment is made
    for each episode, since a world of Box2D that was used before moves differently, and nobody knows what
    another's environment keeps; only those whose `reset` is known to forget everything are used again.

    Args:
        environment_id: The name under which gymnasium knows it.

    Raises:
        UnknownTask: Where it cannot be made, or a network cannot take its spaces.
    """

    is_repeatable = False

    def __init__(self, environment_id: str) -> None:
        self._id = environment_id
        self._environment: gymnasium.Env[Any, Any] | None = make_environment(environment_id)
        spec = self._environment.spec
        self._limit = LONGEST_EPISODE if spec is None else spec.max_episode_steps or LONGEST_EPISODE
        self._fitness_range = (0.0, float(self._limit)) if spec is None else fitness_range(spec)
        self._is_used_once = not _is_reset_wholly(self._environment)
        self._num_inputs, self._observe = observer(self._environment.observation_space, environment_id)
        self._num_outputs, self._act = actor(self._environment.action_space, environment_id)
        self.acts_by_choice = isinstance(self._environment.action_space, Discrete)

    @property
    def name(self) -> str:
        """The name under which gymnasium knows the environment."""
        return self._id

    @property
    def num_inputs(self) -> int:
        """The numbers in an observation."""
        return self._num_inputs

    @property
    def num_outputs(self) -> int:
        """The numbers in a continuous action, or the discrete actions."""
        return self._num_outputs

    @property
    def fitness_range(self) -> tuple[float, float]:
        """The (low, high) return that the QD score maps to 0 and 1."""
        return self._fitness_range

    def misfit(self, genome: Genome) -> str | None:
        """Return in one line why a genome cannot be evaluated here, or None where it can."""
        return graph_misfit(genome, self)

    def prepare(self, announce: Callable[[], None]) -> None:
        """Compile the kernel, or load it; `announce` is called first where it must be compiled."""
        from galapagos.networks.lock_step import prepare_forward

        prepare_forward(announce)

    def evaluate(self, genomes: Sequence[Genome], plan: EvaluationPlan) -> list[Outcome]:
        """Return the outcome of each genome, the same alone and in any company."""
        with quiet():
            return [self._evaluate_one(genome, plan) for genome in genomes]

    def _evaluate_one(self, genome: Genome, plan: EvaluationPlan) -> Outcome:
        problem = self.misfit(genome)
        if problem is not None:
            return Failed("error", problem)
        began = time.process_time()
        player = _Player(compile_networks([genome.as_graph()]))
        returns, steps = list[list[float]](), 0
        try:
            for weight in plan.weight_values:
                returns.append([])
                for seed in plan.trial_seeds:
                    total, taken = self._play(player, weight, seed)
                    returns[-1].append(total)
                    steps += taken
        except (Exception, SystemExit) as error:  # an environment's own code may raise anything
            self._discard()
            return Failed("error", self._told(error))
        return outcome_of_returns(
            plan.weight_values, returns, steps=steps, seconds=time.process_time() - began
        )

    def _play(self, player: _Player, weight: float, seed: int) -> tuple[float, int]:
        """Play one episode and return its return and its steps.

        An action that is not a number ends it with a return that is none, as in the kernel of the swing-up:
        what an environment makes of such an action is its own affair.
        """
        if self._environment is None:
            self._environment = make_environment(self._id)
        environment = self._environment
        observation, _ = environment.reset(seed=seed)
        total, steps, over = 0.0, 0, False
        while not over and steps < self._limit:
            outputs = player.forward(weight, self._observe(observation))
            if any(map(math.isnan, outputs.tolist())):
                total = math.nan
                break
            observation, reward, terminated, truncated, _ = environment.step(self._act(outputs))
            total += float(reward)
            steps += 1
            over = terminated or truncated
        if self._is_used_once:
            self._discard()
        return total, steps

    def _discard(self) -> None:
        environment, self._environment = self._environment, None
        if environment is not None:
            # It has served: what it raises now says nothing about the network.
            with contextlib.suppress(Exception, SystemExit):
                environment.close()

    def _told(self, error: BaseException) -> str:
        if isinstance(error, UnknownTask):
            return plain(str(error))
        kind, text = type(error).__name__, plain(str(error))
        return plain(f"{self._id}: {kind}: {text}" if text else f"{self._id}: {kind}")


class _Player:
    """One compiled network and the room for its values; equal to `networks.forward`, bit for bit."""

    def __init__(self, network: CompiledNetworks) -> None:
        self._network = network
        self._values = np.zeros((network.num_rows, 1))
        self._values[0] = 1.0
        self._weight = np.zeros((1, 1))
        self._outputs = network.outputs[0]

    def forward(self, weight: float, observation: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the outputs (num_outputs,) for an observation (num_inputs,)."""
        from galapagos.networks.lock_step import compute_network

        network = self._network
        self._weight[0, 0] = weight
        self._values[FIRST_INPUT_ROW : FIRST_INPUT_ROW + network.num_inputs, 0] = observation
        compute_network(
            0,
            network.first_neuron,
            network.activations,
            network.first_edge,
            network.sources,
            network.weights,
            network.num_inputs,
            self._values,
            self._weight,
        )
        outputs: NDArray[np.float64] = self._values[self._outputs, 0]
        return outputs


def _is_reset_wholly(environment: gymnasium.Env[Any, Any]) -> bool:
    while isinstance(environment, gymnasium.Wrapper):
        if not type(environment).__module__.startswith(_RESET_WHOLLY):
            return False
        environment = environment.env
    kind = type(environment)
    return kind.__module__.startswith(_RESET_WHOLLY) or getattr(kind, "is_reset_wholly", None) is True
