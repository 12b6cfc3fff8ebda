"""Which entries are meant: words and conditions that all have to hold, and the order they are shown in.

swing                   the word is in the name, tags, notes, task, run or id
tag:robust  task:Cart   the tag; the beginning of the environment's or data set's name
fitness>=600            also < <= > = on complexity, connections, neurons, layers, generation, loss,
and what an evaluation names: mean, max, accuracy, test_accuracy …
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from galapagos.errors import GalapagosError
from galapagos.fitness import FitnessKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from library_store.entry import Entry

Condition = Callable[["Entry"], bool]

NUMBERS = ("fitness", "complexity", "connections", "neurons", "layers", "generation")
"""What entries can be sorted by and compared with, as numbers."""

OBJECTIVES = (
    "loss",
    "mean",
    "max",
    *(f"{of}accuracy" for of in ("", "max_", "validation_", "test_", "ensemble_")),
)
"""What else a condition can compare with a number, where the evaluation has it."""

TEXTS = ("tag", "task", "experiment", "run", "name", "id")
"""What a condition can ask for by name."""

SORTS = ("saved", "name", "task", *NUMBERS)
"""What entries can be sorted by; numbers and dates the largest first, texts from a to z."""

_COMPARISONS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}
_COMPARISON = re.compile(r"([a-z_]+)(<=|>=|<|>|=)(.*)")
_QUOTED = re.compile(r'((?:[a-z]+:)?)"([^"]*)"?|(\S+)')


class InvalidQuery(GalapagosError):
    """A filter that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Query:
    """A filter.

    Args:
        text: As a person wrote it; every part must hold. Words in double quotes are one.
    """

    text: str
    conditions: tuple[Condition, ...]

    @classmethod
    def parse(cls, text: str) -> Query:
        """Return the query of a text; an empty one means all entries.

        Raises:
            InvalidQuery: Where a number is none, or a condition is on something unknown.
        """
        return cls(text, tuple(_condition(name, word) for name, word in _parts(text)))

    def __call__(self, entry: Entry) -> bool:
        """Return whether an entry is meant."""
        return all(condition(entry) for condition in self.conditions)


def sort_entries(entries: Iterable[Entry], by: str = "saved", *, reverse: bool = False) -> list[Entry]:
    """Return entries in an order of `SORTS`; of equals the one that was saved last comes first.

    Raises:
        InvalidQuery: Where there is no such order.
    """
    if by not in SORTS:
        raise InvalidQuery(f"{by!r} is nothing to sort by; {', '.join(SORTS)} are")
    newest_first = sorted(entries, key=lambda entry: (-entry.saved, entry.id))
    if by in ("name", "task"):
        return sorted(newest_first, key=lambda entry: getattr(entry, by).casefold(), reverse=reverse)
    # Those without a number come last, in either direction.
    return sorted(newest_first, key=lambda entry: _rank(getattr(entry, by), largest_first=not reverse))


def _rank(value: float | None, *, largest_first: bool) -> float:
    if value is None:
        return math.inf
    return -value if largest_first else value


def _parts(text: str) -> list[tuple[str, str]]:
    """Return (what is asked for, or nothing; the word) of each part."""
    parts = []
    for key, quoted, word in _QUOTED.findall(text):
        name, colon, rest = word.partition(":")
        if colon and name in TEXTS:
            parts.append((name, rest))
        else:
            parts.append((key.removesuffix(":"), word or quoted))
    return parts


def _condition(name: str, word: str) -> Condition:
    wanted = word.casefold()
    if name == "tag":
        return lambda entry: any(tag.casefold() == wanted for tag in entry.tags)
    if name in TEXTS:
        return lambda entry: str(getattr(entry, name)).casefold().startswith(wanted)
    if name:
        raise InvalidQuery(f"{name!r} is nothing to ask for; {', '.join(TEXTS)} are")
    comparison = _COMPARISON.fullmatch(word)
    if comparison is not None:
        return _compared(*comparison.groups())
    return lambda entry: wanted in entry.search_text


def _compared(name: str, sign: str, text: str) -> Condition:
    if name not in NUMBERS and name not in OBJECTIVES:
        raise InvalidQuery(f"{name!r} is nothing to compare; {', '.join((*NUMBERS, *OBJECTIVES))} are")
    try:
        number = float(text)
        if math.isnan(number):
            raise ValueError("no number")
    except ValueError:
        raise InvalidQuery(f"{name}{sign}{text} compares with no number") from None
    compare = _COMPARISONS[sign]

    def holds(entry: Entry) -> bool:
        value = _number(entry, name)
        return value is not None and bool(compare(value, number))

    return holds


def _number(entry: Entry, name: str) -> float | None:
    if name in NUMBERS:
        value: float | None = getattr(entry, name)
        return value
    if name == "loss":
        return None if entry.fitness is None or entry.fitness_kind is not FitnessKind.LOSS else -entry.fitness
    objectives = {} if entry.results is None else entry.results["objectives"]
    objective: float | None = objectives.get(name)
    return objective
