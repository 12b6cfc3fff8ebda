"""The physics of the swing-up against the equations of motion, derived and solved independently."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.tasks.swing_up_physics import advance, is_off_track, reward

STATES = st.tuples(*[st.floats(-bound, bound) for bound in (2.4, 6.0, 40.0, 20.0)])


def accelerations(x_dot: float, theta: float, theta_dot: float, force: float) -> tuple[float, float]:
    """Solve the Lagrange equations of a cart and a uniform rod of length l, its middle at x - l/2 sin θ.

    M ẍ - m l/2 (θ̈ cos θ - θ̇² sin θ) = F - b ẋ   and   m l²/3 θ̈ - m l/2 ẍ cos θ = m g l/2 sin θ
    """
    cart, rod, length, gravity, friction = 0.5, 0.5, 0.6, 9.82, 0.1
    half = rod * length / 2
    matrix = np.array(
        [[cart + rod, -half * math.cos(theta)], [-half * math.cos(theta), rod * length * length / 3]]
    )
    right = np.array(
        [
            force - friction * x_dot - half * theta_dot**2 * math.sin(theta),
            half * gravity * math.sin(theta),
        ]
    )
    x_acceleration, theta_acceleration = np.linalg.solve(matrix, right)
    return float(x_acceleration), float(theta_acceleration)


@given(state=STATES, action=st.floats(-3, 3))
def test_a_step_is_one_explicit_euler_step_of_the_lagrange_equations(
    state: tuple[float, float, float, float], action: float
) -> None:
    x, x_dot, theta, theta_dot = state
    force = 10.0 * min(1.0, max(-1.0, action))
    x_acceleration, theta_acceleration = accelerations(x_dot, theta, theta_dot, force)
    expected = (
        x + 0.01 * x_dot,
        x_dot + 0.01 * x_acceleration,
        theta + 0.01 * theta_dot,
        theta_dot + 0.01 * theta_acceleration,
    )
    assert advance(*state, math.sin(theta), math.cos(theta), action) == pytest.approx(
        expected, rel=1e-11, abs=1e-11
    )


def test_a_standing_pole_stands_and_a_hanging_pole_hangs() -> None:
    assert advance(0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0) == (0.0, 0.0, 0.0, 0.0)
    assert advance(0.0, 0.0, math.pi, 0.0, 0.0, -1.0, 0.0) == (0.0, 0.0, math.pi, 0.0)


@given(x=st.floats(-2.6, 2.6), theta=st.floats(-10, 10))
def test_the_reward_is_that_of_the_published_file(x: float, theta: float) -> None:
    expected = (math.cos(theta) + 1.0) / 2.0 * math.cos(x / 2.4 * math.pi / 2.0)
    assert reward(x, math.cos(theta)) == pytest.approx(expected, rel=0, abs=2e-15)


def test_the_track_ends_beyond_two_metres_forty() -> None:
    assert not is_off_track(2.4)
    assert not is_off_track(-2.4)
    assert is_off_track(math.nextafter(2.4, 3.0))
    assert is_off_track(math.nextafter(-2.4, -3.0))
    assert not is_off_track(math.nan)
