"""The sine of a number as an environment."""

import math

import gymnasium
import numpy as np
import pytest

from galapagos.tasks.environments import resolve
from galapagos.tasks.own_environments.sine_regression import HEIGHT, WIDTH, SineRegression


def answered(factor: float) -> tuple[float, int]:
    """Return what an episode returns to so many times the sine, and its steps."""
    resolve("SineRegression")
    environment = gymnasium.make("SineRegression")
    (x,), _ = environment.reset(seed=3)
    total, steps, over = 0.0, 0, False
    while not over:
        assert -math.pi <= x <= math.pi
        (x,), reward, terminated, truncated, _ = environment.step(np.array([factor * math.sin(x)]))
        total, steps, over = total + float(reward), steps + 1, terminated or truncated
    return total, steps


@pytest.mark.parametrize(("factor", "expected"), [(1.0, 100.0), (0.0, 0.0), (0.5, 75.0), (-1.0, -300.0)])
def test_right_answers_return_a_hundred_and_nothing_said_returns_nothing(
    factor: float, expected: float
) -> None:
    total, steps = answered(factor)
    assert total == pytest.approx(expected, abs=1e-9)
    assert steps == 50


def test_a_picture_has_the_sine_and_the_answers_on_it() -> None:
    environment = SineRegression(render_mode="rgb_array")
    environment.reset(seed=0)
    assert environment.render().shape == (HEIGHT, WIDTH, 3)
    yellow = [int((environment.render()[:, :, 0] == 255).sum())]
    for answer in (-1.0, 1.0):
        environment.step(np.array([answer]))
        yellow.append(int((environment.render()[:, :, 0] == 255).sum()))
    assert yellow == [0, 9, 18]
