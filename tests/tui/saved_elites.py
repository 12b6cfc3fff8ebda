"""Entries of a library to show, made without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from library_store.drafts import draft
from tests.library_store.elites import graph_elite

if TYPE_CHECKING:
    from galapagos.evolution.archive import Elite
    from library_store import Entry

NOW = 1_800_000_000.0
HOUR = 3600.0


def entry_of(elite: Elite, **changes: Any) -> Entry:
    """Return the entry of an elite, saved an hour before `NOW`."""
    entry, tensors = draft(elite)
    return entry.changed(
        **{"saved": NOW - HOUR, "read_weights": lambda: tensors, "program": "0.1.0", **changes}
    )


def entries(count: int) -> list[Entry]:
    """Return entries 0 to `count` - 1, each saved an hour before the one above it."""
    made = entry_of(graph_elite(fitness=700.0))
    return [
        made.changed(id=f"{number:016x}", name=f"elite {number}", saved=NOW - HOUR * (number + 1))
        for number in range(count)
    ]
