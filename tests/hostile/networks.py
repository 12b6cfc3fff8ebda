"""Networks of every kind, small, to be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from galapagos.genomes.layers import (
    ActivationLayer,
    BatchNormLayer,
    DenseLayer,
    DropoutLayer,
    FlattenLayer,
    Layer,
    LayerGenome,
    LeakyReluLayer,
)
from galapagos.genomes.learning_networks import with_weights
from tests.strategies import random_genome

if TYPE_CHECKING:
    from galapagos.genomes.graph import GraphGenome

LAYERS: tuple[Layer, ...] = (
    FlattenLayer(),
    DenseLayer(3, "relu"),
    BatchNormLayer(),
    DropoutLayer(0.25),
    DenseLayer(2, "none"),
    LeakyReluLayer(0.5),
    ActivationLayer("tanh"),
)


def stack(seed: int) -> LayerGenome:
    """Return a stack of layers that has learned where the seed is odd."""
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(LAYERS))[: int(rng.integers(1, len(LAYERS) + 1))]
    genome = LayerGenome(3, 2, tuple(LAYERS[place] for place in chosen), seed=int(rng.integers(2**62)))
    if seed % 2:
        weights = np.abs(rng.normal(size=sum(genome.weight_counts()))).astype(np.float32)
        return genome.with_trained(weights, 2)
    return genome


def learner(seed: int, *, trained: bool) -> GraphGenome:
    """Return a graph with weights and feedback, and epochs behind it where it is trained."""
    rng = np.random.default_rng(seed)
    genome = with_weights(random_genome(seed, max_hidden=3), rng)
    weights = rng.normal(size=genome.num_connections).astype(np.float32)
    return genome.with_trained(weights, 4) if trained else genome
