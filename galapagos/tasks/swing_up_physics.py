"""The physics of the cart-pole swing-up, one definition for the environment and for its kernel.

Source: `cartpole_swingup.py` in the code of Gaier & Ha 2019 (after Deisenroth's PILCO): explicit Euler,
positions from the old velocities, and each expression in that file's order of operations.
"""

from galapagos.networks.activations import cosine
from galapagos.networks.kernel_cache import shared_with_kernels

GRAVITY = 9.82
"""In m/s²."""
CART_MASS, POLE_MASS = 0.5, 0.5
"""In kg."""
POLE_LENGTH = 0.6
"""In m."""
FRICTION = 0.1
"""Of the cart, in N s/m."""
FORCE = 10.0
"""Of an action of 1, in N."""
TIME_STEP = 0.01
"""In s."""
TRACK = 2.4
"""How far from the middle the cart may be, in m; an episode ends beyond."""
MAX_STEPS = 1000
"""After which an episode ends."""
START = (0.0, 0.0, 3.141592653589793, 0.0)
"""The mean of the starting state: the pole hangs."""
START_DEVIATION = 0.2
"""The standard deviation of each number of the starting state."""

_TOTAL_MASS = POLE_MASS + CART_MASS
_MASS_LENGTH = POLE_MASS * POLE_LENGTH


@shared_with_kernels
def advance(
    x: float, x_dot: float, theta: float, theta_dot: float, sin_theta: float, cos_theta: float, action: float
) -> tuple[float, float, float, float]:
    """Return the state one time step later.

    Args:
        x: Position of the cart in m.
        x_dot: Its velocity in m/s.
        theta: Angle of the pole in radians, 0 when it stands.
        theta_dot: Its velocity in radians/s.
        sin_theta: The sine of theta, which every caller has from the step before.
        cos_theta: The cosine of theta.
        action: The force as a share of `FORCE`; below -1 and above 1 it counts as those.
    """
    force = min(max(action, -1.0), 1.0) * FORCE
    spin = theta_dot * theta_dot
    cos_squared = cos_theta * cos_theta
    x_acceleration = (
        -2 * _MASS_LENGTH * spin * sin_theta
        + 3 * POLE_MASS * GRAVITY * sin_theta * cos_theta
        + 4 * force
        - 4 * FRICTION * x_dot
    ) / (4 * _TOTAL_MASS - 3 * POLE_MASS * cos_squared)
    theta_acceleration = (
        -3 * _MASS_LENGTH * spin * sin_theta * cos_theta
        + 6 * _TOTAL_MASS * GRAVITY * sin_theta
        + 6 * (force - FRICTION * x_dot) * cos_theta
    ) / (4 * POLE_LENGTH * _TOTAL_MASS - 3 * _MASS_LENGTH * cos_squared)
    return (
        x + x_dot * TIME_STEP,
        x_dot + x_acceleration * TIME_STEP,
        theta + theta_dot * TIME_STEP,
        theta_dot + theta_acceleration * TIME_STEP,
    )


@shared_with_kernels
def reward(x: float, cos_theta: float) -> float:
    """Return (cos θ + 1)/2 · cos(π/2 · x/2.4): 1 where the pole stands in the middle of the track."""
    return (cos_theta + 1.0) / 2.0 * cosine(x / (2.0 * TRACK))


@shared_with_kernels
def is_off_track(x: float) -> bool:
    """Return whether the cart is beyond an end of the track, which ends the episode."""
    return (x < -TRACK) | (x > TRACK)
