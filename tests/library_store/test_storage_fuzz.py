"""Files of the library with bytes changed: read in full, or told, and never another error."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pytest

from galapagos.errors import LibraryError
from library_store.records import Change, encode_record
from tests.library_store.storage_files import (
    FIRST_LOG,
    FakeDisk,
    Fault,
    document,
    ids,
    opened,
    refusal,
    tables_of,
)

if TYPE_CHECKING:
    from library_store.database import LibraryDatabase


def history() -> tuple[FakeDisk, list[dict[str, Any]]]:
    """Return a small library of two generations, and its states after each commit."""
    disk = FakeDisk()
    database = opened(disk)
    states: list[dict[str, Any]] = [{}]
    for number in range(8):
        if number in (2, 5):
            database.compact()
        with database.transaction():
            database.table("elites").upsert(document(f"e{number % 3}", {"n": number, "notes": "é"}))
            database.table("removed").remove(doc_ids=ids(f"e{number % 2}"))
            database.table("removed").insert(document(f"e{number % 2}", {"n": number}))
        states.append(tables_of(database))
    return disk, states


def outcome(disk: FakeDisk) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """Return what is in a damaged library and what is told of it; no state where it is refused."""
    found: list[LibraryDatabase] = []
    if refusal(lambda: found.append(opened(disk))) is not None:
        return None, ()
    (database,) = found
    state = tables_of(database)
    assert all("\n" not in problem for problem in database.problems)
    # Whatever was found, it is whole for the next one, and can be written.
    database.table("elites").insert(document("next"))
    again = opened(disk)
    assert again.problems == ()
    assert "next" in again.table("elites").rows
    return state, database.problems


def damages(content: bytes) -> list[bytes]:
    flips = [
        content[:place] + bytes([content[place] ^ mask]) + content[place + 1 :]
        for place in range(len(content))
        for mask in (0x01, 0x20, 0x80)
    ]
    return [*flips, *(content[:length] for length in range(len(content)))]


def test_no_damaged_byte_of_a_snapshot_changes_anything_silently() -> None:
    start, states = history()
    whole = start.contents()["snapshot-000002.json"]
    for content in damages(whole):
        disk = start.copy()
        disk.put("snapshot-000002.json", content)
        state, problems = outcome(disk)
        if state is not None:
            assert state == states[-1]
            assert len(problems) == 1
    # The header of a newer version is the only one that is not read around.
    refused = start.copy()
    refused.put("snapshot-000002.json", whole.replace(b"library 1", b"library 3", 1))
    assert outcome(refused)[0] is None


def test_no_damaged_byte_of_a_log_changes_anything_silently() -> None:
    start, states = history()
    name = "log-000002.jsonl"
    whole = start.contents()[name]
    lines = whole.splitlines(keepends=True)
    # The log of the last three commits; those that are damaged count for nothing, all others do.
    ends = [sum(map(len, lines[:count])) for count in range(4)]
    for content in damages(whole):
        disk = start.copy()
        disk.put(name, content)
        state, problems = outcome(disk)
        kept = [commit for commit in range(3) if lines[commit] in content.splitlines(keepends=True)]
        assert state == after_commits(states, kept)
        # A log that is cut between two commits is what it was before the later one.
        assert len(problems) == (0 if len(content) in ends and whole.startswith(content) else 1)


def after_commits(states: list[dict[str, Any]], kept: list[int]) -> dict[str, Any]:
    state = {name: dict(table) for name, table in states[5].items()}
    for commit in kept:
        number = 5 + commit
        state["elites"][f"e{number % 3}"] = {"n": number, "notes": "é"}
        state["removed"][f"e{number % 2}"] = {"n": number}
    return state


def fuzzed(disk: FakeDisk, rng: np.random.Generator) -> None:
    """Damage files in one or more of many ways."""
    names = sorted(disk.contents())
    for _ in range(int(rng.integers(1, 4))):
        name, other = (names[index] for index in rng.integers(0, len(names), 2))
        content = disk.contents().get(name, b"")
        place, length = (int(number) for number in rng.integers(0, len(content) + 1, 2))
        noise = rng.bytes(int(rng.integers(1, 40)))
        lines = content.splitlines(keepends=True)
        damaged: list[bytes | None] = [
            None,
            b"",
            noise,
            content[:place],
            content[place:],
            content[:place] + noise + content[place:],
            content[:place] + noise + content[place + len(noise) :],
            content[:place] + content[length:],
            content + content,
            content + bytes(100),
            disk.contents().get(other, b""),
            b"".join(lines[index] for index in rng.permutation(len(lines))),
            content.replace(b"{", b"[", 1),
            content.replace(b"1", b"2", 2),
        ]
        disk.put(name, damaged[int(rng.integers(0, len(damaged)))])


def fuzz(runs: int, seed: int) -> None:
    start, states = history()
    refused = 0
    for run in range(runs):
        disk = start.copy()
        fuzzed(disk, np.random.default_rng([seed, run]))
        same = disk.contents() == start.contents()
        state, problems = outcome(disk)
        refused += state is None
        if state is not None and not problems and not same:
            # Where nothing is told, it is a state that the library once had.
            assert state in states
    assert 0 < refused < runs


def test_fuzzed_files_load_or_are_told_in_one_line() -> None:
    fuzz(2000, seed=4)


@pytest.mark.slow
def test_many_fuzzed_files_load_or_are_told_in_one_line() -> None:
    fuzz(20_000, seed=5)


def test_hostile_lines_with_a_right_checksum_are_no_other_error(disk: FakeDisk) -> None:
    database = opened(disk)
    database.table("elites").insert(document("one"))
    whole = disk.contents()[FIRST_LOG]
    deep = b"[" * 900 + b"]" * 900
    line, _ = encode_record(Change({"elites": {"deep": {"x": "HERE"}}}), whole[:32].decode())
    body = line[33:-1].replace(b'"HERE"', deep)
    hostile = hashlib.blake2b(body, digest_size=16).hexdigest().encode() + b" " + body + b"\n"
    disk.put(FIRST_LOG, whole + hostile)
    again = opened(disk)
    assert orjson.loads(body)["put"]
    assert "cannot be written as JSON" in str(refusal(lambda: again.table("elites").all()))
    assert "cannot be written as JSON" in str(refusal(again.compact))
    again.table("elites").remove(doc_ids=ids("deep"))
    again.compact()
    assert set(opened(disk).table("elites").rows) == {"one"}


def test_a_fault_while_reading_is_told_and_passes(database: LibraryDatabase, disk: FakeDisk) -> None:
    disk.fault = Fault(disk.steps, 5, lasting=True)
    assert "cannot be read" in str(refusal(lambda: database.table("elites").rows))
    with pytest.raises(LibraryError, match="Input/output error"):
        len(database.table("elites"))
    disk.fault = None
    assert len(database.table("elites")) == 3
