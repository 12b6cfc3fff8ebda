"""Checkpoints to write, with every property that a file could lose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from galapagos.engine.records.checkpoint import Checkpoint
from galapagos.evolution.archive import Elite
from galapagos.parameters import Parameters
from tests.engine.populations import (
    random_evaluation,
    random_individual,
    random_learning,
    random_outcomes,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from galapagos.genomes.graph import GraphGenome


def a_checkpoint(generation: int = 3, size: int = 20, connections: int = 20) -> Checkpoint:
    rng = np.random.default_rng(generation)
    population = tuple(random_individual(rng, generation, ("0" * 16,), connections) for _ in range(size))
    stranger = random_individual(rng, 0)
    return Checkpoint(
        generation=generation,
        parameters=Parameters.model_validate({"seed": 2**62, "num_generations": "infinity"}).model_dump(
            mode="json"
        ),
        population=population,
        outcomes=tuple(random_outcomes(rng, size)),
        elites=tuple(
            Elite(individual, random_evaluation(rng) if complexity % 2 else random_learning(rng), complexity)
            for complexity, individual in enumerate((*population[:5], stranger))
        ),
        confirmed=tuple(individual.id for individual in population[5:8]),
        dropped=tuple(individual.id for individual in population[8:10]),
        pinned=(stranger, *population[:1]),
        breeds=((population[0], 3),) if population else (),
        journal_length=12345,
        evaluations=10**12,
        elapsed=0.1 + 0.2,
        champion_test={"id": "x", "means": [1 / 3, -0.0, 5e-324], "nothing": None},
    )


def assert_bits_equal(one: GraphGenome, other: GraphGenome) -> None:
    for name in ("num_inputs", "num_outputs", "bias_input", "epochs"):
        assert getattr(one, name) == getattr(other, name)
    pairs: list[tuple[NDArray[Any], NDArray[Any]]] = [
        (one.activations, other.activations),
        (one.sources, other.sources),
        (one.targets, other.targets),
    ]
    for mine, theirs in ((one.weights, other.weights), (one.feedback, other.feedback)):
        assert (mine is None) == (theirs is None)
        if mine is not None and theirs is not None:
            pairs.append((mine, theirs))
    for first, second in pairs:
        assert first.dtype == second.dtype
        assert first.tobytes() == second.tobytes()
        assert not second.flags.writeable
