"""Data sets by name: fetched from a real server, loaded, cached, and the same wherever they come from."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from galapagos.errors import UnknownTask
from galapagos.tasks import datasets
from galapagos.tasks.datasets import (
    Images,
    dataset_shape,
    load_dataset,
    require_dataset,
    where_found,
)
from galapagos.tasks.image_preprocessing import preprocessed, scaled
from tests.data_sets import MNIST, needs_mnist
from tests.tasks.small_data_sets import assert_same, contents, forget, pixels, with_small_data_sets
from tests.tasks.test_dataset_files import (
    CONTENTS,
    IMAGES,
    LABELS,
    TEST_IMAGES,
    TEST_LABELS,
    idx_bytes,
    packed,
    small_contents,
    write_files,
)

LOAD_DIGITS = """
import sys, zlib
from galapagos.tasks.datasets import Images, load_dataset
print("sklearn" in sys.modules, "pooch" in sys.modules, "tqdm" in sys.modules, "requests" in sys.modules)
digits = load_dataset("digits", Images.RAW)
print("sklearn" in sys.modules, zlib.crc32(digits.train_images.data))
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the cache of an empty home with small data sets."""
    return with_small_data_sets(tmp_path, monkeypatch)


@pytest.fixture
def data_dir(tmp_path: Path) -> str:
    """Give a directory with the small data set."""
    return str(write_files(tmp_path / "data", CONTENTS))


def refusal(data_dir: str) -> str:
    with pytest.raises(UnknownTask) as caught:
        load_dataset("mnist", Images.RAW, data_dir=data_dir)
    return str(caught.value)


# Names and sizes


@pytest.mark.parametrize("images", Images)
@pytest.mark.parametrize("name", ["digits", "mnist", "fashion_mnist"])
def test_the_sizes_are_known_before_loading(name: str, images: Images, data_dir: str) -> None:
    shape = dataset_shape(name, images)
    dataset = load_dataset(name, images, data_dir=data_dir)
    assert dataset.name == name
    assert dataset.train_images.shape == (shape.num_train, shape.num_inputs)
    assert dataset.train_labels.shape == (shape.num_train,)
    assert dataset.test_images.shape == (shape.num_test, shape.num_inputs)
    assert dataset.test_labels.shape == (shape.num_test,)
    assert (dataset.num_classes, dataset.num_validation) == (shape.num_classes, shape.num_validation)
    assert 0 < shape.num_validation < shape.num_train


def test_the_published_sizes_are_those_of_the_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    for name in ("mnist", "fashion_mnist"):
        shape = dataset_shape(name, Images.PREPROCESSED)
        assert (shape.num_train, shape.num_test, shape.num_validation) == (60_000, 10_000, 10_000)
        assert (shape.num_inputs, shape.num_classes) == (256, 10)
        assert dataset_shape(name, Images.RAW).num_inputs == 784


def test_an_unknown_name_is_refused_with_the_known_ones_and_the_nearest() -> None:
    for use in (require_dataset, where_found, lambda name: load_dataset(name, Images.RAW)):
        with pytest.raises(UnknownTask) as caught:
            use("fashion-mnist")
        assert str(caught.value) == (
            "there is no data set 'fashion-mnist'; did you mean fashion_mnist? "
            "There are digits, mnist, fashion_mnist"
        )
    with pytest.raises(UnknownTask, match=r"no data set 'x' ?\. There are"):
        dataset_shape("x\x1b[31m\n", Images.RAW)


# Contents


@pytest.mark.parametrize("images", Images)
def test_digits_are_split_as_scikit_learn_does_with_seed_0(images: Images) -> None:
    from sklearn.datasets import load_digits  # type: ignore[import-untyped, unused-ignore]
    from sklearn.model_selection import train_test_split  # type: ignore[import-untyped, unused-ignore]

    digits = load_digits()
    split = train_test_split(digits.images.reshape(-1, 64) / 16, digits.target, random_state=0)
    train_images, test_images, train_labels, test_labels = split
    found = contents(load_dataset("digits", images))
    for array, expected in zip(found, (train_images, train_labels, test_images, test_labels), strict=True):
        np.testing.assert_array_equal(array, expected)


def test_preprocessed_images_are_256_numbers_and_raw_ones_all_pixels(data_dir: str) -> None:
    for images, prepare in ((Images.PREPROCESSED, preprocessed), (Images.RAW, scaled)):
        dataset = load_dataset("mnist", images, data_dir=data_dir)
        np.testing.assert_array_equal(dataset.train_images, prepare(pixels(IMAGES)))
        np.testing.assert_array_equal(dataset.test_images, prepare(pixels(TEST_IMAGES)))
        assert dataset.train_labels.tolist() == list(CONTENTS[LABELS][8:])
        assert dataset.test_labels.tolist() == list(CONTENTS[TEST_LABELS][8:])


def test_arrays_are_read_only_in_c_order_from_the_cache_and_without_it(home: Path, data_dir: str) -> None:
    home.parent.mkdir()
    home.write_text("a file, so that there can be no cache")
    without = load_dataset("mnist", Images.RAW, data_dir=data_dir)
    home.unlink()
    forget()
    cached = load_dataset("mnist", Images.RAW, data_dir=data_dir)
    assert_same(without, cached)
    for array in contents(without) + contents(cached):
        assert array.dtype in (np.dtype(np.float32), np.dtype(np.int64))
        assert type(array) is np.ndarray
        assert array.flags.c_contiguous
        assert not array.flags.writeable


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        (IMAGES, CONTENTS[IMAGES][:-40], "is truncated: 392 of the 432 bytes after its header"),
        (IMAGES, packed(CONTENTS[IMAGES])[:-9], "is truncated: what is packed in it has no end"),
        (TEST_IMAGES, CONTENTS[IMAGES], "holds 12 images of 6x6, but 5 images of 6x6 belong there"),
        (TEST_LABELS, CONTENTS[LABELS], "holds 12 labels, but 5 labels belong there"),
        (LABELS, CONTENTS[IMAGES], "holds images, but labels belong there"),
        (LABELS, idx_bytes(np.full(12, 10, np.uint8)), "has the label 10 at index 0; labels must be 0 to 9"),
        (LABELS, bytes(200_000), "has 200000 bytes, more than such a file can have"),
    ],
)
def test_a_wrong_file_is_named_in_one_line(data_dir: str, name: str, content: bytes, line: str) -> None:
    path = Path(data_dir, name)
    path.write_bytes(content)
    assert refusal(data_dir) == f"{path} {line}"


@needs_mnist
def test_the_real_mnist_is_loaded_by_its_shape(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("GALAPAGOS_HOME", str(home.parent))
    mnist = load_dataset("mnist", Images.PREPROCESSED, data_dir=str(MNIST))
    assert mnist.train_images.shape == (60_000, 256)
    assert (mnist.train_images.min(), mnist.train_images.max()) == (0.0, 1.0)
    assert mnist.test_labels[:5].tolist() == [7, 2, 1, 0, 4]


# The cache


def test_what_was_made_is_mapped_from_the_cache_by_the_next_process(
    home: Path, data_dir: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = load_dataset("mnist", Images.RAW, data_dir=data_dir)
    assert load_dataset("mnist", Images.RAW, data_dir=data_dir) is made
    names = {path.name for path in (home / "datasets").iterdir()}
    assert len(names) == 2
    monkeypatch.setattr(datasets, "_make", None)
    forget()
    assert_same(load_dataset("mnist", Images.RAW, data_dir=data_dir), made)
    assert {path.name for path in (home / "datasets").iterdir()} == names


@pytest.mark.parametrize("damage", ["one bit", "cut", "longer", "emptied", "a directory"])
def test_a_damaged_cache_is_made_again(home: Path, data_dir: str, damage: str) -> None:
    made = load_dataset("mnist", Images.RAW, data_dir=data_dir)
    (path,) = (home / "datasets").glob("mnist-*.bin")
    whole = path.read_bytes()
    path.unlink()
    changed = bytes((*whole[:100], whole[100] ^ 1, *whole[101:]))
    damaged = {"one bit": changed, "cut": whole[:-1], "longer": whole + b"\0", "emptied": b""}
    if damage in damaged:
        path.write_bytes(damaged[damage])
    else:
        path.mkdir()
    forget()
    assert_same(load_dataset("mnist", Images.RAW, data_dir=data_dir), made)
    assert path.is_dir() or path.read_bytes() == whole
    assert not [*path.parent.glob(".*")]


def test_a_disk_that_is_full_leaves_no_half_a_cache(
    home: Path, data_dir: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    found = load_dataset("mnist", Images.RAW, data_dir=data_dir)
    np.testing.assert_array_equal(found.train_images, scaled(pixels(IMAGES)))
    assert [path.name for path in (home / "datasets").iterdir()] == ["making.lock"]


def test_other_files_and_another_version_have_another_cache(
    home: Path, data_dir: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = load_dataset("mnist", Images.RAW, data_dir=data_dir)
    write_files(Path(data_dir), small_contents(1))
    after = load_dataset("mnist", Images.RAW, data_dir=data_dir)
    assert not np.array_equal(before.train_images, after.train_images)
    monkeypatch.setattr(datasets, "PREPROCESSING_VERSION", 0)
    forget()
    assert_same(load_dataset("mnist", Images.RAW, data_dir=data_dir), after)
    assert len([*(home / "datasets").glob("*.bin")]) == 3


def test_of_processes_that_start_at_once_one_makes_what_all_load(home: Path) -> None:
    command = [sys.executable, "-c", LOAD_DIGITS]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    answers = [process.communicate(timeout=60)[0].splitlines() for process in running]
    assert {imported for imported, _ in answers} == {"False False False False"}
    assert sorted(loaded.split()[0] for _, loaded in answers) == ["False", "False", "True"]
    assert len({loaded.split()[1] for _, loaded in answers}) == 1
    assert len([*(home / "datasets").iterdir()]) == 2
