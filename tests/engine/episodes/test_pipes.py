"""Lines in, news out: bounded, and without waiting."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.engine.episodes.pipes import MOST_WAITING, LineReader, NewsWriter

Pipe = tuple[int, int]


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def lines_of(pieces: list[bytes], longest_first: int = 20, longest: int = 10) -> list[bytes | None]:
    reading, writing = os.pipe()
    reader = LineReader(reading, longest_first=longest_first, longest=longest)
    lines: list[bytes | None] = []
    for piece in pieces:
        os.write(writing, piece)
        lines += reader.read()
    os.close(writing)
    lines += reader.read()
    os.close(reading)
    assert reader.ended
    return lines


@given(st.lists(st.binary(max_size=10).filter(lambda line: b"\n" not in line), max_size=8), st.integers(1, 9))
def test_lines_arrive_whole_however_the_bytes_are_cut(lines: list[bytes], piece: int) -> None:
    stream = b"".join(line + b"\n" for line in lines)
    assert lines_of([stream[at : at + piece] for at in range(0, len(stream), piece)]) == lines


def test_a_line_that_is_too_long_is_told_once_and_those_after_it_are_read() -> None:
    long = b"x" * 15
    assert lines_of([long + b"\n", long, long, long + b"\nshort\n"]) == [long, None, b"short"]
    assert lines_of([b"first\n", long + b"\nnext\n"]) == [b"first", None, b"next"]
    assert lines_of([b"y" * 21]) == [None]


def test_a_reader_without_a_line_waits_for_nothing(pipe: Pipe) -> None:
    reader = LineReader(pipe[0], longest_first=5, longest=5)
    assert reader.read() == []
    assert not reader.ended


def test_no_frame_is_taken_while_another_is_unread(pipe: Pipe) -> None:
    writer = NewsWriter(pipe[1])
    writer.write(b"frame\n")
    assert not writer.is_behind
    unread = writer.takes_frames
    assert os.read(pipe[0], 100) == b"frame\n"
    assert (unread, writer.takes_frames) == (False, True)


def test_what_finds_no_room_is_written_later_and_whole(pipe: Pipe) -> None:
    writer = NewsWriter(pipe[1])
    lines = [bytes([65 + number]) * 70_000 + b"\n" for number in range(3)]
    for line in lines:
        writer.write(line)
    assert writer.is_behind
    assert not writer.takes_frames
    read = b""
    while len(read) < sum(map(len, lines)):
        read += os.read(pipe[0], 1 << 16)
        writer.flush()
    assert read == b"".join(lines)
    assert not writer.is_behind


def test_of_what_nobody_reads_a_few_lines_are_kept(pipe: Pipe) -> None:
    writer = NewsWriter(pipe[1])
    for _ in range(10 * MOST_WAITING):
        writer.write(b"x" * 10_000 + b"\n")
    assert len(writer._waiting) == MOST_WAITING


def test_a_writer_whose_reader_has_gone_says_so() -> None:
    reading, writing = os.pipe()
    writer = NewsWriter(writing)
    os.close(reading)
    with pytest.raises(BrokenPipeError):
        writer.write(b"frame\n")
    writer.drain(1.0)
    os.close(writing)
