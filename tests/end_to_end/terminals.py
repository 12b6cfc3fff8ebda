"""The program in a terminal of its own: keys go in, and what a person would see comes out."""

from __future__ import annotations

import os
import re
import sys
import termios
import time
from typing import TYPE_CHECKING

import pexpect
import pyte

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

SECONDS = 60.0
_PAUSE = 0.05


class Terminal:
    """A pseudo-terminal with a program in it, and an emulator that keeps its screen.

    Args:
        arguments: Of the command line.
        program: What runs; by default this `galapagos`.
        directory: Where it runs; by default here.
        environment: Its variables, beside those that name the kind of terminal; by default those of here.
        columns: Of the terminal.
        lines: Of the terminal.
    """

    def __init__(
        self,
        *arguments: str,
        program: Sequence[str] = (sys.executable, "-m", "galapagos"),
        directory: Path | None = None,
        environment: Mapping[str, str] = os.environ,
        columns: int = 80,
        lines: int = 24,
    ) -> None:
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self.output = b""
        self.process = pexpect.spawn(
            program[0],
            [*program[1:], *arguments],
            dimensions=(lines, columns),
            cwd=directory,
            env={**environment, "TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"},
        )
        self.modes = self._modes()

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def until(self, condition: str | Callable[[str], object], seconds: float = SECONDS) -> str:
        """Read until words are on the screen, or it fulfils a condition; return it."""
        end = time.monotonic() + seconds
        while not (condition in self.text if isinstance(condition, str) else condition(self.text)):
            assert time.monotonic() < end, f"{condition!r} did not come:\n{self.text}"
            assert self._read(), f"the program ended before {condition!r} came:\n{self.text}"
        return self.text

    def press(self, *keys: str) -> None:
        """Send keys, one after the other."""
        for key in keys:
            self.process.send(_KEYS.get(key, key))

    def until_the_end(self) -> int:
        """Read until the program has ended, and return its exit code."""
        end = time.monotonic() + SECONDS
        while self._read():
            assert time.monotonic() < end, f"the program goes on:\n{self.text}"
        self.process.wait()
        return int(self.process.exitstatus if self.process.exitstatus is not None else -1)

    @property
    def is_restored(self) -> bool:
        """Whether a terminal is as it was before: its modes, the screen below, the cursor, no mouse."""
        left = [self.output.rfind(mode) for mode in (b"\x1b[?1049l", b"\x1b[?25h")]
        entered = self.output.rfind(b"\x1b[?1049h")
        return self._modes() == self.modes and all(place > entered for place in left)

    def close(self) -> None:
        """Close the terminal, as somebody does who closes its window."""
        self.process.close(force=True)

    def number(self, pattern: str) -> float:
        """Return the number that a pattern's group finds on the screen."""
        found = re.search(pattern, self.text)
        assert found is not None, f"{pattern!r} is not on\n{self.text}"
        return float(found[1])

    def _read(self) -> bool:
        """Take what came, or wait a moment; False when there will be no more."""
        try:
            data = self.process.read_nonblocking(65536, timeout=_PAUSE)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.output += data
        self._stream.feed(data)
        return True

    def _modes(self) -> list[object]:
        return list(termios.tcgetattr(self.process.child_fd))


_KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "left": "\x1b[D",
    "right": "\x1b[C",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "tab": "\t",
    "ctrl+u": "\x15",
}
