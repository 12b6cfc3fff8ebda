"""The cart-pole swing-up as a gymnasium environment: the readable counterpart of its kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gymnasium
import numpy as np
from gymnasium import spaces

from galapagos.networks.activations import sine_and_cosine
from galapagos.tasks.swing_up_physics import MAX_STEPS, START, START_DEVIATION, advance, is_off_track, reward

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class CartPoleSwingUp(gymnasium.Env["NDArray[np.float64]", "NDArray[np.float64]"]):
    """A hanging pole on a cart is to be swung up and balanced in the middle of a track.

    Observations are x, ẋ, cos θ, sin θ, θ̇ (m, m/s, 1, 1, radians/s); the action is the force on the cart as a
    share of 10 N, clipped to [-1, 1]. The reward of a step is at most 1, and not below 0 on the track. An
    episode is terminated when the cart leaves the track (|x| > 2.4 m) and truncated by gymnasium's time limit
    after 1,000 steps.

    Source: `cartpole_swingup.py` in the code of Gaier & Ha 2019.
    """

    fitness_range = (0.0, 1000.0)
    max_episode_steps = MAX_STEPS
    is_reset_wholly = True

    def __init__(self) -> None:
        self.observation_space = spaces.Box(-np.inf, np.inf, shape=(5,), dtype=np.float64)
        self.action_space = spaces.Box(-1.0, 1.0, shape=(1,), dtype=np.float64)
        self.state: tuple[float, float, float, float] = START
        self._sine_and_cosine = sine_and_cosine(START[2])

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float64], dict[str, Any]]:
        """Start an episode at N([0, 0, π, 0], 0.2²), drawn by the environment's own generator."""
        super().reset(seed=seed, options=options)
        x, x_dot, theta, theta_dot = self.np_random.normal(START, START_DEVIATION).tolist()
        self.state = (x, x_dot, theta, theta_dot)
        self._sine_and_cosine = sine_and_cosine(theta)
        return self._observation(), {}

    def step(
        self, action: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], float, bool, bool, dict[str, Any]]:
        """Take one time step of 0.01 s."""
        self.state = advance(*self.state, *self._sine_and_cosine, float(action[0]))
        x, _, theta, _ = self.state
        self._sine_and_cosine = sine_and_cosine(theta)
        return self._observation(), reward(x, self._sine_and_cosine[1]), is_off_track(x), False, {}

    def _observation(self) -> NDArray[np.float64]:
        x, x_dot, _, theta_dot = self.state
        sin_theta, cos_theta = self._sine_and_cosine
        return np.array([x, x_dot, cos_theta, sin_theta, theta_dot])


def starting_states(seeds: Sequence[int]) -> NDArray[np.float64]:
    """Return the states (trials, 4) that `reset(seed=)` draws for these seeds."""
    environment = CartPoleSwingUp()
    states = np.empty((len(seeds), len(START)))
    for trial, seed in enumerate(seeds):
        environment.reset(seed=seed)
        states[trial] = environment.state
    return states
