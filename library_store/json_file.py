"""One saved elite as plain JSON: what is known of it, and its network in full under `genome`.

So it is a network file too, which everything reads that takes a network (`galapagos.genomes.network_file`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from galapagos.errors import InvalidGenome
from galapagos.genomes.any_genome import genome_from_json
from galapagos.genomes.network_file import MAX_FILE_BYTES
from library_store.imports import imported_entry, open_file, parse_json
from library_store.tensors import take_out
from library_store.weights import UNWRITTEN

if TYPE_CHECKING:
    from pathlib import Path

    from galapagos.genomes.genome import Genome
    from library_store.entry import Entry

FORMAT, VERSION = "galapagos elite", 1


def json_of(entry: Entry) -> bytes:
    """Return the content of a file: a fact a line, the network in the last."""
    row = entry.to_row()
    del row["skeleton"], row["weights"]
    facts = orjson.dumps({"format": FORMAT, "version": VERSION} | row, option=orjson.OPT_INDENT_2)
    genome = orjson.dumps(entry.genome.to_json())
    return facts.removesuffix(b"\n}") + b',\n  "genome": ' + genome + b"\n}\n"


def read_json(path: Path) -> Entry | Genome:
    """Return the entry of a file that was written here, of any other JSON the bare network in it.

    Raises:
        InvalidGenome: Where the file cannot be read or holds no network.
    """
    with open_file(path, MAX_FILE_BYTES) as file:
        data = parse_json(file.read(MAX_FILE_BYTES + 1))
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        if isinstance(data, dict) and "kind" not in data and "genome" in data:
            data = data["genome"]
        return genome_from_json(data)
    version = data.get("version")
    if type(version) is not int or version < 1:
        raise InvalidGenome("the version of a saved elite must be a whole number of at least 1")
    if version > VERSION:
        raise InvalidGenome(
            f"it was written by a newer version of Galápagos, in format {version}; this one reads {VERSION}"
        )
    return _entry(data)


def _entry(data: dict[str, Any]) -> Entry:
    skeleton, tensors = take_out(genome_from_json(data.get("genome")).to_json())
    return imported_entry(data | {"skeleton": skeleton, "weights": UNWRITTEN}, tensors)
