"""The elites of one run, one after the other: from its engine, or from its files where it is over."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from galapagos.errors import CommandRefused
from tui.run_link import LinkState
from tui.shown_elite import ShownElite, of_answer, of_files

if TYPE_CHECKING:
    from pathlib import Path

    from tui.run_link import RunLink


class Siblings(Protocol):
    """Where one can go on to the next elite."""

    async def beside(self, id: str, step: int) -> ShownElite | None:
        """Return the elite that many steps after another one, going round; None where there is no other.

        Raises:
            GalapagosError: Where it cannot be read.
        """


class RunElites:
    """The elites of a run, by level.

    Args:
        link: To the run.
    """

    def __init__(self, link: RunLink) -> None:
        self._link = link
        self._from_files: list[ShownElite] | None = None

    async def elite(self, id: str) -> ShownElite:
        """Return an elite by its id.

        Raises:
            GalapagosError: Where it is none any more, or cannot be read.
        """
        picture = self._link.latest
        if self._link.state is LinkState.CONNECTED and picture is not None:
            known = await self._link.genome(id)
            level = next((one.level for one in picture.elites if one.id == id), None)
            return of_answer(
                known,
                picture.parameters,
                title=f"Elite {level}" if level is not None else "Elite",
                run_directory=self._link.run_directory,
            )
        found = [one for one in await self._read() if one.id == id]
        if not found:
            raise CommandRefused(f"the files of the run have no elite {id}")
        return found[0]

    async def beside(self, id: str, step: int) -> ShownElite | None:
        """Return the elite that many levels further, going round; None where there is no other.

        Raises:
            GalapagosError: Where it is none any more, or cannot be read.
        """
        picture = self._link.latest
        if self._link.state is LinkState.CONNECTED and picture is not None:
            ids = [one.id for one in picture.elites]
        else:
            ids = [one.id for one in await self._read()]
        if not ids or ids == [id]:
            return None
        # One that was replaced meanwhile stands before the first and after the last.
        place = ids.index(id) + step if id in ids else (0 if step > 0 else -1)
        return await self.elite(ids[place % len(ids)])

    async def _read(self) -> list[ShownElite]:
        if self._from_files is None:
            self._from_files = await asyncio.to_thread(elites_of_files, self._link.run_directory)
        return self._from_files


def elites_of_files(run_directory: Path) -> list[ShownElite]:
    """Return the elites of a run that is over, by level; it blocks.

    Raises:
        GalapagosError: Where they cannot be read.
    """
    from galapagos.engine.run import attach

    elites = attach(str(run_directory)).selection.get_all()
    return [
        of_files(elite, title=f"Elite {level}", run_directory=run_directory)
        for level, elite in sorted(elites.items())
    ]
