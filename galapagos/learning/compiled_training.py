"""Training on edge lists: the compiled kernels, and the arrays that they work on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from galapagos.learning.edge_lists import trainable_networks
from galapagos.learning.training import (
    OPTIMIZERS,
    EpochLosses,
    LearningSettings,
    Scores,
    batch_sizes,
    pack_memory,
    unpack_memory,
    weights_and_feedback,
)
from galapagos.learning.training_kernel import (
    BACKPROP,
    FEEDBACK_ALIGNMENT,
    HEBBIAN,
    LAST_LAYER,
    Learned,
    Room,
    score_images,
    train_epoch,
)
from galapagos.networks.kernel_cache import prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import DTypeLike, NDArray

    from galapagos.genomes.graph import GraphGenome

_RULES = {
    "backprop": BACKPROP,
    "feedback_alignment": FEEDBACK_ALIGNMENT,
    "hebbian": HEBBIAN,
    "last_layer": LAST_LAYER,
}


class CompiledTraining:
    """Networks in training by compiled kernels, on one core; see `training.Training`.

    Args:
        genomes: At least one, of the same numbers of inputs and outputs, with weights and feedback.
        settings: How weights change.
        memories: What the optimizer remembers of each network; it starts anew where there is nothing.
        dtype: float32, or float64 for tests.
    """

    def __init__(
        self,
        genomes: Sequence[GraphGenome],
        settings: LearningSettings,
        memories: Sequence[NDArray[np.float32] | None] | None = None,
        *,
        dtype: DTypeLike = np.float32,
    ) -> None:
        self._networks = trainable_networks(genomes)
        self._settings = settings
        self._dtype = np.dtype(dtype)
        self._initial = [weights_and_feedback(genome) for genome in genomes]
        self._steps = np.zeros(len(genomes), dtype=np.int64)
        self._learned = self._start(genomes, memories or [None] * len(genomes))

    def train_epoch(
        self, images: NDArray[Any], labels: NDArray[np.int64], order: NDArray[np.int64]
    ) -> EpochLosses:
        """Train one epoch on the images of `order`, in this order."""
        sizes = batch_sizes(len(order), self._settings.batch_size)
        losses = np.zeros((len(self._networks), len(sizes)))
        correct = np.zeros(len(self._networks), dtype=np.int64)
        train_epoch(
            self._networks.lists,
            self._networks.num_outputs,
            self._learned,
            self._room(min(self._settings.batch_size, len(order))),
            _read_only(images, self._dtype),
            _read_only(labels, np.int64),
            _read_only(order, np.int64),
            _RULES[self._settings.rule],
            OPTIMIZERS.index(self._settings.optimizer),
            self._settings.lr,
            self._steps,
            losses,
            correct,
        )
        self._steps += len(sizes)
        return EpochLosses(losses, sizes, correct)

    def score(self, images: NDArray[Any], labels: NDArray[np.int64], batch_size: int) -> Scores:
        """Return what images are worth to the networks as they are."""
        losses = np.zeros(len(self._networks))
        correct = np.zeros(len(self._networks), dtype=np.int64)
        score_images(
            self._networks.lists,
            self._networks.num_outputs,
            self._learned.weights,
            self._room(min(batch_size, len(labels))),
            _read_only(images, self._dtype),
            _read_only(labels, np.int64),
            _read_only(np.arange(len(labels)), np.int64),
            losses,
            correct,
        )
        return Scores(losses / len(labels), correct, len(labels))

    def weights(self, network: int) -> NDArray[Any]:
        """Return the weights (connections,) of a network as they are."""
        weights = self._initial[network][0].astype(self._dtype)
        weights[self._networks.connections[network]] = self._learned.weights[self._networks.places[network]]
        return weights

    def memory(self, network: int) -> NDArray[np.float32]:
        """Return what the optimizer needs to go on with a network."""
        moments = np.zeros((2, len(self._initial[network][0])), dtype=self._dtype)
        places = self._networks.places[network]
        moments[:, self._networks.connections[network]] = self._learned.moments[:, places]
        return pack_memory(self._settings.optimizer, int(self._steps[network]), list(moments))

    def _start(
        self, genomes: Sequence[GraphGenome], memories: Sequence[NDArray[np.float32] | None]
    ) -> Learned:
        lists = self._networks.lists
        edges = len(lists.sources)
        weights, moments, feedback = np.zeros(edges), np.zeros((2, edges)), np.zeros(edges)
        for network, (genome, memory) in enumerate(zip(genomes, memories, strict=True)):
            places, connections = self._networks.places[network], self._networks.connections[network]
            steps, remembered = unpack_memory(memory, self._settings.optimizer, genome.num_connections)
            self._steps[network] = steps
            weights[places] = self._initial[network][0][connections]
            feedback[places] = self._initial[network][1][connections]
            moments[:, places] = remembered[:, connections]
        return Learned(
            weights=weights.astype(self._dtype),
            moments=moments.astype(self._dtype),
            gradients=np.zeros(edges, dtype=self._dtype),
            back_weights=feedback[lists.back_edges].astype(self._dtype),
        )

    def _room(self, lanes: int) -> Room:
        neurons = self._networks.most_neurons
        return Room(
            values=np.zeros((1 + self._networks.num_inputs + neurons, lanes), dtype=self._dtype),
            errors=np.zeros((1 + neurons, lanes), dtype=self._dtype),
            labels=np.zeros(lanes, dtype=np.int64),
            peaks=np.zeros(lanes, dtype=self._dtype),
            totals=np.zeros(lanes, dtype=self._dtype),
            partial=np.zeros(lanes, dtype=self._dtype),
        )


def _read_only(array: NDArray[Any], dtype: DTypeLike) -> NDArray[Any]:
    """Return the array as kernels take it; they are compiled apart for arrays that can be written."""
    view = np.ascontiguousarray(array, dtype=dtype).view()
    view.setflags(write=False)
    return view


def prepare_training(announce: Callable[[], None]) -> None:
    """Compile the kernels, or load them; see `kernel_cache.prepare`."""
    from galapagos.genomes.activation import Activation
    from galapagos.genomes.graph import graph_genome

    genome = graph_genome(
        num_inputs=1,
        num_outputs=1,
        activations=[Activation.LINEAR] * 2,
        connections=[(0, 1)],
        weights=[0.0],
        feedback=[0.0],
    )
    images, labels = np.zeros((1, 1), dtype=np.float32), np.zeros(1, dtype=np.int64)

    def warm() -> None:
        training = CompiledTraining([genome], LearningSettings("backprop", "sgd", 0.1, 1))
        training.train_epoch(images, labels, labels)
        training.score(images, labels, 1)

    prepare("learning", warm, announce)
