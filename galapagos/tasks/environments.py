"""Environments by name: old names, versions, spaces that a network can take, and making them quietly."""

from __future__ import annotations

import difflib
import re
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from galapagos.errors import UnknownTask
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    import gymnasium

_VERSIONED = re.compile(r"(?P<name>[\w./-]+?)(?:-v(?P<version>\d+))?")

_FITNESS_RANGES = {
    "BipedalWalker": (-200.0, 350.0),
    "BipedalWalkerHardcore": (-200.0, 350.0),
    "LunarLander": (-200.0, 300.0),
    "LunarLanderContinuous": (-200.0, 300.0),
    "Acrobot": (-500.0, 0.0),
    "MountainCar": (-200.0, 0.0),
    "MountainCarContinuous": (-100.0, 100.0),
    "Pendulum": (-2000.0, 0.0),
    "CarRacing": (-100.0, 900.0),
    "CliffWalking": (-1000.0, 0.0),
    "CliffWalkingSlippery": (-1000.0, 0.0),
    "FrozenLake": (0.0, 1.0),
    "FrozenLake8x8": (0.0, 1.0),
    "Taxi": (-200.0, 20.0),
}
_STEPS_WITHOUT_LIMIT = 1000.0


@dataclass(frozen=True, slots=True)
class EnvironmentName:
    """A name as it was given, resolved.

    Args:
        id: The name under which gymnasium knows the environment.
        notice: One line where that is another, or an old, version; else None.
    """

    id: str
    notice: str | None = None


def resolve(name: str) -> EnvironmentName:
    """Return which environment a name means; an older version stands for the newest where it is gone.

    Raises:
        UnknownTask: Where there is none of that name, or the name would import a module.
    """
    import gymnasium

    from galapagos.tasks.own_environments import names, register_own

    shown = plain(name, 80)
    if ":" in name:
        raise UnknownTask(f"{shown!r} would import a module; it must be the name of a registered environment")
    match = _VERSIONED.fullmatch(name)
    base = match["name"] if match else name
    register_own(base)
    newest = _newest(base)
    if name in gymnasium.registry:
        if newest in {None, name}:
            return EnvironmentName(name)
        return EnvironmentName(name, f"{name} is an old version of this environment; the newest is {newest}")
    if match and newest is not None and _version(name) < _version(newest):
        told = "takes the place of" if match["version"] else "is the newest version of"
        gone = ", which is no longer there" if match["version"] else ""
        return EnvironmentName(newest, f"{newest} {told} {shown}{gone}")
    similar = difflib.get_close_matches(name, [*gymnasium.registry, *names()], n=1, cutoff=0.5)
    hint = f"; did you mean {newest or similar[0]}?" if newest or similar else ""
    raise UnknownTask(f"there is no environment {shown!r}{hint}")


def make_environment(id: str) -> gymnasium.Env[Any, Any]:
    """Return a new environment of a registered name, without the warnings of gymnasium and its libraries.

    Raises:
        UnknownTask: Where it cannot be made, since a library that it needs is not installed for example, or
            does not say what it observes and how it acts.
    """
    import gymnasium

    with quiet():
        try:
            environment = gymnasium.make(id, disable_env_checker=True)
            _ = environment.observation_space, environment.action_space
        except (Exception, SystemExit) as error:  # the environment's own code ran, which may raise anything
            raise UnknownTask(f"{id} cannot be made: {plain(str(error)) or type(error).__name__}") from None
    return environment


@contextmanager
def quiet() -> Iterator[None]:
    """Ignore warnings for a while: those of environments are for their authors."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def fitness_range(spec: gymnasium.envs.registration.EnvSpec) -> tuple[float, float]:
    """Return (low, high) returns: as our own state them and as named above, else guessed from what is known.

    A positive threshold (or a reward of 1 a step) begins at 0, a negative one ends there.
    """
    from galapagos.tasks.own_environments import own_environment

    own = own_environment(spec.id)
    known = own.fitness_range if own is not None else _FITNESS_RANGES.get(spec.name)
    if known is not None:
        return known
    limit = float(spec.max_episode_steps or _STEPS_WITHOUT_LIMIT)
    if spec.name == "CartPole" or spec.reward_threshold is None:
        return (0.0, limit)
    if spec.reward_threshold <= 0:
        return (min(-limit, 2.0 * spec.reward_threshold), 0.0)
    return (0.0, float(spec.reward_threshold))


def _version(name: str) -> int:
    match = _VERSIONED.fullmatch(name)
    return int(match["version"]) if match and match["version"] else -1


def _newest(base: str) -> str | None:
    import gymnasium

    versions = [id for id in gymnasium.registry if id == base or re.fullmatch(re.escape(base) + r"-v\d+", id)]
    return max(versions, key=_version, default=None)
