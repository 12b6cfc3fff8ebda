"""The graph genome: neurons and connections of a feed-forward network (Gaier & Ha 2019, section 3)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from galapagos.errors import InvalidGenome
from galapagos.genomes.activation import Activation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from galapagos.parameter_declarations import ComplexityMeasure
    from galapagos.parameters import Parameters

MAX_NEURONS = 100_000
MAX_CONNECTIONS = 100_000
MAX_EPOCHS = 2**53


@dataclass(frozen=True, slots=True, eq=False)
class GraphGenome:
    """A feed-forward graph of neurons.

    Neurons are numbered: the bias (if there is one), the inputs, the outputs, the hidden neurons. Connections
    are sorted by (target, source) without duplicates; inputs have none coming in, outputs none going out.

    Args:
        num_inputs: Number of inputs without the bias, at least 1.
        num_outputs: Number of outputs, at least 1.
        activations: uint8 array (neurons,), an `Activation` each; inputs and outputs are linear.
        sources: int32 array (connections,).
        targets: int32 array (connections,).
        bias_input: Whether neuron 0 is a bias that is always 1.
        weights: float64 array (connections,) where weights are learned, else None (one shared weight).
        feedback: float64 array (connections,), the fixed random weights through which feedback alignment
            sends errors back (Lillicrap et al. 2016); only beside weights.
        epochs: Epochs of training that the weights had received when the network was born, at least 0.
    """

    num_inputs: int
    num_outputs: int
    activations: NDArray[np.uint8]
    sources: NDArray[np.int32]
    targets: NDArray[np.int32]
    bias_input: bool = False
    weights: NDArray[np.float64] | None = None
    feedback: NDArray[np.float64] | None = None
    epochs: int = 0

    def __post_init__(self) -> None:
        for array in (self.activations, self.sources, self.targets, self.weights, self.feedback):
            if array is not None:
                array.setflags(write=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GraphGenome) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash((self.activations.tobytes(), self.sources.tobytes(), self.targets.tobytes()))

    @property
    def kind(self) -> str:
        """What tells genomes of different kinds apart in JSON."""
        return "graph"

    @property
    def num_sensors(self) -> int:
        """The number of neurons that are fed from outside: inputs and, where there is one, the bias."""
        return self.num_inputs + self.bias_input

    @property
    def num_neurons(self) -> int:
        """The number of all neurons: bias, inputs, outputs and hidden."""
        return len(self.activations)

    @property
    def num_connections(self) -> int:
        """The number of connections."""
        return len(self.sources)

    @property
    def first_hidden(self) -> int:
        """The number of the first hidden neuron."""
        return self.num_sensors + self.num_outputs

    def layers(self) -> list[int]:
        """Return the layer of each neuron: 0 for inputs, then one more than the longest path from them.

        A hidden neuron that nothing reaches is in layer 1; all outputs are one above the last other layer.
        """
        layer, _ = longest_paths(self)
        return layer

    def num_layers(self) -> int:
        """Return the number of layers, inputs and outputs included, at least 2."""
        return self.layers()[self.num_sensors] + 1

    def complexity(self, measure: ComplexityMeasure) -> int:
        """Return the number of connections, neurons or layers."""
        if measure == "connections":
            return self.num_connections
        return self.num_neurons if measure == "neurons" else self.num_layers()

    def as_graph(self) -> GraphGenome:
        """Return the graph itself."""
        return self

    def mutate(self, rng: np.random.Generator, parameters: Parameters) -> tuple[GraphGenome, str]:
        """Return a child with `num_mutations_per_generation` mutations and the names of its operators."""
        from galapagos.genomes.graph_mutation import mutate

        return mutate(self, rng, parameters)

    def with_trained(self, trained: NDArray[np.float32], epochs: int) -> GraphGenome:
        """Return a copy whose weights are those that learning led to.

        Args:
            trained: float32 array (connections,), in the order of the connections.
            epochs: How long it learned; added to those that its weights had received before.

        Raises:
            ValueError: Where there is not one weight for each connection.
        """
        if trained.shape != self.sources.shape:
            raise ValueError(f"weights of shape {trained.shape} for {self.num_connections} connections")
        return replace(self, weights=trained.astype(np.float64), epochs=self.epochs + epochs)

    def to_json(self) -> dict[str, Any]:
        """Return the canonical JSON object; equal genomes give equal objects."""
        from galapagos.genomes.graph_json import genome_to_json

        return genome_to_json(self)

    @classmethod
    def from_json(cls, data: object) -> GraphGenome:
        """Return the genome of a JSON object, checked in full.

        Raises:
            InvalidGenome: Where a part is missing, wrong or unknown; the line names it.
        """
        from galapagos.genomes.graph_json import genome_from_json

        return genome_from_json(data)


def graph_genome(
    *,
    num_inputs: int,
    num_outputs: int,
    activations: list[Activation],
    connections: list[tuple[int, int]],
    bias_input: bool = False,
    weights: list[float] | None = None,
    feedback: list[float] | None = None,
    epochs: int = 0,
) -> GraphGenome:
    """Return a checked genome from lists; connections may come in any order.

    Raises:
        InvalidGenome: Where the lists do not describe a feed-forward network.
    """
    count = len(activations)
    num_sensors = num_inputs + bias_input
    first_hidden = num_sensors + num_outputs
    if num_inputs < 1 or num_outputs < 1 or not first_hidden <= count <= MAX_NEURONS:
        raise InvalidGenome(
            f"{count} neurons cannot hold {num_inputs} inputs and {num_outputs} outputs, each at least 1"
            if count <= MAX_NEURONS
            else f"a network has at most {MAX_NEURONS} neurons, this one {count}"
        )
    if any(activation is not Activation.LINEAR for activation in activations[:first_hidden]):
        raise InvalidGenome("the activation of inputs and outputs is linear")
    if len(connections) > MAX_CONNECTIONS:
        raise InvalidGenome(
            f"a network has at most {MAX_CONNECTIONS} connections, this one {len(connections)}"
        )
    try:
        sources, targets = np.array(connections, dtype=np.int64).reshape(-1, 2).T
    except OverflowError:
        raise InvalidGenome("a connection leads outside the neurons") from None
    is_outside = (sources < 0) | (sources >= count) | (targets < num_sensors) | (targets >= count)
    if is_outside.any():
        source, target = connections[int(is_outside.argmax())]
        raise InvalidGenome(f"connection {source} → {target} leads outside the neurons or into an input")
    is_from_output = (sources >= num_sensors) & (sources < first_hidden)
    if is_from_output.any():
        source, target = connections[int(is_from_output.argmax())]
        raise InvalidGenome(f"connection {source} → {target} starts at an output")
    order = np.lexsort((sources, targets))
    sources, targets = sources[order], targets[order]
    if ((sources[1:] == sources[:-1]) & (targets[1:] == targets[:-1])).any():
        raise InvalidGenome("a connection occurs twice")
    if weights is None and (feedback is not None or epochs):
        raise InvalidGenome("feedback and epochs belong to a network that has weights")
    genome = GraphGenome(
        num_inputs=num_inputs,
        num_outputs=num_outputs,
        activations=np.array(activations, dtype=np.uint8),
        sources=sources.astype(np.int32),
        targets=targets.astype(np.int32),
        bias_input=bias_input,
        weights=_in_order("weights", weights, order),
        feedback=_in_order("feedback", feedback, order),
        epochs=epochs,
    )
    if longest_paths(genome)[1] != count:
        raise InvalidGenome("the connections form a cycle; a network must be feed-forward")
    return genome


def longest_paths(genome: GraphGenome) -> tuple[list[int], int]:
    """Return each neuron's layer and how many neurons a topological order reaches (all without cycle)."""
    num_sensors, first_hidden, count = genome.num_sensors, genome.first_hidden, genome.num_neurons
    layer = [0] * num_sensors + [1] * (count - num_sensors)
    # Only connections between hidden neurons decide: inputs are below all of them, outputs above all.
    outgoing: list[list[int]] = [[] for _ in range(count)]
    waiting = [0] * count
    for source, target in zip(genome.sources.tolist(), genome.targets.tolist(), strict=True):
        if source >= first_hidden <= target:
            outgoing[source].append(target)
            waiting[target] += 1
    ready = [neuron for neuron in range(first_hidden, count) if not waiting[neuron]]
    last = 1
    # Comparisons in place of max(): this runs for every child with a new connection.
    for neuron in ready:
        above = layer[neuron] + 1
        if above > last:
            last = above
        for target in outgoing[neuron]:
            if above > layer[target]:
                layer[target] = above
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    layer[num_sensors:first_hidden] = [last] * genome.num_outputs
    return layer, first_hidden + len(ready)


def _in_order(name: str, values: list[float] | None, order: NDArray[np.intp]) -> NDArray[np.float64] | None:
    """Return the numbers of the connections as an array, in the order that the connections are sorted in."""
    if values is None:
        return None
    if len(values) != len(order) or not _are_finite(values):
        raise InvalidGenome(f"{name} must be finite numbers, one for each connection")
    return np.array(values, dtype=np.float64)[order]


def _are_finite(values: list[float]) -> bool:
    try:
        return all(math.isfinite(value) for value in values)
    except OverflowError:
        return False
