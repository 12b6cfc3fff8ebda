"""Launching: real processes in the place of the engine, ready, dying, silent, outliving their launcher."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from galapagos.engine.launch import LOG, launch
from galapagos.errors import EngineFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKOUT = Path(__file__).parents[2]
PATIENCE = 20.0

READY = """
import argparse, json, os, signal, sys
parser = argparse.ArgumentParser()
parser.add_argument("directory")
parser.add_argument("--owner", type=int)
parser.add_argument("--ready-fd", type=int)
arguments = parser.parse_args()
def identity(path):
    return [os.stat(path).st_dev, os.stat(path).st_ino] if os.path.exists(path) else None
with open(os.path.join(arguments.directory, "seen.json"), "w") as seen:
    json.dump({
        "arguments": vars(arguments),
        "session": os.getsid(0) == os.getpid(),
        "stdin": os.readlink("/proc/self/fd/0") if os.path.exists("/proc") else os.devnull,
        "stdout": os.fstat(1).st_ino,
        "stderr": os.fstat(2).st_ino,
        "path": sys.path[:1],
        "open": [identity(f"/dev/fd/{name}") for name in os.listdir("/dev/fd")],
    }, seen)
print("hello from the engine", flush=True)
os.write(arguments.ready_fd, b"\\n")
os.close(arguments.ready_fd)
signal.pause()
"""


class Launchpad:
    """A run directory, and programs to launch in the place of the engine."""

    def __init__(self, directory: Path) -> None:
        self.run_directory = directory / "run"
        self.run_directory.mkdir()
        self.modules = directory / "modules"
        self.modules.mkdir()
        self.started: list[int] = []

    def launch(self, program: str, **more: Any) -> int:
        self.modules.joinpath("standin.py").write_text(program)
        self.started.append(launch(self.run_directory, module="standin", **more))
        return self.started[-1]

    @property
    def seen(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.run_directory / "seen.json").read_text())
        return found

    @property
    def log(self) -> str:
        return (self.run_directory / LOG).read_text()


@pytest.fixture
def launchpad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Launchpad]:
    pad = Launchpad(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(pad.modules))
    yield pad
    for pid in pad.started:
        _end(pid)


def test_it_returns_when_the_program_is_ready_and_the_program_goes_on(launchpad: Launchpad) -> None:
    pid = launchpad.launch(READY)
    os.kill(pid, 0)
    assert launchpad.log == "hello from the engine\n"


def test_the_program_gets_the_run_directory_and_what_was_asked_for(launchpad: Launchpad) -> None:
    launchpad.launch(READY)
    arguments = launchpad.seen["arguments"]
    assert arguments["directory"] == str(launchpad.run_directory)
    assert arguments["owner"] is None
    launchpad.launch(READY, owner_pid=4711)
    arguments = launchpad.seen["arguments"]
    assert arguments["owner"] == 4711


def test_a_relative_run_directory_arrives_absolute(
    launchpad: Launchpad, monkeypatch: pytest.MonkeyPatch
) -> None:
    absolute = launchpad.run_directory
    monkeypatch.chdir(absolute.parent)
    launchpad.run_directory = Path("run")
    launchpad.launch(READY)
    assert launchpad.seen["arguments"]["directory"] == str(absolute)


def test_the_program_leads_a_session_without_a_terminal_and_writes_to_the_log(launchpad: Launchpad) -> None:
    launchpad.launch(READY)
    seen = launchpad.seen
    log = (launchpad.run_directory / LOG).stat().st_ino
    assert seen["session"]
    assert (seen["stdin"], seen["stdout"], seen["stderr"]) == (os.devnull, log, log)


def test_the_program_inherits_nothing_but_its_three_streams_and_the_readiness_pipe(
    launchpad: Launchpad,
) -> None:
    with (launchpad.run_directory / "secret").open("w") as held:
        os.set_inheritable(held.fileno(), True)
        launchpad.launch(READY)
        secret = os.fstat(held.fileno())
    opened = launchpad.seen["open"]
    assert [secret.st_dev, secret.st_ino] not in opened
    # Three streams, the pipe, the file that this is written to, and the listing itself.
    assert len(opened) == 6


def test_the_working_directory_is_not_a_place_to_import_from(
    launchpad: Launchpad, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = tmp_path / "trap"
    trap.mkdir()
    (trap / "argparse.py").write_text("raise SystemExit('imported from the working directory')")
    monkeypatch.chdir(trap)
    launchpad.launch(READY)
    assert str(trap) not in launchpad.seen["path"]


def test_the_log_is_added_to(launchpad: Launchpad) -> None:
    (launchpad.run_directory / LOG).write_text("of an earlier engine\n")
    launchpad.launch(READY)
    assert launchpad.log == "of an earlier engine\nhello from the engine\n"


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (
            "import sys; sys.exit('run x has an engine already; attach to it')",
            "run x has an engine already; attach",
        ),
        ("raise ValueError('a bug')", "ValueError: a bug"),
        ("import sys; sys.stderr.write('why\\x1b[31m?\\n\\n  \\n'); sys.exit(1)", r"why\?"),
        ("import sys; sys.exit(3)", "it ended with exit code 3"),
        ("import os; os.kill(os.getpid(), 9)", "it was killed by SIGKILL"),
        ("import sys; sys.stdout.buffer.write(b'\\xff\\xfe' + b'x' * 100_000); sys.exit(1)", "xxxx"),
    ],
)
def test_an_early_death_is_told_at_once_with_the_last_line_of_the_log(
    launchpad: Launchpad, program: str, reason: str
) -> None:
    (launchpad.run_directory / LOG).write_text("an old line\n")
    start = time.monotonic()
    with pytest.raises(EngineFailed, match=f"the engine did not start: .*{reason}") as caught:
        launchpad.launch(program)
    assert time.monotonic() - start < PATIENCE
    assert "\n" not in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 1500


def test_the_reason_of_an_engine_whose_log_takes_nothing_comes_through_the_pipe(launchpad: Launchpad) -> None:
    program = """
import os, sys
os.write(int(sys.argv[-1]), b"run x cannot be used: No space left\\n\x1b[31m on device")
sys.exit(1)
"""
    with pytest.raises(
        EngineFailed, match="did not start: run x cannot be used: No space left on device"
    ) as told:
        launchpad.launch(program)
    assert "\x1b" not in str(told.value)


def test_a_log_that_cannot_be_opened_is_told_in_a_line(launchpad: Launchpad) -> None:
    (launchpad.run_directory / LOG).mkdir()
    with pytest.raises(EngineFailed, match=r"did not start: .*log\.txt cannot be opened: Is a directory"):
        launchpad.launch(READY)


def test_an_engine_with_a_bug_says_so_though_nothing_can_be_logged(
    launchpad: Launchpad, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "modules" / "orjson.py"
    broken.write_text("raise MemoryError('no room\\nfor this')")
    monkeypatch.setattr("galapagos.engine.launch._last_line", lambda *_: "")
    with pytest.raises(EngineFailed, match="did not start: MemoryError: no room for this"):
        launch(launchpad.run_directory)


def test_a_module_that_is_not_there_is_told(launchpad: Launchpad) -> None:
    with pytest.raises(EngineFailed, match="No module named"):
        launch(launchpad.run_directory, module="galapagos_is_not_here")


def test_a_program_that_is_never_ready_is_killed_with_what_it_started(launchpad: Launchpad) -> None:
    program = """
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
with open(os.path.join(sys.argv[1], "seen.json"), "w") as seen:
    seen.write(f"[{os.getpid()}, {child.pid}]")
child.wait()
"""
    with pytest.raises(EngineFailed, match=r"its socket did not answer within 3 s"):
        launchpad.launch(program, timeout=3.0)
    for pid in json.loads((launchpad.run_directory / "seen.json").read_text()):
        _wait_for_end(pid)


def test_a_program_that_closes_the_pipe_without_a_word_is_killed(
    launchpad: Launchpad, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("galapagos.engine.launch._DEATH_TIMEOUT", 0.1)
    with pytest.raises(EngineFailed, match="closed its readiness pipe"):
        launchpad.launch("import os, sys, signal; os.close(int(sys.argv[-1])); signal.pause()")


def test_a_program_that_ends_later_leaves_no_zombie(launchpad: Launchpad) -> None:
    pid = launchpad.launch(READY)
    waiting = next(thread for thread in threading.enumerate() if thread.name == f"wait for engine {pid}")
    os.kill(pid, signal.SIGTERM)
    waiting.join(PATIENCE)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    launchpad.started.clear()


def test_the_program_outlives_the_launcher_and_the_launchers_terminal(launchpad: Launchpad) -> None:
    launchpad.modules.joinpath("standin.py").write_text(READY)
    launcher = f"""
import os, sys
from pathlib import Path
from galapagos.engine.launch import launch
print(launch(Path({str(launchpad.run_directory)!r}), module="standin"), flush=True)
os.killpg(0, 9)
"""
    process = subprocess.run(
        [sys.executable, "-c", launcher],
        cwd=CHECKOUT,
        capture_output=True,
        start_new_session=True,
        timeout=PATIENCE,
        check=False,
    )
    assert process.returncode == -signal.SIGKILL
    pid = int(process.stdout)
    launchpad.started.append(pid)
    os.kill(pid, 0)


def test_an_interrupt_while_waiting_leaves_no_engine(launchpad: Launchpad) -> None:
    program = """
import os, signal, sys
with open(os.path.join(sys.argv[1], "seen.json"), "w") as seen:
    seen.write(str(os.getpid()))
os.kill(os.getppid(), signal.SIGINT)
signal.pause()
"""
    with pytest.raises(KeyboardInterrupt):
        launchpad.launch(program)
    _wait_for_end(int((launchpad.run_directory / "seen.json").read_text()))


def _end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    _wait_for_end(pid)


def _wait_for_end(pid: int) -> None:
    """Return when a process that may be no child of this one has ended; fail where it goes on."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        ended, _, _ = select.select([process], [], [], PATIENCE)
    finally:
        os.close(process)
    assert ended, f"process {pid} goes on"
