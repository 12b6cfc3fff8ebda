"""Entries from files that anybody may have made: read within bounds, and checked against their network."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Any, get_args

import orjson

from galapagos import strict_json
from galapagos.errors import InvalidGenome
from galapagos.genomes.network_file import MAX_FILE_BYTES
from galapagos.parameter_declarations import ComplexityMeasure
from galapagos.plain_text import plain
from library_store.entry import LONGEST_TAG, MOST_TAGS, Entry
from library_store.weights import MAX_VALUES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import BinaryIO

    from library_store.tensors import Tensors


def open_file(path: Path, most_bytes: int) -> BinaryIO:
    """Open a file to read.

    Raises:
        InvalidGenome: Where there is none, it is no plain file, or it has more bytes.
    """
    try:
        # A pipe or a device would block or never end.
        if path.exists() and not path.is_file():
            raise InvalidGenome("this is no file")
        file = path.open("rb")
    except FileNotFoundError:
        raise InvalidGenome("there is no such file") from None
    except (OSError, ValueError) as error:
        raise InvalidGenome(f"the file cannot be read: {plain(str(error))}") from None
    status = os.fstat(file.fileno())
    problem = ""
    if not stat.S_ISREG(status.st_mode):
        problem = "this is no file"
    elif status.st_size > most_bytes:
        problem = f"the file is larger than {most_bytes // 2**20} MB, the most that is read"
    if problem:
        file.close()
        raise InvalidGenome(problem)
    return file


def parse_json(content: bytes) -> object:
    """Return what JSON means, with as many values and bytes as are read, and no name twice.

    Raises:
        InvalidGenome: Where it is none, or holds more.
    """
    if len(content) > MAX_FILE_BYTES:
        raise InvalidGenome(f"it is larger than {MAX_FILE_BYTES // 2**20} MB, the most that is read")
    try:
        found: object = strict_json.parse_json(content, most_values=MAX_VALUES)
    except ValueError as error:
        raise InvalidGenome(str(error)) from None
    return found


def decode_weights(content: bytes) -> tuple[Tensors, dict[str, Any]]:
    """Return the arrays and the entry in a file of weights.

    Raises:
        InvalidGenome: Where it is none, or holds more than is read.
    """
    from library_store.weights import decode

    try:
        return decode(content)
    except ValueError as error:
        raise InvalidGenome(f"its weights cannot be read: {plain(str(error))}") from None


def imported_entry(row: Mapping[str, Any], tensors: Tensors) -> Entry:
    """Return the entry of a row and its arrays, with its network read and its sizes held against that.

    Raises:
        InvalidGenome: Where a part is missing or wrong.
    """
    tags = row.get("tags")
    # Before they are cleaned, which takes its time for each.
    if not isinstance(tags, list) or len(tags) > MOST_TAGS or not all(map(_is_tag, tags)):
        raise InvalidGenome(
            f"tags of a saved elite must be a list of at most {MOST_TAGS} words of {LONGEST_TAG} letters"
        )
    try:
        entry = Entry.from_row(row, lambda: tensors)
        genome = entry.genome
        orjson.dumps(entry.to_row())  # what can be read can be deeper than what can be written
    except (RecursionError, orjson.JSONEncodeError):
        raise InvalidGenome("a saved elite is nested too deeply") from None
    for measure in get_args(ComplexityMeasure):
        size = genome.complexity(measure)
        if getattr(entry, measure) != size:
            raise InvalidGenome(f"it says {getattr(entry, measure)} {measure}, its network has {size}")
    return entry


def _is_tag(tag: object) -> bool:
    return isinstance(tag, str) and len(tag) <= LONGEST_TAG
