"""A disk in memory, and a database on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.library_store.storage_files import FakeDisk, document, opened

if TYPE_CHECKING:
    from library_store.database import LibraryDatabase


@pytest.fixture
def disk() -> FakeDisk:
    """Give an empty disk."""
    return FakeDisk()


@pytest.fixture
def database(disk: FakeDisk) -> LibraryDatabase:
    """Give a database with three elites."""
    database = opened(disk)
    for number, name in enumerate(("one", "two", "three")):
        database.table("elites").insert(document(name, {"number": number, "tags": ["new"]}))
    return database
