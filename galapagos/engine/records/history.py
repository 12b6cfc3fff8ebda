"""What a run left behind, live or over: curves, parameters and their changes, individuals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from galapagos.engine.files.plain_files import open_plain
from galapagos.engine.records.individuals import read_individuals
from galapagos.engine.records.run_directory import RunDirectory, open_run
from galapagos.errors import RunDirectoryError
from galapagos.parameter_files import load_parameters
from galapagos.strict_json import members, parse_json, whole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from galapagos.parameters import Parameters

_WHOLE_NUMBERS = frozenset({"generation", "evaluations"})
_TEXTS = frozenset({"champion_id"})
_LARGEST = 2**63 - 1
_LONGEST_LINE = 1 << 24
_MOST_PROBLEMS = 20


@dataclass(frozen=True)
class RunHistory:
    """A run as it is written down so far.

    Args:
        directory: Where it is written down.
        parameters: The effective parameters at the start.
        generations: The columns of the journal, each (generations,), ready for `pandas.DataFrame`: int64 for
            `generation` and `evaluations`, str for `champion_id`, else float64 with nan where there was none.
        changes: Its lines about parameters, as `{"generation": …, "changes": {name: [old, new]}}`.
        tests: Its lines about tests of the champion.
        steering: Its other lines: injections, pins, breeds, drops.
        problems: One line about each of its first damaged lines, which are left out.
    """

    directory: RunDirectory
    parameters: Parameters
    generations: dict[str, NDArray[Any]]
    changes: tuple[dict[str, Any], ...]
    tests: tuple[dict[str, Any], ...]
    steering: tuple[dict[str, Any], ...]
    problems: tuple[str, ...] = ()

    @cached_property
    def individuals(self) -> dict[str, NDArray[Any]]:
        """The columns of everyone who lived, read when first asked for; see `read_individuals`."""
        return read_individuals(self.directory.individuals_directory)


def load_run(path: str | Path | RunDirectory) -> RunHistory:
    """Return the history of a run by its path, its name, the start of its name, or `latest`.

    Raises:
        UnknownRun: Where there is none.
        InvalidParameters: Where its parameters cannot be read.
        RunDirectoryError: Where its journal cannot be read at all.
    """
    directory = path if isinstance(path, RunDirectory) else open_run(path)
    journal = _Journal()
    journal.read(directory.journal_file)
    return RunHistory(
        directory=directory,
        parameters=load_parameters(directory.parameters_file),
        generations=journal.columns.arrays(),
        changes=tuple(
            {"generation": line.get("generation"), "changes": line.get("changes")}
            for line in journal.others["parameters"]
        ),
        tests=tuple(journal.others["test"]),
        steering=tuple(journal.others[""]),
        problems=tuple(journal.problems),
    )


class _Journal:
    """The lines of a journal by what they are about, and a line about each one that is damaged."""

    def __init__(self) -> None:
        self.columns = _Columns()
        self.others: dict[str, list[dict[str, Any]]] = {"parameters": [], "test": [], "": []}
        self.problems: list[str] = []

    def read(self, path: Path) -> None:
        try:
            file = open_plain(path)
        except FileNotFoundError:
            return
        except OSError as error:
            raise RunDirectoryError(f"{path} cannot be read: {error.strerror or error}") from None
        with file:
            for number, line in enumerate(iter(lambda: file.readline(_LONGEST_LINE), b""), start=1):
                if not line.endswith(b"\n"):
                    # A live engine is writing it.
                    return
                try:
                    self._take(members(parse_json(line), "it"))
                except ValueError as error:
                    if len(self.problems) < _MOST_PROBLEMS:
                        self.problems.append(f"line {number} of {path} is damaged and left out: {error}")

    def _take(self, line: dict[str, Any]) -> None:
        kind = line.get("type")
        if kind == "generation":
            whole(line.get("generation"), "generation")
            self.columns.add(line)
        else:
            self.others[kind if isinstance(kind, str) and kind in self.others else ""].append(line)


class _Columns:
    """Columns that grow line by line, and know a name from the first line that has it."""

    def __init__(self) -> None:
        self._rows = 0
        self._columns: dict[str, list[Any]] = {}

    def add(self, line: dict[str, Any]) -> None:
        for name, value in line.items():
            if name != "type":
                column = self._columns.setdefault(name, [])
                column.extend([None] * (self._rows - len(column)))
                column.append(value)
        self._rows += 1

    def arrays(self) -> dict[str, NDArray[Any]]:
        names = self._columns or {"generation": []}
        for column in names.values():
            column.extend([None] * (self._rows - len(column)))
        return {name: _array(name, column) for name, column in names.items()}


def _array(name: str, values: list[Any]) -> NDArray[Any]:
    if name in _TEXTS or any(isinstance(value, str) for value in values):
        return np.array(["" if value is None else str(value) for value in values], dtype=np.str_)
    numbers: Iterable[float] = (value if isinstance(value, int | float) else math.nan for value in values)
    if name in _WHOLE_NUMBERS and all(type(value) is int and value <= _LARGEST for value in values):
        return np.fromiter(numbers, dtype=np.int64, count=len(values))
    return np.fromiter(numbers, dtype=np.float64, count=len(values))
