"""Environments that raise, or return what they should not: their network fails in one line, no other does."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces

from galapagos.evaluation import Evaluation, EvaluationPlan, Failed
from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import GraphGenome, graph_genome
from galapagos.plain_text import plain
from tests.tasks.scripted import Scripted, dense, make_scripted, registered

PLAN = EvaluationPlan(trial_seeds=(4, 7), weight_values=(-1.0, 1.0))


@pytest.fixture
def scripted() -> Iterator[str]:
    with registered("ScriptedForTests-v0", Scripted, steps=4) as name:
        yield name


def raising(error: BaseException) -> Callable[[], None]:
    def fault() -> None:
        raise error

    return fault


def choosing(action: int) -> GraphGenome:
    """Return a network that takes one of two actions where its first input and the weight are positive."""
    activations = [Activation.LINEAR] * 4
    connections = [(0, 2 + action)]
    return graph_genome(num_inputs=2, num_outputs=2, activations=activations, connections=connections)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (RuntimeError("no\n\x1b[31mway"), "RuntimeError: no way"),
        (AssertionError(), "AssertionError"),
        (SystemExit(3), "SystemExit: 3"),
        (MemoryError("x" * 1000), f"MemoryError: {'x' * 1000}"),
    ],
)
@pytest.mark.parametrize("place", ["reset", "0"])
def test_an_environment_that_raises_is_a_failure_of_one_plain_line(
    scripted: str, error: BaseException, message: str, place: str
) -> None:
    task = make_scripted(scripted, faults={place: raising(error)})
    nothing = graph_genome(num_inputs=2, num_outputs=2, activations=[Activation.LINEAR] * 4, connections=[])
    outcomes = task.evaluate([nothing] * 2, PLAN)
    assert outcomes == [Failed("error", plain(f"ScriptedForTests-v0: {message}"))] * 2


def test_only_the_network_that_an_environment_cannot_stand_fails(scripted: str) -> None:
    broken = {"1": raising(RuntimeError("no second action"))}
    task = make_scripted(scripted, observation=np.ones((2, 1), dtype=np.float32), faults=broken)
    plan = EvaluationPlan((1,), (1.0,))
    before, failed, after = task.evaluate([choosing(0), choosing(1), choosing(0)], plan)
    assert failed == Failed("error", "ScriptedForTests-v0: RuntimeError: no second action")
    assert isinstance(before, Evaluation)
    assert before == after == make_scripted(scripted).evaluate([choosing(0)], plan)[0]


def test_an_environment_that_can_be_made_once_only_fails_the_networks_after_that(scripted: str) -> None:
    task = make_scripted(scripted)
    gymnasium.registry[scripted].kwargs = {"faults": {"make": raising(OSError("no such licence"))}}
    alone = EvaluationPlan((1,), (1.0,))
    first, second = task.evaluate([dense(2, 2)] * 2, alone)
    assert isinstance(first, Evaluation)
    assert second == Failed("error", "ScriptedForTests-v0 cannot be made: no such licence")


def test_what_an_environment_raises_at_its_end_harms_nobody(scripted: str) -> None:
    task = make_scripted(scripted, faults={"close": raising(RuntimeError("not open"))})
    assert all(isinstance(outcome, Evaluation) for outcome in task.evaluate([dense(2, 2)] * 2, PLAN))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"observation": np.ones(2)},
            "ValueError: an observation has the shape (2,), its space has (2, 1)",
        ),
        (
            {"observation": np.ones((1, 1))},
            "ValueError: an observation has the shape (1, 1), its space has (2, 1)",
        ),
        (
            {"observation_space": spaces.Discrete(2), "observation": 2},
            "ValueError: an observation is 2, which is not in Discrete(2)",
        ),
        ({"reward": "much"}, "ValueError: could not convert string to float: 'much'"),
    ],
)
def test_what_an_environment_should_not_return_is_a_failure_of_one_line(
    scripted: str, arguments: dict[str, Any], message: str
) -> None:
    outcomes = make_scripted(scripted, **arguments).evaluate([dense(2, 2)], PLAN)
    assert outcomes == [Failed("error", f"ScriptedForTests-v0: {message}")]


@pytest.mark.parametrize(
    "arguments", [{"reward": math.nan}, {"reward": math.inf}, {"observation": np.full((2, 1), math.nan)}]
)
def test_a_reward_or_an_action_that_is_no_number_is_a_failure(
    scripted: str, arguments: dict[str, Any]
) -> None:
    outcomes = make_scripted(scripted, **arguments).evaluate([dense(2, 2)], PLAN)
    assert outcomes == [Failed("not_finite", "a return with weight -1 is not a finite number")]
    assert not any(np.isnan(action) for action in Scripted.actions)
