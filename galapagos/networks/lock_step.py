"""The inner loops of networks: one network on many lanes at once, a lane being an episode or a sample.

Values lie in an array (rows, lanes), so that the loops over lanes are contiguous and the compiler turns them
into vector instructions. A lane never reads another lane, and additions and multiplications are neither
reordered nor fused: the result of a lane is the same, bit for bit, in any place and in any company.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from galapagos.genomes.activation import Activation
from galapagos.networks.activations import (
    absolute,
    cosine,
    gaussian,
    inverse,
    linear,
    relu,
    sigmoid,
    sine,
    squared,
    step,
    tanh,
)
from galapagos.networks.compiled import FIRST_INPUT_ROW, GROUP
from galapagos.networks.kernel_cache import kernel, prepare, shared_with_kernels

_LINEAR, _STEP, _SINE = int(Activation.LINEAR), int(Activation.STEP), int(Activation.SINE)
_GAUSSIAN, _TANH, _SIGMOID = int(Activation.GAUSSIAN), int(Activation.TANH), int(Activation.SIGMOID)
_INVERSE, _ABS, _RELU = int(Activation.INVERSE), int(Activation.ABS), int(Activation.RELU)
_COSINE = int(Activation.COSINE)


@shared_with_kernels
def sum_inputs(
    values: NDArray[np.float64],
    row: int,
    sources: NDArray[np.int64],
    weights: NDArray[np.float64],
    first: int,
    last: int,
    width: int,
) -> None:
    """Write to a row, in each lane, the sum of the rows that the connections `first` … `last - 1` read.

    They come in groups of `GROUP`, since a sum that goes to memory and back for each of them is slower.
    """
    a, b, c, d = sources[first], sources[first + 1], sources[first + 2], sources[first + 3]
    u, v, w, x = weights[first], weights[first + 1], weights[first + 2], weights[first + 3]
    for lane in range(width):
        two = u * values[a, lane] + v * values[b, lane]
        values[row, lane] = (two + w * values[c, lane]) + x * values[d, lane]
    for edge in range(first + GROUP, last, GROUP):
        a, b, c, d = sources[edge], sources[edge + 1], sources[edge + 2], sources[edge + 3]
        u, v, w, x = weights[edge], weights[edge + 1], weights[edge + 2], weights[edge + 3]
        for lane in range(width):
            two = (values[row, lane] + u * values[a, lane]) + v * values[b, lane]
            values[row, lane] = (two + w * values[c, lane]) + x * values[d, lane]


@shared_with_kernels
def activate(  # noqa: C901  the choice stands outside of the loops, once for each activation
    values: NDArray[np.float64],
    row: int,
    activation: int,
    shared_weights: NDArray[np.float64],
    weight_row: int,
    width: int,
) -> None:
    """Multiply a row by the shared weights and apply an activation, in each lane."""
    if activation == _STEP:
        for lane in range(width):
            values[row, lane] = step(shared_weights[weight_row, lane] * values[row, lane])
    elif activation == _SINE:
        for lane in range(width):
            values[row, lane] = sine(shared_weights[weight_row, lane] * values[row, lane])
    elif activation == _GAUSSIAN:
        for lane in range(width):
            values[row, lane] = gaussian(shared_weights[weight_row, lane] * values[row, lane])
    elif activation == _TANH:
        for lane in range(width):
            values[row, lane] = tanh(shared_weights[weight_row, lane] * values[row, lane])
    elif activation == _SIGMOID:
        for lane in range(width):
            values[row, lane] = sigmoid(shared_weights[weight_row, lane] * values[row, lane])
    elif activation == _INVERSE:
        for lane in range(width):
            values[row, lane] = inverse(shared_weights[weight_row, lane] * values[row, lane])
    elif activation == _ABS:
        for lane in range(width):
            values[row, lane] = absolute(shared_weights[weight_row, lane] * values[row, lane])
    elif activation == _RELU:
        for lane in range(width):
            values[row, lane] = relu(shared_weights[weight_row, lane] * values[row, lane])
    elif activation == _COSINE:
        for lane in range(width):
            values[row, lane] = cosine(shared_weights[weight_row, lane] * values[row, lane])
    elif activation == _LINEAR:
        for lane in range(width):
            values[row, lane] = linear(shared_weights[weight_row, lane] * values[row, lane])
    else:
        for lane in range(width):
            values[row, lane] = squared(shared_weights[weight_row, lane] * values[row, lane])


@shared_with_kernels
def compute_neurons(
    first: int,
    last: int,
    activations: NDArray[np.int64],
    first_edge: NDArray[np.int64],
    sources: NDArray[np.int64],
    weights: NDArray[np.float64],
    values: NDArray[np.float64],
    first_row: int,
    shared_weights: NDArray[np.float64],
    weight_row: int,
    width: int,
) -> None:
    """Compute the neurons `first` … `last - 1` of `CompiledNetworks` in the first `width` lanes.

    Args:
        first: The first neuron of the network.
        last: The first neuron of the next network.
        activations: See `CompiledNetworks`, as for the next three.
        first_edge: See there.
        sources: See there.
        weights: See there.
        values: (rows, lanes): the sensors' rows are read, the neurons' rows written.
        first_row: The row of the first neuron.
        shared_weights: (rows, lanes), whose row `weight_row` is the weight that all connections share.
        weight_row: See there; a row is indexed where it is used, since a view of it is slower.
        width: The lanes to compute.
    """
    for neuron in range(first, last):
        row = first_row + neuron - first
        sum_inputs(values, row, sources, weights, first_edge[neuron], first_edge[neuron + 1], width)
        activate(values, row, activations[neuron], shared_weights, weight_row, width)


@kernel
def compute_network(
    network: int,
    first_neuron: NDArray[np.int64],
    activations: NDArray[np.int64],
    first_edge: NDArray[np.int64],
    sources: NDArray[np.int64],
    weights: NDArray[np.float64],
    num_inputs: int,
    values: NDArray[np.float64],
    shared_weights: NDArray[np.float64],
) -> None:
    """Compute all neurons of one network in all lanes, with the shared weights (1, lanes)."""
    compute_neurons(
        first_neuron[network],
        first_neuron[network + 1],
        activations,
        first_edge,
        sources,
        weights,
        values,
        FIRST_INPUT_ROW + num_inputs,
        shared_weights,
        0,
        values.shape[1],
    )


def prepare_forward(announce: Callable[[], None]) -> None:
    """Compile `compute_network`, or load it; see `kernel_cache.prepare`."""
    none, edges = np.zeros(0, dtype=np.int64), np.zeros(1, dtype=np.int64)
    first_neuron, weights, values = np.zeros(2, dtype=np.int64), np.zeros(0), np.zeros((3, 1))

    def warm() -> None:
        compute_network(0, first_neuron, none, edges, none, weights, 1, values, np.ones((1, 1)))

    prepare("forward", warm, announce)
