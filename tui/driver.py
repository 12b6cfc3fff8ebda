"""A terminal driver that never waits for the terminal: for one that is not read, or is gone."""

from __future__ import annotations

import os
import selectors
import termios
from codecs import getincrementaldecoder
from contextlib import suppress
from queue import Full
from typing import IO, TYPE_CHECKING, Any

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.geometry import Size
from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Callable
    from queue import Queue

    from textual.app import App

LONGEST_FAREWELL = 1.0
"""Seconds to wait, at the end, for a terminal that does not read."""


FAREWELL_CODES = (
    b"\x1b[?2004l\x1b[?7h\x1b[?2048l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l"
    b"\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"
)
"""Ends bracketed paste, mouse, key protocol, alternate screen and focus reports; shows the cursor."""


def bytes_sent(app: App[Any]) -> int:
    """Return how many bytes an app has sent to its terminal; 0 where it has none of ours."""
    driver = app._driver  # noqa: SLF001
    return driver.sent if isinstance(driver, PatientDriver) else 0


class TerminalLost(Message):
    """Input ended or output failed: nobody sees the dashboard any more."""


class _Output:
    """The terminal as a file whose loss is a fact to be told, not an exception in a thread."""

    def __init__(self, file: IO[str], on_lost: Callable[[], None]) -> None:
        self._file = file
        self._on_lost = on_lost

    def write(self, text: str) -> int:
        try:
            return self._file.write(text)
        except OSError:
            self._on_lost()
            return len(text)

    def flush(self) -> None:
        try:
            self._file.flush()
        except OSError:
            self._on_lost()

    def fileno(self) -> int:
        return self._file.fileno()

    def isatty(self) -> bool:
        return self._file.isatty()


ARRIVAL_CODES = "\x1b[?1049h\x1b[?25l\x1b[?1004h\x1b[?2004h\x1b[?7l"
"""Begins alternate screen, focus reports and bracketed paste; hides the cursor and ends wrapping."""


class PatientDriver(LinuxDriver):
    """The Linux driver, with four differences; `sent` counts the bytes that it gave the terminal.

    It says how much waits to be written (`backlog`), so that the dashboard can hold its frames back; it ends
    the dashboard when input ends instead of spinning; it waits at most a second, when it leaves, for a
    terminal that is not read; and where the process was stopped without being asked (SIGSTOP) and goes on, it
    takes the terminal back as it was, instead of starting a second time over it.
    """

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401  (passed on as they are)
        super().__init__(*args, **options)
        self._file: Any = _Output(self._file, self._terminal_lost)
        self._stuck = False
        self._ours: list[Any] | None = None
        self.sent = 0

    def start_application_mode(self) -> None:
        """Take the terminal, and know how it is set then."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        with suppress(termios.error, OSError):
            self._ours = termios.tcgetattr(self.fileno)

    def _sigcont_application(self, *_: object) -> None:
        if self._writer_thread is None:
            # It had left the terminal before it was stopped: Ctrl-Z.
            super()._sigcont_application()
            return
        with suppress(termios.error, OSError):
            found = termios.tcgetattr(self.fileno)
            if found != self._ours and self._ours is not None:
                # A shell had the terminal meanwhile, and gets it back as it left it.
                self.attrs_before = found
                termios.tcsetattr(self.fileno, termios.TCSANOW, self._ours)
        self.write(ARRIVAL_CODES)
        if self._mouse:
            self._enable_mouse_support()
        size = Size(*self._get_terminal_size())
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._app.post_message, Resize(size, size))

    @property
    def _queue(self) -> Queue[str | None] | None:
        return None if self._writer_thread is None else self._writer_thread._queue  # noqa: SLF001

    @property
    def backlog(self) -> int:
        """The number of writes that the terminal has not taken yet."""
        return 0 if self._queue is None else self._queue.qsize()

    @property
    def stuck(self) -> bool:
        """Whether the terminal was left with something that it had not taken."""
        return self._stuck

    def use_mouse(self, *, on: bool) -> None:
        """Take what the mouse does, or leave it to the terminal."""
        if not on:
            self._disable_mouse_support()
        self._mouse = on
        if on:
            self._enable_mouse_support()

    def write(self, data: str) -> None:
        """Queue data for the terminal; data beyond a full queue is lost, which only a stuck terminal sees."""
        if self._queue is not None:
            with suppress(Full):
                self._queue.put_nowait(data)
                self.sent += len(data.encode("utf-8", "replace"))

    def close(self) -> None:
        """End the writer, waiting for it a bounded time."""
        queue, writer = self._queue, self._writer_thread
        self._writer_thread = None
        if queue is None or writer is None:
            return
        with suppress(Full):
            queue.put(None, timeout=LONGEST_FAREWELL)
        writer.join(LONGEST_FAREWELL)
        self._stuck = writer.is_alive()

    def run_input_thread(self) -> None:
        """Read keys until the dashboard ends or the terminal does."""
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(0.1):
                    data = self._read()
                    if not data:
                        self._terminal_lost()
                        return
                    for event in parser.feed(text) if (text := decode(data)) else ():
                        self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, 4096)
        except OSError:
            return b""

    def _terminal_lost(self) -> None:
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._app.post_message, TerminalLost())

    def restore_at_once(self) -> None:
        """Give the terminal back without waiting for anything; for the last moment of a process."""
        if self.attrs_before is not None:
            with suppress(termios.error, OSError):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
        with suppress(OSError):
            os.set_blocking(self._file.fileno(), False)
            os.write(self._file.fileno(), FAREWELL_CODES)
