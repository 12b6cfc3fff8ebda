"""What a run left behind, live or over: curves, parameters and their changes, individuals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from galapagos.engine.individuals import read_individuals
from galapagos.engine.journal import each_line
from galapagos.engine.run_directory import RunDirectory, open_run
from galapagos.parameter_files import load_parameters

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from galapagos.parameters import Parameters

_WHOLE_NUMBERS = frozenset({"generation", "evaluations"})
_TEXTS = frozenset({"champion_id"})


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
    """

    directory: RunDirectory
    parameters: Parameters
    generations: dict[str, NDArray[Any]]
    changes: tuple[dict[str, Any], ...]
    tests: tuple[dict[str, Any], ...]
    steering: tuple[dict[str, Any], ...]

    @cached_property
    def individuals(self) -> dict[str, NDArray[Any]]:
        """The columns of everyone who lived, read when first asked for; see `read_individuals`."""
        return read_individuals(self.directory.individuals_directory)


def load_run(path: str | Path | RunDirectory) -> RunHistory:
    """Return the history of a run by its path, its name, the start of its name, or `latest`.

    Raises:
        UnknownRun: Where there is none.
        InvalidParameters: Where its parameters cannot be read.
    """
    directory = path if isinstance(path, RunDirectory) else open_run(path)
    columns = _Columns()
    others: dict[str, list[dict[str, Any]]] = {"parameters": [], "test": [], "": []}
    for line in each_line(directory.journal_file):
        if line.get("type") == "generation":
            columns.add(line)
        else:
            others[kind if (kind := line.get("type")) in others else ""].append(line)
    return RunHistory(
        directory=directory,
        parameters=load_parameters(directory.parameters_file),
        generations=columns.arrays(),
        changes=tuple(
            {"generation": line.get("generation"), "changes": line.get("changes")}
            for line in others["parameters"]
        ),
        tests=tuple(others["test"]),
        steering=tuple(others[""]),
    )


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
    if name in _WHOLE_NUMBERS and all(isinstance(value, int) for value in values):
        return np.fromiter(numbers, dtype=np.int64, count=len(values))
    return np.fromiter(numbers, dtype=np.float64, count=len(values))
