"""What a dashboard reads in the files of a run itself: in slices, and in a thread, since they may be long."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from galapagos.engine.records.individual_rows import RowReader
from galapagos.errors import GalapagosError
from galapagos.parameter_declarations import LevelBoundaries
from tui.archive_history import ArchiveHistory, SizeRecord, record_rows
from tui.run_terms import RunTerms, terms_of_parameters

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from galapagos.engine.records.checkpoint import Checkpoint

BOUNDARIES: tuple[LevelBoundaries, ...] = get_args(LevelBoundaries)
"""The ways to bound levels."""


class RecordReader:
    """Reads the individuals of a run into a history, one file a call.

    Where a resume cut the files, the history begins anew.

    Args:
        directory: Where the individuals are.
        measure: What complexity counts.

    Attributes:
        history: What was read so far.
    """

    def __init__(self, directory: Path, measure: str = "connections") -> None:
        self.measure = measure
        self.history = ArchiveHistory()
        self._reader = RowReader(directory, measure)

    @property
    def problem(self) -> str:
        """What cannot be read, in a line; empty where nothing is missing."""
        return self._reader.problem

    def read_next(self) -> bool:
        """Read the next file that has news; return whether there was one."""
        rows = self._reader.read_next()
        if rows is not None:
            if rows.begins_anew:
                self.history = ArchiveHistory()
            records = record_rows(rows.size, rows.fitness, self.history.best)
            self.history.add(
                SizeRecord(*row)
                for row in zip(
                    rows.generation[records].tolist(),
                    rows.size[records].tolist(),
                    rows.fitness[records].tolist(),
                    rows.ids(records),
                    rows.operators(records),
                    strict=True,
                )
            )
        self.history.until = self._reader.until
        return rows is not None


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
    from galapagos.engine.records.checkpoint import load_checkpoint

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
    from galapagos.engine.records.run_state import RunDirectory

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
