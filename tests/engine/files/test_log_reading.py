"""Logs, read as they grow: whole lines only, in slices of any size, damaged ones passed over."""

from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.engine.files.log_reading import read_lines

LINES = [{"type": "generation", "generation": number, "best_fitness": number / 3} for number in range(4)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def test_a_reader_follows_a_growing_file_and_never_sees_half_a_line(path: Path) -> None:
    text = b"".join(orjson.dumps(line) + b"\n" for line in LINES)
    offset, seen = 0, []
    for end in range(len(text) + 1):
        path.write_bytes(text[:end])
        lines, offset = read_lines(path, offset)
        seen += lines
    assert seen == LINES


@given(at_most=st.integers(min_value=1, max_value=300))
def test_a_log_can_be_read_in_slices_of_any_size(
    tmp_path_factory: pytest.TempPathFactory, at_most: int
) -> None:
    path = tmp_path_factory.mktemp("slices") / "journal.jsonl"
    path.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in LINES) + b'{"torn')
    offset, seen, last = 0, [], -1
    while offset != last:
        last = offset
        lines, offset = read_lines(path, offset, at_most=at_most)
        seen += lines
    assert seen == LINES


def test_a_reader_starts_again_where_the_file_was_cut_under_it(path: Path) -> None:
    path.write_bytes(b'{"a":1}\n{"a":2}\n')
    _, offset = read_lines(path)
    path.write_bytes(b'{"a":3}\n')
    assert read_lines(path, offset) == ([{"a": 3}], 8)
    path.write_bytes(b'{"a":3}\n{"longer":"line"}\n')
    assert read_lines(path, offset)[0] == [{"a": 3}, {"longer": "line"}]


def test_damaged_lines_are_passed_over_and_a_missing_file_is_empty(path: Path) -> None:
    assert read_lines(path) == ([], 0)
    path.write_bytes(b'\0\0\0\n{"a":1}\n[1]\n\xff\n{"a":2}\n')
    assert read_lines(path)[0] == [{"a": 1}, {"a": 2}]
