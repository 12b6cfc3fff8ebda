"""What training takes and gives, whatever computes it: settings, what an optimizer remembers, losses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from galapagos.errors import InvalidGenome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from galapagos.genomes.graph import GraphGenome
    from galapagos.parameter_declarations import LearningRule, Optimizer

OPTIMIZERS: tuple[Optimizer, ...] = ("adam", "sgd", "adadelta")
"""The number of an optimizer, in kernels and in stored memories, is its place here: frozen."""
BETA_1, BETA_2, ADAM_EPSILON = 0.9, 0.999, 1e-8
"""Adam (Kingma & Ba 2015, algorithm 1), as torch has them by default."""
RHO, ADADELTA_EPSILON = 0.9, 1e-6
"""Adadelta (Zeiler 2012, algorithm 1), as torch has them by default."""
LARGEST_STEP = 2**24
"""Steps are counted up to this, which float32 still holds; the corrections of Adam are 1 long before."""


@dataclass(frozen=True, slots=True)
class LearningSettings:
    """How weights change (Rieke 2020; ALGORITHMS "Networks that learn").

    Args:
        rule: `backprop`: all by their gradients. `feedback_alignment`: errors go back through the genome's
            `feedback` in place of its weights (Lillicrap et al. 2016). `hebbian`: connections to hidden
            neurons by Oja's rule (Oja 1982), those to outputs by their gradients. `last_layer`: those to
            outputs by their gradients, the others stay.
        optimizer: What turns gradients into steps.
        lr: The learning rate, above 0; of Oja's rule too.
        batch_size: Images in a batch, at least 1; the last batch of an epoch may be smaller.
    """

    rule: LearningRule
    optimizer: Optimizer
    lr: float
    batch_size: int


@dataclass(frozen=True, slots=True, eq=False)
class EpochLosses:
    """What the training images of one epoch were worth, each in its batch before the step.

    Args:
        batches: float64 (networks, batches): the mean cross-entropy of each batch; NaN or infinite in a
            network that diverged.
        sizes: int64 (batches,): the images in each batch.
        correct: int64 (networks,): the images classified rightly, the first of equal outputs counting.
    """

    batches: NDArray[np.float64]
    sizes: NDArray[np.int64]
    correct: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """What images were worth to networks that do not learn from them.

    Args:
        loss: float64 (networks,): the mean cross-entropy.
        correct: int64 (networks,): the images classified rightly.
        images: How many there were, at least 1.
    """

    loss: NDArray[np.float64]
    correct: NDArray[np.int64]
    images: int


class Training(Protocol):
    """Networks in training: the weights of each, and what its optimizer remembers.

    What comes of a network is the same, bit for bit, alone and in any company (on CUDA within a tolerance).
    """

    def train_epoch(
        self, images: NDArray[np.float32], labels: NDArray[np.int64], order: NDArray[np.int64]
    ) -> EpochLosses:
        """Train one epoch.

        Args:
            images: (images, inputs).
            labels: (images,): the number of each image's output.
            order: (any,): the images to train on, in this order.
        """

    def score(self, images: NDArray[np.float32], labels: NDArray[np.int64], batch_size: int) -> Scores:
        """Return what images are worth to the networks as they are; `batch_size` bounds the memory."""

    def weights(self, network: int) -> NDArray[Any]:
        """Return the weights (connections,) of a network as they are, in the order of its genome."""

    def memory(self, network: int) -> NDArray[np.float32]:
        """Return what the optimizer needs to go on with a network; see `pack_memory`."""


def batch_sizes(images: int, batch_size: int) -> NDArray[np.int64]:
    """Return the images in each batch of an epoch, the last of which may be smaller."""
    return np.diff(np.append(np.arange(0, images, batch_size), images))


def weights_and_feedback(genome: GraphGenome) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the weights and the feedback of a network that learns, each (connections,).

    Raises:
        InvalidGenome: Where it has none.
    """
    if genome.weights is None or genome.feedback is None:
        raise InvalidGenome(
            "the network has no weights and feedback of its own; a network that learns needs both"
        )
    return genome.weights, genome.feedback


def trained_connections(genome: GraphGenome) -> NDArray[np.bool_]:
    """Return (connections,): whether each connection can matter, because its target leads to an output.

    The others are left out of training: no gradient reaches them, and what Oja's rule would make of them
    nobody sees.
    """
    leads = np.zeros(genome.num_neurons, dtype=np.bool_)
    leads[genome.num_sensors : genome.first_hidden] = True
    while True:
        more = leads.copy()
        more[genome.sources[leads[genome.targets]]] = True
        if np.array_equal(more, leads):
            return leads[genome.targets]
        leads = more


def pack_memory(optimizer: Optimizer, steps: int, moments: Sequence[NDArray[Any]]) -> NDArray[np.float32]:
    """Return in one flat array what an optimizer remembers of a network.

    Args:
        optimizer: Which one it is; another does not take what this one remembers.
        steps: Steps taken so far.
        moments: Two arrays (connections,): of Adam the means of gradients and of their squares, of Adadelta
            the means of the squares of gradients and of steps; `sgd` remembers none.

    Returns:
        float32 (2 + 2 · connections,), of `sgd` (2,).
    """
    head = [OPTIMIZERS.index(optimizer), min(steps, LARGEST_STEP)]
    return np.concatenate([head, *([] if optimizer == "sgd" else moments)]).astype(np.float32)


def unpack_memory(
    memory: NDArray[np.float32] | None, optimizer: Optimizer, connections: int
) -> tuple[int, NDArray[np.float32]]:
    """Return the steps taken and the moments (2, connections) of a packed memory.

    It starts anew, with zeros, where there is none, or that of another optimizer or another network.
    """
    moments = np.zeros((2, connections), dtype=np.float32)
    size = 2 if optimizer == "sgd" else 2 + 2 * connections
    if memory is None or len(memory) != size or memory[0] != OPTIMIZERS.index(optimizer):
        return 0, moments
    if optimizer != "sgd":
        moments = memory[2:].reshape(2, connections).copy()
    return int(memory[1]), moments
