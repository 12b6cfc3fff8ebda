"""Starting the engine of a run as a process of its own, which outlives the terminal it was started from.

What is started is `python -P -m galapagos.engine RUN_DIRECTORY [--owner PID] --ready-fd N`, in a
session of its own, with nothing on standard input and with standard output and error appended to the run's
`log.txt`. The program owes its launcher three things:

* as soon as its socket listens, and before anything that takes long, it writes a newline to descriptor N and
  closes it;
* where it cannot start, it writes the reason to N instead, and as the last line on standard error, and exits:
  on a full disk the log takes nothing;
* it survives its launcher: it does not die of SIGHUP unprepared, and hands N to no process of its own.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import threading
from typing import IO, TYPE_CHECKING

from galapagos.engine.records.run_state import RunDirectory
from galapagos.errors import EngineFailed
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from pathlib import Path

LOG = "log.txt"
"""The file of a run directory that holds what its engine printed."""

START_TIMEOUT = 60.0
"""Seconds in which an engine opens its socket."""

_READY = b"\n"
_ENDED = b""
_DEATH_TIMEOUT = 5.0
_REASON_BYTES = 4096  # what a pipe takes at once, so that nobody waits who writes it
_TAIL_BYTES = 8192
_LONGEST_LINE = 1000


def launch(
    run_directory: Path,
    *,
    owner_pid: int | None = None,
    module: str = "galapagos.engine",
    timeout: float = START_TIMEOUT,
) -> int:
    """Start the engine of a run detached, and return its process id as soon as its socket answers.

    It blocks the calling thread, so an event loop calls it in another one.

    Args:
        run_directory: A run directory, made by `galapagos.engine.records.run_directory`.
        owner_pid: The process whose end ends the engine, if any.
        module: The program to run, as `python -m` takes it.
        timeout: Seconds to wait for the socket.

    Raises:
        RunDirectoryError: Where a file of the run is a link.
        EngineFailed: Where it ended, with the reason that it gave or the last line of its log, was not ready
            in time (it is killed), or its log cannot be opened.
    """
    log_path = run_directory / LOG
    command = [sys.executable, "-P", "-m", module, str(run_directory.absolute())]
    if owner_pid is not None:
        command += ["--owner", str(owner_pid)]
    RunDirectory(run_directory.absolute()).refuse_links()
    try:
        log = log_path.open("ab")
    except OSError as error:
        raise EngineFailed(
            f"the engine did not start: {log_path} cannot be opened: {error.strerror}"
        ) from None
    with log:
        logged_before = log.seek(0, os.SEEK_END)
        process, ready = _start(command, log)
    try:
        answer = _wait(ready, timeout)
    except BaseException:
        _kill(process)
        raise
    finally:
        os.close(ready)
    if answer == _READY:
        # Somebody must take the exit status, or an ended engine stays a zombie as long as this process.
        threading.Thread(target=process.wait, name=f"wait for engine {process.pid}", daemon=True).start()
        return process.pid
    if answer is None:
        reason = f"its socket did not answer within {timeout:g} s"
    else:
        death = _death(process)
        reason = _plain_line(answer.decode(errors="replace")) or _last_line(log_path, logged_before) or death
    _kill(process)
    raise EngineFailed(f"the engine did not start: {reason} (see {log_path})")


def _start(command: list[str], log: IO[bytes]) -> tuple[subprocess.Popen[bytes], int]:
    """Start the program; return it with the end of a pipe on which it says that it is ready."""
    ready, announce = os.pipe()
    try:
        process = subprocess.Popen(
            [*command, "--ready-fd", str(announce)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=(announce,),
        )
    except OSError as error:
        os.close(ready)
        raise EngineFailed(f"the engine did not start: {error.strerror}") from None
    finally:
        os.close(announce)
    return process, ready


def _wait(ready: int, timeout: float) -> bytes | None:
    """Return what the engine says: `_READY`, why it ends, or `_ENDED` without a word; None for nothing."""
    with selectors.DefaultSelector() as selector:
        selector.register(ready, selectors.EVENT_READ)
        if not selector.select(timeout):
            return None
    return os.read(ready, _REASON_BYTES)


def _death(process: subprocess.Popen[bytes]) -> str:
    try:
        status = process.wait(_DEATH_TIMEOUT)
    except subprocess.TimeoutExpired:
        return "it closed its readiness pipe without a word"
    return f"it ended with exit code {status}" if status >= 0 else f"it was killed by {_signal_name(-status)}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the engine and what it started: it leads a process group of its own."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _last_line(log_path: Path, start: int) -> str:
    """Return the last line with text that was logged from a position on, or nothing."""
    try:
        with log_path.open("rb") as log:
            log.seek(max(start, log.seek(0, os.SEEK_END) - _TAIL_BYTES))
            lines = log.read().decode(errors="replace").splitlines()
    except OSError:
        return ""
    return next((line for line in map(_plain_line, reversed(lines)) if line), "")


def _plain_line(line: str) -> str:
    return plain(line, limit=_LONGEST_LINE)
