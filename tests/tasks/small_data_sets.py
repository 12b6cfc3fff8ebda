"""A home of its own, in which the published data sets are small ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from galapagos.tasks import datasets
from galapagos.tasks.dataset_files import PUBLISHED
from tests.tasks.test_dataset_files import CONTENTS, small_dataset

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from numpy.typing import NDArray

    from galapagos.tasks.datasets import Dataset


def with_small_data_sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty home, and small data sets in the place of the published ones; return the cache."""
    monkeypatch.setenv("GALAPAGOS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("GALAPAGOS_DATA", raising=False)
    for name in PUBLISHED:
        monkeypatch.setitem(PUBLISHED, name, small_dataset(CONTENTS, name))
    forget()
    return tmp_path / "home" / "cache"


def forget() -> None:
    """Let this process forget what it has loaded, as a new one would not know it."""
    datasets._load.cache_clear()


def contents(dataset: Dataset) -> list[NDArray[Any]]:
    return [dataset.train_images, dataset.train_labels, dataset.test_images, dataset.test_labels]


def assert_same(one: Dataset, other: Dataset) -> None:
    for found, expected in zip(contents(one), contents(other), strict=True):
        np.testing.assert_array_equal(found, expected)


def pixels(name: str) -> NDArray[np.uint8]:
    return np.frombuffer(CONTENTS[name], np.uint8, offset=16).reshape(-1, 6, 6)
