"""The scales of a plot."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.widgets.axes import nice_range, nice_step, tick_labels, ticks, value_range, widened

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
