"""IDX files: sought in their places, read, and refused in one line where they are wrong."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import struct
import tracemalloc
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from galapagos.errors import UnknownTask
from galapagos.tasks.dataset_files import (
    PUBLISHED,
    IdxDataset,
    IdxFile,
    find_files,
    missing_line,
    own_directory,
    read_idx,
    read_labels,
)
from tests.data_sets import MNIST, needs_mnist

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
NAMES = (IMAGES, LABELS, TEST_IMAGES, TEST_LABELS)


def idx_bytes(values: NDArray[np.uint8]) -> bytes:
    """Return an array as an IDX file holds it."""
    return struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape) + values.tobytes()


def small_contents(seed: int = 0, *, train: int = 12, test: int = 5) -> dict[str, bytes]:
    """Return a small data set of 6x6 images as the contents of four files, by name."""
    rng = np.random.default_rng(seed)
    contents = {}
    for images, labels, count in ((IMAGES, LABELS, train), (TEST_IMAGES, TEST_LABELS, test)):
        contents[images] = idx_bytes(rng.integers(0, 256, (count, 6, 6), dtype=np.uint8))
        contents[labels] = idx_bytes(rng.integers(0, 10, count, dtype=np.uint8))
    return contents


def small_dataset(contents: dict[str, bytes], name: str = "mnist", url: str = "") -> IdxDataset:
    """Return what would have been published, had those contents been."""
    files = []
    for file, content in contents.items():
        shape = struct.unpack_from(f">{content[3]}I", content, 4)
        files.append(IdxFile(file, shape, hashlib.md5(packed(content), usedforsecurity=False).hexdigest()))
    train_images, train_labels, test_images, test_labels = files
    return IdxDataset(name, url, (train_images, train_labels, test_images, test_labels), num_validation=3)


def packed(content: bytes) -> bytes:
    """Return a content packed by gzip, the same at any time."""
    return gzip.compress(content, mtime=0)


def write_files(directory: Path, contents: dict[str, bytes]) -> Path:
    """Write four files, unpacked, and return their directory."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (directory / name).write_bytes(content)
    return directory


CONTENTS = small_contents()
DATASET = small_dataset(CONTENTS)
IMAGE_FILE, LABEL_FILE = DATASET.files[0], DATASET.files[1]


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the program at an empty home, and away from data sets that this machine has."""
    monkeypatch.setenv("GALAPAGOS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("GALAPAGOS_DATA", raising=False)
    return tmp_path / "home"


def refusal(path: Path, file: IdxFile = IMAGE_FILE) -> str:
    """Return the line with which a file is refused, which must be one and begin with its name."""
    with pytest.raises(UnknownTask) as caught:
        read_labels(path, file, 10) if len(file.shape) == 1 else read_idx(path, file)
    line = str(caught.value)
    assert line.startswith(f"{path} ")
    assert "\n" not in line
    return line.removeprefix(f"{path} ")


def refusal_of(content: bytes, directory: Path, file: IdxFile = IMAGE_FILE) -> str:
    path = directory / file.name
    path.write_bytes(content)
    return refusal(path, file)


# Reading


@pytest.mark.parametrize("name", [IMAGES, f"{IMAGES}.gz"])
@pytest.mark.parametrize("pack", [bytes, packed], ids=["plain", "packed"])
def test_a_file_is_read_packed_or_not_whatever_its_name_says(tmp_path: Path, name: str, pack: type) -> None:
    values = np.arange(432, dtype=np.uint16).astype(np.uint8).reshape(12, 6, 6)
    (tmp_path / name).write_bytes(pack(idx_bytes(values)))
    found = read_idx(tmp_path / name, IMAGE_FILE)
    np.testing.assert_array_equal(found, values)
    assert found.dtype == np.uint8
    assert not found.flags.writeable


def test_labels_are_whole_numbers(tmp_path: Path) -> None:
    path = tmp_path / LABELS
    path.write_bytes(CONTENTS[LABELS])
    labels = read_labels(path, LABEL_FILE, 10)
    assert labels.dtype == np.int64
    assert labels.tolist() == list(CONTENTS[LABELS][8:])


@given(st.data(), st.sampled_from([bytes, packed]))
def test_a_file_that_was_cut_is_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, pack: type
) -> None:
    content = pack(CONTENTS[IMAGES])
    cut = data.draw(st.integers(0, len(content) - 1))
    line = refusal_of(content[:cut], tmp_path_factory.mktemp("cut"))
    assert "truncated" in line or "no IDX file" in line


@given(st.integers(0, 15), st.integers(1, 255))
def test_another_header_is_refused(tmp_path_factory: pytest.TempPathFactory, place: int, change: int) -> None:
    content = bytearray(CONTENTS[IMAGES])
    content[place] ^= change
    line = refusal_of(bytes(content), tmp_path_factory.mktemp("header"))
    assert line.startswith(("is no IDX file", "holds"))


@given(st.integers(10, len(packed(CONTENTS[IMAGES])) - 1), st.integers(1, 255))
def test_a_packed_file_with_a_changed_byte_is_refused(
    tmp_path_factory: pytest.TempPathFactory, place: int, change: int
) -> None:
    content = bytearray(packed(CONTENTS[IMAGES]))
    content[place] ^= change
    with suppress(OSError, EOFError, zlib.error):
        # A few bits of a packed file mean nothing: with one code more that is not used, it says the same.
        assume(gzip.decompress(bytes(content)) != CONTENTS[IMAGES])
    refusal_of(bytes(content), tmp_path_factory.mktemp("changed"))


@pytest.mark.parametrize(
    ("content", "file", "line"),
    [
        (b"", IMAGE_FILE, "is no IDX file: it begins with nothing, not 00 00 08 03"),
        (b"GIF89a and more", IMAGE_FILE, "is no IDX file: it begins with 47 49 46 38, not 00 00 08 03"),
        (CONTENTS[IMAGES][:9], IMAGE_FILE, "is truncated in its header"),
        (CONTENTS[LABELS], IMAGE_FILE, "holds labels, but images belong there"),
        (CONTENTS[IMAGES], LABEL_FILE, "holds images, but labels belong there"),
        (CONTENTS[TEST_IMAGES], IMAGE_FILE, "holds 5 images of 6x6, but 12 images of 6x6 belong there"),
        (CONTENTS[TEST_LABELS], LABEL_FILE, "holds 5 labels, but 12 labels belong there"),
        (CONTENTS[IMAGES][:-1], IMAGE_FILE, "is truncated: 431 of the 432 bytes after its header"),
        (CONTENTS[IMAGES] + b"\0", IMAGE_FILE, "goes on after its 12 images of 6x6"),
        (packed(CONTENTS[IMAGES] + b"\0"), IMAGE_FILE, "goes on after its 12 images of 6x6"),
        (packed(CONTENTS[IMAGES])[:-1], IMAGE_FILE, "is truncated: what is packed in it has no end"),
        (
            idx_bytes(np.array([0, 9, 10, 200] * 3, dtype=np.uint8)),
            LABEL_FILE,
            "has the label 10 at index 2; labels must be 0 to 9",
        ),
    ],
)
def test_a_file_with_anything_else_is_refused_by_what_is_wrong(
    tmp_path: Path, content: bytes, file: IdxFile, line: str
) -> None:
    assert refusal_of(content, tmp_path, file) == line


def test_a_directory_or_nothing_in_the_place_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / IMAGES).mkdir()
    assert refusal(tmp_path / IMAGES).startswith("cannot be read: ")
    assert refusal(tmp_path / LABELS, LABEL_FILE).startswith("cannot be read: ")


@pytest.mark.parametrize(
    "content",
    [
        CONTENTS[IMAGES] + bytes(100_000_000),
        struct.pack(">BBBB3I", 0, 0, 8, 3, *[2**32 - 1] * 3) + bytes(100_000_000),
        struct.pack(">BBBB3I", 0, 0, 8, 3, *[2**32 - 1] * 3),
    ],
    ids=["more than declared", "as much as declared", "less than declared"],
)
def test_neither_a_header_nor_what_is_packed_fills_the_memory(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / IMAGES
    path.write_bytes(packed(content))
    del content
    tracemalloc.start()
    refusal(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


# Places


def all_in(directory: Path, suffix: str = "") -> tuple[Path, ...]:
    return tuple(directory / f"{name}{suffix}" for name in NAMES)


def test_files_are_sought_in_the_given_directory_and_in_its_folder_of_their_name(tmp_path: Path) -> None:
    assert find_files(DATASET, str(tmp_path)) is None
    folder = write_files(tmp_path / "mnist", CONTENTS)
    assert find_files(DATASET, str(tmp_path)) == all_in(folder)
    write_files(tmp_path, CONTENTS)
    assert find_files(DATASET, str(tmp_path)) == all_in(tmp_path)


def test_without_it_they_are_sought_where_the_variable_points_and_then_in_the_cache(
    tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_files(DATASET) is None
    own = write_files(own_home / "cache" / "data" / "mnist", CONTENTS)
    assert own == own_directory(DATASET)
    assert find_files(DATASET) == all_in(own)
    monkeypatch.setenv("GALAPAGOS_DATA", str(tmp_path / "data"))
    assert find_files(DATASET) == all_in(own)
    write_files(tmp_path / "data" / "fashion_mnist", CONTENTS)
    assert find_files(DATASET) == all_in(own)
    assert find_files(dataclasses.replace(DATASET, name="fashion_mnist")) is not None
    shared = write_files(tmp_path / "data" / "mnist", CONTENTS)
    assert find_files(DATASET) == all_in(shared)


def test_where_a_directory_is_given_no_other_counts(
    tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(own_home / "cache" / "data" / "mnist", CONTENTS)
    write_files(tmp_path / "data" / "mnist", CONTENTS)
    monkeypatch.setenv("GALAPAGOS_DATA", str(tmp_path / "data"))
    assert find_files(DATASET, str(tmp_path / "elsewhere")) is None


@pytest.mark.parametrize(
    "name", [IMAGES, f"{IMAGES}.gz", "train-images.idx3-ubyte", "train-images.idx3-ubyte.gz"]
)
def test_a_file_is_found_under_each_of_its_names(tmp_path: Path, name: str) -> None:
    write_files(tmp_path, CONTENTS)
    (tmp_path / IMAGES).rename(tmp_path / name)
    found = find_files(DATASET, str(tmp_path))
    assert found is not None
    assert found[0] == tmp_path / name


def test_files_of_two_directories_are_not_mixed(tmp_path: Path) -> None:
    write_files(tmp_path, CONTENTS)
    write_files(tmp_path / "mnist", CONTENTS)
    (tmp_path / IMAGES).unlink()
    (tmp_path / "mnist" / LABELS).unlink()
    assert find_files(DATASET, str(tmp_path)) is None


def test_a_tilde_is_the_home_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    write_files(tmp_path / "data", CONTENTS)
    assert find_files(DATASET, "~/data") == all_in(tmp_path / "data")


@pytest.mark.parametrize("data_dir", ["~nobody-of-this-name/data", "x" * 5000, "a\0b", "\x1b[31mred"])
def test_a_directory_that_cannot_be_is_one_where_nothing_is(data_dir: str) -> None:
    assert find_files(DATASET, data_dir) is None
    line = missing_line(DATASET, data_dir)
    assert line.isprintable()
    assert len(line) < 2000


def test_the_line_for_a_given_directory_names_all_four_files_and_those_that_it_lacks(tmp_path: Path) -> None:
    needed = (
        f"data_dir {tmp_path} does not hold mnist: it, or its folder mnist, must have the four files "
        "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte, "
        "with .gz or without; "
    )
    assert missing_line(DATASET, str(tmp_path)) == f"{needed}none is there"
    write_files(tmp_path / "mnist", CONTENTS)
    (tmp_path / "mnist" / LABELS).unlink()
    assert missing_line(DATASET, str(tmp_path)) == f"{needed}{tmp_path / 'mnist'} lacks {LABELS}"


def test_the_line_without_one_names_what_is_missing_and_where_to_put_it(own_home: Path) -> None:
    own = write_files(own_home / "cache" / "data" / "mnist", CONTENTS)
    (own / TEST_IMAGES).unlink()
    (own / TEST_LABELS).unlink()
    assert missing_line(DATASET) == (
        f"mnist is not on this machine: put {TEST_IMAGES}, {TEST_LABELS}, with .gz or without, into {own}; "
        "or all four into a directory that data_dir names, or into $GALAPAGOS_DATA/mnist"
    )


# What was published


def test_the_published_data_sets_have_the_same_names_and_sizes_but_other_contents() -> None:
    mnist, fashion = PUBLISHED["mnist"], PUBLISHED["fashion_mnist"]
    for files in zip(mnist.files, fashion.files, NAMES, strict=True):
        one, other, name = files
        assert one.name == other.name == name
        assert one.shape == other.shape
    checksums = {file.md5 for dataset in PUBLISHED.values() for file in dataset.files}
    assert len(checksums) == 8
    assert {len(checksum) for checksum in checksums} == {32}


@needs_mnist
def test_the_real_mnist_is_read_as_its_authors_describe_it() -> None:
    dataset = PUBLISHED["mnist"]
    paths = find_files(dataset, str(MNIST))
    assert paths is not None
    images = read_idx(paths[0], dataset.files[0])
    labels = read_labels(paths[1], dataset.files[1], 10)
    assert images.shape == (60_000, 28, 28)
    assert images.mean() / 255 == pytest.approx(0.1307, abs=1e-4)  # the figures by which it is normalised
    assert images.std() / 255 == pytest.approx(0.3081, abs=1e-4)
    assert labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert np.bincount(labels).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
