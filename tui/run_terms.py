"""What the parts of a run are called: the one place that decides, by the kind of its experiment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from galapagos.fitness import FitnessKind, fitness_kind
from galapagos.steps import GENERATION, step_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from galapagos.engine.snapshot import Snapshot

ACCURACIES = {
    "validation_accuracy": "held-out",
    "test_accuracy": "test",
    "accuracy": "train",
    "max_accuracy": "at best w",
    "ensemble_accuracy": "ensemble",
}
"""What each accuracy of a network is called on the screen, the most telling first."""

ACTS = "wann-gym"
"""The kind of experiment whose networks act in an environment."""
_RULED = frozenset({"wlnn", "learning"})
"""The experiments that read `learning_rule`."""


@dataclass(frozen=True, slots=True)
class RunTerms:
    """How a run is told.

    Args:
        kind: What fitness is.
        step: What one turn of the run is, `generation` or `epoch`.
        measure: What complexity counts.
        shares_weights: Whether a network has one weight for all connections.
        learning_rule: By which rule networks learn; empty where there is no choice of one.
    """

    kind: FitnessKind = FitnessKind.REWARD
    step: str = GENERATION
    measure: str = "connections"
    shares_weights: bool = True
    learning_rule: str = ""

    @property
    def breeds(self) -> bool:
        """Whether anything is bred, or else one network learns."""
        return self.step == GENERATION

    @property
    def fitness(self) -> str:
        """What fitness is called at the start of a title, with its unit."""
        return "Accuracy (%)" if self.kind is FitnessKind.ACCURACY else self.kind.value.capitalize()

    @property
    def number_of_steps(self) -> str:
        """The parameter that says when a run is finished."""
        return "num_generations" if self.breeds else "num_epochs"

    def number_of(self, generation: int) -> int:
        """Return how a generation of the engine is numbered: from 0 as there, an epoch from 1."""
        return generation if self.breeds else generation + 1


def acts(parameters: Mapping[str, Any]) -> bool:
    """Return whether the networks of an experiment act, so that there is something to watch."""
    return parameters.get("experiment") == ACTS


def terms_of(snapshot: Snapshot) -> RunTerms:
    """Return how the run of a snapshot is told."""
    return terms_of_parameters(snapshot.parameters)


def terms_of_parameters(parameters: Mapping[str, Any]) -> RunTerms:
    """Return how a run with these parameters, as JSON has them, is told; what is absent is as usual."""
    experiment = str(parameters.get("experiment", ""))
    usual = "layers" if experiment == "layers" else "connections"
    return RunTerms(
        kind=fitness_kind(experiment),
        step=step_name(experiment),
        measure=str(parameters.get("complexity_measure", usual)),
        shares_weights=experiment.startswith("wann"),
        learning_rule=str(parameters.get("learning_rule", "")) if experiment in _RULED else "",
    )
