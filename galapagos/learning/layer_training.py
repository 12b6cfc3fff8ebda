"""Training of stacks of layers by backpropagation in torch, one network and one thread at a time.

Importing this module imports torch, which takes seconds.
"""

from __future__ import annotations

import math
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from torch.nn.functional import cross_entropy

from galapagos.evaluation import EpochResult, Failed
from galapagos.learning.training import ADADELTA_EPSILON, ADAM_EPSILON, BETA_1, BETA_2, RHO
from galapagos.networks.layer_network import LayerNetwork

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from galapagos.genomes.layers import LayerGenome
    from galapagos.parameter_declarations import Optimizer

    Take = Callable[[], None]

EVALUATION_BATCH = 1000
"""Images in a batch where nothing is learned: a constant, so that no other parameter moves a result."""


@dataclass(frozen=True, slots=True, eq=False)
class LabelledImages:
    """Images with their labels, on the device where networks are trained.

    Args:
        images: float32 (images, features).
        labels: int64 (images,), from 0.
    """

    images: torch.Tensor
    labels: torch.Tensor

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, slots=True, eq=False)
class LayerSettings:
    """How stacks of layers learn.

    Args:
        optimizer: `sgd` without momentum, `adam` or `adadelta`, with the constants of torch.
        lr: The learning rate.
        batch_size: Images in a batch; the last batch of an epoch may be smaller.
        num_epochs: Passes over the training images.
        order_of: Returns the order of the training images in an epoch, from 0: int64 (images,).
        device: Where torch computes.
    """

    optimizer: Optimizer
    lr: float
    batch_size: int
    num_epochs: int
    order_of: Callable[[int], NDArray[np.int64]]
    device: str = "cpu"


@dataclass(frozen=True, slots=True, eq=False)
class TrainedLayers:
    """What training came to.

    Args:
        by_epoch: One result an epoch; the last has the test accuracy.
        accuracy: Of the training images in the last epoch, each in its batch before the step.
        validation_accuracy: After the last epoch.
        test_accuracy: After the last epoch.
        weights: float32 array (sum of `genome.weight_counts()`,): the last ones, in the order of growing.
    """

    by_epoch: tuple[EpochResult, ...]
    accuracy: float
    validation_accuracy: float
    test_accuracy: float
    weights: NDArray[np.float32]


def train_layers(
    genome: LayerGenome,
    settings: LayerSettings,
    *,
    training: LabelledImages,
    validation: LabelledImages,
    test: LabelledImages,
) -> TrainedLayers | Failed:
    """Train a stack of layers by softmax cross-entropy, from the weights of its genome (Galápagos Nǎo).

    The result follows from the arguments alone, bit for bit on the CPU.

    Returns:
        A failure as soon as an epoch ends with a loss that is not a finite number.
    """
    with _one_thread():
        network = LayerNetwork(genome, settings.device)
        take_step = _stepper(network, settings)
        results = list[EpochResult]()
        for epoch in range(settings.num_epochs):
            order = torch.from_numpy(settings.order_of(epoch)).to(settings.device)
            loss, accuracy = _train_epoch(network, training, order, settings.batch_size, take_step)
            held_out_loss, held_out_accuracy = assess(network, validation)
            if not math.isfinite(loss + held_out_loss):
                return _not_finite(f"in epoch {epoch + 1}")
            results.append(EpochResult(epoch + 1, loss, accuracy, held_out_loss, held_out_accuracy))
        test_loss, test_accuracy = assess(network, test)
        if not math.isfinite(test_loss):
            return _not_finite("of the test images")
        results[-1] = replace(results[-1], test_accuracy=test_accuracy)
        return TrainedLayers(tuple(results), accuracy, held_out_accuracy, test_accuracy, network.trained())


def assess(network: LayerNetwork, data: LabelledImages) -> tuple[float, float]:
    """Return the mean cross-entropy, and the share of images that are classified rightly."""
    losses, correct = list[float](), 0
    with torch.inference_mode():
        for images, labels in zip(
            torch.split(data.images, EVALUATION_BATCH),
            torch.split(data.labels, EVALUATION_BATCH),
            strict=True,
        ):
            logits = network(images, training=False)
            losses.append(float(cross_entropy(logits, labels, reduction="sum")))
            correct += int((logits.argmax(1) == labels).sum())
    return math.fsum(losses) / len(data), correct / len(data)


def labelled_images(
    images: NDArray[np.float32], labels: NDArray[np.int64], device: str = "cpu"
) -> LabelledImages:
    """Return arrays as tensors on a device; on the CPU they share the memory of the arrays.

    Args:
        images: (images, features); read only, so it may be mapped from a file.
        labels: (images,).
        device: Where torch is to compute.
    """
    with warnings.catch_warnings():
        # torch warns of arrays that cannot be written; nothing here writes into images.
        warnings.filterwarnings("ignore", message=".*not writable")
        return LabelledImages(torch.from_numpy(images).to(device), torch.from_numpy(labels).to(device))


def _not_finite(where: str) -> Failed:
    return Failed("not_finite", f"the loss {where} is not a finite number")


def _train_epoch(
    network: LayerNetwork, data: LabelledImages, order: torch.Tensor, batch_size: int, take_step: Take
) -> tuple[float, float]:
    """Train on all images once and return the mean loss and the accuracy, each batch before its step."""
    labels, losses, predicted = data.labels[order], list[torch.Tensor](), list[torch.Tensor]()
    for chosen, wanted in zip(torch.split(order, batch_size), torch.split(labels, batch_size), strict=True):
        # A batch is gathered when it is needed, and so still in the cache: five times as fast as gathering
        # the epoch at once.
        logits = network(data.images.index_select(0, chosen), training=True)
        loss = cross_entropy(logits, wanted)
        network.gradient.zero_()
        loss.backward()  # type: ignore[no-untyped-call]
        take_step()
        losses.append(loss.detach() * len(wanted))
        predicted.append(logits.detach().argmax(1))
    correct = int((torch.cat(predicted) == labels).sum())
    return math.fsum(torch.stack(losses).tolist()) / len(labels), correct / len(labels)


def _stepper(network: LayerNetwork, settings: LayerSettings) -> Take:
    """Return what takes a step of the optimizer, on all weights at once; what it remembers starts anew."""
    weights, gradient, lr = network.weights, network.gradient, settings.lr
    first, second = torch.zeros_like(weights), torch.zeros_like(weights)
    steps = 0

    def by_gradient() -> None:
        weights.add_(gradient, alpha=-lr)

    def by_adam() -> None:
        nonlocal steps
        steps += 1
        first.lerp_(gradient, 1 - BETA_1)
        second.mul_(BETA_2).addcmul_(gradient, gradient, value=1 - BETA_2)
        scale = second.sqrt().div_(math.sqrt(1 - BETA_2**steps)).add_(ADAM_EPSILON)
        weights.addcdiv_(first, scale, value=-lr / (1 - BETA_1**steps))

    def by_adadelta() -> None:
        first.mul_(RHO).addcmul_(gradient, gradient, value=1 - RHO)
        move = (second + ADADELTA_EPSILON).sqrt_().div_((first + ADADELTA_EPSILON).sqrt_()).mul_(gradient)
        second.mul_(RHO).addcmul_(move, move, value=1 - RHO)
        weights.add_(move, alpha=-lr)

    return {"sgd": by_gradient, "adam": by_adam, "adadelta": by_adadelta}[settings.optimizer]


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let torch compute with one thread, so that sums do not depend on how many there are."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
