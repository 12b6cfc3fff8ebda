"""What became of an elite that was put back into a run, as that run's journal tells it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from galapagos.fitness import fitness_text

if TYPE_CHECKING:
    from library_store.entry import Entry, Injection


def outcome_of(injection: Injection, id: str) -> dict[str, Any] | None:
    """Return the journal's line on the clone of an entry: its id, its archive fitness, whether it won.

    Args:
        injection: When and where it was put back.
        id: The entry's.

    Returns:
        None where the clone is not evaluated yet, or the run is not there any more.
    """
    from galapagos.engine.files.log_reading import read_lines

    journal = Path(injection.path) / "journal.jsonl"
    offset, last = 0, -1
    while offset != last:
        last = offset
        try:
            lines, offset = read_lines(journal, offset, at_most=1 << 22)
        except OSError:
            return None
        for line in lines:
            of_this = line.get("parent") == id and line.get("generation") == injection.generation
            if line.get("type") == "clone" and of_this:
                return line
    return None


def outcome_text(injection: Injection, entry: Entry) -> str:
    """Return in one line where an entry was put back, and with what result."""
    where = f"into {injection.run}, generation {injection.generation}"
    line = outcome_of(injection, entry.id)
    if line is None:
        return f"{where}: not evaluated yet, or the run is gone"
    if line.get("failed"):
        return f"{where}: its evaluation failed: {line['failed']}"
    text = fitness_text(line.get("fitness"), entry.fitness_kind)
    won = "became the elite of its size" if line.get("elite") else "lost against the elite of its size"
    return f"{where}: {text}, {won}"
