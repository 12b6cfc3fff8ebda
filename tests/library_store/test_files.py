"""The files of this machine, as the storage of the library uses them; a machine that dies amid a commit."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from library_store.database import LibraryDatabase
from library_store.files import DiskFiles
from tests.engine.crashes import crash_at_every_step
from tests.library_store.storage_files import document

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_grows_is_read_from_any_place_and_is_cut(tmp_path: Path) -> None:
    files, path = DiskFiles(), tmp_path / "log"
    with pytest.raises(FileNotFoundError):
        files.read(path)
    files.append(path, b"first,")
    files.append(path, b"second")
    assert (files.read(path), files.read(path, 6), files.read(path, 99)) == (b"first,second", b"second", b"")
    files.cut(path, 6)
    files.append(path, b"third")
    assert files.read(path) == b"first,third"


def test_a_file_of_many_pieces_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pread = os.pread
    monkeypatch.setattr(os, "pread", lambda descriptor, size, start: pread(descriptor, min(size, 3), start))
    (tmp_path / "file").write_bytes(b"ten bytes.")
    assert DiskFiles().read(tmp_path / "file", 2) == b"n bytes."


def test_an_absent_directory_has_no_names(tmp_path: Path) -> None:
    assert DiskFiles().names(tmp_path / "absent") == []
    (tmp_path / "file").touch()
    assert DiskFiles().names(tmp_path) == ["file"]
    with pytest.raises(NotADirectoryError):
        DiskFiles().names(tmp_path / "file")


def test_a_directory_whose_name_cannot_be_made_durable_is_not_left_for_the_next_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = tmp_path / "deep" / "library"

    def refuse(_: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", refuse)
        with pytest.raises(OSError, match="Input/output"):
            DiskFiles().make_directory(directory)
    assert list(tmp_path.iterdir()) == []
    DiskFiles().make_directory(directory)
    DiskFiles().make_directory(directory)
    assert directory.is_dir()


def test_the_lock_keeps_others_out_and_its_file_stays(tmp_path: Path) -> None:
    files, path = DiskFiles(), tmp_path / "library.lock"
    with files.lock(path, 0), pytest.raises(TimeoutError, match="held by another"), DiskFiles().lock(path, 0):
        pass
    with files.lock(path, 0):
        pass
    assert path.exists()


@pytest.mark.parametrize("commits", [0, 2])
def test_a_crash_at_any_step_on_a_real_disk_leaves_every_commit_that_was_acknowledged(
    tmp_path: Path, commits: int
) -> None:
    directory = tmp_path / "library"
    acknowledged: list[str] = []

    def commit(names: list[str], compact_bytes: int) -> None:
        table = LibraryDatabase(directory, compact_bytes=compact_bytes).table("elites")
        for name in names:
            table.insert(document(name, {"notes": "x" * 100}))
            acknowledged.append(name)

    def prepare() -> None:
        shutil.rmtree(directory, ignore_errors=True)
        acknowledged.clear()
        commit([f"before {number}" for number in range(commits)], 10_000)

    names = [f"new {number}" for number in range(3)]
    steps = 0
    for _ in crash_at_every_step(lambda: commit(names, 200), prepare):
        steps += 1
        database = LibraryDatabase(directory)
        found = list(database.table("elites").rows)
        # One that was under way when the machine died may be there as well.
        assert found[: len(acknowledged)] == acknowledged
        assert len(found) <= len(acknowledged) + 1
        database.table("elites").insert(document("after"))
        assert LibraryDatabase(directory).problems == ()
    assert steps > 10
