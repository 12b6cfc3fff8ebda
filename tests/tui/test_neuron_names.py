"""What inputs and outputs are called, against how many there are."""

import pytest

from galapagos.parameters import Parameters
from galapagos.tasks.catalogue import build_task
from tui.neuron_names import neuron_names


@pytest.mark.parametrize(
    ("experiment", "task"),
    [
        ("wann-gym", "CartPoleSwingUp"),
        ("wann-gym", "CartPole-v1"),
        ("wann-gym", "Pendulum-v1"),
        ("wann-gym", "Acrobot-v1"),
        ("wann-gym", "MountainCarContinuous-v0"),
        ("wlnn", "digits"),
        ("wlnn", "mnist"),
        ("wlnn", "fashion_mnist"),
    ],
)
def test_there_are_as_many_names_as_neurons(experiment: str, task: str) -> None:
    name = "env_name" if experiment == "wann-gym" else "dataset"
    built = build_task(Parameters.model_validate({"experiment": experiment, name: task}))
    names = neuron_names(task)
    assert len(names.inputs) in {0, built.num_inputs}
    assert len(names.outputs) in {0, built.num_outputs}
    assert names.outputs


def test_what_is_not_known_has_no_names() -> None:
    assert neuron_names("Ant-v5") == ((), ())
    assert neuron_names("") == ((), ())
