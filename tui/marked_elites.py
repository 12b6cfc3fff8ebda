"""The elites that a person marked to compare them, and what becomes of a mark when its elite is replaced."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui import formatting

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from galapagos.engine.snapshot import EliteSummary

_ID = 8


@dataclass(frozen=True, slots=True)
class MarkedElites:
    """Marks on rows of the table of elites.

    A mark is on what stands there: it follows to the elite that takes the place, of the same size where that
    is shown, else of the level that has the size now. Who wants to keep a network saves or pins it.

    Args:
        sizes: The complexity of each, by id.
    """

    sizes: Mapping[str, int] = field(default_factory=dict)

    @property
    def ids(self) -> frozenset[str]:
        """Those that are marked."""
        return frozenset(self.sizes)

    def toggled(self, elite: EliteSummary) -> MarkedElites:
        """Return these with a mark on an elite, or without the one on it."""
        others = {id: size for id, size in self.sizes.items() if id != elite.id}
        return MarkedElites(others if elite.id in self.sizes else {**others, elite.id: elite.complexity})

    def followed(self, elites: Iterable[EliteSummary]) -> tuple[MarkedElites, list[str]]:
        """Return the marks on the elites that there are now, and a line about each that moved or ended."""
        shown = {elite.id: elite for elite in elites}
        sizes: dict[str, int] = {}
        told = []
        for id, size in self.sizes.items():
            if id in shown:
                sizes[id] = size
                continue
            heir = _heir(size, shown.values())
            if heir is None:
                told.append(f"the mark on {id[:_ID]} ended: nothing of its size is shown")
                continue
            sizes[heir.id] = heir.complexity
            how = "took its place" if _share_a_bin(heir.complexity, size) else "is its level's best"
            told.append(
                f"the mark on {id[:_ID]} went to {heir.id[:_ID]}, which {how}: "
                f"size {formatting.whole(heir.complexity)}"
            )
        return MarkedElites(sizes), told


def _heir(size: int, elites: Collection[EliteSummary]) -> EliteSummary | None:
    """Return the elite that is shown for a size: of its bin, else of the level that it is in."""
    own = [elite for elite in elites if _share_a_bin(elite.complexity, size)]
    near = [elite for elite in elites if elite.low <= size <= elite.high]
    return next(iter(own + near), None)


def _share_a_bin(size: int, other: int) -> bool:
    # Late, since numpy comes with it: the first frame does without.
    from galapagos.evolution.archive import bin_of

    return bin_of(size) == bin_of(other)
