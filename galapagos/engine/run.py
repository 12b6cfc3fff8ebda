"""The Python interface to a run: start, look, change, stop; the names are those of Galápagos Nǎo."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from galapagos.engine.commands import Inject, SetParameters, Stop
from galapagos.engine.launch import launch
from galapagos.engine.records.checkpoint import load_checkpoint
from galapagos.engine.records.elite_files import elite_of
from galapagos.engine.records.history import RunHistory, load_run
from galapagos.engine.records.run_directory import FAILED, FINISHED, STOPPED, create_run, open_run
from galapagos.engine.snapshot import RunState, Snapshot
from galapagos.engine.socket.blocking_client import BlockingClient
from galapagos.errors import CommandRefused, ConnectionLost, EngineFailed, UnknownRun
from galapagos.evolution import levels
from galapagos.evolution.individual import Origin
from galapagos.parameters import Parameters
from galapagos.tasks.catalogue import check_task

if TYPE_CHECKING:
    from galapagos.engine.records.checkpoint import Checkpoint
    from galapagos.engine.records.run_directory import RunDirectory
    from galapagos.evolution.archive import Elite
    from galapagos.genomes.genome import Genome

ENDED = (RunState.FINISHED, RunState.STOPPED, RunState.FAILED)


class Run:
    """A run, alive or over: while it is alive its engine answers, afterwards its directory does.

    Args:
        directory: Where its files are.
        client: The connection to its engine; None for a run that is over.
    """

    def __init__(self, directory: RunDirectory, client: BlockingClient | None) -> None:
        self.directory = directory
        self.selection = Selection(self)
        self.parameters = RunParameters(self)
        self._client = client

    @property
    def history(self) -> RunHistory:
        """The curves and individuals that are written down so far."""
        return load_run(self.directory.path)

    def snapshot(self) -> Snapshot:
        """Return the picture of this moment.

        Raises:
            UnknownRun: Where the run is over.
        """
        return self.live_client().snapshot()

    def wait(self, timeout: float | None = None) -> None:
        """Return when all generations are done or the run was stopped.

        Raises:
            EngineFailed: Where it came to an end that nobody asked for.
            TimeoutError: Where it is not over after so many seconds.
        """
        client = self.live_client()
        try:
            last = client.wait(lambda snapshot: snapshot.state in ENDED, timeout)
        except ConnectionLost:
            client.close()
            self._client = None
            condition, record = self.directory.condition(), self.directory.engine_file()
            if record is not None and record.state == condition and condition in (FINISHED, STOPPED):
                return
            reason = record.message if record is not None and condition == FAILED else ""
            reason = reason or "its engine ended without a word; see its log.txt"
            raise EngineFailed(f"run {self.directory.name} failed: {reason}") from None
        if last.state is RunState.FAILED:
            raise EngineFailed(last.message)

    def stop(self) -> None:
        """End the run with a checkpoint; nothing happens where it is over."""
        if self._client is None:
            return
        try:
            self._client.send(Stop())
            self._client.wait(lambda _: False)
        except (CommandRefused, ConnectionLost):
            pass
        finally:
            self._client.close()
            self._client = None

    def live_client(self) -> BlockingClient:
        """Return the connection to the engine.

        Raises:
            UnknownRun: Where the run is over.
        """
        if self._client is None or not self.is_alive:
            raise UnknownRun(f"run {self.directory.name} is over; resume it to go on")
        return self._client

    @property
    def is_alive(self) -> bool:
        """Whether its engine answers."""
        return self._client is not None and self._client.lost is None


class RunParameters:
    """The parameters of a run."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def get(self) -> Parameters:
        """Return the values that act now."""
        if self._run.is_alive:
            return Parameters.model_validate(self._run.snapshot().parameters)
        return Parameters.model_validate(_last_checkpoint(self._run.directory).parameters)

    def put(self, **changes: Any) -> int:  # noqa: ANN401
        """Change live parameters together; return the generation in which they act.

        Raises:
            CommandRefused: Where one is fixed, unknown or invalid; then none is changed.
        """
        return int(self._run.live_client().send(SetParameters(changes))["generation"])


class Selection:
    """The elites of a run, one for each level of complexity that has one."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def get_all(self) -> dict[int, Elite]:
        """Return the best elite of each level, by level."""
        name = self._run.directory.name
        if not self._run.is_alive:
            checkpoint = _last_checkpoint(self._run.directory)
            parameters = Parameters.model_validate(checkpoint.parameters)
            origin = Origin(name, checkpoint.parameters)
            view = levels.view(checkpoint.elites, parameters)
            return {level: replace(elite, origin=origin) for level, (_, elite) in view.items()}
        client = self._run.live_client()
        while True:
            snapshot = client.snapshot()
            origin = Origin(name, snapshot.parameters)
            try:
                return {one.level: _fetch(client, one.id, one.complexity, origin) for one in snapshot.elites}
            except CommandRefused:
                # An elite was replaced between the two questions, so there is a newer snapshot.
                continue

    def put_unevaluated(self, genome: Genome, *, parent: str | None = None, source: str = "") -> int:
        """Put a clone of a network into the next generation; return that generation.

        Args:
            genome: The network.
            parent: The id of the individual or saved elite that it comes from, for the journal.
            source: Where it comes from, in words for the journal.

        Raises:
            CommandRefused: Where its inputs or outputs do not fit the task.
        """
        command = Inject(genome.to_json(), parent, source)
        return int(self._run.live_client().send(command)["generation"])


def evolve(parameters: Parameters, *, title: str = "") -> Run:
    """Evolve in a batch and return when all generations are done.

    Raises:
        GalapagosError: Where the parameters do not fit the task, or the run fails.
    """
    run = _start(parameters, title)
    try:
        run.wait()
    finally:
        run.stop()
    return run


def evolve_continual(parameters: Parameters, *, title: str = "") -> Run:
    """Evolve endlessly; return at once. The run ends by `stop`, or with this process, with a checkpoint.

    Raises:
        GalapagosError: Where the parameters do not fit the task.
    """
    return _start(parameters.changed(num_generations="infinity"), title)


def attach(name: str, *, as_name: str | None = None) -> Run:
    """Return a run that is alive or over, by its name, its path, or a unique beginning of its name.

    Args:
        name: Of the run.
        as_name: What others are told of who changes something; by default user and terminal.

    Raises:
        UnknownRun: Where there is none.
    """
    directory = open_run(name)
    client = BlockingClient.connect(directory.socket_path, name=as_name) if directory.is_alive() else None
    return Run(directory, client)


def _start(parameters: Parameters, title: str) -> Run:
    check_task(parameters, show_progress=sys.stderr.isatty())
    subject = parameters.env_name if parameters.experiment == "wann-gym" else parameters.dataset
    directory = create_run(parameters, title or subject)
    launch(directory.path, owner_pid=os.getpid())
    return Run(directory, BlockingClient.connect(directory.socket_path))


def _fetch(client: BlockingClient, id: str, complexity: int, origin: Origin) -> Elite:
    answer = client.genome(id)
    return elite_of(answer, client.weights(id) if answer.get("trained") else None, complexity, origin)


def _last_checkpoint(directory: RunDirectory) -> Checkpoint:
    checkpoint, problems = load_checkpoint(directory.checkpoint_directory)
    if checkpoint is None:
        reason = problems[0] if problems else "it has no checkpoint yet"
        raise UnknownRun(f"run {directory.name} is over and cannot be read: {reason}")
    return checkpoint
