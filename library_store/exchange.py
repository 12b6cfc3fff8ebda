"""Saved elites as files, out of the library and into it, by what the file's name ends in.

.galapagos   any number of entries with all that is known of them (`bundle`)
.json        one entry, which is a network file too (`json_file`)
.out         the network of one entry as a published WANN matrix (`galapagos.genomes.wann_matrix`)
.pt          the network of one entry for PyTorch, with a loader beside it (`torch_export`); out only

What is written is read back and compared before it gets its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from galapagos.engine.atomic_files import write_synced
from galapagos.errors import ExportRefused, GalapagosError, InvalidGenome, LibraryError
from galapagos.genomes.graph import GraphGenome
from galapagos.genomes.network_file import read_network
from galapagos.plain_text import plain
from library_store.bundle import read_bundle, write_bundle
from library_store.entry import Entry
from library_store.json_file import json_of, read_json
from library_store.new_files import new_files

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from galapagos.genomes.genome import Genome

READABLE = (".galapagos", ".json", ".out")
WRITABLE = (*READABLE, ".pt")


def export_entries(entries: Sequence[Entry], path: Path) -> tuple[Path, ...]:
    """Write entries to a new file of the format that its suffix names, and return the files written.

    Args:
        entries: What is to be written; more than one for `.galapagos` only.
        path: A file that is not there yet, `.galapagos`, `.json`, `.out` or `.pt`.

    Raises:
        ExportRefused: Where the file is there already, or its format cannot hold these entries.
        InvalidGenome: Where an entry's network cannot be read, or does not fit the format.
        LibraryError: Where the file cannot be written, or what was written does not read back the same.
    """
    write = _WRITERS.get(path.suffix)
    if write is None:
        *others, last = WRITABLE
        raise ExportRefused(f"{plain(str(path))}: saved elites are written as {', '.join(others)} or {last}")
    if len(entries) != 1 and path.suffix != ".galapagos":
        raise ExportRefused(
            f"{plain(str(path))}: a {path.suffix} file holds one saved elite, not {len(entries)}; "
            "a .galapagos file holds several"
        )
    paths = (path, path.with_suffix(".py")) if path.suffix == ".pt" else (path,)
    cleaned = [_cleaned(entry) for entry in entries]
    with new_files(paths) as beside:
        try:
            problem = write(cleaned, beside / path.name)
        except (ExportRefused, InvalidGenome) as error:
            raise type(error)(f"{plain(str(path))}: {error}") from None
        if problem is not None:
            raise LibraryError(f"{plain(str(path))} was not written, since it would not read back: {problem}")
    return paths


def read_file(
    path: Path, *, num_inputs: int | None = None, num_outputs: int | None = None
) -> tuple[Entry | Genome, ...]:
    """Return what a file holds: entries, or a bare network where no more is known; all checked in full.

    Args:
        path: A `.galapagos`, `.json` or `.out` file.
        num_inputs: The number of inputs without the bias, where a WANN matrix does not say it.
        num_outputs: The number of outputs, likewise.

    Raises:
        InvalidGenome: One line that begins with the file, where it cannot be read in full.
    """
    name = plain(str(path))
    if path.suffix == ".out":
        return (read_network(path, num_inputs=num_inputs, num_outputs=num_outputs),)
    try:
        if path.suffix == ".galapagos":
            return read_bundle(path)
        if path.suffix == ".json":
            return (read_json(path),)
    except InvalidGenome as error:
        raise InvalidGenome(f"{name}: {error}") from None
    if path.suffix in (".pt", ".pth"):
        raise InvalidGenome(
            f"{name}: PyTorch files are not imported, since they cannot be read without trusting who made "
            "them; export as .galapagos or .json"
        )
    *others, last = READABLE
    raise InvalidGenome(f"{name}: saved elites are read from {', '.join(others)} or {last} files")


def _cleaned(entry: Entry) -> Entry:
    """Return an entry as it comes back from JSON, so that what is read back can be held against it.

    Where it was injected stays here: it names directories of this machine, and runs that nobody else has.
    """
    try:
        row = orjson.loads(orjson.dumps(entry.changed(injections=()).to_row()))
    except (orjson.JSONEncodeError, orjson.JSONDecodeError, RecursionError) as error:
        raise LibraryError(f"{plain(entry.id)} cannot be written as JSON: {plain(str(error))}") from None
    return Entry.from_row(row, entry.read_weights)


def _write_bundle(entries: Sequence[Entry], path: Path) -> str | None:
    from importlib.metadata import version

    write_bundle(entries, path, version("galapagos"))
    return _read_back(lambda: _difference_of_entries(entries, read_bundle(path)))


def _write_json(entries: Sequence[Entry], path: Path) -> str | None:
    write_synced(path, json_of(entries[0]))

    def compare() -> str | None:
        found = read_json(path)
        if not isinstance(found, Entry):
            return "it is a network without its facts"
        return _difference_of_entries(entries, [found.changed(weights=entries[0].weights)])

    return _read_back(compare)


def _write_matrix(entries: Sequence[Entry], path: Path) -> str | None:
    from galapagos.genomes.wann_matrix import write_wann_matrix

    genome = entries[0].genome
    if not isinstance(genome, GraphGenome):
        raise ExportRefused("a stack of layers is no WANN matrix; export it as .json")
    write_synced(path, write_wann_matrix(genome).encode())
    return _read_back(lambda: _difference_of_matrix(entries[0], genome, path))


def _write_torch(entries: Sequence[Entry], path: Path) -> str | None:
    from library_store import outputs
    from library_store.torch_export import loader_file, outputs_by_loader, torch_file

    genome, best_weight = entries[0].genome, _best_weight(entries[0])
    write_synced(path.with_suffix(".py"), loader_file())
    write_synced(path, torch_file(genome, best_weight))
    inputs = outputs.sample_inputs(genome)
    shared = outputs.weights_to_try(genome, best_weight)
    expected = outputs.outputs_of(genome, inputs, shared)
    return outputs.difference(expected, outputs_by_loader(path, inputs, shared), genome.kind)


_WRITERS: dict[str, Callable[[Sequence[Entry], Path], str | None]] = {
    ".galapagos": _write_bundle,
    ".json": _write_json,
    ".out": _write_matrix,
    ".pt": _write_torch,
}
"""Each writes a file and returns what reads back otherwise, None where nothing does."""


def _read_back(compare: Callable[[], str | None]) -> str | None:
    try:
        return compare()
    except GalapagosError as error:
        return str(error)


def _difference_of_entries(expected: Sequence[Entry], found: Sequence[Entry]) -> str | None:
    for one, other in zip(expected, found, strict=True):
        if one.to_row() != other.to_row():
            return f"{one.id} has other facts"
        if orjson.dumps(one.genome.to_json()) != orjson.dumps(other.genome.to_json()):
            return f"{one.id} has another network"
    return None


def _difference_of_matrix(entry: Entry, genome: GraphGenome, path: Path) -> str | None:
    from library_store import outputs

    try:
        found = read_network(path)
    except InvalidGenome:
        # Whoever reads it is asked for the numbers, since the format does not hold them.
        found = read_network(path, num_inputs=genome.num_inputs, num_outputs=genome.num_outputs)
    if not isinstance(found, GraphGenome):
        return "it is no graph of neurons"
    if (found.num_inputs, found.num_outputs) != (genome.num_inputs, genome.num_outputs):
        return (
            f"with {found.num_inputs} inputs and {found.num_outputs} outputs, since hidden neurons without "
            "connections count as such there; export it as .json"
        )
    shared = outputs.weights_to_try(genome, _best_weight(entry))
    inputs = outputs.sample_inputs(genome)
    expected = outputs.outputs_of(genome, inputs, shared)
    return outputs.difference(expected, outputs.outputs_of(found, inputs, shared), genome.kind)


def _best_weight(entry: Entry) -> float | None:
    return None if entry.evaluation is None else entry.evaluation.best_weight
