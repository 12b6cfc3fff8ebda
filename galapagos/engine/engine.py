"""The life of a run: starting, evolving, pausing, finishing, stopping; what clients see and ask."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from galapagos.engine.clones import refuse_misfit
from galapagos.engine.commands import (
    Breed,
    Continue,
    Drop,
    Inject,
    Pause,
    Pin,
    SetParameters,
    SteeringCommand,
    Stop,
)
from galapagos.engine.evaluator import EvaluationPurpose, Evaluator
from galapagos.engine.evolution import Evolution
from galapagos.engine.inheritance import learned
from galapagos.engine.learning import Learning
from galapagos.engine.observation import Rate, observe
from galapagos.engine.pool.pool import WorkerPool
from galapagos.engine.pool.processors import available_processors
from galapagos.engine.records.individual_json import evaluation_to_json, individual_to_json
from galapagos.engine.records.process_identity import is_running, process_start
from galapagos.engine.saving import MOST_UNSAVED
from galapagos.engine.snapshot import RunState, Snapshot
from galapagos.engine.stopwatch import Stopwatch
from galapagos.engine.threads import in_thread
from galapagos.errors import CommandRefused, EngineFailed, GalapagosError
from galapagos.plain_text import plain
from galapagos.tasks.catalogue import build_task, task_notice

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from galapagos.engine.commands import Command
    from galapagos.engine.recorder import Recorder
    from galapagos.engine.records.checkpoint import Checkpoint
    from galapagos.engine.socket.server import Server
    from galapagos.engine.steering import CommandQueue

FRAME_SECONDS = 0.2
"""Shortest time between two published snapshots."""

HEARTBEAT_SECONDS = 1.0
"""Longest time between two published snapshots, and between two looks at owner and clients."""

LINGER_SECONDS = 60.0
"""How long a finished engine waits for a client to come back."""

_DEEDS = {"pause": "paused the run", "continue": "let the run go on", "stop": "stopped the run"}


class Engine:
    """One run, alive; implements `galapagos.engine.socket.server.Host`.

    Args:
        recorder: Where the run is written down.
        commands: The waiting and the logged commands, and with them the parameters.
        checkpoint: Where to go on; None for a new run.
        linger: Whether to stay while clients are attached when all generations are done.
        owner_pid: The process whose end ends this run, if any.
        until: The generation before which it stops, with a checkpoint, if any.
    """

    def __init__(
        self,
        recorder: Recorder,
        commands: CommandQueue,
        *,
        checkpoint: Checkpoint | None,
        linger: bool,
        owner_pid: int | None = None,
        until: int | None = None,
    ) -> None:
        self.recorder = recorder
        self.commands = commands
        self.clients = 0
        self.state = RunState.STARTING
        self.message = ""
        self.done = 0
        self.sequence = 0
        self.rate = Rate()
        self.stopwatch = Stopwatch(0.0 if checkpoint is None else checkpoint.elapsed)
        self.evolution: Evolution | None = None
        self._checkpoint = checkpoint
        self._linger = linger
        self._owner_pid = owner_pid
        # With its start, since its number may be another's one day; one that nobody waited for is gone, too.
        self._owner_start = None if owner_pid is None else process_start(owner_pid)
        self._until = until
        self._changed = asyncio.Event()
        self._commanded = asyncio.Event()
        commands.on_refusal = recorder.saving.failed
        commands.on_hang = recorder.saving.hangs
        recorder.saving.on_change = self._hold_still
        self._stopping = asyncio.Event()
        self.pool = WorkerPool(
            commands.parameters,
            size=commands.parameters.num_workers or available_processors(),
            on_event=self._worker_event,
            on_change=self._changed.set,
        )

    async def run(self, server: Server) -> None:
        """Evolve until the end, a stop, or a failure; the last checkpoint is written before this returns.

        Args:
            server: Where snapshots are published.

        Raises:
            GalapagosError: Where the run failed; the state is then `failed` and the message says why.
        """
        heart = asyncio.create_task(self._beat(server))
        try:
            await self._until_stopped(self._evolve(), heart)
        except Exception as error:
            failure = _first(error)
            if isinstance(failure, GalapagosError):
                self._fail(str(failure))
                raise failure from None
            self.recorder.unforeseen(failure)
            self._fail(f"{type(failure).__name__}: {failure}")
            raise EngineFailed(f"the engine failed, see log.txt: {self.message}") from failure
        finally:
            heart.cancel()
            await self.pool.close()
            try:
                await self._last_checkpoint()
            finally:
                self.recorder.close(self.state, self.message)
                server.publish(self.snapshot())

    def stop(self) -> None:
        """Discard the unfinished generation, write a checkpoint and end."""
        self._stopping.set()

    def snapshot(self) -> Snapshot:
        """Return the state of this moment."""
        self.sequence += 1
        return observe(self)

    def genome(self, id: str) -> dict[str, Any] | None:
        """Return an individual that is alive, with its evaluation where it is an elite."""
        if self.evolution is None:
            return None
        individual, elite = self.evolution.find(id), self.evolution.archive.find(id)
        if individual is None:
            return None
        evaluation = None if elite is None else evaluation_to_json(elite.evaluation)
        trained = elite is not None and elite.evaluation.trained is not None
        return individual_to_json(individual) | {"evaluation": evaluation, "trained": trained}

    async def weights(self, id: str) -> str | None:
        """Return a new file with the weights that an elite learned, or None where there are none."""
        elite = None if self.evolution is None else self.evolution.archive.find(id)
        return None if elite is None else await self.recorder.write_weights(elite)

    async def take(self, command: Command, client: str) -> dict[str, Any]:
        """Take a command of a client; answer with the generation in which it acts.

        Raises:
            CommandRefused: Where it cannot be taken as things are.
        """
        if self._stopping.is_set():
            raise CommandRefused("the run is stopping; resume it first")
        if isinstance(command, Pause | Continue | Stop):
            return self._take_at_once(command, client)
        return await self._take_later(command, client)

    def _take_at_once(self, command: Pause | Continue | Stop, client: str) -> dict[str, Any]:
        self.recorder.event(command.command, _DEEDS[command.command], by=plain(client))
        if isinstance(command, Stop):
            self.stop()
        elif isinstance(command, Pause):
            self.pool.pause()
        else:
            self.pool.resume()
            self._commanded.set()
        self._keep_time()
        self._changed.set()
        return {"generation": self.commands.next_generation}

    async def _take_later(self, command: SteeringCommand, client: str) -> dict[str, Any]:
        if self.evolution is None:
            raise CommandRefused("the engine is starting; try again in a moment")
        individual = None
        if isinstance(self.evolution, Learning) and not isinstance(command, SetParameters):
            raise CommandRefused("one network learns here and nothing is bred, so only parameters can change")
        if isinstance(command, Inject):
            refuse_misfit(command.genome, self.evolution.task, self.commands.parameters)
        elif isinstance(command, Pin | Breed | Drop):
            individual = self.evolution.find(command.id)
            if individual is None:
                raise CommandRefused(f"{command.id} is neither an elite nor in the population any more")
            # Now, because it may have left when the command acts.
            individual = learned(self.evolution, individual)
        acknowledgement = await self.commands.put(command, client=plain(client), individual=individual)
        self._commanded.set()
        self._changed.set()
        return acknowledgement

    async def _evolve(self) -> None:
        """Start, then one generation after another; at the end wait for more while somebody may ask."""
        await self.pool.start()
        notice = await in_thread(task_notice, self.commands.parameters)
        if notice is not None:
            self.recorder.event("notice", notice)
        task = await in_thread(build_task, self.commands.parameters)
        kind = Learning if self.commands.parameters.experiment == "learning" else Evolution
        evaluator = Evaluator(
            self.pool,
            self.commands,
            self._progress,
            self.recorder.set_aside,
            logs_failures=kind is not Learning,
        )
        evolution = self.evolution = kind(
            task=task,
            evaluator=evaluator,
            pool=self.pool,
            commands=self.commands,
            recorder=self.recorder,
            stopwatch=self.stopwatch,
            checkpoint=self._checkpoint,
        )
        while True:
            self.state = RunState.EVOLVING
            self._keep_time()
            while not evolution.finished:
                if self._until is not None and evolution.generation >= self._until:
                    self.state = RunState.STOPPED
                    return
                self.done = 0
                await evolution.advance()
                self._changed.set()
                self.recorder.saving.when_due(evolution)
                await self.recorder.saving.wait(evolution, MOST_UNSAVED, self._commanded)
            await evolution.finish()
            await self.recorder.saving.now(evolution)
            await self.recorder.saving.wait(evolution, 0, self._commanded)
            self.state = RunState.FINISHED
            self._keep_time()
            self._changed.set()
            if not await self._more_is_asked_for(evolution):
                return

    async def _more_is_asked_for(self, evolution: Evolution) -> bool:
        """Wait until there are more generations to do; False when nobody is left who could ask."""
        alone_since = time.monotonic()
        while self._linger:
            if not evolution.finished:
                return True
            if self.clients:
                alone_since = time.monotonic()
            elif time.monotonic() - alone_since > LINGER_SECONDS:
                return False
            self._commanded.clear()
            await _wait(self._commanded, HEARTBEAT_SECONDS)
        return False

    async def _until_stopped(self, work: Coroutine[Any, Any, None], heart: asyncio.Task[None]) -> None:
        """Await a coroutine, cancelling it when the run is to stop, or when the heart failed."""
        working = asyncio.create_task(work)
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({working, stopping, heart}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if working.done():
            working.result()
            return
        if heart.done():
            working.cancel()
            heart.result()
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        if self.state is not RunState.FINISHED:
            self.state = RunState.STOPPED
        self._keep_time()

    async def _last_checkpoint(self) -> None:
        if self.evolution is None or await self.recorder.saving.now(self.evolution):
            return
        if self.state is not RunState.FAILED:
            self._fail("the last checkpoint could not be written; a resume starts at the one before")
            raise EngineFailed(self.message)

    def _fail(self, message: str) -> None:
        self.state = RunState.FAILED
        self.message = plain(message)
        self.recorder.event("failed", self.message)

    def _keep_time(self) -> None:
        """Let the stopwatch run while the run evolves, pauses not included."""
        if self.state is RunState.EVOLVING and not self.pool.paused and not self.recorder.saving.waits:
            self.stopwatch.run()
        else:
            self.stopwatch.halt()

    def _hold_still(self) -> None:
        """Show at once, and in the time of the run, that it waits for the disk or goes on."""
        self._keep_time()
        self._changed.set()

    async def _beat(self, server: Server) -> None:
        """Publish a snapshot when something changed and once a heartbeat, and look after the owner."""
        while True:
            await _wait(self._changed, HEARTBEAT_SECONDS)
            self._changed.clear()
            if self._owner_pid is not None and not is_running(self._owner_pid, self._owner_start):
                self.recorder.event("owner gone", f"process {self._owner_pid} ended, so the run stops")
                self.stop()
            if server.stay():
                self.recorder.event("put back", "the socket was removed while the run lives")
            self.clients = server.clients
            server.publish(self.snapshot())
            await asyncio.sleep(FRAME_SECONDS)

    def _progress(self, purpose: EvaluationPurpose, done: int, evaluated: int) -> None:
        self.rate.count(evaluated)
        if purpose is EvaluationPurpose.GENERATION:
            self.done += done
        self._changed.set()

    def _worker_event(self, kind: str, text: str) -> None:
        self.recorder.event(kind, text)
        self._changed.set()


async def _wait(event: asyncio.Event, seconds: float) -> bool:
    """Wait for an event for so long at the most; answer whether it came."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True


def _first(error: BaseException) -> BaseException:
    """Return the first error that is not a group of others."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
