"""The matrix format of the published weight-agnostic networks (`.out`; Gaier & Ha 2019, code, `exportNet`).

N lines of N + 1 numbers between commas: the first N of a line are the connections from its neuron to each
neuron, where any value but 0 and `nan` is one, and the last is the number of its activation. Neurons stand in
the order bias, inputs, hidden, outputs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from galapagos.errors import InvalidGenome
from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import MAX_CONNECTIONS, GraphGenome, graph_genome

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_MATRIX_NEURONS = 1500
"""The most neurons of a matrix: it grows with their square, and this many are 2 million numbers."""


def read_wann_matrix(
    text: str, *, num_inputs: int | None = None, num_outputs: int | None = None
) -> GraphGenome:
    """Return the network of a published matrix; all its connections share one weight, its values are dropped.

    The first neuron is the bias. The format does not say how many inputs and outputs there are. Where hidden
    neurons have connections coming in and going out, as published ones do, it follows: the leading neurons
    without any coming in are the bias and the inputs, the closing ones without any going out are the outputs.

    Args:
        text: The content of the file.
        num_inputs: The number of inputs without the bias, where it is known.
        num_outputs: The number of outputs, where it is known.

    Raises:
        InvalidGenome: Where the text is no such matrix, or does not say what is an input and what an output.
    """
    numbers = _numbers(text)
    count = len(numbers)
    matrix = numbers[:, :-1]
    connected = (matrix != 0) & ~np.isnan(matrix)
    if connected.sum() > MAX_CONNECTIONS:
        raise InvalidGenome(f"a network has at most {MAX_CONNECTIONS} connections, this WANN matrix more")
    codes = numbers[:, -1].tolist()
    known = {float(activation) for activation in Activation}
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise InvalidGenome(
            f"activation {unknown[0]:g} of a WANN matrix is none; they are 1 to {len(Activation)}"
        )
    num_sensors, first_output = _partition(connected, num_inputs, num_outputs)
    # Ours come in the order bias, inputs, outputs, hidden.
    order = [*range(num_sensors), *range(first_output, count), *range(num_sensors, first_output)]
    number = {neuron: place for place, neuron in enumerate(order)}
    return graph_genome(
        num_inputs=num_sensors - 1,
        num_outputs=count - first_output,
        activations=[Activation(int(codes[neuron])) for neuron in order],
        connections=[(number[source], number[target]) for source, target in np.argwhere(connected).tolist()],
        bias_input=True,
    )


def write_wann_matrix(genome: GraphGenome) -> str:
    """Return a network as a published matrix, 1 for each connection, hidden neurons by layer.

    A network without a bias gets one that nothing is connected to, since the format always has it.

    Raises:
        InvalidGenome: For a network with weights of its own, or more neurons than a matrix holds.
    """
    if genome.weights is not None:
        raise InvalidGenome(
            "a WANN matrix has one shared weight; save a network with weights of its own as .json"
        )
    no_bias = 0 if genome.bias_input else 1
    count = genome.num_neurons + no_bias
    if count > MAX_MATRIX_NEURONS:
        raise InvalidGenome(
            f"a WANN matrix holds at most {MAX_MATRIX_NEURONS} neurons; save this network of {count} as .json"
        )
    # Readers of the format compute neurons in the order in which they stand.
    hidden = sorted(range(genome.first_hidden, genome.num_neurons), key=genome.layers().__getitem__)
    order = [*range(genome.num_sensors), *hidden, *range(genome.num_sensors, genome.first_hidden)]
    place = np.empty(genome.num_neurons, dtype=np.intp)
    place[order] = np.arange(no_bias, count)
    matrix = np.zeros((count, count + 1), dtype=np.uint8)
    matrix[:, -1] = Activation.LINEAR
    matrix[place, -1] = genome.activations
    matrix[place[genome.sources], place[genome.targets]] = 1
    return "".join(",".join(map(str, row)) + "\n" for row in matrix.tolist())


def _numbers(text: str) -> NDArray[np.float64]:
    """Return the (N, N + 1) numbers of the text."""
    if "_" in text:
        # Python reads 1_0 as ten, which no other reader of the format does.
        raise InvalidGenome("a WANN matrix has numbers between commas, without underscores")
    count = text.count("\n")
    if count <= 2 * MAX_MATRIX_NEURONS:
        lines = [line for line in text.split("\n") if line.strip()]
        count = len(lines)
    if not 2 <= count <= MAX_MATRIX_NEURONS:
        raise InvalidGenome(f"a WANN matrix has 2 to {MAX_MATRIX_NEURONS} lines, this one has {count}")
    numbers = np.empty((count, count + 1))
    for row, line in enumerate(lines):
        cells = line.split(",", count + 1)
        if len(cells) != count + 1:
            raise InvalidGenome(
                f"line {row + 1} of a WANN matrix of {count} lines has {count + 1} numbers between commas"
            )
        try:
            numbers[row] = list(map(float, cells))
        except ValueError:
            raise InvalidGenome(f"line {row + 1} of a WANN matrix has something that is no number") from None
    return numbers


def _partition(
    connected: NDArray[np.bool_], num_inputs: int | None, num_outputs: int | None
) -> tuple[int, int]:
    """Return the number of bias and inputs, and the first output."""
    count = len(connected)
    has_incoming: NDArray[np.bool_] = np.logical_or.reduce(connected, axis=0)
    has_outgoing: NDArray[np.bool_] = np.logical_or.reduce(connected, axis=1)
    most_sensors = int(has_incoming.argmax()) if has_incoming.any() else count
    least_output = count - int(has_outgoing[::-1].argmax()) if has_outgoing.any() else 0
    if num_inputs is None and num_outputs is None and most_sensors > least_output:
        raise InvalidGenome(
            f"neurons {least_output + 1} to {most_sensors} of a WANN matrix are connected to nothing and may "
            "be inputs or outputs; say how many there are of each"
        )
    if num_outputs is not None:
        first_output = count - num_outputs
        num_sensors = min(most_sensors, first_output) if num_inputs is None else num_inputs + 1
    else:
        num_sensors = most_sensors if num_inputs is None else num_inputs + 1
        first_output = max(least_output, num_sensors)
    if not 2 <= num_sensors <= first_output < count:
        raise InvalidGenome(
            f"a WANN matrix of {count} neurons does not hold a bias, {num_sensors - 1} inputs and "
            f"{count - first_output} outputs, each at least 1"
        )
    return num_sensors, first_output
