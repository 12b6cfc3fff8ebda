"""What is derived from the declarations: descriptions in words, and texts read as values."""

from typing import Any

import pytest

from galapagos.errors import InvalidParameters
from galapagos.parameter_descriptions import ValueType, describe, parse_value


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("population_size", "192", 192),
        ("population_size", "1e2", 100),
        ("num_generations", "infinity", "infinity"),
        ("num_generations", ".inf", "infinity"),
        ("elite_ratio", "1e-3", 0.001),
        ("elite_ratio", "1", 1),
        ("bias_input", "true", True),
        ("weight_values", "-2,-1, 1 2", (-2, -1, 1, 2)),
        ("weight_values", "[0.5]", (0.5,)),
        ("activations", "tanh,relu", ("tanh", "relu")),
        ("reproduction", "elites", "elites"),
        ("name", "007", "007"),
        ("name", "", ""),
        ("num_workers", "auto", None),
        ("num_workers", "", None),
        ("num_workers", " 3 ", 3),
    ],
)
def test_a_text_is_read_as_the_value_of_its_parameter(name: str, text: str, value: Any) -> None:
    found = parse_value(name, text)
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("population_size", "1", "population_size: 1 is out of range"),
        ("population_size", "ten", "population_size: 'ten' is a text"),
        ("population_size", "", "population_size: '' is a text"),
        ("bias_input", "yes", "bias_input: 'yes' is a text; true or false would be right"),
        ("reproduction", "tournamnt", "(did you mean tournament?)"),
        ("weight_values", "", "a list of 0 values"),
        ("popsize", "1", "'popsize' is no parameter"),
    ],
)
def test_a_text_that_is_no_value_is_one_line(name: str, text: str, what: str) -> None:
    with pytest.raises(InvalidParameters) as caught:
        parse_value(name, text)
    [problem] = caught.value.problems
    assert what in problem


def test_every_default_fits_its_own_description() -> None:
    kinds = {
        ValueType.SWITCH: bool,
        ValueType.WHOLE: int,
        ValueType.NUMBER: float,
        ValueType.TEXT: str,
        ValueType.CHOICE: str,
        ValueType.NUMBERS: tuple,
        ValueType.CHOICES: tuple,
    }
    for description in describe():
        if description.optional:
            assert description.default is None
        else:
            assert type(description.default) is kinds[description.type]
        if description.type in {ValueType.CHOICE, ValueType.CHOICES}:
            assert description.choices
        assert description.help


def test_descriptions_say_bounds_choices_and_units_in_words() -> None:
    found = {description.name: description for description in describe()}
    assert found["num_generations"].expected == "a whole number, 1 or more, or infinity"
    assert found["complexity_levels"].expected == "a whole number from 1 to 64"
    assert found["complexity_levels"].unit == "levels"
    assert found["timeout"].expected == "a number from 1 to 1000000"
    assert found["lr"].expected == "a number above 0 and up to 100"
    assert found["cull_ratio"].expected == "a number from 0 to below 1"
    assert found["level_boundaries"].expected == "uniform, logarithmic or quantile"
    assert found["num_workers"].optional
