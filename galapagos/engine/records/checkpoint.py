"""Checkpoints: everything the next generation depends on, the last two, each complete and verified.

A checkpoint is a directory of state.json, genomes.npz (with the arrays of evaluations) and manifest.json,
which holds the version of the format and the SHA-256 of the others. It is written under another name, synced
and renamed; only then are older ones removed. So at every moment the newest one that is there was complete
when it got its name.
"""

from __future__ import annotations

import hashlib
import io
import math
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from galapagos.engine.files.atomic_files import sync_directory, write_synced
from galapagos.engine.files.npz_files import read_arrays
from galapagos.engine.files.plain_files import read_plain
from galapagos.engine.records.checkpoint_state import state_from_json, state_to_json
from galapagos.errors import CheckpointError, InvalidGenome
from galapagos.genomes.any_genome import pack_genomes, unpack_genomes
from galapagos.genomes.array_columns import pack_arrays, unpack_arrays
from galapagos.plain_text import plain
from galapagos.strict_json import members, parse_json, whole

if TYPE_CHECKING:
    from galapagos.engine.evolution import Evolution
    from galapagos.evaluation import Outcome
    from galapagos.evolution.archive import Elite
    from galapagos.evolution.individual import Individual

SCHEMA_VERSION = 2
"""Version 1 knew no networks that learn; what it wrote is read as it stands."""

KEPT = 2
"""How many checkpoints are kept."""

_STATE, _GENOMES, _MANIFEST = "state.json", "genomes.npz", "manifest.json"
_UNFINISHED = ".unfinished-"
_DAMAGE = (OSError, ValueError, InvalidGenome, MemoryError)
"""What reading a checkpoint raises where it is not what was written."""

_NUMBER = re.compile(r"\d{6,12}", re.ASCII)
_MANIFEST_BYTES = 2**16

_LEARNED = "learned"
"""The column of the arrays of evaluations."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A run between two generations.

    Args:
        generation: The next one to evaluate.
        parameters: Those that act now, as `Parameters.model_dump(mode="json")` gives them.
        population: The last evaluated generation.
        outcomes: One for each of the population.
        elites: The archive.
        confirmed: Ids that were confirmed and lost, see `Archive`.
        pinned: Extra parents.
        breeds: (parent, number of children) still to be bred.
        journal_length: Bytes of the journal at this moment.
        evaluations: Networks evaluated since the start of the run.
        elapsed: Seconds of evolution since the start of the run.
        champion_test: The champion's latest test, a JSON object.
        dropped: Ids of elites that were dropped, see `Archive`; none in checkpoints of earlier programs.
    """

    generation: int
    parameters: dict[str, Any]
    population: tuple[Individual, ...]
    outcomes: tuple[Outcome, ...]
    elites: tuple[Elite, ...]
    confirmed: tuple[str, ...]
    pinned: tuple[Individual, ...]
    breeds: tuple[tuple[Individual, int], ...]
    journal_length: int
    evaluations: int
    elapsed: float
    champion_test: dict[str, Any] | None
    dropped: tuple[str, ...] = ()


def capture(evolution: Evolution, *, journal_length: int, elapsed: float) -> Checkpoint:
    """Return everything that the next generation of a run depends on, as it is now."""
    return Checkpoint(
        generation=evolution.generation,
        parameters=evolution.parameters.model_dump(mode="json"),
        population=evolution.population,
        outcomes=evolution.outcomes,
        elites=evolution.archive.elites,
        confirmed=evolution.archive.confirmed,
        dropped=evolution.archive.dropped,
        pinned=tuple(evolution.commands.pinned.values()),
        breeds=evolution.commands.breeds,
        journal_length=journal_length,
        evaluations=evolution.evaluations,
        elapsed=elapsed,
        champion_test=evolution.champion_test,
    )


def write_checkpoint(directory: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint and remove those before the last two; safe to run in a thread, one at a time.

    Raises:
        OSError: Where it cannot be written; the earlier ones are then untouched.
    """
    directory.mkdir(exist_ok=True)
    _remove_unfinished(directory)
    numbers = _numbers(directory)
    number = max(numbers, default=0) + 1
    state, genomes, arrays = state_to_json(checkpoint)
    columns = pack_genomes(genomes) | pack_arrays(_LEARNED, arrays)
    packed = io.BytesIO()
    np.savez(packed, **columns)  # type: ignore[arg-type]  # its stub takes names for allow_pickle
    files = {_STATE: state, _GENOMES: packed.getvalue()}
    unfinished = directory / f"{_UNFINISHED}{number}"
    unfinished.mkdir()
    for name, data in files.items():
        write_synced(unfinished / name, data)
    write_synced(unfinished / _MANIFEST, orjson.dumps(_manifest(files)))
    sync_directory(unfinished)
    unfinished.rename(directory / _name(number))
    sync_directory(directory)
    _remove_older(directory, numbers)


def load_checkpoint(directory: Path, *, until: float = math.inf) -> tuple[Checkpoint | None, list[str]]:
    """Return the newest checkpoint that is whole, and one line about each newer one that is damaged.

    Args:
        directory: Where they are.
        until: The last generation whose checkpoint is wanted.

    Raises:
        CheckpointError: Where the newest that can be told is of a newer version: going back further
            would silently lose what that version did.
    """
    numbers = _numbers(directory)
    problems: list[str] = []
    for number in reversed(numbers):
        path = directory / _name(number)
        try:
            checkpoint = _load(path)
            if checkpoint.generation <= until:
                return checkpoint, problems
        except FileNotFoundError as error:
            problems.append(f"checkpoint {path} is damaged: {Path(error.filename).name} is missing")
        except _DAMAGE as error:
            what = plain(str(error), 120) or type(error).__name__
            problems.append(f"checkpoint {path} is damaged: {what}")
    if max(_numbers(directory), default=0) > max(numbers, default=0):
        # A live engine went on meanwhile, and removed what was to be read here.
        return load_checkpoint(directory, until=until)
    return None, problems


def _load(path: Path) -> Checkpoint:
    files = _verified(path)
    columns = read_arrays(files[_GENOMES])
    genomes, arrays = unpack_genomes(columns), unpack_arrays(_LEARNED, columns)
    return Checkpoint(**state_from_json(files[_STATE], genomes, arrays))


def _verified(path: Path) -> dict[str, bytes]:
    """Return the contents of a checkpoint's files, after comparing them with its manifest."""
    manifest = members(parse_json(read_plain(path / _MANIFEST, _MANIFEST_BYTES)), _MANIFEST)
    version = whole(manifest.get("version"), "version", low=1)
    if version > SCHEMA_VERSION:
        raise CheckpointError(
            f"checkpoint {path} has version {version}; this program reads up to {SCHEMA_VERSION}: update it"
        )
    digests = members(manifest.get("sha256"), "sha256")
    files = {name: read_plain(path / name) for name in (_STATE, _GENOMES)}
    for name, data in files.items():
        if hashlib.sha256(data).hexdigest() != digests.get(name):
            raise ValueError(f"{name} is not what was written")
    return files


def _manifest(files: dict[str, bytes]) -> dict[str, Any]:
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    return {"version": SCHEMA_VERSION, "sha256": digests}


def _remove_older(directory: Path, numbers: list[int]) -> None:
    """Remove checkpoints before the one just written, but for the newest that are still whole."""
    kept = 1
    for number in reversed(numbers):
        path = directory / _name(number)
        if kept < KEPT and _is_whole(path):
            kept += 1
        elif kept >= KEPT:
            _remove(path)


def _is_whole(path: Path) -> bool:
    try:
        _verified(path)
    except (OSError, ValueError, CheckpointError):
        return False
    return True


def _remove(path: Path) -> None:
    # Renamed first, so that a crash amid the removal leaves nothing that looks like a checkpoint.
    doomed = path.with_name(_UNFINISHED + path.name)
    path.rename(doomed)
    shutil.rmtree(doomed)


def _remove_unfinished(directory: Path) -> None:
    for path in directory.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(path)


def _name(number: int) -> str:
    return f"{number:06d}"


def _numbers(directory: Path) -> list[int]:
    if not directory.is_dir():
        return []
    return sorted(int(path.name) for path in directory.iterdir() if _NUMBER.fullmatch(path.name))
