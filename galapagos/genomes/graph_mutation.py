"""Mutation of graph genomes: add-node, add-connection, change-activation (Gaier & Ha 2019, section 3.2).

Networks that learn, those with weights of their own, have relu neurons only, and get new connections to
hidden neurons only (Rieke 2020, `add_only_hidden_connections`).

Every operator is pure. A uniform number u in [0, 1) picks the item ⌊u · n⌋ of n, which is even to 2⁻⁵³ · n
and three times as fast as `Generator.integers`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from galapagos.errors import InvalidGenome
from galapagos.genomes.activation import BY_LABEL, Activation
from galapagos.genomes.graph import MAX_CONNECTIONS, MAX_NEURONS, GraphGenome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from galapagos.parameters import Parameters

    Operator = Callable[[GraphGenome, np.random.Generator, Parameters], GraphGenome | None]

CLONE = "clone"
"""The operator of a child that no mutation can change."""

WEIGHT_DEVIATION = 0.1
"""Standard deviation of the weight of a new connection, where weights belong to the genome (Rieke 2020)."""

FEEDBACK_DEVIATION = 1.0
"""Standard deviation of the weight through which feedback alignment sends errors back (Rieke 2020)."""

# Plain numbers: comparing members of an enumeration with numbers of an array costs microseconds.
_CODES = {label: int(activation) for label, activation in BY_LABEL.items()}
_RELU = int(Activation.RELU)

_Item = TypeVar("_Item")
_Number = TypeVar("_Number", bound=np.generic)


def initial_genome(
    num_inputs: int, num_outputs: int, rng: np.random.Generator, parameters: Parameters
) -> GraphGenome:
    """Return a genome without hidden neurons, each input and output connected with a fixed probability.

    Args:
        num_inputs: Number of inputs without the bias, at least 1; a bias is connected like an input.
        num_outputs: Number of outputs, at least 1.
        rng: Draws one number for each pair of input and output.
        parameters: Reads `p_initial_connection_enabled` and `bias_input`.

    Raises:
        InvalidGenome: Where the task has so many inputs and outputs that a genome could not hold all pairs.
    """
    num_sensors = num_inputs + parameters.bias_input
    if num_sensors * num_outputs > MAX_CONNECTIONS or num_sensors + num_outputs > MAX_NEURONS:
        raise InvalidGenome(
            f"{num_inputs} inputs and {num_outputs} outputs are more than a network can connect; "
            f"it has at most {MAX_CONNECTIONS} connections"
        )
    connected = rng.random((num_outputs, num_sensors)) < parameters.p_initial_connection_enabled
    targets, sources = np.nonzero(connected)
    return GraphGenome(
        num_inputs=num_inputs,
        num_outputs=num_outputs,
        activations=np.full(num_sensors + num_outputs, Activation.LINEAR, dtype=np.uint8),
        sources=sources.astype(np.int32),
        targets=(targets + num_sensors).astype(np.int32),
        bias_input=parameters.bias_input,
    )


def mutate(genome: GraphGenome, rng: np.random.Generator, parameters: Parameters) -> tuple[GraphGenome, str]:
    """Return a child with `num_mutations_per_generation` mutations, and the names of their operators.

    Where weights belong to the genome and are not inherited (`inherit_weights`), a child draws all of them
    anew. Feedback is always inherited.

    Returns:
        The child, and the operators' names joined by `+`; the genome itself and `clone` where none can apply.
    """
    names: list[str] = []
    for _ in range(parameters.num_mutations_per_generation):
        mutated = _mutate_once(genome, rng, parameters)
        if mutated is None:
            break
        genome, name = mutated
        names.append(name)
    if names and genome.weights is not None and not parameters.inherit_weights:
        weights = rng.normal(0.0, WEIGHT_DEVIATION, genome.num_connections)
        genome = replace(genome, weights=weights, epochs=0)
    return genome, "+".join(names) or CLONE


def _mutate_once(
    genome: GraphGenome, rng: np.random.Generator, parameters: Parameters
) -> tuple[GraphGenome, str] | None:
    """Apply one operator, drawn with the `p_*` shares among those that can apply.

    An operator that cannot apply is put aside and the next is drawn among the others with their shares. That
    gives each exactly its share among those that can apply, without asking all of them first.
    """
    shares: list[tuple[float, str, Operator]] = [
        (parameters.p_add_node, "add_node", add_node),
        (parameters.p_add_connection, "add_connection", add_connection),
        (parameters.p_change_activation, "change_activation", change_activation),
    ]
    shares = [share for share in shares if share[0] > 0]
    while shares:
        place = _draw_share([share for share, _, _ in shares], rng)
        _, name, operator = shares.pop(place)
        mutated = operator(genome, rng, parameters)
        if mutated is not None:
            return mutated, name
    return None


def _draw_share(shares: Sequence[float], rng: np.random.Generator) -> int:
    left = float(rng.random()) * sum(shares)
    for place, share in enumerate(shares):
        if left < share:
            return place
        left -= share
    return len(shares) - 1


def add_node(genome: GraphGenome, rng: np.random.Generator, parameters: Parameters) -> GraphGenome | None:
    """Return a copy in which an evenly drawn connection is replaced by two through a new neuron.

    The new neuron is the last one and has an evenly drawn activation, or relu in a network that learns. There
    the connection into it keeps weight and feedback, and the one out of it draws its own (Rieke 2020).

    Returns:
        None where there is no connection, or no room for a neuron or a connection.
    """
    count, neuron = genome.num_connections, genome.num_neurons
    if not count or count >= MAX_CONNECTIONS or neuron >= MAX_NEURONS:
        return None
    place = int(rng.random() * count)
    learns = genome.weights is not None
    activation = _RELU if learns else _CODES[_draw(parameters.activations, rng)]
    source, target = int(genome.sources[place]), int(genome.targets[place])
    # The new neuron's number is the largest: as a source it comes last in the block of its target, and as a
    # target last of all.
    end = int(genome.targets.searchsorted(target, side="right"))
    return GraphGenome(
        num_inputs=genome.num_inputs,
        num_outputs=genome.num_outputs,
        activations=_inserted(genome.activations, neuron, activation),
        sources=_rerouted(genome.sources, place, end, neuron, source),
        targets=_rerouted(genome.targets, place, end, target, neuron),
        bias_input=genome.bias_input,
        weights=_shared_out(genome.weights, place, end, rng, WEIGHT_DEVIATION),
        feedback=_shared_out(genome.feedback, place, end, rng, FEEDBACK_DEVIATION),
        epochs=genome.epochs,
    )


def add_connection(
    genome: GraphGenome,
    rng: np.random.Generator,
    parameters: Parameters,  # noqa: ARG001 - all operators have one signature
) -> GraphGenome | None:
    """Return a copy with one more connection, from a neuron to one in a later layer.

    The source is drawn evenly among the inputs and hidden neurons that lack a connection to some later
    neuron, then the target evenly among those it lacks; in a network that learns only hidden neurons are
    targets, and the connection draws its own weight and feedback.

    Returns:
        None where everything is connected to every target that is later, or no connection has room.
    """
    if genome.num_connections >= MAX_CONNECTIONS:
        return None
    layer = genome.layers()
    sources, targets = genome.sources.tolist(), genome.targets.tolist()
    first_target = genome.num_sensors if genome.weights is None else genome.first_hidden
    source = _draw_open_source(layer, sources[bisect_left(targets, first_target) :], first_target, rng)
    if source is None:
        return None
    own_layer = layer[source]
    taken = {target for neuron, target in zip(sources, targets, strict=True) if neuron == source}
    absent = [
        neuron
        for neuron in range(first_target, genome.num_neurons)
        if layer[neuron] > own_layer and neuron not in taken
    ]
    target = _draw(absent, rng)
    start = bisect_left(targets, target)
    place = bisect_left(sources, source, start, bisect_right(targets, target, start))
    return GraphGenome(
        num_inputs=genome.num_inputs,
        num_outputs=genome.num_outputs,
        activations=genome.activations,
        sources=_inserted(genome.sources, place, source),
        targets=_inserted(genome.targets, place, target),
        bias_input=genome.bias_input,
        weights=_with_one_more(genome.weights, place, rng, WEIGHT_DEVIATION),
        feedback=_with_one_more(genome.feedback, place, rng, FEEDBACK_DEVIATION),
        epochs=genome.epochs,
    )


def change_activation(
    genome: GraphGenome, rng: np.random.Generator, parameters: Parameters
) -> GraphGenome | None:
    """Return a copy in which an evenly drawn hidden neuron has another, evenly drawn activation.

    Returns:
        None where no hidden neuron can get another activation of the set `activations`, and for a network
        that learns.
    """
    if genome.weights is not None:
        return None
    codes = [_CODES[label] for label in parameters.activations]
    places: Sequence[int] = range(genome.first_hidden, genome.num_neurons)
    if len(codes) == 1:
        present_codes = genome.activations.tolist()
        places = [place for place in places if present_codes[place] != codes[0]]
    if not places:
        return None
    place = _draw(places, rng)
    present = int(genome.activations[place])
    activations = genome.activations.copy()
    activations[place] = _draw([code for code in codes if code != present], rng)
    return GraphGenome(
        num_inputs=genome.num_inputs,
        num_outputs=genome.num_outputs,
        activations=activations,
        sources=genome.sources,
        targets=genome.targets,
        bias_input=genome.bias_input,
    )


def _draw_open_source(
    layer: list[int], sources: list[int], first_target: int, rng: np.random.Generator
) -> int | None:
    """Draw a source evenly among those that lack a connection to some target in a later layer.

    Args:
        layer: Of each neuron.
        sources: Of the connections that lead to targets.
        first_target: The first neuron that can be a target; those after it can, too.
        rng: Draws one number, where there is such a source.
    """
    later = [0] * (max(layer) + 1)
    for own_layer in layer[first_target:]:
        later[own_layer - 1] += 1
    for below in range(len(later) - 2, -1, -1):
        later[below] += later[below + 1]
    # Every connection leads to a later layer, so a source lacks one as long as it has fewer than there are.
    lacks = [later[own_layer] for own_layer in layer]
    for source in sources:
        lacks[source] -= 1
    open_sources = [neuron for neuron, lack in enumerate(lacks) if lack]
    return _draw(open_sources, rng) if open_sources else None


def _shared_out(
    values: NDArray[np.float64] | None, place: int, end: int, rng: np.random.Generator, deviation: float
) -> NDArray[np.float64] | None:
    """Return the values of the connections after a split: the old one leads in, a drawn one out."""
    if values is None:
        return None
    return _rerouted(values, place, end, float(rng.normal(0.0, deviation)), float(values[place]))


def _with_one_more(
    values: NDArray[np.float64] | None, place: int, rng: np.random.Generator, deviation: float
) -> NDArray[np.float64] | None:
    """Return the values of the connections with a drawn one for a new connection."""
    return None if values is None else _inserted(values, place, rng.normal(0.0, deviation))


def _draw(items: Sequence[_Item], rng: np.random.Generator) -> _Item:
    return items[int(rng.random() * len(items))]


def _inserted(array: NDArray[_Number], place: int, value: float) -> NDArray[_Number]:
    # Four times as fast as numpy.insert, and these arrays are made for every child.
    longer = np.empty(len(array) + 1, dtype=array.dtype)
    longer[:place] = array[:place]
    longer[place] = value
    longer[place + 1 :] = array[place:]
    return longer


def _rerouted(
    array: NDArray[_Number], place: int, end: int, out_of_new: float, into_new: float
) -> NDArray[_Number]:
    """Return the array without item `place`, with one value before item `end` and one at its end."""
    longer = np.empty(len(array) + 1, dtype=array.dtype)
    longer[:place] = array[:place]
    longer[place : end - 1] = array[place + 1 : end]
    longer[end - 1] = out_of_new
    longer[end:-1] = array[end:]
    longer[-1] = into_new
    return longer
