"""What a stack of layers grows into: a function in torch with one flat vector of weights (Galápagos Nǎo).

Importing this module imports torch, which takes seconds: it is for those who train or run such networks.
"""

from __future__ import annotations

from functools import partial
from math import prod
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import leaky_relu, linear, softplus

from galapagos.genomes.layers import (
    ActivationLayer,
    BatchNormLayer,
    DenseLayer,
    DropoutLayer,
    LeakyReluLayer,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from galapagos.genomes.layers import Layer, LayerGenome

    Step = Callable[[torch.Tensor], torch.Tensor]

WEIGHT_DEVIATION = 0.1
"""Standard deviation of weights that are drawn; biases start at 0 (Galápagos Nǎo)."""

BATCH_NORM_EPSILON = 1e-5
BATCH_NORM_MOMENTUM = 0.1
"""How much of the running statistics a batch replaces; as torch and MXNet have it by default."""

_FUNCTIONS: dict[str, Step] = {
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "softrelu": softplus,
}


class LayerNetwork:
    """A stack of layers and its output layer, ready to be trained.

    It is no `torch.nn.Module`, since calling modules would take a tenth of the time of training: batches are
    small, and what such a network computes of one takes hardly longer than finding out what to compute.

    Args:
        genome: The stack; its seed decides about weights that are not inherited, and about dropout.
        device: Where torch computes; on another device than the CPU dropout draws other numbers.

    Attributes:
        weights: float32 tensor (sum of `genome.weight_counts()`,): all that training changes, layer after
            layer, the output layer last. What the layers read are views of it.
        gradient: The same shape; `backward()` of a loss adds to it. It stays 0 for running statistics.
    """

    def __init__(self, genome: LayerGenome, device: str = "cpu") -> None:
        self.weights = torch.from_numpy(initial_weights(genome)).to(device)
        self.gradient = torch.zeros_like(self.weights)
        self._generator = torch.Generator(device).manual_seed(genome.seed)
        self._in_training: list[Step] = []
        self._in_evaluation: list[Step] = []
        begin = 0
        for layer, width, count in zip(genome.layers, genome.widths(), genome.weight_counts(), strict=False):
            self._put(layer, width, begin)
            begin += count
        self._put(DenseLayer(genome.num_outputs), genome.widths()[-1], begin)

    def __call__(self, images: torch.Tensor, *, training: bool) -> torch.Tensor:
        """Return the logits (images, num_outputs) of images (images, num_inputs).

        Args:
            images: float32, on the network's device.
            training: Whether dropout drops, and batch normalisation reads the batch and learns its
                statistics. One image alone has none, so it is normalised as in evaluation.
        """
        values = images
        for step in self._in_training if training else self._in_evaluation:
            values = step(values)
        return values

    def trained(self) -> NDArray[np.float32]:
        """Return a copy of the weights, flat, in the order of growing."""
        weights: NDArray[np.float32] = self.weights.cpu().numpy().copy()
        return weights

    def _put(self, layer: Layer, width: int, begin: int) -> None:
        """Put a layer on top; `width` values go into it, and its weights are those from `begin` on."""
        match layer:
            case DenseLayer():
                weights = self._learned(begin, layer.units, width)
                biases = self._learned(begin + layer.units * width, layer.units)
                self._append(partial(linear, weight=weights, bias=biases))
                if layer.activation != "none":
                    self._append(_FUNCTIONS[layer.activation])
            case ActivationLayer():
                self._append(_FUNCTIONS[layer.function])
            case DropoutLayer():
                self._in_training.append(partial(_dropped, rate=layer.rate, generator=self._generator))
            case BatchNormLayer():
                learned = (self._learned(begin, width), self._learned(begin + width, width))
                mean, variance = self._part(begin + 2 * width, width), self._part(begin + 3 * width, width)
                for steps, training in ((self._in_training, True), (self._in_evaluation, False)):
                    steps.append(partial(_normalised, learned, (mean, variance), training))
            case LeakyReluLayer():
                self._append(partial(leaky_relu, negative_slope=layer.slope))

    def _append(self, step: Step) -> None:
        self._in_training.append(step)
        self._in_evaluation.append(step)

    def _part(self, begin: int, *shape: int) -> torch.Tensor:
        # `.data`, since torch would otherwise take a new running mean for a change of all weights, and refuse
        # to go back through those that were read before it.
        return self.weights.data[begin : begin + prod(shape)].view(shape)

    def _learned(self, begin: int, *shape: int) -> torch.Tensor:
        """Return a view of the weights whose gradient is the same view of the gradient."""
        view = self._part(begin, *shape).requires_grad_()
        view.grad = self.gradient[begin : begin + prod(shape)].view(shape)
        return view


def initial_weights(genome: LayerGenome) -> NDArray[np.float32]:
    """Return the weights of a stack at birth, flat: inherited, or drawn N(0, 0.1²) from its seed.

    Biases start at 0, and batch normalisation with scale 1, shift 0, running mean 0 and variance 1.

    Returns:
        float32 array (sum of `genome.weight_counts()`,), layer after layer, the output layer last.
    """
    rng = np.random.default_rng(genome.seed)
    layers: list[Layer] = [*genome.layers, DenseLayer(genome.num_outputs)]
    return np.concatenate(
        [
            _drawn(layer, width, rng) if inherited is None else inherited
            for layer, width, inherited in zip(layers, genome.widths(), genome.inherited(), strict=True)
        ]
    )


def _drawn(layer: Layer, width: int, rng: np.random.Generator) -> NDArray[np.float32]:
    match layer:
        case DenseLayer():
            weights = rng.normal(0.0, WEIGHT_DEVIATION, layer.units * width)
            return np.append(weights, np.zeros(layer.units)).astype(np.float32)
        case BatchNormLayer():
            return np.repeat(np.array([1, 0, 0, 1], dtype=np.float32), width)
    return np.empty(0, dtype=np.float32)


def _dropped(values: torch.Tensor, rate: float, generator: torch.Generator) -> torch.Tensor:
    # Numbers from 0 to 1 are drawn five times as fast as Bernoulli's.
    kept = torch.empty_like(values).uniform_(generator=generator).ge_(rate)
    return values * kept.mul_(1 / (1 - rate))


def _normalised(
    learned: tuple[torch.Tensor, torch.Tensor],
    statistics: tuple[torch.Tensor, torch.Tensor],
    training: bool,
    values: torch.Tensor,
) -> torch.Tensor:
    reads_batch = training and len(values) > 1
    return torch.batch_norm(
        values, *learned, *statistics, reads_batch, BATCH_NORM_MOMENTUM, BATCH_NORM_EPSILON, False
    )
