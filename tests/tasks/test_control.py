"""Control tasks: any environment of gymnasium, against a loop written out plainly."""

import math
from collections.abc import Callable, Iterator
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
from galapagos.plain_text import plain
from galapagos.tasks.control import LONGEST_EPISODE, ControlTask
from galapagos.tasks.environments import quiet
from galapagos.tasks.swing_up import SWING_UP, register_swing_up
from galapagos.tasks.swing_up_task import SwingUpTask

PLAN = EvaluationPlan(trial_seeds=(4, 7), weight_values=(-1.0, 1.0))


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


@pytest.fixture
def scripted() -> Iterator[str]:
    """Register `Scripted` for a test, with four steps an episode, and return its name."""
    name = "ScriptedForTests-v0"
    gymnasium.register(name, entry_point=Scripted, max_episode_steps=4)  # type: ignore[arg-type]  # callable class
    yield name
    del gymnasium.registry[name]


def make_scripted(name: str, **arguments: Any) -> ControlTask:
    gymnasium.registry[name].kwargs = arguments
    return ControlTask(name)


def raising(error: BaseException) -> Callable[[], None]:
    def fault() -> None:
        raise error

    return fault


def choosing(action: int) -> GraphGenome:
    """Return a network that takes one of two actions where its first input and the weight are positive."""
    activations = [Activation.LINEAR] * 4
    connections = [(0, 2 + action)]
    return graph_genome(num_inputs=2, num_outputs=2, activations=activations, connections=connections)


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


@pytest.mark.parametrize(
    "name",
    [
        "CartPole-v0",
        "CartPole-v1",
        "Acrobot-v1",
        "MountainCarContinuous-v0",
        "Pendulum-v1",
        "LunarLander-v3",
        "BipedalWalker-v3",
        "FrozenLake-v1",
    ],
)
def test_a_network_has_the_same_returns_after_any_others_and_in_another_order(name: str) -> None:
    one, other = ControlTask(name), ControlTask(name)
    networks = [weighted(dense(one.num_inputs, one.num_outputs), seed) for seed in range(3)]
    plan = EvaluationPlan(trial_seeds=(4, 7), weight_values=(1.0,))
    outcomes = one.evaluate(networks, plan)
    assert all(isinstance(outcome, Evaluation) for outcome in outcomes)
    assert other.evaluate(networks[::-1], plan) == outcomes[::-1]
    assert one.evaluate([networks[1]], plan) == [outcomes[1]]


def test_an_environment_that_may_keep_its_past_is_made_anew_for_each_episode() -> None:
    name = "AgeingForTests-v0"
    gymnasium.register(name, entry_point=Ageing, max_episode_steps=3)  # type: ignore[arg-type]  # callable class
    try:
        (outcome,) = ControlTask(name).evaluate([dense(1, 2)], PLAN)
        assert isinstance(outcome, Evaluation)
        assert [one.mean for one in outcome.by_weight] == [6.0, 6.0]
        assert outcome.standard_deviation == 0.0
    finally:
        del gymnasium.registry[name]


def test_the_swing_up_by_its_kernel_equals_the_general_route() -> None:
    register_swing_up()
    network = dense(5, 1, Activation.SINE)
    by_kernel, by_steps = (task.evaluate([network], PLAN) for task in (SwingUpTask(), ControlTask(SWING_UP)))
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
