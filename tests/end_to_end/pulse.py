"""How soon an engine answers, asked all the time by a client of its own: it shows what holds its loop up."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING, Self

import orjson

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

SECONDS_BETWEEN = 0.02


class Pulse:
    """Asks an engine for a picture fifty times a second, in a thread, as long as the context lasts.

    Args:
        path: The socket of the engine.

    Attributes:
        seconds: How long each answer took.
    """

    def __init__(self, path: Path) -> None:
        self.seconds: list[float] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(30)
        self._socket.connect(str(path))
        self._stream = self._socket.makefile("rb")
        self._ended = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._ask_on, name="pulse", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join()
        self._stream.close()
        self._socket.close()

    def percentile(self, share: float) -> float:
        """Return the time within which so large a share of the answers came."""
        assert len(self.seconds) > 20, "the engine was not asked often enough to tell"
        return sorted(self.seconds)[int(share * (len(self.seconds) - 1))]

    def _ask_on(self) -> None:
        number = 0
        while not self._stopping.wait(SECONDS_BETWEEN) and not self._ended:
            number += 1
            text = orjson.dumps({"request": number, "snapshot": True})
            start = time.perf_counter()
            self._socket.sendall(len(text).to_bytes(4, "big") + text)
            while self._message().get("answer") != number and not self._ended:
                pass
            if not self._ended:
                self.seconds.append(time.perf_counter() - start)

    def _message(self) -> dict[str, object]:
        head = self._stream.read(4)
        if not head:
            self._ended = True
            return {}
        length = int.from_bytes(head, "big")
        found: dict[str, object] = orjson.loads(self._stream.read(length))
        return found
