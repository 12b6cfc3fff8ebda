"""Starting a population from saved elites: `run PRESET --from_library QUERY`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from galapagos.errors import CommandRefused, GalapagosError, UnknownEntry
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from galapagos.engine.records.run_directory import RunDirectory
    from galapagos.parameters import Parameters
    from library_store.entry import Entry


def saved_elites(query: str, parameters: Parameters) -> tuple[list[Entry], str]:
    """Return the saved elites that a run is to begin with, the fittest first, and a line about them.

    Args:
        query: Which ones, see `library_store.query`; an empty one means all that fit the task.
        parameters: Those of the run; at most a generation's size of elites is taken.

    Raises:
        CommandRefused: Where one network learns, so that there is no population.
        UnknownEntry: Where nothing that fits the task is meant.
    """
    if parameters.experiment == "learning":
        raise CommandRefused("--from_library starts a population, but here one network learns")
    from galapagos.evolution.reproduction import generation_size
    from library_store import Library

    with Library() as library:
        meant = library.search(query)
    if not meant:
        raise UnknownEntry(
            f"--from_library: nothing saved fits {plain(query)!r}; see `galapagos library list`"
        )
    fitting, reason = _fitting(meant, parameters)
    if not fitting:
        raise UnknownEntry(f"--from_library: none of {len(meant)} saved elites fits: {reason}")
    taken = sorted(fitting, key=_by_fitness)[: generation_size(parameters)]
    left_out = len(meant) - len(taken)
    others = f"; {left_out} others do not fit or have no room" if left_out else ""
    count = "1 saved elite" if len(taken) == 1 else f"{len(taken)} saved elites"
    return taken, f"the population starts from {count}{others}"


def seed(directory: RunDirectory, parameters: Parameters, entries: list[Entry]) -> None:
    """Log that saved elites enter the first generation of a new run, and note it in the library."""
    import asyncio

    from galapagos.engine.commands import Inject
    from galapagos.engine.records.command_log import CommandLog
    from galapagos.engine.steering import CommandQueue
    from library_store import Library

    async def put_all(queue: CommandQueue) -> None:
        for entry in entries:
            command = Inject(entry.genome.to_json(), entry.id, f"saved {entry.name}"[:200])
            await queue.put(command, client="command line", individual=None)

    with directory.lock():
        asyncio.run(put_all(CommandQueue(CommandLog(directory.commands_file), parameters, next_generation=0)))
    with Library() as library:
        for entry in entries:
            library.injected(entry.id, run=directory.name, path=str(directory.path), generation=0)


def _fitting(entries: list[Entry], parameters: Parameters) -> tuple[list[Entry], str]:
    """Return those that fit the task, and why the last of the others does not."""
    import numpy as np

    from galapagos.genomes.founders import adopted
    from galapagos.tasks.catalogue import build_task

    task = build_task(parameters)
    fitting, reason = [], ""
    for entry in entries:
        try:
            # Weights that it lacks are drawn when it comes into the run; which ones does not matter here.
            problem = task.misfit(adopted(entry.genome, np.random.default_rng(0), parameters))
        except GalapagosError as error:
            problem = str(error)
        if problem is None:
            fitting.append(entry)
        else:
            reason = f"{plain(entry.name)}: {problem}"
    return fitting, reason


def _by_fitness(entry: Entry) -> tuple[bool, float, str]:
    return entry.fitness is None, -(entry.fitness or 0.0), entry.id
