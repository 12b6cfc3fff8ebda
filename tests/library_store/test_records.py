"""The lines of the log and the snapshots: what was written comes back, and nothing else does."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.errors import LibraryError
from library_store.records import (
    SCHEMA,
    Change,
    Damaged,
    Newer,
    Snapshot,
    are_same,
    broken_links,
    changed,
    decode_snapshot,
    difference,
    encode_record,
    encode_snapshot,
    merged,
    own_row,
    read_log,
)

TABLES = st.dictionaries(
    st.sampled_from(["elites", "removed"]),
    st.dictionaries(
        st.sampled_from(["a", "b", "c"]),
        st.dictionaries(st.text(max_size=3), st.none() | st.booleans() | st.integers(0, 2) | st.floats(0, 2)),
        min_size=1,
    ),
)

PUT_ONE = Change({"elites": {"one": {"name": "first", "fitness": 0.1}}})
REMOVE_ONE = Change({}, {"elites": ["one"]})


def as_json(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


@given(TABLES, TABLES)
def test_the_difference_of_two_states_makes_one_the_other(before: Any, after: Any) -> None:
    change = difference(before, after)
    assert as_json(changed(before, [change])) == as_json(after)
    assert bool(change) == (as_json(before) != as_json(after))


@given(TABLES, st.lists(TABLES, max_size=4))
def test_changes_one_after_the_other_are_one_change(start: Any, states: list[Any]) -> None:
    changes = [difference(before, after) for before, after in zip([start, *states], states, strict=False)]
    end = states[-1] if states else start
    assert as_json(changed(start, changes)) == as_json(changed(start, [merged(changes)])) == as_json(end)


@given(TABLES, st.text(max_size=5))
def test_a_line_and_a_snapshot_come_back_as_they_were(tables: Any, last: str) -> None:
    line, checksum = encode_record(Change(tables, {"elites": ["x"]}), last)
    (record,) = read_log(line).records
    assert (as_json(record.change.put), record.change.remove) == (as_json(tables), {"elites": ["x"]})
    assert (record.previous, record.checksum) == (last, checksum)
    snapshot = decode_snapshot(encode_snapshot(Snapshot(7, last, tables)))
    assert (snapshot.generation, snapshot.last) == (7, last)
    assert as_json(snapshot.tables) == as_json(tables)


def test_a_line_is_its_checksum_and_json_that_names_the_line_before() -> None:
    line, checksum = encode_record(PUT_ONE, "before")
    body = b'{"previous":"before","put":{"elites":{"one":{"name":"first","fitness":0.1}}},"remove":{}}'
    assert checksum == hashlib.blake2b(body, digest_size=16).hexdigest()
    assert line == checksum.encode() + b" " + body + b"\n"


def test_a_snapshot_begins_with_its_schema_checksum_and_length() -> None:
    header, _, body = encode_snapshot(Snapshot(3, "x", {})).partition(b"\n")
    checksum = hashlib.blake2b(body, digest_size=16).hexdigest()
    assert header.decode() == f"galapagos-library {SCHEMA} {checksum} {len(body)}"


def three_lines() -> list[bytes]:
    lines, last = [], ""
    for change in (PUT_ONE, REMOVE_ONE, PUT_ONE):
        line, last = encode_record(change, last)
        lines.append(line)
    return lines


def test_the_end_of_a_log_that_is_not_valid_is_no_record_and_no_damage() -> None:
    lines = three_lines()
    whole = b"".join(lines)
    for cut in range(len(whole)):
        log = read_log(whole[:cut])
        complete = sum(cut >= len(b"".join(lines[: n + 1])) for n in range(3))
        assert len(log.records) == complete
        assert log.end == len(b"".join(lines[:complete]))
        assert (log.damaged, log.tail_bytes) == (0, cut - log.end)
        assert log.tail == (cut > log.end)


def test_a_damaged_byte_costs_its_line_and_is_counted() -> None:
    lines = three_lines()
    for number, place in ((0, 0), (0, 32), (0, 60), (1, 5), (1, 50)):
        damaged = [bytearray(line) for line in lines]
        damaged[number][place] ^= 1
        log = read_log(b"".join(damaged))
        assert len(log.records) == 2
        assert log.damaged == 1
        assert broken_links(log.records, "") == 1
    log = read_log(lines[0] + lines[2])
    assert (len(log.records), log.damaged, broken_links(log.records, "")) == (2, 0, 1)
    assert broken_links(read_log(b"".join(lines)).records, "") == 0


@pytest.mark.parametrize(
    "commit",
    [
        [],
        {},
        {"previous": 1, "put": {}, "remove": {}},
        {"previous": "", "put": {"elites": {"one": 1}}, "remove": {}},
        {"previous": "", "put": {"elites": []}, "remove": {}},
        {"previous": "", "put": {}, "remove": {"elites": [1]}},
        {"previous": "", "put": {}, "remove": {"elites": "one"}},
    ],
)
def test_json_that_is_no_commit_is_damage_whatever_its_checksum(commit: object) -> None:
    body = orjson.dumps(commit)
    line = hashlib.blake2b(body, digest_size=16).hexdigest().encode() + b" " + body + b"\n"
    assert read_log(line).records == ()


def rewritten(snapshot: bytes, body: bytes, schema: int = SCHEMA) -> bytes:
    checksum = hashlib.blake2b(body, digest_size=16).hexdigest()
    assert snapshot.startswith(b"galapagos-library ")
    return f"galapagos-library {schema} {checksum} {len(body)}\n".encode() + body


def test_a_snapshot_of_any_other_content_is_damaged_or_newer() -> None:
    snapshot = encode_snapshot(Snapshot(2, "x", {"elites": {"one": {"name": "first"}}}))
    bodies = [b"", b"[]", b"{}", b'{"generation":"2","last":"","tables":{}}', b"\xff" * 9, b"[" * 2000]
    for content in [b"", snapshot[:-1], snapshot + b" ", *(rewritten(snapshot, body) for body in bodies)]:
        with pytest.raises(Damaged):
            decode_snapshot(content)
    with pytest.raises(Damaged):
        decode_snapshot(rewritten(snapshot, snapshot.partition(b"\n")[2], schema=0))
    # A newer version is known by its first line alone.
    for content in (
        rewritten(snapshot, b"whatever", schema=2),
        b"galapagos-library 2 " + b"0" * 32 + b" 9\n",
    ):
        with pytest.raises(Newer, match="2"):
            decode_snapshot(content)


def test_rows_are_compared_as_json() -> None:
    assert are_same({"a": [1, 2]}, {"a": [1, 2]})
    assert not are_same({"a": 1}, {"a": 1.0})
    assert not are_same({"a": 1}, {"a": True})
    assert not are_same({"a": 0.0}, {"a": -0.0})
    assert not are_same({"a": None}, {"a": math.nan})


def test_an_own_row_shares_nothing_and_is_what_a_reader_will_find() -> None:
    row = {"tags": ["a"], "parents": ("b", "c")}
    own = own_row(row, "elites one")
    row["tags"].append("z")  # type: ignore[attr-defined]
    assert own == {"tags": ["a"], "parents": ["b", "c"]}


@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, {1: 2}, dt.date(2020, 1, 1), b"bytes", 2**70, "\ud800", {"set"}],
)
def test_what_json_would_change_silently_is_refused(value: object) -> None:
    with pytest.raises(LibraryError, match="elites one cannot be saved"):
        own_row({"value": [value]}, "elites one")


def test_what_is_nested_too_deeply_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(3000):
        deep = [deep]
    with pytest.raises(LibraryError, match="elites one cannot be saved"):
        own_row({"deep": deep}, "elites one")
    with pytest.raises(LibraryError, match="no JSON object"):
        own_row(["no", "object"], "elites one")
