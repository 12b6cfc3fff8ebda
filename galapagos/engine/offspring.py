"""Who comes into the next generation, by the way of reproduction that the parameters ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from galapagos.evaluation import Evaluation
from galapagos.evolution import reproduction
from galapagos.randomness import Purpose, generator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from galapagos.engine.evolution import Evolution
    from galapagos.evolution.individual import Individual
    from galapagos.evolution.reproduction import Steering
    from galapagos.genomes.genome import Genome


def offspring(evolution: Evolution, steering: Steering) -> Iterator[Individual]:
    """Yield the individuals of a generation: survivors, injected clones and children; founders at first.

    Args:
        evolution: Its population and archive breed; its generation is the one to fill.
        steering: What people asked for.
    """
    parameters, generation = evolution.parameters, evolution.generation
    purpose = Purpose.REPRODUCTION if evolution.population else Purpose.INITIAL_POPULATION
    rng = generator(parameters.seed, generation, purpose)
    handed_down = _trained_genomes(evolution) if parameters.inherit_weights else reproduction.own_genome
    parents = [elite.individual for _, elite in evolution.view().values()]
    if starts_anew(evolution):
        return reproduction.initial_population(
            evolution.task.num_inputs,
            evolution.task.num_outputs,
            generation=generation,
            parameters=parameters,
            rng=rng,
            steering=steering,
            handed_down=handed_down,
        )
    if parameters.reproduction == "elites":
        return reproduction.breed_from_elites(
            parents,
            generation=generation,
            parameters=parameters,
            rng=rng,
            steering=steering,
            handed_down=handed_down,
        )
    return reproduction.breed_by_tournament(
        evolution.population,
        evolution.outcomes,
        generation=generation,
        parameters=parameters,
        rng=rng,
        steering=steering,
        handed_down=handed_down,
    )


def starts_anew(evolution: Evolution) -> bool:
    """Return whether there is nobody to breed from, as in the first generation."""
    by_elites = evolution.parameters.reproduction == "elites"
    return not evolution.population or (by_elites and not evolution.archive.elites)


def _trained_genomes(evolution: Evolution) -> Callable[[Individual], Genome]:
    """Return the function that gives a parent's genome with the weights that it learned."""
    pairs = zip(evolution.population, evolution.outcomes, strict=True)
    evaluations = {one.id: outcome for one, outcome in pairs if isinstance(outcome, Evaluation)}
    # An elite's goes first: it may just have been scored again under other parameters.
    evaluations |= {elite.individual.id: elite.evaluation for elite in evolution.archive.elites}

    def trained(individual: Individual) -> Genome:
        evaluation = evaluations.get(individual.id)
        if evaluation is None or evaluation.trained is None:
            return individual.genome
        return individual.genome.with_trained(evaluation.trained, len(evaluation.by_epoch))

    return trained
