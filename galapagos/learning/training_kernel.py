"""Whole epochs of several networks, compiled: batches outside, networks inside.

A batch is turned over once for all networks and stays in the cache while they learn from it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from galapagos.learning.edge_lists import FIRST_ROW, EdgeLists
from galapagos.learning.propagation import (
    clear_zero_rows,
    compare,
    gather_images,
    multiply_with_sources,
    send_back,
    send_forward,
    soften,
    subtract_labels,
)
from galapagos.learning.steps import step_by_oja, take_step
from galapagos.networks.kernel_cache import kernel, shared_with_kernels

Array = NDArray[np.floating[Any]]

BACKPROP, FEEDBACK_ALIGNMENT, HEBBIAN, LAST_LAYER = range(4)


class Learned(NamedTuple):
    """What changes in training, for all networks in one; the memory of the optimizer included.

    Args:
        weights: (edges,), as `EdgeLists.sources`.
        moments: (2, edges): see `pack_memory`.
        gradients: (edges,): room.
        back_weights: (backs,): what errors are multiplied with on their way back: the feedback, or the
            weights, which then are copied there in each batch.
    """

    weights: Array
    moments: Array
    gradients: Array
    back_weights: Array


class Room(NamedTuple):
    """Room for one batch.

    Args:
        values: (1 + inputs + neurons, lanes).
        errors: (1 + neurons, lanes).
        labels: int64 (lanes,).
        peaks: (lanes,).
        totals: (lanes,).
        partial: (lanes,).
    """

    values: Array
    errors: Array
    labels: NDArray[np.int64]
    peaks: Array
    totals: Array
    partial: Array


@shared_with_kernels
def _load_batch(
    images: Array, labels: NDArray[np.int64], order: NDArray[np.int64], first: int, width: int, room: Room
) -> None:
    gather_images(images, order, first, width, room.values)
    for lane in range(width):
        room.labels[lane] = labels[order[first + lane]]


@shared_with_kernels
def _assess(
    lists: EdgeLists,
    network: int,
    num_outputs: int,
    weights: Array,
    first_row: int,
    room: Room,
    width: int,
    loss: float,
) -> tuple[float, int]:
    """Send a batch forward; return a loss with those of its images added, and how many of these are right.

    The errors of the outputs are left in their rows.
    """
    send_forward(lists, network, num_outputs, weights, room.values, first_row, width)
    hidden = lists.first_neuron[network + 1] - lists.first_neuron[network] - num_outputs
    values, errors, first_value, first_error = (
        room.values,
        room.errors,
        first_row + hidden,
        FIRST_ROW + hidden,
    )
    soften(values, first_value, errors, first_error, num_outputs, room.peaks, room.totals, width)
    loss, right = compare(values, first_value, room.labels, room.peaks, room.totals, width, loss)
    subtract_labels(errors, first_error, num_outputs, room.labels, room.totals, width)
    return loss, right


@shared_with_kernels
def _learn(
    lists: EdgeLists,
    network: int,
    num_outputs: int,
    learned: Learned,
    first_row: int,
    room: Room,
    width: int,
    rule: int,
    optimizer: int,
    lr: float,
    steps: int,
) -> None:
    """Change the weights of a network by a batch whose outputs' errors are known."""
    first, last = lists.first_neuron[network], lists.first_neuron[network + 1]
    outputs = last - num_outputs
    values, errors, gradients = room.values, room.errors, learned.gradients
    first_changed = outputs
    if rule in (BACKPROP, FEEDBACK_ALIGNMENT):
        first_changed = first
        if rule == BACKPROP:
            for back in range(lists.first_back[first], lists.first_back[last]):
                learned.back_weights[back] = learned.weights[lists.back_edges[back]]
        send_back(lists, network, num_outputs, learned.back_weights, values, first_row, errors, width)
        multiply_with_sources(
            lists, first, outputs, values, errors, FIRST_ROW, gradients, room.partial, width
        )
    error_row = FIRST_ROW + outputs - first
    multiply_with_sources(lists, outputs, last, values, errors, error_row, gradients, room.partial, width)
    if rule == HEBBIAN:
        multiply_with_sources(
            lists, first, outputs, values, values, first_row, gradients, room.partial, width
        )
        step_by_oja(lists, first, outputs, values, first_row, gradients, learned.weights, lr, width)
    begin, end = lists.first_edge[first_changed], lists.first_edge[last]
    take_step(optimizer, learned.weights, gradients, learned.moments, begin, end, lr, steps)


@kernel
def train_epoch(
    lists: EdgeLists,
    num_outputs: int,
    learned: Learned,
    room: Room,
    images: Array,
    labels: NDArray[np.int64],
    order: NDArray[np.int64],
    rule: int,
    optimizer: int,
    lr: float,
    steps: NDArray[np.int64],
    losses: NDArray[np.float64],
    correct: NDArray[np.int64],
) -> None:
    """Train all networks one epoch.

    Args:
        lists: The networks.
        num_outputs: Of each.
        learned: Changed.
        room: With as many lanes as images in a batch.
        images: (images, inputs).
        labels: (images,).
        order: (any,): the images to train on, in this order.
        rule: `BACKPROP`, `FEEDBACK_ALIGNMENT`, `HEBBIAN` or `LAST_LAYER`.
        optimizer: Its place in `OPTIMIZERS`.
        lr: The learning rate.
        steps: (networks,): the steps that each has taken before.
        losses: (networks, batches): the mean loss of each batch, written.
        correct: (networks,): the images that were right are added.
    """
    clear_zero_rows(room.values, room.errors)
    lanes, first_row = room.values.shape[1], FIRST_ROW + images.shape[1]
    for batch in range(losses.shape[1]):
        width = min(lanes, len(order) - batch * lanes)
        _load_batch(images, labels, order, batch * lanes, width, room)
        for network in range(losses.shape[0]):
            loss, right = _assess(lists, network, num_outputs, learned.weights, first_row, room, width, 0.0)
            losses[network, batch] = loss / width
            correct[network] += right
            _learn(
                lists,
                network,
                num_outputs,
                learned,
                first_row,
                room,
                width,
                rule,
                optimizer,
                lr,
                steps[network] + batch,
            )


@kernel
def score_images(
    lists: EdgeLists,
    num_outputs: int,
    weights: Array,
    room: Room,
    images: Array,
    labels: NDArray[np.int64],
    order: NDArray[np.int64],
    losses: NDArray[np.float64],
    correct: NDArray[np.int64],
) -> None:
    """Add to (networks,) losses and numbers of right ones what images are worth; see `train_epoch`.

    The losses are summed image by image, so the size of the batches does not change them.
    """
    clear_zero_rows(room.values, room.errors)
    lanes, first_row = room.values.shape[1], FIRST_ROW + images.shape[1]
    for first in range(0, len(order), lanes):
        width = min(lanes, len(order) - first)
        _load_batch(images, labels, order, first, width, room)
        for network in range(losses.shape[0]):
            loss, right = _assess(
                lists, network, num_outputs, weights, first_row, room, width, losses[network]
            )
            losses[network] = loss
            correct[network] += right
