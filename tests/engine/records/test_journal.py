"""The journal: whole lines in order, durable where a checkpoint needs them, cut where a resume says so."""

import errno
import os
from pathlib import Path

import orjson
import pytest

from galapagos.engine.files.log_reading import read_lines
from galapagos.engine.records.journal import Journal
from galapagos.errors import CheckpointError
from tests.engine.crashes import crash_at_every_step

LINES = [{"type": "generation", "generation": number, "best_fitness": number / 3} for number in range(4)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def test_lines_come_back_as_they_were_written(path: Path) -> None:
    journal = Journal(path)
    for line in LINES:
        journal.append(line)
    assert read_lines(path) == (LINES, journal.length)
    assert journal.length == path.stat().st_size
    journal.close()
    journal.close()


def test_the_tail_beyond_a_checkpoint_is_set_aside_each_time(path: Path) -> None:
    journal = Journal(path)
    journal.append(LINES[0])
    length = journal.length
    for round_ in (1, 2):
        journal.append(LINES[round_])
        journal.cut(length)
        assert read_lines(path)[0] == LINES[:1]
        assert read_lines(path.with_name(f"journal.tail-{round_}.jsonl"))[0] == [LINES[round_]]
    journal.append(LINES[3])
    assert read_lines(path)[0] == [LINES[0], LINES[3]]
    journal.cut(journal.length)
    assert not path.with_name("journal.tail-3.jsonl").exists()
    journal.close()


def test_a_torn_line_is_part_of_the_tail(path: Path) -> None:
    path.write_bytes(b'{"generation":0}\n{"gener')
    journal = Journal(path)
    journal.cut(17)
    assert path.read_bytes() == b'{"generation":0}\n'
    assert path.with_name("journal.tail-1.jsonl").read_bytes() == b'{"gener'
    journal.close()


@pytest.mark.parametrize("length", [3, 18, 1000])
def test_a_journal_that_does_not_fit_the_checkpoint_is_refused_untouched(path: Path, length: int) -> None:
    path.write_bytes(b'{"generation":0}\n{"generation":1}\n')
    journal = Journal(path)
    with pytest.raises(CheckpointError, match=f"34 bytes .* at {length}"):
        journal.cut(length)
    assert path.stat().st_size == 34
    journal.close()


def test_a_crash_at_any_step_of_a_cut_loses_no_line(path: Path) -> None:
    def prepare() -> None:
        for old in path.parent.iterdir():
            old.unlink()
        path.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in LINES))

    prepare()
    length = len(orjson.dumps(LINES[0])) + 1
    for _ in crash_at_every_step(lambda: Journal(path).cut(length), prepare):
        tails = [line for file in path.parent.glob("*tail*") for line in read_lines(file)[0]]
        assert all(line in read_lines(path)[0] + tails for line in LINES)
        again = Journal(path)
        again.cut(length)
        again.close()
        assert read_lines(path)[0] == LINES[:1]


def test_a_line_that_finds_no_space_waits_and_is_written_before_the_next(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(path)
    journal.append(LINES[0])
    write, truncate = os.write, os.ftruncate
    calls = iter([True, False])

    def full(descriptor: int, data: bytes) -> int:
        if next(calls, False):
            return write(descriptor, data[:5])
        raise OSError(errno.ENOSPC, "No space left on device")

    def broken(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "write", full)
    monkeypatch.setattr(os, "ftruncate", broken)
    with pytest.raises(OSError, match="No space left"):
        journal.append(LINES[1])
    assert read_lines(path)[0] == LINES[:1]
    with pytest.raises(OSError, match="Input/output error"):
        journal.sync()
    monkeypatch.setattr(os, "write", write)
    monkeypatch.setattr(os, "ftruncate", truncate)
    journal.append(LINES[2])
    assert read_lines(path)[0] == LINES[:3]
    assert path.stat().st_size == journal.length
    journal.close()


def test_what_a_failed_fsync_has_lost_is_written_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(path)
    journal.append(LINES[0])
    journal.sync()
    durable = journal.length
    journal.append(LINES[1])

    def lose(descriptor: int) -> None:
        os.pwrite(descriptor, bytes(journal.length - durable), durable)
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", lose)
        with pytest.raises(OSError, match="Input/output error"):
            journal.sync()
    assert read_lines(path)[0] == LINES[:1]
    journal.append(LINES[2])
    journal.sync()
    assert read_lines(path)[0] == LINES[:3]
    journal.close()


def test_lines_are_durable_before_too_many_of_them_fill_the_memory(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    journal = Journal(path)
    synced.clear()
    for _ in range(5):
        journal.append({"text": "x" * (1 << 20)})
    assert len(synced) == 1
    journal.close()


def test_a_journal_that_somebody_removed_is_there_again_with_the_next_checkpoint(path: Path) -> None:
    journal = Journal(path)
    journal.append(LINES[0])
    path.unlink()
    journal.append(LINES[1])
    journal.sync()
    journal.append(LINES[2])
    assert read_lines(path) == (LINES[:3], journal.length)
    journal.close()


def test_a_journal_in_whose_place_another_file_is_cannot_be_synced_and_that_file_is_left_alone(
    path: Path,
) -> None:
    journal = Journal(path)
    journal.append(LINES[0])
    path.unlink()
    path.write_bytes(b"another")
    with pytest.raises(OSError, match=r"journal\.jsonl was moved away or replaced"):
        journal.sync()
    assert path.read_bytes() == b"another"
    journal.close()


def test_a_journal_that_was_moved_away_is_synced_as_soon_as_it_is_back(path: Path) -> None:
    journal = Journal(path)
    journal.append(LINES[0])
    away = path.rename(path.with_name("elsewhere"))
    with pytest.raises(OSError, match="was moved away or replaced"):
        journal.sync()
    assert not path.exists()
    away.rename(path)
    journal.sync()
    assert read_lines(path)[0] == LINES[:1]
    journal.close()
