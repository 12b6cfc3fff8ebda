"""How fast one core trains networks: the kernels beside the readable torch reference."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from galapagos.genomes.activation import Activation
from galapagos.genomes.learning_networks import with_weights
from galapagos.learning.compiled_training import CompiledTraining, prepare_training
from galapagos.learning.training import LearningSettings
from galapagos.tasks.benchmark_entry import entry, median_seconds, random_network

if TYPE_CHECKING:
    from galapagos.genomes.graph import GraphGenome

CONNECTIONS = (100, 500, 2000)
"""The sizes of networks that are measured."""
NETWORKS = 8
"""Networks of each size that are trained together."""
IMAGES = 60_000
"""Images in an epoch, as in MNIST; they are random numbers here."""
REFERENCE_BATCHES = {100: 4, 500: 2, 2000: 1}
"""Batches of images in a measurement of the reference, by the size of the network."""
SETTINGS = LearningSettings(rule="backprop", optimizer="adam", lr=0.01, batch_size=256)
"""How they learn, as in the shipped experiments."""

_SEED = 2020
_INPUTS, _OUTPUTS = 256, 10


def learning_benchmark() -> list[dict[str, Any]]:
    """Return one object for each size of network: one is a network trained for an epoch, a step is an image.

    The networks and the images are always the same; the kernels are loaded before the first measurement, and
    the reference has one thread of torch.
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
        networks = fixed_learners(connections, NETWORKS)
        few = order[: REFERENCE_BATCHES[connections] * SETTINGS.batch_size]
        training = CompiledTraining(networks, SETTINGS)
        reference = ReferenceTraining(networks[0], SETTINGS)
        results.append(
            entry(
                f"learning {connections} connections",
                networks=NETWORKS,
                steps=NETWORKS * IMAGES,
                seconds=median_seconds(partial(training.train_epoch, images, labels, order)),
                reference_steps=len(few),
                reference_seconds=median_seconds(partial(reference.train_epoch, images, labels, few)),
            )
        )
    return results


def fixed_learners(connections: int, count: int) -> list[GraphGenome]:
    """Return random networks of so many connections, at least 10, the same every time."""
    rng = np.random.default_rng((_SEED, connections))
    shape = {"num_inputs": _INPUTS, "num_outputs": _OUTPUTS}
    return [
        with_weights(random_network(connections, rng, activations=[Activation.RELU], **shape), rng)
        for _ in range(count)
    ]
