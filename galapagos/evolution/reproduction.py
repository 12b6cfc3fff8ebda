"""From one generation to the next: survivors, injected clones, and children (Gaier & Ha 2019; Galápagos Nǎo).

What yields individuals is lazy, so that the first can be evaluated while the rest is bred, and draws every
random number from the generator it is given, in the order in which it yields.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from galapagos.evaluation import Evaluation
from galapagos.evolution.individual import INITIAL, INJECT, Individual, create
from galapagos.evolution.ranking import objectives_of, rank
from galapagos.genomes.founders import adopted, founder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from galapagos.evaluation import Outcome
    from galapagos.genomes.genome import Genome
    from galapagos.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Steering:
    """What people asked of reproduction, for one generation.

    Args:
        injected: (genome, id of the original or None); each enters as a clone, beyond the generation's size.
        pinned: Extra parents.
        breed: (parent, number of children): the first children of the generation.
    """

    injected: tuple[tuple[Genome, str | None], ...] = ()
    pinned: tuple[Individual, ...] = ()
    breed: tuple[tuple[Individual, int], ...] = ()


NO_STEERING = Steering()


def own_genome(individual: Individual) -> Genome:
    """Return what an individual hands down where nothing is learned: its genome."""
    return individual.genome


class _Nursery:
    """Makes the new individuals of one generation and counts them, since the count is part of their ids."""

    def __init__(
        self,
        generation: int,
        parameters: Parameters,
        rng: np.random.Generator,
        handed_down: Callable[[Individual], Genome],
    ) -> None:
        self._generation = generation
        self._parameters = parameters
        self._rng = rng
        self._handed_down = handed_down
        self._count = 0

    def individual(self, genome: Genome, parents: tuple[str, ...], operator: str) -> Individual:
        index, self._count = self._count, self._count + 1
        return create(
            genome,
            parents=parents,
            operator=operator,
            seed=self._parameters.seed,
            generation=self._generation,
            index=index,
        )

    def clones(self, injected: Iterable[tuple[Genome, str | None]]) -> Iterator[Individual]:
        for genome, original in injected:
            ours = adopted(genome, self._rng, self._parameters)
            yield self.individual(ours, () if original is None else (original,), INJECT)

    def children(self, parents: Iterable[Individual]) -> Iterator[Individual]:
        for parent in parents:
            genome, operator = self._handed_down(parent).mutate(self._rng, self._parameters)
            yield self.individual(genome, (parent.id,), operator)


def generation_size(parameters: Parameters) -> int:
    """Return how many a generation has: `population_size`, or `generation_size` where elites breed."""
    tournament = parameters.reproduction == "tournament"
    return parameters.population_size if tournament else parameters.generation_size


def initial_population(
    num_inputs: int,
    num_outputs: int,
    *,
    generation: int,
    parameters: Parameters,
    rng: np.random.Generator,
    steering: Steering = NO_STEERING,
    handed_down: Callable[[Individual], Genome] = own_genome,
) -> Iterator[Individual]:
    """Yield the injected clones, then initial individuals in the places of a generation that are left.

    Where nobody is left to breed from, this starts anew in a later generation; then children that `breed`
    asks for, and one of each pinned, take the first places.

    Args:
        num_inputs: Inputs of the task, without the bias.
        num_outputs: Outputs of the task.
        generation: The generation they belong to.
        parameters: `reproduction` decides between `population_size` and `generation_size`.
        rng: Where all random numbers come from.
        steering: What people asked for.
        handed_down: Returns the genome that a parent's children vary.

    Raises:
        InvalidGenome: Where the task has more inputs and outputs than a genome can connect.
    """
    nursery = _Nursery(generation, parameters, rng, handed_down)
    yield from nursery.clones(steering.injected)
    size = generation_size(parameters)
    requested = [*_requested(steering.breed), *steering.pinned][:size]
    yield from nursery.children(requested)
    for index in range(size - len(requested) - len(steering.injected)):
        yield nursery.individual(founder(num_inputs, num_outputs, rng, parameters, index), (), INITIAL)


def breed_by_tournament(
    population: Sequence[Individual],
    outcomes: Sequence[Outcome],
    *,
    generation: int,
    parameters: Parameters,
    rng: np.random.Generator,
    steering: Steering = NO_STEERING,
    handed_down: Callable[[Individual], Genome] = own_genome,
) -> Iterator[Individual]:
    """Yield survivors, best first, then injected clones, then children up to `population_size`.

    `elite_ratio` of `population_size` survive unchanged, but nobody whose evaluation failed. The first
    children are those that `breed` asks for, then one of each pinned. The last `cull_ratio` of the ranking
    cannot breed; every other child is that of the winner of a tournament among `tournament_size` of the rest,
    drawn without replacement (at most all of them).

    Args:
        population: The evaluated individuals, at least one.
        outcomes: One for each of them.
        generation: The generation of the children.
        parameters: The sizes, ratios and shares that act in that generation.
        rng: Where all random numbers come from; the first decides whether complexity is an objective.
        steering: What people asked for.
        handed_down: Returns the genome that a parent's children vary.

    Raises:
        ValueError: Where the population is empty.
    """
    if not population:
        raise ValueError("an empty population cannot breed")
    by_complexity = float(rng.random()) < parameters.p_complexity_objective
    order = rank(objectives_of(population, outcomes, by_complexity=by_complexity)).tolist()
    ranked = [population[index] for index in order]
    survivors = ranked[: num_survivors(outcomes, parameters)]
    yield from survivors
    nursery = _Nursery(generation, parameters, rng, handed_down)
    yield from nursery.clones(steering.injected)
    num_children = parameters.population_size - len(survivors)
    requested = [*_requested(steering.breed), *steering.pinned][:num_children]
    yield from nursery.children(requested)
    pool = ranked[: max(1, len(ranked) - _share(parameters.cull_ratio, len(ranked)))]
    chances = _tournament_chances(len(pool), parameters.tournament_size)
    winners = (pool[bisect_left(chances, float(rng.random()))] for _ in range(num_children - len(requested)))
    yield from nursery.children(winners)


def breed_from_elites(
    elites: Sequence[Individual],
    *,
    generation: int,
    parameters: Parameters,
    rng: np.random.Generator,
    steering: Steering = NO_STEERING,
    handed_down: Callable[[Individual], Genome] = own_genome,
) -> Iterator[Individual]:
    """Yield injected clones, then `generation_size` children: `breed`, then those of evenly drawn parents.

    Args:
        elites: The best of each level; with the pinned they are the parents, each once.
        generation: The generation of the children.
        parameters: The sizes and shares that act in that generation.
        rng: Where all random numbers come from.
        steering: What people asked for.
        handed_down: Returns the genome that a parent's children vary.

    Raises:
        ValueError: Where there is neither an elite nor a pinned individual.
    """
    parents = list({individual.id: individual for individual in (*elites, *steering.pinned)}.values())
    if not parents:
        raise ValueError("without an elite or a pinned individual nothing can breed")
    nursery = _Nursery(generation, parameters, rng, handed_down)
    yield from nursery.clones(steering.injected)
    requested = _requested(steering.breed)[: parameters.generation_size]
    yield from nursery.children(requested)
    drawn = (
        parents[int(rng.random() * len(parents))] for _ in range(parameters.generation_size - len(requested))
    )
    yield from nursery.children(drawn)


def num_survivors(outcomes: Sequence[Outcome], parameters: Parameters) -> int:
    """Return how many of a population pass on unchanged in a tournament; never one that failed."""
    succeeded = sum(isinstance(outcome, Evaluation) for outcome in outcomes)
    return min(_share(parameters.elite_ratio, parameters.population_size), succeeded)


def breeds_left(
    breed: Sequence[tuple[Individual, int]], outcomes: Sequence[Outcome], parameters: Parameters
) -> tuple[tuple[Individual, int], ...]:
    """Return the part of the `breed` requests that has no place among the children of the next generation.

    Args:
        breed: All requests, in the order in which they are served.
        outcomes: Of the population that breeds; read under `tournament`, where survivors take places.
        parameters: Those that act in the next generation.
    """
    places = generation_size(parameters)
    if parameters.reproduction == "tournament":
        places -= num_survivors(outcomes, parameters)
    left: list[tuple[Individual, int]] = []
    for individual, count in breed:
        served = min(count, places)
        places -= served
        if count > served:
            left.append((individual, count - served))
    return tuple(left)


def _requested(breed: Sequence[tuple[Individual, int]]) -> list[Individual]:
    return [individual for individual, count in breed for _ in range(count)]


def _share(ratio: float, count: int) -> int:
    """Return the share rounded down, where 0.29 of 100 is 29 although the product of floats is below."""
    return math.floor(ratio * count + 1e-9)


def _tournament_chances(pool_size: int, tournament_size: int) -> list[float]:
    """Return the probability that the winner of a tournament is among the best i + 1 of the pool, for each i.

    The winner is the best of k drawn from n without replacement. It is not among the best m with probability
    C(n - m, k) / C(n, k), a product of (n - k - i) / (n - i); so one number draws it, without the others.
    """
    drawn = min(tournament_size, pool_size)
    place = np.arange(pool_size - drawn + 1, dtype=np.float64)
    chances = 1.0 - np.cumprod((pool_size - drawn - place) / (pool_size - place))
    return [float(chance) for chance in chances]
