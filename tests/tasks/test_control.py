"""Control tasks: any environment of gymnasium, against a loop written out plainly."""

import math
from collections.abc import Iterator
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces

from galapagos.errors import UnknownTask
from galapagos.evaluation import Evaluation, EvaluationPlan, Failed
from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import GraphGenome, graph_genome
from galapagos.networks.forward import forward
from galapagos.tasks.control import LONGEST_EPISODE, ControlTask
from galapagos.tasks.environments import quiet
from galapagos.tasks.own_environments import register_own
from galapagos.tasks.swing_up_task import SwingUpTask
from tests.tasks.scripted import Ageing, Scripted, dense, make_scripted, registered

PLAN = EvaluationPlan(trial_seeds=(4, 7), weight_values=(-1.0, 1.0))


@pytest.fixture
def scripted() -> Iterator[str]:
    with registered("ScriptedForTests-v0", Scripted, steps=4) as name:
        yield name


def weighted(genome: GraphGenome, seed: int) -> GraphGenome:
    """Return the network with random weights of its own, so that its outputs differ."""
    weights = np.random.default_rng(seed).normal(0, 1, genome.num_connections)
    return graph_genome(
        num_inputs=genome.num_inputs,
        num_outputs=genome.num_outputs,
        activations=[Activation(kind) for kind in genome.activations.tolist()],
        connections=list(zip(genome.sources.tolist(), genome.targets.tolist(), strict=True)),
        weights=weights.tolist(),
    )


def plain_returns(name: str, genome: GraphGenome, plan: EvaluationPlan) -> list[float]:
    """Play all episodes in a fresh environment each, with the readable forward pass."""
    returns = []
    for weight in plan.weight_values:
        for seed in plan.trial_seeds:
            with quiet():
                environment = gymnasium.make(name, disable_env_checker=True)
                observation, _ = environment.reset(seed=seed)
                total, over = 0.0, False
                while not over:
                    outputs = forward(genome, weight, np.asarray(observation, dtype=np.float64))
                    if isinstance(environment.action_space, spaces.Discrete):
                        action: Any = int(np.argmax(outputs))
                    else:
                        space = environment.action_space
                        assert isinstance(space, spaces.Box)
                        action = np.clip(outputs, space.low, space.high).astype(space.dtype)
                    observation, reward, terminated, truncated, _ = environment.step(action)
                    total += float(reward)
                    over = terminated or truncated
                environment.close()
            returns.append(total)
    return returns


@pytest.mark.parametrize("name", ["CartPole-v1", "Pendulum-v1", "BipedalWalker-v3"])
def test_a_task_equals_a_plain_loop_alone_and_in_any_company(name: str) -> None:
    task = ControlTask(name)
    networks = [weighted(dense(task.num_inputs, task.num_outputs), seed) for seed in range(2)]
    outcomes = task.evaluate(networks, PLAN)
    for network, outcome in zip(networks, outcomes, strict=True):
        assert isinstance(outcome, Evaluation)
        returns = plain_returns(name, network, PLAN)
        assert [one.mean for one in outcome.by_weight] == [
            math.fsum(returns[:2]) / 2,
            math.fsum(returns[2:]) / 2,
        ]
    assert task.evaluate(networks[1:], PLAN) == outcomes[1:]


def test_an_environment_that_may_keep_its_past_is_made_anew_for_each_episode() -> None:
    with registered("AgeingForTests-v0", Ageing, steps=3) as name:
        (outcome,) = ControlTask(name).evaluate([dense(1, 2)], PLAN)
    assert isinstance(outcome, Evaluation)
    assert [one.mean for one in outcome.by_weight] == [6.0, 6.0]
    assert outcome.standard_deviation == 0.0


def test_the_swing_up_by_its_kernel_equals_the_general_route() -> None:
    register_own(SwingUpTask.name)
    network = dense(5, 1, Activation.SINE)
    tasks = SwingUpTask(), ControlTask(SwingUpTask.name)
    by_kernel, by_steps = (task.evaluate([network], PLAN) for task in tasks)
    assert by_kernel == by_steps
    assert isinstance(by_kernel[0], Evaluation)


def test_a_network_that_does_not_fit_fails_and_the_others_are_evaluated() -> None:
    for task in (SwingUpTask(), ControlTask("CartPole-v1")):
        fitting = dense(task.num_inputs, task.num_outputs)
        first, second = task.evaluate([dense(2, 1), fitting], PLAN)
        assert isinstance(first, Failed)
        assert first.message == (
            "the network has 2 inputs and 1 outputs; "
            f"{task.name} needs {task.num_inputs} and {task.num_outputs}"
        )
        assert [second] == task.evaluate([fitting], PLAN)


def test_a_network_whose_returns_are_no_numbers_fails_on_the_swing_up_too() -> None:
    doubling = [(6 + index, 7 + index) for index in range(11)]
    genome = graph_genome(
        num_inputs=5,
        num_outputs=1,
        activations=[Activation.LINEAR] * 6 + [Activation.SQUARED] * 12 + [Activation.SINE],
        connections=[(2, 6), *doubling, (17, 18), (18, 5)],
    )
    outcome = SwingUpTask().evaluate([genome, dense(5, 1)], EvaluationPlan((1,), (1e6,)))
    assert outcome[0] == Failed("not_finite", "a return with weight 1e+06 is not a finite number")
    assert isinstance(outcome[1], Evaluation)


def test_discrete_actions_are_the_largest_output_counted_from_the_spaces_start(scripted: str) -> None:
    task = make_scripted(scripted, action_space=spaces.Discrete(3, start=-1))
    assert (task.num_inputs, task.num_outputs, task.acts_by_choice) == (2, 3, True)
    nothing = graph_genome(num_inputs=2, num_outputs=3, activations=[Activation.LINEAR] * 5, connections=[])
    task.evaluate([nothing], EvaluationPlan((1,), (1.0,)))
    assert Scripted.actions == [-1] * 4


def test_continuous_actions_are_clipped_and_have_the_spaces_shape_and_type(scripted: str) -> None:
    space = spaces.Box(
        np.array([[-0.5], [0.25]], dtype=np.float32),
        np.array([[0.5], [2.0]], dtype=np.float32),
        dtype=np.float32,
    )
    task = make_scripted(scripted, action_space=space)
    nothing = graph_genome(num_inputs=2, num_outputs=2, activations=[Activation.LINEAR] * 4, connections=[])
    task.evaluate([nothing], EvaluationPlan((1,), (1.0,)))
    assert all(space.contains(action) for action in Scripted.actions)
    assert [action.tolist() for action in Scripted.actions] == [[[0.0], [0.25]]] * 4


def test_discrete_observations_are_one_hot(scripted: str) -> None:
    task = make_scripted(scripted, observation_space=spaces.Discrete(5))
    assert task.num_inputs == 5
    assert isinstance(task.evaluate([dense(5, 2)], PLAN)[0], Evaluation)


def test_an_environment_without_a_limit_ends_all_the_same(scripted: str) -> None:
    gymnasium.registry[scripted].max_episode_steps = None
    outcome = ControlTask(scripted).evaluate([dense(2, 2)], EvaluationPlan((1,), (1.0,)))[0]
    assert isinstance(outcome, Evaluation)
    assert outcome.steps == LONGEST_EPISODE


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"observation_space": spaces.Text(3)}, "ScriptedForTests-v0 observes a Text; networks take"),
        ({"action_space": spaces.MultiBinary(3)}, "ScriptedForTests-v0 acts by a MultiBinary; networks act"),
    ],
)
def test_spaces_that_no_network_can_take_are_refused(
    scripted: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(UnknownTask, match=message):
        make_scripted(scripted, **arguments)
