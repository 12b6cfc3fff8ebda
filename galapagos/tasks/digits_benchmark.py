"""How fast one core classifies images with shared weights: the kernel beside the readable reference."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from galapagos.genomes.activation import EVOLVED
from galapagos.networks.forward import forward
from galapagos.tasks.benchmark_entry import entry, median_seconds, random_network
from galapagos.tasks.classification_kernel import classify_images, image_blocks, prepare_classification
from galapagos.tasks.datasets import Images, load_dataset

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from galapagos.genomes.graph import GraphGenome

NETWORKS = {50: 96, 300: 48, 1000: 24}
"""The sizes of networks that are measured, in connections, and how many of each."""
WEIGHTS = (-2.0, -1.0, -0.5, 0.5, 1.0, 2.0)
"""The shared weights that each network is evaluated with, as in the shipped experiment."""
REFERENCE_NETWORKS, REFERENCE_IMAGES = 3, 4
"""Networks, and images that each sees with one weight, in a measurement of the reference."""

_SEED = 2019


def digits_benchmark() -> list[dict[str, Any]]:
    """Return one object for each size of network; a step is an image with one weight.

    The images are the 1,347 training images of `digits`. Networks are compiled anew in every measurement; the
    kernel is loaded before the first.
    """
    prepare_classification(lambda: None)
    dataset = load_dataset("digits", Images.PREPROCESSED)
    blocks = image_blocks(dataset.train_images, dataset.train_labels)
    features, classes = dataset.train_images.shape[1], dataset.num_classes
    results = []
    for connections, count in NETWORKS.items():
        rng = np.random.default_rng((_SEED, connections))
        networks = [
            random_network(connections, rng, num_inputs=features, num_outputs=classes, activations=EVOLVED)
            for _ in range(count)
        ]
        some = networks[:REFERENCE_NETWORKS]
        results.append(
            entry(
                f"digits {connections} connections",
                networks=count,
                steps=count * len(WEIGHTS) * blocks.count,
                seconds=median_seconds(partial(classify_images, networks, WEIGHTS, blocks)),
                reference_steps=len(some) * REFERENCE_IMAGES,
                reference_seconds=median_seconds(partial(_classify_reference, some, dataset.train_images)),
            )
        )
    return results


def _classify_reference(networks: list[GraphGenome], images: NDArray[np.float32]) -> None:
    for network in networks:
        for image in images[:REFERENCE_IMAGES]:
            logits = forward(network, WEIGHTS[-1], image.astype(np.float64))
            np.log(np.exp(logits - logits.max()).sum())
