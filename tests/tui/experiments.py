"""Scripted runs of every kind of experiment: pictures, answers about elites, and engines that give them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from galapagos.engine.snapshot import Happening
from galapagos.parameters import Parameters, special_defaults
from tests.engine.fakes import GENOME, FakeHost, elite_summary, snapshot

if TYPE_CHECKING:
    from galapagos.engine.snapshot import EliteSummary, Snapshot

LAYERS: dict[str, Any] = {
    "kind": "layers",
    "version": 1,
    "num_inputs": 784,
    "num_outputs": 10,
    "layers": [
        {"type": "dense", "units": 64, "activation": "relu"},
        {"type": "batch_norm"},
        {"type": "dropout", "rate": 0.5},
        {"type": "leaky_relu", "slope": 0.2},
        {"type": "activation", "function": "tanh"},
        {"type": "flatten"},
    ],
    "seed": 7,
}
WEIGHT_VALUES = (-2.0, -1.0, -0.5, 0.5, 1.0, 2.0)


def parameters_of(experiment: str, **changes: Any) -> dict[str, Any]:
    """Return the parameters of an experiment as they are in a snapshot."""
    values = {**special_defaults(experiment), "experiment": experiment, **changes}
    return Parameters.model_validate(values).model_dump(mode="json")


def classification_snapshot(**changes: Any) -> Snapshot:
    """Return a plausible picture of weight-agnostic networks that tell digits apart."""
    losses = (2.214, 1.874, 1.403, 1.522)
    elites = tuple(
        elite_summary(
            level,
            fitness=-losses[level - 1],
            standard_deviation=0.1 * level,
            best_weight=1.0,
            accuracies={"accuracy": 0.2 + 0.1 * level, "max_accuracy": 0.3 + 0.1 * level},
        )
        for level in range(1, 5)
    )
    return _picture("wann-classification", "wann-classification/digits", elites, **changes)


def wlnn_snapshot(**changes: Any) -> Snapshot:
    """Return a plausible picture of evolved networks that learn MNIST."""
    losses = (0.982, 0.541, 0.214, 0.307)
    elites = tuple(
        elite_summary(
            level,
            fitness=-losses[level - 1],
            standard_deviation=0.0,
            best_weight=None,
            accuracies=_accuracies(1 - losses[level - 1] / 3),
            epochs=5,
        )
        for level in range(1, 5)
    )
    return _picture("wlnn", "wlnn/mnist-backprop", elites, champion_test=0.916, **changes)


def learning_snapshot(epoch: int = 12, **changes: Any) -> Snapshot:
    """Return a plausible picture of one network that learned MNIST for some epochs of a hundred."""
    loss = 2.0 / (1 + epoch)
    network = elite_summary(
        1,
        low=26_600,
        high=26_600,
        complexity=26_600,
        connections=26_600,
        neurons=366,
        layers=3,
        born=0,
        fitness=-loss,
        standard_deviation=0.0,
        best_weight=None,
        accuracies=_accuracies(1 - loss / 2),
        epochs=epoch,
    )
    learned: dict[str, Any] = {
        "generation": epoch,
        "last_generation": 100,
        "total": 1,
        "done": 0,
        "population": ((-loss, 26_600),),
        "evaluations_per_second": 0.4,
        "happenings": (),
    }
    parameters = parameters_of("learning", dataset="mnist", num_epochs=100, num_hidden=100)
    return _picture(
        "learning", "learning/mnist-backprop", (network,), **{**learned, "parameters": parameters, **changes}
    )


def layers_snapshot(**changes: Any) -> Snapshot:
    """Return a plausible picture of stacks of layers, bred from the best of each number of layers."""
    shares = (0.846, 0.853, 0.872, 0.861)
    elites = tuple(
        elite_summary(
            level,
            low=3 * level - 2,
            high=3 * level,
            fitness=shares[level - 1],
            standard_deviation=0.0,
            best_weight=None,
            complexity=3 * level,
            layers=3 * level,
            neurons=64 * level,
            connections=50_890 * level,
            accuracies=_accuracies(shares[level - 1]),
            epochs=1,
        )
        for level in range(1, 5)
    )
    population = tuple((0.5 + 0.004 * (index % 90), index % 13) for index in range(64))
    return _picture(
        "layers", "layers/mnist", elites, **{"champion_test": 0.869, "population": population, **changes}
    )


def _accuracies(held_out: float) -> dict[str, float]:
    return {"accuracy": held_out + 0.01, "validation_accuracy": held_out, "test_accuracy": held_out - 0.005}


def _picture(experiment: str, title: str, elites: tuple[EliteSummary, ...], **changes: Any) -> Snapshot:
    fitnesses = [elite.fitness for elite in elites]
    return replace(
        snapshot(),
        **{
            "title": title,
            "elites": elites,
            "champion": max(elites, key=lambda elite: elite.fitness),
            "champion_test": None,
            "best_fitness": max(fitnesses),
            "mean_fitness": sum(fitnesses) / len(fitnesses),
            "population": tuple((2 * min(fitnesses) * (1 + index % 9) / 9, 1 + index) for index in range(48)),
            "parameters": parameters_of(experiment),
            "happenings": (Happening(214, "elite", "size 34 ▲"),),
            **changes,
        },
    )


def known_of(elite: EliteSummary, experiment: str) -> dict[str, Any]:
    """Return what an engine of an experiment answers about an elite."""
    evaluation: dict[str, Any] = {
        "fitness": elite.fitness,
        "standard_deviation": elite.standard_deviation,
        "objectives": {"mean": elite.fitness, "max": elite.fitness, **elite.accuracies},
        "by_weight": [],
    }
    if experiment == "wann-classification":
        evaluation["by_weight"] = [
            {
                "weight": weight,
                "mean": elite.fitness - abs(weight - 1),
                "std": 0.0,
                "trials": 1347,
                "accuracy": 0.7 - 0.1 * abs(weight - 1),
            }
            for weight in WEIGHT_VALUES
        ]
    elif experiment != "wann-gym":
        epochs = (
            range(elite.epochs, elite.epochs + 1) if experiment == "learning" else range(1, elite.epochs + 1)
        )
        evaluation["by_epoch"] = [
            {
                "epoch": epoch,
                "loss": 2.0 / (1 + epoch),
                "accuracy": 1 - 1.0 / (1 + epoch),
                "validation_loss": 2.1 / (1 + epoch),
                "validation_accuracy": 1 - 1.1 / (1 + epoch),
                "test_accuracy": 1 - 1.2 / (1 + epoch),
            }
            for epoch in epochs
        ]
    return {
        "genome": LAYERS if experiment == "layers" else GENOME.to_json(),
        "parents": [],
        "operator": "initial" if experiment == "learning" else "add_node",
        "generation": elite.born,
        "evaluation": evaluation,
    }


PICTURES = {
    "wann-gym": snapshot,
    "wann-classification": classification_snapshot,
    "wlnn": wlnn_snapshot,
    "learning": learning_snapshot,
    "layers": layers_snapshot,
}
"""A picture of each kind of experiment."""


def host_of(experiment: str, **changes: Any) -> FakeHost:
    """Return a scripted engine of an experiment, whose picture has some fields replaced."""
    host = FakeHost(PICTURES[experiment](**changes))
    host.genomes = {elite.id: known_of(elite, experiment) for elite in host.picture.elites}
    return host
