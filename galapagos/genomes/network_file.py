"""Reading a network from a file that a person names: JSON, or a published WANN matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from galapagos.errors import InvalidGenome
from galapagos.genomes.any_genome import genome_from_json
from galapagos.genomes.graph import MAX_CONNECTIONS
from galapagos.genomes.wann_matrix import read_wann_matrix
from galapagos.plain_text import plain
from galapagos.strict_json import parse_json

if TYPE_CHECKING:
    from pathlib import Path

    from galapagos.genomes.genome import Genome
    from galapagos.genomes.graph import GraphGenome

MAX_FILE_BYTES = 16 * 2**20
"""The largest file that is read; a network of 100,000 connections takes 2 MB."""

_OTHER_LISTS = 10_000
"""Room for what else a file may hold beside connections; making millions of lists takes seconds."""


def read_network(path: Path, *, num_inputs: int | None = None, num_outputs: int | None = None) -> Genome:
    """Return the network of a file, of any kind, checked in full, within a second whatever the file holds.

    Args:
        path: A `.json` file, which holds a genome or an object with one under `genome`, or a `.out` file.
        num_inputs: The number of inputs without the bias, where a matrix does not say it.
        num_outputs: The number of outputs, where a matrix does not say it.

    Raises:
        InvalidGenome: One line that begins with the file, where it is absent, too large or holds no network.
    """
    name = plain(str(path))
    try:
        if path.suffix == ".json":
            return _from_json(_content(path))
        if path.suffix == ".out":
            return _from_matrix(_content(path), num_inputs, num_outputs)
    except InvalidGenome as error:
        raise InvalidGenome(f"{name}: {error}") from None
    raise InvalidGenome(f"{name}: a network is a .json file or a published WANN matrix (.out)")


def _content(path: Path) -> bytes:
    try:
        # A pipe or a device would block or never end.
        if path.exists() and not path.is_file():
            raise InvalidGenome("this is no file")
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise InvalidGenome("there is no such file") from None
    except (OSError, ValueError) as error:
        raise InvalidGenome(f"the file cannot be read: {plain(str(error))}") from None
    if len(content) > MAX_FILE_BYTES:
        raise InvalidGenome(f"the file is larger than {MAX_FILE_BYTES // 2**20} MB, the most that is read")
    return content


def _from_json(content: bytes) -> Genome:
    if content.count(b"[") + content.count(b"{") > MAX_CONNECTIONS + _OTHER_LISTS:
        raise InvalidGenome(f"a network has at most {MAX_CONNECTIONS} connections, this file more lists")
    try:
        data = parse_json(content)
    except ValueError as error:
        raise InvalidGenome(f"the file cannot be read: {error}") from None
    if isinstance(data, dict) and "kind" not in data and "genome" in data:
        data = data["genome"]
    return genome_from_json(data)


def _from_matrix(content: bytes, num_inputs: int | None, num_outputs: int | None) -> GraphGenome:
    try:
        text = content.decode("ascii")
    except UnicodeDecodeError:
        raise InvalidGenome("a WANN matrix is plain text, numbers between commas") from None
    return read_wann_matrix(text, num_inputs=num_inputs, num_outputs=num_outputs)
