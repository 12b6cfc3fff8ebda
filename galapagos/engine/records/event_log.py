"""The log of what happened around a run: what does not follow from its seed, and nothing depends on."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, Any

from galapagos.engine.files.line_file import LineFile, line_of
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from pathlib import Path


class EventLog:
    """What does not follow from the seed: checkpoints, faults of workers, attaches, resumes, warnings.

    Args:
        path: The file, made where it is not there.

    Raises:
        OSError: Where it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._lines = LineFile(path)
        self._lock = threading.Lock()
        self._lines.end_torn_line()

    def append(self, kind: str, text: str, **more: Any) -> None:  # noqa: ANN401 - any JSON value
        """Write an event with the time; a full disk loses it rather than ending the run."""
        event = {"time": time.time(), "kind": plain(kind), "text": plain(text), **more}
        with self._lock:
            try:
                self._lines.write(line_of(event))
            except OSError:
                return

    def stay(self) -> bool:
        """Put the file back where somebody removed it and that can be; return whether it was."""
        with self._lock, contextlib.suppress(OSError):
            return self._lines.stay()
        return False

    def close(self) -> None:
        """Close the file; closing twice is harmless."""
        self._lines.close()
