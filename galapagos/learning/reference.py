"""The readable reference: how a network learns, one neuron after the other, with gradients by autograd."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from galapagos.learning.alignment import aligned_product
from galapagos.learning.training import (
    EpochLosses,
    LearningSettings,
    Scores,
    batch_sizes,
    trained_connections,
    weights_and_feedback,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from galapagos.genomes.graph import GraphGenome

TORCH_OPTIMIZERS: dict[str, type[torch.optim.Optimizer]] = {
    "adam": torch.optim.Adam,
    "sgd": torch.optim.SGD,
    "adadelta": torch.optim.Adadelta,
}


class ReferenceTraining:
    """One network in training, to be read and to be compared with; see `training.Training`.

    Args:
        genome: With weights and feedback.
        settings: How the weights change.
        dtype: Of all numbers.
    """

    def __init__(
        self, genome: GraphGenome, settings: LearningSettings, *, dtype: torch.dtype = torch.float64
    ) -> None:
        weights, feedback = weights_and_feedback(genome)
        self._genome, self._settings, self._dtype = genome, settings, dtype
        self._weights = torch.tensor(weights, dtype=dtype, requires_grad=True)
        self._feedback = torch.tensor(feedback, dtype=dtype)
        make_optimizer: Any = TORCH_OPTIMIZERS[settings.optimizer]
        self._optimizer: torch.optim.Optimizer = make_optimizer([self._weights], lr=settings.lr)
        self._leads_to_output = torch.tensor(genome.targets < genome.first_hidden)
        self._matters = torch.tensor(trained_connections(genome))
        layers = np.array(genome.layers())
        neurons = np.arange(genome.num_inputs, genome.num_neurons)
        self._neurons: list[int] = neurons[np.argsort(layers[neurons], kind="stable")].tolist()

    def train_epoch(
        self, images: NDArray[Any], labels: NDArray[np.int64], order: NDArray[np.int64]
    ) -> EpochLosses:
        """Train one epoch on the images of `order`, in this order."""
        losses, correct = list[float](), 0
        for batch in torch.split(torch.tensor(order), self._settings.batch_size):
            batch_labels = torch.tensor(labels)[batch]
            values = self._values(torch.tensor(images[batch.numpy()], dtype=self._dtype))
            outputs = self._outputs(values)
            loss = cross_entropy(outputs, batch_labels)
            self._learn(loss, values)
            losses.append(loss.item())
            correct += int((outputs.argmax(dim=1) == batch_labels).sum())
        sizes = batch_sizes(len(order), self._settings.batch_size)
        return EpochLosses(np.array([losses]), sizes, np.array([correct]))

    def score(self, images: NDArray[Any], labels: NDArray[np.int64], batch_size: int) -> Scores:
        """Return what images are worth to the network as it is."""
        total, correct = 0.0, 0
        with torch.no_grad():
            for first in range(0, len(labels), batch_size):
                batch_labels = torch.tensor(labels[first : first + batch_size])
                batch = torch.tensor(images[first : first + batch_size], dtype=self._dtype)
                outputs = self._outputs(self._values(batch))
                total += cross_entropy(outputs, batch_labels, reduction="sum").item()
                correct += int((outputs.argmax(dim=1) == batch_labels).sum())
        return Scores(np.array([total / len(labels)]), np.array([correct]), len(labels))

    def weights(self) -> NDArray[Any]:
        """Return the weights (connections,) as they are."""
        return self._weights.detach().numpy().copy()

    def _values(self, images: torch.Tensor) -> list[torch.Tensor]:
        """Return the value (images,) of each neuron."""
        nothing = torch.zeros(len(images), dtype=self._dtype)
        values = [*images.T, *[nothing] * (self._genome.num_neurons - self._genome.num_inputs)]
        for neuron in self._neurons:
            incoming = np.flatnonzero(self._genome.targets == neuron)
            if not len(incoming):
                continue
            read = torch.stack([values[source] for source in self._genome.sources[incoming]], dim=1)
            weights, feedback = self._weights[incoming, None], self._feedback[incoming, None]
            if self._settings.rule == "feedback_alignment":
                total = aligned_product(read, weights, feedback)[:, 0]
            else:
                total = (read @ weights)[:, 0]
            values[neuron] = total if neuron < self._genome.first_hidden else total.relu()
        return values

    def _outputs(self, values: list[torch.Tensor]) -> torch.Tensor:
        return torch.stack(values[self._genome.num_inputs : self._genome.first_hidden], dim=1)

    def _learn(self, loss: torch.Tensor, values: list[torch.Tensor]) -> None:
        if not loss.requires_grad:  # no output has a connection
            return
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        changes = self._oja(values) if self._settings.rule == "hebbian" else None
        if self._settings.rule in {"hebbian", "last_layer"}:
            assert self._weights.grad is not None  # noqa: S101  an output has a connection
            self._weights.grad[~self._leads_to_output] = 0
        self._optimizer.step()
        if changes is not None:
            with torch.no_grad():
                self._weights += changes

    @torch.no_grad()
    def _oja(self, values: list[torch.Tensor]) -> torch.Tensor:
        """Return lr (⟨y x⟩ - ⟨y²⟩ w) for each connection to a hidden neuron, 0 for the others (Oja 1982)."""
        x = torch.stack([values[source] for source in self._genome.sources])
        y = torch.stack([values[target] for target in self._genome.targets])
        changes = self._settings.lr * ((y * x).mean(dim=1) - (y * y).mean(dim=1) * self._weights)
        return torch.where(self._leads_to_output | ~self._matters, 0, changes)
