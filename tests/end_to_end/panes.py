"""A program in a pseudo-terminal of its own, and what a terminal emulator or a shell does to it."""

from __future__ import annotations

import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from contextlib import suppress
from fcntl import ioctl
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

ALTERNATE_SCREEN, ORDINARY_SCREEN = b"\x1b[?1049h", b"\x1b[?1049l"
LONGEST_START = 60.0
_TICKS = os.sysconf("SC_CLK_TCK")


class Pane:
    """A program in a terminal of 120x40 of its own session, as a multiplexer gives one to each pane.

    Args:
        command: The program and its arguments.
        own_input: Whether its input is another terminal than its output, so that each can end alone.

    Attributes:
        output: What it has written so far, as far as it was read.
    """

    def __init__(self, *command: str, own_input: bool = False) -> None:
        self.master, self.slave = pty.openpty()
        ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self.input, self.keyboard = pty.openpty() if own_input else (self.master, self.slave)
        self.before = termios.tcgetattr(self.slave)
        self.output = b""
        self.process = subprocess.Popen(
            list(command),
            stdin=self.keyboard,
            stdout=self.slave,
            stderr=self.slave,
            env={**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8"},
            start_new_session=True,
            preexec_fn=self._own_the_terminal,  # noqa: PLW1509 - before any thread is started
        )

    def _own_the_terminal(self) -> None:
        ioctl(self.slave, termios.TIOCSCTTY, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGCONT)
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for descriptor in {self.master, self.slave, self.input, self.keyboard}:
            with suppress(OSError):
                os.close(descriptor)

    def read(self, seconds: float) -> bytes:
        """Read what comes within so many seconds, and return it."""
        begin, end = len(self.output), time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self.master], [], [], left)[0]:
                with suppress(OSError):
                    self.output += os.read(self.master, 1 << 16)
        return self.output[begin:]

    def read_until(self, text: bytes, limit: float = LONGEST_START) -> float:
        """Read until a text comes, and return how many seconds that took."""
        start, begin = time.monotonic(), len(self.output)
        while text not in self.output[begin:]:
            assert time.monotonic() - start < limit, self.output[-2000:]
            self.read(0.02)
        return time.monotonic() - start

    def write(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self.input, keys)

    def ended(self, limit: float) -> int:
        """Return the exit code of the program, which must end in time; what it writes is read."""
        end = time.monotonic() + limit
        while self.process.poll() is None:
            assert time.monotonic() < end, "the program does not end"
            self.read(0.02)
        self.read(0.05)
        return self.process.returncode

    def signal(self, number: int) -> None:
        """Send the program a signal."""
        self.process.send_signal(number)

    def close(self) -> None:
        """Close the terminal, as an emulator does whose window is closed."""
        for descriptor in {self.slave, self.keyboard, self.master, self.input}:
            os.close(descriptor)

    def threads(self) -> int:
        """Return how many threads the program has."""
        return len(list(Path(f"/proc/{self.process.pid}/task").iterdir()))

    def settings(self) -> list[object]:
        """Return how the terminal is set."""
        return list(termios.tcgetattr(self.slave))

    def must_be_restored(self) -> None:
        """Assert that the terminal is as a shell left it, and shows the shell's screen."""
        assert termios.tcgetattr(self.slave) == self.before
        assert self.output.rfind(ORDINARY_SCREEN) > self.output.rfind(ALTERNATE_SCREEN)
        assert self.output.rfind(b"\x1b[?25h") > self.output.rfind(b"\x1b[?25l")

    def seconds_of_processor(self) -> float:
        """Return the seconds of processor time that the program has taken."""
        return processor_seconds(self.process.pid)


def processor_seconds(pid: int) -> float:
    """Return the seconds of processor time that a process has taken."""
    # The name in parentheses may hold anything, so fields count from the last parenthesis (proc(5)).
    fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
