"""A client for callers without an event loop of their own, or with one that is not to be disturbed.

The command line, scripts and notebooks use it. The connection lives in an event loop in a thread of its own,
so that it works inside a running loop too, and from any number of threads.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
import time
from typing import TYPE_CHECKING, Any, Self, TypeVar

from galapagos.engine.socket.client import ANSWER_TIMEOUT, Client
from galapagos.errors import ConnectionLost

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from pathlib import Path
    from types import TracebackType

    from galapagos.engine.commands import Command
    from galapagos.engine.snapshot import Snapshot

Result = TypeVar("Result")


class BlockingClient:
    """The methods of `galapagos.engine.socket.client.Client`, each blocking until it is done; thread-safe.

    Use it in a `with` statement, or close it.

    Args:
        path: The socket of a running engine.
        name: What others are told of who asks; by default user and terminal.
        answer_timeout: Seconds to wait for an answer.

    Raises:
        UnknownRun: Where nobody listens, or somebody else than this user does.
    """

    def __init__(
        self, path: Path, *, name: str | None = None, answer_timeout: float = ANSWER_TIMEOUT
    ) -> None:
        self._loop = asyncio.new_event_loop()
        self._submitting = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run_loop, name="galapagos client", daemon=True)
        self._thread.start()
        try:
            self._client = self._wait_for(Client.connect(path, name=name, answer_timeout=answer_timeout))
        except BaseException:
            self._end_loop()
            raise

    @classmethod
    def connect(cls, path: Path, *, name: str | None = None, answer_timeout: float = ANSWER_TIMEOUT) -> Self:
        """Return a client of the engine that listens at a socket; the arguments are those of the class.

        Raises:
            UnknownRun: Where nobody listens, or somebody else than this user does.
        """
        return cls(path, name=name, answer_timeout=answer_timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def latest(self) -> Snapshot | None:
        """The newest picture of the run, None before the first."""
        return self._client.latest

    @property
    def lost(self) -> str | None:
        """Why the connection ended, in one line; None while it is there."""
        return self._client.lost

    def snapshot(self) -> Snapshot:
        """Return the picture of this moment; ConnectionLost where no answer came."""
        return self._wait_for(self._client.snapshot())

    def snapshots(self) -> Iterator[Snapshot]:
        """Yield the newest picture whenever there is a new one; end when the engine or this client goes."""
        seen: Snapshot | None = None
        while True:
            try:
                seen = self._wait_for(self._client.newer(seen))
            except ConnectionLost:
                return
            yield seen

    def send(self, command: Command) -> dict[str, Any]:
        """Return the engine's acknowledgement of a command.

        Raises:
            CommandRefused: Where the engine did not take it.
            ConnectionLost: Where no answer came; whether it was taken is then unknown.
        """
        return self._wait_for(self._client.send(command))

    def genome(self, id: str) -> dict[str, Any]:
        """Return what the engine knows of an elite or a member of the population.

        Raises:
            CommandRefused: Where the engine knows no such id.
            ConnectionLost: Where no answer came.
        """
        return self._wait_for(self._client.genome(id))

    def weights(self, id: str) -> str:
        """Return a file of the run directory with the weights that an elite learned and hands down.

        Raises:
            CommandRefused: Where the id is of no elite, or it keeps no weights.
            ConnectionLost: Where no answer came.
        """
        return self._wait_for(self._client.weights(id))

    def wait(self, predicate: Callable[[Snapshot], bool], timeout: float | None = None) -> Snapshot:
        """Return the first picture that fulfils a condition, the newest one at hand included.

        Pictures may be skipped while another is looked at, so ask for what stays true (`generation >= 10`).

        Args:
            predicate: The condition; it is called in this thread, and may use this client.
            timeout: Seconds to wait, None for as long as the engine lives.

        Raises:
            TimeoutError: Where none came in time.
            ConnectionLost: Where the connection ended before.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        seen: Snapshot | None = None
        while True:
            left = None if deadline is None else max(deadline - time.monotonic(), 0.0)
            seen = self._wait_for(self._client.newer(seen), left)
            if predicate(seen):
                return seen

    def close(self) -> None:
        """End the connection; the engine goes on. Closing twice is closing once."""
        with self._submitting:
            if self._closed:
                return
            self._closed = True
            ending = asyncio.run_coroutine_threadsafe(self._client.close(), self._loop)
        try:
            ending.result()
        finally:
            self._end_loop()

    def _wait_for(self, work: Coroutine[Any, Any, Result], timeout: float | None = None) -> Result:
        with self._submitting:
            if self._closed:
                work.close()
                raise ConnectionLost("this client was closed")
            future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(timeout)
        except concurrent.futures.CancelledError:
            raise ConnectionLost("this client was closed") from None
        except BaseException:
            future.cancel()
            raise

    def _run_loop(self) -> None:
        self._loop.run_forever()
        self._loop.run_until_complete(_cancel_others())

    def _end_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _cancel_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
