"""The logs of a run: whole lines, durable where they are acknowledged, cut where a resume says so."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.engine.command_log import CommandLog
from galapagos.engine.event_log import EventLog
from galapagos.engine.journal import Journal
from galapagos.engine.log_reading import read_lines
from galapagos.errors import CheckpointError, CommandRefused
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


def test_commands_come_back_in_order_after_reopening(path: Path) -> None:
    commands: list[tuple[int, dict[str, object]]] = [
        (3, {"command": "set", "changes": {"seed": 2**62}}),
        (3, {"command": "drop", "id": "x"}),
    ]
    for generation, command in commands:
        log = CommandLog(path)
        log.append(generation, command)
        log.close()
    log = CommandLog(path)
    assert log.read() == commands
    log.close()


@pytest.mark.parametrize("kept", range(1, 40))
def test_a_torn_command_is_ignored_now_and_for_ever(path: Path, kept: int) -> None:
    whole = b'{"generation":1,"command":{"a":1}}\n'
    path.write_bytes(whole + (whole + whole)[: min(kept, len(whole) - 1)])
    for later in range(1, 3):
        log = CommandLog(path)
        assert log.read() == [(1, {"a": 1})] * later
        log.append(1, {"a": 1})
        log.close()


def test_a_command_that_is_damaged_in_the_middle_stops_a_resume(path: Path) -> None:
    path.write_bytes(b'{"generation":1,"command":{}}\n{"generation":\n{"generation":1,"command":{}}\n')
    log = CommandLog(path)
    with pytest.raises(CheckpointError, match="line 2"):
        log.read()
    log.close()


def test_a_crash_at_any_step_keeps_every_acknowledged_command(path: Path) -> None:
    acknowledged: list[int] = []

    def prepare() -> None:
        path.unlink(missing_ok=True)
        acknowledged.clear()

    def work() -> None:
        log = CommandLog(path)
        for number in range(5):
            log.append(number, {"number": number})
            acknowledged.append(number)

    for _ in crash_at_every_step(work, prepare):
        log = CommandLog(path)
        read = [generation for generation, _ in log.read()]
        assert read[: len(acknowledged)] == acknowledged
        assert read == list(range(len(read)))
        log.close()


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_command_that_cannot_be_kept_is_refused_and_leaves_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    log = CommandLog(path)
    log.append(0, {"a": 1})

    def fail(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, call, fail)
        with pytest.raises(CommandRefused, match="No space left on device"):
            log.append(0, {"a": 2})
    log.append(0, {"a": 3})
    assert [command for _, command in log.read()] == [{"a": 1}, {"a": 3}]
    log.close()


APPEND = """
import sys
from pathlib import Path
from galapagos.engine.command_log import CommandLog
log = CommandLog(Path(sys.argv[1]))
number = len(log.read())
while True:
    log.append(number, {"text": "x" * 200})
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
    number += 1
"""


def test_kill_minus_nine_loses_no_acknowledged_command(path: Path) -> None:
    for _ in range(4):
        process = subprocess.Popen([sys.executable, "-c", APPEND, str(path)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        for _ in range(20):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        rest = process.communicate()[0].split(b"\n")
        log = CommandLog(path)
        numbers = [generation for generation, _ in log.read()]
        assert numbers == list(range(len(numbers)))
        assert len(numbers) > max((int(line) for line in rest[:-1]), default=0)
        log.close()


def test_events_are_plain_text_with_a_time_and_end_a_torn_line(path: Path) -> None:
    path.write_bytes(b'{"time": 1, "ki')
    log = EventLog(path)
    log.append("worker", "died\x1b[2J\nof hunger", pid=7)
    log.close()
    ((event,), _) = read_lines(path)
    assert (event["kind"], event["text"], event["pid"]) == ("worker", "died of hunger", 7)
    assert event["time"] > 1e9


def test_an_event_on_a_full_disk_is_lost_without_harm(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = EventLog(path)

    def fail(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", fail)
        log.append("a", "b")
    log.append("c", "d")
    log.close()
    assert [event["kind"] for event in read_lines(path)[0]] == ["c"]
