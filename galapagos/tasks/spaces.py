"""What a network reads and does in an environment: observations as numbers, outputs as actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium import spaces

from galapagos.errors import UnknownTask

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


def observer(space: spaces.Space[Any], name: str) -> tuple[int, Callable[[Any], NDArray[np.float64]]]:
    """Return how many inputs an observation gives, and the function that turns it into them.

    Numbers are taken as they are, in C order; discrete values one-hot. The function raises ValueError for an
    observation that the space does not have: one of another shape, or another value than its discrete ones.

    Args:
        space: Of the observations.
        name: Of the environment, for error lines.

    Raises:
        UnknownTask: For dictionaries, text and other spaces without a fixed list of numbers.
    """
    if isinstance(space, spaces.Box | spaces.MultiBinary) and np.prod(space.shape) > 0:
        shape = tuple(space.shape)

        def numbers(observation: Any) -> NDArray[np.float64]:  # noqa: ANN401  whatever the environment gives
            values = np.asarray(observation, dtype=np.float64)
            if values.shape != shape:
                raise ValueError(f"an observation has the shape {values.shape}, its space has {shape}")
            return values.ravel()

        return int(np.prod(shape)), numbers
    if isinstance(space, spaces.Discrete | spaces.MultiDiscrete):

        def one_hot(observation: Any) -> NDArray[np.float64]:  # noqa: ANN401
            if not space.contains(observation):
                raise ValueError(f"an observation is {observation!r}, which is not in {space}")
            return np.asarray(spaces.flatten(space, observation), dtype=np.float64)

        return int(spaces.flatdim(space)), one_hot
    raise UnknownTask(
        f"{name} observes {_shown(space)}; networks take numbers (Box, MultiBinary) and discrete values "
        "(Discrete, MultiDiscrete)"
    )


def actor(space: spaces.Space[Any], name: str) -> tuple[int, Callable[[NDArray[np.float64]], Any]]:
    """Return how many outputs an action takes, and the function that turns them into it.

    A discrete action is the output with the largest value, the first of equals; continuous ones are the
    outputs, clipped to the space.

    Args:
        space: Of the actions.
        name: Of the environment, for error lines.

    Raises:
        UnknownTask: For other spaces.
    """
    if isinstance(space, spaces.Discrete):
        start = int(space.start)
        return int(space.n), lambda outputs: start + int(np.argmax(outputs))
    if isinstance(space, spaces.Box) and np.issubdtype(space.dtype, np.floating) and np.prod(space.shape) > 0:
        low, high, dtype, shape = space.low, space.high, space.dtype, space.shape
        return int(np.prod(shape)), lambda outputs: np.clip(outputs.reshape(shape), low, high).astype(dtype)
    raise UnknownTask(
        f"{name} acts by {_shown(space)}; networks act by one discrete choice (Discrete) or by continuous "
        "numbers (Box of floats)"
    )


def _shown(space: object) -> str:
    kind = type(space).__name__
    if isinstance(space, spaces.Box):
        return f"a {kind} of {space.dtype}" if np.prod(space.shape) > 0 else f"a {kind} without numbers"
    return f"a {kind}" if isinstance(space, spaces.Space) else f"a {kind}, which is no space"
