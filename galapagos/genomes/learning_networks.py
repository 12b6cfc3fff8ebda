"""The first networks that learn: graphs of relu neurons whose weights are their own (Rieke 2020)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from galapagos.errors import InvalidGenome
from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import MAX_CONNECTIONS, MAX_NEURONS, GraphGenome
from galapagos.genomes.graph_mutation import FEEDBACK_DEVIATION, WEIGHT_DEVIATION, initial_genome

if TYPE_CHECKING:
    from galapagos.parameters import Parameters

SPLIT_PROBABILITY = 0.5
"""The number of hidden neurons at the start is Binomial(initial connections, this)."""


def evolving_founder(
    num_inputs: int, num_outputs: int, rng: np.random.Generator, parameters: Parameters
) -> GraphGenome:
    """Return a network for the first generation of evolution: random connections, half as many relu neurons.

    Each pair of input and output is connected with `p_initial_connection_enabled`; that makes c connections.
    Then Binomial(c, 0.5) times a connection, drawn evenly from those of the moment, is split by a neuron.

    Args:
        num_inputs: Number of inputs without the bias, at least 1.
        num_outputs: Number of outputs, at least 1.
        rng: Draws the connections, the splits, the weights N(0, 0.1²) and the feedback N(0, 1).
        parameters: Reads `p_initial_connection_enabled`.

    Raises:
        InvalidGenome: Where the task has so many inputs and outputs that a genome could not hold all pairs.
    """
    return with_weights(_split(initial_genome(num_inputs, num_outputs, rng, parameters), rng), rng)


def lone_founder(
    num_inputs: int, num_outputs: int, rng: np.random.Generator, parameters: Parameters
) -> GraphGenome:
    """Return the one network of learning without evolution: inputs, `num_hidden` relu neurons, outputs.

    Args:
        num_inputs: Number of inputs without the bias, at least 1.
        num_outputs: Number of outputs, at least 1.
        rng: Draws the connections, the weights N(0, 0.1²) and the feedback N(0, 1).
        parameters: Reads `num_hidden` and `p_initial_connection_enabled`, the probability of each connection
            from one layer to the next.

    Raises:
        InvalidGenome: Where a genome could not hold all of these connections.
    """
    hidden = parameters.num_hidden
    if not hidden:
        return with_weights(initial_genome(num_inputs, num_outputs, rng, parameters), rng)
    first_hidden = num_inputs + num_outputs
    if hidden * first_hidden > MAX_CONNECTIONS or first_hidden + hidden > MAX_NEURONS:
        raise InvalidGenome(
            f"num_hidden: {hidden} between {num_inputs} inputs and {num_outputs} outputs are more than a "
            f"network can connect; it has at most {MAX_CONNECTIONS} connections"
        )
    share = parameters.p_initial_connection_enabled
    hidden_targets, sensors = np.nonzero(rng.random((hidden, num_inputs)) < share)
    outputs, hidden_sources = np.nonzero(rng.random((num_outputs, hidden)) < share)
    # Outputs have lower numbers than hidden neurons, so this is the order by target.
    sources = np.concatenate([hidden_sources + first_hidden, sensors])
    targets = np.concatenate([outputs + num_inputs, hidden_targets + first_hidden])
    genome = GraphGenome(
        num_inputs=num_inputs,
        num_outputs=num_outputs,
        activations=np.repeat(
            np.array([Activation.LINEAR, Activation.RELU], dtype=np.uint8), [first_hidden, hidden]
        ),
        sources=sources.astype(np.int32),
        targets=targets.astype(np.int32),
    )
    return with_weights(genome, rng)


def with_weights(genome: GraphGenome, rng: np.random.Generator) -> GraphGenome:
    """Return a network that can learn: weights N(0, 0.1²) and feedback N(0, 1) are drawn where absent."""
    count, weights, feedback = genome.num_connections, genome.weights, genome.feedback
    return replace(
        genome,
        weights=rng.normal(0.0, WEIGHT_DEVIATION, count) if weights is None else weights,
        feedback=rng.normal(0.0, FEEDBACK_DEVIATION, count) if feedback is None else feedback,
    )


def _split(genome: GraphGenome, rng: np.random.Generator) -> GraphGenome:
    """Return the genome after Binomial(connections, 0.5) times `add_node` with relu neurons.

    Connections are sorted once at the end, not after each of them: that makes the difference between a
    millisecond and a second in networks with thousands of connections.
    """
    count, first_new = genome.num_connections, genome.num_neurons
    room = min(MAX_CONNECTIONS - count, MAX_NEURONS - first_new)
    splits = min(int(rng.binomial(count, SPLIT_PROBABILITY)), room)
    places = rng.random(splits) * (count + np.arange(splits))
    sources, targets = genome.sources.tolist(), genome.targets.tolist()
    for neuron, place in enumerate(places.astype(np.int64).tolist(), start=first_new):
        sources.append(neuron)
        targets.append(targets[place])
        targets[place] = neuron
    order = np.lexsort((sources, targets))
    return replace(
        genome,
        activations=np.append(genome.activations, np.full(splits, Activation.RELU, dtype=np.uint8)),
        sources=np.array(sources, dtype=np.int32)[order],
        targets=np.array(targets, dtype=np.int32)[order],
    )
