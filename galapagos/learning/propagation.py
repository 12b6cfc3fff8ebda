"""The inner loops of training: a batch forward, its errors backward, and what they say about the weights.

Values and errors lie in arrays (rows, lanes), a lane being an image of the batch, so that the loops over
lanes are contiguous and the compiler turns them into vector instructions. They are float32 in training and
float64 in tests; numbers are made in the type of the array, since one float64 among them would make all
arithmetic float64. Additions and multiplications are neither reordered nor fused.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from galapagos.learning.edge_lists import FIRST_ROW, GROUP, ZERO_ROW, EdgeLists
from galapagos.networks.activations import exponential
from galapagos.networks.kernel_cache import shared_with_kernels

Array = NDArray[np.floating[Any]]


@shared_with_kernels
def gather_images(images: Array, order: NDArray[np.int64], first: int, width: int, values: Array) -> None:
    """Put the images `order[first : first + width]` into the lanes, one row for each input.

    Four images are read side by side: one after the other, each number written would open another line of the
    cache.
    """
    fours = width // 4 * 4
    for lane in range(0, fours, 4):
        place = first + lane
        a, b, c, d = order[place], order[place + 1], order[place + 2], order[place + 3]
        for pixel in range(images.shape[1]):
            row = FIRST_ROW + pixel
            values[row, lane] = images[a, pixel]
            values[row, lane + 1] = images[b, pixel]
            values[row, lane + 2] = images[c, pixel]
            values[row, lane + 3] = images[d, pixel]
    for lane in range(fours, width):
        a = order[first + lane]
        for pixel in range(images.shape[1]):
            values[FIRST_ROW + pixel, lane] = images[a, pixel]


@shared_with_kernels
def sum_rows(
    target: Array,
    row: int,
    rows: Array,
    sources: NDArray[np.int64],
    weights: Array,
    first: int,
    last: int,
    width: int,
) -> None:
    """Write to a row of `target`, in each lane, the weighted sum of `rows[sources[first : last]]`.

    They come in groups, since a sum that goes to memory and back for each of them is slower.
    """
    if first == last:
        zero = target.dtype.type(0)
        for lane in range(width):
            target[row, lane] = zero
        return
    a, b, c, d = sources[first], sources[first + 1], sources[first + 2], sources[first + 3]
    u, v, w, x = weights[first], weights[first + 1], weights[first + 2], weights[first + 3]
    for lane in range(width):
        two = u * rows[a, lane] + v * rows[b, lane]
        target[row, lane] = (two + w * rows[c, lane]) + x * rows[d, lane]
    for edge in range(first + GROUP, last, GROUP):
        a, b, c, d = sources[edge], sources[edge + 1], sources[edge + 2], sources[edge + 3]
        u, v, w, x = weights[edge], weights[edge + 1], weights[edge + 2], weights[edge + 3]
        for lane in range(width):
            two = (target[row, lane] + u * rows[a, lane]) + v * rows[b, lane]
            target[row, lane] = (two + w * rows[c, lane]) + x * rows[d, lane]


@shared_with_kernels
def send_forward(
    lists: EdgeLists,
    network: int,
    num_outputs: int,
    weights: Array,
    values: Array,
    first_row: int,
    width: int,
) -> None:
    """Compute the values of a network's neurons: hidden ones rectified, outputs linear."""
    first, last = lists.first_neuron[network], lists.first_neuron[network + 1]
    zero = values.dtype.type(0)
    for neuron in range(first, last):
        row = first_row + neuron - first
        begin, end = lists.first_edge[neuron], lists.first_edge[neuron + 1]
        sum_rows(values, row, values, lists.sources, weights, begin, end, width)
        if neuron < last - num_outputs:
            for lane in range(width):
                values[row, lane] = max(values[row, lane], zero)


@shared_with_kernels
def soften(
    values: Array,
    first_value: int,
    errors: Array,
    first_error: int,
    num_outputs: int,
    peaks: Array,
    totals: Array,
    width: int,
) -> None:
    """Write the largest output of each lane, and exp(output - largest) of each output and their sum.

    Args:
        values: (rows, lanes), where the outputs begin in row `first_value`.
        first_value: See there.
        errors: (rows, lanes), where the powers are written from row `first_error` on.
        first_error: See there.
        num_outputs: At least 1.
        peaks: (lanes,), written.
        totals: (lanes,), written.
        width: The lanes to read.
    """
    zero = totals.dtype.type(0)
    for lane in range(width):
        peaks[lane] = values[first_value, lane]
        totals[lane] = zero
    for place in range(1, num_outputs):
        for lane in range(width):
            peaks[lane] = max(peaks[lane], values[first_value + place, lane])
    for place in range(num_outputs):
        for lane in range(width):
            power = exponential(np.float64(values[first_value + place, lane] - peaks[lane]))
            errors[first_error + place, lane] = power
            totals[lane] += errors[first_error + place, lane]


@shared_with_kernels
def compare(
    values: Array,
    first_value: int,
    labels: NDArray[np.int64],
    peaks: Array,
    totals: Array,
    width: int,
    loss: float,
) -> tuple[float, int]:
    """Return a loss with the cross-entropies of softened outputs added, and how many of these are right.

    Of equal outputs the first counts.
    """
    right = 0
    for lane in range(width):
        own = values[first_value + labels[lane], lane]
        loss += np.float64(peaks[lane] - own) + math.log(np.float64(totals[lane]))
        is_right = own == peaks[lane]
        for place in range(labels[lane]):
            is_right &= values[first_value + place, lane] != own
        right += is_right
    return loss, right


@shared_with_kernels
def subtract_labels(
    errors: Array, first_error: int, num_outputs: int, labels: NDArray[np.int64], totals: Array, width: int
) -> None:
    """Turn the powers of `soften` into errors: the gradient of the mean cross-entropy by the outputs."""
    count = errors.dtype.type(width)
    for place in range(num_outputs):
        for lane in range(width):
            errors[first_error + place, lane] = errors[first_error + place, lane] / (totals[lane] * count)
    one = errors.dtype.type(1) / count
    for lane in range(width):
        errors[first_error + labels[lane], lane] -= one


@shared_with_kernels
def send_back(
    lists: EdgeLists,
    network: int,
    num_outputs: int,
    back_weights: Array,
    values: Array,
    first_row: int,
    errors: Array,
    width: int,
) -> None:
    """Compute the errors of a network's hidden neurons from those of the neurons that read them."""
    first, last = lists.first_neuron[network], lists.first_neuron[network + 1] - num_outputs
    zero = errors.dtype.type(0)
    for neuron in range(last - 1, first - 1, -1):
        row, value_row = FIRST_ROW + neuron - first, first_row + neuron - first
        begin, end = lists.first_back[neuron], lists.first_back[neuron + 1]
        sum_rows(errors, row, errors, lists.targets, back_weights, begin, end, width)
        for lane in range(width):
            errors[row, lane] = errors[row, lane] if values[value_row, lane] > zero else zero


@shared_with_kernels
def multiply_with_sources(
    lists: EdgeLists,
    first: int,
    last: int,
    values: Array,
    factors: Array,
    first_factor: int,
    products: Array,
    partial: Array,
    width: int,
) -> None:
    """Write for each connection into the neurons `first` … `last - 1` the sum over lanes of source · factor.

    With the errors of the neurons as factors that is the gradient of the loss by the weight.

    The compiler may not reorder a sum, and one from left to right is a single long chain of additions. So it
    is folded: sixteen lanes become one in two loops that can become vector instructions. All stands in one
    function, since a call for each connection takes as long as its sum.

    Args:
        lists: Of the networks.
        first: A neuron.
        last: A neuron.
        values: (rows, lanes).
        factors: (rows, lanes).
        first_factor: The row of the first neuron in `factors`.
        products: (edges,), written.
        partial: Room for a quarter of the lanes.
        width: The lanes to read.
    """
    q = width // 4  # plain divisions: the compiler sees that places made of these are never negative
    r = q // 4
    s = r // 4
    zero = values.dtype.type(0)
    for neuron in range(first, last):
        y = first_factor + neuron - first
        for edge in range(lists.first_edge[neuron], lists.first_edge[neuron + 1]):
            x = lists.sources[edge]
            a, b, c, d = zero, zero, zero, zero
            for i in range(q):
                partial[i] = (factors[y, i] * values[x, i] + factors[y, i + q] * values[x, i + q]) + (
                    factors[y, i + 2 * q] * values[x, i + 2 * q]
                    + factors[y, i + 3 * q] * values[x, i + 3 * q]
                )
            for i in range(r):
                partial[i] = (partial[i] + partial[i + r]) + (partial[i + 2 * r] + partial[i + 3 * r])
            for i in range(s):
                a += partial[i]
                b += partial[i + s]
                c += partial[i + 2 * s]
                d += partial[i + 3 * s]
            # What does not go into four parts, at each of the foldings.
            for i in range(4 * s, r):
                a += partial[i]
            for i in range(4 * r, q):
                b += partial[i]
            for i in range(4 * q, width):
                c += factors[y, i] * values[x, i]
            products[edge] = (a + b) + (c + d)


@shared_with_kernels
def clear_zero_rows(values: Array, errors: Array) -> None:
    """Write zeros to what fills groups up."""
    for lane in range(values.shape[1]):
        values[ZERO_ROW, lane] = 0
        errors[ZERO_ROW, lane] = 0
