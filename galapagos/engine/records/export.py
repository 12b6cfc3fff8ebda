"""A run as CSV files for other programs: its curves and its individuals."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING

from galapagos.engine.files.atomic_files import atomic_write
from galapagos.engine.records.history import load_run
from galapagos.errors import RunDirectoryError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from numpy.typing import NDArray

    from galapagos.engine.records.history import RunHistory
    from galapagos.engine.records.run_directory import RunDirectory

CURVES, INDIVIDUALS = "curves.csv", "individuals.csv"


def export_run(run: RunDirectory, target: Path, history: RunHistory | None = None) -> list[Path]:
    """Write `curves.csv` (a row a generation) and `individuals.csv` (a row each individual and generation).

    Numbers have all their digits; what does not exist, such as the fitness of a failure, is an empty field.

    Args:
        run: The run, live or over.
        target: A directory, made where it is not there.
        history: What `load_run` returns of it, where that was called already.

    Returns:
        The files that were written.

    Raises:
        RunDirectoryError: Where one of the files is there already, cannot be written, or the run is damaged.
    """
    history = load_run(run) if history is None else history
    files = {CURVES: history.generations, INDIVIDUALS: history.individuals}
    for name in files:
        if (target / name).exists():
            raise RunDirectoryError(f"{target / name} is there already; name another directory")
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name, columns in files.items():
            atomic_write(target / name, _csv(columns))
    except OSError as error:
        raise RunDirectoryError(f"{target} cannot be written: {error.strerror or error}") from None
    return [target / name for name in files]


def _csv(columns: dict[str, NDArray[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*(_fields(column) for column in columns.values()), strict=True))
    return text.getvalue().encode()


def _fields(column: NDArray[Any]) -> list[Any]:
    values: list[Any] = column.tolist()
    if column.dtype.kind != "f":
        return values
    return ["" if math.isnan(value) else value for value in values]
