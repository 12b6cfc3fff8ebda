"""How fast one core evaluates the swing-up: the kernel beside the readable reference."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from galapagos.evaluation import EvaluationPlan
from galapagos.genomes.activation import EVOLVED
from galapagos.networks.forward import forward
from galapagos.tasks.benchmark_entry import entry, median_seconds, random_network
from galapagos.tasks.own_environments.cart_pole_swing_up import CartPoleSwingUp
from galapagos.tasks.swing_up_task import SwingUpTask

if TYPE_CHECKING:
    from galapagos.genomes.graph import GraphGenome

CONNECTIONS = (10, 30, 100)
"""The sizes of networks that are measured."""
NETWORKS = 96
"""Networks of each size in a measurement."""
REFERENCE_NETWORKS, REFERENCE_STEPS = 30, 10
"""Networks, and first steps of each, in a measurement of the reference."""
PLAN = EvaluationPlan(trial_seeds=(1, 2, 3), weight_values=(-2.0, -1.0, -0.5, 0.5, 1.0, 2.0))
"""What each network is evaluated on, as in the shipped experiment."""

_SEED = 2019


def swing_up_benchmark() -> list[dict[str, Any]]:
    """Return one object for each size of network; a step is one of the environment.

    The networks and their starts are always the same. Networks are compiled anew in every measurement; the
    kernel is loaded before the first.
    """
    task = SwingUpTask()
    task.prepare(lambda: None)
    return [_measured(task, connections) for connections in CONNECTIONS]


def fixed_networks(connections: int, count: int = NETWORKS) -> list[GraphGenome]:
    """Return random networks of so many connections, at least 10, the same every time."""
    rng = np.random.default_rng((_SEED, connections))
    shape = {"num_inputs": SwingUpTask.num_inputs, "num_outputs": SwingUpTask.num_outputs}
    return [random_network(connections, rng, activations=EVOLVED, **shape) for _ in range(count)]


def _measured(task: SwingUpTask, connections: int) -> dict[str, Any]:
    networks = fixed_networks(connections)
    return entry(
        f"swing-up {connections} connections",
        networks=len(networks),
        steps=sum(getattr(outcome, "steps", 0) for outcome in task.evaluate(networks, PLAN)),
        seconds=median_seconds(partial(task.evaluate, networks, PLAN)),
        reference_steps=REFERENCE_NETWORKS * REFERENCE_STEPS,
        reference_seconds=median_seconds(partial(_play_reference, networks[:REFERENCE_NETWORKS])),
    )


def _play_reference(networks: list[GraphGenome]) -> None:
    environment = CartPoleSwingUp()
    weight = PLAN.weight_values[-1]
    for network in networks:
        observation, _ = environment.reset(seed=PLAN.trial_seeds[0])
        for _ in range(REFERENCE_STEPS):
            observation, *_ = environment.step(forward(network, weight, observation))
