"""The archive: the best network of every size (MAP-Elites: Mouret & Clune 2015; Galápagos Nǎo)."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from galapagos.evaluation import Evaluation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from galapagos.evaluation import Outcome
    from galapagos.evolution.individual import Individual, Origin
    from galapagos.genomes.genome import Genome
    from galapagos.parameter_declarations import ComplexityMeasure

LARGEST_BIN_OF_ONE = 64
"""Up to this complexity every size has a bin of its own; above, a bin is 5 % wide."""


def _bin_starts() -> list[int]:
    starts = [LARGEST_BIN_OF_ONE + 1]
    while starts[-1] < 2**31:
        starts.append(starts[-1] + max(1, starts[-1] // 20))
    return starts


_STARTS = _bin_starts()


def bin_of(complexity: int) -> int:
    """Return the number of a complexity's bin: itself up to 64, then bins of whole sizes at most 5 % wide."""
    if complexity <= LARGEST_BIN_OF_ONE:
        return complexity
    return LARGEST_BIN_OF_ONE + bisect_right(_STARTS, complexity)


@dataclass(frozen=True, slots=True)
class Elite:
    """The best network of its bin.

    Args:
        individual: Who it is.
        evaluation: On the fixed set of the task: its archive fitness.
        complexity: In the measure of the archive.
        origin: Where it comes from, for those who look at it outside of its run; None within.
    """

    individual: Individual
    evaluation: Evaluation
    complexity: int
    origin: Origin | None = field(default=None, compare=False)

    @property
    def id(self) -> str:
        """The id of the individual."""
        return self.individual.id

    @property
    def genome(self) -> Genome:
        """The network that scored the fitness: with the weights that it learned, where it hands them down."""
        trained = self.evaluation.trained
        if trained is None:
            return self.individual.genome
        return self.individual.genome.with_trained(trained, len(self.evaluation.by_epoch))

    @property
    def precedence(self) -> tuple[float, int, str]:
        """The key by which the better elite comes first: fitness, then the smaller network, then its id."""
        return -self.evaluation.fitness, self.complexity, self.individual.id


class Archive:
    """The elites of a run, one a bin, owned and changed by the engine alone.

    A network challenges its bin with its generation fitness, and is placed by its archive fitness, which is
    confirmed on a fixed set. So one that was confirmed and lost need not be confirmed again: its id is kept
    for as long as it stays in the population. So is the id of one that was dropped, which is never confirmed
    again, whatever the others come to.

    Args:
        measure: What complexity means.
        elites: Those to begin with, from a checkpoint; the best of each bin stays, and nobody whose fitness
            is not a finite number.
        confirmed: Ids that were confirmed and lost, from a checkpoint.
        dropped: Ids that were dropped, from a checkpoint.
    """

    def __init__(
        self,
        measure: ComplexityMeasure,
        elites: Iterable[Elite] = (),
        confirmed: Iterable[str] = (),
        dropped: Iterable[str] = (),
    ) -> None:
        self._measure: ComplexityMeasure = measure
        self._bins: dict[int, Elite] = {}
        self._confirmed: set[str] = set(confirmed)
        self._dropped: set[str] = set(dropped)
        for elite in elites:
            self._put(elite)

    @property
    def measure(self) -> ComplexityMeasure:
        """What complexity means."""
        return self._measure

    @property
    def elites(self) -> tuple[Elite, ...]:
        """All elites, by complexity."""
        return tuple(self._bins[number] for number in sorted(self._bins))

    @property
    def champion(self) -> Elite | None:
        """The elite with the highest archive fitness; of equals the smaller, then the lower id."""
        return min(self._bins.values(), key=lambda elite: elite.precedence, default=None)

    @property
    def confirmed(self) -> tuple[str, ...]:
        """The sorted ids that were confirmed and lost; with elites and `dropped` they are the whole state."""
        return tuple(sorted(self._confirmed))

    @property
    def dropped(self) -> tuple[str, ...]:
        """The sorted ids that were dropped."""
        return tuple(sorted(self._dropped))

    def find(self, id: str) -> Elite | None:
        """Return the elite with this id."""
        return next((elite for elite in self._bins.values() if elite.individual.id == id), None)

    def challengers(
        self, population: Sequence[Individual], outcomes: Sequence[Outcome], limit: int
    ) -> list[int]:
        """Return who is to be confirmed: the best challenger of each bin, the largest advantage first.

        A network challenges its bin if that is empty or its generation fitness is above the archive fitness
        there. An empty bin is an infinite advantage; a tie goes to the smaller network, then the lower id.

        Args:
            population: The individuals of a generation.
            outcomes: One for each of them, on the episodes of this generation.
            limit: The most to return, at least 0.

        Returns:
            Indices into the population. Never an elite, one that was confirmed and lost, one that was
            dropped, or one that failed.
        """
        best: dict[int, tuple[float, int, str, int]] = {}
        excluded = self._confirmed | self._dropped
        for index, (individual, outcome) in enumerate(zip(population, outcomes, strict=True)):
            if not isinstance(outcome, Evaluation) or individual.id in excluded:
                continue
            complexity = individual.genome.complexity(self._measure)
            number = bin_of(complexity)
            elite = self._bins.get(number)
            if elite is not None and (
                not outcome.fitness > elite.evaluation.fitness or elite.individual.id == individual.id
            ):
                continue
            candidate = (-outcome.fitness, complexity, individual.id, index)
            if math.isfinite(outcome.fitness) and (number not in best or candidate < best[number]):
                best[number] = candidate
        found = [
            (
                loss + self._bins[number].evaluation.fitness if number in self._bins else -math.inf,
                size,
                id,
                index,
            )
            for number, (loss, size, id, index) in best.items()
        ]
        return [index for _, _, _, index in sorted(found)[:limit]]

    def place(self, individual: Individual, evaluation: Outcome) -> bool:
        """Give a confirmed network the place of the elite of its bin, if it is better.

        Args:
            individual: The challenger.
            evaluation: Its evaluation on the fixed set; a failed one loses.

        Returns:
            Whether it is the elite of its bin now. A tie goes to the smaller network, then the lower id.
        """
        if not isinstance(evaluation, Evaluation):
            self._confirmed.add(individual.id)
            return False
        return self._put(Elite(individual, evaluation, individual.genome.complexity(self._measure)))

    def drop(self, id: str) -> bool:
        """Empty the bin of the elite with this id; return whether there was one.

        It does not come back by itself; whoever lost against it can challenge again.
        """
        elite = self.find(id)
        if elite is None:
            return False
        del self._bins[bin_of(elite.complexity)]
        self._confirmed.clear()
        self._dropped.add(id)
        return True

    def rescore(self, evaluations: Mapping[str, Outcome]) -> None:
        """Take new archive fitness, since what it is measured on has changed; who was dropped stays so.

        Args:
            evaluations: By id of the elite; one that failed leaves, one that is absent keeps its evaluation.
        """
        self._confirmed.clear()
        for number, elite in list(self._bins.items()):
            outcome = evaluations.get(elite.individual.id, elite.evaluation)
            if isinstance(outcome, Evaluation) and math.isfinite(outcome.fitness):
                self._bins[number] = replace(elite, evaluation=outcome)
            else:
                del self._bins[number]
                self._confirmed.add(elite.individual.id)

    def remeasure(self, measure: ComplexityMeasure) -> None:
        """Sort the elites into the bins of another measure; of those that meet in a bin the best stays."""
        elites = self.elites
        self._measure = measure
        self._bins.clear()
        self._confirmed.clear()
        for elite in elites:
            self._put(replace(elite, complexity=elite.individual.genome.complexity(measure)))

    def forget(self, kept: Iterable[str]) -> None:
        """Forget who lost or was dropped, except these ids: those that are still in the population."""
        kept = set(kept)
        self._confirmed &= kept
        self._dropped &= kept

    def _put(self, elite: Elite) -> bool:
        if not math.isfinite(elite.evaluation.fitness):
            self._confirmed.add(elite.individual.id)
            return False
        number = bin_of(elite.complexity)
        present = self._bins.get(number)
        if present is not None and present.individual.id != elite.individual.id:
            winner, loser = sorted((present, elite), key=lambda either: either.precedence)
            self._confirmed.add(loser.individual.id)
            if winner is present:
                return False
        self._confirmed.discard(elite.individual.id)
        self._dropped.discard(elite.individual.id)
        self._bins[number] = elite
        return True
