"""What a dashboard reads in the files of a run itself: in slices, and in a thread, since they may be long."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, get_args

from galapagos.engine.individual_columns import checked_arrays
from galapagos.engine.plain_files import read_plain
from galapagos.errors import GalapagosError
from galapagos.parameter_declarations import LevelBoundaries
from tui.archive_history import ArchiveHistory, record_rows
from tui.run_terms import RunTerms, terms_of_parameters

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from galapagos.engine.checkpoint import Checkpoint

_COLUMN_OF_MEASURE = {"neurons": "neurons", "layers": "layers"}
"""Connections are written as the complexity of the generations in which they were the measure."""
BOUNDARIES: tuple[LevelBoundaries, ...] = get_args(LevelBoundaries)
"""The ways to bound levels."""
_DAMAGE = (OSError, ValueError, MemoryError)


@dataclass(slots=True)
class RecordReader:
    """Reads the individuals of a run into a history, one file a call, only the columns that it needs.

    A file that was read in part is read again from the generation after; where a resume cut the files, the
    reading begins anew.

    Args:
        directory: Where the individuals are.
        measure: What complexity counts; where it was another one for a while, connections of then are sizes
            of that measure.
    """

    directory: Path
    measure: str = "connections"
    history: ArchiveHistory = field(default_factory=ArchiveHistory)
    problem: str = ""
    _passed: set[str] = field(default_factory=set)

    def read_next(self) -> bool:
        """Read the next file that has news; return whether there was one."""
        parts = _parts(self.directory)
        if parts and parts[-1][1] < self.history.until:
            self.history, self._passed = ArchiveHistory(), set()
        for _, last, path in parts:
            if last <= self.history.until or path.name in self._passed:
                continue
            try:
                self._read(path)
            except FileNotFoundError:
                return True  # a live engine made one file of several meanwhile
            except _DAMAGE:
                self._passed.add(path.name)
                self.problem = f"{path.name} cannot be read and is left out"
            self.history.until = max(self.history.until, last)
            return True
        return False

    def _read(self, path: Path) -> None:
        name = _COLUMN_OF_MEASURE.get(self.measure, "complexity")
        arrays = checked_arrays(read_plain(path))
        generation, complexity, fitness = arrays["generation"], arrays[name], arrays["fitness"]
        new = generation > self.history.until
        columns = {"generation": generation[new], "complexity": complexity[new], "fitness": fitness[new]}
        rows = record_rows(columns["complexity"], columns["fitness"], self.history.best)
        if rows.size:
            columns |= {"id": arrays["id"][new], "operator": arrays["operator"][new]}
            self.history.add(rows, columns, arrays["operators"])


@dataclass(frozen=True, slots=True)
class StoredArchive:
    """The archive of the last checkpoint of a run.

    Args:
        generation: The next one to be evaluated.
        age: Seconds since it was written.
        sizes: As `Snapshot.sizes`.
        parameters: As JSON has them.
    """

    generation: int
    age: float
    sizes: tuple[tuple[int, float, str, int], ...]
    parameters: dict[str, Any]

    @property
    def view(self) -> tuple[int, LevelBoundaries]:
        """Number and boundaries of the levels."""
        return view_of_parameters(self.parameters)

    @property
    def terms(self) -> RunTerms:
        """How the run is told."""
        return terms_of_parameters(self.parameters)


def stored_archive(run_directory: Path) -> StoredArchive | None:
    """Return the archive of the last whole checkpoint, None where there is none that can be read."""
    from galapagos.engine.checkpoint import load_checkpoint

    directory = run_directory / "checkpoint"
    try:
        checkpoint, _ = load_checkpoint(directory)
        age = time.time() - directory.stat().st_mtime
    except (GalapagosError, OSError):
        return None
    if checkpoint is None:
        return None
    return StoredArchive(checkpoint.generation, max(0.0, age), _sizes(checkpoint), checkpoint.parameters)


def terms_of_files(run_directory: Path) -> RunTerms:
    """Return how a run is told that no engine tells of: by its kind of experiment."""
    from galapagos.engine.run_state import RunDirectory

    return terms_of_parameters({"experiment": RunDirectory(run_directory).experiment()})


def view_of_parameters(parameters: Mapping[str, Any]) -> tuple[int, LevelBoundaries]:
    """Return number and boundaries of the levels of a run with these parameters."""
    count, boundaries = parameters.get("complexity_levels"), parameters.get("level_boundaries")
    return (
        count if isinstance(count, int) else 1,
        boundaries if boundaries in BOUNDARIES else BOUNDARIES[0],
    )


def _sizes(checkpoint: Checkpoint) -> tuple[tuple[int, float, str, int], ...]:
    return tuple(
        (elite.complexity, elite.evaluation.fitness, elite.individual.id, elite.individual.generation)
        for elite in checkpoint.elites
    )


def _parts(directory: Path) -> list[tuple[int, int, Path]]:
    """Return (first, last generation, path) of each file; one whose generations lie within another's is none.

    As `galapagos.engine.individuals` names and passes them over.
    """
    found = []
    for path in directory.glob("*.npz"):
        first, _, last = path.stem.partition("-")
        if f"{first}{last}".isascii() and first.isdecimal() and last.isdecimal():
            found.append((int(first), int(last), path))
    parts: list[tuple[int, int, Path]] = []
    for part in sorted(found, key=lambda part: (part[0], -part[1])):
        if not parts or part[1] > parts[-1][1]:
            parts.append(part)
    return parts
