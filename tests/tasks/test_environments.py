"""Environments by name: old names, what cannot be made, and the returns between which they lie."""

from collections.abc import Iterator
from typing import Any, NoReturn

import gymnasium
import pytest
from gymnasium.envs.registration import EnvSpec

from galapagos.errors import UnknownTask
from galapagos.tasks.environments import fitness_range, make_environment, resolve

FAULTY = "FaultyForTests-v0"


class WithoutSpaces(gymnasium.Env[Any, Any]):
    """An environment that does not say what it observes."""


def raise_system_exit() -> NoReturn:
    raise SystemExit("a window\n\x1b[31mwas closed")


def raise_nothing_said() -> NoReturn:
    raise RecursionError


@pytest.fixture
def faulty() -> Iterator[EnvSpec]:
    """Register an environment for a test, whose entry point the test decides."""
    gymnasium.register(FAULTY, entry_point="nowhere:Nothing")
    yield gymnasium.registry[FAULTY]
    del gymnasium.registry[FAULTY]


@pytest.mark.parametrize(
    "name",
    [
        "CartPoleSwingUp",
        "CartPole-v1",
        "BipedalWalker-v3",
        "LunarLander-v3",
        "Acrobot-v1",
        "MountainCarContinuous-v0",
        "Pendulum-v1",
    ],
)
def test_the_newest_version_is_meant_by_its_name_without_a_notice(name: str) -> None:
    assert (resolve(name).id, resolve(name).notice) == (name, None)


@pytest.mark.parametrize(
    ("name", "newest"),
    [
        ("BipedalWalker-v2", "BipedalWalker-v3"),
        ("BipedalWalkerHardcore-v2", "BipedalWalkerHardcore-v3"),
        ("LunarLander-v2", "LunarLander-v3"),
        ("LunarLanderContinuous-v2", "LunarLanderContinuous-v3"),
        ("Acrobot-v0", "Acrobot-v1"),
        ("Pendulum-v0", "Pendulum-v1"),
    ],
)
def test_a_version_that_is_gone_stands_for_the_newest_with_a_notice(name: str, newest: str) -> None:
    assert resolve(name).id == newest
    assert resolve(name).notice == f"{newest} takes the place of {name}, which is no longer there"


def test_an_old_version_that_is_there_is_taken_with_a_notice() -> None:
    assert resolve("CartPole-v0").id == "CartPole-v0"
    assert resolve("CartPole-v0").notice == (
        "CartPole-v0 is an old version of this environment; the newest is CartPole-v1"
    )


def test_a_name_without_a_version_is_the_newest_with_a_notice() -> None:
    assert resolve("CartPole").id == "CartPole-v1"
    assert resolve("CartPole").notice == "CartPole-v1 is the newest version of CartPole"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("CartPole-v7", "there is no environment 'CartPole-v7'; did you mean CartPole-v1?"),
        ("cartpole-v1", "there is no environment 'cartpole-v1'; did you mean CartPole-v1?"),
        ("zzzz", "there is no environment 'zzzz'"),
        ("a\n\x1b[31mb", "there is no environment 'a b'"),
        (
            "os:system",
            "'os:system' would import a module; it must be the name of a registered environment",
        ),
    ],
)
def test_a_name_that_is_none_is_refused_in_one_line(name: str, message: str) -> None:
    with pytest.raises(UnknownTask) as caught:
        resolve(name)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("entry_point", "message"),
    [
        ("nowhere:Nothing", "No module named 'nowhere'"),
        (raise_system_exit, "a window was closed"),
        (raise_nothing_said, "RecursionError"),
        (WithoutSpaces, "'WithoutSpaces' object has no attribute 'observation_space'"),
    ],
)
def test_an_environment_that_cannot_be_made_is_refused_in_one_line(
    faulty: EnvSpec, entry_point: Any, message: str
) -> None:
    faulty.entry_point = entry_point
    with pytest.raises(UnknownTask) as caught:
        make_environment(FAULTY)
    assert str(caught.value) == f"{FAULTY} cannot be made: {message}"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("CartPoleSwingUp", (0.0, 1000.0)),
        ("CartPole-v0", (0.0, 200.0)),
        ("CartPole-v1", (0.0, 500.0)),
        ("BipedalWalker-v3", (-200.0, 350.0)),
        ("LunarLander-v3", (-200.0, 300.0)),
        ("Acrobot-v1", (-500.0, 0.0)),
        ("MountainCarContinuous-v0", (-100.0, 100.0)),
        ("Pendulum-v1", (-2000.0, 0.0)),
    ],
)
def test_returns_lie_between_what_is_declared(name: str, expected: tuple[float, float]) -> None:
    assert fitness_range(gymnasium.spec(resolve(name).id)) == expected


@pytest.mark.parametrize(
    ("limit", "threshold", "expected"),
    [
        (100, None, (0.0, 100.0)),
        (None, None, (0.0, 1000.0)),
        (100, 40.0, (0.0, 40.0)),
        (50, -3.75, (-50.0, 0.0)),
        (50, -40.0, (-80.0, 0.0)),
        (100, 0.0, (-100.0, 0.0)),
    ],
)
def test_the_returns_of_another_environment_are_guessed_from_its_limit_and_threshold(
    faulty: EnvSpec, limit: int | None, threshold: float | None, expected: tuple[float, float]
) -> None:
    faulty.max_episode_steps, faulty.reward_threshold = limit, threshold
    assert fitness_range(faulty) == expected
