"""What turns gradients into steps, and Oja's rule that needs none: compiled, on a range of connections.

The formulas and the order of their operations are those of torch, on whose optimizers the reference stands.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from galapagos.learning.edge_lists import EdgeLists
from galapagos.learning.training import (
    ADADELTA_EPSILON,
    ADAM_EPSILON,
    BETA_1,
    BETA_2,
    OPTIMIZERS,
    RHO,
)
from galapagos.networks.kernel_cache import shared_with_kernels

Array = NDArray[np.floating[Any]]

_ADAM, _SGD = OPTIMIZERS.index("adam"), OPTIMIZERS.index("sgd")


@shared_with_kernels
def step_by_adam(
    weights: Array,
    gradients: Array,
    means: Array,
    squares: Array,
    first: int,
    last: int,
    lr: float,
    steps: int,
) -> None:
    """Take a step of Adam, the one after `steps` others, for the connections `first` … `last - 1`."""
    number = weights.dtype.type
    size = number(lr / (1.0 - BETA_1 ** (steps + 1)))
    scale = number(np.sqrt(1.0 - BETA_2 ** (steps + 1)))
    rest_1, keep_2, rest_2 = number(1.0 - BETA_1), number(BETA_2), number(1.0 - BETA_2)
    epsilon = number(ADAM_EPSILON)
    for edge in range(first, last):
        gradient = gradients[edge]
        mean = means[edge] + (gradient - means[edge]) * rest_1
        square = squares[edge] * keep_2 + rest_2 * gradient * gradient
        means[edge] = mean
        squares[edge] = square
        weights[edge] -= size * (mean / (np.sqrt(square) / scale + epsilon))


@shared_with_kernels
def step_by_adadelta(
    weights: Array, gradients: Array, squares: Array, moves: Array, first: int, last: int, lr: float
) -> None:
    """Take a step of Adadelta for the connections `first` … `last - 1`."""
    number = weights.dtype.type
    rate, keep, rest, epsilon = number(lr), number(RHO), number(1.0 - RHO), number(ADADELTA_EPSILON)
    for edge in range(first, last):
        gradient = gradients[edge]
        square = squares[edge] * keep + rest * gradient * gradient
        move = np.sqrt(moves[edge] + epsilon) / np.sqrt(square + epsilon) * gradient
        squares[edge] = square
        moves[edge] = moves[edge] * keep + rest * move * move
        weights[edge] -= rate * move


@shared_with_kernels
def step_by_gradient(weights: Array, gradients: Array, first: int, last: int, lr: float) -> None:
    """Take a step of stochastic gradient descent for the connections `first` … `last - 1`."""
    rate = weights.dtype.type(lr)
    for edge in range(first, last):
        weights[edge] -= rate * gradients[edge]


@shared_with_kernels
def take_step(
    optimizer: int,
    weights: Array,
    gradients: Array,
    moments: Array,
    first: int,
    last: int,
    lr: float,
    steps: int,
) -> None:
    """Take a step of the optimizer of that number; `moments` is (2, edges)."""
    if optimizer == _ADAM:
        step_by_adam(weights, gradients, moments[0], moments[1], first, last, lr, steps)
    elif optimizer == _SGD:
        step_by_gradient(weights, gradients, first, last, lr)
    else:
        step_by_adadelta(weights, gradients, moments[0], moments[1], first, last, lr)


@shared_with_kernels
def step_by_oja(
    lists: EdgeLists,
    first: int,
    last: int,
    values: Array,
    first_row: int,
    products: Array,
    weights: Array,
    lr: float,
    width: int,
) -> None:
    """Take a step of Oja's rule, lr (⟨y x⟩ - ⟨y²⟩ w), for what leads into the neurons `first` … `last - 1`.

    Args:
        lists: Of the networks.
        first: A neuron.
        last: A neuron.
        values: (rows, lanes): x and y.
        first_row: The row of the first neuron.
        products: (edges,): the sums of y x over the batch.
        weights: (edges,), changed.
        lr: The learning rate.
        width: The images in the batch.
    """
    rate, count = weights.dtype.type(lr), weights.dtype.type(width)
    for neuron in range(first, last):
        row = first_row + neuron - first
        square = weights.dtype.type(0)
        for lane in range(width):
            square += values[row, lane] * values[row, lane]
        square /= count
        for edge in range(lists.first_edge[neuron], lists.first_edge[neuron + 1]):
            weights[edge] += rate * (products[edge] / count - square * weights[edge])
