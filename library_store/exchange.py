"""Saved elites as files, out of the library and into it, by what the file's name ends in (`formats`).

What is written is read back and compared before it gets its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from galapagos.errors import ExportRefused, InvalidGenome, LibraryError
from galapagos.genomes.network_file import read_network
from galapagos.plain_text import plain
from library_store.bundle import read_bundle
from library_store.entry import Entry
from library_store.formats import FORMATS, READABLE, listed, unwritable
from library_store.json_file import read_json
from library_store.new_files import new_files

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from galapagos.genomes.genome import Genome


def export_entries(entries: Sequence[Entry], path: Path) -> tuple[Path, ...]:
    """Write entries to a new file of the format that its suffix names, and return the files written.

    Args:
        entries: What is to be written; more than one only where the format holds several.
        path: A file that is not there yet, with a suffix of `FORMATS`.

    Raises:
        ExportRefused: Where the file is there already, or its format cannot hold these entries.
        InvalidGenome: Where an entry's network cannot be read, or does not fit the format.
        LibraryError: Where the file cannot be written, or what was written does not read back the same.
    """
    if refusal := unwritable(path.suffix, len(entries)):
        raise ExportRefused(f"{plain(str(path))}: {refusal}")
    file_format = FORMATS[path.suffix]
    paths = (path, *(path.with_suffix(suffix) for suffix in file_format.beside))
    write, cleaned = file_format.writer(), [_cleaned(entry) for entry in entries]
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
    raise InvalidGenome(f"{name}: saved elites are read from {listed(READABLE)} files")


def _cleaned(entry: Entry) -> Entry:
    """Return an entry as it comes back from JSON, so that what is read back can be held against it.

    Where it was injected stays here: it names directories of this machine, and runs that nobody else has.
    """
    try:
        row = orjson.loads(orjson.dumps(entry.changed(injections=()).to_row()))
    except (orjson.JSONEncodeError, orjson.JSONDecodeError, RecursionError) as error:
        raise LibraryError(f"{plain(entry.id)} cannot be written as JSON: {plain(str(error))}") from None
    return Entry.from_row(row, entry.read_weights)
