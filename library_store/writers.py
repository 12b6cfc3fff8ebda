"""Writing files of saved elites, each read back and compared; `formats` says which file is which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from galapagos.engine.files.atomic_files import write_synced
from galapagos.errors import ExportRefused, GalapagosError, InvalidGenome
from galapagos.genomes.graph import GraphGenome
from galapagos.genomes.network_file import read_network
from library_store import bundle, json_file, outputs
from library_store.entry import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


def write_bundle(entries: Sequence[Entry], path: Path) -> str | None:
    """Write any number of entries with all that is known of them; return what reads back otherwise."""
    from importlib.metadata import version

    bundle.write_bundle(entries, path, version("galapagos"))
    return _read_back(lambda: _difference_of_entries(entries, bundle.read_bundle(path)))


def write_json(entries: Sequence[Entry], path: Path) -> str | None:
    """Write one entry as plain JSON, a network file too; return what reads back otherwise."""
    write_synced(path, json_file.json_of(entries[0]))

    def compare() -> str | None:
        found = json_file.read_json(path)
        if not isinstance(found, Entry):
            return "it is a network without its facts"
        return _difference_of_entries(entries, [found.changed(weights=entries[0].weights)])

    return _read_back(compare)


def write_matrix(entries: Sequence[Entry], path: Path) -> str | None:
    """Write the network of one entry as a published WANN matrix; return what reads back otherwise.

    Raises:
        ExportRefused: Where it is a stack of layers.
        InvalidGenome: Where it has weights of its own.
    """
    from galapagos.genomes.wann_matrix import write_wann_matrix

    genome = entries[0].genome
    if not isinstance(genome, GraphGenome):
        raise ExportRefused("a stack of layers is no WANN matrix; export it as .json")
    write_synced(path, write_wann_matrix(genome).encode())
    return _read_back(lambda: _difference_of_matrix(entries[0], genome, path))


def write_torch(entries: Sequence[Entry], path: Path) -> str | None:
    """Write the network of one entry for PyTorch, with a loader; return what that does otherwise."""
    from library_store.torch_export import loader_file, outputs_by_loader, torch_file

    genome, best_weight = entries[0].genome, _best_weight(entries[0])
    write_synced(path.with_suffix(".py"), loader_file())
    write_synced(path, torch_file(genome, best_weight))
    inputs = outputs.sample_inputs(genome)
    shared = outputs.weights_to_try(genome, best_weight)
    expected = outputs.outputs_of(genome, inputs, shared)
    return outputs.difference(expected, outputs_by_loader(path, inputs, shared), genome.kind)


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
