"""Whether a run does what another did: line by line as it evolves, then everyone who lived, then the end."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from galapagos.engine.files.log_reading import each_line
from galapagos.engine.records.checkpoint import Checkpoint, load_checkpoint
from galapagos.engine.records.individuals import read_individuals
from galapagos.engine.records.journal_lines import CLOCK_FIELDS
from galapagos.errors import EngineFailed

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from galapagos.engine.records.run_state import RunDirectory

_OF_THE_CLOCK = frozenset({"journal_length", "elapsed"})
"""What two checkpoints of the same generation may differ in: lines of a journal have times in them."""

_OF_THE_PLACE = frozenset({"name", "out_dir", "overwrite_output", "num_workers", "checkpoint_every"})
"""The parameters that no result depends on."""


class RunDiffers(EngineFailed):
    """A replay that does not do what its source did; the text says where first."""


class JournalComparison:
    """Compares the lines of a replay, as they are written, with the journal of its source.

    Args:
        journal: Of the source.
    """

    def __init__(self, journal: Path) -> None:
        self._expected = each_line(journal)

    def check(self, line: dict[str, Any]) -> None:
        """Compare the next line.

        Raises:
            RunDiffers: Where the source has another one there, or none.
        """
        expected = next(self._expected, None)
        where = f"generation {line['generation']}"
        if expected is None:
            raise RunDiffers(f"{where}: the source has nothing more, the replay a line about {line['type']}")
        ours, theirs = _without_clock(_as_written(line)), _without_clock(expected)
        if ours != theirs:
            raise RunDiffers(f"{where}: {_difference(ours, theirs)}")


def compare_end(replay: RunDirectory, source: RunDirectory) -> int:
    """Compare who lived in two runs whose journals agree, and their end where both have it.

    Args:
        replay: A run that is over, made of the other.
        source: That other, alive or over; it may have gone on.

    Returns:
        The number of rows of individuals that were compared, one for each evaluation of one of them.

    Raises:
        RunDiffers: Where they differ.
        RunDirectoryError: Where a file is damaged.
    """
    rows = _compare_individuals(
        read_individuals(replay.individuals_directory), read_individuals(source.individuals_directory)
    )
    ours, _ = load_checkpoint(replay.checkpoint_directory)
    theirs, _ = load_checkpoint(source.checkpoint_directory)
    if ours is not None and theirs is not None and ours.generation == theirs.generation:
        _compare_checkpoints(ours, theirs)
    return rows


def _compare_individuals(ours: dict[str, NDArray[Any]], theirs: dict[str, NDArray[Any]]) -> int:
    """Compare the rows that both have: a longer endless run may have forgotten more."""
    places = {key: place for place, key in enumerate(_keys(theirs))}
    pairs = [(place, places[key]) for place, key in enumerate(_keys(ours)) if key in places]
    if not pairs:
        return 0
    mine, other = (np.array(column, dtype=np.intp) for column in zip(*pairs, strict=True))
    for name, column in ours.items():
        if name in theirs and not _equal(column[mine], theirs[name][other]):
            raise RunDiffers(f"the individuals differ in their {name}")
    return len(pairs)


def _keys(columns: dict[str, NDArray[Any]]) -> list[tuple[int, str]]:
    return list(zip(columns["generation"].tolist(), columns["id"].tolist(), strict=True))


def _equal(first: NDArray[Any], second: NDArray[Any]) -> bool:
    return np.array_equal(first, second, equal_nan=first.dtype.kind == "f")


def _compare_checkpoints(ours: Checkpoint, theirs: Checkpoint) -> None:
    names = [item.name for item in fields(Checkpoint) if item.name not in {*_OF_THE_CLOCK, "parameters"}]
    different = [name for name in names if getattr(ours, name) != getattr(theirs, name)]
    if _that_matter(ours.parameters) != _that_matter(theirs.parameters):
        different.append("parameters")
    if different:
        raise RunDiffers(
            f"at generation {ours.generation} the checkpoints differ in their {', '.join(different)}"
        )


def _that_matter(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if name not in _OF_THE_PLACE}


def _as_written(line: dict[str, Any]) -> dict[str, Any]:
    written: dict[str, Any] = orjson.loads(orjson.dumps(line, option=orjson.OPT_SERIALIZE_NUMPY))
    return written


def _without_clock(line: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name not in CLOCK_FIELDS}


def _difference(ours: dict[str, Any], theirs: dict[str, Any]) -> str:
    if ours["type"] != theirs.get("type"):
        return f"a line about {ours['type']} in the replay, about {theirs.get('type')} in the source"
    name = next(name for name in {**theirs, **ours} if ours.get(name) != theirs.get(name))
    return f"{name} is {ours.get(name)} in the replay and was {theirs.get(name)}"
