"""What every benchmark is made of: random networks, a median of processor times, the printed object."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, Any

from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import GraphGenome, graph_genome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

REPETITIONS = 5
"""Measurements of which the median counts."""

_CONNECTIONS_A_HIDDEN_NEURON = 4


def entry(
    name: str, *, networks: int, steps: int, seconds: float, reference_steps: int, reference_seconds: float
) -> dict[str, Any]:
    """Return the object that `galapagos bench --json` prints of one measurement beside its reference.

    Args:
        name: What was measured.
        networks: Networks evaluated.
        steps: Environment steps taken, or images that went through a network.
        seconds: Processor time it took.
        reference_steps: The same of the readable reference.
        reference_seconds: Likewise.
    """
    rate, reference_rate = steps / seconds, reference_steps / reference_seconds
    return {
        "name": name,
        "networks_per_second": networks / seconds,
        "steps_per_second": rate,
        "reference_steps_per_second": reference_rate,
        "ratio": rate / reference_rate,
    }


def median_seconds(work: Callable[[], object]) -> float:
    """Return the median processor time of `REPETITIONS` calls."""
    taken = []
    for _ in range(REPETITIONS):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return statistics.median(taken)


def random_network(
    connections: int,
    rng: np.random.Generator,
    *,
    num_inputs: int,
    num_outputs: int,
    activations: Sequence[Activation],
) -> GraphGenome:
    """Return a network of so many connections whose hidden neurons, one for four, all lead to an output.

    Args:
        connections: At least 10, and enough for every neuron to have one.
        rng: Draws it.
        num_inputs: Inputs without a bias.
        num_outputs: Outputs.
        activations: What those of hidden neurons are drawn from.
    """
    first_hidden = num_inputs + num_outputs
    sensors = list(range(num_inputs))
    hidden = list(range(first_hidden, first_hidden + connections // _CONNECTIONS_A_HIDDEN_NEURON))
    neurons = [*hidden, *range(num_inputs, first_hidden)]
    pairs = {
        (int(rng.choice(sensors + hidden[: min(place, len(hidden))])), neuron)
        for place, neuron in enumerate(neurons)
    }
    for place, neuron in enumerate(hidden):
        if all(source != neuron for source, _ in pairs):
            pairs.add((neuron, int(rng.choice(neurons[place + 1 :]))))
    while len(pairs) < connections:
        place = int(rng.integers(len(neurons)))
        pairs.add((int(rng.choice(sensors + hidden[:place])), neurons[place]))
    drawn = [activations[int(rng.integers(len(activations)))] for _ in hidden]
    return graph_genome(
        num_inputs=num_inputs,
        num_outputs=num_outputs,
        activations=[Activation.LINEAR] * first_hidden + drawn,
        connections=sorted(pairs),
    )
