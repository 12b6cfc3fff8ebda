"""The storage and the database on it: TinyDB's ways, transactions, and generations."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, cast

import pytest
from tinydb import TinyDB, where
from tinydb.operations import add, delete
from tinydb.table import Document

from library_store.database import LibraryDatabase
from library_store.storage import CrashSafeStorage
from library_store.upkeep import start_anew
from tests.library_store.storage_files import (
    DIRECTORY,
    FIRST_LOG,
    FIRST_SNAPSHOT,
    FakeDisk,
    document,
    ids,
    opened,
    refusal,
    tables_of,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_a_library_that_is_not_there_is_empty_and_reading_it_writes_nothing(tmp_path: Path) -> None:
    for directory in (tmp_path, tmp_path / "deep" / "absent"):
        database = LibraryDatabase(directory)
        assert database.tables() == set()
        assert list(database.table("elites")) == []
        assert len(database.table("elites")) == 0
    assert list(tmp_path.iterdir()) == []
    database.table("elites").insert(document("one"))
    names = sorted(path.name for path in directory.iterdir())
    assert names == ["library.lock", FIRST_LOG, FIRST_SNAPSHOT]
    assert set(LibraryDatabase(directory).table("elites").rows) == {"one"}


def test_the_ways_of_tinydb_work_with_ids_that_are_text(database: LibraryDatabase, disk: FakeDisk) -> None:
    elites = database.table("elites")
    assert elites.get(doc_id="two") == {"number": 1, "tags": ["new"]}  # type: ignore[call-overload]
    assert elites.contains(doc_id="two")  # type: ignore[arg-type]
    assert not elites.contains(doc_id="four")  # type: ignore[arg-type]
    assert [row.doc_id for row in elites.search(where("number") > 0)] == ids("two", "three")
    assert elites.count(where("tags").any(["new"])) == 3
    assert elites.update({"name": "x"}, where("number") == 1) == ids("two")
    assert elites.update_multiple([({"name": "y"}, where("number") == 2)]) == ids("three")
    assert elites.upsert(document("two", {"number": 10})) == ids("two")
    assert elites.upsert(document("four", {"number": 4})) == ids("four")
    assert elites.insert_multiple([document("five"), document("six")]) == ids("five", "six")
    assert elites.remove(doc_ids=ids("five", "none")) == ids("five")
    assert elites.remove(where("number") == 0) == ids("one")
    expected = {
        "two": {"number": 10, "tags": ["new"], "name": "x"},
        "three": {"number": 2, "tags": ["new"], "name": "y"},
        "four": {"number": 4},
        "six": {},
    }
    assert {str(row.doc_id): dict(row) for row in elites} == expected
    assert elites.rows == opened(disk).table("elites").rows == expected
    elites.truncate()
    assert len(elites) == len(opened(disk).table("elites")) == 0
    assert database.tables() == set()


def test_tables_are_dropped_for_everybody(database: LibraryDatabase, disk: FakeDisk) -> None:
    other = opened(disk)
    database.table("removed").insert(document("gone"))
    assert other.tables() == {"elites", "removed"}
    database.drop_table("removed")
    assert other.tables() == {"elites"}
    database.drop_tables()
    assert other.tables() == opened(disk).tables() == set()


def test_an_id_comes_with_the_document_and_is_text(database: LibraryDatabase) -> None:
    elites = database.table("elites")
    for wrong in ({"no": "id"}, Document({}, 5)):
        with pytest.raises(ValueError, match="id"):
            elites.insert(wrong)
    with pytest.raises(ValueError, match="already exists"):
        elites.insert(document("one"))
    assert set(elites.rows) == {"one", "two", "three"}


def test_documents_are_the_callers_own_however_deep(database: LibraryDatabase, disk: FakeDisk) -> None:
    elites = database.table("elites")
    before = tables_of(opened(disk))
    for row in (*elites.all(), elites.get(where("number") == 1), *elites.search(where("number") == 2)):
        assert isinstance(row, Document)
        row["tags"].append("mine")
    given = document("own", {"tags": ["new"]})
    elites.insert(given)
    given["tags"].append("mine")
    elites.remove(doc_ids=ids("own"))
    assert tables_of(database) == tables_of(opened(disk)) == before


def test_what_is_changed_in_place_by_an_update_is_saved_however_deep(
    database: LibraryDatabase, disk: FakeDisk
) -> None:
    elites = database.table("elites")
    elites.update(add("tags", cast("int", ["more"])), doc_ids=ids("one"))
    elites.update(lambda row: row["tags"].clear(), doc_ids=ids("two"))
    elites.update(delete("tags"), where("number") == 2)
    row = elites.get(doc_id="one")  # type: ignore[call-overload]
    row["tags"].append("by hand")
    elites.upsert(row)
    rows = opened(disk).table("elites").rows
    assert rows["one"]["tags"] == ["new", "more", "by hand"]
    assert rows["two"]["tags"] == []
    assert "tags" not in rows["three"]


def test_rows_that_nobody_changed_are_the_same_objects(database: LibraryDatabase, disk: FakeDisk) -> None:
    before = dict(database.table("elites").rows)
    opened(disk).table("elites").update({"number": 9}, doc_ids=ids("two"))
    after = database.table("elites").rows
    assert [after[id] is before[id] for id in ("one", "two", "three")] == [True, False, True]


def test_a_change_that_is_none_writes_nothing(database: LibraryDatabase, disk: FakeDisk) -> None:
    before = disk.contents()
    elites = database.table("elites")
    elites.update({"number": 1}, doc_ids=ids("two"))
    elites.remove(doc_ids=ids("none"))
    elites.upsert(document("one", {"number": 0}))
    with database.transaction():
        elites.remove(doc_ids=ids("one"))
        elites.insert(document("one", {"number": 0, "tags": ("new",)}))
    assert disk.contents() == before
    # To Python these are the same as what there is.
    elites.update({"number": 1.0}, doc_ids=ids("two"))
    elites.update({"number": False}, doc_ids=ids("one"))
    assert repr(opened(disk).table("elites").rows["two"]["number"]) == "1.0"
    assert opened(disk).table("elites").rows["one"]["number"] is False


def test_a_transaction_is_one_line_of_the_log_and_seen_by_others_at_its_end(
    database: LibraryDatabase, disk: FakeDisk
) -> None:
    other = opened(disk)
    before = tables_of(other)
    with database.transaction():
        database.table("elites").remove(doc_ids=ids("one"))
        assert set(database.table("elites").rows) == {"two", "three"}
        database.table("removed").insert(document("one"))
        database.table("elites").update({"seen": True})
        assert tables_of(other) == before
        assert all(row["seen"] for row in database.table("elites"))
    assert tables_of(other) == tables_of(database) == tables_of(opened(disk)) != before
    assert disk.contents()[FIRST_LOG].count(b"\n") == 4


def test_an_exception_undoes_the_transaction_that_it_leaves(
    database: LibraryDatabase, disk: FakeDisk
) -> None:
    elites = database.table("elites")

    def fail() -> None:
        with database.transaction():
            elites.remove(doc_ids=ids("two"))
            elites.insert_multiple([document("four"), document("one")])

    before = disk.contents()
    with pytest.raises(ValueError, match="already exists"):
        fail()
    assert disk.contents() == before
    with database.transaction():
        elites.insert(document("five"))
        with pytest.raises(ValueError, match="already exists"):
            fail()
    assert set(elites.rows) == set(opened(disk).table("elites").rows) == {"one", "two", "three", "five"}


def test_what_cannot_be_saved_is_refused_before_anything_is_written(
    database: LibraryDatabase, disk: FakeDisk
) -> None:
    before = disk.contents()
    elites = database.table("elites")
    for value in (float("nan"), object(), {1: 2}, "\ud800"):
        bad = document("bad", {"value": value})
        assert "elites bad cannot be saved" in str(refusal(partial(elites.insert, bad)))
    assert "elites one" in str(refusal(lambda: elites.update({"tags": float("inf")}, doc_ids=ids("one"))))
    assert disk.contents() == before


def test_a_closed_library_says_so(database: LibraryDatabase) -> None:
    database.close()
    database.close()
    assert "was closed" in str(refusal(lambda: len(database.table("elites"))))
    assert "was closed" in str(refusal(lambda: database.table("elites").insert(document("four"))))


def test_the_storage_alone_is_one_of_tinydb(disk: FakeDisk) -> None:
    plain = TinyDB(DIRECTORY, disk, storage=CrashSafeStorage)
    assert plain.insert_multiple([{"a": 1}, {"a": 2}]) == [1, 2]
    plain.update({"b": [3]}, where("a") == 2)
    assert plain.table("other").insert({"c": 4}) == 1
    again = TinyDB(DIRECTORY, disk, storage=CrashSafeStorage)
    assert [dict(row) for row in again.all()] == [{"a": 1}, {"a": 2, "b": [3]}]
    again.drop_table("other")
    assert again.tables() == {"_default"}
    again.drop_tables()
    assert plain.all() == []


def test_a_write_changes_only_what_differs_from_what_was_read(disk: FakeDisk) -> None:
    mine, other = CrashSafeStorage(DIRECTORY, disk), CrashSafeStorage(DIRECTORY, disk)
    mine.write({"t": {"a": {"n": 1}, "b": {"n": 2}}})
    data = mine.read()
    other.write(other.read() | {"u": {"c": {"n": 3}}})
    data["t"]["a"]["n"] = 5
    del data["t"]["b"]
    mine.write(data)
    assert other.read() == mine.read() == {"t": {"a": {"n": 5}}, "u": {"c": {"n": 3}}}


def test_a_stage_needs_a_transaction_and_a_compaction_none(database: LibraryDatabase) -> None:
    storage = database.storage
    assert isinstance(storage, CrashSafeStorage)
    with pytest.raises(RuntimeError, match="transaction"):
        storage.stage("elites", {})
    with database.transaction(), pytest.raises(RuntimeError, match="transaction"):
        database.compact()


def test_the_last_two_generations_stay_with_their_logs(database: LibraryDatabase, disk: FakeDisk) -> None:
    for generation in range(4):
        database.table("elites").update({"generation": generation})
        database.compact()
        database.compact()
    assert set(disk.contents()) == {"snapshot-000003.json", "log-000003.jsonl", "snapshot-000004.json"}
    assert tables_of(opened(disk)) == tables_of(database)


def test_a_log_that_outgrew_limit_and_snapshot_is_compacted(disk: FakeDisk) -> None:
    database = opened(disk, compact_bytes=1000)
    elites = database.table("elites")
    elites.insert(document("large", {"notes": "x" * 3000}))
    assert "snapshot-000001.json" in disk.contents()
    elites.insert(document("small", {"notes": "x" * 2000}))
    assert "snapshot-000002.json" not in disk.contents()
    elites.insert(document("another", {"notes": "x" * 2000}))
    assert "snapshot-000002.json" in disk.contents()


def test_a_snapshot_that_is_no_longer_whole_does_not_count_as_one_of_the_two(
    database: LibraryDatabase, disk: FakeDisk
) -> None:
    for generation in range(2):
        database.table("elites").update({"generation": generation})
        database.compact()
    disk.put("snapshot-000002.json", b"rotten")
    database.table("elites").update({"generation": 2})
    database.compact()
    disk.put("snapshot-000003.json", b"rotten")
    again = opened(disk)
    assert tables_of(again) == tables_of(database)
    assert len(again.problems) == 2


def test_a_number_never_comes_again(database: LibraryDatabase, disk: FakeDisk) -> None:
    database.compact()
    disk.put("snapshot-000001.json", b"rotten")
    opened(disk)
    assert "snapshot-000002.json" in disk.contents()
    start_anew(DIRECTORY, disk)
    opened(disk).table("elites").insert(document("new"))
    assert "snapshot-000003.json" in disk.contents()
    assert set(database.table("elites").rows) == {"new"}


def test_four_threads_insert_at_once_and_others_read_meanwhile(tmp_path: Path) -> None:
    database = LibraryDatabase(tmp_path, compact_bytes=2000)
    start = threading.Barrier(5)
    failures: list[BaseException] = []

    def insert(thread: int) -> None:
        try:
            start.wait()
            for number in range(25):
                database.table("elites").insert(document(f"{thread}-{number}", {"notes": "x" * 50}))
                with database.transaction():
                    row = database.table("counts").get(doc_id="all") or {"count": 0}  # type: ignore[call-overload]
                    database.table("counts").upsert(document("all", {"count": row["count"] + 1}))
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=insert, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    start.wait()
    seen: set[str] = set()
    while any(thread.is_alive() for thread in threads):
        rows = set(database.table("elites").rows)
        # Among the threads of one handle, too, nothing that was seen goes away again.
        assert seen <= rows
        seen = rows
    for thread in threads:
        thread.join()
    assert failures == []
    again = LibraryDatabase(tmp_path)
    assert len(again.table("elites").rows) == 100
    assert again.table("counts").rows["all"] == {"count": 100}
    assert database.problems == again.problems == ()
