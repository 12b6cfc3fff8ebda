"""How long a run has evolved: resumes included, pauses not."""

import time


class Stopwatch:
    """A clock that can be halted.

    Args:
        elapsed: Seconds it starts from.
    """

    def __init__(self, elapsed: float) -> None:
        self._before = elapsed
        self._since: float | None = None

    @property
    def elapsed(self) -> float:
        """Seconds in which it ran."""
        return self._before + (0.0 if self._since is None else time.monotonic() - self._since)

    def run(self) -> None:
        """Start or go on; nothing changes where it runs already."""
        if self._since is None:
            self._since = time.monotonic()

    def halt(self) -> None:
        """Stand still; nothing changes where it does already."""
        self._before, self._since = self.elapsed, None
