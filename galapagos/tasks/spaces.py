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

    Numbers are taken as they are, in C order; discrete values one-hot.

    Raises:
        UnknownTask: For dictionaries, text and other spaces without a fixed list of numbers.
    """
    if isinstance(space, spaces.Box | spaces.MultiBinary):

        def numbers(observation: Any) -> NDArray[np.float64]:  # noqa: ANN401  whatever the environment gives
            return np.asarray(observation, dtype=np.float64).ravel()

        return int(np.prod(space.shape)), numbers
    if isinstance(space, spaces.Discrete | spaces.MultiDiscrete):

        def one_hot(observation: Any) -> NDArray[np.float64]:  # noqa: ANN401
            return np.asarray(spaces.flatten(space, observation), dtype=np.float64)

        return int(spaces.flatdim(space)), one_hot
    raise UnknownTask(
        f"{name} observes a {type(space).__name__}; networks take numbers (Box) and discrete values"
    )


def actor(space: spaces.Space[Any], name: str) -> tuple[int, Callable[[NDArray[np.float64]], Any]]:
    """Return how many outputs an action takes, and the function that turns them into it.

    A discrete action is the output with the largest value, the first of equals; continuous ones are the
    outputs, clipped to the space.

    Raises:
        UnknownTask: For other spaces.
    """
    if isinstance(space, spaces.Discrete):
        start = int(space.start)
        return int(space.n), lambda outputs: start + int(np.argmax(outputs))
    if isinstance(space, spaces.Box) and np.issubdtype(space.dtype, np.floating):
        low, high, dtype, shape = space.low, space.high, space.dtype, space.shape
        return int(np.prod(shape)), lambda outputs: np.clip(outputs.reshape(shape), low, high).astype(dtype)
    raise UnknownTask(
        f"{name} acts by a {type(space).__name__} of {space.dtype}; networks act by one discrete choice or "
        "by continuous numbers"
    )
