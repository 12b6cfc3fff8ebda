"""One worker process as the engine sees it: started, talked to without ever waiting, killed, reaped."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from typing import TYPE_CHECKING

from galapagos.engine.pool.worker_pipe import FrameReader, Message, frame
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Callable

ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)
"""What keeps a worker to the one processor it was given."""

OUTPUT_KEPT = 8192
"""Bytes of a worker's latest output that are kept for error messages."""

_LAST_WORDS = 0.5
"""Seconds after a process ended in which its pipes may still bring what it wrote."""


class WorkerProcess:
    """One process of `galapagos.engine.worker`, supervised from an event loop.

    The loop must run in a thread that lives as long as the worker should (the main thread): on Linux a worker
    ends with the thread that started it.

    Args:
        task_builder: What builds the task in the worker, as `module:function`.
        on_message: Called with each message of the worker; never after `on_end`.
        on_end: Called once, when the process has ended and been reaped, however that came about.
    """

    def __init__(
        self, task_builder: str, on_message: Callable[[Message], None], on_end: Callable[[], None]
    ) -> None:
        self._task_builder = task_builder
        self._on_message = on_message
        self._on_end = on_end
        self._transport: asyncio.SubprocessTransport | None = None
        self._pipe: asyncio.WriteTransport | None = None
        self._reader = FrameReader()
        self._output = b""
        self._open = 2
        self._killed = False
        self._grace: asyncio.TimerHandle | None = None
        self.ended = asyncio.Event()

    async def start(self) -> None:
        """Start the process.

        Raises:
            OSError: Where the system allows no further process or file; `on_end` is not called then.
        """
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._transport, _ = await loop.subprocess_exec(
                    lambda: _Process(self),
                    *(sys.executable, "-P", "-m", "galapagos.engine.worker"),
                    *(str(theirs.fileno()), str(os.getpid()), self._task_builder),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.STDOUT,
                    pass_fds=(theirs.fileno(),),
                    process_group=0,
                    env={**os.environ, **ONE_THREAD},
                )
            except BaseException:
                ours.close()
                raise
        self._pipe, _ = await loop.create_unix_connection(lambda: _Pipe(self), sock=ours)
        if self._killed:
            self.kill()

    @property
    def pid(self) -> int:
        """The process id, 0 before there is one."""
        return (self._transport.get_pid() or 0) if self._transport else 0

    @property
    def last_line(self) -> str:
        """The last line the worker printed, free of control characters; empty where it printed nothing."""
        lines = self._output.decode(errors="replace").strip().splitlines()
        return plain(lines[-1]) if lines else ""

    @property
    def reason(self) -> str:
        """How the process ended: the name of a signal or an exit status."""
        status = self._transport.get_returncode() if self._transport else None
        if status is None:
            return "it is gone"
        if status >= 0:
            return f"exit status {status}"
        try:
            return signal.Signals(-status).name
        except ValueError:
            return f"signal {-status}"

    def send(self, message: Message) -> None:
        """Send a message without waiting; it is lost where the process has ended."""
        if self._pipe is not None and not self._pipe.is_closing():
            self._pipe.write(frame(message))

    def kill(self) -> None:
        """Kill the process and whatever it started; `on_end` follows."""
        self._killed = True
        if self._transport is not None and self._transport.get_returncode() is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._transport.get_pid() or 0, signal.SIGKILL)

    def received(self, data: bytes) -> None:
        """Take bytes of the pipe; a worker that sends no frames is killed."""
        try:
            messages = self._reader.feed(data)
        except ValueError:
            self.kill()
            return
        for message in messages:
            if not self.ended.is_set():
                self._on_message(message)

    def printed(self, data: bytes) -> None:
        """Take bytes that the worker printed."""
        self._output = (self._output + data)[-OUTPUT_KEPT:]

    def closed(self) -> None:
        """Note that the pipe, or the output together with the process, came to its end."""
        self._open -= 1
        if self._open == 0:
            self._end()
        else:
            self.kill()

    def exited(self) -> None:
        """Note that the process was reaped; its last words may still be on their way."""
        self._grace = asyncio.get_running_loop().call_later(_LAST_WORDS, self._end)

    def _end(self) -> None:
        if self.ended.is_set():
            return
        if self._grace is not None:
            self._grace.cancel()
        if self._pipe is not None:
            self._pipe.abort()
        if self._transport is not None:
            self._transport.close()
        self.ended.set()
        self._on_end()


class _Pipe(asyncio.Protocol):
    def __init__(self, worker: WorkerProcess) -> None:
        self._worker = worker

    def data_received(self, data: bytes) -> None:
        self._worker.received(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the signature of asyncio
        self._worker.closed()


class _Process(asyncio.SubprocessProtocol):
    def __init__(self, worker: WorkerProcess) -> None:
        self._worker = worker

    def pipe_data_received(self, fd: int, data: bytes) -> None:  # noqa: ARG002 - the signature of asyncio
        self._worker.printed(data)

    def process_exited(self) -> None:
        self._worker.exited()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the signature of asyncio
        self._worker.closed()
