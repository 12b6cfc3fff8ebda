"""The declarations of parameters: bounds, what fits together, what is read when."""

import math
from typing import Any

import pytest
from pydantic import ValidationError

from galapagos.parameter_conflicts import Conflict, conflicts
from galapagos.parameter_declarations import Change
from galapagos.parameters import Parameters, declaration, is_read, rescores

# ALGORITHMS, "The parameters that must exist, under these names".
NAMES = [
    "cull_ratio",
    "elite_ratio",
    "num_generations",
    "population_size",
    "p_add_connection",
    "p_add_node",
    "p_change_activation",
    "tournament_size",
    "inherit_weights",
    "num_mutations_per_generation",
    "p_complexity_objective",
    "batch_size",
    "batch_size_eval",
    "evaluation_period",
    "num_trials",
    "learning_rule",
    "lr",
    "num_epochs",
    "optimizer",
    "train_only_outputs",
    "num_inputs",
    "num_outputs",
    "p_initial_connection_enabled",
    "dataset",
    "env_name",
    "num_workers",
    "take_argmax_action",
    "use_cuda",
    "use_torch",
    "out_dir",
    "overwrite_output",
    "test_every",
    "complexity_levels",
    "generation_size",
    "timeout",
    "layer_types",
    "mutation_rate",
    "experiment",
    "name",
    "seed",
    "data_dir",
    "weight_values",
    "activations",
    "bias_input",
    "num_hidden",
    "reproduction",
    "complexity_measure",
    "level_boundaries",
    "confirm_trials",
    "checkpoint_every",
    "save_networks_every",
]

# DESIGN, "Live parameters".
FIXED = [
    "experiment",
    "env_name",
    "dataset",
    "data_dir",
    "num_inputs",
    "num_outputs",
    "take_argmax_action",
    "bias_input",
    "p_initial_connection_enabled",
    "seed",
    "out_dir",
    "overwrite_output",
    "use_cuda",
    "use_torch",
    "num_hidden",  # it shapes the one network of a run, which has begun with it
]
RESCORED = [
    "weight_values",
    "confirm_trials",
    "evaluation_period",
    "learning_rule",
    "optimizer",
    "lr",
    "num_epochs",
    "train_only_outputs",
    "inherit_weights",
    "batch_size",
]


def test_exactly_the_parameters_that_must_exist_are_declared() -> None:
    assert sorted(Parameters.model_fields) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_parameter_is_fixed_or_live_as_designed(name: str) -> None:
    expected = Change.FIXED if name in FIXED else Change.RESCORE if name in RESCORED else Change.LIVE
    assert declaration(name).change is expected


@pytest.mark.parametrize("name", NAMES)
def test_a_parameter_says_what_it_is(name: str) -> None:
    text = Parameters.model_fields[name].description
    assert text
    assert text.endswith(".")


def test_parameters_cannot_be_changed_in_place() -> None:
    with pytest.raises(ValidationError):
        Parameters().seed = 3


def test_a_changed_copy_is_checked_as_a_whole() -> None:
    assert Parameters().changed(seed=3).seed == 3
    with pytest.raises(ValidationError, match="must sum to 1"):
        Parameters().changed(p_add_node=0.9)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("population_size", 1),
        ("population_size", 10.0),
        ("population_size", True),
        ("population_size", "10"),
        ("num_generations", 0),
        ("num_generations", "forever"),
        ("elite_ratio", 1.01),
        ("elite_ratio", math.nan),
        ("cull_ratio", 1),
        ("timeout", math.inf),
        ("timeout", 0),
        ("seed", 2**63),
        ("seed", -1),
        ("weight_values", ()),
        ("weight_values", ("1",)),
        ("weight_values", (math.inf,)),
        ("activations", ()),
        ("activations", ("tanx",)),
        ("activations", ("tanh", "tanh")),
        ("name", "a/b"),
        ("name", "a\x1b[31m"),
        ("bias_input", "true"),
        ("bias_input", 1),
        ("experiment", "layer"),
        ("nonsense", 1),
    ],
)
def test_a_wrong_value_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        Parameters(**{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [("num_generations", "infinity"), ("elite_ratio", 1), ("elite_ratio", 0.0), ("weight_values", [1, -0.5])],
)
def test_a_value_at_the_edge_is_taken(name: str, value: Any) -> None:
    Parameters(**{name: value})


def test_the_number_of_generations_is_a_number() -> None:
    assert Parameters(num_generations=7).last_generation == 7
    assert Parameters(num_generations="infinity").last_generation == math.inf


def test_probabilities_that_sum_to_one_but_for_rounding_are_taken() -> None:
    Parameters(p_add_node=0.1, p_add_connection=0.2, p_change_activation=0.7)


def test_a_conflict_names_its_parameters_and_their_sum() -> None:
    values = {**dict(Parameters()), "p_add_node": 0.35}
    assert conflicts(values) == [
        Conflict(
            ("p_add_node", "p_add_connection", "p_change_activation"),
            "p_add_node + p_add_connection + p_change_activation = 1.1; they must sum to 1",
        )
    ]


def test_reproduction_decides_which_sizes_are_read() -> None:
    tournament, elites = Parameters(), Parameters(reproduction="elites")
    assert is_read("population_size", tournament)
    assert not is_read("generation_size", tournament)
    assert is_read("generation_size", elites)
    assert not is_read("population_size", elites)
    assert is_read("seed", tournament)


@pytest.mark.parametrize(
    ("experiment", "read", "not_read"),
    [
        (
            "wann-gym",
            "num_trials weight_values confirm_trials p_add_node activations",
            "lr dataset mutation_rate",
        ),
        (
            "wann-classification",
            "dataset batch_size weight_values bias_input",
            "lr num_trials confirm_trials",
        ),
        ("wlnn", "lr learning_rule p_add_node inherit_weights population_size", "activations num_hidden"),
        ("learning", "num_epochs num_hidden evaluation_period", "num_generations population_size p_add_node"),
        (
            "layers",
            "layer_types mutation_rate generation_size use_cuda",
            "learning_rule p_add_node use_torch",
        ),
    ],
)
def test_the_experiment_decides_what_is_read(experiment: str, read: str, not_read: str) -> None:
    parameters = Parameters.model_validate({"experiment": experiment})
    assert [name for name in read.split() if not is_read(name, parameters)] == []
    assert [name for name in not_read.split() if is_read(name, parameters)] == []


def test_an_experiment_has_defaults_of_its_own() -> None:
    learning_networks, stacks = Parameters(experiment="wlnn"), Parameters(experiment="layers")
    assert (learning_networks.p_add_node, learning_networks.p_change_activation) == (0.5, 0.0)
    assert (stacks.reproduction, stacks.optimizer, stacks.batch_size) == ("elites", "sgd", 64)
    assert stacks.complexity_measure == "layers"
    assert Parameters(experiment="layers", optimizer="adam").optimizer == "adam"


def test_a_batch_size_scores_elites_again_only_where_networks_learn() -> None:
    assert rescores("batch_size", Parameters(experiment="wlnn"))
    assert not rescores("batch_size", Parameters(experiment="wann-classification"))
    assert not rescores("lr", Parameters(experiment="learning"))
    assert rescores("weight_values", Parameters(experiment="wann-classification"))
    assert not rescores("weight_values", Parameters(experiment="wlnn"))


def test_one_network_that_learns_ends_after_its_epochs() -> None:
    assert Parameters(experiment="learning", num_epochs=7).last_generation == 7


def test_stacks_of_layers_are_told_apart_by_layers() -> None:
    with pytest.raises(ValidationError, match="told apart by their layers"):
        Parameters(experiment="layers", complexity_measure="connections")


@pytest.mark.parametrize("experiment", ["wlnn", "learning", "layers"])
def test_networks_that_learn_have_no_bias_input(experiment: str) -> None:
    with pytest.raises(ValidationError, match="networks that learn have none"):
        Parameters.model_validate({"experiment": experiment, "bias_input": True})
