"""A library that lost its database, or a part of it, is made again from the files of the weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from galapagos.errors import LibraryError
from library_store import Library
from library_store.repair import repair
from tests.library_store.elites import graph_elite, learned_elite, stack_elite

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the directory of a library with three elites, one renamed since, and one removed."""
    with Library(tmp_path) as library:
        for elite in (graph_elite(1), learned_elite(2), stack_elite()):
            library.put(elite, tags=["kept"])
        library.change(graph_elite(1).individual.id, name="a later name")
        library.remove(library.put(graph_elite(9)).id)
    return tmp_path


def database_files(path: Path) -> list[Path]:
    return [*path.glob("snapshot-*.json"), *path.glob("log-*.jsonl")]


def test_a_whole_library_stays_as_it_is(path: Path) -> None:
    with Library(path) as library:
        before = library.get_all()
    report = repair(path)
    assert (report.entries, report.rebuilt, report.lines) == (3, 0, ())
    with Library(path) as library:
        assert library.get_all() == before


def test_a_library_without_its_database_comes_back_as_it_was_saved(path: Path) -> None:
    for file in database_files(path):
        file.unlink()
    report = repair(path)
    # That one was removed was known to the database alone.
    assert (report.entries, report.rebuilt) == (4, 4)
    with Library(path) as library:
        for elite in (graph_elite(1), learned_elite(2), stack_elite()):
            entry = library.get(elite.individual.id)
            assert entry.genome.to_json() == elite.genome.to_json()
            assert (entry.evaluation, entry.tags) == (elite.evaluation, ("kept",))


def test_a_database_that_cannot_be_read_is_set_aside_and_its_commits_are_used(path: Path) -> None:
    with Library(path) as library:
        library._database.compact()
        library.change(learned_elite(2).individual.id, name="in the log")
    for file in path.glob("snapshot-*.json"):
        file.write_bytes(b"nonsense")
    for file in path.glob("*-000000.json*"):
        file.unlink()
    with pytest.raises(LibraryError, match="galapagos library repair"):
        Library(path)
    report = repair(path)
    assert any("were set aside" in line for line in report.lines)
    with Library(path) as library:
        assert library.get(learned_elite(2).individual.id).name == "in the log"
        assert len(library) == report.entries == 4
    assert list(path.glob("snapshot-*.damaged-*"))


def test_damaged_and_missing_weights_are_told(path: Path) -> None:
    with Library(path) as library:
        kept, gone = library.get(graph_elite(1).individual.id), library.get(stack_elite().individual.id)
    (path / "weights" / f"{kept.weights}.safetensors").write_bytes(b"nonsense")
    (path / "weights" / f"{gone.weights}.safetensors").unlink()
    report = repair(path)
    assert any(f"{kept.weights}.safetensors is damaged" in line for line in report.lines)
    assert any(f"the weights of {gone.id} are missing" in line for line in report.lines)
    assert report.entries == 3


def test_nothing_at_all_is_an_empty_library(tmp_path: Path) -> None:
    assert repair(tmp_path / "none").entries == 0
