"""A graph with too many connections to draw each: its layers, and how many lead from which to which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from galapagos.genomes.graph import GraphGenome


@dataclass(frozen=True, slots=True)
class Block:
    """Some layers that follow each other, most often one.

    Args:
        first: The number of its first layer.
        last: The number of its last layer.
        neurons: How many neurons there are in them, without a bias.
        activations: How many neurons have each activation, most first; empty for inputs and outputs.
    """

    first: int
    last: int
    neurons: int
    activations: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """The layers of a graph, and how many connections lead from which to which.

    Args:
        blocks: From the inputs to the outputs, at least 2.
        connections: Shape (blocks, blocks), the number of connections from a block (row) to a block
            (column); above the diagonal, and on it where layers were put together.
    """

    blocks: tuple[Block, ...]
    connections: NDArray[np.int64]

    def flows(self) -> list[tuple[int, int, int]]:
        """Return (from, to, connections) of the blocks that are connected, the fewest connections first."""
        ends = zip(*np.nonzero(np.triu(self.connections, 1)), strict=True)
        flows = [(int(one), int(other), int(self.connections[one, other])) for one, other in ends]
        return sorted(flows, key=lambda flow: (flow[2], flow))


def summarise(genome: GraphGenome, layers: Sequence[int], most: int) -> Summary:
    """Return the layers of a graph, those of hidden neurons put together where there are too many.

    Args:
        genome: A feed-forward graph.
        layers: The layer of each neuron.
        most: How many blocks there may be, at least 3.
    """
    layer = np.asarray(layers, dtype=np.int64)
    last = int(layer.max())
    hidden = np.arange(1, last)
    spans = [[0], *(part.tolist() for part in np.array_split(hidden, most - 2) if part.size), [last]]
    block_of_layer = np.repeat(np.arange(len(spans)), [len(span) for span in spans])
    block = block_of_layer[layer]
    counts = np.bincount(
        block[genome.sources] * len(spans) + block[genome.targets], minlength=len(spans) ** 2
    ).reshape(len(spans), len(spans))
    inner = range(1, len(spans) - 1)
    own = block[genome.first_hidden :]
    activations = genome.activations[genome.first_hidden :]
    return Summary(
        blocks=(
            Block(0, 0, genome.num_inputs),
            *(_block(spans[number], activations[own == number]) for number in inner),
            Block(last, last, genome.num_outputs),
        ),
        connections=counts.astype(np.int64),
    )


def _block(span: list[int], activations: NDArray[np.uint8]) -> Block:
    codes, counts = np.unique(activations, return_counts=True)
    pairs = zip(codes.tolist(), counts.tolist(), strict=True)
    return Block(
        first=span[0],
        last=span[-1],
        neurons=len(activations),
        activations=tuple(sorted(pairs, key=lambda pair: (-pair[1], pair[0]))),
    )
