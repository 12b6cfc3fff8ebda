"""Our own environments, one a module: a file that is put here is an environment, and nothing else names it.

The module `sine_regression.py` holds the class `SineRegression`, a `gymnasium.Env`; that is its name in
`env_name` too. It is imported where its name is given, not before. Beside its spaces the class states

* `fitness_range`, required: the (low, high) return that the QD score maps to 0 and 1;
* `max_episode_steps`, required: the steps, at least 1, after which an episode is truncated;
* `is_reset_wholly`, False where it is missing: whether `reset` leaves nothing of the past, so that one
  instance may play many episodes; else a new one is made for each, which is slower and always right.
"""

from __future__ import annotations

import importlib
import math
import pkgutil
from dataclasses import dataclass

from galapagos.errors import UnknownTask
from galapagos.plain_text import plain


@dataclass(frozen=True, slots=True)
class OwnEnvironment:
    """What the class of one of our environments states.

    Args:
        name: Under which gymnasium is to know it: that of its class.
        entry_point: `module:class`.
        fitness_range: The (low, high) return that the QD score maps to 0 and 1.
        max_episode_steps: Steps after which an episode is truncated.
    """

    name: str
    entry_point: str
    fitness_range: tuple[float, float]
    max_episode_steps: int


def names() -> tuple[str, ...]:
    """Return the names of our environments in their order; none is imported."""
    return tuple(sorted(_modules()))


def own_environment(name: str) -> OwnEnvironment | None:
    """Return what one of our environments states, or None where the name is none of them.

    Raises:
        UnknownTask: Where its module cannot be imported, has no such class, or does not state what it must.
    """
    module_name = _modules().get(name)
    if module_name is None:
        return None
    import gymnasium

    file = f"{module_name.replace('.', '/')}.py"
    try:
        module = importlib.import_module(module_name)
    except (Exception, SystemExit) as error:  # a module's own code ran, which may raise anything
        raise UnknownTask(f"{file} cannot be imported: {plain(f'{type(error).__name__}: {error}')}") from None
    kind = getattr(module, name, None)
    if not (isinstance(kind, type) and issubclass(kind, gymnasium.Env)):
        raise UnknownTask(f"{file} has no class {name} that is a gymnasium.Env")
    fitness_range, steps = getattr(kind, "fitness_range", None), getattr(kind, "max_episode_steps", None)
    bounds = _bounds(fitness_range)
    if bounds is None:
        raise UnknownTask(f"{file}: {name}.fitness_range is {fitness_range!r}; (low, high) would be right")
    if not isinstance(steps, int) or isinstance(steps, bool) or steps < 1:
        raise UnknownTask(f"{file}: {name}.max_episode_steps is {steps!r}; a number from 1 on would be right")
    return OwnEnvironment(name, f"{module_name}:{name}", bounds, steps)


def register_own(name: str) -> None:
    """Make `gymnasium.make` work for one of our environments; done again, or for another, it changes nothing.

    Raises:
        UnknownTask: Where it does not state what it must, or gymnasium has versions of that name.
    """
    import gymnasium

    if name in gymnasium.registry:
        return
    own = own_environment(name)
    if own is None:
        return
    try:
        gymnasium.register(own.name, entry_point=own.entry_point, max_episode_steps=own.max_episode_steps)
    except gymnasium.error.Error as error:
        raise UnknownTask(f"{own.entry_point} needs another name: {plain(str(error))}") from None


def _modules() -> dict[str, str]:
    """Return the modules of this package by the names of their environments."""
    found = (module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
    return {"".join(word.capitalize() for word in name.split("_")): f"{__name__}.{name}" for name in found}


def _bounds(value: object) -> tuple[float, float] | None:
    """Return what is a finite (low, high), as floats; else None."""
    match value:
        case (int() | float() as low, int() | float() as high) if -math.inf < low < high < math.inf:
            return float(low), float(high)
    return None
