"""One elite as plain data, wherever it comes from: a live run, the files of one that is over, the library."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from galapagos.engine.snapshot import EliteSummary
from galapagos.errors import GalapagosError
from galapagos.fitness import fitness_kind
from galapagos.plain_text import plain
from tui.elite_details import epoch_facts, weight_facts
from tui.run_terms import ACCURACIES, RunTerms

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from galapagos.evolution.archive import Elite
    from galapagos.genomes.genome import Genome
    from library_store.entry import Entry

LEARNS_ALONE = "learning"
_RULED = frozenset({"wlnn", LEARNS_ALONE})


@dataclass(frozen=True, slots=True)
class ShownElite:
    """An elite to look at; nothing of it is trusted but its type.

    Args:
        id: Of the individual.
        title: What it is called on the screen.
        genome: Its network, as JSON.
        evaluation: Its archive fitness with all that belongs to it, as `evaluation_to_json` writes it; None
            where it is no elite any more, or was never evaluated.
        parameters: Those of its run, as JSON; empty where they are unknown.
        run_directory: Where its run is; None where that is unknown.
        operator: What made it.
        parents: The ids of its parents.
        generation: The one in which it was born; None where that is unknown.
        has_learned: Whether the genome's weights are those after learning.
    """

    id: str
    title: str
    genome: Mapping[str, Any]
    evaluation: Mapping[str, Any] | None
    parameters: Mapping[str, Any]
    run_directory: Path | None = None
    operator: str = ""
    parents: tuple[str, ...] = ()
    generation: int | None = None
    has_learned: bool = False

    @property
    def experiment(self) -> str:
        """The kind of its experiment; that of an unknown one is told like that of the first of all kinds."""
        return str(self.parameters.get("experiment", "wann-gym"))

    @property
    def task(self) -> str:
        """The environment or data set that it is made for."""
        name = "env_name" if self.experiment == "wann-gym" else "dataset"
        return plain(str(self.parameters.get(name, "")))

    @property
    def known(self) -> dict[str, Any]:
        """It as an engine answers about an individual."""
        return {
            "id": self.id,
            "genome": self.genome,
            "evaluation": self.evaluation,
            "operator": self.operator,
            "parents": list(self.parents),
            "generation": self.generation,
        }

    @property
    def terms(self) -> RunTerms:
        """How it is told."""
        kind = self.experiment
        return RunTerms(
            kind=fitness_kind(kind),
            step="epoch" if kind == LEARNS_ALONE else "generation",
            measure=plain(str(self.parameters.get("complexity_measure", "connections")), 40),
            shares_weights=kind.startswith("wann"),
            learning_rule=str(self.parameters.get("learning_rule", "")) if kind in _RULED else "",
        )


@dataclass(frozen=True, slots=True)
class Inspected:
    """What is read out of an elite in a thread.

    Args:
        elite: It.
        genome: Its network; None where that cannot be read.
        problem: Why not, in a line, or empty.
        summary: It as a snapshot would tell it, without level.
    """

    elite: ShownElite
    genome: Genome | None
    problem: str
    summary: EliteSummary


def of_answer(
    known: Mapping[str, Any],
    parameters: Mapping[str, Any],
    *,
    title: str,
    run_directory: Path | None = None,
) -> ShownElite:
    """Return the elite of an engine's answer.

    Args:
        known: What `RunLink.genome` returned.
        parameters: Those of the run, as in a snapshot.
        title: What to call it.
        run_directory: Of the run.
    """
    genome, evaluation = known.get("genome"), known.get("evaluation")
    parents, generation = known.get("parents"), known.get("generation")
    return ShownElite(
        id=str(known.get("id", "")),
        title=title,
        genome=genome if isinstance(genome, dict) else {},
        evaluation=evaluation if isinstance(evaluation, dict) else None,
        parameters=parameters,
        run_directory=run_directory,
        operator=str(known.get("operator", "")),
        parents=tuple(map(str, parents)) if isinstance(parents, list | tuple) else (),
        generation=generation if isinstance(generation, int) else None,
        has_learned=parameters.get("experiment") == LEARNS_ALONE,
    )


def of_files(elite: Elite, *, title: str, run_directory: Path | None = None) -> ShownElite:
    """Return an elite that was read from the files of a run; it may take long for many weights."""
    from galapagos.engine.records.individual_json import evaluation_to_json, individual_to_json

    known = individual_to_json(elite.individual) | {"evaluation": evaluation_to_json(elite.evaluation)}
    parameters = {} if elite.origin is None else elite.origin.parameters
    return of_answer(known, parameters, title=title, run_directory=run_directory)


def of_entry(entry: Entry) -> ShownElite:
    """Return a saved elite; it reads the file of its weights.

    Args:
        entry: Of the library.

    Raises:
        GalapagosError: Where its network cannot be read.
    """
    learned = entry.experiment == LEARNS_ALONE or entry.parameters.get("inherit_weights") is True
    return ShownElite(
        id=entry.id,
        title=entry.name,
        genome=entry.genome.to_json(),
        evaluation=entry.results,
        parameters=entry.parameters,
        operator=entry.operator,
        parents=entry.parents,
        generation=entry.generation,
        has_learned=learned,
    )


def inspect(elite: ShownElite) -> Inspected:
    """Return what there is to read in an elite; of a large network that takes a while."""
    from galapagos.genomes.any_genome import genome_from_json

    genome: Genome | None = None
    problem = ""
    try:
        genome = genome_from_json(dict(elite.genome))
    except GalapagosError as error:
        problem = plain(str(error))
    return Inspected(elite, genome, problem, _summary(elite, genome))


def _summary(elite: ShownElite, genome: Genome | None) -> EliteSummary:
    evaluation = elite.evaluation or {}
    objectives = evaluation.get("objectives")
    told = objectives if isinstance(objectives, dict) else {}
    weights, epochs = weight_facts(elite.known), epoch_facts(elite.known)
    size = 0 if genome is None else genome.complexity("connections")
    learned = 0 if genome is None else genome.epochs
    return EliteSummary(
        level=0,
        low=size,
        high=size,
        id=elite.id,
        fitness=number(evaluation.get("fitness")),
        standard_deviation=number(evaluation.get("standard_deviation")),
        best_weight=max(weights, key=lambda one: one.mean).weight if weights else None,
        complexity=size,
        connections=size,
        neurons=0 if genome is None else genome.complexity("neurons"),
        layers=0 if genome is None else genome.complexity("layers"),
        born=elite.generation or 0,
        accuracies={name: told[name] for name in ACCURACIES if name in told},
        epochs=learned if elite.has_learned else learned + len(epochs),
    )


def number(value: object) -> float:
    """Return a number from data; NaN where it is none."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
