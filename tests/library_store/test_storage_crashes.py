"""The machine dies, or the disk refuses, at any step: the state before or after is there, none between."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.library_store.storage_files import (
    ERRORS,
    Crash,
    FakeDisk,
    Fault,
    document,
    ids,
    opened,
    refusal,
    tables_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from library_store.database import LibraryDatabase

SMALL = 200
"""Bytes of a log that is compacted in these tests."""


def insert(database: LibraryDatabase) -> None:
    database.table("elites").insert(document("new", {"fitness": 0.5, "tags": ["a"]}))


def update(database: LibraryDatabase) -> None:
    database.table("elites").update({"name": "other"}, doc_ids=ids("one", "two"))


def remove(database: LibraryDatabase) -> None:
    database.table("elites").remove(doc_ids=ids("one"))


def several_tables(database: LibraryDatabase) -> None:
    with database.transaction():
        database.table("elites").remove(doc_ids=ids("one"))
        database.table("removed").insert(document("one", {"name": "first"}))


def compact(database: LibraryDatabase) -> None:
    database.compact()


def insert_much(database: LibraryDatabase) -> None:
    database.table("elites").insert(document("much", {"notes": "x" * 2 * SMALL}))


ACTIONS = [insert, update, remove, several_tables, compact, insert_much]


def empty() -> FakeDisk:
    return FakeDisk()


def first_generation() -> FakeDisk:
    disk = FakeDisk()
    elites = opened(disk).table("elites")
    elites.insert(document("one", {"name": "first"}))
    elites.insert(document("two", {"name": "second"}))
    return disk.copy()


def third_generation() -> FakeDisk:
    disk = first_generation()
    database = opened(disk)
    for rank in range(2):
        database.compact()
        database.table("elites").update({"rank": rank}, doc_ids=ids("two"))
    return disk.copy()


def torn() -> FakeDisk:
    disk = third_generation()
    name = "log-000002.jsonl"
    disk.put(name, disk.contents()[name] + b"0123 {torn")
    return disk


def damaged() -> FakeDisk:
    disk = third_generation()
    disk.put("snapshot-000002.json", b"galapagos-library 1 nonsense")
    return disk


DISKS = [empty, first_generation, third_generation, torn, damaged]


def survivors() -> Iterator[np.random.Generator | bool]:
    yield from (True, False)
    yield from (np.random.default_rng(seed) for seed in range(6))


def state_on(disk: FakeDisk) -> dict[str, Any]:
    return tables_of(opened(disk.copy()))


@pytest.mark.parametrize("prepare", DISKS)
@pytest.mark.parametrize("action", ACTIONS)
def test_a_crash_at_any_step_leaves_the_state_before_or_after(
    prepare: Callable[[], FakeDisk], action: Callable[[LibraryDatabase], None]
) -> None:
    start = prepare()
    old, whole = state_on(start), start.copy()
    action(opened(whole, compact_bytes=SMALL))
    new = state_on(whole)
    for step in itertools.count():
        disk = start.copy()
        disk.crash_at = step
        acknowledged = False
        try:
            action(opened(disk, compact_bytes=SMALL))
            acknowledged = True
        except Crash:
            pass
        for choice in survivors():
            after = disk.after_crash(choice)
            database = opened(after)
            assert tables_of(database) in ([new] if acknowledged else [old, new])
            database.table("elites").insert(document("later"))
            again = opened(after)
            assert "later" in again.table("elites").rows
            assert again.problems == ()
        if acknowledged and not disk.dead:
            return


@pytest.mark.parametrize("prepare", [torn, damaged])
def test_a_crash_amid_the_healing_after_a_crash_loses_nothing_either(prepare: Callable[[], FakeDisk]) -> None:
    start = prepare()
    old = state_on(start)
    for first, second in itertools.product(range(30), repeat=2):
        disk = start
        for number, step in enumerate((first, second)):
            disk = disk.copy()
            disk.crash_at = step
            try:
                opened(disk)
            except Crash:
                disk = disk.after_crash(np.random.default_rng([first, second, number]))
        assert any(b"{torn" in data for data in disk.contents().values()) == (prepare is torn)
        assert state_on(disk) == old


@pytest.mark.parametrize("lasting", [False, True])
@pytest.mark.parametrize("code", ERRORS)
@pytest.mark.parametrize("prepare", DISKS)
@pytest.mark.parametrize("action", ACTIONS)
def test_a_disk_that_refuses_any_step_is_told_in_one_line_and_the_last_commit_is_intact(
    prepare: Callable[[], FakeDisk], action: Callable[[LibraryDatabase], None], code: int, lasting: bool
) -> None:
    start = prepare()
    old, whole = state_on(start), start.copy()
    action(opened(whole, compact_bytes=SMALL))
    new = state_on(whole)
    for step in itertools.count():
        disk = start.copy()
        database = opened(disk, compact_bytes=SMALL)
        disk.fault = Fault(disk.steps + step, code, lasting)
        failed = refusal(lambda: action(database))  # noqa: B023  # called at once
        assert failed is None or "/home/somebody/library" in failed
        untouched = disk.steps <= disk.fault.step
        disk.fault = None
        # Where not even the cutting back was possible, a commit that was told as failed may be there whole.
        allowed = [old, new] if failed and lasting else [old] if failed else [new]
        state = state_on(disk)
        assert state in allowed
        assert tables_of(database) == state
        database.table("elites").insert(document("later"))
        assert state_on(disk) == {**state, "elites": {**state.get("elites", {}), "later": {}}}
        if untouched:
            assert failed is None
            return


@pytest.mark.parametrize("code", ERRORS)
@pytest.mark.parametrize("prepare", DISKS)
def test_a_disk_that_refuses_while_a_library_is_opened_is_told_or_does_not_matter(
    prepare: Callable[[], FakeDisk], code: int
) -> None:
    start = prepare()
    old = state_on(start)
    for step, lasting in itertools.product(range(40), (False, True)):
        disk = start.copy()
        disk.fault = Fault(step, code, lasting)
        databases: list[LibraryDatabase] = []
        refusal(lambda: databases.append(opened(disk)))  # noqa: B023  # called at once
        disk.fault = None
        assert all(tables_of(database) == old for database in databases)
        assert state_on(disk) == old


def test_a_commit_that_could_not_be_synced_is_forgotten_by_those_who_read_it() -> None:
    disk = FakeDisk()
    writer = opened(disk)
    writer.table("elites").insert(document("one", {"name": "aaa"}))
    reader = opened(disk)
    log = "log-000000.jsonl"
    before = disk.contents()[log]
    writer.table("elites").update({"name": "bbb"}, doc_ids=ids("one"))
    assert reader.table("elites").rows["one"] == {"name": "bbb"}
    # Cut off, as where the sync fails; then another takes its place, of the same length.
    disk.put(log, before)
    opened(disk).table("elites").update({"name": "ccc"}, doc_ids=ids("one"))
    for database in (reader, writer):
        assert database.table("elites").rows["one"] == {"name": "ccc"}
        assert database.problems == ()


def test_a_log_that_cannot_be_compacted_grows_and_says_so() -> None:
    disk = FakeDisk()
    database = opened(disk, compact_bytes=SMALL)
    insert(database)
    write = disk.write

    def full(*_: object) -> None:
        raise OSError(ERRORS[0], "No space left on device")

    disk.write = full  # type: ignore[method-assign,assignment]
    insert_much(database)
    (problem,) = database.problems
    assert "could not be compacted" in problem
    assert "No space left" in problem
    disk.write = write  # type: ignore[method-assign]
    for number in range(40):
        database.table("elites").insert(document(f"later {number}"))
    assert "snapshot-000000.json" not in disk.contents()
    assert len(tables_of(opened(disk))["elites"]) == 42


def test_what_a_crash_left_of_a_snapshot_is_removed_with_the_next_one() -> None:
    disk = first_generation()
    disk.put(".snapshot-000001.json.77.new", b"half")
    opened(disk).compact()
    assert not [name for name in disk.contents() if name.startswith(".")]
