"""The activations against the mathematical library, and at the points where they must be exact."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.genomes.activation import Activation
from galapagos.networks.activations import (
    FUNCTIONS,
    cosine,
    gaussian,
    sigmoid,
    sine,
    sine_and_cosine,
    step,
    tanh,
)

MOST_ERROR = 1e-15


def of_half_turns(function: Callable[[float], float], x: float) -> float:
    """Return sin(π x) or cos(π x) by the mathematical library, the whole turns taken off exactly."""
    return function(math.pi * math.remainder(x, 2.0))


def logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x)) if x > -700 else 0.0


LIBRARY: dict[Activation, Callable[[float], float]] = {
    Activation.LINEAR: lambda x: x,
    Activation.STEP: lambda x: float(x > 0),
    Activation.SINE: lambda x: of_half_turns(math.sin, x),
    Activation.GAUSSIAN: lambda x: math.exp(-x * x / 2),
    Activation.TANH: math.tanh,
    Activation.SIGMOID: logistic,
    Activation.INVERSE: lambda x: -x,
    Activation.ABS: math.fabs,
    Activation.RELU: lambda x: x if x > 0 else 0.0,
    Activation.COSINE: lambda x: of_half_turns(math.cos, x),
    Activation.SQUARED: lambda x: x * x,
}


@pytest.mark.parametrize("activation", list(Activation))
@given(x=st.one_of(st.floats(-20, 20), st.floats(-1000, 1000)))
def test_every_activation_agrees_with_the_mathematical_library(activation: Activation, x: float) -> None:
    assert FUNCTIONS[activation](x) == pytest.approx(LIBRARY[activation](x), rel=0, abs=MOST_ERROR)


@given(st.floats(1e-300, 1e-3) | st.floats(1e-3, 20))
def test_small_numbers_keep_their_sign_and_their_digits(x: float) -> None:
    for function, expected in ((tanh, math.tanh(x)), (sine, of_half_turns(math.sin, x))):
        assert function(-x) == -function(x)
        if x < 0.4:
            assert function(x) == pytest.approx(expected, rel=MOST_ERROR, abs=0)


@given(st.integers(-(2**53), 2**53))
def test_sine_is_exactly_zero_at_whole_numbers_so_that_a_step_behind_it_is_too(whole: int) -> None:
    assert sine(float(whole)) == 0.0
    assert step(sine(float(whole))) == 0.0


@given(st.integers(-(2**40), 2**40))
def test_cosine_is_exact_at_whole_numbers_and_at_halves(whole: int) -> None:
    assert cosine(float(whole)) == (1.0 if whole % 2 == 0 else -1.0)
    assert cosine(whole + 0.5) == 0.0


def test_values_at_hand_computed_points() -> None:
    assert sine(0.5) == 1.0
    assert sine(-0.5) == -1.0
    assert sine(1 / 6) == pytest.approx(0.5, rel=0, abs=MOST_ERROR)
    assert gaussian(0.0) == 1.0
    assert sigmoid(0.0) == 0.5
    assert tanh(0.0) == 0.0
    assert tanh(50.0) == 1.0
    assert sigmoid(1e300) == 1.0
    assert gaussian(1e300) == pytest.approx(0.0, abs=1e-300)


@given(st.floats(-10_000, 10_000))
def test_angles_in_radians_agree_with_the_mathematical_library(angle: float) -> None:
    sin_angle, cos_angle = sine_and_cosine(angle)
    assert sin_angle == pytest.approx(math.sin(angle), rel=0, abs=MOST_ERROR)
    assert cos_angle == pytest.approx(math.cos(angle), rel=0, abs=MOST_ERROR)


@pytest.mark.parametrize("activation", [kind for kind in Activation if kind is not Activation.STEP])
def test_what_is_not_a_number_stays_so(activation: Activation) -> None:
    assert math.isnan(FUNCTIONS[activation](math.nan))


@pytest.mark.parametrize("activation", list(Activation))
@given(x=st.floats(allow_nan=False))
def test_no_finite_or_infinite_number_raises(activation: Activation, x: float) -> None:
    assert isinstance(FUNCTIONS[activation](x), float)
