"""What a person asks of a run: commands sent, what came of them in words, and what undoes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from galapagos.errors import CommandRefused
from galapagos.plain_text import plain
from tui.run_terms import RunTerms, terms_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from galapagos.engine.commands import Command
    from tui.run_link import RunLink

MOST_UNDO = 100
LONGEST_SOURCE = 200
"""What the engine takes of where a clone comes from, in characters."""


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
    _undo: list[tuple[str, Command]] = field(default_factory=list)

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
        when = await self._send(SetParameters(dict(changes)))
        self._remember(f"change of {names}", SetParameters({name: old[name] for name in changes}))
        return f"{names}: {when}"

    async def inject(self, id: str) -> str:
        """Put a clone of an individual into the next generation."""
        from galapagos.engine.commands import Inject

        known = await self.link.genome(id)
        when = await self._send(Inject(known["genome"], parent=id))
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
        generation = (await self._answer(Inject(genome, parent=id, source=source))).get("generation")
        return generation if isinstance(generation, int) else None

    async def pin(self, id: str, *, pin: bool) -> str:
        """Make an individual an extra parent in every generation, or end that."""
        from galapagos.engine.commands import Pin, Unpin

        when = await self._send(Pin(id) if pin else Unpin(id))
        self._remember(f"{'pin' if pin else 'unpin'} of {id[:8]}", Unpin(id) if pin else Pin(id))
        return f"{id[:8]} is {'pinned' if pin else 'no longer pinned'}: {when}"

    async def breed(self, id: str, count: int) -> str:
        """Make some of the next children those of one individual."""
        from galapagos.engine.commands import Breed

        when = await self._send(Breed(id, count))
        return f"{count} {'child' if count == 1 else 'children'} of {id[:8]}: {when}"

    async def drop(self, id: str) -> str:
        """Empty the bin of an elite; undone by injecting its clone."""
        from galapagos.engine.commands import Drop, Inject

        known = await self.link.genome(id)
        when = await self._send(Drop(id))
        self._remember(f"drop of {id[:8]}", Inject(known["genome"], parent=id))
        return f"{id[:8]} leaves the archive: {when} (u undoes it by a clone)"

    async def undo(self, *, only_parameters: bool = False) -> str:
        """Take back the last command that can be; or the last change of parameters."""
        from galapagos.engine.commands import SetParameters

        for entry in reversed(self._undo):
            if not only_parameters or isinstance(entry[1], SetParameters):
                when = await self._send(entry[1])
                self._undo.remove(entry)
                return f"undone: {entry[0]}; {when}"
        raise CommandRefused("there is nothing to undo")

    def when(self, generation: object) -> str:
        """Return in words when a command acts that the engine took."""
        if not isinstance(generation, int):
            return "taken"
        terms = RunTerms() if self.link.latest is None else terms_of(self.link.latest)
        return f"acts in {terms.step} {terms.number_of(generation)}"

    async def _send(self, command: Command) -> str:
        return self.when((await self._answer(command)).get("generation"))

    async def _answer(self, command: Command) -> dict[str, Any]:
        if self.readonly:
            raise CommandRefused("this dashboard is attached with --readonly: it only looks")
        return await self.link.send(command)

    def _remember(self, name: str, inverse: Command) -> None:
        self._undo.append((name, inverse))
        del self._undo[:-MOST_UNDO]
