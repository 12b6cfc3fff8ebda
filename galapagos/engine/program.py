"""The engine program: a run directory, its lock, its socket, its signals, and the engine between them."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import TYPE_CHECKING, Any

from galapagos.engine.records.run_state import ALIVE, FAILED
from galapagos.engine.socket.server import Server
from galapagos.engine.threads import in_thread
from galapagos.errors import CheckpointError, GalapagosError, InvalidParameters, RunDirectoryError
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from galapagos.engine.engine import Engine
    from galapagos.engine.records.checkpoint import Checkpoint
    from galapagos.engine.records.run_state import RunDirectory
    from galapagos.parameters import Parameters

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def run_engine(
    run: RunDirectory,
    *,
    linger: bool,
    owner_pid: int | None = None,
    until: int | None = None,
    on_ready: Callable[[], None] = lambda: None,
    on_line: Callable[[dict[str, Any]], None] | None = None,
) -> signal.Signals | None:
    """Evolve a run until it is finished or stopped; goes on at its last checkpoint where it has one.

    Args:
        run: The run directory.
        linger: Whether to stay when all generations are done, while clients are attached.
        owner_pid: The process whose end ends the run.
        until: The generation before which it stops, if any.
        on_ready: Called as soon as the socket answers.
        on_line: Called with each line of the journal.

    Returns:
        The signal that stopped it, None where none did.

    Raises:
        GalapagosError: Where the run cannot start, or failed.
    """
    stopper = _Stopper()
    run.refuse_links()
    with run.lock(), stopper.listening():
        # The socket comes first: what the engine imports and reads takes longer than a person likes to wait.
        server = Server()
        await server.start(run.socket_path)
        try:
            with _usable(run):
                run.write_engine_file(ALIVE)
            on_ready()
            with _usable(run):
                engine = await in_thread(_open_or_fail, run, linger, owner_pid, until, on_line)
            server.serve(engine)
            stopper.stops(engine)
            await engine.run(server)
        finally:
            await server.close()
    return stopper.first


def _open_or_fail(
    run: RunDirectory,
    linger: bool,
    owner_pid: int | None,
    until: int | None,
    on_line: Callable[[dict[str, Any]], None] | None,
) -> Engine:
    try:
        with _usable(run):
            return open_engine(run, linger=linger, owner_pid=owner_pid, until=until, on_line=on_line)
    except GalapagosError as error:
        with contextlib.suppress(OSError):
            run.write_engine_file(FAILED, message=str(error))
        raise


@contextlib.contextmanager
def _usable(run: RunDirectory) -> Iterator[None]:
    """Tell in a line what the disk refuses before a run has begun."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunDirectoryError(f"{plain(str(run.path))} cannot be used as a run: {reason}") from None


def open_engine(
    run: RunDirectory,
    *,
    linger: bool = False,
    owner_pid: int | None = None,
    until: int | None = None,
    on_line: Callable[[dict[str, Any]], None] | None = None,
) -> Engine:
    """Return the engine of a run directory whose lock is held: at its last checkpoint, or at the start.

    Commands that the log has for later generations are played again when their generation comes.

    Raises:
        InvalidParameters: Where `parameters.yaml` is damaged.
        CheckpointError: Where the log of commands is damaged, or no checkpoint can be read although there are
            some; then nothing was changed.
    """
    from galapagos.engine.branches import branch_of, other_program
    from galapagos.engine.engine import Engine
    from galapagos.engine.recorder import Recorder
    from galapagos.engine.records.checkpoint import load_checkpoint
    from galapagos.engine.records.command_log import CommandLog
    from galapagos.engine.steering import CommandQueue
    from galapagos.parameter_files import load_parameters

    checkpoint, problems = load_checkpoint(run.checkpoint_directory)
    if checkpoint is None and problems:
        raise CheckpointError(
            f"{problems[0]}, and no other is whole: nothing was changed; "
            "without its directory `checkpoint` the run begins again, with the same commands"
        )
    parameters = load_parameters(run.parameters_file) if checkpoint is None else _checked(checkpoint)
    commands = CommandQueue(
        log=CommandLog(run.commands_file),
        parameters=parameters,
        next_generation=0 if checkpoint is None else checkpoint.generation,
        pinned={} if checkpoint is None else {one.id: one for one in checkpoint.pinned},
        breeds=() if checkpoint is None else checkpoint.breeds,
    )
    commands.play_again()
    # Last, because it cuts off what was written after the checkpoint.
    recorder = Recorder(run, checkpoint, on_line, commands.log)
    for problem in problems:
        recorder.event("damaged checkpoint", problem)
    if checkpoint is not None:
        recorder.event("resume", f"from the checkpoint of generation {checkpoint.generation}")
    if (otherwise := other_program(run)) and (checkpoint is not None or branch_of(run) is not None):
        recorder.event("notice", f"this run was {otherwise}")
    return Engine(recorder, commands, checkpoint=checkpoint, linger=linger, owner_pid=owner_pid, until=until)


def _checked(checkpoint: Checkpoint) -> Parameters:
    """Return the parameters of a checkpoint, after a look at what the engine takes for granted in it.

    Raises:
        CheckpointError: Where something is not as an engine writes it.
    """
    from galapagos.fitness import score_of_test
    from galapagos.parameter_files import parameters_from_json
    from galapagos.strict_json import real, whole

    test = checkpoint.champion_test
    try:
        if test is not None:
            whole(test.get("generation"), "the generation of its champion's test")
            real(test.get("fitness"), "the fitness of its champion's test")
            score_of_test(test)
        return parameters_from_json(checkpoint.parameters, "")
    except InvalidParameters as error:
        raise CheckpointError(f"the checkpoint is damaged: {'; '.join(error.problems)}") from None
    except (ValueError, TypeError) as error:
        raise CheckpointError(f"the checkpoint is damaged: {plain(str(error))}") from None


class _Stopper:
    """Stops an engine on a signal, also on one that came before the engine was there."""

    def __init__(self) -> None:
        self.first: signal.Signals | None = None
        self._engine: Engine | None = None

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Take the signals for as long as the context lasts."""
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, self._stop, number)
        try:
            yield
        finally:
            for number in STOP_SIGNALS:
                loop.remove_signal_handler(number)

    def stops(self, engine: Engine) -> None:
        """Name the engine that is to be stopped."""
        self._engine = engine
        if self.first is not None:
            self._stop(self.first)

    def _stop(self, number: signal.Signals) -> None:
        self.first = self.first or number
        if self._engine is not None:
            self._engine.recorder.event("signal", f"{number.name}: the run stops with a checkpoint")
            self._engine.stop()
