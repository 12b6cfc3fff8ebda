"""What one dashboard told its person, among what happened in the run: refusals, savings, marks that moved.

The engine knows nothing of it, and a message is gone after some seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from galapagos.engine.snapshot import Happening

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_TOLD = 40
"""So many of the latest are kept."""
TOLD, REFUSED = "told", "error"
"""The kinds of such a happening."""


@dataclass(frozen=True, slots=True)
class ToldHere:
    """Some lines, each after the last thing that had happened when it was told."""

    lines: tuple[tuple[Happening | None, Happening], ...] = ()

    def and_then(self, text: str, happened: Sequence[Happening], generation: int, *, wrong: bool) -> ToldHere:
        """Return these and one more.

        Args:
            text: Plain text.
            happened: In the run so far, the newest last.
            generation: Of the run now.
            wrong: Whether something was refused or failed.
        """
        line = Happening(generation, REFUSED if wrong else TOLD, text)
        return ToldHere((*self.lines, (happened[-1] if happened else None, line))[-MOST_TOLD:])

    def among(self, happened: Sequence[Happening]) -> tuple[Happening, ...]:
        """Return what happened with these lines where they belong; without those before the oldest."""
        places = {one: place for place, one in enumerate(happened)}
        after: dict[int, list[Happening]] = {}
        for anchor, line in self.lines:
            if anchor is None or anchor in places:
                after.setdefault(-1 if anchor is None else places[anchor], []).append(line)
        told = list(after.get(-1, ()))
        for place, one in enumerate(happened):
            told += [one, *after.get(place, ())]
        return tuple(told)
