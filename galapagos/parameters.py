"""Every parameter, declared once: type, bounds, unit, help, group, and whether it can change in a run.

The YAML check, the command-line flags, the forms of the dashboard, the help texts, the table in the README
and the defaults all derive from the class `Parameters`.
"""

from __future__ import annotations

import functools
import math
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from galapagos.parameter_conflicts import conflicts
from galapagos.parameter_declarations import (
    ActivationName,
    Change,
    ComplexityMeasure,
    Declaration,
    EvaluationPeriod,
    Experiment,
    Group,
    LayerType,
    LearningRule,
    LevelBoundaries,
    Optimizer,
    Reproduction,
)

_FIXED, _RESCORE = Change.FIXED, Change.RESCORE
_TOURNAMENT, _ELITES = "reproduction=tournament", "reproduction=elites"
_GYM: tuple[Experiment, ...] = ("wann-gym",)
_WEIGHT_AGNOSTIC: tuple[Experiment, ...] = ("wann-gym", "wann-classification")
_IMAGES: tuple[Experiment, ...] = ("wann-classification", "wlnn", "learning", "layers")
_LEARNING: tuple[Experiment, ...] = ("wlnn", "learning", "layers")
_RULES: tuple[Experiment, ...] = ("wlnn", "learning")
_EVOLVED_LEARNING: tuple[Experiment, ...] = ("wlnn", "layers")
_ALONE: tuple[Experiment, ...] = ("learning",)
_LAYERS: tuple[Experiment, ...] = ("layers",)
_GRAPHS: tuple[Experiment, ...] = ("wann-gym", "wann-classification", "wlnn")
_CONNECTED: tuple[Experiment, ...] = (*_GRAPHS, "learning")
_EVOLVED: tuple[Experiment, ...] = (*_GRAPHS, "layers")

Finite = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]


class Parameters(BaseModel):
    """The parameters of a run: immutable, complete and valid.

    Raises:
        pydantic.ValidationError: For a value that is out of bounds or does not fit the others;
            `galapagos.parameter_files` turns it into lines fit to be shown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    experiment: Annotated[Experiment, Declaration(Group.RUN, change=_FIXED)] = Field(
        default="wann-gym",
        description="The kind of experiment; where a file does not say, its folder's name does.",
    )
    name: Annotated[str, Declaration(Group.RUN)] = Field(
        default="", max_length=80, description="A name for the run, beside its date and preset."
    )
    seed: Annotated[int, Declaration(Group.RUN, change=_FIXED)] = Field(
        default=0,
        ge=0,
        lt=2**63,
        description="The seed of all random numbers; the same seed gives the same run.",
    )
    num_generations: Annotated[
        Annotated[int, Field(ge=1)] | Literal["infinity"],
        Declaration(Group.RUN, unit="generations", experiments=_EVOLVED),
    ] = Field(default=100, description="How many generations to evolve; infinity for an endless run.")
    test_every: Annotated[int, Declaration(Group.RUN, unit="generations", experiments=_EVOLVED)] = Field(
        default=5, ge=1, description="Test the champion, and write histograms, every so many generations."
    )
    checkpoint_every: Annotated[float, Declaration(Group.RUN, unit="s")] = Field(
        default=30.0,
        ge=0,
        le=86400,
        description="Write a checkpoint at the end of a generation, at most this often.",
    )
    save_networks_every: Annotated[int, Declaration(Group.RUN, unit="generations", experiments=_EVOLVED)] = (
        Field(default=0, ge=0, description="Keep all networks of every n-th generation; 0 for never.")
    )
    out_dir: Annotated[str, Declaration(Group.RUN, change=_FIXED)] = Field(
        default="", description="The directory of this one run; empty for one in the user's data directory."
    )
    overwrite_output: Annotated[bool, Declaration(Group.RUN, change=_FIXED)] = Field(
        default=False, description="Set a run that is already in out_dir aside instead of refusing."
    )
    env_name: Annotated[str, Declaration(Group.TASK, change=_FIXED, experiments=_GYM)] = Field(
        default="CartPoleSwingUp", min_length=1, max_length=200, description="The gymnasium environment."
    )
    num_trials: Annotated[int, Declaration(Group.TASK, unit="episodes", experiments=_GYM)] = Field(
        default=3, ge=1, le=10000, description="Episodes a network plays with each weight in a generation."
    )
    take_argmax_action: Annotated[bool, Declaration(Group.TASK, change=_FIXED, experiments=_GYM)] = Field(
        default=False,
        description="Take the output with the largest value as the action; discrete actions always do.",
    )
    weight_values: Annotated[
        tuple[Finite, ...], Declaration(Group.TASK, change=_RESCORE, experiments=_WEIGHT_AGNOSTIC)
    ] = Field(
        default=(-2.0, -1.0, -0.5, 0.5, 1.0, 2.0),
        min_length=1,
        max_length=1000,
        strict=False,
        description="The shared weights that each network is evaluated with.",
    )
    num_inputs: Annotated[int | None, Declaration(Group.TASK, change=_FIXED)] = Field(
        default=None, ge=1, description="Follows from the task; checked where it is given."
    )
    num_outputs: Annotated[int | None, Declaration(Group.TASK, change=_FIXED)] = Field(
        default=None, ge=1, description="Follows from the task; checked where it is given."
    )
    dataset: Annotated[str, Declaration(Group.TASK, change=_FIXED, experiments=_IMAGES)] = Field(
        default="digits", description="The data set of images."
    )
    data_dir: Annotated[str, Declaration(Group.TASK, change=_FIXED, experiments=_IMAGES)] = Field(
        default="", description="Where the files of the data set are."
    )
    batch_size: Annotated[
        int,
        Declaration(
            Group.TASK,
            change=_RESCORE,
            unit="images",
            experiments=_IMAGES,
            rescored_in=_EVOLVED_LEARNING,
            defaults={"layers": 64},
        ),
    ] = Field(default=256, ge=1, description="Images in a batch.")
    batch_size_eval: Annotated[int, Declaration(Group.TASK, unit="images", experiments=_RULES)] = Field(
        default=1000, ge=1, description="Images in a batch where nothing is learned."
    )
    reproduction: Annotated[
        Reproduction, Declaration(Group.POPULATION, experiments=_EVOLVED, defaults={"layers": "elites"})
    ] = Field(
        default="tournament",
        description="Breed from tournaments in the population, or from evenly drawn elites (MAP-Elites).",
    )
    population_size: Annotated[
        int, Declaration(Group.POPULATION, unit="individuals", experiments=_EVOLVED, read_when=_TOURNAMENT)
    ] = Field(default=96, ge=2, le=1000000, description="Individuals in a generation, survivors included.")
    generation_size: Annotated[
        int, Declaration(Group.POPULATION, unit="individuals", experiments=_EVOLVED, read_when=_ELITES)
    ] = Field(default=64, ge=1, le=1000000, description="Children in a generation.")
    tournament_size: Annotated[
        int, Declaration(Group.POPULATION, unit="individuals", experiments=_EVOLVED, read_when=_TOURNAMENT)
    ] = Field(
        default=12,
        ge=1,
        description="Individuals drawn for a tournament, at most all parents; the best of them breeds.",
    )
    elite_ratio: Annotated[
        float, Declaration(Group.POPULATION, experiments=_EVOLVED, read_when=_TOURNAMENT)
    ] = Field(
        default=0.2, ge=0, le=1, description="The best share of the population that passes on unchanged."
    )
    cull_ratio: Annotated[
        float, Declaration(Group.POPULATION, experiments=_EVOLVED, read_when=_TOURNAMENT)
    ] = Field(default=0.2, ge=0, lt=1, description="The worst share of the population that cannot breed.")
    p_complexity_objective: Annotated[
        float, Declaration(Group.POPULATION, experiments=_EVOLVED, read_when=_TOURNAMENT)
    ] = Field(
        default=0.8, ge=0, le=1, description="Probability that a generation is ranked by size beside fitness."
    )
    p_initial_connection_enabled: Annotated[
        float, Declaration(Group.MUTATION, change=_FIXED, experiments=_CONNECTED, defaults={"learning": 1.0})
    ] = Field(
        default=0.5,
        ge=0,
        le=1,
        description="Probability of each connection from an input to an output at the start.",
    )
    bias_input: Annotated[bool, Declaration(Group.MUTATION, change=_FIXED, experiments=_WEIGHT_AGNOSTIC)] = (
        Field(default=False, description="Give networks an input that is always 1.")
    )
    num_mutations_per_generation: Annotated[int, Declaration(Group.MUTATION, experiments=_GRAPHS)] = Field(
        default=1, ge=1, le=1000, description="Mutations that a child receives."
    )
    p_add_node: Annotated[float, Declaration(Group.MUTATION, experiments=_GRAPHS, defaults={"wlnn": 0.5})] = (
        Field(
            default=0.25,
            ge=0,
            le=1,
            description="Share of mutations that split a connection by a new neuron.",
        )
    )
    p_add_connection: Annotated[
        float, Declaration(Group.MUTATION, experiments=_GRAPHS, defaults={"wlnn": 0.5})
    ] = Field(default=0.25, ge=0, le=1, description="Share of mutations that add a connection.")
    p_change_activation: Annotated[
        float, Declaration(Group.MUTATION, experiments=_GRAPHS, defaults={"wlnn": 0.0})
    ] = Field(
        default=0.5,
        ge=0,
        le=1,
        description="Share of mutations that change the activation of a hidden neuron.",
    )
    activations: Annotated[
        tuple[ActivationName, ...], Declaration(Group.MUTATION, experiments=_WEIGHT_AGNOSTIC)
    ] = Field(
        default=get_args(ActivationName),
        min_length=1,
        strict=False,
        description="The activation functions of hidden neurons.",
    )
    mutation_rate: Annotated[float, Declaration(Group.MUTATION, experiments=_LAYERS)] = Field(
        default=0.25, ge=0, le=1, description="Probability of each change in a stack of layers."
    )
    layer_types: Annotated[tuple[LayerType, ...], Declaration(Group.MUTATION, experiments=_LAYERS)] = Field(
        default=get_args(LayerType),
        min_length=1,
        strict=False,
        description="The types of layers that mutation may draw.",
    )
    complexity_measure: Annotated[
        ComplexityMeasure, Declaration(Group.ARCHIVE, experiments=_GRAPHS, defaults={"layers": "layers"})
    ] = Field(default="connections", description="The size by which elites are told apart.")
    complexity_levels: Annotated[int, Declaration(Group.ARCHIVE, unit="levels", experiments=_EVOLVED)] = (
        Field(
            default=8,
            ge=1,
            le=64,
            description="Levels of complexity, each showing (and breeding from) its best network.",
        )
    )
    level_boundaries: Annotated[LevelBoundaries, Declaration(Group.ARCHIVE, experiments=_EVOLVED)] = Field(
        default="uniform", description="Where one level ends and the next begins."
    )
    confirm_trials: Annotated[
        int, Declaration(Group.ARCHIVE, change=_RESCORE, unit="episodes", experiments=_GYM)
    ] = Field(
        default=16,
        ge=1,
        le=10000,
        description="Fixed episodes a weight that decide about a place in the archive.",
    )
    learning_rule: Annotated[
        LearningRule,
        Declaration(Group.LEARNING, experiments=_RULES, change=_RESCORE, rescored_in=_EVOLVED_LEARNING),
    ] = Field(default="backprop", description="How weights change in a lifetime.")
    optimizer: Annotated[
        Optimizer,
        Declaration(
            Group.LEARNING,
            experiments=_LEARNING,
            defaults={"layers": "sgd"},
            change=_RESCORE,
            rescored_in=_EVOLVED_LEARNING,
        ),
    ] = Field(default="adam", description="What turns gradients into steps.")
    lr: Annotated[
        float,
        Declaration(Group.LEARNING, experiments=_LEARNING, change=_RESCORE, rescored_in=_EVOLVED_LEARNING),
    ] = Field(default=0.01, gt=0, le=100, description="The learning rate.")
    num_epochs: Annotated[
        int,
        Declaration(
            Group.LEARNING,
            unit="epochs",
            experiments=_LEARNING,
            change=_RESCORE,
            rescored_in=_EVOLVED_LEARNING,
        ),
    ] = Field(default=1, ge=1, description="Passes over the training data.")
    evaluation_period: Annotated[
        EvaluationPeriod,
        Declaration(Group.LEARNING, experiments=_RULES, change=_RESCORE, rescored_in=_EVOLVED_LEARNING),
    ] = Field(default="validation", description="The part of training whose loss is the fitness.")
    inherit_weights: Annotated[
        bool, Declaration(Group.LEARNING, change=_RESCORE, experiments=_EVOLVED_LEARNING)
    ] = Field(default=False, description="Give a child the weights of its parent.")
    train_only_outputs: Annotated[
        bool, Declaration(Group.LEARNING, experiments=_RULES, change=_RESCORE, rescored_in=_EVOLVED_LEARNING)
    ] = Field(default=False, description="Train only the weights to the outputs.")
    num_hidden: Annotated[
        int, Declaration(Group.LEARNING, change=_FIXED, unit="neurons", experiments=_ALONE)
    ] = Field(default=0, ge=0, description="Hidden neurons of a network that learns without evolution.")
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
    use_cuda: Annotated[bool, Declaration(Group.MACHINE, change=_FIXED, experiments=_LEARNING)] = Field(
        default=False, description="Train on a CUDA device."
    )
    use_torch: Annotated[bool, Declaration(Group.MACHINE, change=_FIXED, experiments=_RULES)] = Field(
        default=False, description="Train in torch instead of compiled kernels."
    )

    @model_validator(mode="before")
    @classmethod
    def _take_defaults_of_the_experiment(cls, values: Any) -> Any:  # noqa: ANN401 - whatever was given
        return special_defaults(values.get("experiment")) | values if isinstance(values, dict) else values

    @model_validator(mode="after")
    def _values_fit_each_other(self) -> Self:
        found = conflicts({name: getattr(self, name) for name in type(self).model_fields})
        if found:
            raise ValueError("; ".join(conflict.text for conflict in found))
        return self

    @property
    def last_generation(self) -> float:
        """The number of generations, or of epochs where one network learns; infinity for an endless run."""
        if self.experiment == "learning":
            return self.num_epochs
        return math.inf if self.num_generations == "infinity" else self.num_generations

    def changed(self, **changes: Any) -> Parameters:  # noqa: ANN401
        """Return a copy with some values replaced, checked as a whole."""
        return Parameters.model_validate({**self.model_dump(), **changes})


def declaration(name: str) -> Declaration:
    """Return the declaration of a parameter; a name that is none raises KeyError."""
    return next(item for item in Parameters.model_fields[name].metadata if isinstance(item, Declaration))


@functools.cache
def _special_defaults(experiment: str) -> dict[str, Any]:
    declared = {name: declaration(name).defaults for name in Parameters.model_fields}
    return {name: values[kind] for name, values in declared.items() for kind in values if kind == experiment}


def special_defaults(experiment: object) -> dict[str, Any]:
    """Return the defaults of a kind of experiment that are others than those of the fields."""
    return dict(_special_defaults(experiment)) if isinstance(experiment, str) else {}


def is_read(name: str, parameters: Parameters) -> bool:
    """Return whether the engine reads this parameter in the mode that `parameters` describe."""
    declared = declaration(name)
    if declared.experiments and parameters.experiment not in declared.experiments:
        return False
    key, _, value = declared.read_when.partition("=")
    return not key or str(getattr(parameters, key)) == value


def rescores(name: str, parameters: Parameters) -> bool:
    """Return whether the elites are scored again after a change of this parameter."""
    declared = declaration(name)
    kinds = declared.rescored_in or (parameters.experiment,)
    return declared.change is Change.RESCORE and parameters.experiment in kinds and is_read(name, parameters)
