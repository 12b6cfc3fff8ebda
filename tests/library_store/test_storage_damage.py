"""What is damaged, missing, newer or not to be written: told in one line, and nothing is lost in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from library_store.database import LibraryDatabase
from library_store.records import Change, Snapshot, encode_record, encode_snapshot
from library_store.upkeep import start_anew
from tests.library_store.storage_files import (
    DIRECTORY,
    FIRST_LOG,
    FakeDisk,
    document,
    ids,
    opened,
    refusal,
    tables_of,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_a_torn_commit_is_set_aside_counted_and_told(database: LibraryDatabase, disk: FakeDisk) -> None:
    whole = disk.contents()[FIRST_LOG]
    for number, torn in enumerate((b"0123", b"damaged\nlines\nand more"), 1):
        disk.put(FIRST_LOG, whole + torn)
        again = opened(disk)
        (problem,) = again.problems
        count = "1 unfinished or damaged commit (" if number == 1 else "3 unfinished or damaged commits ("
        assert count in problem
        assert f"{len(torn)} bytes" in problem
        assert problem.endswith(f"set aside as {FIRST_LOG}.damaged-{number}")
        assert disk.contents()[f"{FIRST_LOG}.damaged-{number}"] == torn
        assert disk.contents()[FIRST_LOG] == whole
        assert tables_of(again) == tables_of(database)
        assert opened(disk).problems == ()


def test_a_running_reader_ignores_what_is_being_written(database: LibraryDatabase, disk: FakeDisk) -> None:
    whole = disk.contents()[FIRST_LOG]
    disk.put(FIRST_LOG, whole + b"0123")
    assert len(database.table("elites").rows) == 3
    assert not database.problems
    database.table("elites").insert(document("four"))
    (problem,) = database.problems
    assert "set aside" in problem
    assert set(opened(disk).table("elites").rows) == {"one", "two", "three", "four"}


def test_valid_commits_after_a_damaged_one_count_and_the_library_is_compacted(
    database: LibraryDatabase, disk: FakeDisk
) -> None:
    lines = disk.contents()[FIRST_LOG].splitlines(keepends=True)
    damaged = lines[0] + lines[1].replace(b"two", b"tow") + lines[2]
    disk.put(FIRST_LOG, damaged)
    again = opened(disk)
    assert set(again.table("elites").rows) == {"one", "three"}
    (problem,) = again.problems
    assert "1 damaged line" in problem
    assert f"a copy is {FIRST_LOG}.damaged-1" in problem
    assert disk.contents()[f"{FIRST_LOG}.damaged-1"] == damaged
    assert opened(disk).problems == ()
    assert set(database.table("elites").rows) == {"one", "three"}


def test_a_commit_that_is_missing_is_noticed_by_all(database: LibraryDatabase, disk: FakeDisk) -> None:
    whole = disk.contents()[FIRST_LOG]
    orphan, _ = encode_record(Change({"elites": {"five": {}}}), "0" * 32)
    disk.put(FIRST_LOG, whole + orphan)
    assert "five" in database.table("elites").rows
    assert "lacks commits" in database.problems[0]
    assert "lacks commits" in opened(disk).problems[0]


def test_a_damaged_snapshot_is_set_aside_and_everything_is_read_from_the_one_before(
    database: LibraryDatabase, disk: FakeDisk
) -> None:
    database.compact()
    database.table("elites").insert(document("four"))
    disk.put("snapshot-000001.json", disk.contents()["snapshot-000001.json"][:-1])
    again = opened(disk)
    assert set(again.table("elites").rows) == {"one", "two", "three", "four"}
    (problem,) = again.problems
    assert "snapshot-000001.json is damaged" in problem
    assert problem.endswith("set aside as snapshot-000001.json.damaged-1")
    assert opened(disk).problems == ()
    assert tables_of(database) == tables_of(again)


def test_where_no_snapshot_can_be_read_the_library_is_refused_and_left_alone(
    database: LibraryDatabase, disk: FakeDisk
) -> None:
    for generation in range(2):
        database.table("elites").update({"generation": generation})
        database.compact()
    database.table("elites").insert(document("four"))
    for content in (b"rotten", None):
        for name in ("snapshot-000001.json", "snapshot-000002.json"):
            disk.put(name, content)
        before = disk.contents()
        line = refusal(lambda: opened(disk))
        assert line is not None
        assert "`galapagos library repair`" in line
        assert disk.contents() == before


def test_a_library_that_cannot_be_read_starts_anew_from_its_commits(
    database: LibraryDatabase, disk: FakeDisk
) -> None:
    for generation in range(2):
        database.table("elites").update({"generation": generation}, doc_ids=ids("two"))
        database.compact()
    with database.transaction():
        database.table("elites").remove(doc_ids=ids("one"))
        database.table("elites").insert(document("four"))
    for name in ("snapshot-000001.json", "snapshot-000002.json"):
        disk.put(name, b"rotten")
    change = start_anew(DIRECTORY, disk)
    assert set(change.put["elites"]) == {"two", "four"}
    assert change.remove == {"elites": ["one"]}
    assert all(".damaged-" in name for name in disk.contents())
    assert opened(disk).tables() == set()


def test_a_newer_version_is_refused_and_nothing_is_touched(database: LibraryDatabase, disk: FakeDisk) -> None:
    database.compact()
    content = encode_snapshot(Snapshot(2, "", {})).replace(b"library 1", b"library 2", 1)
    disk.put("snapshot-000002.json", content)
    before = disk.contents()
    for action in (
        lambda: opened(disk),
        lambda: database.table("elites").insert(document("four")),
        lambda: database.table("elites").rows,
        lambda: start_anew(DIRECTORY, disk),
    ):
        line = refusal(action)
        assert line is not None
        assert line.endswith("was written by a newer version (schema 2); update galapagos")
    assert disk.contents() == before


def test_a_library_that_may_only_be_read_is_read_and_its_damage_told(
    database: LibraryDatabase, disk: FakeDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.compact()
    database.table("elites").insert(document("four"))
    disk.put("log-000001.jsonl", disk.contents()["log-000001.jsonl"] + b"torn")
    disk.put("snapshot-000001.json", b"rotten")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    for operation in ("lock", "append", "write", "cut", "rename", "remove", "make_directory"):
        monkeypatch.setattr(disk, operation, refuse)
    before = disk.contents()
    again = opened(disk)
    assert set(again.table("elites").rows) == {"one", "two", "three", "four"}
    assert any("snapshot-000001.json is damaged" in problem for problem in again.problems)
    assert any("ends in 1 unfinished or damaged commit" in problem for problem in again.problems)
    line = refusal(lambda: again.table("elites").insert(document("five")))
    assert line is not None
    assert "Permission denied; make it writable for you" in line
    assert disk.contents() == before


def test_a_file_where_the_directory_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "library").write_text("a file")
    assert "cannot be read" in str(refusal(lambda: LibraryDatabase(tmp_path / "library")))


def test_who_waits_too_long_for_another_is_told_whom_to_blame(
    database: LibraryDatabase, disk: FakeDisk
) -> None:
    other = opened(disk, patience=0.01)
    disk.put(FIRST_LOG, disk.contents()[FIRST_LOG] + b"torn")
    with database.transaction():
        line = refusal(lambda: other.table("elites").insert(document("four")))
        assert len(other.table("elites").rows) == 3
        # Who opens it meanwhile takes what looks torn for what is being written.
        assert opened(disk).problems == ()
    assert line is not None
    assert "library.lock" in line
    assert set(other.table("elites").rows) == {"one", "two", "three"}


@pytest.mark.parametrize("before", ["log-000001.jsonl", "snapshot-000001.json"])
def test_a_reader_whose_generation_is_removed_meanwhile_reads_the_one_that_is_there(
    database: LibraryDatabase, disk: FakeDisk, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    database.compact()
    database.table("elites").insert(document("four"))
    read, overtaken = disk.read, [False]

    def read_late(path: Path, start: int = 0) -> bytes:
        if path.name == before and not overtaken[0]:
            overtaken[0] = True
            for generation in range(2):
                database.compact()
                database.table("elites").insert(document(f"later {generation}"))
        return read(path, start)

    monkeypatch.setattr(disk, "read", read_late)
    rows = opened(disk).table("elites").rows
    assert overtaken == [True]
    assert set(rows) == {"one", "two", "three", "four", "later 0", "later 1"}


def test_a_listing_that_missed_a_new_snapshot_is_no_damage(
    database: LibraryDatabase, disk: FakeDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.compact()
    database.table("elites").insert(document("four"))
    names, missed = disk.names, [False]

    def names_missed(directory: Path) -> list[str]:
        found = names(directory)
        if not missed[0]:
            missed[0] = True
            found.remove("snapshot-000001.json")
        return found

    monkeypatch.setattr(disk, "names", names_missed)
    again = opened(disk)
    assert missed == [True]
    assert again.problems == ()
    assert tables_of(again) == tables_of(database)
