"""Training of stacks of layers against the same network as a plain torch.nn.Sequential."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from galapagos.evaluation import Failed
from galapagos.genomes.layers import BatchNormLayer, DenseLayer, DropoutLayer, LayerGenome, LeakyReluLayer
from galapagos.learning.layer_training import (
    LabelledImages,
    LayerSettings,
    TrainedLayers,
    labelled_images,
    train_layers,
)
from galapagos.networks.layer_network import initial_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from galapagos.parameter_declarations import Optimizer

GENOME = LayerGenome(
    num_inputs=6,
    num_outputs=3,
    layers=(DenseLayer(5, "tanh"), BatchNormLayer(), LeakyReluLayer(0.2), DenseLayer(4, "sigmoid")),
    seed=21,
)


def order(epoch: int) -> NDArray[np.int64]:
    return np.random.default_rng(epoch).permutation(43)


SETTINGS = LayerSettings("sgd", lr=0.1, batch_size=8, num_epochs=3, order_of=order)


def data(seed: int, count: int) -> LabelledImages:
    rng = np.random.default_rng(seed)
    return labelled_images(rng.random((count, 6), dtype=np.float32), rng.integers(3, size=count))


def trained(genome: LayerGenome = GENOME, settings: LayerSettings = SETTINGS) -> TrainedLayers | Failed:
    return train_layers(genome, settings, training=data(1, 43), validation=data(2, 20), test=data(3, 10))


def plain_network() -> torch.nn.Sequential:
    """Return the same stack with the same weights as torch has it."""
    network = torch.nn.Sequential(
        torch.nn.Linear(6, 5),
        torch.nn.Tanh(),
        torch.nn.BatchNorm1d(5),
        torch.nn.LeakyReLU(0.2),
        torch.nn.Linear(5, 4),
        torch.nn.Sigmoid(),
        torch.nn.Linear(4, 3),
    )
    parts = np.split(initial_weights(GENOME), np.cumsum(GENOME.weight_counts())[:-1])
    with torch.no_grad():
        for place, part in ((0, parts[0]), (4, parts[3]), (6, parts[4])):
            layer = network[place]
            assert isinstance(layer, torch.nn.Linear)
            layer.weight.copy_(torch.from_numpy(part[: layer.weight.numel()]).view_as(layer.weight))
            layer.bias.zero_()
    return network


@pytest.mark.parametrize(
    ("optimizer", "lr", "of_torch"),
    [
        ("sgd", 0.1, torch.optim.SGD),
        ("adam", 0.01, torch.optim.Adam),
        ("adadelta", 1.0, torch.optim.Adadelta),
    ],
)
def test_training_is_that_of_a_plain_torch_network(
    optimizer: Optimizer, lr: float, of_torch: type[torch.optim.Optimizer]
) -> None:
    ours = trained(settings=dataclasses.replace(SETTINGS, optimizer=optimizer, lr=lr))
    assert isinstance(ours, TrainedLayers)
    network, training = plain_network(), data(1, 43)
    options: dict[str, Any] = {"rho": 0.9} if optimizer == "adadelta" else {}
    stepper = of_torch(network.parameters(), lr=lr, **options)  # type: ignore[call-arg]
    for epoch, result in enumerate(ours.by_epoch):
        network.train()
        losses = []
        for chosen in torch.split(torch.from_numpy(order(epoch)), 8):
            stepper.zero_grad()
            loss = torch.nn.functional.cross_entropy(
                network(training.images[chosen]), training.labels[chosen]
            )
            loss.backward()  # type: ignore[no-untyped-call]
            stepper.step()
            losses.append(loss.item() * len(chosen))
        assert result.loss == pytest.approx(sum(losses) / 43, rel=1e-4)
    network.eval()
    with torch.no_grad():
        held_out = data(2, 20)
        expected = float(torch.nn.functional.cross_entropy(network(held_out.images), held_out.labels))
    assert ours.by_epoch[-1].validation_loss == pytest.approx(expected, rel=1e-4)
    assert ours.by_epoch[-1].test_accuracy == ours.test_accuracy
    assert [result.epoch for result in ours.by_epoch] == [1, 2, 3]


def test_training_from_what_was_learned_goes_on_where_it_stopped() -> None:
    first = trained(settings=dataclasses.replace(SETTINGS, num_epochs=2))
    assert isinstance(first, TrainedLayers)
    more = trained(
        GENOME.with_trained(first.weights, 2),
        dataclasses.replace(SETTINGS, num_epochs=1, order_of=lambda _: order(2)),
    )
    whole = trained()
    assert isinstance(more, TrainedLayers)
    assert isinstance(whole, TrainedLayers)
    np.testing.assert_array_equal(more.weights, whole.weights)


def test_the_same_network_is_trained_to_the_same_bits_and_the_callers_threads_stay() -> None:
    genome = dataclasses.replace(GENOME, layers=(*GENOME.layers, DropoutLayer(0.5)))
    threads = torch.get_num_threads()
    first, again = trained(genome), trained(genome)
    assert isinstance(first, TrainedLayers)
    assert isinstance(again, TrainedLayers)
    np.testing.assert_array_equal(first.weights, again.weights)
    assert first.by_epoch == again.by_epoch
    assert torch.get_num_threads() == threads


@pytest.mark.parametrize("batch_size", [1, 42, 100])
def test_an_image_alone_in_its_batch_is_trained_on_too(batch_size: int) -> None:
    outcome = trained(settings=dataclasses.replace(SETTINGS, batch_size=batch_size))
    assert isinstance(outcome, TrainedLayers)
    assert np.isfinite(outcome.weights).all()


def test_a_network_that_diverges_is_a_failure_of_one_line() -> None:
    weights = np.full(sum(GENOME.weight_counts()), math.inf, dtype=np.float32)
    outcome = trained(GENOME.with_trained(weights, 1))
    assert outcome == Failed("not_finite", "the loss in epoch 1 is not a finite number")
