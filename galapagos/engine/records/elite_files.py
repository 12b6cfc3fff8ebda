"""The files of a run's elites: a JSON file for each level, and the weights that they learned beside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from galapagos.engine.files.atomic_files import atomic_write
from galapagos.engine.files.plain_files import read_plain
from galapagos.engine.records.individual_json import (
    evaluation_from_json,
    evaluation_to_json,
    individual_from_json,
    individual_to_json,
)
from galapagos.errors import CommandRefused, RunDirectoryError
from galapagos.evolution.archive import Elite
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Set

    from numpy.typing import NDArray

    from galapagos.evolution.individual import Origin
    from galapagos.evolution.levels import Level

_WEIGHTS = ".safetensors"
_TRAINED = "trained"


def save_elites(directory: Path, elites: dict[int, tuple[Level, Elite]], living: Set[str]) -> None:
    """Write the best elite of each level, and remove the files of those that are none any more.

    Args:
        directory: Where they are; made where it is not there.
        elites: The best of each level.
        living: The ids of all elites: weights that were asked for stay as long as these.

    Raises:
        OSError: Where something cannot be written.
    """
    directory.mkdir(exist_ok=True)
    names = {f"{id}{_WEIGHTS}" for id in living}
    for level, elite in elites.values():
        data = individual_to_json(elite.individual) | {
            "level": level.number,
            "complexity": elite.complexity,
            "evaluation": evaluation_to_json(elite.evaluation),
        }
        name = f"level-{level.number:02d}"
        if elite.evaluation.trained is not None:
            # First, so that weights stand beside every file that they belong to.
            names.add(f"{name}{_WEIGHTS}")
            write_trained(directory / f"{name}{_WEIGHTS}", elite)
        names.add(f"{name}.json")
        atomic_write(directory / f"{name}.json", orjson.dumps(data, option=orjson.OPT_INDENT_2))
    for path in (*directory.glob("level-*"), *directory.glob(f"*{_WEIGHTS}")):
        if path.name not in names:
            path.unlink(missing_ok=True)


def write_trained(path: Path, elite: Elite) -> None:
    """Write the weights that an elite learned; OSError where that cannot be."""
    from safetensors.numpy import save

    if elite.evaluation.trained is not None:
        atomic_write(path, save({_TRAINED: elite.evaluation.trained}, {"id": elite.individual.id}))


def read_trained(path: Path) -> NDArray[np.float32]:
    """Return the weights in a file of `write_trained`.

    Raises:
        RunDirectoryError: Where the file is missing or damaged.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        found = load(read_plain(path)).get(_TRAINED)
    except (OSError, SafetensorError, ValueError) as error:
        raise RunDirectoryError(f"{path} cannot be read: {plain(str(error))}") from None
    if found is None or found.dtype != np.float32 or found.ndim != 1 or not np.isfinite(found).all():
        raise RunDirectoryError(f"{path} cannot be read: it holds no weights that an elite learned")
    weights: NDArray[np.float32] = found
    return weights


def elite_of(answer: dict[str, Any], weights: str | None, complexity: int, origin: Origin) -> Elite:
    """Return the elite that an engine answered with.

    Args:
        answer: What the engine said of its id.
        weights: The file of what it learned, where it keeps that.
        complexity: In the measure of the archive.
        origin: The run that it comes from.

    Raises:
        CommandRefused: Where it is no elite any more, or the answer cannot be read.
        RunDirectoryError: Where the file cannot be read.
    """
    id = plain(str(answer.get("id")))
    if answer.get("evaluation") is None:
        raise CommandRefused(f"{id} is no elite any more")
    try:
        evaluation = evaluation_from_json(answer["evaluation"])
    except ValueError as error:
        raise CommandRefused(f"what the engine says of {id} cannot be read: {error}") from None
    if weights is not None:
        evaluation = replace(evaluation, trained=read_trained(Path(weights)))
    return Elite(individual_from_json(answer), evaluation, complexity, origin)
