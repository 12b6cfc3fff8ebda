"""Following the individuals of a run as its files grow: one file a call, the oldest first, each row once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from galapagos.engine.records.individual_files import parts_of, read_arrays
from galapagos.errors import RunDirectoryError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    from galapagos.engine.records.individual_files import Part
    from galapagos.parameter_declarations import ComplexityMeasure

_COLUMN_OF_MEASURE = {"neurons": "neurons", "layers": "layers"}
"""Connections are written as the complexity of the generations in which they were the measure."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of (generation, individual) in the order in which they were evaluated.

    What few readers ask for of every row is made when it is asked for, since a file has 200,000 of them.

    Args:
        generation: (rows,), the generation it was evaluated in.
        size: (rows,), complexity in the measure of the reader.
        fitness: float64 (rows,), generation fitness; nan where the evaluation failed.
        begins_anew: Whether a resume cut the files, so that what was read before counts no more.
    """

    generation: NDArray[np.integer]
    size: NDArray[np.integer]
    fitness: NDArray[np.float64]
    begins_anew: bool
    _id: NDArray[np.bytes_]
    _operator: NDArray[np.unsignedinteger]
    _operators: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.generation)

    def ids(self, rows: NDArray[np.intp]) -> list[str]:
        """Return the ids of some rows."""
        return [id.decode("ascii") for id in self._id[rows].tolist()]

    def operators(self, rows: NDArray[np.intp]) -> list[str]:
        """Return what made those of some rows."""
        return list(self._operators[self._operator[rows]].tolist())


@dataclass(slots=True)
class RowReader:
    """Reads the rows of a run file by file, and goes on as a live engine writes more.

    A file that was read in part is read again from the generation after. One that is damaged is left out.

    Args:
        directory: Where the individuals are.
        measure: What the size of a network counts; where it was another one for a while, connections of then
            are sizes of that measure.

    Attributes:
        until: The last generation that was read, -1 before the first.
        problem: What is left out, in a line; empty where nothing is.
    """

    directory: Path
    measure: ComplexityMeasure | str = "connections"
    until: int = -1
    problem: str = ""
    _left_out: set[str] = field(default_factory=set)
    _begins_anew: bool = False

    def read_next(self) -> Rows | None:
        """Return the new rows of the next file that can be read, None where there is none."""
        missed = ""
        while (part := self._next_part()) is not None:
            try:
                arrays = read_arrays(part)
            except FileNotFoundError:
                if part.path.name != missed:
                    missed = part.path.name
                    continue  # a live engine made one file of several meanwhile
                self._leave_out(part)
            except (OSError, RunDirectoryError):
                self._leave_out(part)
            else:
                new = arrays["generation"] > self.until
                self.until = part.last
                return self._rows(arrays, new)
        return None

    def _next_part(self) -> Part | None:
        parts = parts_of(self.directory)
        if parts and parts[-1].last < self.until:
            self.until, self._left_out, self._begins_anew = -1, set(), True
        waiting = (part for part in parts if part.last > self.until and part.path.name not in self._left_out)
        return next(waiting, None)

    def _leave_out(self, part: Part) -> None:
        self._left_out.add(part.path.name)
        self.problem = f"{part.path.name} cannot be read and is left out"
        self.until = max(self.until, part.last)

    def _rows(self, arrays: dict[str, NDArray[Any]], new: NDArray[np.bool_]) -> Rows:
        begins_anew, self._begins_anew = self._begins_anew, False
        names = ("generation", _COLUMN_OF_MEASURE.get(self.measure, "complexity"), "fitness")
        generation, size, fitness = (arrays[name][new] for name in names)
        id, operator = arrays["id"][new], arrays["operator"][new]
        return Rows(generation, size, fitness, begins_anew, id, operator, arrays["operators"])
