"""The connection of the dashboard to a run: snapshots and the journal become messages; a lost one comes back.

The engine is another process. Nothing heavy is imported until the first paint is over, and then in a thread.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from textual.message import Message

from galapagos.errors import CommandRefused, ConnectionLost, GalapagosError
from tui.curves import Curves, Source, read_batch
from tui.terminal import person

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from galapagos.engine.branches import Branch
    from galapagos.engine.commands import Command
    from galapagos.engine.snapshot import Snapshot
    from galapagos.engine.socket.client import Client
    from galapagos.evolution.archive import Elite

    Connect = Callable[[], Awaitable[Client]]

SECONDS_BETWEEN_SNAPSHOTS = 0.25
SECONDS_BETWEEN_READINGS = 1.0
FIRST_DELAY, LONGEST_DELAY = 0.2, 2.0
_ENDED = frozenset({"stopped", "finished", "failed"})


class LinkState(StrEnum):
    """How the dashboard stands to the engine."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    LOST = "connection lost, trying again"
    ENDED = "not running"


class SnapshotArrived(Message):
    """A newer picture of the run."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        super().__init__()


class JournalGrew(Message):
    """The curves have new points or marks, or now all that there are."""


class LinkChanged(Message):
    """The connection came, went, or failed; `reason` is one line or empty."""

    def __init__(self, state: LinkState, reason: str = "") -> None:
        self.state = state
        self.reason = reason
        super().__init__()


class Listener(Protocol):
    """Whoever wants to know: a screen."""

    def post_message(self, message: Message) -> bool:
        """Take a message, now or soon."""


class RunLink:
    """One run, seen by one screen.

    Args:
        run_directory: Where the run's files are.
        listener: Receives `SnapshotArrived`, `JournalGrew` and `LinkChanged`.
        connect: Returns a connected client; by default through the socket of the run directory.
        until_seen: Returns as soon as somebody sees what is drawn; until then nothing new is passed on.
    """

    def __init__(
        self,
        run_directory: Path,
        listener: Listener,
        *,
        connect: Connect | None = None,
        until_seen: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.run_directory = run_directory
        self.curves = Curves()
        self.latest: Snapshot | None = None
        self.state = LinkState.CONNECTING
        self._listener = listener
        self._connect = connect or self._connect_to_socket
        self._until_seen = until_seen or _at_once
        self._client: Client | None = None
        self._wanted = asyncio.Event()
        self._ended = asyncio.Event()

    async def follow(self) -> None:
        """Connect, pass on what comes, and connect again, until it is cancelled."""
        delay = FIRST_DELAY
        try:
            while True:
                if await self._follow_once():
                    delay = FIRST_DELAY
                self._wanted.clear()
                try:
                    await asyncio.wait_for(self._wanted.wait(), delay)
                    delay = FIRST_DELAY
                except TimeoutError:
                    delay = min(LONGEST_DELAY, delay * 1.5)
        finally:
            if self._client is not None:
                await self._client.close()
                self._client = None

    async def follow_journal(self) -> None:
        """Read the journal as it grows, until it is cancelled."""
        own = _Journal(self.run_directory)
        branch = await asyncio.to_thread(_fork, self.run_directory)
        other = None if branch is None else _Journal(Path(branch.source))
        while True:
            grew, more = await own.read()
            self.curves = own.curves
            if other is not None and branch is not None:
                source_grew, source_more = await other.read()
                grew, more = grew or source_grew, more or source_more
                self.curves.source = Source(other.directory.name, branch.generation, other.curves)
            was_whole, self.curves.is_whole = self.curves.is_whole, not more
            if grew or self.curves.is_whole is not was_whole:
                self._listener.post_message(JournalGrew())
            if not more:
                await asyncio.sleep(SECONDS_BETWEEN_READINGS)
            await self._until_seen()

    async def wait_for_end(self, limit: float = 30.0) -> None:
        """Return when the engine has ended, or after `limit` seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), limit)

    def try_now(self) -> None:
        """Do not wait for the next attempt to connect."""
        self._wanted.set()

    async def send(self, command: Command) -> dict[str, Any]:
        """Return the engine's acknowledgement.

        Raises:
            CommandRefused: With the reason of the engine.
            ConnectionLost: Where there is no engine to ask.
        """
        if self._client is None:
            raise ConnectionLost(f"there is no engine to ask: {self.state}")
        return await self._client.send(command)

    async def snapshot(self) -> Snapshot:
        """Return the picture of this moment; the same errors as `send`."""
        if self._client is None:
            raise ConnectionLost(f"there is no engine to ask: {self.state}")
        return await self._client.snapshot()

    async def genome(self, id: str) -> dict[str, Any]:
        """Return what the engine knows of an individual; the same errors as `send`."""
        if self._client is None:
            raise ConnectionLost(f"there is no engine to ask: {self.state}")
        return await self._client.genome(id)

    async def elite(self, id: str, complexity: int) -> Elite:
        """Return an elite with what it learned, from the engine.

        Args:
            id: The individual's.
            complexity: In the measure of the archive.

        Raises:
            CommandRefused: Where it is no elite any more.
            ConnectionLost: Where there is no engine to ask.
            RunDirectoryError: Where the file of what it learned cannot be read.
        """
        if self._client is None or self.latest is None:
            raise ConnectionLost(f"there is no engine to ask: {self.state}")
        parameters = self.latest.parameters
        known = await self._client.genome(id)
        weights = await self._client.weights(id) if known.get("trained") else None
        name = self.run_directory.name
        return await asyncio.to_thread(_elite, known, weights, complexity, name, parameters)

    async def elite_of_files(self, id: str | None) -> Elite:
        """Return an elite from the files of a run that is over; the best one where none is named.

        Raises:
            UnknownRun: Where they cannot be read.
            CommandRefused: Where they do not have it.
        """
        return await asyncio.to_thread(_elite_of_files, self.run_directory, id)

    async def _follow_once(self) -> bool:
        try:
            self._client = await self._connect()
        except (GalapagosError, OSError) as error:
            await self._report_absence(str(error))
            return False
        self._report(LinkState.CONNECTED)
        try:
            async for told in self._client.snapshots():
                self.latest = snapshot = as_told_to(self._client.name, told)
                self._listener.post_message(SnapshotArrived(snapshot))
                await asyncio.sleep(SECONDS_BETWEEN_SNAPSHOTS)
                await self._until_seen()
        except (GalapagosError, OSError):
            pass
        client, self._client = self._client, None
        await client.close()
        await self._report_absence("")
        return True

    async def _report_absence(self, reason: str) -> None:
        ended = self.latest is not None and str(self.latest.state) in _ENDED
        alive = not ended and await asyncio.to_thread(self._is_alive)
        self._report(LinkState.LOST if alive else LinkState.ENDED, reason)

    def _report(self, state: LinkState, reason: str = "") -> None:
        if state is not self.state:
            self.state = state
            if state is LinkState.ENDED:
                self._ended.set()
            else:
                self._ended.clear()
            self._listener.post_message(LinkChanged(state, reason))

    def _is_alive(self) -> bool:
        from galapagos.engine.records.run_directory import open_run

        try:
            return open_run(str(self.run_directory)).is_alive()
        except (GalapagosError, OSError):
            return False

    async def _connect_to_socket(self) -> Client:
        client, socket = await asyncio.to_thread(_client_class), await asyncio.to_thread(self._socket)
        return await client.connect(socket, name=person())

    def _socket(self) -> Path:
        from galapagos.engine.records.run_directory import open_run

        return open_run(str(self.run_directory)).socket_path


async def _at_once() -> None:
    """Return at once, where it is not known who sees what."""


def as_told_to(name: str, snapshot: Snapshot) -> Snapshot:
    """Return a picture in which what somebody did is told to themselves: `you pinned 0c2020ad`."""
    if not name or all(one.by != name for one in snapshot.happenings):
        return snapshot
    happenings = (
        replace(one, text=f"you{one.text.removeprefix(name)}") if one.by == name else one
        for one in snapshot.happenings
    )
    return replace(snapshot, happenings=tuple(happenings))


class _Journal:
    """Reads the journal of a run in pieces, as it grows."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.curves = Curves()
        self._offset = 0
        self._end = b""

    async def read(self) -> tuple[bool, bool]:
        """Read on; return whether the curves are others now, and whether there is more at once."""
        path = self.directory / "journal.jsonl"
        batch = await asyncio.to_thread(read_batch, path, self._offset, self._end)
        if batch.restarted:
            self.curves = Curves()
        self._offset, self._end = batch.offset, batch.end
        return self.curves.extend(batch) or batch.restarted, batch.more


def _fork(run_directory: Path) -> Branch | None:
    from galapagos.engine.branches import FORK, branch_of
    from galapagos.engine.records.run_state import RunDirectory

    branch = branch_of(RunDirectory(run_directory))
    return branch if branch is not None and branch.kind == FORK else None


def _elite(
    known: dict[str, Any], weights: str | None, complexity: int, run: str, parameters: dict[str, Any]
) -> Elite:
    from galapagos.engine.records.elite_files import elite_of
    from galapagos.evolution.individual import Origin

    return elite_of(known, weights, complexity, Origin(run, parameters))


def _elite_of_files(run_directory: Path, id: str | None) -> Elite:
    from galapagos.engine.run import attach

    elites = attach(str(run_directory)).selection.get_all().values()
    found = [elite for elite in elites if id in (None, elite.individual.id)]
    if not found:
        raise CommandRefused(f"the run is over and its files have no elite {id or 'at all'}")
    return max(found, key=lambda elite: elite.evaluation.fitness)


def _client_class() -> type[Client]:
    from galapagos.engine.socket.client import Client

    return Client
