"""Weight-agnostic networks on images: whole chunks of networks, block after block of images.

A lane is an image with a shared weight: the lanes of a block are its images with the first weight, then those
with the second, and so on. What a neuron receives from the image is added up once and serves all weights. A
result is the same, bit for bit, alone and in any company: lanes meet only where they are added up, in order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from galapagos.networks.activations import exponential
from galapagos.networks.compiled import BIAS_ROW, FIRST_INPUT_ROW, GROUP, compile_networks
from galapagos.networks.kernel_cache import kernel, prepare, shared_with_kernels
from galapagos.networks.lock_step import activate, prepare_forward
from galapagos.networks.split import split_networks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from galapagos.genomes.graph import GraphGenome

BLOCK = 96
"""Images in a block: with six weights a row of lanes is 4.6 KB, so that a network fits the second cache."""

WEIGHTS_AT_ONCE = 6
"""Shared weights whose lanes stand side by side."""

LOSS, SQUARE, RIGHT = 0, 1, 2
"""What a result holds: sums over images of the loss, of its square, and of right classifications."""

_BEST, _CLASS, _TOTAL, _WEIGHT = 0, 1, 2, 3
_LN2 = 0.6931471805599453
_SQUARE_ROOT_OF_HALF = 0x3FE6A09E667F3BCD


@dataclass(frozen=True, slots=True, eq=False)
class ImageBlocks:
    """Images as the kernel reads them.

    Args:
        images: float64 (blocks, 2 + features, `BLOCK`): the rows of bias, zeros and features, see
            `CompiledNetworks`; the last block is filled up with black images.
        labels: int64 (blocks, `BLOCK`), the class of each image.
        count: The number of images.
    """

    images: NDArray[np.float64]
    labels: NDArray[np.int64]
    count: int


def image_blocks(images: NDArray[np.float32], labels: NDArray[np.int64]) -> ImageBlocks:
    """Return images (n, features) and their labels (n,), n at least 1, in blocks."""
    count, features = images.shape
    blocks = -(-count // BLOCK)
    rows = np.zeros((blocks * BLOCK, FIRST_INPUT_ROW + features))
    rows[:, BIAS_ROW] = 1.0
    rows[:count, FIRST_INPUT_ROW:] = images
    classes = np.zeros(blocks * BLOCK, dtype=np.int64)
    classes[:count] = labels
    by_block = rows.reshape(blocks, BLOCK, -1).transpose(0, 2, 1)
    return ImageBlocks(np.ascontiguousarray(by_block), classes.reshape(blocks, BLOCK), count)


@shared_with_kernels
def logarithm(x: float) -> float:
    """Return ln x for x from 1 to 10³⁰⁰, within 1e-15 of it; NaN stays NaN.

    Source: fdlibm, `e_log.c` (Sun Microsystems 1993), whose reduction and coefficients these are.
    """
    bits = np.float64(x).view(np.int64)
    power = (bits - _SQUARE_ROOT_OF_HALF) >> 52
    rest = np.int64(bits - (power << 52)).view(np.float64)
    t = (rest - 1.0) / (rest + 1.0)
    u = t * t
    low = 0.6666666666666735 + u * (0.3999999999940942 + u * 0.2857142874366239)
    high = 0.22222198432149784 + u * (
        0.1818357216161805 + u * (0.15313837699209373 + u * 0.14798198605116586)
    )
    # The bits of a NaN would make a number like any other.
    return float(power) * _LN2 + (t + t + t * (u * (low + (u * u * u) * high))) + x * 0.0


@shared_with_kernels
def sum_sensors(
    images: NDArray[np.float64],
    block: int,
    sums: NDArray[np.float64],
    sources: NDArray[np.int64],
    weights: NDArray[np.float64],
    first: int,
    last: int,
) -> None:
    """Write to each of `sums` (`BLOCK`,) what connections `first` … `last - 1` bring from an image."""
    if first == last:
        for lane in range(BLOCK):
            sums[lane] = 0.0
        return
    a, b, c, d = sources[first], sources[first + 1], sources[first + 2], sources[first + 3]
    u, v, w, x = weights[first], weights[first + 1], weights[first + 2], weights[first + 3]
    for lane in range(BLOCK):
        two = u * images[block, a, lane] + v * images[block, b, lane]
        sums[lane] = (two + w * images[block, c, lane]) + x * images[block, d, lane]
    for edge in range(first + GROUP, last, GROUP):
        a, b, c, d = sources[edge], sources[edge + 1], sources[edge + 2], sources[edge + 3]
        u, v, w, x = weights[edge], weights[edge + 1], weights[edge + 2], weights[edge + 3]
        for lane in range(BLOCK):
            two = (sums[lane] + u * images[block, a, lane]) + v * images[block, b, lane]
            sums[lane] = (two + w * images[block, c, lane]) + x * images[block, d, lane]


@shared_with_kernels
def add_neurons(
    values: NDArray[np.float64],
    by_weight: NDArray[np.float64],
    row: int,
    sums: NDArray[np.float64],
    sources: NDArray[np.int64],
    weights: NDArray[np.float64],
    first: int,
    last: int,
) -> None:
    """Write to a row, in each lane, the sum of its image and what connections bring from other neurons.

    `by_weight` (rows, weights, `BLOCK`) is the same memory as `values` (rows, lanes).
    """
    if first == last:
        for weight in range(by_weight.shape[1]):
            for lane in range(BLOCK):
                by_weight[row, weight, lane] = sums[lane]
        return
    a, b, c, d = sources[first], sources[first + 1], sources[first + 2], sources[first + 3]
    u, v, w, x = weights[first], weights[first + 1], weights[first + 2], weights[first + 3]
    for weight in range(by_weight.shape[1]):
        for lane in range(BLOCK):
            two = (sums[lane] + u * by_weight[a, weight, lane]) + v * by_weight[b, weight, lane]
            by_weight[row, weight, lane] = (two + w * by_weight[c, weight, lane]) + x * by_weight[
                d, weight, lane
            ]
    for edge in range(first + GROUP, last, GROUP):
        a, b, c, d = sources[edge], sources[edge + 1], sources[edge + 2], sources[edge + 3]
        u, v, w, x = weights[edge], weights[edge + 1], weights[edge + 2], weights[edge + 3]
        for lane in range(values.shape[1]):
            two = (values[row, lane] + u * values[a, lane]) + v * values[b, lane]
            values[row, lane] = (two + w * values[c, lane]) + x * values[d, lane]


@shared_with_kernels
def compare(
    values: NDArray[np.float64],
    outputs: NDArray[np.int64],
    network: int,
    labels: NDArray[np.int64],
    block: int,
    lanes: NDArray[np.float64],
) -> None:
    """Write the loss of each lane to row `_TOTAL`, and 1 or 0 to row `_CLASS` where it is right or wrong.

    The loss is the cross-entropy ln Σ exp(logit) - logit of the label, by the largest logit; the class is the
    first that has it. A logit that is not finite makes the loss NaN.
    """
    width, classes = values.shape[1], outputs.shape[1]
    first = outputs[network, 0]
    for lane in range(width):
        lanes[_BEST, lane] = values[first, lane]
        lanes[_TOTAL, lane] = values[first, lane] * 0.0
        lanes[_CLASS, lane] = 0.0
    for output in range(1, classes):
        # A float and one comparison, or the compiler would not turn this into vectors.
        row, number = outputs[network, output], float(output)
        for lane in range(width):
            value, best = values[row, lane], lanes[_BEST, lane]
            is_better = value > best
            lanes[_CLASS, lane] = number if is_better else lanes[_CLASS, lane]
            lanes[_BEST, lane] = value if is_better else best
            lanes[_TOTAL, lane] += value * 0.0
    for output in range(0, classes - 1, 2):
        row, other = outputs[network, output], outputs[network, output + 1]
        for lane in range(width):
            best = lanes[_BEST, lane]
            lanes[_TOTAL, lane] += exponential(values[row, lane] - best) + exponential(
                values[other, lane] - best
            )
    if classes % 2:
        row = outputs[network, classes - 1]
        for lane in range(width):
            lanes[_TOTAL, lane] += exponential(values[row, lane] - lanes[_BEST, lane])
    for lane in range(width):
        lanes[_TOTAL, lane] = logarithm(lanes[_TOTAL, lane]) + lanes[_BEST, lane]
    hold_against_labels(values, outputs, network, labels, block, lanes)


@shared_with_kernels
def hold_against_labels(
    values: NDArray[np.float64],
    outputs: NDArray[np.int64],
    network: int,
    labels: NDArray[np.int64],
    block: int,
    lanes: NDArray[np.float64],
) -> None:
    """Take the logit of the label off `_TOTAL`, and tell in `_CLASS` whether the class is the label."""
    for begin in range(0, values.shape[1], BLOCK):
        for lane in range(BLOCK):
            label = labels[block, lane]
            lanes[_TOTAL, begin + lane] -= values[outputs[network, label], begin + lane]
            lanes[_CLASS, begin + lane] = 1.0 if lanes[_CLASS, begin + lane] == label else 0.0


@kernel
def classify(
    first_neuron: NDArray[np.int64],
    activations: NDArray[np.int64],
    first_from_sensors: NDArray[np.int64],
    sensors: NDArray[np.int64],
    sensor_weights: NDArray[np.float64],
    first_from_neurons: NDArray[np.int64],
    sources: NDArray[np.int64],
    weights: NDArray[np.float64],
    outputs: NDArray[np.int64],
    images: NDArray[np.float64],
    labels: NDArray[np.int64],
    count: int,
    values: NDArray[np.float64],
    by_weight: NDArray[np.float64],
    sums: NDArray[np.float64],
    lanes: NDArray[np.float64],
    results: NDArray[np.float64],
) -> None:
    """Add up what every network makes of every image with every shared weight.

    Args:
        first_neuron: See `SplitNetworks`, as for the next eight.
        activations: See there.
        first_from_sensors: See there.
        sensors: See there.
        sensor_weights: See there.
        first_from_neurons: See there.
        sources: See there.
        weights: See there.
        outputs: See there.
        images: See `ImageBlocks`, as for the next two.
        labels: See there.
        count: See there.
        values: (rows, weights · `BLOCK`): room for one network, whose row 0 is 0.
        by_weight: (rows, weights, `BLOCK`), the same memory.
        sums: (`BLOCK`,): room.
        lanes: (4, weights · `BLOCK`): room, but for row `_WEIGHT`, the shared weight of each lane.
        results: (networks, weights, 3): the sums `LOSS`, `SQUARE` and `RIGHT`; zeros at first.
    """
    width = values.shape[1]
    for network in range(outputs.shape[0]):
        first = first_neuron[network]
        for block in range(images.shape[0]):
            for neuron in range(first, first_neuron[network + 1]):
                row = neuron - first + 1
                sum_sensors(
                    images,
                    block,
                    sums,
                    sensors,
                    sensor_weights,
                    first_from_sensors[neuron],
                    first_from_sensors[neuron + 1],
                )
                add_neurons(
                    values,
                    by_weight,
                    row,
                    sums,
                    sources,
                    weights,
                    first_from_neurons[neuron],
                    first_from_neurons[neuron + 1],
                )
                activate(values, row, activations[neuron], lanes, _WEIGHT, width)
            compare(values, outputs, network, labels, block, lanes)
            real = min(BLOCK, count - block * BLOCK)
            for weight in range(by_weight.shape[1]):
                loss = square = right = 0.0
                for lane in range(weight * BLOCK, weight * BLOCK + real):
                    loss += lanes[_TOTAL, lane]
                    square += lanes[_TOTAL, lane] * lanes[_TOTAL, lane]
                    right += lanes[_CLASS, lane]
                results[network, weight, LOSS] += loss
                results[network, weight, SQUARE] += square
                results[network, weight, RIGHT] += right


def classify_images(
    genomes: Sequence[GraphGenome], shared_weights: Sequence[float], blocks: ImageBlocks
) -> NDArray[np.float64]:
    """Return (networks, weights, 3): sums over the images of loss, squared loss and right classifications.

    Args:
        genomes: At least one network, with as many inputs as an image has features.
        shared_weights: At least one.
        blocks: The images.
    """
    networks = split_networks(compile_networks(genomes))
    results = np.zeros((len(genomes), len(shared_weights), 3))
    for begin in range(0, len(shared_weights), WEIGHTS_AT_ONCE):
        some = np.array(shared_weights[begin : begin + WEIGHTS_AT_ONCE])
        values = np.zeros((networks.num_rows, len(some) * BLOCK))
        lanes = np.zeros((4, len(some) * BLOCK))
        lanes[_WEIGHT] = np.repeat(some, BLOCK)
        part = np.zeros((len(genomes), len(some), 3))
        classify(
            networks.first_neuron,
            networks.activations,
            networks.from_sensors.first,
            networks.from_sensors.sources,
            networks.from_sensors.weights,
            networks.from_neurons.first,
            networks.from_neurons.sources,
            networks.from_neurons.weights,
            networks.outputs,
            blocks.images,
            blocks.labels,
            blocks.count,
            values,
            values.reshape(len(values), len(some), BLOCK),
            np.zeros(BLOCK),
            lanes,
            part,
        )
        results[:, begin : begin + len(some)] = part
    return results


def prepare_classification(announce: Callable[[], None]) -> None:
    """Compile the kernel, or load it; see `kernel_cache.prepare`."""
    from galapagos.genomes.activation import Activation
    from galapagos.genomes.graph import graph_genome

    genome = graph_genome(
        num_inputs=1, num_outputs=2, activations=[Activation.LINEAR] * 3, connections=[(0, 1), (0, 2)]
    )
    blocks = image_blocks(np.zeros((1, 1), dtype=np.float32), np.zeros(1, dtype=np.int64))
    prepare("classification", lambda: classify_images([genome], (1.0,), blocks), announce)
    prepare_forward(announce)
