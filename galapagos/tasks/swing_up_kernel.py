"""Whole chunks of networks on the cart-pole swing-up, all episodes of a network in lock-step, compiled.

Each lane holds one episode, and the next one as soon as its own has ended; when none is left, the last lane
moves into the gap. What an episode returns depends on its network, weight and start alone (see
`networks.lock_step`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from galapagos.networks.activations import sine_and_cosine
from galapagos.networks.compiled import BIAS_ROW, FIRST_INPUT_ROW, ZERO_ROW, CompiledNetworks
from galapagos.networks.kernel_cache import kernel, prepare, shared_with_kernels
from galapagos.networks.lock_step import compute_neurons
from galapagos.tasks.swing_up_physics import MAX_STEPS, advance, is_off_track, reward

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

LANES = 48
"""Episodes side by side at most: enough for the vector units, few enough for the nearest cache."""
_VECTOR = 4
"""Lanes are computed in multiples of this; those without an episode are computed too and ignored."""

_X, _X_DOT, _COS, _SIN, _THETA_DOT, _FIRST_NEURON_ROW = range(FIRST_INPUT_ROW, FIRST_INPUT_ROW + 6)
_THETA, _WEIGHT, _TOTAL, _NUM_LANE_ROWS = range(4)
_EPISODE, _STEP, _ENDED = range(3)


def play_swing_up(
    networks: CompiledNetworks,
    weights: NDArray[np.float64],
    starts: NDArray[np.float64],
    *,
    lanes: int = LANES,
    max_steps: int = MAX_STEPS,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the return and the number of steps of each episode: each network, weight and start.

    Args:
        networks: Networks of 5 inputs and 1 output.
        weights: (weights,): the shared weights.
        starts: (trials, 4): the starting states x, ẋ, θ, θ̇.
        lanes: Episodes side by side, a multiple of 4; it changes the speed and nothing else.
        max_steps: After which an episode ends, at least 1.

    Returns:
        Two arrays (networks, weights, trials): returns, and steps from 1 to `max_steps`.
    """
    shape = (len(networks), len(weights), len(starts))
    returns, steps = np.zeros(shape), np.zeros(shape, dtype=np.int64)
    width = min(lanes, -(-len(weights) * len(starts) // _VECTOR) * _VECTOR)
    _play(
        networks.first_neuron,
        networks.activations,
        networks.first_edge,
        networks.sources,
        networks.weights,
        networks.outputs,
        np.ascontiguousarray(weights, dtype=np.float64),
        np.ascontiguousarray(starts, dtype=np.float64),
        np.zeros((networks.num_rows, width)),
        np.zeros((_NUM_LANE_ROWS, width)),
        np.zeros((3, width), dtype=np.int64),
        returns.reshape(len(networks), -1),
        steps.reshape(len(networks), -1),
        max_steps,
    )
    return returns, steps


@shared_with_kernels
def _step_episodes(
    output: int,
    values: NDArray[np.float64],
    lanes: NDArray[np.float64],
    counts: NDArray[np.int64],
    max_steps: int,
    width: int,
) -> int:
    """Take one step in each lane and return how many lanes have come to the end of their episode.

    Several loops of few rows each, since before a loop all its rows are checked in pairs for overlap.
    """
    for lane in range(width):
        x, x_dot, theta, theta_dot = advance(
            values[_X, lane],
            values[_X_DOT, lane],
            lanes[_THETA, lane],
            values[_THETA_DOT, lane],
            values[_SIN, lane],
            values[_COS, lane],
            values[output, lane],
        )
        values[_X, lane] = x
        values[_X_DOT, lane] = x_dot
        lanes[_THETA, lane] = theta
        values[_THETA_DOT, lane] = theta_dot
    for lane in range(width):
        sin_theta, cos_theta = sine_and_cosine(lanes[_THETA, lane])
        values[_SIN, lane] = sin_theta
        values[_COS, lane] = cos_theta
        lanes[_TOTAL, lane] += reward(values[_X, lane], cos_theta)
    for lane in range(width):
        counts[_STEP, lane] += 1
        counts[_ENDED, lane] = is_off_track(values[_X, lane]) | (counts[_STEP, lane] >= max_steps)
    ended = 0
    for lane in range(width):
        ended += counts[_ENDED, lane]
    return ended


@shared_with_kernels
def _begin(
    lane: int,
    episode: int,
    weights: NDArray[np.float64],
    starts: NDArray[np.float64],
    values: NDArray[np.float64],
    lanes: NDArray[np.float64],
    counts: NDArray[np.int64],
) -> None:
    """Put the start of an episode into a lane."""
    weight, trial = episode // starts.shape[0], episode % starts.shape[0]
    sin_theta, cos_theta = sine_and_cosine(starts[trial, 2])
    values[_X, lane] = starts[trial, 0]
    values[_X_DOT, lane] = starts[trial, 1]
    values[_COS, lane] = cos_theta
    values[_SIN, lane] = sin_theta
    values[_THETA_DOT, lane] = starts[trial, 3]
    lanes[_THETA, lane] = starts[trial, 2]
    lanes[_WEIGHT, lane] = weights[weight]
    lanes[_TOTAL, lane] = 0.0
    counts[_EPISODE, lane] = episode
    counts[_STEP, lane] = 0


@shared_with_kernels
def _move(
    source: int,
    target: int,
    values: NDArray[np.float64],
    lanes: NDArray[np.float64],
    counts: NDArray[np.int64],
) -> None:
    """Move an episode to another lane; nothing happens where both are the same."""
    for row in range(FIRST_INPUT_ROW, _FIRST_NEURON_ROW):
        values[row, target] = values[row, source]
    for row in range(_NUM_LANE_ROWS):
        lanes[row, target] = lanes[row, source]
    counts[_EPISODE, target] = counts[_EPISODE, source]
    counts[_STEP, target] = counts[_STEP, source]


@shared_with_kernels
def _vacate(
    lane: int, values: NDArray[np.float64], lanes: NDArray[np.float64], counts: NDArray[np.int64]
) -> None:
    """Leave a lane in a state that stays finite and does not come to an end while others go on."""
    for row in range(FIRST_INPUT_ROW, _FIRST_NEURON_ROW):
        values[row, lane] = 0.0
    for row in range(_NUM_LANE_ROWS):
        lanes[row, lane] = 0.0
    counts[_STEP, lane] = -(2**40)


@kernel
def _play(
    first_neuron: NDArray[np.int64],
    activations: NDArray[np.int64],
    first_edge: NDArray[np.int64],
    sources: NDArray[np.int64],
    edge_weights: NDArray[np.float64],
    outputs: NDArray[np.int64],
    weights: NDArray[np.float64],
    starts: NDArray[np.float64],
    values: NDArray[np.float64],
    lanes: NDArray[np.float64],
    counts: NDArray[np.int64],
    returns: NDArray[np.float64],
    steps: NDArray[np.int64],
    max_steps: int,
) -> None:
    episodes = returns.shape[1]
    for network in range(returns.shape[0]):
        first, last, output = first_neuron[network], first_neuron[network + 1], outputs[network, 0]
        for lane in range(values.shape[1]):
            values[BIAS_ROW, lane] = 1.0
            values[ZERO_ROW, lane] = 0.0
            _vacate(lane, values, lanes, counts)
        begun = min(episodes, values.shape[1])
        for lane in range(begun):
            _begin(lane, lane, weights, starts, values, lanes, counts)
        active = begun
        while active > 0:
            width = (active + _VECTOR - 1) // _VECTOR * _VECTOR
            compute_neurons(
                first,
                last,
                activations,
                first_edge,
                sources,
                edge_weights,
                values,
                _FIRST_NEURON_ROW,
                lanes,
                _WEIGHT,
                width,
            )
            if _step_episodes(output, values, lanes, counts, max_steps, width) == 0:
                continue
            lane = 0
            while lane < active:
                if not is_off_track(values[_X, lane]) and counts[_STEP, lane] < max_steps:
                    lane += 1
                    continue
                returns[network, counts[_EPISODE, lane]] = lanes[_TOTAL, lane]
                steps[network, counts[_EPISODE, lane]] = counts[_STEP, lane]
                if begun < episodes:
                    _begin(lane, begun, weights, starts, values, lanes, counts)
                    begun += 1
                    lane += 1
                else:
                    active -= 1
                    _move(active, lane, values, lanes, counts)
                    _vacate(active, values, lanes, counts)


def prepare_swing_up(announce: Callable[[], None]) -> None:
    """Compile the kernel, or load it; see `kernel_cache.prepare`."""
    zero = np.zeros(1, dtype=np.int64)
    no_neurons = CompiledNetworks(
        num_inputs=5,
        num_outputs=1,
        first_neuron=np.zeros(2, dtype=np.int64),
        activations=zero[:0],
        first_edge=zero,
        sources=zero[:0],
        weights=np.zeros(0),
        outputs=np.array([[ZERO_ROW]]),
        num_rows=_FIRST_NEURON_ROW,
    )
    prepare("swing-up", lambda: play_swing_up(no_neurons, np.ones(1), np.zeros((1, 4))), announce)
