"""The scales of a plot."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.formatting import ABSENT
from tui.widgets.axes import (
    log_labels,
    log_range,
    log_ticks,
    nice_range,
    nice_step,
    tick_labels,
    ticks,
    value_label,
    value_range,
    widened,
)

finite = st.floats(-1e300, 1e300)


@pytest.mark.parametrize(
    ("span", "most", "step"), [(800, 4, 200), (1000, 4, 250), (7, 3, 2.5), (0.9, 3, 0.5), (100, 1, 100)]
)
def test_steps_are_round(span: float, most: int, step: float) -> None:
    assert nice_step(span, most) == pytest.approx(step)


def test_steps_of_a_count_are_whole() -> None:
    assert nice_step(7, 3, whole=True) == 5
    assert nice_step(0.5, 3, whole=True) == 1


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([0, 500, 1000], ["0", "500", "1 000"]),
        ([0.25, 0.5], ["0.25", "0.50"]),
        ([-1.0, 0.0, 1.0], ["-1", "0", "1"]),
        ([1e12, 2e12], ["1e+12", "2e+12"]),
        ([], []),
    ],
)
def test_labels_have_the_decimals_that_tell_them_apart(values: list[float], labels: list[str]) -> None:
    assert tick_labels(values) == labels


@given(finite, finite, st.integers(1, 60))
def test_a_range_holds_its_values_and_is_never_empty(a: float, b: float, steps: int) -> None:
    low, high = nice_range(min(a, b), max(a, b), steps)
    assert low <= min(a, b) <= max(a, b) <= high
    assert low < high


@given(finite, finite, st.integers(1, 60), st.booleans())
def test_ticks_lie_within_and_are_few_and_apart(a: float, b: float, most: int, whole: bool) -> None:
    low, high = nice_range(min(a, b), max(a, b), most)
    values = ticks(low, high, most, whole=whole)
    assert len(values) <= most + 1
    margin = (high - low) * 1e-6
    assert all(low - margin <= value <= high + margin for value in values)
    labels = tick_labels(values)
    assert len(labels) == len(values)
    if values and abs(values[-1]) < 1e6 and (high - low) > 1e-3:
        assert len(set(labels)) == len(labels)


def test_the_range_of_values_ignores_gaps() -> None:
    assert value_range(np.array([np.nan, 3.0, -1.0]), np.array([]), np.array([np.nan])) == (-1.0, 3.0)
    assert value_range(np.array([np.nan])) is None
    assert value_range() is None


@given(st.floats(-1e300, 1e300))
def test_a_widened_range_is_not_empty(value: float) -> None:
    low, high = widened(value, value)
    assert low == value < high
    assert math.isfinite(high)


@pytest.mark.parametrize(
    ("low", "high", "most", "whole", "values"),
    [
        (0.01, 1.0, 10, False, [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]),
        (0.01, 1.0, 3, False, [0.01, 0.1, 1]),
        (0.0, 1000.0, 20, True, [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]),
        (0.0, 1000.0, 4, True, [0, 1, 10, 100, 1000]),
        (1e-3, 1e9, 3, False, [1e-3, 1e1, 1e5, 1e9]),
        (1.0, 10.0, 0, False, []),
    ],
)
def test_ticks_of_a_logarithmic_axis_are_powers_of_ten_and_what_is_between_them(
    low: float, high: float, most: int, whole: bool, values: list[float]
) -> None:
    assert log_ticks(low, high, most, whole=whole) == pytest.approx(values)


@given(st.floats(1e-200, 1e200), st.floats(1, 1e90))
def test_a_logarithmic_range_holds_its_values_and_is_round(low: float, factor: float) -> None:
    high = low * factor
    bottom, top = log_range(low, high)
    assert 0 < bottom <= low * (1 + 1e-9)
    assert top >= high * (1 - 1e-9)
    assert bottom < top


@given(st.floats(1e-200, 1e200), st.floats(1.0001, 1e90), st.integers(1, 40), st.booleans())
def test_logarithmic_ticks_lie_within_and_are_few(low: float, factor: float, most: int, whole: bool) -> None:
    values = log_ticks(low, low * factor, most, whole=whole)
    assert len(values) <= most + 1
    assert all(low <= value <= low * factor for value in values)
    assert len(log_labels(values)) == len(values)


@pytest.mark.parametrize(
    ("value", "label"),
    [
        (731.24, "731.2"),
        (1204.4, "1 204"),
        (0.21434, "0.2143"),
        (12.345, "12.35"),
        (0.0, "0.0000"),
        (-3.5e7, "-3.5e+07"),
        (2e-5, "2e-05"),
        (math.nan, ABSENT),
    ],
)
def test_values_are_read_with_about_four_digits(value: float, label: str) -> None:
    assert value_label(value) == label
