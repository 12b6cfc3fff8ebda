"""How numbers and times are written."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.fitness import FitnessKind
from tests.tui.widgets.examples import any_float, any_text
from tui import formatting


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0.0"),
        (731.24, "731.2"),
        (-1204.56, "-1 204.6"),
        (0.934, "0.93"),
        (2e12, "2.00e+12"),
        (0.00012, "1.20e-04"),
    ],
)
def test_a_fitness_has_one_decimal_and_a_small_one_two(value: float, text: str) -> None:
    assert formatting.fitness(value) == text


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (-0.2142, FitnessKind.LOSS, "0.214"),
        (-2.3026, FitnessKind.LOSS, "2.303"),
        (0.0, FitnessKind.LOSS, "0.000"),
        (-3e12, FitnessKind.LOSS, "3.00e+12"),
        (0.9312, FitnessKind.ACCURACY, "93.1 %"),
        (1.0, FitnessKind.ACCURACY, "100.0 %"),
    ],
)
def test_a_loss_is_positive_and_an_accuracy_in_percent(value: float, kind: FitnessKind, text: str) -> None:
    assert formatting.fitness(value, kind) == text


@pytest.mark.parametrize(
    ("kind", "text"),
    [(FitnessKind.REWARD, "±0.21"), (FitnessKind.LOSS, "±0.214"), (FitnessKind.ACCURACY, "±21.4 %")],
)
def test_a_deviation_is_positive_and_told_as_its_fitness(kind: FitnessKind, text: str) -> None:
    assert formatting.deviation(0.214, kind) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.916, "91.6 %"), (1, "100.0 %"), (None, ""), ("0.5", ""), (True, ""), (math.nan, formatting.ABSENT)],
)
def test_an_accuracy_that_is_no_number_is_nothing(share: object, text: str) -> None:
    assert formatting.accuracy(share) == text


@pytest.mark.parametrize("kind", FitnessKind)
@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_a_dash(value: float | None, kind: FitnessKind) -> None:
    assert formatting.fitness(value, kind) == formatting.ABSENT


@pytest.mark.parametrize(
    ("value", "text"), [(999, "999"), (1204.4, "1 204"), (1234567, "1 234 567"), (-1500, "-1 500")]
)
def test_thousands_are_apart(value: float, text: str) -> None:
    assert formatting.whole(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00:00"), (761.9, "0:12:41"), (86_399, "23:59:59"), (270_761, "3 d 3:12:41"), (-5, "0:00:00")],
)
def test_a_duration_is_a_clock(seconds: float, text: str) -> None:
    assert formatting.duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(4.2, "4 s"), (119, "119 s"), (120, "2 min"), (7_200, "2 h"), (200_000, "2 d")]
)
def test_an_age_has_one_unit(seconds: float, text: str) -> None:
    assert formatting.ago(seconds) == text


@pytest.mark.parametrize(("value", "text"), [(-1.5, "-1.5"), (1, "1.0"), (0.25, "0.25"), (1e-9, "1e-09")])
def test_a_weight_shows_that_it_is_one(value: float, text: str) -> None:
    assert formatting.weight(value) == text


def test_where_weights_are_learned_none_is_the_best() -> None:
    assert formatting.weight(None) == ""


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (0.44, "0.4"), (12.34, "12.3"), (1204.4, "1 204")])
def test_a_rate_is_short(value: float, text: str) -> None:
    assert formatting.rate(value) == text


def test_a_range_of_sizes_is_one_number_where_it_is_one_size() -> None:
    assert formatting.extent(7, 7) == "7"
    assert formatting.extent(13, 24) == "13\N{EN DASH}24"
    assert formatting.extent(13, 24, ascii_only=True) == "13-24"


@given(any_float)
def test_every_number_is_written_short_and_without_control_characters(value: float) -> None:
    for write in (formatting.fitness, formatting.whole, formatting.rate, formatting.weight, formatting.ago):
        text = write(value)
        assert 0 < len(text) <= 20
        assert text.isprintable()
    for kind in FitnessKind:
        assert 0 < len(formatting.fitness(value, kind)) <= 20


@given(st.integers(-(10**12), 10**12), st.integers(0, 4))
def test_fixed_keeps_the_value(number: int, decimals: int) -> None:
    value = number / 1000
    assert float(formatting.fixed(value, decimals).replace(" ", "")) == round(value, decimals)


@given(any_text)
def test_words_are_one_safe_line(text: str) -> None:
    assert formatting.words("\x1b[31m" + text, 30).isprintable() or not text.isprintable()
    assert len(formatting.words(text, 30)) <= 30


def test_what_made_a_network_is_told_in_words() -> None:
    assert formatting.operator("add_node+change_activation") == "add node, change activation"
    assert formatting.operator("initial") == "initial"
