"""Parameter files: presets, files as they stand, all problems at once, changes, reading and writing."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from galapagos.errors import InvalidParameters
from galapagos.parameter_files import (
    Given,
    dump_parameters,
    load_given,
    load_parameters,
    validate_change,
)
from galapagos.parameters import Parameters


def write(directory: Path, text: str, name: str = "x.yaml") -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / name
    path.write_text(text, encoding="utf-8")
    return path


def problems_of(preset_or_path: str | Path, **overrides: Any) -> list[str]:
    with pytest.raises(InvalidParameters) as caught:
        load_parameters(preset_or_path, **overrides)
    return caught.value.problems


def test_swing_up_elites_breeds_from_elites() -> None:
    parameters = load_parameters("galapagos/swing-up-elites")
    assert (parameters.reproduction, parameters.env_name) == ("elites", "CartPoleSwingUp")


def test_keys_of_other_experiments_are_taken_where_they_are_parameters(tmp_path: Path) -> None:
    path = write(tmp_path / "wann-gym", "env_name: CartPole-v1\nlr: 1e-3\nuse_cuda: false\nnum_epochs: 3\n")
    assert load_parameters(path).lr == 0.001


@pytest.mark.parametrize(
    ("folder", "experiment", "period"),
    [
        ("wlnn-mnist", "wlnn", "last_epoch"),
        ("wlnn", "wlnn", "validation"),
        ("wlnn-mnist-no-evolution", "learning", "last_epoch"),
        ("learning", "learning", "validation"),
        ("wann-classification", "wann-classification", "validation"),
    ],
)
def test_the_folder_says_the_experiment_and_what_its_files_leave_out(
    tmp_path: Path, folder: str, experiment: str, period: str
) -> None:
    parameters = load_parameters(write(tmp_path / folder, "dataset: digits\nlr: 0.02\n"))
    assert (parameters.experiment, parameters.evaluation_period) == (experiment, period)
    said = load_parameters(write(tmp_path / folder, "evaluation_period: integral\n"))
    assert said.evaluation_period == "integral"


def test_a_file_that_says_no_kind_and_reads_images_is_asked_for_it(tmp_path: Path) -> None:
    [problem] = problems_of(write(tmp_path / "mine", "dataset: digits\n"))
    assert "neither the file, its folder nor --experiment says a kind: experiment: has no value" in problem


def test_the_kind_that_a_file_says_goes_before_its_folder(tmp_path: Path) -> None:
    path = write(tmp_path / "layers", "experiment: wann-gym\n")
    assert load_parameters(path) == Parameters()


def test_an_override_goes_before_the_file() -> None:
    assert load_parameters("wann-gym/CartPoleSwingUp", num_trials=7).num_trials == 7


SEED = "a whole number from 0 to below 2^63"
WORDS = (
    "a list, at least one value, of linear, step, sine, gaussian, tanh, sigmoid, inverse, abs, relu or cosine"
)


def test_all_problems_are_reported_at_once_with_their_lines(tmp_path: Path) -> None:
    path = write(
        tmp_path / "wann-gym",
        "# mine\n"
        "popluation_size: 3\n"
        "population_size: 1\n"
        "seed: 012\n"
        "tournament_size: many\n"
        "p_add_node: 0.45\n"
        "elite_ratio: 1e1\n"
        "bias_input: yes\n"
        "reproduction: elite\n"
        "activations: [tanh, tanx]\n"
        "weight_values: [1, two]\n"
        "num_trials: 1e-3\n"
        "name: 7\n"
        "num_trials: 4\n",
    )
    assert problems_of(path) == [
        f"{path}:{line}"
        for line in (
            "2: 'popluation_size' is no parameter; did you mean population_size?",
            "3: population_size: 1 is out of range; a whole number from 2 to 1000000 would be right",
            f"4: seed: '012' is a text, because of its leading zero; {SEED} would be right",
            "5: tournament_size: 'many' is a text; a whole number, 1 or more would be right",
            "6: p_add_node + p_add_connection + p_change_activation = 1.2; they must sum to 1",
            "7: elite_ratio: 10.0 is out of range; a number from 0 to 1 would be right",
            "8: bias_input: 'yes' is a text; true or false would be right",
            "9: reproduction: 'elite' is unknown; tournament or elites would be right (did you mean elites?)",
            f"10: activations: 'tanx' is unknown; {WORDS} would be right (did you mean tanh?)",
            "11: weight_values: 'two' is a text; a list of numbers from -1000000 to 1000000 would be right",
            "12: num_trials: 0.001 is a number; a whole number from 1 to 10000 would be right",
            "13: name: 7 is a number; a text of up to 80 characters would be right (in quotes)",
            "14: num_trials stands here again (first on line 12); keep one of them",
        )
    ]


@pytest.mark.parametrize(
    ("override", "what"),
    [
        ({"num_workers": 0}, "num_workers: 0 is out of range; a whole number from 1 to 1024 would be right"),
        ({"nonsense": 1}, "'nonsense' is no parameter; `galapagos params list` names them all"),
        ({"weight_values": ()}, "weight_values: a list of 0 values; a list of numbers"),
        ({"seed": True}, "seed: true is a truth value; a whole number"),
        ({"seed": None}, "seed: has no value; a whole number"),
        ({"seed": [1]}, "seed: a list of 1 values; a whole number"),
        ({"seed": {}}, "seed: 'dict' is no value of a parameter; a whole number"),
        ({"name": "x" * 81}, "name: a text of 81 characters is out of range; a text of up to 80 characters"),
        ({"name": "a/b"}, "name: has a slash"),
        ({"env_name": "\x1b[31m"}, "env_name: has a control character"),
    ],
)
def test_a_wrong_override_is_one_line_that_says_what_is_right(override: dict[str, Any], what: str) -> None:
    [problem] = problems_of("wann-gym/CartPoleSwingUp", **override)
    assert problem.startswith(what)


def test_problems_of_the_file_and_of_overrides_come_together(tmp_path: Path) -> None:
    path = write(tmp_path, "env_name: CartPole-v1\nsed: 1\n")
    assert problems_of(path, num_workers=0) == [
        f"{path}:2: 'sed' is no parameter; did you mean seed?",
        "num_workers: 0 is out of range; a whole number from 1 to 1024 would be right",
    ]


def test_a_text_from_the_command_line_is_read_and_its_problem_says_where(tmp_path: Path) -> None:
    path = write(tmp_path, "env_name: CartPole-v1\n")
    flag = Given("1e2", "command line", is_text=True)
    assert load_given(path, {"population_size": flag}).population_size == 100
    with pytest.raises(InvalidParameters, match=r"^command line: seed: 'x' is a text"):
        load_given(path, {"seed": Given("x", "command line", is_text=True)})


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("CartPoleSwingUp", "did you mean wann-gym/CartPoleSwingUp?"),
        ("wann-gym/CartPoleSwingup", "did you mean wann-gym/CartPoleSwingUp?"),
        ("zzz", "no preset of that name; `galapagos params show` names all presets"),
        ("", "a preset is named, as wann-gym/CartPoleSwingUp"),
    ],
)
def test_a_preset_that_is_not_there_is_one_line_with_the_nearest(name: str, hint: str) -> None:
    [problem] = problems_of(name)
    assert hint in problem


def test_a_directory_is_no_parameter_file(tmp_path: Path) -> None:
    [problem] = problems_of(tmp_path)
    assert "is a directory" in problem


def test_a_broken_file_is_one_line(tmp_path: Path) -> None:
    path = write(tmp_path, "env_name: CartPole-v1\nseed: [1, 2\n")
    [problem] = problems_of(path)
    assert problem.startswith(f"{path}:3: not YAML: ")


def test_live_parameters_change_together() -> None:
    changed = validate_change(Parameters(), {"num_trials": 5, "p_add_node": 0.5, "p_change_activation": 0.25})
    assert (changed.num_trials, changed.p_add_node) == (5, 0.5)


def test_a_change_is_refused_as_a_whole_with_all_problems() -> None:
    with pytest.raises(InvalidParameters) as caught:
        validate_change(
            Parameters(),
            {"seed": 5, "sed": 1, "num_trials": 0, "p_add_node": 0.5, "elite_ratio": "x", "timeout": 3.0},
        )
    assert caught.value.problems == [
        "seed: is fixed while a run goes on; a new run can have another value",
        "'sed' is no parameter; did you mean seed?",
        "num_trials: 0 is out of range; a whole number from 1 to 10000 would be right",
        "elite_ratio: 'x' is a text; a number from 0 to 1 would be right",
        "p_add_node + p_add_connection + p_change_activation = 1.25; they must sum to 1",
    ]


def test_a_fixed_parameter_may_be_given_with_the_value_it_has() -> None:
    assert validate_change(Parameters(), {"seed": 0}) == Parameters()


@pytest.mark.parametrize(
    "change", [{"population_size": 1e2}, {"weight_values": 1.0}, {"num_workers": "auto"}]
)
def test_a_change_is_not_taken_where_a_changed_copy_cannot_be_made(change: dict[str, Any]) -> None:
    # The engine applies by `Parameters.changed` what was checked here before.
    with pytest.raises(InvalidParameters):
        validate_change(Parameters(), change)


def test_a_change_makes_the_changed_copy() -> None:
    changes: dict[str, Any] = {"weight_values": [1, 2], "activations": ["tanh"]}
    assert validate_change(Parameters(), changes) == Parameters().changed(**changes)


texts = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=30)


@given(
    name=texts.filter(lambda text: "/" not in text and text.isprintable()),
    env_name=texts.filter(lambda text: len(text) > 0 and text.isprintable()),
    weights=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=8).map(tuple),
    lr=st.floats(0, 100, exclude_min=True),
    generations=st.integers(1, 10**12) | st.just("infinity"),
    workers=st.none() | st.integers(1, 1024),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_read_back_equal(tmp_path: Path, **values: Any) -> None:
    written = {
        "name": values["name"],
        "env_name": values["env_name"],
        "weight_values": values["weights"],
        "lr": values["lr"],
        "num_generations": values["generations"],
        "num_workers": values["workers"],
    }
    parameters = Parameters(**written)
    text = dump_parameters(parameters)
    assert load_parameters(write(tmp_path, text)) == parameters


@pytest.mark.parametrize(
    "name", ["null", "true", "yes", "No", "1e3", "012", "~", " x", "a: b", '"', "#", "\\"]
)
def test_a_name_that_looks_like_something_else_is_written_as_text(tmp_path: Path, name: str) -> None:
    text = dump_parameters(Parameters(name=name))
    assert load_parameters(write(tmp_path, text)).name == name
    assert yaml.safe_load(text)["name"] == name
