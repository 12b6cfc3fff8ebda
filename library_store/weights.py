"""The weights of saved elites, a safetensors file each, named by the SHA-256 of its content.

In the header stands the entry as it was when it was saved, so that the database can be made again from these
files alone (`galapagos library repair`). A network without weights has such a file too, without arrays.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import orjson

from galapagos.engine.files.atomic_files import atomic_write
from galapagos.errors import LibraryError
from galapagos.genomes.graph import MAX_CONNECTIONS
from galapagos.genomes.network_file import MAX_FILE_BYTES
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from library_store.tensors import Tensors

SUFFIX = ".safetensors"
MAX_BYTES = 128 * 2**20
"""The largest file of weights; a network of 100,000 connections takes 1 MB."""

MAX_VALUES = 10 * MAX_CONNECTIONS
"""The most values in one JSON text: making millions of them takes seconds, and memory without end."""

UNWRITTEN = "0" * 64
"""What stands for the SHA-256 of an entry whose weights are in no file yet."""

_ENTRY = "galapagos"
_HEADER_LENGTH_BYTES = 8


def encode(tensors: Mapping[str, NDArray[np.generic]], entry: Mapping[str, Any]) -> bytes:
    """Return the content of a file: arrays, and the entry that they belong to in the header."""
    from safetensors.numpy import save

    return save(dict(tensors), {_ENTRY: orjson.dumps(entry, option=orjson.OPT_SORT_KEYS).decode()})


def decode(content: bytes) -> tuple[dict[str, NDArray[np.generic]], dict[str, Any]]:
    """Return the arrays and the entry of a file's content; the entry is empty where it has none.

    Raises:
        ValueError: Where it is no safetensors file, or holds more than is read.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    if len(content) > MAX_BYTES:
        raise ValueError(f"it is larger than {MAX_BYTES // 2**20} MB, the most that is read")
    length = int.from_bytes(content[:_HEADER_LENGTH_BYTES], "little")
    header = content[_HEADER_LENGTH_BYTES : _HEADER_LENGTH_BYTES + min(length, MAX_FILE_BYTES)]
    # The entry stands in it as a text, in which a comma can be written as an escape too.
    if length > MAX_FILE_BYTES or count_values(header) + header.count(b"\\u") > MAX_VALUES:
        raise ValueError("its header holds more than is read")
    try:
        tensors = load(content)
        metadata = orjson.loads(header).get("__metadata__") or {}
        entry = orjson.loads(metadata.get(_ENTRY, "{}"))
    except (SafetensorError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(f"it is no safetensors file: {plain(str(error))}") from None
    if not isinstance(entry, dict):
        raise ValueError("it describes no saved elite")
    return tensors, entry


def count_values(content: bytes) -> int:
    """Return how many values JSON holds at most; commas in texts count too."""
    return content.count(b",") + content.count(b"[") + content.count(b"{")


class WeightFiles:
    """The directory of the weights' files; nothing in it is ever changed, so no lock is needed.

    Args:
        directory: Where they are; made when the first is written.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def write(self, content: bytes) -> str:
        """Write a file, durable when this returns, and return its SHA-256.

        Raises:
            LibraryError: Where it cannot be written.
        """
        if len(content) > MAX_BYTES:
            raise LibraryError(
                f"a saved network has {len(content)} bytes of weights; {MAX_BYTES} are the most"
            )
        digest = hashlib.sha256(content).hexdigest()
        path = self.path(digest)
        try:
            if not path.exists():
                self.directory.mkdir(parents=True, exist_ok=True)
                atomic_write(path, content)
        except OSError as error:
            raise LibraryError(
                f"weights cannot be written to {self.directory}: {error.strerror or error}"
            ) from None
        return digest

    def read(self, digest: str) -> tuple[dict[str, NDArray[np.generic]], dict[str, Any]]:
        """Return the arrays and the entry of a file.

        Raises:
            LibraryError: Where it is missing, or its content is not what its name says.
        """
        path = self.path(digest)
        try:
            if path.stat().st_size > MAX_BYTES:
                raise LibraryError(f"{path} is larger than {MAX_BYTES // 2**20} MB, the most that is read")
            content = path.read_bytes()
        except OSError as error:
            raise LibraryError(f"{path} cannot be read: {error.strerror or error}") from None
        if hashlib.sha256(content).hexdigest() != digest:
            raise LibraryError(f"{path} is damaged: its content is not what its name says")
        try:
            return decode(content)
        except ValueError as error:
            raise LibraryError(f"{path} cannot be read: {error}") from None

    def read_tensors(self, digest: str) -> Tensors:
        """Return the arrays of a file; raises as `read` does."""
        return self.read(digest)[0]

    def remove(self, digest: str) -> None:
        """Remove a file that no entry needs any more.

        Raises:
            LibraryError: Where it cannot be removed.
        """
        try:
            self.path(digest).unlink(missing_ok=True)
        except OSError as error:
            raise LibraryError(f"{self.path(digest)} cannot be removed: {error.strerror or error}") from None

    def digests(self) -> Iterator[str]:
        """Yield the SHA-256 of every file that is there."""
        if self.directory.is_dir():
            for path in sorted(self.directory.glob(f"*{SUFFIX}")):
                yield path.name.removesuffix(SUFFIX)

    def path(self, digest: str) -> Path:
        """Return where the file of a digest is."""
        return self.directory / f"{digest}{SUFFIX}"
