"""Everyone who ever lived in a run: a row for each generation an individual was evaluated in."""

from __future__ import annotations

import math
import threading
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from galapagos.engine.files.atomic_files import atomic_write
from galapagos.engine.records.individual_columns import Columns, Generation, columns_of, join
from galapagos.engine.records.individual_files import (
    Part,
    all_parts_of,
    parts_of,
    path_of_part,
    read_part,
)
from galapagos.errors import RunDirectoryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from galapagos.evaluation import Outcome
    from galapagos.evolution.individual import Individual
    from galapagos.parameters import Parameters

GENERATIONS_A_FILE = 1000
DUE_ROWS = 20_000
"""Rows that wait in memory, with their genomes, before a flush is due."""

_MOST_PARTS = 24


class IndividualsWriter:
    """Writes the individuals of a run; `add` costs the engine's loop microseconds, the rest is for a thread.

    Args:
        directory: Where the files are; made where it is not there.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._pending: list[Generation] = []
        self._thinning: tuple[int, frozenset[str]] | None = None
        self._lock = threading.RLock()
        self._waiting = threading.Lock()  # held for moments only, so that `add` never waits for a disk
        directory.mkdir(parents=True, exist_ok=True)
        for unfinished in directory.glob(".*.new"):
            unfinished.unlink()

    def add(
        self,
        generation: int,
        population: Sequence[Individual],
        outcomes: Sequence[Outcome],
        parameters: Parameters,
    ) -> None:
        """Keep an evaluated generation in memory until the next `flush`."""
        rows = Generation(generation, tuple(population), tuple(outcomes), parameters.complexity_measure)
        with self._waiting:
            self._pending.append(rows)

    @property
    def due(self) -> bool:
        """Whether so much waits in memory that it should be flushed before the next checkpoint."""
        with self._waiting:
            return sum(len(rows.population) for rows in self._pending) >= DUE_ROWS

    def flush(self) -> None:
        """Write what waits; it may be called from a thread, and more often than checkpoints are written.

        Raises:
            OSError: Where it cannot be written; it goes on waiting then.
        """
        with self._lock:
            with self._waiting:
                pending, self._pending = self._pending, []
                thinning = self._thinning
            try:
                for thousand in sorted({_thousand(rows.number) for rows in pending}):
                    rows = [rows for rows in pending if _thousand(rows.number) == thousand]
                    self._write(rows[0].number, rows[-1].number, columns_of(rows))
                self._merge()
                if thinning is not None:
                    self._thin(*thinning)
            except BaseException:
                with self._waiting:
                    self._pending = pending + self._pending
                raise
            with self._waiting:
                if self._thinning is thinning:
                    self._thinning = None

    def cut(self, generation: int) -> None:
        """Drop the rows of a generation and all later ones, as a resume at this generation needs.

        A damaged file in the way is set aside as `<name>.damaged`.

        Raises:
            OSError: Where files cannot be changed.
        """
        with self._lock:
            with self._waiting:
                self._pending = [rows for rows in self._pending if rows.number < generation]
                self._thinning = None
            for part in all_parts_of(self._directory):
                if part.last < generation:
                    continue
                if part.first < generation:
                    try:
                        columns = read_part(part)
                    except RunDirectoryError:
                        part.path.rename(part.path.with_name(f"{part.path.name}.damaged"))
                        continue
                    self._write(part.first, generation - 1, columns.where(columns.generation < generation))
                part.path.unlink()

    def thin_at(self, generation: int, keep: Iterable[str]) -> None:
        """Let the next flush keep only given individuals and their ancestors in the files before a thousand.

        Called right after the generation before was added, at fixed generations and with everyone who lived
        then, it leaves the same rows in every run, whenever checkpoints fell and however often it crashed.

        Args:
            generation: A multiple of 1,000; rows of it and later ones stay as they are.
            keep: The ids of everyone who can still have descendants: population, elites, pinned. Each call
                must name them all; their ancestors are there, because the calls before kept them.
        """
        with self._waiting:
            self._thinning = (generation, frozenset(keep))

    def _thin(self, generation: int, keep: frozenset[str]) -> None:
        parts = [part for part in parts_of(self._directory) if part.last < generation]
        try:
            wanted = _with_ancestors(keep, parts)
            for part in parts:
                columns = read_part(part)
                mask = np.array([id in wanted for id in columns.id.tolist()], dtype=np.bool_)
                if not mask.all():
                    atomic_write(part.path, columns.where(mask).to_bytes())
        except RunDirectoryError:
            # Who descends from whom cannot be told without the damaged file, so nobody may go.
            pass

    def _write(self, first: int, last: int, columns: Columns) -> None:
        self._directory.mkdir(exist_ok=True)  # where somebody removed it from a live run
        atomic_write(path_of_part(self._directory, first, last), columns.to_bytes())

    def _merge(self) -> None:
        """Make one file of a thousand that is complete, and of too many small ones."""
        parts = parts_of(self._directory)
        for thousand in sorted({_thousand(part.first) for part in parts}):
            small = [part for part in parts if _thousand(part.first) == thousand]
            complete = thousand < _thousand(parts[-1].first)
            if len(small) > (1 if complete else _MOST_PARTS):
                try:
                    columns = join([read_part(part) for part in small])
                except RunDirectoryError:
                    continue
                self._write(small[0].first, small[-1].last, columns)
        current = {part.path for part in parts_of(self._directory)}
        for part in all_parts_of(self._directory):
            if part.path not in current:
                part.path.unlink()


def read_individuals(directory: Path) -> dict[str, NDArray[Any]]:
    """Return the columns of all rows on disk, in the order in which they were evaluated.

    Returns:
        The arrays of `individual_columns.Columns` by name, each (rows,).

    Raises:
        RunDirectoryError: Where a file is damaged; the line names it.
    """
    while True:
        parts = parts_of(directory)
        try:
            columns = join([read_part(part) for part in parts])
        except FileNotFoundError:
            if parts == parts_of(directory):
                raise
            continue  # a live engine made one file of several meanwhile
        return {item.name: getattr(columns, item.name) for item in fields(Columns)}


def read_newest_first(directory: Path) -> Iterator[Columns | RunDirectoryError]:
    """Yield the rows of one file after the other, the latest generations first, so that a reader can stop.

    The rows of a file are in the order in which they were evaluated. What a live engine makes of the files
    meanwhile is followed: no row is yielded twice. Where a file is damaged or cannot be read, the error is
    yielded in the place of its rows, since those of the others are there.
    """
    before: float = math.inf
    missed = ""
    while parts := [part for part in parts_of(directory) if part.first < before]:
        part = parts[-1]
        try:
            columns = read_part(part)
        except FileNotFoundError:
            if part.path.name != missed:
                missed = part.path.name
                continue  # a live engine made one file of several meanwhile
            yield RunDirectoryError(f"{part.path} is gone")
        except (OSError, RunDirectoryError) as error:
            yield RunDirectoryError(str(error))
        else:
            yield columns if part.last < before else columns.where(columns.generation < before)
        before = part.first


def _with_ancestors(keep: frozenset[str], parts: Sequence[Part]) -> set[str]:
    """Return the ids and those of all ancestors; the row of a parent stands before those of its children."""
    wanted = set(keep)
    for part in reversed(parts):
        columns = read_part(part)
        for id, parents in zip(columns.id[::-1].tolist(), columns.parents[::-1].tolist(), strict=True):
            if parents and id in wanted:
                wanted.update(parents.split("+"))
    return wanted


def _thousand(generation: int) -> int:
    """Return which of the files that become large a generation belongs to."""
    return generation // GENERATIONS_A_FILE
