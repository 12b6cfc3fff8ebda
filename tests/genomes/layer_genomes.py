"""Hypothesis strategies for stacks of layers."""

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from galapagos.genomes.layers import (
    DENSE_FUNCTIONS,
    FUNCTIONS,
    MAX_DROPOUT,
    MAX_SEED,
    ActivationLayer,
    BatchNormLayer,
    DenseLayer,
    DropoutLayer,
    FlattenLayer,
    Layer,
    LayerGenome,
    LeakyReluLayer,
)


def layers(*, max_units: int = 6) -> st.SearchStrategy[Layer]:
    """Return a strategy of layers of every type, without weights."""
    return st.one_of(
        st.builds(DenseLayer, st.integers(1, max_units), st.sampled_from(DENSE_FUNCTIONS)),
        st.builds(ActivationLayer, st.sampled_from(FUNCTIONS)),
        st.builds(DropoutLayer, st.floats(0, MAX_DROPOUT)),
        st.just(BatchNormLayer()),
        st.builds(LeakyReluLayer, st.floats(0, 1)),
        st.just(FlattenLayer()),
    )


@st.composite
def layer_genomes(
    draw: st.DrawFn,
    *,
    num_inputs: int | None = None,
    num_outputs: int | None = None,
    max_layers: int = 8,
    weighted: bool | None = None,
) -> LayerGenome:
    """Draw a valid stack of layers.

    Args:
        draw: Given by Hypothesis.
        num_inputs: A fixed number of inputs.
        num_outputs: A fixed number of outputs.
        max_layers: The largest number of layers.
        weighted: With weights from training or without any, None for either.
    """
    genome = LayerGenome(
        num_inputs=num_inputs or draw(st.integers(1, 5)),
        num_outputs=num_outputs or draw(st.integers(1, 4)),
        layers=tuple(draw(st.lists(layers(), max_size=max_layers))),
        seed=draw(st.integers(0, MAX_SEED)),
    )
    has_weights = draw(st.booleans()) if weighted is None else weighted
    if not has_weights:
        return genome
    return genome.with_trained(random_weights(genome, draw(st.integers(0, 2**32))), draw(st.integers(0, 99)))


def random_weights(genome: LayerGenome, seed: int) -> NDArray[np.float32]:
    """Return weights as training could lead to: no variance is negative."""
    count = sum(genome.weight_counts())
    return np.abs(np.random.default_rng(seed).normal(0, 1, count)).astype(np.float32)
