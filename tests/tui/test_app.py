"""The dashboard as a process in a real pseudo-terminal: how it leaves, and how the terminal is then."""

from __future__ import annotations

import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from contextlib import contextmanager, suppress
from fcntl import ioctl
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tui.app import run_dashboard

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
LONGEST_START = 60.0
LONGEST_EXIT = 20.0


class Terminal:
    """A dashboard of a run without an engine, and the other end of its terminal.

    Args:
        process: The dashboard.
        master: What a terminal emulator holds.
        slave: The terminal itself, kept open to look at its settings.
    """

    def __init__(self, process: subprocess.Popen[bytes], master: int, slave: int) -> None:
        self.process = process
        self.master = master
        self.slave = slave
        self.output = b""

    def read_until(self, text: bytes, limit: float = LONGEST_START) -> None:
        end = time.monotonic() + limit
        while text not in self.output:
            assert time.monotonic() < end, self.output[-2000:]
            if select.select([self.master], [], [], 0.1)[0]:
                self.output += os.read(self.master, 65536)

    def wait(self) -> int:
        """Return the exit code, reading what comes so that nothing hangs."""
        end = time.monotonic() + LONGEST_EXIT
        while self.process.poll() is None:
            assert time.monotonic() < end, "the dashboard does not end"
            if select.select([self.master], [], [], 0.05)[0]:
                with suppress(OSError):
                    self.output += os.read(self.master, 65536)
        while select.select([self.master], [], [], 0)[0]:
            try:
                self.output += os.read(self.master, 65536)
            except OSError:
                break
        return self.process.returncode


@contextmanager
def dashboard(directory: Path) -> Iterator[Terminal]:
    """Run the dashboard in a pseudo-terminal of 80 columns and 24 lines."""
    (directory / "parameters.yaml").write_text("experiment: wann-gym\n")
    master, slave = pty.openpty()
    ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    program = "import sys, pathlib, tui.app; sys.exit(tui.app.run_dashboard(pathlib.Path(sys.argv[1])))"
    environment = {**os.environ, "TERM": "xterm-256color", "GALAPAGOS_HOME": str(directory)}
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(directory)],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=ROOT,
        env=environment,
        start_new_session=True,
    )
    terminal = Terminal(process, master, slave)
    try:
        yield terminal
    finally:
        process.kill()
        process.wait()
        for descriptor in (master, slave):
            with suppress(OSError):
                os.close(descriptor)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGHUP, 0), (signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_detaches_and_gives_the_terminal_back(tmp_path: Path, number: int, code: int) -> None:
    with dashboard(tmp_path) as terminal:
        before = termios.tcgetattr(terminal.slave)
        terminal.read_until(b"no engine")
        assert termios.tcgetattr(terminal.slave) != before
        terminal.process.send_signal(number)
        assert terminal.wait() == code
        assert termios.tcgetattr(terminal.slave) == before
        for ending in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?2004l"):
            assert ending in terminal.output
        # The mouse was the terminal's all the time.
        assert b"\x1b[?1000h" not in terminal.output


def test_q_leaves_a_run_without_an_engine_and_says_how_to_go_on(tmp_path: Path) -> None:
    with dashboard(tmp_path) as terminal:
        terminal.read_until(b"no engine")
        os.write(terminal.master, b"q")
        assert terminal.wait() == 0
        assert terminal.output.split(b"\x1b[?1049l")[-1].count(b"galapagos resume") == 1


def test_the_end_of_the_terminal_ends_the_dashboard(tmp_path: Path) -> None:
    with dashboard(tmp_path) as terminal:
        terminal.read_until(b"no engine")
        os.close(terminal.slave)
        os.close(terminal.master)
        assert terminal.process.wait(LONGEST_EXIT) == 0


def test_a_terminal_that_is_not_read_holds_no_signal_up(tmp_path: Path) -> None:
    with dashboard(tmp_path) as terminal:
        terminal.read_until(b"no engine")
        for size in range(40):
            # Nobody reads what these repaints write.
            ioctl(terminal.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24 + size, 80 + size, 0, 0))
            terminal.process.send_signal(signal.SIGWINCH)
            time.sleep(0.02)
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.process.wait(LONGEST_EXIT) == 0


def test_without_a_terminal_it_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.app.has_terminal", lambda: False)
    assert run_dashboard(tmp_path) == 2
    assert capsys.readouterr().err == "the dashboard needs a terminal on input and output\n"
