"""The one definition of the activation functions, in plain Python and in every compiled kernel alike.

Sine, cosine, exp and tanh are polynomials on a reduced range, without branches, so that a kernel can compute
several at once and still get, bit for bit, what plain Python gets: only IEEE additions, multiplications and
divisions are used, and nothing that depends on a mathematical library. Their errors stay within 1e-15. NaN
stays NaN; `min` and `max` keep it where it stands first, in Python and in numba alike.

Sources: Gaier & Ha 2019 (arXiv 1906.04358), the list of activations in the appendix and in `ann.py` of their
code. The coefficients are minimax fits by the Remez algorithm, with relative errors of 2.6e-19 (sine) and
1.8e-17 (exponential) before rounding; one of the sine's is moved by two units in the last place, so that the
sine of a right angle is exactly 1.
"""

from collections.abc import Callable

import numpy as np

from galapagos.genomes.activation import Activation
from galapagos.networks.kernel_cache import shared_with_kernels

_ROUND = 6755399441055744.0
"""1.5 · 2⁵²: a sum with it is rounded to a whole number, which its lowest bits then hold."""
_ROUND_TO_TWOS = 13510798882111488.0
"""1.5 · 2⁵³: a sum with it is rounded to an even number."""
_ALL_WHOLE = 4503599627370496.0
"""2⁵²: from here on every number is whole."""

_S0, _S1, _S2 = 3.141592653589793, -5.167712780049969, 2.550164039877295
_S3, _S4, _S5 = -0.5992645293187383, 0.08214588656989288, -0.007370430478763268
_S6, _S7, _S8 = 0.0004662996887724017, -2.1903185412186283e-05, 7.694727204531601e-07

_E0, _E1, _E2 = 0.5000000000000006, 0.16666666666666585, 0.041666666666576924
_E3, _E4, _E5 = 0.00833333333339175, 0.001388888893154543, 0.00019841269714984311
_E6, _E7, _E8 = 2.4801505281650967e-05, 2.7557410701102035e-06, 2.7626036942717336e-07
_E9 = 2.505286993912322e-08

_LOG2_E = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 0.6931471804855391, 7.440617110012397e-11
_LARGEST_EXPONENT, _SMALLEST_EXPONENT = 709.0, -708.0

_TURNS = 0.15915494309189535
_TURN_HIGH, _TURN_LOW = 6.2831853069365025, 2.430840202602477e-10
_HALF_TURNS = 0.3183098861837907


@shared_with_kernels
def _sine_of_quarter(turn: float) -> float:
    """Return sin(π · turn) for |turn| ≤ 1/2."""
    u = turn * turn
    u2 = u * u
    low = (_S0 + _S1 * u) + u2 * (_S2 + _S3 * u)
    high = (_S4 + _S5 * u) + u2 * ((_S6 + _S7 * u) + u2 * _S8)
    return turn * (low + (u2 * u2) * high)


@shared_with_kernels
def _within_one_turn(x: float) -> float:
    """Return x less the nearest multiple of 2, exactly; 0 from 2⁵² on."""
    remainder = x - ((x + _ROUND_TO_TWOS) - _ROUND_TO_TWOS)
    return x * 0.0 if abs(x) >= _ALL_WHOLE else remainder


@shared_with_kernels
def _sine_within(turn: float) -> float:
    size = abs(turn)
    folded = 1.0 - size if size > 0.5 else size
    return _sine_of_quarter(-folded if turn < 0.0 else folded)


@shared_with_kernels
def _cosine_within(turn: float) -> float:
    return _sine_of_quarter(0.5 - abs(turn))


@shared_with_kernels
def sine(x: float) -> float:
    """Return sin(π x), exactly 0 at whole numbers (and from 2⁵² on)."""
    return _sine_within(_within_one_turn(x))


@shared_with_kernels
def cosine(x: float) -> float:
    """Return cos(π x), exactly 0 at halves, 1 and -1 at whole numbers (1 from 2⁵² on)."""
    return _cosine_within(_within_one_turn(x))


@shared_with_kernels
def sine_and_cosine(angle: float) -> tuple[float, float]:
    """Return the sine and cosine of an angle in radians, for |angle| up to 10⁶."""
    turns = (angle * _TURNS + _ROUND) - _ROUND
    remainder = (angle - turns * _TURN_HIGH) - turns * _TURN_LOW
    turn = remainder * _HALF_TURNS
    return _sine_within(turn), _cosine_within(turn)


@shared_with_kernels
def _power_and_rest(x: float) -> tuple[float, float]:
    """Return (2ᵏ, eʳ - 1) with x = k ln 2 + r, for x from -708 to 709; NaN stays NaN."""
    shifted = x * _LOG2_E + _ROUND
    k = shifted - _ROUND
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    r2 = r * r
    r4 = r2 * r2
    low = (_E0 + _E1 * r) + r2 * (_E2 + _E3 * r)
    middle = (_E4 + _E5 * r) + r2 * (_E6 + _E7 * r)
    rest = r + r2 * (low + r4 * (middle + r4 * (_E8 + _E9 * r)))
    power = np.int64((np.float64(shifted).view(np.int64) + 1023) << 52).view(np.float64)
    return float(power), rest


@shared_with_kernels
def exponential(x: float) -> float:
    """Return eˣ, with x taken as -708 below that and as 709 above."""
    power, rest = _power_and_rest(max(min(x, _LARGEST_EXPONENT), _SMALLEST_EXPONENT))
    return power + power * rest


@shared_with_kernels
def gaussian(x: float) -> float:
    """Return exp(-x² / 2)."""
    return exponential(-0.5 * (x * x))


@shared_with_kernels
def sigmoid(x: float) -> float:
    """Return 1 / (1 + exp(-x))."""
    return 1.0 / (1.0 + exponential(-x))


@shared_with_kernels
def tanh(x: float) -> float:
    """Return the hyperbolic tangent, accurate for the smallest numbers too."""
    size = abs(x)
    bounded = 44.0 if size > 22.0 else size + size
    power, rest = _power_and_rest(bounded)
    growth = power * rest + (power - 1.0)
    value = growth / (growth + 2.0)
    return -value if x < 0.0 else value


@shared_with_kernels
def step(x: float) -> float:
    """Return 1 above 0, else 0."""
    return 1.0 if x > 0.0 else 0.0


@shared_with_kernels
def relu(x: float) -> float:
    """Return x above 0, else 0; NaN stays NaN."""
    return max(x, 0.0)


@shared_with_kernels
def linear(x: float) -> float:
    """Return x."""
    return x


@shared_with_kernels
def inverse(x: float) -> float:
    """Return -x."""
    return -x


@shared_with_kernels
def absolute(x: float) -> float:
    """Return |x|."""
    return abs(x)


@shared_with_kernels
def squared(x: float) -> float:
    """Return x²; occurs in imported networks only."""
    return x * x


FUNCTIONS: dict[Activation, Callable[[float], float]] = {
    Activation.LINEAR: linear,
    Activation.STEP: step,
    Activation.SINE: sine,
    Activation.GAUSSIAN: gaussian,
    Activation.TANH: tanh,
    Activation.SIGMOID: sigmoid,
    Activation.INVERSE: inverse,
    Activation.ABS: absolute,
    Activation.RELU: relu,
    Activation.COSINE: cosine,
    Activation.SQUARED: squared,
}
"""The function of each activation."""
