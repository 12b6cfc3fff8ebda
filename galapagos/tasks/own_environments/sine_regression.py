"""The sine of a number, to be answered: the example of `docs/how-to/add-a-task.md`."""

from __future__ import annotations

import math
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
WIDTH, HEIGHT = 200, 100
"""Of a picture, in pixels."""


class SineRegression(gymnasium.Env[Numbers, Numbers]):
    """A network reads a number from -π to π and is to answer its sine.

    An episode asks 50 numbers in even steps, from a random one on. Answers are clipped to [-1, 1]; the reward
    is 2 less 4 times the squared error, so right answers return 100 and those that are always 0 return 0.
    """

    fitness_range = (0.0, 100.0)
    max_episode_steps = 50
    is_reset_wholly = True
    metadata = {"render_modes": ["rgb_array"], "render_fps": 10}  # noqa: RUF012  gymnasium declares it so

    def __init__(self, render_mode: str | None = None) -> None:
        self.render_mode = render_mode
        self.observation_space = spaces.Box(-np.pi, np.pi, shape=(1,), dtype=np.float64)
        self.action_space = spaces.Box(-1.0, 1.0, shape=(1,), dtype=np.float64)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Numbers, Any]:
        """Draw the first number, by the environment's own generator."""
        super().reset(seed=seed, options=options)
        self._asked = float(self.np_random.uniform(-np.pi, np.pi))
        self._answered: list[tuple[float, float]] = []
        return np.array([self._asked]), {}

    def step(self, action: Numbers) -> tuple[Numbers, float, bool, bool, dict[str, Any]]:
        """Take an answer and ask the next number; gymnasium ends the episode after `max_episode_steps`."""
        reward = 2.0 - 4.0 * (float(action[0]) - math.sin(self._asked)) ** 2
        self._answered.append((self._asked, float(action[0])))
        self._asked = (self._asked + math.tau / self.max_episode_steps + math.pi) % math.tau - math.pi
        return np.array([self._asked]), reward, False, False, {}

    def render(self) -> NDArray[np.uint8]:
        """Return the sine in grey and the answers so far in yellow, (height, width, 3)."""
        picture = np.zeros((HEIGHT, WIDTH, 3), dtype=np.uint8)
        sine = [(x, math.sin(x)) for x in np.linspace(-np.pi, np.pi, WIDTH)]
        for points, colour in ((sine, (90, 90, 90)), (self._answered, (255, 220, 0))):
            for x, y in points:
                row, column = int((1 - y) / 2 * (HEIGHT - 3)), int((x / np.pi + 1) / 2 * (WIDTH - 3))
                picture[row : row + 3, column : column + 3] = colour
        return picture
