"""Who an elite descends from, traced through the rows of a run: from itself back to an initial individual."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from galapagos.evolution.individual import INITIAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from galapagos.engine.records.individual_columns import Columns


@dataclass(frozen=True, slots=True)
class Ancestor:
    """One of a line of descent.

    Args:
        id: Its id.
        generation: The one in which it was born.
        operator: What made it of its parent.
        fitness: Its generation fitness then; NaN where its evaluation failed or is not written yet.
        gain: By how much that is more than its parent's; None where there is no parent to compare with.
        same_starts: Whether both were evaluated in that generation, on the same starts or images; else the
            gain holds the luck of two generations, where a task has luck in it.
        complexity: Its size in the measure of the archive; None where it is not written yet.
        layers: Its layers; None likewise.
    """

    id: str
    generation: int
    operator: str
    fitness: float
    gain: float | None
    same_starts: bool
    complexity: int | None
    layers: int | None


@dataclass(frozen=True, slots=True)
class Lineage:
    """A line of descent, so far as it is traced.

    Args:
        ancestors: The elite itself first, the oldest last.
        missing: The id of a parent that no row tells of; empty where the line is whole.
        problems: What could not be read, a line each.
    """

    ancestors: tuple[Ancestor, ...] = ()
    missing: str = ""
    problems: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether it goes back to an individual that was not bred from another."""
        return bool(self.ancestors) and not self.missing

    @property
    def operators(self) -> tuple[tuple[str, int], ...]:
        """How often each operator made one of them, the most frequent first; of joined ones each counts."""
        made = (one.operator for one in self.ancestors if one.operator != INITIAL)
        counted = Counter(name for operator in made for name in operator.split("+") if name)
        return tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))

    @property
    def best_step(self) -> Ancestor | None:
        """The one that gained most over its parent; None where none gained anything."""
        gained = [one for one in self.ancestors if one.gain is not None and one.gain > 0]
        return max(gained, key=lambda one: one.gain or 0.0, default=None)


@dataclass(slots=True)
class _Found:
    """What the rows tell of one individual."""

    operator: str
    parents: tuple[str, ...]
    complexity: int | None = None
    layers: int | None = None
    fitness: dict[int, float] = field(default_factory=dict)
    born: int = 0


class Tracer:
    """Traces a line of descent through rows that come newest first.

    Args:
        id: Whose line it is.
        parents: Its parents' ids, where they are known; rows of the latest generations may not be written.
        operator: What made it, likewise.
        generation: When it was born, likewise.
    """

    def __init__(
        self, id: str, *, parents: Sequence[str] = (), operator: str = "", generation: int | None = None
    ) -> None:
        self._id = id
        self._found: dict[str, _Found] = {}
        self._wanted = {id, *parents[:1]}
        self._problems: list[str] = []
        if generation is not None:
            self._found[id] = _Found(operator, tuple(parents), born=generation)

    def take(self, columns: Columns) -> None:
        """Read rows, all of which are older than those before."""
        ids = columns.id.tolist()
        parents, operators = columns.parents, columns.operator
        for row in range(len(ids) - 1, -1, -1):
            id = ids[row]
            if id in self._wanted and (id not in self._found or self._found[id].complexity is None):
                found = _Found(str(operators[row]), _split(str(parents[row])))
                found.complexity, found.layers = int(columns.complexity[row]), int(columns.layers[row])
                self._found[id] = found
                # The line goes on with the first of several parents.
                self._wanted.update(found.parents[:1])
        for row, id in enumerate(ids):
            # A parent that survives is found by its child, so some of its rows were passed over above.
            if id in self._wanted and id in self._found:
                found = self._found[id]
                found.fitness[int(columns.generation[row])] = float(columns.fitness[row])
                found.born = min(found.fitness)

    def fail(self, problem: str) -> None:
        """Remember that some rows could not be read."""
        self._problems.append(problem)

    @property
    def is_done(self) -> bool:
        """Whether the line ends with one that has no parent, so that no older row can matter."""
        lineage = self._line()
        return bool(lineage) and not self._found[lineage[-1]].parents

    @property
    def lineage(self) -> Lineage:
        """The line so far."""
        line = self._line()
        parents = [*line[1:], None]
        # One parent more than children where there is no line.
        ancestors = tuple(self._ancestor(*pair) for pair in zip(line, parents, strict=False))
        missing = self._id if not line else next(iter(self._found[line[-1]].parents), "")
        return Lineage(ancestors, missing, tuple(self._problems))

    def _line(self) -> list[str]:
        line: list[str] = []
        seen: set[str] = set()
        id: str | None = self._id
        # Damaged files could make somebody its own ancestor.
        while id is not None and id in self._found and id not in seen:
            line.append(id)
            seen.add(id)
            id = next(iter(self._found[id].parents), None)
        return line

    def _ancestor(self, id: str, parent: str | None) -> Ancestor:
        found = self._found[id]
        fitness = found.fitness.get(found.born, math.nan)
        before = {} if parent is None else self._found[parent].fitness
        same_starts = found.born in before
        older = [generation for generation in before if generation <= found.born]
        gain = fitness - before[max(older)] if older else None
        return Ancestor(
            id,
            found.born,
            found.operator,
            fitness,
            None if gain is None or not math.isfinite(gain) else gain,
            same_starts,
            found.complexity,
            found.layers,
        )


def _split(parents: str) -> tuple[str, ...]:
    return tuple(parents.split("+")) if parents else ()
