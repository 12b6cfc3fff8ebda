"""Galápagos: continual, interactive neuroevolution in the terminal.

    import galapagos

    parameters = galapagos.load_parameters("wann-gym/CartPoleSwingUp", num_generations=2)
    run = galapagos.evolve(parameters)              # a batch: returns when it is done
    run = galapagos.evolve_continual(parameters)    # returns at once, runs until run.stop()
    run.selection.get_all()                         # {level: Elite}, at any time

The names are imported when they are first used, so that `import galapagos` costs next to nothing.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from galapagos.engine.records.history import load_run
    from galapagos.engine.run import Run, attach, evolve, evolve_continual
    from galapagos.errors import GalapagosError
    from galapagos.parameter_files import load_parameters
    from galapagos.parameters import Parameters

__all__ = [
    "GalapagosError",
    "Parameters",
    "Run",
    "attach",
    "evolve",
    "evolve_continual",
    "load_parameters",
    "load_run",
]

_HOMES = {
    "GalapagosError": "galapagos.errors",
    "Parameters": "galapagos.parameters",
    "Run": "galapagos.engine.run",
    "attach": "galapagos.engine.run",
    "evolve": "galapagos.engine.run",
    "evolve_continual": "galapagos.engine.run",
    "load_parameters": "galapagos.parameter_files",
    "load_run": "galapagos.engine.records.history",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name not in _HOMES:
        raise AttributeError(f"module 'galapagos' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
