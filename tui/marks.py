"""What people did to a run, as marks on its curves: new parameters, injections, pins, breeds, drops."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from tui import formatting
from tui.value_text import as_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from galapagos.fitness import FitnessKind

_LONGEST_VALUE = 24
_ID = 8
"""Of an id so many digits are shown."""


class MarkKind(StrEnum):
    """What a mark is about, as the journal calls it."""

    PARAMETERS = "parameters"
    INJECT = "inject"
    CLONE = "clone"
    PIN = "pin"
    UNPIN = "unpin"
    BREED = "breed"
    CANCEL_BREED = "cancel_breed"
    DROP = "drop"


SYMBOLS: dict[MarkKind, tuple[str, str]] = {
    MarkKind.PARAMETERS: ("▲", "^"),
    MarkKind.INJECT: ("◆", "i"),
    MarkKind.CLONE: ("◇", "c"),
    MarkKind.PIN: ("●", "p"),
    MarkKind.UNPIN: ("○", "u"),
    MarkKind.BREED: ("+", "+"),
    MarkKind.CANCEL_BREED: ("\N{MINUS SIGN}", "-"),
    MarkKind.DROP: ("✕", "x"),
}
"""One cell each: as it is drawn, and in plain characters."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that people did, at the generation in which it acted.

    Args:
        generation: Its number.
        text: What was done, in a few words; it may hold anything.
        kind: What it is about.
        fitness: What came of it, NaN where that is told by the text alone.
    """

    generation: int
    text: str
    kind: MarkKind = MarkKind.PARAMETERS
    fitness: float = math.nan

    def told(self, kind: FitnessKind) -> str:
        """Return the text with the fitness as its kind is told."""
        if math.isnan(self.fitness):
            return self.text
        return f"{self.text}, {formatting.fitness(self.fitness, kind)}"


def mark_of(line: Mapping[str, Any]) -> Mark | None:
    """Return the mark of a line of the journal, None where it is about something else."""
    generation = line.get("generation")
    try:
        kind = MarkKind(line.get("type", ""))
    except ValueError:
        return None
    if not isinstance(generation, int):
        return None
    fitness = line.get("fitness") if kind is MarkKind.CLONE else None
    return Mark(
        generation, _text(kind, line), kind, float(fitness) if isinstance(fitness, int | float) else math.nan
    )


def describe_changes(changes: object) -> str:
    """Return `name old→new` for each change of a journal line, as plain text."""
    if not isinstance(changes, dict):
        return ""
    return ", ".join(
        f"{name} {_short(value[0])}→{_short(value[1])}"
        for name, value in changes.items()
        if isinstance(value, list) and len(value) == 2
    )


def _text(kind: MarkKind, line: Mapping[str, Any]) -> str:
    match kind:
        case MarkKind.PARAMETERS:
            return describe_changes(line.get("changes"))
        case MarkKind.INJECT:
            source = line.get("source")
            return f"inject {source if isinstance(source, str) else _id(line.get('parent'))}"
        case MarkKind.CLONE:
            return _of_clone(line)
        case MarkKind.BREED | MarkKind.CANCEL_BREED:
            count, deed = line.get("count"), str(kind).replace("_breed", "")
            return f"{deed} {count if isinstance(count, int) else 'some'} of {_id(line.get('id'))}"
    return f"{kind} {_id(line.get('id'))}"


def _of_clone(line: Mapping[str, Any]) -> str:
    failed, size = line.get("failed"), line.get("complexity")
    if isinstance(failed, str):
        return f"clone {_id(line.get('id'))} failed: {failed}"
    won = "the elite of" if line.get("elite") else "no elite of"
    return f"clone {_id(line.get('id'))} {won} size {size if isinstance(size, int) else formatting.ABSENT}"


def _id(value: object) -> str:
    return value[:_ID] if isinstance(value, str) else "a network"


def _short(value: object) -> str:
    text = as_text(value) or "automatic"
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"
