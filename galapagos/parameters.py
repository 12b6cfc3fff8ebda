"""Every parameter, declared once: type, bounds, unit, help, group, and whether it can change in a run.

The YAML check, the command-line flags, the forms of the dashboard, the help texts, the table in the README
and the defaults all derive from the class `Parameters`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

if TYPE_CHECKING:
    from collections.abc import Mapping

Experiment = Literal["wann-gym"]
ComplexityMeasure = Literal["connections", "neurons", "layers"]
LevelBoundaries = Literal["uniform", "logarithmic", "quantile"]
Reproduction = Literal["tournament", "elites"]
EvaluationPeriod = Literal[
    "integral", "last_batch", "last_ten_batches", "first_ten_batches", "last_epoch", "validation"
]
LearningRule = Literal["backprop", "feedback_alignment", "hebbian", "last_layer"]
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
        read_when: `name=value` conditions, any of which makes the engine read it; none means always.
    """

    group: Group
    change: Change = Change.LIVE
    unit: str = ""
    read_when: tuple[str, ...] = ()


FIXED, RESCORE = Change.FIXED, Change.RESCORE
_TOURNAMENT = ("reproduction=tournament",)
_ELITES = ("reproduction=elites",)
_GYM = ("experiment=wann-gym",)
_IMAGES = ("experiment=wann-classification", "experiment=wlnn", "experiment=learning", "experiment=layers")
_LEARNING = ("experiment=wlnn", "experiment=learning", "experiment=layers")
_LAYERS = ("experiment=layers",)

Finite = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]


class Parameters(BaseModel):
    """The parameters of a run: immutable, complete and valid.

    Raises:
        pydantic.ValidationError: For a value that is out of bounds or does not fit the others;
            `galapagos.parameter_files` turns it into lines fit to be shown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    experiment: Annotated[Experiment, Declaration(Group.RUN, change=FIXED)] = Field(
        default="wann-gym",
        description="The kind of experiment; where a file does not say, its folder's name does.",
    )
    name: Annotated[str, Declaration(Group.RUN)] = Field(
        default="", max_length=80, description="A name for the run, beside its date and preset."
    )
    seed: Annotated[int, Declaration(Group.RUN, change=FIXED)] = Field(
        default=0,
        ge=0,
        lt=2**63,
        description="The seed of all random numbers; the same seed gives the same run.",
    )
    num_generations: Annotated[
        Annotated[int, Field(ge=1)] | Literal["infinity"], Declaration(Group.RUN, unit="generations")
    ] = Field(default=100, description="How many generations to evolve; infinity for an endless run.")
    test_every: Annotated[int, Declaration(Group.RUN, unit="generations")] = Field(
        default=5, ge=1, description="Test the champion, and write histograms, every so many generations."
    )
    checkpoint_every: Annotated[float, Declaration(Group.RUN, unit="s")] = Field(
        default=30.0,
        ge=0,
        le=86400,
        description="Write a checkpoint at the end of a generation, at most this often.",
    )
    save_networks_every: Annotated[int, Declaration(Group.RUN, unit="generations")] = Field(
        default=0, ge=0, description="Keep all networks of every n-th generation; 0 for never."
    )
    out_dir: Annotated[str, Declaration(Group.RUN, change=FIXED)] = Field(
        default="", description="The directory of this one run; empty for one in the user's data directory."
    )
    overwrite_output: Annotated[bool, Declaration(Group.RUN, change=FIXED)] = Field(
        default=False, description="Set a run that is already in out_dir aside instead of refusing."
    )
    env_name: Annotated[str, Declaration(Group.TASK, change=FIXED, read_when=_GYM)] = Field(
        default="CartPoleSwingUp", min_length=1, max_length=200, description="The gymnasium environment."
    )
    num_trials: Annotated[int, Declaration(Group.TASK, unit="episodes", read_when=_GYM)] = Field(
        default=3, ge=1, le=10000, description="Episodes a network plays with each weight in a generation."
    )
    take_argmax_action: Annotated[bool, Declaration(Group.TASK, change=FIXED, read_when=_GYM)] = Field(
        default=False,
        description="Take the output with the largest value as the action; discrete actions always do.",
    )
    weight_values: Annotated[tuple[Finite, ...], Declaration(Group.TASK, change=RESCORE)] = Field(
        default=(-2.0, -1.0, -0.5, 0.5, 1.0, 2.0),
        min_length=1,
        max_length=1000,
        strict=False,
        description="The shared weights that each network is evaluated with.",
    )
    num_inputs: Annotated[int | None, Declaration(Group.TASK, change=FIXED)] = Field(
        default=None, ge=1, description="Follows from the task; checked where it is given."
    )
    num_outputs: Annotated[int | None, Declaration(Group.TASK, change=FIXED)] = Field(
        default=None, ge=1, description="Follows from the task; checked where it is given."
    )
    dataset: Annotated[str, Declaration(Group.TASK, change=FIXED, read_when=_IMAGES)] = Field(
        default="digits", description="The data set of images."
    )
    data_dir: Annotated[str, Declaration(Group.TASK, change=FIXED, read_when=_IMAGES)] = Field(
        default="", description="Where the files of the data set are."
    )
    batch_size: Annotated[int, Declaration(Group.TASK, change=RESCORE, unit="images", read_when=_IMAGES)] = (
        Field(default=256, ge=1, description="Images in a batch.")
    )
    batch_size_eval: Annotated[int, Declaration(Group.TASK, unit="images", read_when=_IMAGES)] = Field(
        default=1000, ge=1, description="Images in a batch where nothing is learned."
    )
    reproduction: Annotated[Reproduction, Declaration(Group.POPULATION)] = Field(
        default="tournament",
        description="Breed from tournaments in the population, or from evenly drawn elites (MAP-Elites).",
    )
    population_size: Annotated[
        int, Declaration(Group.POPULATION, unit="individuals", read_when=_TOURNAMENT)
    ] = Field(default=96, ge=2, le=1000000, description="Individuals in a generation, survivors included.")
    generation_size: Annotated[int, Declaration(Group.POPULATION, unit="individuals", read_when=_ELITES)] = (
        Field(default=64, ge=1, le=1000000, description="Children in a generation.")
    )
    tournament_size: Annotated[
        int, Declaration(Group.POPULATION, unit="individuals", read_when=_TOURNAMENT)
    ] = Field(
        default=12,
        ge=1,
        description="Individuals drawn for a tournament, at most all parents; the best of them breeds.",
    )
    elite_ratio: Annotated[float, Declaration(Group.POPULATION, read_when=_TOURNAMENT)] = Field(
        default=0.2, ge=0, le=1, description="The best share of the population that passes on unchanged."
    )
    cull_ratio: Annotated[float, Declaration(Group.POPULATION, read_when=_TOURNAMENT)] = Field(
        default=0.2, ge=0, lt=1, description="The worst share of the population that cannot breed."
    )
    p_complexity_objective: Annotated[float, Declaration(Group.POPULATION, read_when=_TOURNAMENT)] = Field(
        default=0.8, ge=0, le=1, description="Probability that a generation is ranked by size beside fitness."
    )
    p_initial_connection_enabled: Annotated[float, Declaration(Group.MUTATION, change=FIXED)] = Field(
        default=0.5,
        ge=0,
        le=1,
        description="Probability of each connection from an input to an output at the start.",
    )
    bias_input: Annotated[bool, Declaration(Group.MUTATION, change=FIXED)] = Field(
        default=False, description="Give networks an input that is always 1."
    )
    num_mutations_per_generation: Annotated[int, Declaration(Group.MUTATION)] = Field(
        default=1, ge=1, le=1000, description="Mutations that a child receives."
    )
    p_add_node: Annotated[float, Declaration(Group.MUTATION)] = Field(
        default=0.25, ge=0, le=1, description="Share of mutations that split a connection by a new neuron."
    )
    p_add_connection: Annotated[float, Declaration(Group.MUTATION)] = Field(
        default=0.25, ge=0, le=1, description="Share of mutations that add a connection."
    )
    p_change_activation: Annotated[float, Declaration(Group.MUTATION)] = Field(
        default=0.5,
        ge=0,
        le=1,
        description="Share of mutations that change the activation of a hidden neuron.",
    )
    activations: Annotated[tuple[ActivationName, ...], Declaration(Group.MUTATION)] = Field(
        default=get_args(ActivationName),
        min_length=1,
        strict=False,
        description="The activation functions of hidden neurons.",
    )
    mutation_rate: Annotated[float, Declaration(Group.MUTATION, read_when=_LAYERS)] = Field(
        default=0.25, ge=0, le=1, description="Probability of each change in a stack of layers."
    )
    layer_types: Annotated[tuple[LayerType, ...], Declaration(Group.MUTATION, read_when=_LAYERS)] = Field(
        default=get_args(LayerType),
        min_length=1,
        strict=False,
        description="The types of layers that mutation may draw.",
    )
    complexity_measure: Annotated[ComplexityMeasure, Declaration(Group.ARCHIVE)] = Field(
        default="connections", description="The size by which elites are told apart."
    )
    complexity_levels: Annotated[int, Declaration(Group.ARCHIVE, unit="levels")] = Field(
        default=8,
        ge=1,
        le=64,
        description="Levels of complexity, each showing (and breeding from) its best network.",
    )
    level_boundaries: Annotated[LevelBoundaries, Declaration(Group.ARCHIVE)] = Field(
        default="uniform", description="Where one level ends and the next begins."
    )
    confirm_trials: Annotated[
        int, Declaration(Group.ARCHIVE, change=RESCORE, unit="episodes", read_when=_GYM)
    ] = Field(
        default=16,
        ge=1,
        le=10000,
        description="Fixed episodes a weight that decide about a place in the archive.",
    )
    learning_rule: Annotated[
        LearningRule, Declaration(Group.LEARNING, change=RESCORE, read_when=_LEARNING)
    ] = Field(default="backprop", description="How weights change in a lifetime.")
    optimizer: Annotated[
        Literal["adam", "sgd", "adadelta"], Declaration(Group.LEARNING, change=RESCORE, read_when=_LEARNING)
    ] = Field(default="adam", description="What turns gradients into steps.")
    lr: Annotated[float, Declaration(Group.LEARNING, change=RESCORE, read_when=_LEARNING)] = Field(
        default=0.01, gt=0, le=100, description="The learning rate."
    )
    num_epochs: Annotated[
        int, Declaration(Group.LEARNING, change=RESCORE, unit="epochs", read_when=_LEARNING)
    ] = Field(default=1, ge=1, description="Passes over the training data.")
    evaluation_period: Annotated[
        EvaluationPeriod, Declaration(Group.LEARNING, change=RESCORE, read_when=_LEARNING)
    ] = Field(default="validation", description="The part of training whose loss is the fitness.")
    inherit_weights: Annotated[bool, Declaration(Group.LEARNING, change=RESCORE, read_when=_LEARNING)] = (
        Field(default=False, description="Give a child the weights of its parent.")
    )
    train_only_outputs: Annotated[bool, Declaration(Group.LEARNING, change=RESCORE, read_when=_LEARNING)] = (
        Field(default=False, description="Train only the weights to the outputs.")
    )
    num_hidden: Annotated[int, Declaration(Group.LEARNING, unit="neurons", read_when=_LEARNING)] = Field(
        default=0, ge=0, description="Hidden neurons of a network that learns without evolution."
    )
    num_workers: Annotated[int | None, Declaration(Group.MACHINE, unit="processes")] = Field(
        default=None,
        ge=1,
        le=1024,
        description="Worker processes; by default as many as there are processors for this process.",
    )
    timeout: Annotated[float, Declaration(Group.MACHINE, unit="s")] = Field(
        default=300.0,
        ge=1,
        le=1000000,
        description="Longest time for one network, which then counts as failed.",
    )
    use_cuda: Annotated[bool, Declaration(Group.MACHINE, change=FIXED, read_when=_LEARNING)] = Field(
        default=False, description="Train on a CUDA device."
    )
    use_torch: Annotated[bool, Declaration(Group.MACHINE, change=FIXED, read_when=_LEARNING)] = Field(
        default=False, description="Train in torch instead of compiled kernels."
    )

    @model_validator(mode="after")
    def _values_fit_each_other(self) -> Self:
        found = conflicts({name: getattr(self, name) for name in type(self).model_fields})
        if found:
            raise ValueError("; ".join(conflict.text for conflict in found))
        return self

    @property
    def last_generation(self) -> float:
        """The number of generations as a number, infinity for an endless run."""
        return math.inf if self.num_generations == "infinity" else self.num_generations

    def changed(self, **changes: Any) -> Parameters:  # noqa: ANN401
        """Return a copy with some values replaced, checked as a whole."""
        return Parameters.model_validate({**self.model_dump(), **changes})


@dataclass(frozen=True, slots=True)
class Conflict:
    """What is wrong with values that do not fit together, and the parameters that it concerns."""

    names: tuple[str, ...]
    text: str


def conflicts(values: Mapping[str, Any]) -> list[Conflict]:
    """Return what does not fit together in a complete set of values, each of which is in order by itself."""
    found = []
    shares = ("p_add_node", "p_add_connection", "p_change_activation")
    total = math.fsum(values[name] for name in shares)
    if not math.isclose(total, 1.0, abs_tol=1e-9):
        found.append(Conflict(shares, f"{' + '.join(shares)} = {total:g}; they must sum to 1"))
    for name in ("activations", "layer_types"):
        twice = [value for index, value in enumerate(values[name]) if value in values[name][:index]]
        if twice:
            found.append(Conflict((name,), f"{name}: {twice[0]} stands there twice; once would be right"))
    for name, value in values.items():
        if isinstance(value, str) and not value.isprintable():
            found.append(Conflict((name,), f"{name}: has a control character; plain text would be right"))
    if "/" in values["name"]:
        found.append(Conflict(("name",), "name: has a slash; it becomes part of the name of a directory"))
    return found


def declaration(name: str) -> Declaration:
    """Return the declaration of a parameter; a name that is none raises KeyError."""
    return next(item for item in Parameters.model_fields[name].metadata if isinstance(item, Declaration))


def is_read(name: str, parameters: Parameters) -> bool:
    """Return whether the engine reads this parameter in the mode that `parameters` describe."""
    conditions = declaration(name).read_when
    return not conditions or any(
        str(getattr(parameters, key)) == value for key, value in (item.split("=") for item in conditions)
    )


def is_supported(name: str) -> bool:
    """Return whether any experiment of this version reads this parameter."""
    experiments = {f"experiment={experiment}" for experiment in get_args(Experiment)}
    conditions = declaration(name).read_when
    return not conditions or any(
        condition in experiments or not condition.startswith("experiment=") for condition in conditions
    )
