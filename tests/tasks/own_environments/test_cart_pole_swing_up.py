"""The swing-up as a gymnasium environment."""

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from galapagos.tasks.own_environments import register_own
from galapagos.tasks.own_environments.cart_pole_swing_up import CartPoleSwingUp, starting_states


def test_it_is_registered_once_and_passes_gymnasiums_own_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gymnasium.logger, "warn", lambda *_: None)  # infinite bounds are meant
    register_own("CartPoleSwingUp")
    register_own("CartPoleSwingUp")
    environment = gymnasium.make("CartPoleSwingUp")
    check_env(environment.unwrapped, skip_render_check=True)
    environment.close()


def test_it_ends_after_a_thousand_steps_on_the_track() -> None:
    register_own("CartPoleSwingUp")
    environment = gymnasium.make("CartPoleSwingUp")
    slowest = int(np.abs(starting_states(range(300))[:, 1]).argmin())
    environment.reset(seed=slowest)
    ends = [environment.step(np.zeros(1))[2:4] for _ in range(1000)]
    assert ends == [(False, False)] * 999 + [(False, True)]


def test_it_ends_off_the_track_and_the_last_reward_counts() -> None:
    environment = CartPoleSwingUp()
    environment.reset(seed=0)
    for _ in range(1000):
        observation, reward, terminated, truncated, _ = environment.step(np.ones(1))
        assert not truncated
        if terminated:
            break
    assert observation[0] > 2.4
    assert reward < 0.0


def test_observations_are_position_velocity_cosine_sine_and_angular_velocity() -> None:
    environment = CartPoleSwingUp()
    observation, _ = environment.reset(seed=5)
    for _ in range(30):
        x, x_dot, theta, theta_dot = environment.state
        assert observation == pytest.approx([x, x_dot, np.cos(theta), np.sin(theta), theta_dot], abs=1e-15)
        observation, *_ = environment.step(np.array([0.7]))


def test_actions_are_clipped() -> None:
    after = []
    for action in (1.0, 5.0, np.inf):
        environment = CartPoleSwingUp()
        environment.reset(seed=5)
        after.append(environment.step(np.array([action]))[0].tolist())
    assert after[0] == after[1] == after[2]


def test_a_seed_gives_a_start_from_gymnasiums_own_generator() -> None:
    generator, _ = gymnasium.utils.seeding.np_random(17)
    expected = generator.normal([0.0, 0.0, np.pi, 0.0], 0.2)
    assert starting_states([16, 17])[1].tolist() == expected.tolist()
    environment = CartPoleSwingUp()
    environment.reset(seed=17)
    assert list(environment.state) == expected.tolist()


def test_starts_are_spread_as_published() -> None:
    """Mean and deviation of 4,000 starts, each of 8 statistics within 5 standard errors (p < 5e-6 in all)."""
    count = 4000
    states = starting_states(range(count)) - [0.0, 0.0, np.pi, 0.0]
    assert np.abs(states.mean(axis=0)).max() < 5 * 0.2 / np.sqrt(count)
    assert np.abs(states.std(axis=0) - 0.2).max() < 5 * 0.2 / np.sqrt(2 * count)
