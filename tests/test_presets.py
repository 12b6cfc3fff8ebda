"""The shipped parameter files: complete, described, frugal, and those of evolution-learning as published.

The published values are written down here from the appendix of the specification, apart from the files.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from galapagos.parameter_files import Preset, load_parameters, presets
from galapagos.parameters import is_read
from galapagos.tasks.catalogue import build_task
from galapagos.tasks.own_environments import names

PRESETS = {preset.name: preset for preset in presets()}
RULES = ("backprop", "feedback_alignment", "hebbian", "last_layer")

EXPERIMENTS = {
    "wann-gym": "wann-gym",
    "galapagos": "wann-gym",
    "wann-classification": "wann-classification",
    "wlnn": "wlnn",
    "wlnn-mnist": "wlnn",
    "learning": "learning",
    "wlnn-mnist-no-evolution": "learning",
    "layers": "layers",
}

ACTING = [name for name in PRESETS if EXPERIMENTS.get(name.partition("/")[0]) == "wann-gym"]

SHARED: dict[str, Any] = {
    "p_change_activation": 0.5,
    "p_add_node": 0.25,
    "p_add_connection": 0.25,
    "elite_ratio": 0.2,
    "cull_ratio": 0.2,
    "p_complexity_objective": 0.8,
    "num_mutations_per_generation": 1,
}
CART_POLE: dict[str, Any] = SHARED | {
    "env_name": "CartPole-v0",
    "take_argmax_action": True,
    "num_inputs": 4,
    "num_outputs": 2,
    "num_generations": 100,
    "population_size": 96,
    "tournament_size": 12,
    "num_trials": 5,
    "p_initial_connection_enabled": 0.5,
    "test_every": 5,
}
SWING_UP: dict[str, Any] = SHARED | {
    "env_name": "CartPoleSwingUp",
    "take_argmax_action": False,
    "num_inputs": 5,
    "num_outputs": 1,
    "num_generations": 1024,
    "population_size": 192,
    "tournament_size": 16,
    "num_trials": 3,
    "p_initial_connection_enabled": 0.5,
    "test_every": 50,
}
WALKER: dict[str, Any] = SHARED | {
    "env_name": "BipedalWalker-v2",
    "take_argmax_action": False,
    "num_inputs": 24,
    "num_outputs": 4,
    "num_generations": 2048,
    "population_size": 480,
    "tournament_size": 32,
    "num_trials": 1,
    "p_initial_connection_enabled": 0.25,
    "test_every": 500,
}
WANN_DIGITS: dict[str, Any] = SHARED | {
    "use_torch": False,
    "dataset": "digits",
    "num_inputs": 64,
    "num_outputs": 10,
    "num_generations": 1024,
    "population_size": 480,
    "tournament_size": 32,
    "batch_size": 500,
    "p_initial_connection_enabled": 0.05,
    "test_every": 5,
}
WANN_MNIST: dict[str, Any] = WANN_DIGITS | {
    "dataset": "mnist",
    "num_inputs": 256,
    "num_generations": 4096,
    "population_size": 960,
    "tournament_size": 64,
    "batch_size": 1000,
    "test_every": 20,
}
WLNN_DIGITS: dict[str, Any] = {
    "use_cuda": False,
    "dataset": "digits",
    "num_inputs": 64,
    "num_outputs": 10,
    "num_generations": 1024,
    "population_size": 480,
    "tournament_size": 32,
    "p_initial_connection_enabled": 0.05,
    "p_add_node": 0.5,
    "p_add_connection": 0.5,
    "elite_ratio": 0.2,
    "cull_ratio": 0.2,
    "p_complexity_objective": 0.8,
    "num_mutations_per_generation": 1,
    "optimizer": "adam",
    "learning_rule": "backprop",
    "lr": 0.01,
    "batch_size": 256,
    "num_epochs": 3,
    "inherit_weights": False,
    "train_only_outputs": False,
}
WLNN_MNIST: dict[str, Any] = WLNN_DIGITS | {
    "dataset": "mnist",
    "num_inputs": 256,
    "num_generations": 4096,
    "population_size": 180,
    "p_add_node": 0.2,
    "p_add_connection": 0.8,
    "p_complexity_objective": 0.2,
    "num_mutations_per_generation": 5,
    "num_epochs": 5,
}
NO_EVOLUTION: dict[str, Any] = {
    "use_cuda": False,
    "dataset": "mnist",
    "num_inputs": 256,
    "num_outputs": 10,
    "p_initial_connection_enabled": 1,
    "learning_rule": "backprop",
    "optimizer": "adam",
    "num_epochs": 100,
    "batch_size": 256,
    "lr": 0.01,
}
PUBLISHED: dict[str, dict[str, Any]] = {
    "wann-gym/CartPole-v0": CART_POLE,
    "wann-gym/CartPoleSwingUp": SWING_UP,
    "wann-gym/BipedalWalker-v2": WALKER,
    "wann-classification/digits": WANN_DIGITS,
    "wann-classification/mnist": WANN_MNIST,
    "wlnn-mnist/digits-backprop": WLNN_DIGITS,
    **{f"wlnn-mnist/mnist-{rule}": WLNN_MNIST | {"learning_rule": rule} for rule in RULES[:3]},
    **{f"wlnn-mnist-no-evolution/mnist-{rule}": NO_EVOLUTION | {"learning_rule": rule} for rule in RULES[:3]},
}


def written(preset: Preset) -> dict[str, Any]:
    """Return the values of a file, read by a parser that is not ours."""
    values: dict[str, Any] = yaml.safe_load(preset.path.read_text("utf-8"))
    return values


@pytest.fixture(params=PRESETS)
def preset(request: pytest.FixtureRequest) -> Preset:
    return PRESETS[request.param]


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_file_of_evolution_learning_has_its_values_but_for_the_number_of_workers(name: str) -> None:
    assert written(PRESETS[name]) == PUBLISHED[name]


def test_the_files_of_evolution_learning_are_among_them_and_every_kind_has_files() -> None:
    assert set(PUBLISHED) <= set(PRESETS)
    assert {name.partition("/")[0] for name in PRESETS} == set(EXPERIMENTS)
    assert {load_parameters(name).experiment for name in PRESETS} == set(EXPERIMENTS.values())


@pytest.mark.parametrize("environment", names())
def test_an_environment_of_ours_has_a_file_of_its_name(environment: str) -> None:
    assert load_parameters(f"wann-gym/{environment}").env_name == environment


@pytest.mark.parametrize("name", ACTING)
def test_a_file_of_networks_that_act_fits_its_environment(name: str) -> None:
    parameters = load_parameters(name)
    task = build_task(parameters)
    assert (task.num_inputs, task.num_outputs) == (parameters.num_inputs, parameters.num_outputs)


def test_every_file_is_taken_and_its_experiment_is_that_of_its_folder(preset: Preset) -> None:
    parameters = load_parameters(preset.name)
    assert parameters.experiment == EXPERIMENTS[preset.path.parent.name]
    for name, value in written(preset).items():
        loaded = getattr(parameters, name)
        assert (list(loaded) if isinstance(loaded, tuple) else loaded) == value


def test_a_file_says_only_what_its_experiment_reads_and_every_value_once(preset: Preset) -> None:
    parameters, values = load_parameters(preset.name), written(preset)
    unread = {name for name in values if not is_read(name, parameters)}
    # The authors of these say by it that their networks are computed without torch.
    assert unread <= ({"use_torch"} if PUBLISHED.get(preset.name, {}).keys() >= {"use_torch"} else set())
    lines = [line for line in preset.path.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert [line.partition(":")[0] for line in lines] == list(values)
    assert "num_workers" not in values


def test_only_the_files_of_evolution_learning_mean_the_last_epoch(preset: Preset) -> None:
    theirs = preset.path.parent.name in {"wlnn-mnist", "wlnn-mnist-no-evolution"}
    expected = "last_epoch" if theirs else "validation"
    assert load_parameters(preset.name).evaluation_period == expected
    assert not (theirs and "evaluation_period" in written(preset))


def test_a_file_begins_with_a_line_for_people_and_may_say_how_long_a_generation_takes(preset: Preset) -> None:
    first, second, *_ = preset.path.read_text("utf-8").splitlines()
    assert first == f"# {preset.description}"
    assert preset.description.endswith(".")
    assert 30 <= len(preset.description) <= 95
    paced = second.startswith("#")
    assert preset.pace == (second.removeprefix("# ") if paced else "")
    assert not paced or preset.pace.endswith(("(measured).", "(estimated)."))


def test_no_two_files_are_the_same_experiment_under_the_same_words() -> None:
    described = [preset.description for preset in PRESETS.values()]
    assert len(set(described)) == len(described)


@pytest.mark.parametrize("data", ["digits", "mnist"])
def test_our_networks_that_learn_differ_from_rule_to_rule_by_the_rule_alone(data: str) -> None:
    for folder in ("wlnn", "learning"):
        files = [written(PRESETS[f"{folder}/{data}-{rule}"]) for rule in RULES]
        assert [values.pop("learning_rule") for values in files] == list(RULES)
        if (folder, data) == ("learning", "mnist"):
            # At the rate of the others the Hebbian rule stays at chance on so dense a network.
            assert [values.pop("lr") for values in files] == [0.01, 0.01, 0.0003, 0.01]
        assert all(values == files[0] for values in files)


def test_a_published_file_is_taken_as_it_stands_wherever_its_folder_is(tmp_path: Path) -> None:
    for name, values in PUBLISHED.items():
        folder = tmp_path / name.partition("/")[0]
        folder.mkdir(exist_ok=True)
        copy = folder / f"{name.partition('/')[2]}.yaml"
        copy.write_text(yaml.safe_dump(values | {"num_workers": 1}), "utf-8")
        assert load_parameters(copy) == load_parameters(name).changed(num_workers=1)
