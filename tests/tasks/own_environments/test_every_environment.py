"""Our own environments: each file is one, is found by itself, and keeps what every environment must."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from galapagos.errors import UnknownTask
from galapagos.evaluation import Evaluation, EvaluationPlan
from galapagos.parameters import Parameters
from galapagos.tasks import own_environments
from galapagos.tasks.catalogue import build_task
from galapagos.tasks.control import ControlTask
from galapagos.tasks.environments import fitness_range, make_environment, resolve
from galapagos.tasks.episode_player import EpisodePlayer
from galapagos.tasks.own_environments import names, own_environment
from tests.tasks.scripted import dense

ENVIRONMENT = """
import gymnasium

class {name}(gymnasium.Env):
    {body}
"""


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a directory whose modules belong to the package while a test runs."""
    monkeypatch.setattr(own_environments, "__path__", [*own_environments.__path__, str(tmp_path)])
    known, modules = set(gymnasium.registry), set(sys.modules)
    yield tmp_path
    for name in set(gymnasium.registry) - known:
        del gymnasium.registry[name]
    for name in {name for name in sys.modules if name.startswith(own_environments.__name__)} - modules:
        del sys.modules[name]


def episode(environment: gymnasium.Env[object, object], seed: int, steps: int = 60) -> list[object]:
    """Return what an environment answers to actions that depend on the seed alone."""
    environment.action_space.seed(seed)
    observation, _ = environment.reset(seed=seed)
    told: list[object] = [np.asarray(observation).tolist()]
    for _ in range(steps):
        observation, reward, terminated, truncated, _ = environment.step(environment.action_space.sample())
        told.append((np.asarray(observation).tolist(), reward, terminated, truncated))
        if terminated or truncated:
            break
    return told


def test_the_environments_are_named_without_an_import_of_any() -> None:
    code = (
        "import sys; from galapagos.tasks import own_environments as own; print(*own.names(), *sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert set(names()) <= set(told.split())
    assert "gymnasium" not in told.split()
    assert {"CartPoleSwingUp", "SineRegression"} <= set(names())


@pytest.mark.parametrize("name", names())
def test_one_is_what_its_name_means_and_gymnasiums_checks_pass(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gymnasium.logger, "warn", lambda *_: None)
    own = own_environment(name)
    assert own is not None
    assert (resolve(name).id, resolve(name).notice) == (name, None)
    spec = gymnasium.spec(name)
    assert (fitness_range(spec), spec.max_episode_steps) == (own.fitness_range, own.max_episode_steps)
    check_env(make_environment(name).unwrapped, skip_render_check=True)


@pytest.mark.parametrize("name", names())
def test_one_plays_the_same_from_the_same_seed_and_where_it_says_so_after_others_too(name: str) -> None:
    resolve(name)
    environment = make_environment(name)
    expected = episode(environment, 7)
    assert episode(make_environment(name), 7) == expected
    if getattr(environment.unwrapped, "is_reset_wholly", False):
        episode(environment, 8)
        assert episode(environment, 7) == expected


@pytest.mark.parametrize("name", names())
def test_a_network_plays_one_and_is_watched_or_a_line_says_why_not(name: str) -> None:
    parameters = Parameters(env_name=name)
    task = build_task(parameters)
    network = dense(task.num_inputs, task.num_outputs)
    plan = EvaluationPlan(trial_seeds=(4,), weight_values=(-1.0, 1.0))
    (outcome,) = task.evaluate([network], plan)
    assert isinstance(outcome, Evaluation)
    assert ControlTask(name).evaluate([network], plan) == [outcome]
    player = EpisodePlayer(parameters, network)
    player.reset(4)
    player.step(1.0)
    picture = player.picture()
    assert picture is not None or player.has_cart or player.cannot_draw is not None


def test_a_file_that_is_put_into_the_package_is_an_environment(directory: Path) -> None:
    body = "fitness_range = (-5, 5)\n    max_episode_steps = 9"
    (directory / "by_hand.py").write_text(ENVIRONMENT.format(name="ByHand", body=body))
    (directory / "_shared.py").write_text("raise SystemExit")
    assert "ByHand" in names()
    assert resolve("ByHand").id == "ByHand"
    assert fitness_range(gymnasium.spec("ByHand")) == (-5.0, 5.0)
    with pytest.raises(UnknownTask, match=r"^there is no environment 'ByHnd'; did you mean ByHand\?$"):
        resolve("ByHnd")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 +", "faulty.py cannot be imported: SyntaxError: invalid syntax (faulty.py, line 1)"),
        ("raise SystemExit('no\\nlibrary')", "faulty.py cannot be imported: SystemExit: no library"),
        ("Faulty = 3", "faulty.py has no class Faulty that is a gymnasium.Env"),
        (
            ENVIRONMENT.format(name="Faulty", body="max_episode_steps = 9"),
            "faulty.py: Faulty.fitness_range is None; (low, high) would be right",
        ),
        (
            ENVIRONMENT.format(name="Faulty", body="fitness_range = (1.0, 1.0)"),
            "faulty.py: Faulty.fitness_range is (1.0, 1.0); (low, high) would be right",
        ),
        (
            ENVIRONMENT.format(name="Faulty", body="fitness_range = (0.0, 1.0)"),
            "faulty.py: Faulty.max_episode_steps is None; a number from 1 on would be right",
        ),
    ],
)
def test_what_a_file_lacks_is_told_in_one_line_and_the_others_are_there(
    directory: Path, text: str, message: str
) -> None:
    (directory / "faulty.py").write_text(text)
    with pytest.raises(UnknownTask) as caught:
        resolve("Faulty")
    assert str(caught.value) == f"galapagos/tasks/own_environments/{message}"
    assert resolve("CartPoleSwingUp").id == "CartPoleSwingUp"


def test_a_name_that_gymnasium_has_with_a_version_is_refused(directory: Path) -> None:
    body = "fitness_range = (0.0, 1.0)\n    max_episode_steps = 9"
    (directory / "pendulum.py").write_text(ENVIRONMENT.format(name="Pendulum", body=body))
    with pytest.raises(UnknownTask, match=r"own_environments\.pendulum:Pendulum needs another name: "):
        resolve("Pendulum")
