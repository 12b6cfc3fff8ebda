"""What extra parents hand down, those who are pinned or wait to breed: what they learned, if they learn.

They may breed long after they have left population and archive, and with these their evaluation is gone. So
their own genome takes the weights that they learned for as long as these are known.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from galapagos.engine.evaluator import EvaluationPurpose
from galapagos.engine.plans import archive_plan
from galapagos.evaluation import Evaluation

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from galapagos.engine.evolution import Evolution
    from galapagos.evaluation import EvaluationPlan, Outcome
    from galapagos.evolution.individual import Individual
    from galapagos.evolution.reproduction import Steering

    Evaluate = Callable[
        [list[Individual], EvaluationPlan, EvaluationPurpose],
        Awaitable[tuple[list[Individual], list[Outcome]]],
    ]


def learned(evolution: Evolution, individual: Individual) -> Individual:
    """Return an individual with the weights that it learned as its genome's, where they are known."""
    elite = evolution.archive.find(individual.id)
    if elite is not None:
        return _with_trained(elite.individual, elite.evaluation)
    pairs = zip(evolution.population, evolution.outcomes, strict=True)
    known = next((pair for pair in pairs if pair[0].id == individual.id), None)
    return individual if known is None else _with_trained(*known)


def learned_parents(evolution: Evolution, steering: Steering) -> Steering:
    """Return the steering with its extra parents as `learned`, and keep them so for later generations.

    To be called before anybody leaves the archive.
    """
    return _keep(evolution, steering, lambda parent: learned(evolution, parent))


def breeding_parents(evolution: Evolution, steering: Steering) -> Steering:
    """Return the steering with those who are still there as they were born; `offspring` adds the weights."""
    return _with_parents(steering, lambda parent: evolution.find(parent.id) or parent)


async def train_parents(evolution: Evolution, steering: Steering, evaluate: Evaluate) -> Steering:
    """Train those who breed next but kept no weights when they were evaluated: then, none were inherited.

    Elites have them, being scored again with the change. What the others are ranked by stays.

    Args:
        evolution: Its outcomes take the weights.
        steering: What people asked for.
        evaluate: Evaluates individuals.

    Returns:
        The steering, whose extra parents have learned.
    """
    extra = [*steering.pinned, *(parent for parent, _ in steering.breed)]
    asked_for = {parent.id for parent in extra}
    everybody = evolution.parameters.reproduction == "tournament"
    parents = {parent.id: parent for parent in extra if not parent.genome.epochs}
    parents |= {one.id: one for one in evolution.population if everybody or one.id in asked_for}
    elites = {elite.individual.id for elite in evolution.archive.elites}
    untrained = [parent for id, parent in parents.items() if id not in elites]
    individuals, outcomes = await evaluate(
        untrained, archive_plan(evolution.parameters), EvaluationPurpose.RESCORE
    )
    found = {
        individual.id: outcome
        for individual, outcome in zip(individuals, outcomes, strict=True)
        if isinstance(outcome, Evaluation)
    }
    pairs = zip(evolution.population, evolution.outcomes, strict=True)
    evolution.outcomes = tuple(
        replace(outcome, trained=found[one.id].trained, by_epoch=found[one.id].by_epoch)
        if isinstance(outcome, Evaluation) and one.id in found
        else outcome
        for one, outcome in pairs
    )
    return _keep(
        evolution,
        steering,
        lambda parent: (
            _with_trained(parents[parent.id], found[parent.id])
            if parent.id in found
            else learned(evolution, parent)
        ),
    )


def _keep(evolution: Evolution, steering: Steering, changed: Callable[[Individual], Individual]) -> Steering:
    steering = _with_parents(steering, changed)
    evolution.commands.pinned = {parent.id: parent for parent in steering.pinned}
    return steering


def _with_parents(steering: Steering, changed: Callable[[Individual], Individual]) -> Steering:
    return replace(
        steering,
        pinned=tuple(changed(parent) for parent in steering.pinned),
        breed=tuple((changed(parent), count) for parent, count in steering.breed),
    )


def _with_trained(individual: Individual, outcome: Outcome) -> Individual:
    if not isinstance(outcome, Evaluation) or outcome.trained is None:
        return individual
    genome = individual.genome.with_trained(outcome.trained, len(outcome.by_epoch))
    return replace(individual, genome=genome)
