"""Elites to be saved, of every kind of network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from galapagos.evaluation import EpochResult, Evaluation, WeightResult
from galapagos.evolution.archive import Elite
from galapagos.evolution.individual import Origin, create
from galapagos.genomes.layers import BatchNormLayer, DenseLayer, DropoutLayer, LayerGenome
from galapagos.genomes.learning_networks import with_weights
from galapagos.parameters import Parameters
from tests.strategies import random_genome

if TYPE_CHECKING:
    from galapagos.genomes.graph import GraphGenome

PARAMETERS = Parameters(env_name="CartPoleSwingUp").model_dump(mode="json")
HOSTILE = "[red]\x1b[31m\u202eevil[/nope] \x9b5m[@click=app.quit]x[/] 好" + "x" * 20_000


def graph_elite(seed: int = 0, fitness: float = 500.0, **parameters: Any) -> Elite:
    """Return an elite of a gym task, whose connections share a weight."""
    return _elite(random_genome(seed), _by_weight(fitness), seed, PARAMETERS | parameters)


def learned_elite(seed: int = 0, *, inherited: bool = False) -> Elite:
    """Return an elite that learned its weights, and kept them where they are inherited."""
    genome = with_weights(random_genome(seed), np.random.default_rng(seed))
    trained = np.linspace(-1, 1, genome.num_connections, dtype=np.float32) if inherited else None
    evaluation = Evaluation(
        fitness=-0.25,
        objectives={"mean": -0.25, "max": -0.25, "accuracy": 0.9},
        by_weight=(),
        trials=100,
        standard_deviation=0.0,
        steps=1000,
        by_epoch=(EpochResult(1, 0.25, 0.9),),
        trained=trained,
    )
    return _elite(genome, evaluation, seed, {"experiment": "wlnn", "dataset": "digits"})


def stack_elite(*, inherited: bool = True) -> Elite:
    """Return an elite stack of layers."""
    genome = LayerGenome(4, 3, (DenseLayer(5, "relu"), BatchNormLayer(), DropoutLayer(0.25)), seed=7)
    count = sum(genome.weight_counts())
    trained = np.linspace(0.1, 1, count, dtype=np.float32) if inherited else None
    evaluation = Evaluation(0.8, {"mean": 0.8, "max": 0.8, "test_accuracy": 0.8}, (), 10, 0.0, 10)
    evaluation = Evaluation(
        **{name: getattr(evaluation, name) for name in ("fitness", "objectives", "by_weight", "trials")},
        standard_deviation=0.0,
        steps=10,
        by_epoch=(EpochResult(1, 0.5, 0.8),),
        trained=trained,
    )
    return _elite(genome, evaluation, 3, {"experiment": "layers", "dataset": "digits"})


def _by_weight(fitness: float) -> Evaluation:
    weights = (-1.0, 1.5)
    results = tuple(WeightResult(weight, fitness + weight, 3.0, 4) for weight in weights)
    objectives = {"mean": fitness, "max": fitness + 1.5}
    return Evaluation(fitness, objectives, results, 4, 3.5, 4000)


def _elite(
    genome: GraphGenome | LayerGenome, evaluation: Evaluation, seed: int, parameters: dict[str, Any]
) -> Elite:
    individual = create(
        genome, parents=("00000000000000aa",), operator="add_node", seed=1, generation=12, index=seed
    )
    size = genome.complexity("layers" if isinstance(genome, LayerGenome) else "connections")
    return Elite(individual, evaluation, size, Origin("2026-01-02_run", parameters))


def every_kind() -> list[Elite]:
    """Return an elite of each kind of network, with weights of its own, inherited ones and none."""
    return [
        graph_elite(),
        learned_elite(),
        learned_elite(inherited=True),
        stack_elite(),
        stack_elite(inherited=False),
    ]
