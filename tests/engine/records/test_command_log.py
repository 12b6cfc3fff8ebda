"""The log of commands: durable where they are acknowledged, and nothing is left of those that are refused."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from galapagos.engine.records.command_log import CommandLog, commands_of
from galapagos.errors import CheckpointError, CommandRefused
from tests.engine.crashes import crash_at_every_step


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "commands.jsonl"


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
from galapagos.engine.records.command_log import CommandLog
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


def test_a_log_that_somebody_removed_is_there_again_before_the_next_command_is_acknowledged(
    path: Path,
) -> None:
    log = CommandLog(path)
    log.append(1, {"a": 1})
    path.unlink()
    log.append(2, {"a": 2})
    assert commands_of(path, before=9) == log.read() == [(1, {"a": 1}), (2, {"a": 2})]
    log.close()


def test_no_command_is_acknowledged_into_a_log_that_was_moved_away(path: Path) -> None:
    log = CommandLog(path)
    log.append(1, {"a": 1})
    path.rename(path.with_name("elsewhere"))
    with pytest.raises(CommandRefused, match=r"commands\.jsonl was moved away or replaced"):
        log.append(2, {"a": 2})
    assert log.read() == [(1, {"a": 1})]
    log.close()
