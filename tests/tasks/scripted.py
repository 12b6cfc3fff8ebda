"""Environments whose behaviour a test decides, and small networks that play them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import GraphGenome, graph_genome
from galapagos.tasks.control import ControlTask


class Scripted(gymnasium.Env[Any, Any]):
    """An environment whose reward, spaces and faults a test decides; it notes the actions that it gets.

    Args:
        observation_space: Two numbers in a column where it is not given.
        action_space: Two discrete actions where it is not given.
        observation: What it observes at every step; a sample of the space where it is not given.
        reward: Of a step.
        faults: What is called at `make`, `reset`, `close` and at a step with action `0` or `1`.
    """

    actions: list[Any]

    def __init__(
        self,
        observation_space: spaces.Space[Any] | None = None,
        action_space: spaces.Space[Any] | None = None,
        observation: Any = None,
        reward: Any = 1.0,
        faults: dict[str, Callable[[], Any]] | None = None,
    ) -> None:
        self.observation_space = observation_space or spaces.Box(-1, 1, shape=(2, 1), dtype=np.float32)
        self.action_space = action_space or spaces.Discrete(2)
        self.observation, self.reward, self.faults = observation, reward, faults or {}
        Scripted.actions = []
        self._meet("make")

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed, options=options)
        self._meet("reset")
        return self._observed(), {}

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        self._meet(str(action))
        Scripted.actions.append(action)
        return self._observed(), self.reward, False, False, {}

    def close(self) -> None:
        self._meet("close")

    def _observed(self) -> Any:
        return self.observation_space.sample() if self.observation is None else self.observation

    def _meet(self, place: str) -> None:
        if place in self.faults:
            self.faults[place]()


class Ageing(gymnasium.Env[Any, Any]):
    """An environment that forgets nothing: the reward is the number of steps in its life."""

    observation_space = spaces.Box(-1, 1, shape=(1,), dtype=np.float32)
    action_space = spaces.Discrete(2)

    def __init__(self) -> None:
        self.age = 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed, options=options)
        return np.zeros(1, dtype=np.float32), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:  # noqa: ARG002
        self.age += 1
        return np.zeros(1, dtype=np.float32), float(self.age), False, False, {}


@contextmanager
def registered(name: str, environment: type[gymnasium.Env[Any, Any]], steps: int) -> Iterator[str]:
    """Let gymnasium know an environment for a while, with a limit of steps an episode."""
    gymnasium.register(name, entry_point=environment, max_episode_steps=steps)  # type: ignore[arg-type]
    yield name
    del gymnasium.registry[name]


def make_scripted(name: str, **arguments: Any) -> ControlTask:
    gymnasium.registry[name].kwargs = arguments
    return ControlTask(name)


def dense(num_inputs: int, num_outputs: int, hidden: Activation = Activation.TANH) -> GraphGenome:
    """Return a network with one hidden neuron and every connection from inputs to it and to the outputs."""
    first, new = num_inputs, num_inputs + num_outputs
    connections = [(source, target) for source in range(first) for target in range(first, new + 1)]
    return graph_genome(
        num_inputs=num_inputs,
        num_outputs=num_outputs,
        activations=[Activation.LINEAR] * new + [hidden],
        connections=[*connections, *((new, target) for target in range(first, new))],
    )
