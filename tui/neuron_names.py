"""What the inputs and outputs of the networks of a task are called in a drawing."""

from __future__ import annotations

from typing import NamedTuple


class NeuronNames(NamedTuple):
    """Names from the first one on; those that are missing are numbered by the drawing."""

    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()


_DIGITS = NeuronNames(outputs=tuple("0123456789"))
_BY_TASK = {
    "CartPoleSwingUp": NeuronNames(("x", "speed", "cos", "sin", "spin"), ("force",)),
    "CartPole": NeuronNames(("x", "speed", "angle", "spin"), ("left", "right")),
    "Pendulum": NeuronNames(("cos", "sin", "spin"), ("torque",)),
    "Acrobot": NeuronNames(("cos 1", "sin 1", "cos 2", "sin 2", "spin 1", "spin 2"), ("-", "0", "+")),
    "MountainCarContinuous": NeuronNames(("x", "speed"), ("force",)),
    "digits": _DIGITS,
    "mnist": _DIGITS,
    "fashion_mnist": NeuronNames(
        outputs=(
            "T-shirt",
            "trousers",
            "pullover",
            "dress",
            "coat",
            "sandal",
            "shirt",
            "sneaker",
            "bag",
            "boot",
        )
    ),
}


def neuron_names(task: str) -> NeuronNames:
    """Return the names for an environment, whatever its version, or a data set; none for others.

    Sources: the documentation of gymnasium on each environment's observations and actions, Zalando's table of
    classes, and `CartPoleSwingUp` of `galapagos.tasks.own_environments`.
    """
    name, _, version = task.rpartition("-v")
    return _BY_TASK.get(name if version.isdecimal() else task, NeuronNames())
