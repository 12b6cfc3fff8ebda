"""The kernel of weight-agnostic networks on images against the readable reference, and in any company."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import GraphGenome, graph_genome
from galapagos.networks.forward import forward, neuron_inputs
from galapagos.tasks.classification_kernel import (
    BLOCK,
    LOSS,
    RIGHT,
    SQUARE,
    classify_images,
    image_blocks,
    logarithm,
)
from tests.strategies import graph_genomes, seeds

WEIGHTS = (-2.0, -1.0, -0.5, 0.5, 1.0, 2.0, 0.25)


def genomes() -> st.SearchStrategy[GraphGenome]:
    return graph_genomes(num_inputs=4, num_outputs=3, weighted=None)


def images_of(seed: int, count: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    return rng.random((count, 4), dtype=np.float32), rng.integers(3, size=count)


def reference(
    genome: GraphGenome, weight: float, images: NDArray[np.float32], labels: NDArray[np.int64]
) -> tuple[float, float, float]:
    """Return the sums of loss, squared loss and right classifications, image by image."""
    losses, right = [], 0
    for image, label in zip(images, labels.tolist(), strict=True):
        logits = forward(genome, weight, image.astype(np.float64)).tolist()
        top = max(logits)
        losses.append(math.log(math.fsum(math.exp(logit - top) for logit in logits)) + top - logits[label])
        right += logits.index(top) == label
    return math.fsum(losses), math.fsum(loss * loss for loss in losses), right


def is_near_a_jump(genome: GraphGenome, weight: float, image: NDArray[np.float32]) -> bool:
    inputs = neuron_inputs(genome, weight, image.astype(np.float64))
    return any(
        abs(inputs[neuron]) < 1e-12 for neuron in np.flatnonzero(genome.activations == Activation.STEP)
    )


@settings(max_examples=40)
@given(genomes(), seeds())
def test_sums_are_those_of_the_readable_reference(genome: GraphGenome, seed: int) -> None:
    images, labels = images_of(seed, 7)
    found = classify_images([genome], WEIGHTS, image_blocks(images, labels))[0]
    for weight, (loss, square, right) in zip(WEIGHTS, found, strict=True):
        expected = reference(genome, weight, images, labels)
        if any(is_near_a_jump(genome, weight, image) for image in images):
            continue
        assert loss == pytest.approx(expected[0], rel=1e-9, abs=1e-9)
        assert square == pytest.approx(expected[1], rel=1e-9, abs=1e-9)
        # Logits that differ by rounding alone may change places.
        assert abs(right - expected[2]) <= _ties(genome, weight, images)


def _ties(genome: GraphGenome, weight: float, images: NDArray[np.float32]) -> int:
    rows = [np.sort(forward(genome, weight, image.astype(np.float64))) for image in images]
    return sum(0 < row[-1] - row[-2] < 1e-9 for row in rows)


@settings(max_examples=25)
@given(st.lists(genomes(), min_size=2, max_size=5), seeds(), st.integers(1, 2 * BLOCK + 1))
def test_a_network_alone_is_the_same_in_any_company_bit_for_bit(
    company: list[GraphGenome], seed: int, count: int
) -> None:
    blocks = image_blocks(*images_of(seed, count))
    together = classify_images(company, WEIGHTS, blocks)
    for genome, row in zip(company, together, strict=True):
        np.testing.assert_array_equal(classify_images([genome], WEIGHTS, blocks)[0], row)
        for place, weight in enumerate(WEIGHTS):
            np.testing.assert_array_equal(classify_images([genome], [weight], blocks)[0, 0], row[place])


def test_the_first_of_equal_outputs_is_the_class_and_a_guess_costs_the_logarithm_of_the_classes() -> None:
    nothing = graph_genome(
        num_inputs=4, num_outputs=3, activations=[Activation.LINEAR] * 7, connections=[(0, 6)]
    )
    black = np.zeros((2 * BLOCK + 5, 4), dtype=np.float32)
    labels = np.arange(len(black)) % 3
    found = classify_images([nothing], [1.0], image_blocks(black, labels))[0, 0]
    assert found[LOSS] == pytest.approx(len(black) * math.log(3.0), rel=1e-12)
    assert found[SQUARE] == pytest.approx(len(black) * math.log(3.0) ** 2, rel=1e-12)
    assert found[RIGHT] == np.sum(labels == 0)


@pytest.mark.parametrize("pixel", [1e300, -1e300])
def test_an_output_that_is_not_finite_leaves_a_loss_that_is_not(pixel: float) -> None:
    genome = graph_genome(
        num_inputs=4,
        num_outputs=3,
        activations=[Activation.LINEAR] * 8,
        connections=[(0, 7), (7, 5)],
        weights=[pixel, 1e300],
    )
    blocks = image_blocks(np.ones((3, 4), dtype=np.float32), np.zeros(3, dtype=np.int64))
    assert not math.isfinite(classify_images([genome], [1.0], blocks)[0, 0, LOSS])


@given(st.floats(1.0, 1e300))
def test_the_logarithm_is_that_of_the_mathematical_library(x: float) -> None:
    assert logarithm(x) == pytest.approx(math.log(x), rel=1e-15, abs=1e-15)


def test_the_logarithm_of_nan_is_nan() -> None:
    assert math.isnan(logarithm(math.nan))
