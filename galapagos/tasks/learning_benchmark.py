"""How fast one core trains networks: the kernels beside the readable torch reference, in processor time."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import graph_genome
from galapagos.genomes.learning_networks import with_weights
from galapagos.learning.compiled_training import CompiledTraining, prepare_training
from galapagos.learning.training import LearningSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from galapagos.genomes.graph import GraphGenome
    from galapagos.learning.training import EpochLosses

CONNECTIONS = (100, 500, 2000)
"""The sizes of networks that are measured."""
NETWORKS = 8
"""Networks of each size that are trained together."""
IMAGES = 60_000
"""Images in an epoch, as in MNIST; they are random numbers here."""
REFERENCE_BATCHES = {100: 4, 500: 2, 2000: 1}
"""Batches of images in a measurement of the reference, by the size of the network."""
REPETITIONS = 5
"""Measurements of which the median counts."""
SETTINGS = LearningSettings(rule="backprop", optimizer="adam", lr=0.01, batch_size=256)
"""How they learn, as in the shipped experiments."""

_SEED = 2020
_INPUTS, _OUTPUTS = 256, 10
_CONNECTIONS_A_HIDDEN_NEURON = 4


def learning_benchmark() -> list[dict[str, Any]]:
    """Return one object for each size of network: name, rates a processor second, the gain of the kernels.

    A network is one that was trained an epoch, a step is an image. The networks and the images are always
    the same; the kernels are loaded before the first measurement, and torch has one thread meanwhile.
    """
    import torch

    prepare_training(lambda: None)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return _measured()
    finally:
        torch.set_num_threads(threads)


def _measured() -> list[dict[str, Any]]:
    from galapagos.learning.reference import ReferenceTraining

    rng = np.random.default_rng(_SEED)
    images = rng.random((IMAGES, _INPUTS), dtype=np.float32)
    labels = rng.integers(_OUTPUTS, size=IMAGES)
    order = rng.permutation(IMAGES)
    results = []
    for connections in CONNECTIONS:
        networks = fixed_learners(connections)
        few = order[: REFERENCE_BATCHES[connections] * SETTINGS.batch_size]
        seconds = _median_seconds(CompiledTraining(networks, SETTINGS).train_epoch, images, labels, order)
        reference_seconds = _median_seconds(
            ReferenceTraining(networks[0], SETTINGS).train_epoch, images, labels, few
        )
        rate, reference_rate = len(networks) * IMAGES / seconds, len(few) / reference_seconds
        results.append(
            {
                "name": f"learning {connections} connections",
                "networks_per_second": len(networks) / seconds,
                "steps_per_second": rate,
                "reference_steps_per_second": reference_rate,
                "ratio": rate / reference_rate,
            }
        )
    return results


def fixed_learners(connections: int, count: int = NETWORKS) -> list[GraphGenome]:
    """Return random networks of so many connections, at least 10; hidden neurons all lead to outputs."""
    rng = np.random.default_rng((_SEED, connections))
    return [_random_learner(connections, rng) for _ in range(count)]


def _random_learner(connections: int, rng: np.random.Generator) -> GraphGenome:
    first_hidden = _INPUTS + _OUTPUTS
    hidden = list(range(first_hidden, first_hidden + connections // _CONNECTIONS_A_HIDDEN_NEURON))
    targets = [*hidden, *range(_INPUTS, first_hidden)]
    pairs = set[tuple[int, int]]()
    for place, neuron in enumerate(hidden):
        pairs.add((int(rng.integers(_INPUTS)), neuron))
        pairs.add((neuron, targets[int(rng.integers(place + 1, len(targets)))]))
    while len(pairs) < connections:
        place = int(rng.integers(len(targets)))
        source = int(rng.integers(_INPUTS + min(place, len(hidden))))
        pairs.add((source if source < _INPUTS else hidden[source - _INPUTS], targets[place]))
    genome = graph_genome(
        num_inputs=_INPUTS,
        num_outputs=_OUTPUTS,
        activations=[Activation.LINEAR] * first_hidden + [Activation.RELU] * len(hidden),
        connections=sorted(pairs),
    )
    return with_weights(genome, rng)


def _median_seconds(
    train_epoch: Callable[[NDArray[Any], NDArray[np.int64], NDArray[np.int64]], EpochLosses],
    images: NDArray[np.float32],
    labels: NDArray[np.int64],
    order: NDArray[np.int64],
) -> float:
    taken = []
    for _ in range(REPETITIONS):
        began = time.process_time()
        train_epoch(images, labels, order)
        taken.append(time.process_time() - began)
    return statistics.median(taken)
