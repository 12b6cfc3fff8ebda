"""Small networks that learn and images for them, for all tests of learning."""

from typing import get_args

import numpy as np
from numpy.typing import NDArray

from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import GraphGenome, graph_genome
from galapagos.genomes.learning_networks import with_weights
from galapagos.parameter_declarations import LearningRule

RULES: tuple[LearningRule, ...] = get_args(LearningRule)
"""Every learning rule that is declared."""

NUM_INPUTS, NUM_OUTPUTS = 7, 4


def random_learner(seed: int, *, hidden: int = 9, share: float = 0.4) -> GraphGenome:
    """Return an irregular network: connections skip layers, some neurons have no inputs or lead nowhere."""
    rng = np.random.default_rng(seed)
    first_hidden = NUM_INPUTS + NUM_OUTPUTS
    order = (rng.permutation(hidden) + first_hidden).tolist()
    readers = [*order, *range(NUM_INPUTS, first_hidden)]
    pairs = [
        (source, target)
        for place, target in enumerate(readers)
        for source in [*range(NUM_INPUTS), *order[: min(place, hidden)]]
        if rng.random() < share
    ]
    return learner(pairs, hidden=hidden, seed=seed)


def learner(pairs: list[tuple[int, int]], *, hidden: int = 0, seed: int = 0) -> GraphGenome:
    """Return the network of these connections with random weights."""
    genome = graph_genome(
        num_inputs=NUM_INPUTS,
        num_outputs=NUM_OUTPUTS,
        activations=[Activation.LINEAR] * (NUM_INPUTS + NUM_OUTPUTS) + [Activation.RELU] * hidden,
        connections=pairs,
    )
    return with_weights(genome, np.random.default_rng((1, seed)))


def images_and_labels(count: int, seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return images around one centre for each class, so that there is something to learn."""
    rng = np.random.default_rng((2, seed))
    labels = rng.integers(NUM_OUTPUTS, size=count)
    centers = rng.random((NUM_OUTPUTS, NUM_INPUTS))
    images = centers[labels] + 0.3 * rng.normal(size=(count, NUM_INPUTS))
    return images.astype(np.float32), labels


def relative_distance(one: NDArray[np.floating], other: NDArray[np.floating]) -> float:
    """Return the L2 distance, relative to the L2 norm of the second."""
    difference = one.astype(np.float64) - other.astype(np.float64)
    return float(np.linalg.norm(difference) / np.linalg.norm(other.astype(np.float64)))
