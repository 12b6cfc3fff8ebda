"""Clones that people put into a generation: scored in any case, and the journal says what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from galapagos.errors import CommandRefused, InvalidGenome
from galapagos.evaluation import Evaluation
from galapagos.evolution.individual import INJECT
from galapagos.genomes.any_genome import genome_from_json
from galapagos.genomes.founders import adopted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from galapagos.evaluation import Outcome, Task
    from galapagos.evolution.archive import Archive
    from galapagos.evolution.individual import Individual
    from galapagos.parameters import Parameters


def refuse_misfit(genome: dict[str, Any], task: Task, parameters: Parameters) -> None:
    """Refuse to put in a network that the run cannot evaluate.

    Args:
        genome: As `to_json` gives it.
        task: What the run evolves for.
        parameters: Those of the run.

    Raises:
        CommandRefused: Where it is no genome, or does not fit the task.
    """
    try:
        given = genome_from_json(genome)
    except InvalidGenome as error:
        raise CommandRefused(str(error)) from None
    # Weights that it lacks are drawn when it comes into its generation; which ones does not matter here.
    problem = task.misfit(adopted(given, np.random.default_rng(0), parameters))
    if problem is not None:
        raise CommandRefused(problem)


def with_clones(challengers: list[int], population: Sequence[Individual], generation: int) -> list[int]:
    """Return the indices of those who are to be scored on the fixed set: challengers, then other clones."""
    return challengers + [index for index in _clones(population, generation) if index not in challengers]


def clone_lines(
    archive: Archive, confirmed: Sequence[Individual], scores: Sequence[Outcome], generation: int
) -> list[dict[str, Any]]:
    """Return a line for each clone that was put into this generation: its archive fitness, whether it won.

    Args:
        archive: The archive after the clones were placed.
        confirmed: Who was scored on the fixed set, the clones among them.
        scores: One for each of them.
        generation: The one that was just evaluated.
    """
    lines = []
    for index in _clones(confirmed, generation):
        individual, score = confirmed[index], scores[index]
        failed = None if isinstance(score, Evaluation) else f"{score.kind}: {score.message}"
        lines.append(
            {
                "type": "clone",
                "generation": generation,
                "id": individual.id,
                "parent": individual.parents[0] if individual.parents else None,
                "fitness": score.fitness if isinstance(score, Evaluation) else None,
                "complexity": individual.genome.complexity(archive.measure),
                "elite": archive.find(individual.id) is not None,
                "failed": failed,
            }
        )
    return lines


def _clones(population: Sequence[Individual], generation: int) -> list[int]:
    """Return the indices of those who came into this generation by injection."""
    return [
        index
        for index, one in enumerate(population)
        if one.operator == INJECT and one.generation == generation
    ]
