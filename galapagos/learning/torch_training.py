"""Training in torch, on any device: dense matrices of several networks at once.

A network is laid out by its layers, each of which reads everything before it; a layer is as wide as the
widest of that number among the networks. What is not connected is 0 in the matrices and stays so, because
they are filled anew in each step from the weights of the connections.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from galapagos.learning.alignment import aligned_product
from galapagos.learning.dense_layout import DenseLayout, dense_layout
from galapagos.learning.training import (
    EpochLosses,
    LearningSettings,
    Scores,
    batch_sizes,
    pack_memory,
    unpack_memory,
    weights_and_feedback,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from galapagos.genomes.graph import GraphGenome

_MOMENTS = {"adam": ("exp_avg", "exp_avg_sq"), "adadelta": ("square_avg", "acc_delta"), "sgd": ()}


class TorchTraining:
    """Networks in training together in torch; see `training.Training`.

    Args:
        genomes: At least one, of the same numbers of inputs and outputs, with weights and feedback.
        settings: How weights change.
        memories: What the optimizer remembers of each network, after equally many steps.
        device: Where to compute, as torch calls it: `cpu` or `cuda`.
        dtype: Of all numbers.
    """

    def __init__(
        self,
        genomes: Sequence[GraphGenome],
        settings: LearningSettings,
        memories: Sequence[NDArray[np.float32] | None] | None = None,
        *,
        device: str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self._settings, self._device, self._dtype = settings, torch.device(device), dtype
        self._layout: DenseLayout = dense_layout(genomes)
        self._counts = [genome.num_connections for genome in genomes]
        own = [weights_and_feedback(genome) for genome in genomes]
        self._weights = self._padded([weights for weights, _ in own]).requires_grad_()
        self._feedback = self._padded([feedback for _, feedback in own])
        self._places = torch.tensor(self._layout.places, device=self._device)
        self._columns = torch.tensor(self._layout.columns, device=self._device)
        self._to_output = torch.tensor(self._layout.to_output, device=self._device)
        self._by_oja = torch.tensor(self._layout.trained & ~self._layout.to_output, device=self._device)
        self._optimizer, self._steps = self._start(memories or [None] * len(genomes))

    def train_epoch(
        self, images: NDArray[Any], labels: NDArray[np.int64], order: NDArray[np.int64]
    ) -> EpochLosses:
        """Train one epoch on the images of `order`, in this order."""
        sizes = batch_sizes(len(order), self._settings.batch_size)
        all_images = torch.tensor(images[order], dtype=self._dtype, device=self._device)
        all_labels = torch.tensor(labels[order], device=self._device)
        losses = torch.zeros((len(self._counts), len(sizes)), dtype=torch.float64, device=self._device)
        correct = torch.zeros(len(self._counts), dtype=torch.int64, device=self._device)
        batches = zip(
            torch.split(all_images, self._settings.batch_size),
            torch.split(all_labels, self._settings.batch_size),
            strict=True,
        )
        for place, (batch, batch_labels) in enumerate(batches):
            values = self._values(batch)
            outputs = values[-1]
            loss = _losses(outputs, batch_labels)
            self._learn(loss, values)
            losses[:, place] = loss.detach()
            correct += (outputs.argmax(dim=2) == batch_labels).sum(dim=1)
        self._steps += len(sizes)
        return EpochLosses(losses.cpu().numpy(), sizes, correct.cpu().numpy())

    @torch.no_grad()
    def score(self, images: NDArray[Any], labels: NDArray[np.int64], batch_size: int) -> Scores:
        """Return what images are worth to the networks as they are."""
        total = torch.zeros(len(self._counts), dtype=torch.float64, device=self._device)
        correct = torch.zeros(len(self._counts), dtype=torch.int64, device=self._device)
        for first in range(0, len(labels), batch_size):
            batch_labels = torch.tensor(labels[first : first + batch_size], device=self._device)
            batch = torch.tensor(images[first : first + batch_size], dtype=self._dtype, device=self._device)
            outputs = self._values(batch)[-1]
            total += _losses(outputs, batch_labels).double() * len(batch_labels)
            correct += (outputs.argmax(dim=2) == batch_labels).sum(dim=1)
        return Scores((total / len(labels)).cpu().numpy(), correct.cpu().numpy(), len(labels))

    def weights(self, network: int) -> NDArray[Any]:
        """Return the weights (connections,) of a network as they are."""
        return self._weights[network, : self._counts[network]].detach().cpu().numpy().copy()

    def memory(self, network: int) -> NDArray[np.float32]:
        """Return what the optimizer needs to go on with a network."""
        count, state = self._counts[network], self._optimizer.state[self._weights]
        names = _MOMENTS[self._settings.optimizer]
        moments = [state[name][network, :count].cpu().numpy() if state else np.zeros(count) for name in names]
        return pack_memory(self._settings.optimizer, self._steps, moments)

    def _start(self, memories: Sequence[NDArray[np.float32] | None]) -> tuple[torch.optim.Optimizer, int]:
        from galapagos.learning.reference import TORCH_OPTIMIZERS

        name = self._settings.optimizer
        make_optimizer: Any = TORCH_OPTIMIZERS[name]
        optimizer: torch.optim.Optimizer = make_optimizer([self._weights], lr=self._settings.lr)
        unpacked = [
            unpack_memory(memory, name, count) for memory, count in zip(memories, self._counts, strict=True)
        ]
        all_steps = {steps for steps, _ in unpacked}
        if len(all_steps) != 1:
            raise ValueError(f"networks that learn together have taken different steps: {sorted(all_steps)}")
        steps = all_steps.pop()
        if steps and name != "sgd":
            moments = [self._padded([both[place] for _, both in unpacked]) for place in range(2)]
            optimizer.state[self._weights] = {
                "step": torch.tensor(float(steps)),
                **dict(zip(_MOMENTS[name], moments, strict=True)),
            }
        return optimizer, steps

    def _padded(self, arrays: Sequence[NDArray[Any]]) -> torch.Tensor:
        """Return (networks, most connections): the arrays, filled up with zeros."""
        padded = torch.zeros((len(arrays), max(self._counts)), dtype=self._dtype)
        for row, array in zip(padded, arrays, strict=True):
            row[: len(array)] = torch.tensor(array, dtype=self._dtype)
        return padded.to(self._device)

    def _matrices(self, weights: torch.Tensor) -> list[torch.Tensor]:
        """Return for each layer (networks, everything before it, the layer)."""
        flat = weights.new_zeros((len(weights), self._layout.size + 1)).scatter(1, self._places, weights)
        parts = torch.split(flat, [*[rows * columns for rows, columns in self._layout.shapes], 1], dim=1)
        return [
            part.view(len(weights), *shape) for part, shape in zip(parts, self._layout.shapes, strict=False)
        ]

    def _values(self, images: torch.Tensor) -> list[torch.Tensor]:
        """Return the values (networks, images, neurons) of the inputs and of each layer."""
        values = [images.expand(len(self._counts), *images.shape)]
        matrices = self._matrices(self._weights)
        aligned = self._settings.rule == "feedback_alignment"
        feedback = self._matrices(self._feedback) if aligned else matrices
        for layer, matrix in enumerate(matrices):
            before = torch.cat(values, dim=2)
            total = aligned_product(before, matrix, feedback[layer]) if aligned else before @ matrix
            values.append(total if layer == len(matrices) - 1 else total.relu())
        return values

    def _learn(self, losses: torch.Tensor, values: list[torch.Tensor]) -> None:
        self._optimizer.zero_grad()
        losses.sum().backward()  # type: ignore[no-untyped-call]
        changes = self._oja(values) if self._settings.rule == "hebbian" else None
        if self._settings.rule in {"hebbian", "last_layer"} and self._weights.grad is not None:
            self._weights.grad *= self._to_output
        self._optimizer.step()
        if changes is not None:
            with torch.no_grad():
                self._weights += changes

    @torch.no_grad()
    def _oja(self, values: list[torch.Tensor]) -> torch.Tensor:
        """Return lr (⟨y x⟩ - ⟨y²⟩ w) for each connection to a hidden neuron, 0 for the others."""
        count, networks = values[0].shape[1], len(self._counts)
        products = [
            (torch.cat(values[: layer + 1], dim=2).mT @ values[layer + 1]).flatten(1) / count
            for layer in range(len(self._layout.shapes))
        ]
        squares = torch.cat([(layer * layer).mean(dim=1) for layer in values[1:]], dim=1)
        # One more place at the end of each, which the connections that fill up a network read.
        nothing = self._weights.new_zeros((networks, 1))
        of_sources = torch.cat([*products, nothing], dim=1).gather(1, self._places)
        of_targets = torch.cat([squares, nothing], dim=1).gather(1, self._columns)
        changes = self._settings.lr * (of_sources - of_targets * self._weights)
        return torch.where(self._by_oja, changes, 0)


def _losses(outputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return the mean cross-entropy (networks,) of outputs (networks, images, outputs)."""
    networks = len(outputs)
    return cross_entropy(outputs.mT, labels.expand(networks, -1), reduction="none").mean(dim=1)
