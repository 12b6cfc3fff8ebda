"""Commands that change what evolves: checked, logged, acknowledged, and taken between generations."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from galapagos.engine.commands import (
    Breed,
    CancelBreed,
    Drop,
    Inject,
    Pin,
    SetParameters,
    SteeringCommand,
    Unpin,
    Withdraw,
    command_from_json,
    command_to_json,
)
from galapagos.engine.records.command_entries import FAILURE, checked, command_of
from galapagos.engine.records.individual_json import individual_from_json, individual_to_json
from galapagos.engine.saving import RETRY_SECONDS
from galapagos.engine.threads import watched
from galapagos.errors import CheckpointError, CommandRefused, InvalidParameters
from galapagos.evolution.reproduction import Steering
from galapagos.genomes.any_genome import genome_from_json
from galapagos.parameter_files import validate_change
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from galapagos.engine.records.command_log import CommandLog
    from galapagos.evolution.individual import Individual
    from galapagos.genomes.genome import Genome
    from galapagos.parameters import Parameters


def standing(entries: Iterable[tuple[int, dict[str, Any]]]) -> list[tuple[int, dict[str, Any]]]:
    """Return the (generation, entry) of a log of commands without those that were withdrawn."""
    entries = list(entries)
    withdrawn = {entry.get("number") for _, entry in entries if entry["command"] == "withdraw"}
    return [
        (generation, entry)
        for generation, entry in entries
        if entry["command"] != "withdraw"
        and (entry.get("number") is None or entry["number"] not in withdrawn)
    ]


@dataclass(frozen=True, slots=True)
class Taken:
    """What the commands of one generation came to.

    Args:
        parameters: The parameters from this generation on.
        changes: (old, new) value of each parameter that changed.
        steering: What reproduction is asked for.
        drops: Ids whose bins are to be emptied.
        notes: One JSON object a steering command, for the journal, with the client that sent it.
        changed_by: Who changed parameters, in the order in which they did.
    """

    parameters: Parameters
    changes: dict[str, tuple[Any, Any]]
    steering: Steering
    drops: tuple[str, ...]
    notes: tuple[tuple[dict[str, Any], str], ...]
    changed_by: tuple[str, ...] = ()


@dataclass(slots=True)
class CommandQueue:
    """The waiting commands of a run, and the log that makes them part of it.

    A command acts in the generation after the one that is being evaluated; while logged commands are played
    again after a resume, new ones act after the last of them, so that history stays what it was.

    Args:
        log: Where commands are kept.
        parameters: The parameters that act now.
        next_generation: The generation in which the next command acts.
        pinned: The individuals that are pinned now.
        breeds: (parent, number of children) that found no place in earlier generations.
        on_refusal: Called with the generation and the refusal where a failure cannot be logged yet.
        on_hang: Called with the generation and `a command` where one is being written for long.
    """

    log: CommandLog
    parameters: Parameters
    next_generation: int
    pinned: dict[str, Individual] = field(default_factory=dict)
    breeds: tuple[tuple[Individual, int], ...] = ()
    on_refusal: Callable[[int, CommandRefused], None] = lambda _generation, _refusal: None
    on_hang: Callable[[int, str], None] = lambda _generation, _what: None
    _waiting: deque[tuple[int, dict[str, Any]]] = field(default_factory=deque)
    _failures: dict[tuple[int, str, str], tuple[str, str]] = field(default_factory=dict)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _numbered: int = 0

    def play_again(self) -> None:
        """Queue the logged commands that act from `next_generation` on, and know every logged failure.

        Raises:
            CheckpointError: Where the log is damaged.
        """
        entries = checked(self.log.read())
        self._numbered = 1 + max((entry.get("number", 0) for _, entry in entries), default=-1)
        for generation, entry in standing(entries):
            if entry["command"] == FAILURE:
                key = (generation, entry["purpose"], entry["id"])
                self._failures[key] = (entry["kind"], entry["message"])
            elif generation >= self.next_generation:
                self._waiting.append((generation, entry))
        self._check_waiting()

    async def put(
        self, command: SteeringCommand, *, client: str, individual: Individual | None
    ) -> dict[str, int]:
        """Log a command and return its acknowledgement: the `generation` in which it acts, and its `number`.

        Args:
            command: The command; parameters are checked against those that will act then.
            client: Who sent it.
            individual: Whom a pin or a breed is about; its genome goes into the log.

        Raises:
            CommandRefused: Where a parameter is not live or not valid, what it takes back acts already, or
                the children that are to be cancelled are made already.
        """
        async with self._lock:
            if isinstance(command, Withdraw):
                return await self._withdraw(command, client)
            if isinstance(command, SetParameters):
                self._check(self.pending, command.changes)
            if isinstance(command, CancelBreed):
                self._check_children(command.id)
            number = self._numbered
            entry = command_to_json(command) | {"client": client, "number": number}
            if individual is not None:
                entry["individual"] = individual_to_json(individual)
            generation = max([self.next_generation, *(waiting for waiting, _ in self._waiting)])
            await self._write_down(generation, entry)
            self._numbered += 1
            self._waiting.append((generation, entry))
            return {"generation": generation, "number": number}

    async def _withdraw(self, command: Withdraw, client: str) -> dict[str, int]:
        """Take a waiting command out; the log says so, for whoever plays it again."""
        found = [(at, entry) for at, entry in self._waiting if entry.get("number") == command.number]
        if not found:
            raise CommandRefused("it acts already, so it cannot be withdrawn")
        generation, withdrawn = found[0]
        rest = [entry for _, entry in self._waiting if entry is not withdrawn and entry["command"] == "set"]
        before: dict[str, Any] = {}
        for entry in rest:
            self._check(before, entry["changes"])
            before |= entry["changes"]
        await self._write_down(generation, command_to_json(command) | {"client": client})
        self._waiting.remove((generation, withdrawn))
        return {"generation": generation, "number": command.number}

    async def _write_down(self, generation: int, entry: dict[str, Any]) -> None:
        """Log what acts in a generation; CommandRefused where that does not work."""
        try:
            await watched(
                lambda: self.on_hang(self.next_generation, "a command"), self.log.append, generation, entry
            )
        except OSError as error:
            raise CommandRefused(f"the command cannot be written: {error.strerror or error}") from error

    @property
    def ends(self) -> list[float]:
        """The number of generations that acts now, then each one that is to act in `next_generation`."""
        changes = (entry.get("changes", {}) for at, entry in self._waiting if at <= self.next_generation)
        name = "num_epochs" if self.parameters.experiment == "learning" else "num_generations"
        numbers = (change[name] for change in changes if name in change)
        return [self.parameters.last_generation, *map(float, numbers)]

    @property
    def pending(self) -> dict[str, Any]:
        """The parameter values that wait for their generation."""
        changes: dict[str, Any] = {}
        for _, entry in self._waiting:
            if entry["command"] == "set":
                changes |= entry["changes"]
        return changes

    async def take(self) -> Taken:
        """Take the commands of `next_generation` and move on to the generation after it."""
        async with self._lock:
            generation = self.next_generation
            entries = []
            while self._waiting and self._waiting[0][0] <= generation:
                entries.append(self._waiting.popleft()[1])
            self.next_generation += 1
            return self._apply(entries, generation)

    async def record_failure(self, generation: int, purpose: str, id: str, kind: str, message: str) -> None:
        """Log a failure that would not come again by itself; its generation waits until the disk takes it."""
        entry = {"command": FAILURE, "purpose": purpose, "id": id, "kind": kind, "message": message}
        while True:
            try:
                await self._write_down(generation, entry)
                break
            except CommandRefused as error:
                self.on_refusal(generation, error)
                await asyncio.sleep(RETRY_SECONDS)
        self._failures[generation, purpose, id] = (kind, message)

    def known_failure(self, generation: int, purpose: str, id: str) -> tuple[str, str] | None:
        """Return (kind, message) of a failure that was logged, before a resume or since."""
        return self._failures.get((generation, purpose, id))

    def _check(self, pending: dict[str, Any], changes: dict[str, Any]) -> None:
        try:
            validate_change(self.parameters.changed(**pending), changes)
        except InvalidParameters as error:
            raise CommandRefused("; ".join(error.problems)) from None

    def _check_children(self, id: str) -> None:
        """Refuse where none that wait to be made are left, when those are gone that are cancelled already."""
        left = sum(count for parent, count in self.breeds if parent.id == id)
        signs = {"breed": 1, "cancel_breed": -1}
        for _, entry in self._waiting:
            if entry.get("id") == id:
                left += signs.get(entry["command"], 0) * entry.get("count", 0)
        if left <= 0:
            raise CommandRefused(f"no children of {id[:8]} wait to be made any more")

    def _check_waiting(self) -> None:
        """Check what waits as it was when it was taken: in the order of generations, one after the other."""
        before: dict[str, Any] = {}
        last = 0
        for generation, entry in self._waiting:
            if generation < last:
                raise CheckpointError(
                    f"the log has a command of generation {generation} after one of generation {last}"
                )
            last = generation
            if entry["command"] == "set":
                try:
                    self._check(before, entry["changes"])
                except CommandRefused as error:
                    raise CheckpointError(
                        f"the log changes parameters in generation {generation} as it cannot be: {error}"
                    ) from None
                before |= entry["changes"]

    def _apply(self, entries: Iterable[dict[str, Any]], generation: int) -> Taken:
        before = self.parameters
        injected: list[tuple[Genome, str | None]] = []
        breeds = list(self.breeds)
        drops: list[str] = []
        notes: list[tuple[dict[str, Any], str]] = []
        changed_by: list[str] = []
        for entry in entries:
            about = entry.get("individual")
            individual = None if about is None else individual_from_json(about)
            fields = command_of(entry)
            client = plain(str(entry.get("client", "")))
            match command_from_json(fields):
                case SetParameters(changes):
                    self.parameters = self.parameters.changed(**changes)
                    changed_by.append(client)
                    continue
                case Inject(genome, parent, source):
                    injected.append((genome_from_json(genome), parent))
                    note: dict[str, Any] = {"parent": parent} | ({"source": plain(source)} if source else {})
                case Pin(id) if individual is not None:
                    self.pinned[id] = individual
                    note = {"id": id}
                case Unpin(id):
                    self.pinned.pop(id, None)
                    note = {"id": id}
                case Breed(id, count) if individual is not None:
                    breeds.append((individual, count))
                    note = {"id": id, "count": count}
                case CancelBreed(id, count):
                    breeds, cancelled = _without(breeds, id, count)
                    note = {"id": id, "count": cancelled}
                case Drop(id):
                    drops.append(id)
                    note = {"id": id}
                case _:
                    continue
            notes.append(({"type": fields["command"], "generation": generation, **note}, client))
        old, new = before.model_dump(mode="json"), self.parameters.model_dump(mode="json")
        return Taken(
            parameters=self.parameters,
            changes={name: (old[name], new[name]) for name in old if old[name] != new[name]},
            steering=Steering(tuple(injected), tuple(self.pinned.values()), tuple(breeds)),
            drops=tuple(drops),
            notes=tuple(notes),
            changed_by=tuple(dict.fromkeys(changed_by)),
        )


def _without(
    breeds: list[tuple[Individual, int]], id: str, count: int
) -> tuple[list[tuple[Individual, int]], int]:
    """Return the requests with fewer children of one parent, the latest gone first, and how many went."""
    kept: list[tuple[Individual, int]] = []
    left = count
    for parent, wanted in reversed(breeds):
        fewer = min(wanted, left) if parent.id == id else 0
        left -= fewer
        if wanted > fewer:
            kept.append((parent, wanted - fewer))
    return kept[::-1], count - left
