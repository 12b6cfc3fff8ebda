"""What a declaration of a parameter consists of: the words it may be, its group, when it acts and is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Experiment = Literal["wann-gym", "wann-classification", "wlnn", "learning", "layers"]
ComplexityMeasure = Literal["connections", "neurons", "layers"]
LevelBoundaries = Literal["uniform", "logarithmic", "quantile"]
Reproduction = Literal["tournament", "elites"]
EvaluationPeriod = Literal[
    "integral", "last_batch", "last_ten_batches", "first_ten_batches", "last_epoch", "validation"
]
LearningRule = Literal["backprop", "feedback_alignment", "hebbian", "last_layer"]
Optimizer = Literal["adam", "sgd", "adadelta"]
LayerType = Literal["dense", "activation", "dropout", "batch_norm", "leaky_relu", "flatten"]
ActivationName = Literal[
    "linear", "step", "sine", "gaussian", "tanh", "sigmoid", "inverse", "abs", "relu", "cosine"
]


class Change(StrEnum):
    """Whether a parameter can change while a run goes on."""

    FIXED = "fixed"
    RESCORE = "live, elites scored again"
    LIVE = "live"


class Group(StrEnum):
    """The groups in which parameters are shown."""

    RUN = "Run"
    TASK = "Task"
    POPULATION = "Population"
    MUTATION = "Mutation"
    ARCHIVE = "Archive"
    LEARNING = "Learning"
    MACHINE = "Machine"


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a parameter's declaration says beside its type, bounds and help.

    Args:
        group: Where it is shown.
        change: Whether it can change in a run, and what that costs.
        unit: Of its value, or empty.
        experiments: The kinds of experiment that read it; none means all.
        read_when: A `name=value` condition on another parameter, without which it is not read either.
        rescored_in: The kinds in which a change scores the elites again; none means all that read it.
        defaults: The default in a kind of experiment, where it is another than that of the field.
    """

    group: Group
    change: Change = Change.LIVE
    unit: str = ""
    experiments: tuple[Experiment, ...] = ()
    read_when: str = ""
    rescored_in: tuple[Experiment, ...] = ()
    defaults: Mapping[Experiment, Any] = field(default_factory=dict)
