"""What an episode is at one moment: light values, for whoever plays and for whoever draws."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CartPole:
    """A cart with a pole at one moment.

    Args:
        x: Position of the cart in m, 0 in the middle.
        angle: Of the pole from upright to the right, in radians.
        track: How far from the middle the cart may be, in m.
        length: Of the pole in m.
        largest_angle: Beyond which the episode ends, in radians; None where the pole may hang.
    """

    x: float
    angle: float
    track: float
    length: float
    largest_angle: float | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What one step came to.

    Args:
        reward: Of the step, NaN where the network acted by what is no number.
        action: One number for each of a continuous action, or the number of a choice.
        over: Whether the episode has ended with it.
    """

    reward: float
    action: tuple[float, ...]
    over: bool
