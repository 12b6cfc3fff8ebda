"""Entries as the library returns them, one for every kind of network, and some that are hard to take."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from galapagos.evaluation import Evaluation, WeightResult
from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import graph_genome
from galapagos.genomes.layers import (
    ActivationLayer,
    BatchNormLayer,
    DenseLayer,
    DropoutLayer,
    FlattenLayer,
    LayerGenome,
    LeakyReluLayer,
)
from galapagos.genomes.network_file import read_network
from library_store.drafts import draft
from library_store.entry import Entry, Injection
from tests.genomes.layer_genomes import random_weights
from tests.learning.learners import random_learner
from tests.library_store.elites import HOSTILE, graph_elite, learned_elite, stack_elite

if TYPE_CHECKING:
    from collections.abc import Callable

    from galapagos.evolution.archive import Elite
    from galapagos.genomes.genome import Genome
    from galapagos.genomes.graph import GraphGenome

CHAMPION = Path(__file__).parents[3] / "shared" / "data" / "wann-champions" / "swing.out"


def entry_of(what: Elite | Genome, **facts: Any) -> Entry:
    """Return the entry that an elite or a network becomes, its weights at hand."""
    entry, tensors = draft(what)
    return entry.changed(read_weights=lambda: tensors, **facts)


def champion() -> Entry:
    """Return the published champion of the swing-up; it lies beside the checkout, or not."""
    return entry_of(read_network(CHAMPION), name="champion", tags=("published",))


def every_activation(*, bias_input: bool = True) -> GraphGenome:
    """Return a network in which every activation reads all inputs and some neurons, over several layers."""
    hidden = [*Activation, *reversed(Activation)]
    sensors = 3 + bias_input
    first = sensors + 2
    connections = [(sensor, first + place) for sensor in range(sensors) for place in range(len(hidden))]
    connections += [(first + place, first + place + 3) for place in range(len(hidden) - 3)]
    connections += [(first + place, sensors + place % 2) for place in range(len(hidden))]
    return graph_genome(
        num_inputs=3,
        num_outputs=2,
        activations=[*[Activation.LINEAR] * first, *hidden],
        connections=connections,
        bias_input=bias_input,
    )


def with_dead_neurons() -> GraphGenome:
    """Return a network with neurons that nothing leads to, or that lead nowhere, and an idle output.

    A gaussian neuron of 0 would be 1, but one without inputs is 0.
    """
    return graph_genome(
        num_inputs=2,
        num_outputs=2,
        activations=[*[Activation.LINEAR] * 4, Activation.GAUSSIAN, Activation.COSINE, Activation.TANH],
        connections=[(0, 5), (4, 5), (5, 2), (1, 6), (4, 6), (1, 2)],
    )


def learner_with_feedback() -> GraphGenome:
    """Return a network with weights, the feedback of feedback alignment, and epochs behind it."""
    genome = random_learner(5)
    assert genome.feedback is not None
    return replace(genome, epochs=7)


def stack(*, weighted: bool) -> LayerGenome:
    """Return a stack with a layer of every type and every function."""
    layers = (
        FlattenLayer(),
        DenseLayer(9, "relu"),
        BatchNormLayer(),
        DropoutLayer(0.3),
        DenseLayer(7, "tanh"),
        LeakyReluLayer(0.15),
        DenseLayer(6, "softrelu"),
        ActivationLayer("sigmoid"),
        ActivationLayer("softrelu"),
        DenseLayer(5, "sigmoid"),
        ActivationLayer("tanh"),
        ActivationLayer("relu"),
        DenseLayer(4),
    )
    genome = LayerGenome(num_inputs=6, num_outputs=3, layers=layers, seed=2**62 + 11)
    return genome.with_trained(random_weights(genome, 4), 5) if weighted else genome


def partly_inherited() -> LayerGenome:
    """Return a stack of which one layer inherited weights and the others did not."""
    layers = (DenseLayer(3, "relu", np.arange(15, dtype=np.float32)), DenseLayer(2))
    return LayerGenome(num_inputs=4, num_outputs=2, layers=layers, seed=3, epochs=2)


def hostile() -> Entry:
    """Return an entry whose every text would like to be obeyed, as it was before anything was cleaned."""
    texts = dict.fromkeys(("name", "notes", "task", "run", "operator", "program"), HOSTILE)
    injection = Injection(HOSTILE, "/runs/\x1b[31m\n", 3, 1e9)
    parameters: dict[str, Any] = {HOSTILE[:40]: [HOSTILE, None, {"deep": [[[]]]}], "experiment": "wann-gym"}
    tags = (HOSTILE[:20], "a,b", "")
    return entry_of(graph_elite(3), **texts, injections=(injection,), parameters=parameters, tags=tags)


def with_results_that_are_no_numbers() -> Entry:
    """Return an entry of a network whose validation loss was not finite in an epoch."""
    entry = entry_of(learned_elite(2, inherited=True))
    assert entry.results is not None
    epochs = [{"epoch": 1, "loss": 0.5, "accuracy": 0.5, "validation_loss": float("nan")}]
    return entry.changed(results={**entry.results, "by_epoch": epochs})


def evaluated(genome: Genome, best_weight: float) -> Entry:
    """Return an entry of a network that was tried with several weights, of which one was the best."""
    results = tuple(WeightResult(weight, -abs(weight - best_weight), 0.0, 1) for weight in (1.0, best_weight))
    evaluation = Evaluation(0.0, {"mean": 0.0, "max": 0.0}, results, 1, 0.0, 1)
    from galapagos.engine.records.individual_json import evaluation_to_json

    return entry_of(genome, results=evaluation_to_json(evaluation))


ENTRIES: dict[str, Callable[[], Entry]] = {
    "elite of a gym task": lambda: entry_of(graph_elite(1), tags=("a", "b"), notes="two\nlines"),
    "every activation": lambda: evaluated(every_activation(), 1.7),
    "every activation, no bias": lambda: entry_of(every_activation(bias_input=False)),
    "dead neurons": lambda: entry_of(with_dead_neurons()),
    "no connections": lambda: entry_of(
        graph_genome(num_inputs=2, num_outputs=1, activations=[Activation.LINEAR] * 3, connections=[])
    ),
    "elite that learned": lambda: entry_of(learned_elite(4, inherited=True)),
    "elite that learns anew": lambda: entry_of(learned_elite(4)),
    "weights and feedback": lambda: entry_of(learner_with_feedback()),
    "loss that is not finite": with_results_that_are_no_numbers,
    "elite stack": lambda: entry_of(stack_elite()),
    "stack of every layer": lambda: entry_of(stack(weighted=True)),
    "stack that is drawn": lambda: entry_of(stack(weighted=False)),
    "stack that inherits in part": lambda: entry_of(partly_inherited()),
    "linear classifier": lambda: entry_of(LayerGenome(3, 2, (), seed=0)),
    "hostile texts": hostile,
}
"""One of every kind, by what it is."""
