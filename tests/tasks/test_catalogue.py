"""From `env_name` to a task: old names, unknown names, and parameters that do not fit."""

from typing import Any

import gymnasium
import pytest

from galapagos.errors import InvalidGenome, InvalidParameters, UnknownTask
from galapagos.parameters import Parameters
from galapagos.tasks.catalogue import build_task, check_task, task_notice
from galapagos.tasks.environments import fitness_range, resolve


class ManyInputs(gymnasium.Env[Any, Any]):
    """An environment that observes more than a network can."""

    observation_space = gymnasium.spaces.MultiBinary(100_001)
    action_space = gymnasium.spaces.Box(-1.0, 1.0, (1,))


@pytest.mark.parametrize(
    ("name", "id", "sizes", "fitness"),
    [
        ("CartPoleSwingUp", "CartPoleSwingUp", (5, 1), (0, 1000)),
        ("CartPole-v0", "CartPole-v0", (4, 2), (0, 200)),
        ("CartPole-v1", "CartPole-v1", (4, 2), (0, 500)),
        ("BipedalWalker-v2", "BipedalWalker-v3", (24, 4), (-200, 350)),
        ("BipedalWalker-v3", "BipedalWalker-v3", (24, 4), (-200, 350)),
        ("MountainCar-v0", "MountainCar-v0", (2, 3), (-200, 0)),
    ],
)
def test_a_name_becomes_a_task(
    name: str, id: str, sizes: tuple[int, int], fitness: tuple[float, float]
) -> None:
    task = build_task(Parameters(env_name=name, num_inputs=sizes[0], num_outputs=sizes[1]))
    assert (task.name, task.num_inputs, task.num_outputs, task.fitness_range) == (id, *sizes, fitness)


def test_old_names_are_understood_with_a_notice() -> None:
    assert task_notice(Parameters(env_name="BipedalWalker-v2")) == (
        "BipedalWalker-v3 takes the place of BipedalWalker-v2, which is no longer there"
    )
    assert task_notice(Parameters(env_name="CartPole-v0")) == (
        "CartPole-v0 is an old version of this environment; the newest is CartPole-v1"
    )
    assert task_notice(Parameters(env_name="CartPole-v1")) is None
    assert task_notice(Parameters()) is None


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Cartpole-v1", "env_name: there is no environment 'Cartpole-v1'; did you mean CartPole-v1?"),
        ("CartPole-v77", "env_name: there is no environment 'CartPole-v77'; did you mean CartPole-v1?"),
        ("qqqqqqqq", "env_name: there is no environment 'qqqqqqqq'"),
        (
            "os:Pole-v1",
            "env_name: 'os:Pole-v1' would import a module; it must be the name of a registered environment",
        ),
    ],
)
def test_names_that_are_none_are_refused_in_one_line(name: str, message: str) -> None:
    with pytest.raises(UnknownTask) as refused:
        build_task(Parameters(env_name=name))
    assert str(refused.value) == message


def test_an_environment_whose_library_is_missing_is_refused_in_one_line() -> None:
    name = "NeedsMoreForTests-v0"
    gymnasium.register(name, entry_point="no_such_library.environments:Missing")
    try:
        with pytest.raises(UnknownTask, match=r"^env_name: NeedsMoreForTests-v0 cannot be made: .*no_such"):
            build_task(Parameters(env_name=name))
    finally:
        del gymnasium.registry[name]


@pytest.mark.parametrize("experiment", ["wann-classification", "wlnn", "learning", "layers"])
def test_a_data_set_that_is_none_is_told_with_the_parameter_that_names_it(experiment: str) -> None:
    measure = "layers" if experiment == "layers" else "connections"
    parameters = Parameters.model_validate(
        {"experiment": experiment, "dataset": "mnits", "complexity_measure": measure}
    )
    with pytest.raises(UnknownTask, match=r"^dataset: there is no data set 'mnits'; did you mean mnist\?"):
        build_task(parameters)


def test_an_environment_with_more_than_a_network_can_connect_is_told_by_its_name() -> None:
    name = "ManyInputsForTests-v0"
    gymnasium.register(name, entry_point=f"{__name__}:ManyInputs")
    try:
        with pytest.raises(InvalidGenome, match=rf"^env_name: {name}: 100001 inputs and 1 outputs are more"):
            check_task(Parameters(env_name=name))
    finally:
        del gymnasium.registry[name]


@pytest.mark.parametrize(
    ("values", "problems"),
    [
        ({"num_inputs": 4}, ["num_inputs is 4, but CartPoleSwingUp has 5"]),
        (
            {"num_inputs": 4, "num_outputs": 2, "take_argmax_action": True},
            [
                "num_inputs is 4, but CartPoleSwingUp has 5",
                "num_outputs is 2, but CartPoleSwingUp has 1",
                "take_argmax_action is true, but the actions of CartPoleSwingUp are continuous",
            ],
        ),
    ],
)
def test_parameters_that_do_not_fit_are_all_named(values: dict[str, Any], problems: list[str]) -> None:
    with pytest.raises(InvalidParameters) as refused:
        build_task(Parameters(**values))
    assert refused.value.problems == problems


def test_the_largest_output_may_be_asked_for_where_actions_are_discrete() -> None:
    assert build_task(Parameters(env_name="CartPole-v1", take_argmax_action=True)).num_outputs == 2


def test_every_registered_environment_has_a_range_of_fitness_that_is_one() -> None:
    resolve("CartPoleSwingUp")
    for spec in list(gymnasium.registry.values()):
        low, high = fitness_range(spec)
        assert low < high, spec.id
