"""The four IDX files of a data set: where they are sought, how they are fetched, and what they must hold.

The format is that of LeCun's MNIST page: two zero bytes, 8 for unsigned bytes, the number of dimensions,
each dimension in four bytes (the highest first), the values. No size in a header is believed: what a file
must hold is known beforehand, and no more is ever read, whatever a compressed file would unpack to.
"""

from __future__ import annotations

import gzip
import logging
import math
import os
import zlib
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from galapagos.errors import UnknownTask
from galapagos.home import cache_home
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

DATA_VARIABLE = "GALAPAGOS_DATA"
"""The environment variable that names a directory with one folder for each data set."""
TIMEOUTS = (5.0, 20.0)
"""Seconds in which a server must be reached, and in which it must send the next bytes."""

_GZIP = b"\x1f\x8b"
_UNSIGNED_BYTES = 8
_CONTENT = {1: "labels", 3: "images"}
_CHUNK = 1 << 16
_LONGEST_PATH = 1000


@dataclass(frozen=True, slots=True)
class IdxFile:
    """One of the four files.

    Args:
        name: Without `.gz`.
        shape: What it must hold: (images, rows, columns) or (labels,), each value a byte.
        md5: The checksum of the published `.gz` file, in hexadecimal digits.
    """

    name: str
    shape: tuple[int, ...]
    md5: str

    @property
    def names(self) -> tuple[str, ...]:
        """The names under which it is found: `-idx3-ubyte` or `.idx3-ubyte`, each with `.gz` or without."""
        dotted = self.name.replace("-idx", ".idx")
        return (self.name, f"{self.name}.gz", dotted, f"{dotted}.gz")

    @property
    def most_bytes(self) -> int:
        """The most bytes that it can have on a disk: packing adds a few to what cannot be packed."""
        return math.prod(self.shape) * 101 // 100 + _CHUNK

    @property
    def header(self) -> bytes:
        """The bytes that it must begin with."""
        sizes = b"".join(size.to_bytes(4, "big") for size in self.shape)
        return bytes((0, 0, _UNSIGNED_BYTES, len(self.shape))) + sizes


@dataclass(frozen=True, slots=True)
class IdxDataset:
    """A data set as it was published.

    Args:
        name: Of the data set, and of its folder.
        url: What the names of the files are appended to.
        files: Four: training images, training labels, test images, test labels.
        num_classes: Labels are 0 to one less.
        num_validation: How many of the training images, the last ones, may be held out.
    """

    name: str
    url: str
    files: tuple[IdxFile, IdxFile, IdxFile, IdxFile]
    num_classes: int = 10
    num_validation: int = 10_000


def _published(name: str, url: str, *checksums: str) -> IdxDataset:
    train_images, train_labels, test_images, test_labels = checksums
    files = (
        IdxFile("train-images-idx3-ubyte", (60_000, 28, 28), train_images),
        IdxFile("train-labels-idx1-ubyte", (60_000,), train_labels),
        IdxFile("t10k-images-idx3-ubyte", (10_000, 28, 28), test_images),
        IdxFile("t10k-labels-idx1-ubyte", (10_000,), test_labels),
    )
    return IdxDataset(name, url, files)


PUBLISHED = {
    "mnist": _published(
        "mnist",
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "d53e105ee54ea40749a09fcbcd1e9432",
        "9fb629c4189551a2d022fa330f9573f3",
        "ec29112dd5afa0611ce80d1b7f02629c",
    ),
    "fashion_mnist": _published(
        "fashion_mnist",
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "25c81989df183df01b3e8a0aad5dffbe",
        "bef4ecab320f06d8554ea6380940ec79",
        "bb300cfdad3c16e7a12a480ee83cd310",
    ),
}
"""LeCun et al. 1998 and Xiao et al. 2017 (arXiv 1708.07747), with torchvision's addresses and checksums."""


def own_directory(dataset: IdxDataset) -> Path:
    """Return where its files are fetched to, and sought last: `data/<name>` in this program's cache."""
    return cache_home() / "data" / dataset.name


def find_files(dataset: IdxDataset, data_dir: str = "") -> tuple[Path, ...] | None:
    """Return its four files, all in one directory, or None where no directory has them all.

    Sought are `data_dir` and its folder of the data set's name, and nothing else where `data_dir` is given;
    otherwise that folder in `$GALAPAGOS_DATA`, then `own_directory`.
    """
    for directory in _directories(dataset, data_dir):
        paths = tuple(path for file in dataset.files if (path := _find(directory, file)) is not None)
        if len(paths) == len(dataset.files):
            return paths
    return None


def missing_files(dataset: IdxDataset, directory: Path) -> list[str]:
    """Return the names of its files that a directory lacks."""
    return [file.name for file in dataset.files if _find(directory, file) is None]


def missing_line(dataset: IdxDataset, data_dir: str = "", reason: str = "") -> str:
    """Return in one line what is missing and where to put it.

    Args:
        dataset: The data set.
        data_dir: Where it was sought; empty for the usual places.
        reason: Why it could not be fetched either, where that was tried.
    """
    name = dataset.name
    if data_dir:
        nearest = min(_directories(dataset, data_dir), key=lambda place: len(missing_files(dataset, place)))
        missing = missing_files(dataset, nearest)
        names = ", ".join(file.name for file in dataset.files)
        lacks = "none is there" if len(missing) == 4 else f"{shown(nearest)} lacks {', '.join(missing)}"
        return (
            f"data_dir {shown(data_dir)} does not hold {name}: it, or its folder {name}, must have the four "
            f"files {names}, with .gz or without; {lacks}"
        )
    own = own_directory(dataset)
    return (
        f"{name} is not on this machine{f', and {reason}' if reason else ''}: "
        f"put {', '.join(missing_files(dataset, own))}, with .gz or without, into {shown(own)}; "
        f"or all four into a directory that data_dir names, or into ${DATA_VARIABLE}/{name}"
    )


def fetch_files(dataset: IdxDataset, *, show_progress: bool = False) -> tuple[Path, ...]:
    """Fetch what is missing of its files into `own_directory`, and return the four.

    Each is compared with its published checksum before it gets its name; what is there already stays as it
    is. A failure is final and comes within seconds: nothing is tried again.

    Args:
        dataset: The data set.
        show_progress: Draw a bar for each file on stderr.

    Raises:
        UnknownTask: Where one cannot be fetched or stored, or is not what was published.
    """
    directory = own_directory(dataset)
    return tuple(
        _find(directory, file) or _fetch(dataset, file, directory, show_progress) for file in dataset.files
    )


def read_idx(path: Path, file: IdxFile) -> NDArray[np.uint8]:
    """Return what a file holds, packed by gzip or not, as a read-only array of the shape it must have.

    Raises:
        UnknownTask: Where it cannot be read, is damaged, or holds anything else.
    """
    try:
        with path.open("rb") as packed:
            is_packed = packed.read(2) == _GZIP
            packed.seek(0)
            with gzip.open(packed) if is_packed else packed as opened:
                return _read_opened(opened, path, file)
    except EOFError:
        raise UnknownTask(f"{shown(path)} is truncated: what is packed in it has no end") from None
    except (OSError, zlib.error) as error:
        raise UnknownTask(f"{shown(path)} cannot be read: {plain(str(error))}") from None


def read_labels(path: Path, file: IdxFile, num_classes: int) -> NDArray[np.int64]:
    """Return the labels (n,) of a file, each below `num_classes`.

    Raises:
        UnknownTask: As `read_idx`, and where a label is out of range.
    """
    labels = read_idx(path, file).astype(np.int64)
    wrong = np.flatnonzero(labels >= num_classes)
    if wrong.size:
        label = f"the label {labels[wrong[0]]} at index {wrong[0]}"
        raise UnknownTask(f"{shown(path)} has {label}; labels must be 0 to {num_classes - 1}")
    return labels


def shown(path: Path | str) -> str:
    """Return a path fit to be shown."""
    return plain(str(path), _LONGEST_PATH)


def _read_opened(opened: IO[bytes] | gzip.GzipFile, path: Path, file: IdxFile) -> NDArray[np.uint8]:
    problem = _problem_of_header(opened.read(len(file.header)), file)
    if problem is not None:
        raise UnknownTask(f"{shown(path)} {problem}")
    size = math.prod(file.shape)
    values = opened.read(size + 1)  # one more, so that a packed file comes to its end and checks its own sum
    if len(values) < size:
        raise UnknownTask(f"{shown(path)} is truncated: {len(values)} of the {size} bytes after its header")
    if len(values) > size:
        raise UnknownTask(f"{shown(path)} goes on after its {_content(file.shape)}")
    return np.frombuffer(values, dtype=np.uint8).reshape(file.shape)


def _problem_of_header(header: bytes, file: IdxFile) -> str | None:
    """Return what is wrong with the first bytes, in words that go on after the file's name."""
    if header == file.header:
        return None
    magic, sizes = header[:4], header[4:]
    if len(magic) < 4 or magic[:3] != file.header[:3] or magic[3] not in _CONTENT:
        return f"is no IDX file: it begins with {magic.hex(' ') or 'nothing'}, not {file.header[:4].hex(' ')}"
    if magic[3] != len(file.shape):
        return f"holds {_CONTENT[magic[3]]}, but {_CONTENT[len(file.shape)]} belong there"
    if len(header) < len(file.header):
        return "is truncated in its header"
    shape = tuple(int.from_bytes(sizes[place : place + 4], "big") for place in range(0, len(sizes), 4))
    return f"holds {_content(shape)}, but {_content(file.shape)} belong there"


def _content(shape: tuple[int, ...]) -> str:
    count, *sides = shape
    return f"{count} images of {sides[0]}x{sides[1]}" if sides else f"{count} labels"


def _directories(dataset: IdxDataset, data_dir: str) -> Iterator[Path]:
    if data_dir:
        yield from (_directory(data_dir), _directory(data_dir) / dataset.name)
        return
    if shared := os.environ.get(DATA_VARIABLE):
        yield _directory(shared) / dataset.name
    yield own_directory(dataset)


def _directory(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:  # it begins with the name of a user that this machine does not know
        return Path(text)


def _find(directory: Path, file: IdxFile) -> Path | None:
    return next((directory / name for name in file.names if _is_file(directory / name)), None)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # this user may not look there, or the name is longer than one can be
        return False


def _fetch(dataset: IdxDataset, file: IdxFile, directory: Path, show_progress: bool) -> Path:
    pooch = import_module("pooch")  # it has no types
    pooch.get_logger().setLevel(logging.WARNING)  # it would announce every file on stderr
    name, url = f"{file.name}.gz", f"{dataset.url}{file.name}.gz"
    download = partial(_download, file, show_progress)
    try:
        path = pooch.retrieve(url, f"md5:{file.md5}", fname=name, path=directory, downloader=download)
    except (OSError, ValueError) as error:
        why = f"fetching {url} failed ({_why(error)})"
        raise UnknownTask(missing_line(dataset, reason=why)) from None
    return Path(path)


def _download(file: IdxFile, show_progress: bool, url: str, path: str, _pooch: object) -> None:
    """Download as pooch's own downloader does, which would leave a connection open where it fails.

    Raises:
        ValueError: Where the server sends more than the file can have.
        OSError: Where the transfer fails or the file cannot be written.
    """
    import requests

    tqdm = import_module("tqdm").tqdm  # it has no types
    with requests.get(url, stream=True, timeout=TIMEOUTS) as response, Path(path).open("wb") as stored:
        response.raise_for_status()
        size = int(response.headers.get("Content-Length", 0)) or None
        with tqdm(
            desc=file.name, total=size, unit="B", unit_scale=True, disable=not show_progress
        ) as progress:
            for piece in response.iter_content(_CHUNK):
                progress.update(stored.write(piece))
                if stored.tell() > file.most_bytes:
                    raise ValueError(f"more than {file.most_bytes} bytes")


def _why(error: Exception) -> str:
    """Return why a file was not fetched: `requests` says it at length, and with its own inner names."""
    from requests.exceptions import RequestException, Timeout

    if isinstance(error, Timeout):
        return "no answer in time"
    if isinstance(error, RequestException):
        answer = error.response
        return "no connection, or it broke off" if answer is None else f"status {answer.status_code}"
    if isinstance(error, OSError):
        return f"it cannot be stored: {plain(str(error))}"
    return "what came is not the file that was published"  # by its checksum, or by its size already
