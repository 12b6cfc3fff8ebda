"""A fork of a run: the parameters that it has from some generation on, and the way to it."""

from __future__ import annotations

from asyncio import to_thread
from typing import TYPE_CHECKING, Any

from tui import formatting
from tui.parameter_edits import ParameterEdits
from tui.screens.parameter_form import ParameterForm
from tui.screens.start_parameters import StartParametersScreen

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from galapagos.parameters import Parameters
    from tui.dashboard import Dashboard


class ForkParametersScreen(StartParametersScreen):
    """Edits what a fork has otherwise than its source, of what can change while a run goes on.

    It answers with those values, none for a fork that goes on as its source did; with None for no fork.

    Args:
        run: The name of the source.
        generation: The first one of the fork's own, as people count.
        parameters: Those that act there in the source.
    """

    def __init__(self, run: str, generation: str, parameters: Parameters) -> None:
        ParameterForm.__init__(
            self, ParameterEdits(parameters), f"Fork at {generation}: parameters from there on"
        )
        self._preset = run


async def fork_at(app: Dashboard, run_directory: Path, at: int, generation: str) -> str:
    """Let a person choose what a fork does otherwise, start it, and show it; return what to say of it.

    Args:
        app: The dashboard; it is called in a worker of it.
        run_directory: Of the source.
        at: The first generation of the fork's own.
        generation: The same as people count.

    Raises:
        GalapagosError: Where the source has not come so far, or nothing can be started.
    """
    parameters = await to_thread(_parameters_at, run_directory, at)
    changes = await app.push_screen_wait(ForkParametersScreen(run_directory.name, generation, parameters))
    if changes is None:
        return ""
    fork, first = await to_thread(_start, run_directory, at, changes)
    from tui.screens.run import RunScreen

    await app.push_screen(RunScreen(fork))
    again = (
        f"; it evolves {formatting.whole(first)} to {formatting.whole(at - 1)} again first"
        if first < at
        else ""
    )
    return f"forked at {generation}{again}"


def _parameters_at(run_directory: Path, at: int) -> Parameters:
    from galapagos.engine.branches import parameters_at
    from galapagos.engine.records.run_directory import open_run

    return parameters_at(open_run(run_directory), at)


def _start(run_directory: Path, at: int, changes: Mapping[str, Any]) -> tuple[Path, int]:
    """Return the directory of a fork whose engine was started, and the generation it begins with."""
    from galapagos.engine.branches import fork
    from galapagos.engine.files.log_reading import last_generation_line
    from galapagos.engine.launch import launch
    from galapagos.engine.records.run_directory import open_run

    run = fork(open_run(run_directory), at, changes)
    first = int(last_generation_line(run.journal_file).get("generation", -1)) + 1
    launch(run.path)
    return run.path, first
