"""What a person asks of a run: commands sent, what came of them in words, and what undoes them."""

from __future__ import annotations

from asyncio import Lock, to_thread
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from galapagos.errors import CommandRefused
from galapagos.plain_text import plain
from tui.run_terms import RunTerms, terms_of
from tui.value_text import as_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from galapagos.engine.commands import Command
    from galapagos.engine.snapshot import Snapshot
    from tui.run_link import RunLink

MOST_UNDO = 100
_GONE_FOR_GOOD = frozenset({"cancel_breed", "pin"})
"""Opposites that are refused where the run has moved on: the children are made, the network is forgotten."""
LONGEST_SOURCE = 200
"""What the engine takes of where a clone comes from, in characters."""


@dataclass(frozen=True, slots=True)
class Done:
    """A command that was taken, and how to take it back.

    Args:
        name: What it was, in words.
        number: By which it can be withdrawn as long as it waits; None where the engine told none.
        inverse: What undoes it when it acts already; None where nothing does.
        changes: What a change of parameters set; None where it was something else.
    """

    name: str
    number: int | None
    inverse: Command | None
    changes: Mapping[str, Any] | None = None


@dataclass(slots=True)
class Steering:
    """The commands of one person on one run; every method returns the line that a toast shows.

    Args:
        link: The connection to the run.
        readonly: Whether everything is refused.

    Raises:
        CommandRefused, ConnectionLost: By every method, where the engine did not take the command.
    """

    link: RunLink
    readonly: bool = False
    _done: list[Done] = field(default_factory=list)
    _undoing: Lock = field(default_factory=Lock)

    async def pause(self, *, pause: bool) -> str:
        """Stop sending work at once, or go on."""
        from galapagos.engine.commands import Continue, Pause

        await self._send(Pause() if pause else Continue())
        return "paused: what runs is finished, nothing new starts" if pause else "evolving again"

    async def stop(self) -> str:
        """End the engine with a checkpoint."""
        from galapagos.engine.commands import Stop

        await self._send(Stop())
        return "stopping: the unfinished generation is discarded, a checkpoint is written"

    async def set_parameters(self, changes: Mapping[str, Any], old: Mapping[str, Any]) -> str:
        """Change parameters, all together or none; `old` holds the values they have now."""
        from galapagos.engine.commands import SetParameters

        names = ", ".join(changes)
        inverse = SetParameters({name: old[name] for name in changes})
        when = await self._do(SetParameters(dict(changes)), f"change of {names}", inverse)
        return f"{names}: {when}"

    async def inject(self, id: str) -> str:
        """Put a clone of an individual into the next generation."""
        from galapagos.engine.commands import Inject

        known = await self.link.genome(id)
        when = await self._do(Inject(known["genome"], parent=id), f"injection of {id[:8]}")
        return f"a clone of {id[:8]} is injected: {when}"

    async def inject_saved(self, id: str, name: str, genome: dict[str, Any]) -> int | None:
        """Put a clone of a saved elite into the next generation; return that, as the engine counts.

        Args:
            id: That it has in the library, and had in its run.
            name: What people call it; the journal says where the clone came from.
            genome: The network's JSON.
        """
        from galapagos.engine.commands import Inject

        source = plain(f"{name} of the library", LONGEST_SOURCE)
        answer = await self._answer(Inject(genome, parent=id, source=source))
        self._remember(answer, f"injection of {plain(name, LONGEST_SOURCE)}")
        generation = answer.get("generation")
        return generation if isinstance(generation, int) else None

    async def pin(self, id: str, *, pin: bool) -> str:
        """Make an individual an extra parent in every generation, or end that."""
        from galapagos.engine.commands import Pin, Unpin

        name = f"{'pin' if pin else 'unpin'} of {id[:8]}"
        when = await self._do(Pin(id) if pin else Unpin(id), name, Unpin(id) if pin else Pin(id))
        return f"{id[:8]} is {'pinned' if pin else 'no longer pinned'}: {when}"

    async def breed(self, id: str, count: int) -> str:
        """Make some of the next children those of one individual."""
        from galapagos.engine.commands import Breed, CancelBreed

        children = f"{count} {'child' if count == 1 else 'children'} of {id[:8]}"
        return f"{children}: {await self._do(Breed(id, count), children, CancelBreed(id, count))}"

    async def drop(self, id: str) -> str:
        """Empty the bin of an elite; undone by injecting its clone, where it acts already."""
        from galapagos.engine.commands import Drop, Inject

        known = await self.link.genome(id)
        when = await self._do(Drop(id), f"drop of {id[:8]}", Inject(known["genome"], parent=id))
        return f"{id[:8]} leaves the archive: {when} (u undoes it)"

    async def undo(self, *, only_parameters: bool = False) -> str:
        """Take back the last command, or the last change of parameters.

        As long as it waits for its generation it is withdrawn, as if it had never been given; afterwards
        it is undone by its opposite, where it has one and the run has not moved on from it.
        """
        # One after the other: whoever holds the key down takes back one command after the other.
        async with self._undoing:
            return await self._undo(only_parameters=only_parameters)

    async def _undo(self, *, only_parameters: bool) -> str:
        done = next((one for one in reversed(self._done) if one.changes or not only_parameters), None)
        if done is None:
            raise CommandRefused("there is nothing to undo")
        if await self._withdraw(done):
            self._forget(done)
            return f"undone before it acted: {done.name}"
        if done.inverse is None:
            self._forget(done)
            raise CommandRefused(f"{done.name}: it acts already, and nothing takes that back")
        if done.changes and (problem := await self._moved_on(done.changes)):
            self._forget(done)
            raise CommandRefused(f"{done.name} is not undone: {problem}")
        try:
            when = self.when((await self._answer(done.inverse)).get("generation"))
        except CommandRefused as error:
            if done.inverse.command in _GONE_FOR_GOOD:
                self._forget(done)
                raise CommandRefused(f"{done.name} is not undone: {error}") from None
            raise
        self._forget(done)
        return f"undone: {done.name}; {when}"

    def _forget(self, done: Done) -> None:
        # It may have fallen out of the list while the engine was asked.
        if done in self._done:
            self._done.remove(done)

    async def _moved_on(self, changes: Mapping[str, Any]) -> str:
        """Return in words which parameter was changed since; empty where all are as they were set."""
        picture = await self.link.snapshot()
        now = {**picture.parameters, **picture.pending}
        wanted = await to_thread(_as_they_act, picture.parameters, changes)
        for name, value in wanted.items():
            if now.get(name) not in (value, changes[name]):
                return f"{name} was changed since, to {plain(as_text(now.get(name)), 40)}"
        return ""

    async def _withdraw(self, done: Done) -> bool:
        from galapagos.engine.commands import Withdraw

        if done.number is None:
            return False
        try:
            await self._answer(Withdraw(done.number))
        except CommandRefused:
            return False
        return True

    def when(self, generation: object) -> str:
        """Return in words when a command acts that the engine took."""
        if not isinstance(generation, int):
            return "taken"
        latest = self.link.latest
        terms = RunTerms() if latest is None else terms_of(latest)
        told = f"acts in {terms.step} {terms.number_of(generation)}"
        if latest is not None and latest.state == "finished" and not self._goes_on(latest):
            return f"{told}, which comes when {terms.number_of_steps} is raised"
        return told

    def _goes_on(self, latest: Snapshot) -> bool:
        """Return whether somebody raised the number of steps of a run that is finished."""
        name = terms_of(latest).number_of_steps
        return name in latest.pending or any(name in (done.changes or ()) for done in self._done[-1:])

    async def _send(self, command: Command) -> str:
        return self.when((await self._answer(command)).get("generation"))

    async def _answer(self, command: Command) -> dict[str, Any]:
        if self.readonly:
            raise CommandRefused("this dashboard is attached with --readonly: it only looks")
        return await self.link.send(command)

    async def _do(self, command: Command, name: str, inverse: Command | None = None) -> str:
        """Give a command that can be undone; return when it acts."""
        answer = await self._answer(command)
        self._remember(answer, name, inverse, command.changes if command.command == "set" else None)
        return self.when(answer.get("generation"))

    def _remember(
        self,
        answer: Mapping[str, Any],
        name: str,
        inverse: Command | None = None,
        changes: Mapping[str, Any] | None = None,
    ) -> None:
        number = answer.get("number")
        self._done.append(Done(name, number if isinstance(number, int) else None, inverse, changes))
        del self._done[:-MOST_UNDO]


def _as_they_act(parameters: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return changes with their values written as a running engine tells them; it imports what is heavy."""
    from galapagos.errors import InvalidParameters
    from galapagos.parameters import Parameters

    try:
        acting = Parameters.model_validate(dict(parameters)).changed(**changes).model_dump(mode="json")
    except InvalidParameters:
        # They do not go together with what others have changed.
        return dict(changes)
    return {name: acting[name] for name in changes}
