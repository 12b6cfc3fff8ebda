"""Data sets of images, by name: digits, mnist and fashion_mnist, ready for networks.

`digits` comes with scikit-learn: 8x8 images, nothing to fetch. `mnist` and `fashion_mnist` are four IDX files
each, packed by gzip or not: train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and
t10k-labels-idx1-ubyte. They are sought

1. in the directory that the parameter `data_dir` names, or in its folder `mnist` or `fashion_mnist`; where it
   is given, nowhere else;
2. in the folder `mnist` or `fashion_mnist` of the directory that the variable GALAPAGOS_DATA names;
3. in `data/mnist` or `data/fashion_mnist` of this program's cache (`galapagos doctor` shows its path), into
   which they are otherwise fetched, once.

What preprocessing makes of them is kept in `datasets` of the same cache, a file for each content and kind,
which is mapped into memory and so shared by all workers. It may be removed at any time; where it cannot be
written, each process computes it anew.
"""

from __future__ import annotations

import difflib
import hashlib
import zlib
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from galapagos.errors import UnknownTask
from galapagos.home import cache_home
from galapagos.plain_text import plain
from galapagos.tasks.dataset_files import (
    PUBLISHED,
    fetch_files,
    find_files,
    missing_files,
    missing_line,
    own_directory,
    read_idx,
    read_labels,
    shown,
)
from galapagos.tasks.image_preprocessing import PREPROCESSING_VERSION, SIDE, preprocessed, scaled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from galapagos.tasks.dataset_files import IdxFile

DIGITS = "digits"
"""The data set of scikit-learn, the default."""

_CHECKSUM_BYTES = 4
_DATASETS_KEPT = 8


class Images(StrEnum):
    """What networks see of an image.

    `PREPROCESSED`: 16x16, resized and deskewed as published. `RAW`: all pixels. Both are in 0 to 1 and flat,
    and both are the same 8x8 pixels of `digits`.
    """

    PREPROCESSED = "preprocessed"
    RAW = "raw"


@dataclass(frozen=True, slots=True)
class DatasetShape:
    """The sizes of a data set, known without loading it.

    Args:
        num_inputs: Numbers in an image.
        num_classes: Labels are 0 to one less.
        num_train: Training images, those that may be held out included.
        num_test: Test images.
        num_validation: How many of the training images, the last ones, may be held out.
    """

    num_inputs: int
    num_classes: int
    num_train: int
    num_test: int
    num_validation: int


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """A data set in memory; its arrays are read-only, in C order, and may be mapped from a file.

    Args:
        name: As in `DATASETS`.
        train_images: (num_train, num_inputs), each number in 0 to 1.
        train_labels: (num_train,), each in 0 to num_classes - 1.
        test_images: (num_test, num_inputs).
        test_labels: (num_test,).
        num_classes: The number of classes.
        num_validation: How many of the training images, the last ones, may be held out.
    """

    name: str
    train_images: NDArray[np.float32]
    train_labels: NDArray[np.int64]
    test_images: NDArray[np.float32]
    test_labels: NDArray[np.int64]
    num_classes: int
    num_validation: int


DATASETS = (DIGITS, *PUBLISHED)
"""The names of all data sets."""

_DIGITS_SHAPE = DatasetShape(num_inputs=64, num_classes=10, num_train=1347, num_test=450, num_validation=270)


def dataset_shape(name: str, images: Images) -> DatasetShape:
    """Return the sizes of a data set, without touching its files.

    Raises:
        UnknownTask: Where there is none of that name.
    """
    _check_name(name)
    if name == DIGITS:
        return _DIGITS_SHAPE
    published = PUBLISHED[name]
    num_train, rows, columns = published.files[0].shape
    return DatasetShape(
        num_inputs=SIDE * SIDE if images is Images.PREPROCESSED else rows * columns,
        num_classes=published.num_classes,
        num_train=num_train,
        num_test=published.files[2].shape[0],
        num_validation=published.num_validation,
    )


def require_dataset(name: str, *, data_dir: str = "", show_progress: bool = False) -> None:
    """Find the files of a data set, or fetch them: to be called once, before workers load it.

    Args:
        name: As in `DATASETS`.
        data_dir: Where its files are; then nothing is fetched. Empty for the usual places.
        show_progress: Draw a bar on stderr while fetching.

    Raises:
        UnknownTask: Where there is none of that name, or its files are neither found nor fetched; the line
            says what is missing and where to put it.
    """
    _check_name(name)
    if name == DIGITS or find_files(PUBLISHED[name], data_dir) is not None:
        return
    if data_dir:
        raise UnknownTask(missing_line(PUBLISHED[name], data_dir))
    fetch_files(PUBLISHED[name], show_progress=show_progress)


def load_dataset(name: str, images: Images, *, data_dir: str = "") -> Dataset:
    """Return a data set: kept in this process, else from the cache on disk, else made from its files.

    Nothing is fetched here; see `require_dataset`.

    Args:
        name: As in `DATASETS`.
        images: What networks are to see of an image.
        data_dir: Where its files are; empty for the usual places.

    Raises:
        UnknownTask: Where there is none of that name, or a file is missing, damaged, or another than it
            should be.
    """
    _check_name(name)
    if name == DIGITS:
        return _load(name, images, ())
    paths = find_files(PUBLISHED[name], data_dir)
    if paths is None:
        raise UnknownTask(missing_line(PUBLISHED[name], data_dir))
    return _load(name, images, tuple(map(_source, paths, PUBLISHED[name].files)))


def where_found(name: str) -> str:
    """Return in a few words where a data set is, or what is missing and where to put it."""
    _check_name(name)
    if name == DIGITS:
        return f"with scikit-learn {version('scikit-learn')}"
    paths = find_files(PUBLISHED[name], "")
    if paths is not None:
        return shown(paths[0].parent)
    own = own_directory(PUBLISHED[name])
    missing = ", ".join(missing_files(PUBLISHED[name], own))
    return f"not here yet: the first run fetches it, or put {missing} into {shown(own)}"


class _Source(NamedTuple):
    """A file as it is now: where it changes, what was made of it holds no longer."""

    path: Path
    modified_ns: int
    size: int


class _Content(NamedTuple):
    """All images and labels of a data set, first those for training, then those for the test."""

    images: NDArray[np.float32]
    labels: NDArray[np.int64]


def _check_name(name: str) -> None:
    if name not in DATASETS:
        similar = difflib.get_close_matches(name, DATASETS, n=1, cutoff=0.5)
        hint = f"; did you mean {similar[0]}?" if similar else "."
        raise UnknownTask(f"there is no data set {plain(name, 80)!r}{hint} There are {', '.join(DATASETS)}")


def _source(path: Path, file: IdxFile) -> _Source:
    try:
        status = path.stat()
    except OSError as error:
        raise UnknownTask(f"{shown(path)} cannot be read: {plain(str(error))}") from None
    if status.st_size > file.most_bytes:
        raise UnknownTask(f"{shown(path)} has {status.st_size} bytes, more than such a file can have")
    return _Source(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=_DATASETS_KEPT)
def _load(name: str, images: Images, sources: tuple[_Source, ...]) -> Dataset:
    shape = dataset_shape(name, images)
    content = _cached_or_made(name, images, tuple(source.path for source in sources), shape)
    for array in content:
        array.setflags(write=False)
    return Dataset(
        name=name,
        train_images=content.images[: shape.num_train],
        train_labels=content.labels[: shape.num_train],
        test_images=content.images[shape.num_train :],
        test_labels=content.labels[shape.num_train :],
        num_classes=shape.num_classes,
        num_validation=shape.num_validation,
    )


def _cached_or_made(name: str, images: Images, paths: tuple[Path, ...], shape: DatasetShape) -> _Content:
    """Return the content from the cache; what is not there, or is damaged, one process makes for all."""
    path = cache_home() / "datasets" / f"{name}-{images}-{_fingerprint(name, paths)}.bin"
    if (content := _read_cache(path, shape)) is not None:
        return content
    with _only_writer(path.parent) as may_write:
        if (content := _read_cache(path, shape)) is not None:  # made by another while this one waited
            return content
        made = _make_digits() if name == DIGITS else _make(name, images, paths)
        if may_write:
            with suppress(OSError):
                _write_cache(path, made)
    return _read_cache(path, shape) or made


def _fingerprint(name: str, paths: tuple[Path, ...]) -> str:
    """Return 16 hexadecimal digits that change with whatever could change the content."""
    digest = hashlib.blake2b(f"{PREPROCESSING_VERSION}".encode(), digest_size=8)
    if name == DIGITS:
        digest.update(version("scikit-learn").encode())
    for path in paths:
        try:
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "blake2b").digest())
        except OSError as error:
            raise UnknownTask(f"{shown(path)} cannot be read: {plain(str(error))}") from None
    return digest.hexdigest()


def _make(name: str, images: Images, paths: tuple[Path, ...]) -> _Content:
    dataset = PUBLISHED[name]
    train_images, train_labels, test_images, test_labels = zip(paths, dataset.files, strict=True)
    labels = [read_labels(*source, dataset.num_classes) for source in (train_labels, test_labels)]
    prepare = preprocessed if images is Images.PREPROCESSED else scaled
    pixels = [prepare(read_idx(*source)) for source in (train_images, test_images)]
    return _Content(np.concatenate(pixels), np.concatenate(labels))


def _make_digits() -> _Content:
    """Return the digits, split as by Rieke 2020; they are cached since scikit-learn takes 2 s to import."""
    load_digits = import_module("sklearn.datasets").load_digits  # it has no types
    split = import_module("sklearn.model_selection").train_test_split
    images, labels = load_digits(return_X_y=True)
    train_images, test_images, train_labels, test_labels = split(images, labels, random_state=0)
    pixels = np.concatenate((train_images, test_images)) / 16.0  # the brightest
    return _Content(pixels.astype(np.float32), np.concatenate((train_labels, test_labels)).astype(np.int64))


def _read_cache(path: Path, shape: DatasetShape) -> _Content | None:
    """Map a file of the cache into memory; None where it is not there or not whole.

    It holds the images, the labels and, over both, a CRC-32. A file that may be mapped is never written to: a
    new one takes its name.
    """
    count = shape.num_train + shape.num_test
    num_bytes = count * (shape.num_inputs * np.float32().nbytes + np.int64().nbytes)
    try:
        if path.stat().st_size != num_bytes + _CHECKSUM_BYTES:
            return None
        stored = np.memmap(path, dtype=np.uint8, mode="r")
    except (OSError, ValueError):  # the latter where it has just become empty
        return None
    if zlib.crc32(stored[:num_bytes].data) != int.from_bytes(stored[num_bytes:].tobytes(), "little"):
        return None
    images = np.frombuffer(stored, np.float32, count * shape.num_inputs).reshape(count, shape.num_inputs)
    return _Content(images, np.frombuffer(stored, np.int64, count, offset=images.nbytes))


def _write_cache(path: Path, content: _Content) -> None:
    """Write a file of the cache, as a whole or not at all.

    Raises:
        OSError: Where it cannot be written.
    """
    beside = path.with_name(f".{path.name}.new")
    checksum = zlib.crc32(content.labels.data, zlib.crc32(content.images.data))
    try:
        with beside.open("wb") as file:
            for array in content:
                file.write(array.data)
            file.write(checksum.to_bytes(_CHECKSUM_BYTES, "little"))
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


@contextmanager
def _only_writer(directory: Path) -> Iterator[bool]:
    """Wait until no other process makes a file of this cache; tell whether this one may write there."""
    import fcntl

    with ExitStack() as held:
        try:
            directory.mkdir(parents=True, exist_ok=True)
            lock = held.enter_context((directory / "making.lock").open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        except OSError:
            yield False
        else:
            yield True
