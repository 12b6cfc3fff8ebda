"""The files of individuals in a run directory: which there are, which of them count, and what one holds.

They are named by the generations they hold, `<first>-<last>.npz`. A file whose generations lie within
another's is one that a crash left behind when small files became a large one: it is passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from galapagos.engine.files.plain_files import read_plain
from galapagos.engine.records.individual_columns import Columns, checked_arrays
from galapagos.errors import RunDirectoryError
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_NAME = re.compile(r"(\d{9,12})-(\d{9,12})\.npz", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """A file; the order is that of its generations, a larger file before those within it."""

    first: int
    minus_last: int
    path: Path

    @property
    def last(self) -> int:
        """The last generation that it holds."""
        return -self.minus_last


def parts_of(directory: Path) -> list[Part]:
    """Return the files that count, by generation."""
    parts: list[Part] = []
    for part in all_parts_of(directory):
        if not parts or part.last > parts[-1].last:
            parts.append(part)
    return parts


def all_parts_of(directory: Path) -> list[Part]:
    """Return all files, also those that are passed over."""
    parts = []
    for path in directory.glob("*.npz"):
        match = _NAME.fullmatch(path.name)
        if match is not None:
            parts.append(Part(int(match[1]), -int(match[2]), path))
    return sorted(parts)


def path_of_part(directory: Path, first: int, last: int) -> Path:
    """Return where the file of these generations is."""
    return directory / f"{first:09d}-{last:09d}.npz"


def read_part(part: Part) -> Columns:
    """Return the rows of a file.

    Raises:
        RunDirectoryError: Where it is damaged; the line names it.
        OSError: Where it cannot be read.
    """
    return Columns.from_arrays(read_arrays(part))


def read_arrays(part: Part) -> dict[str, NDArray[Any]]:
    """Return the arrays of a file as `Columns.to_bytes` writes them; the same errors as `read_part`."""
    try:
        arrays = checked_arrays(read_plain(part.path))
    except (ValueError, MemoryError) as error:
        raise RunDirectoryError(f"{part.path} is damaged: {plain(str(error), 120)}") from None
    generations = arrays["generation"]
    if len(generations) and not part.first <= generations.min() <= generations.max() <= part.last:
        raise RunDirectoryError(f"{part.path} is damaged: it has generations that its name does not")
    return arrays
