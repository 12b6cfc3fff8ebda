"""A run without evolution, recorded as the engine records one; each generation depends on all before it.

Run as a program with a directory and a number of generations, it goes on from the last checkpoint.
"""

import sys
from pathlib import Path

import numpy as np

from galapagos.engine.records.checkpoint import Checkpoint, load_checkpoint, write_checkpoint
from galapagos.engine.records.individuals import IndividualsWriter
from galapagos.engine.records.journal import Journal
from galapagos.evaluation import Evaluation
from galapagos.evolution.archive import Elite
from galapagos.parameters import Parameters
from tests.engine.populations import random_individual, random_outcomes

PARAMETERS = Parameters.model_validate({})
SIZE = 6


def advance(before: Checkpoint) -> Checkpoint:
    """Return the next generation, drawn from a seed that every part of the one before enters."""
    last = before.outcomes[0]
    score = last.fitness if isinstance(last, Evaluation) else 0.0
    seed = [int(individual.id, 16) for individual in before.population]
    genome_sizes = [individual.genome.complexity("connections") for individual in before.population]
    rng = np.random.default_rng([*seed, *genome_sizes, int(np.float64(score).view(np.uint64))])
    survivors = before.population[: SIZE // 2]
    children = tuple(
        random_individual(rng, before.generation, (parent.id,))
        for parent in before.population[: SIZE - len(survivors)]
    )
    population = (*survivors, *children) or tuple(random_individual(rng, 0) for _ in range(SIZE))
    outcomes = tuple(random_outcomes(rng, len(population)))
    first = outcomes[0]
    elites = before.elites
    if isinstance(first, Evaluation):
        elites = (*before.elites, Elite(population[0], first, before.generation))[-5:]
    return Checkpoint(
        generation=before.generation + 1,
        parameters=before.parameters,
        population=population,
        outcomes=outcomes,
        elites=elites,
        confirmed=(population[-1].id,),
        pinned=population[1:2],
        breeds=((population[2], before.generation),),
        journal_length=0,
        evaluations=before.evaluations + len(population),
        elapsed=before.elapsed + 0.1,
        champion_test={"score": score},
    )


def start() -> Checkpoint:
    """Return the state before the first generation."""
    rng = np.random.default_rng(1)
    population = tuple(random_individual(rng, 0) for _ in range(SIZE))
    outcomes = tuple(random_outcomes(rng, SIZE))
    parameters = PARAMETERS.model_dump(mode="json")
    return Checkpoint(0, parameters, population, outcomes, (), (), (), (), 0, 0, 0.0, None)


def main(directory: Path, generations: int) -> None:
    """Go on until so many generations are recorded."""
    from dataclasses import replace

    loaded, problems = load_checkpoint(directory / "checkpoint")
    if problems:
        raise SystemExit("; ".join(problems))
    state = loaded or start()
    journal, individuals = Journal(directory / "journal.jsonl"), IndividualsWriter(directory / "individuals")
    journal.cut(state.journal_length)
    individuals.cut(state.generation)
    while state.generation < generations:
        number = state.generation
        state = advance(state)
        journal.append({"type": "generation", "generation": number, "score": state.champion_test})
        individuals.add(number, state.population, state.outcomes, PARAMETERS)
        state = replace(state, journal_length=journal.length)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        if state.generation % 3 == 0 or state.generation == generations:
            journal.sync()
            individuals.flush()
            write_checkpoint(directory / "checkpoint", state)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
