"""Writing a run down while it goes on: journal, events, individuals, checkpoints, elites, curves."""

from __future__ import annotations

import asyncio
import contextlib
import traceback
from collections import deque
from typing import TYPE_CHECKING, Any

import orjson

from galapagos.engine.files.atomic_files import LITTLE_SPACE, atomic_write, free_bytes
from galapagos.engine.records.checkpoint import write_checkpoint
from galapagos.engine.records.elite_files import save_elites, write_trained
from galapagos.engine.records.event_log import EventLog
from galapagos.engine.records.individual_json import individual_to_json
from galapagos.engine.records.individuals import IndividualsWriter
from galapagos.engine.records.journal import Journal
from galapagos.engine.records.kept_files import KeptFiles, was_put_back
from galapagos.engine.records.set_aside import set_aside
from galapagos.engine.records.tensorboard import TensorBoard
from galapagos.engine.saving import Saving
from galapagos.engine.snapshot import Happening
from galapagos.engine.threads import in_thread
from galapagos.errors import RunDirectoryError
from galapagos.fitness import fitness_kind, fitness_text, text_of_test
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from galapagos.engine.records.checkpoint import Checkpoint
    from galapagos.engine.records.command_log import CommandLog
    from galapagos.engine.records.run_directory import RunDirectory
    from galapagos.engine.records.set_aside import Failure
    from galapagos.evaluation import Outcome
    from galapagos.evolution.archive import Elite
    from galapagos.evolution.individual import Individual
    from galapagos.evolution.levels import Level
    from galapagos.parameters import Parameters

HAPPENINGS = 200
"""How many lines of what happened a snapshot carries."""

_DEEDS = {"inject": "injected", "pin": "pinned", "unpin": "unpinned", "drop": "dropped"}
_ID = 8
"""Of an id so many digits are told."""


class Recorder:
    """The one owner of a run directory's files while its engine lives.

    Args:
        run: The run directory, whose lock the caller holds.
        checkpoint: Where the run goes on; what was written after it is set aside.
        commands: The log of commands, which stays where it is with all others, if there is one.
        on_line: Called with each line of the journal, for the plain lines on stdout.
    """

    def __init__(
        self,
        run: RunDirectory,
        checkpoint: Checkpoint | None,
        on_line: Callable[[dict[str, Any]], None] | None = None,
        commands: CommandLog | None = None,
    ) -> None:
        self.run = run
        record = run.engine_file()
        self.title = run.name if record is None else record.title
        self._fitness_kind = fitness_kind(run.experiment())
        self._on_line = on_line
        self._journal = Journal(run.journal_file)
        self._journal.cut(0 if checkpoint is None else checkpoint.journal_length)
        self._individuals = IndividualsWriter(run.individuals_directory)
        self._individuals.cut(0 if checkpoint is None else checkpoint.generation)
        self._events = EventLog(run.events_file)
        self._commands = commands
        self._kept = KeptFiles(run)
        self._tensorboard = TensorBoard(
            run.tensorboard_directory, resumed_at=None if checkpoint is None else checkpoint.generation
        )
        self._happenings: deque[Happening] = deque(maxlen=HAPPENINGS)
        self._generation = 0 if checkpoint is None else checkpoint.generation
        self._flushing: asyncio.Task[None] | None = None
        self._short_of_space = False
        self.saving = Saving(self._save, self._saving_event, checkpoint)

    @property
    def journal_length(self) -> int:
        """The bytes of the journal."""
        return self._journal.length

    @property
    def happenings(self) -> tuple[Happening, ...]:
        """The latest lines of what happened, newest last."""
        return tuple(self._happenings)

    @property
    def notices(self) -> tuple[str, ...]:
        """What keeps the run from being written down as it should be, a line each."""
        little = "less than 1 GB is free: only commands, journal and checkpoints are written"
        return (*filter(None, (self.saving.problem,)), *([little] if self._short_of_space else []))

    def generation(
        self,
        line: dict[str, Any],
        population: Sequence[Individual],
        outcomes: Sequence[Outcome],
        parameters: Parameters,
        improved: Sequence[Elite],
    ) -> None:
        """Write the journal line of a generation and keep its individuals."""
        number = self._generation = line["generation"]
        self._write(line)
        self._short_of_space = self._is_short_of_space() if number % 10 == 0 else self._short_of_space
        if not self._short_of_space:
            self._individuals.add(number, population, outcomes, parameters)
            if self._individuals.due:
                self._flush_soon()
            self._tensorboard.scalars(number, line)
            if number % parameters.test_every == 0:
                self._tensorboard.histograms(number, population, outcomes, parameters)
            self._save_networks(number, population, parameters)
        for elite in improved:
            self._happened(
                number,
                "elite",
                f"size {elite.complexity} ▲ {fitness_text(elite.evaluation.fitness, self._fitness_kind)}",
            )

    def thin(self, generation: int, living: set[str]) -> None:
        """Keep only the ancestors of the living among the individuals before a generation."""
        self._individuals.thin_at(generation, living)

    def parameters_changed(self, generation: int, changes: dict[str, tuple[Any, Any]], who: str = "") -> None:
        """Write the journal line of a change of parameters; who asked for it is told apart from it."""
        self._write({"type": "parameters", "generation": generation, "changes": changes})
        for name, (old, new) in changes.items():
            text = f"{name} {_value(old)} → {_value(new)}"
            self._happened(generation, "parameters", f"changed {text}" if who else text, who)

    def steered(self, note: dict[str, Any], who: str = "") -> None:
        """Write the journal line of a command that steers; who asked for it is told apart from it."""
        self._write(note)
        self._happened(note["generation"], note["type"], _deed(note), who)

    def cloned(self, line: dict[str, Any]) -> None:
        """Write the journal line of what came of an injection."""
        self._write(line)
        text = line["failed"] or fitness_text(line["fitness"], self._fitness_kind)
        won = "the elite of" if line["elite"] else "no elite of"
        self._happened(
            line["generation"], "clone", f"clone {line['id'][:8]} {text}, {won} size {line['complexity']}"
        )

    def tested(self, test: dict[str, Any], *, is_new: bool) -> None:
        """Write the journal line of a champion's test; one that only stands again is no news."""
        self._write(test)
        self._tensorboard.scalars(test["generation"], {"champion_test": test["fitness"]})
        if is_new:
            text = f"champion {test['id'][:8]} tested: {text_of_test(test)}"
            self._happened(test["generation"], "test", text)

    def event(self, kind: str, text: str, *, by: str = "") -> None:
        """Note what happened beside evolution, and who did it."""
        self._events.append(kind, f"{by} {text}" if by else text)
        self._happened(self._generation, kind, text, by)

    def warn(self, kind: str, text: str) -> None:
        """Note what keeps the run from going on as it should, on stdout too where there is one."""
        self.event(kind, text)
        if self._on_line is not None:
            line = {"type": "event", "generation": self._generation, "kind": kind, "text": plain(text)}
            self._on_line(line)

    async def write_weights(self, elite: Elite) -> str | None:
        """Write what an elite learned to a file, which the next checkpoints keep while it is an elite.

        Returns:
            The path of the file; None where it keeps no weights.

        Raises:
            RunDirectoryError: Where it cannot be written.
        """
        if elite.evaluation.trained is None:
            return None
        path = self.run.elites_directory / f"{elite.individual.id}.safetensors"
        try:
            await in_thread(write_trained, path, elite)
        except OSError as error:
            raise RunDirectoryError(f"{path} cannot be written: {error.strerror or error}") from None
        return str(path)

    async def set_aside(self, failure: Failure) -> None:
        """Keep a network that ended its workers or hung, and note what became of it."""
        try:
            line = await in_thread(set_aside, self.run.failed_directory, failure)
        except OSError as error:
            line = (
                f"network {failure.individual.id[:_ID]} counts as failed; it cannot be kept: {error.strerror}"
            )
        self.event("set aside", line)

    def unforeseen(self, error: BaseException) -> None:
        """Write the traceback of an error that ends the run into the log, for whoever will mend it."""
        with contextlib.suppress(OSError), self.run.log_file.open("a") as log:
            traceback.print_exception(error, file=log)

    def close(self, state: str, message: str) -> None:
        """Note how the engine ended and close the files."""
        self._events.append("end", f"{state} {message}".strip())
        self._tensorboard.close()
        self._journal.close()
        self._events.close()
        with contextlib.suppress(OSError):  # on a full disk it still says that the engine is alive: it is not
            self.run.write_engine_file(state, message=message)

    def _flush_soon(self) -> None:
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())

    async def _flush(self) -> None:
        try:
            await in_thread(self._individuals.flush)
        except (OSError, MemoryError) as error:
            self.saving.failed(self._generation, error)

    def _save(self, checkpoint: Checkpoint, elites: dict[int, tuple[Level, Elite]]) -> list[str]:
        gone = [self.run.journal_file] if self._journal.sync() else []
        if self._commands is not None and self._commands.stay():
            gone.append(self.run.commands_file)
        if self._events.stay():
            gone.append(self.run.events_file)
        put_back = [*map(was_put_back, gone), *self._kept.put_back()]
        if not self._short_of_space:
            self._individuals.flush()
        write_checkpoint(self.run.checkpoint_directory, checkpoint)
        if not self._short_of_space:
            save_elites(self.run.elites_directory, elites, {one.individual.id for one in checkpoint.elites})
        return put_back

    def _saving_event(self, kind: str, text: str) -> None:
        if kind == "checkpoint":
            self._events.append(kind, text)
        else:
            self.warn(kind, text)

    def _save_networks(self, number: int, population: Sequence[Individual], parameters: Parameters) -> None:
        every = parameters.save_networks_every
        if every == 0 or number % every:
            return
        data = orjson.dumps([individual_to_json(individual) for individual in population])
        try:
            self.run.networks_directory.mkdir(exist_ok=True)
            atomic_write(self.run.networks_directory / f"generation-{number:06d}.json", data)
        except OSError as error:
            self.event("networks", f"those of generation {number} are not kept: {error.strerror or error}")

    def _is_short_of_space(self) -> bool:
        try:
            short = free_bytes(self.run.path) < LITTLE_SPACE
        except OSError as error:
            self.saving.failed(self._generation, error)
            return self._short_of_space
        if short and not self._short_of_space:
            self.event("disk", "less than 1 GB is free: only commands, journal and checkpoints are written")
        return short

    def _write(self, line: dict[str, Any]) -> None:
        try:
            self._journal.append(line)
        except OSError as error:
            self.saving.failed(line["generation"], error)
        if self._on_line is not None:
            self._on_line(line)

    def _happened(self, generation: int, kind: str, text: str, by: str = "") -> None:
        by = plain(by)
        self._happenings.append(Happening(generation, kind, plain(f"{by} {text}"), by))


def _deed(note: dict[str, Any]) -> str:
    """Return what a command came to, as it is told after the name of who sent it."""
    about = str(note.get("source") or (note.get("id") or note.get("parent") or "")[:_ID]) or "a network"
    if note["type"] == "breed":
        return f"asked for {note['count']} {_children(note['count'])} of {about}"
    if note["type"] == "cancel_breed":
        return f"cancelled {note['count']} {_children(note['count'])} of {about}"
    return f"{_DEEDS[note['type']]} {about}"


def _children(count: int) -> str:
    return "child" if count == 1 else "children"


def _value(value: Any) -> str:  # noqa: ANN401
    return ",".join(str(item) for item in value) if isinstance(value, list | tuple) else str(value)
