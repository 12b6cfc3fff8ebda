"""How fast one core evaluates the swing-up: the kernel beside the readable reference, in processor time."""

from __future__ import annotations

import statistics
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from galapagos.evaluation import EvaluationPlan
from galapagos.genomes.activation import EVOLVED, Activation
from galapagos.genomes.graph import GraphGenome, graph_genome
from galapagos.networks.forward import forward
from galapagos.tasks.swing_up import CartPoleSwingUp
from galapagos.tasks.swing_up_task import SwingUpTask

if TYPE_CHECKING:
    from collections.abc import Callable

CONNECTIONS = (10, 30, 100)
"""The sizes of networks that are measured."""
NETWORKS = 96
"""Networks of each size in a measurement."""
REFERENCE_NETWORKS, REFERENCE_STEPS = 30, 10
"""Networks, and first steps of each, in a measurement of the reference."""
REPETITIONS = 5
"""Measurements of which the median counts."""
PLAN = EvaluationPlan(trial_seeds=(1, 2, 3), weight_values=(-2.0, -1.0, -0.5, 0.5, 1.0, 2.0))
"""What each network is evaluated on, as in the shipped experiment."""

_SEED = 2019
_INPUTS, _OUTPUTS = SwingUpTask.num_inputs, SwingUpTask.num_outputs
_CONNECTIONS_A_HIDDEN_NEURON = 4


def benchmark() -> list[dict[str, Any]]:
    """Return one object for each size of network: name, rates a processor second, and the gain of the kernel.

    The networks and their starts are always the same. Networks are compiled anew in every measurement; the
    kernel is loaded before the first.
    """
    task = SwingUpTask()
    task.prepare(lambda: None)
    results = []
    for connections in CONNECTIONS:
        networks = fixed_networks(connections)
        steps_per_second = _median_rate(partial(_kernel_steps, task, networks))
        reference = _median_rate(partial(_reference_steps, networks))
        steps = _kernel_steps(task, networks)
        results.append(
            {
                "name": f"swing-up {connections} connections",
                "networks_per_second": steps_per_second * len(networks) / steps,
                "steps_per_second": steps_per_second,
                "reference_steps_per_second": reference,
                "ratio": steps_per_second / reference,
            }
        )
    return results


def fixed_networks(connections: int, count: int = NETWORKS) -> list[GraphGenome]:
    """Return random networks of so many connections, at least 10, whose neurons all lead to the output."""
    rng = np.random.default_rng((_SEED, connections))
    return [_random_network(connections, rng) for _ in range(count)]


def _random_network(connections: int, rng: np.random.Generator) -> GraphGenome:
    hidden = connections // _CONNECTIONS_A_HIDDEN_NEURON
    sensors, first_hidden = list(range(_INPUTS)), _INPUTS + _OUTPUTS
    neurons = [*range(first_hidden, first_hidden + hidden), _INPUTS]  # the output stands last in this order
    pairs = {(int(rng.choice(sensors + neurons[:place])), neuron) for place, neuron in enumerate(neurons)}
    for place, neuron in enumerate(neurons[:-1]):
        if all(source != neuron for source, _ in pairs):
            pairs.add((neuron, int(rng.choice(neurons[place + 1 :]))))
    while len(pairs) < connections:
        place = int(rng.integers(len(neurons)))
        pairs.add((int(rng.choice(sensors + neurons[:place])), neurons[place]))
    drawn: list[Activation] = [EVOLVED[int(rng.integers(len(EVOLVED)))] for _ in range(hidden)]
    return graph_genome(
        num_inputs=_INPUTS,
        num_outputs=_OUTPUTS,
        activations=[Activation.LINEAR] * first_hidden + drawn,
        connections=sorted(pairs),
    )


def _median_rate(steps: Callable[[], int]) -> float:
    rates = []
    for _ in range(REPETITIONS):
        began = time.process_time()
        taken = steps()
        rates.append(taken / (time.process_time() - began))
    return statistics.median(rates)


def _kernel_steps(task: SwingUpTask, networks: list[GraphGenome]) -> int:
    outcomes = task.evaluate(networks, PLAN)
    return sum(getattr(outcome, "steps", 0) for outcome in outcomes)


def _reference_steps(networks: list[GraphGenome]) -> int:
    environment = CartPoleSwingUp()
    weight = PLAN.weight_values[-1]
    for network in networks[:REFERENCE_NETWORKS]:
        observation, _ = environment.reset(seed=PLAN.trial_seeds[0])
        for _ in range(REFERENCE_STEPS):
            observation, *_ = environment.step(forward(network, weight, observation))
    return REFERENCE_NETWORKS * REFERENCE_STEPS
