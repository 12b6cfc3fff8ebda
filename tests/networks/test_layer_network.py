"""What a stack of layers computes, layer by layer, against plain numpy; and what it begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from hypothesis import given, settings

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
from galapagos.networks.layer_network import LayerNetwork, initial_weights
from tests.genomes.layer_genomes import layer_genomes
from tests.strategies import seeds

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Values = NDArray[np.float64]

IMAGES = np.random.default_rng(3).normal(size=(6, 4)).astype(np.float32)
FUNCTIONS: dict[str, Callable[[Values], Values]] = {
    "relu": lambda x: np.maximum(x, 0.0),
    "sigmoid": lambda x: 1.0 / (1.0 + np.exp(-x)),
    "tanh": np.tanh,
    "softrelu": lambda x: np.log1p(np.exp(x)),
    "none": lambda x: x,
}


def logits_of(genome: LayerGenome, images: NDArray[np.float32], *, training: bool = False) -> Values:
    with torch.no_grad():
        outputs = LayerNetwork(genome)(torch.from_numpy(images), training=training)
    return outputs.numpy().astype(np.float64)


def dense(values: Values, weights: NDArray[np.float32], units: int) -> Values:
    width = values.shape[1]
    matrix = weights[: units * width].astype(np.float64).reshape(units, width)
    return values @ matrix.T + weights[units * width :].astype(np.float64)


def with_output(genome: LayerGenome, values: Values) -> Values:
    """Return what the output layer makes of the values below it."""
    return dense(values, initial_weights(genome)[-genome.weight_counts()[-1] :], genome.num_outputs)


def genome_of(*layers: Layer) -> LayerGenome:
    return LayerGenome(num_inputs=4, num_outputs=3, layers=layers, seed=11)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_dense_layer_is_weights_biases_and_a_function(function: str) -> None:
    genome = genome_of(DenseLayer(5, function))  # type: ignore[arg-type]  # the names are those of the type
    below = FUNCTIONS[function](dense(IMAGES.astype(np.float64), initial_weights(genome)[:25], 5))
    np.testing.assert_allclose(logits_of(genome, IMAGES), with_output(genome, below), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("function", ["relu", "sigmoid", "tanh", "softrelu"])
def test_an_activation_layer_is_its_function(function: str) -> None:
    genome = genome_of(ActivationLayer(function))  # type: ignore[arg-type]  # likewise
    below = FUNCTIONS[function](IMAGES.astype(np.float64))
    np.testing.assert_allclose(logits_of(genome, IMAGES), with_output(genome, below), rtol=1e-5, atol=1e-6)


def test_a_leaky_relu_has_its_slope_below_zero() -> None:
    genome = genome_of(LeakyReluLayer(0.3))
    below = np.where(IMAGES > 0, IMAGES, 0.3 * IMAGES).astype(np.float64)
    np.testing.assert_allclose(logits_of(genome, IMAGES), with_output(genome, below), rtol=1e-5, atol=1e-6)


def test_flattening_changes_nothing_and_an_empty_stack_is_linear() -> None:
    expected = with_output(genome_of(), IMAGES.astype(np.float64))
    np.testing.assert_allclose(logits_of(genome_of(), IMAGES), expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(logits_of(genome_of(FlattenLayer()), IMAGES), expected, rtol=1e-5, atol=1e-6)


def test_batch_normalisation_reads_the_batch_in_training_and_its_statistics_in_evaluation() -> None:
    network = LayerNetwork(genome_of(BatchNormLayer()))
    values = IMAGES.astype(np.float64)
    mean, variance = values.mean(axis=0), values.var(axis=0)
    in_training = with_output(genome_of(BatchNormLayer()), (values - mean) / np.sqrt(variance + 1e-5))
    with torch.no_grad():
        outputs = network(torch.from_numpy(IMAGES), training=True).numpy()
    np.testing.assert_allclose(outputs, in_training, rtol=1e-4, atol=1e-5)
    # A tenth of the statistics is the batch's now; torch counts its variance by n - 1.
    running_mean, running_variance = 0.1 * mean, 0.9 + 0.1 * values.var(axis=0, ddof=1)
    in_evaluation = with_output(
        genome_of(BatchNormLayer()), (values - running_mean) / np.sqrt(running_variance + 1e-5)
    )
    with torch.no_grad():
        outputs = network(torch.from_numpy(IMAGES), training=False).numpy()
    np.testing.assert_allclose(outputs, in_evaluation, rtol=1e-4, atol=1e-5)


def test_dropout_drops_its_share_in_training_scales_up_the_rest_and_does_nothing_in_evaluation() -> None:
    ones = np.ones((20_000, 4), dtype=np.float32)
    genome = LayerGenome(num_inputs=4, num_outputs=1, layers=(DropoutLayer(0.25),), seed=5)
    weights = initial_weights(genome)
    genome = genome.with_trained(np.array([1, 0, 0, 0, 0], dtype=np.float32), 1)
    assert len(weights) == 5
    trained = logits_of(genome, ones, training=True)[:, 0]
    dropped = np.isclose(trained, 0.0)
    assert np.allclose(trained[~dropped], 1 / 0.75)
    # Five standard deviations of a share of 20,000: an error rate below 1e-6.
    assert abs(dropped.mean() - 0.25) < 5 * np.sqrt(0.25 * 0.75 / len(ones))
    np.testing.assert_array_equal(logits_of(genome, ones)[:, 0], 1.0)


def test_the_seed_alone_decides_about_weights_and_dropout() -> None:
    genome = genome_of(DenseLayer(8, "relu"), DropoutLayer(0.5))
    first, again = (logits_of(genome, IMAGES, training=True) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    other = LayerGenome(num_inputs=4, num_outputs=3, layers=genome.layers, seed=12)
    assert not np.array_equal(initial_weights(genome), initial_weights(other))


def test_drawn_weights_have_a_deviation_of_a_tenth_and_biases_are_zero() -> None:
    genome = LayerGenome(num_inputs=500, num_outputs=2, layers=(DenseLayer(200),), seed=1)
    drawn = initial_weights(genome)[: 500 * 200]
    # Of 100,000 numbers; five standard deviations of mean and of deviation: an error rate below 1e-5.
    assert abs(drawn.mean()) < 5 * 0.1 / np.sqrt(len(drawn))
    assert abs(drawn.std() - 0.1) < 5 * 0.1 / np.sqrt(2 * len(drawn))
    assert not initial_weights(genome)[500 * 200 : 500 * 200 + 200].any()


@settings(max_examples=40)
@given(layer_genomes(num_inputs=4, num_outputs=3), seeds())
def test_any_stack_grows_runs_and_keeps_the_weights_it_inherited(genome: LayerGenome, seed: int) -> None:
    assert np.isfinite(logits_of(genome, IMAGES)).all()
    assert len(initial_weights(genome)) == sum(genome.weight_counts())
    rng = np.random.default_rng(seed)
    weights = rng.random(sum(genome.weight_counts()), dtype=np.float32)
    np.testing.assert_array_equal(LayerNetwork(genome.with_trained(weights, 1)).trained(), weights)
