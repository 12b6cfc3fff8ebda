"""Parameters as flags: switches bare and with a value, lists in both ways, values that begin with a minus."""

from __future__ import annotations

from typing import Any

import pytest

from galapagos.cli.parameter_flags import add_parameter_flags, given_parameters, join_values, read_changes
from galapagos.cli.parsing import Parser, WrongCall
from galapagos.errors import InvalidParameters
from galapagos.parameter_files import Given, load_given
from galapagos.parameters import Parameters

PRESET = "wann-gym/CartPoleSwingUp"


def parser() -> Parser:
    made = Parser("run", "Run.")
    made.add_argument("preset")
    made.add_argument("--headless", action="store_true")
    add_parameter_flags(made)
    return made


def read(*arguments: str) -> Parameters:
    namespace = parser().read(join_values(list(arguments)))
    return load_given(namespace.preset, given_parameters(namespace))


@pytest.mark.parametrize(
    ("flags", "name", "value"),
    [
        (["--num_workers", "4"], "num_workers", 4),
        (["--num_workers=4"], "num_workers", 4),
        (["--num-workers", "4"], "num_workers", 4),
        (["--bias_input"], "bias_input", True),
        (["--bias_input", "true"], "bias_input", True),
        (["--bias_input", "false"], "bias_input", False),
        (["--bias_input=False"], "bias_input", False),
        (["--overwrite_output"], "overwrite_output", True),
        (["--weight_values", "-2,-1,1"], "weight_values", (-2, -1, 1)),
        (["--weight_values=-2,-1,1"], "weight_values", (-2, -1, 1)),
        (["--weight_values", "-2", "-1e-3", "1"], "weight_values", (-2, -0.001, 1)),
        (["--weight_values", "[-2, 1]"], "weight_values", (-2, 1)),
        (["--activations", "tanh", "relu"], "activations", ("tanh", "relu")),
        (["--activations", "tanh,relu"], "activations", ("tanh", "relu")),
        (["--num_generations", "infinity"], "num_generations", "infinity"),
        (["--elite_ratio", "1e-3"], "elite_ratio", 0.001),
        (["--name", "my run"], "name", "my run"),
        (["--name", ""], "name", ""),
        (["--seed", "1", "--seed", "2"], "seed", 2),
    ],
)
@pytest.mark.parametrize("preset_first", [True, False])
def test_a_flag_sets_its_parameter(flags: list[str], name: str, value: Any, preset_first: bool) -> None:
    arguments = [PRESET, *flags] if preset_first else [*flags, PRESET]
    assert getattr(read(*arguments), name) == value


@pytest.mark.parametrize(
    ("flags", "problem"),
    [
        (["--seed", "-1"], "command line: seed: -1 is out of range"),
        (["--seed", "-1e3"], "command line: seed: -1000 is out of range"),
        (["--bias_input", "yes"], "command line: bias_input: 'yes' is a text; true or false would be right"),
        (["--weight_values", "two"], "command line: weight_values: 'two' is a text"),
        (["--p_add_node", "0.5"], "command line: p_add_node + p_add_connection + p_change_activation = 1.25"),
        (
            ["--experiment", "layer"],
            "command line: experiment: 'layer' is unknown; wann-gym, wann-classification",
        ),
    ],
)
def test_a_wrong_value_is_one_line_that_says_where(flags: list[str], problem: str) -> None:
    with pytest.raises(InvalidParameters) as caught:
        read(PRESET, *flags)
    [line] = caught.value.problems
    assert line.startswith(problem)


def test_all_wrong_flags_are_reported_at_once() -> None:
    with pytest.raises(InvalidParameters) as caught:
        read(PRESET, "--seed", "x", "--num_trials", "0", "--elite_ratio", "2")
    assert len(caught.value.problems) == 3


def test_an_unknown_flag_names_the_nearest() -> None:
    with pytest.raises(WrongCall, match="did you mean --tournament_size"):
        read(PRESET, "--tournment_size", "3")


def test_a_switch_does_not_swallow_the_preset() -> None:
    namespace = parser().read(join_values(["--overwrite_output", PRESET]))
    assert namespace.preset == PRESET


def test_the_help_names_exactly_what_this_version_reads() -> None:
    text = parser().format_help()
    for name in Parameters.model_fields:
        assert f"--{name} " in text, name


def test_the_help_says_bounds_defaults_and_whether_a_parameter_is_live() -> None:
    text = " ".join(parser().format_help().split())
    assert "Worker processes; by default as many" in text
    assert "(processes; from 1 to 1024; default auto; live)" in text
    assert "(from 0 to 1; default 0.5; fixed)" in text
    assert "default tournament; live)" in text
    assert "Parameters: Mutation" in text


def test_a_parameter_that_is_not_in_the_help_is_taken_all_the_same() -> None:
    assert read(PRESET, "--lr", "1e-3").lr == 0.001


def test_changes_are_read_as_json_takes_them() -> None:
    texts = {"num_trials": Given("5"), "weight_values": Given("-1,1"), "bias_input": Given("true")}
    assert read_changes(texts) == {"num_trials": 5, "weight_values": [-1, 1], "bias_input": True}


def test_all_problems_of_changes_come_at_once() -> None:
    with pytest.raises(InvalidParameters) as caught:
        read_changes({"num_trials": Given("0"), "sed": Given("1"), "seed": Given("1")})
    assert caught.value.problems == [
        "num_trials: 0 is out of range; a whole number from 1 to 10000 would be right",
        "'sed' is no parameter; did you mean seed?",
    ]
