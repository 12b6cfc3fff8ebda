"""When checkpoints are written, and what becomes of a run while the disk does not take them."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

from galapagos.engine import threads
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from galapagos.engine.evolution import Evolution
    from galapagos.engine.records.checkpoint import Checkpoint
    from galapagos.errors import CommandRefused
    from galapagos.evolution.archive import Elite
    from galapagos.evolution.levels import Level

RETRY_SECONDS = 1.0
"""Shortest time between two attempts to write what the disk did not take."""

MOST_UNSAVED = 10
"""Generations that a run evolves in memory only, before it waits for the disk."""


class Saving:
    """Writes checkpoints in the background, one at a time, and knows how much is not saved.

    `waits` tells whether the run waits for the disk; `on_change` is called when that begins and ends.

    Args:
        save: Writes a checkpoint and the files that belong to it; called in a thread; returns a line on each
            file that it put back; raises OSError.
        tell: Called with the kind and the text of an event.
        written: Where the run goes on, if it does.
    """

    def __init__(
        self,
        save: Callable[[Checkpoint, dict[int, tuple[Level, Elite]]], Iterable[str]],
        tell: Callable[[str, str], None],
        written: Checkpoint | None,
    ) -> None:
        self.waits = False
        self.on_change: Callable[[], None] = lambda: None
        self._save = save
        self._tell = tell
        self._written = written
        self._written_at: float | None = None
        self._tried_at = time.monotonic()
        self._writing: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()
        self._problem = ""
        self._failed_in = 0

    @property
    def age(self) -> float | None:
        """Seconds since the last checkpoint of this engine, None before the first."""
        return None if self._written_at is None else time.monotonic() - self._written_at

    @property
    def problem(self) -> str:
        """One line on what the disk did not take and has not taken since; empty where it takes everything."""
        if not self._problem:
            return ""
        since = "" if self._written is None else f" since generation {self._written.generation}"
        return f"nothing is saved{since}: {self._problem}"

    def unsaved(self, generation: int) -> int:
        """Return how many generations have begun since something could not be written, that one included."""
        return 1 + generation - self._failed_in if self._problem else 0

    def failed(self, generation: int, error: OSError | MemoryError | CommandRefused) -> None:
        """Note that something could not be written in a generation; the next attempt comes soon."""
        if not self._problem:
            self._failed_in = generation
        known = isinstance(error, OSError) and error.strerror
        if self._problem != (reason := plain(known or str(error) or "there is no memory for it")):
            self._problem = reason
            self._tell("not saved", f"{self.problem}; the engine tries again")

    def hangs(self, generation: int, what: str) -> None:
        """Note in a generation that something has been written for long; it counts as not saved now."""
        if not self._problem:
            self._failed_in = generation
        self._problem = f"{what} has been written for {threads.HANGS_AFTER:g} s: does the disk hang?"
        self._tell("not saved", self.problem)
        self.on_change()

    def when_due(self, evolution: Evolution) -> None:
        """Begin a checkpoint in the background, where the last one is old enough and none is under way."""
        if self._writing is not None and self._writing.done():
            self._writing.result()  # raises what nobody foresaw, so that it does not vanish with the task
        pause = evolution.parameters.checkpoint_every
        due = time.monotonic() - self._tried_at >= (min(pause, RETRY_SECONDS) if self._problem else pause)
        if due and (self._writing is None or self._writing.done()):
            self._writing = asyncio.create_task(self._write(evolution))

    async def now(self, evolution: Evolution) -> bool:
        """Write a checkpoint of the last recorded generation, where there is none of it yet.

        It is written to the end even where the caller is cancelled, since two must never be written at once.

        Returns:
            Whether the last recorded generation, if there is one, is in a checkpoint now.
        """
        await asyncio.shield(asyncio.create_task(self._write(evolution)))
        return self._written is evolution.recorded

    async def wait(self, evolution: Evolution, most: int, hurry: asyncio.Event) -> None:
        """Wait while more generations than that are not saved, so that no crash can cost more.

        Args:
            evolution: What is to be saved.
            most: So many may be unsaved; with 0 nothing may.
            hurry: Ends the pause before the next attempt.
        """
        while self.unsaved(evolution.generation) > most:
            if not self.waits:
                self.waits = True
                self._tell("paused", f"{self.problem}; the run goes on as soon as it is")
                self.on_change()
            hurry.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(hurry.wait(), RETRY_SECONDS)
            await self.now(evolution)
        if self.waits:
            self.waits = False
            self.on_change()

    async def _write(self, evolution: Evolution) -> None:
        async with self._lock:
            checkpoint, elites = evolution.recorded, evolution.view()
            if checkpoint is None or (checkpoint is self._written and not self._problem):
                return
            self._tried_at = time.monotonic()

            def tell() -> None:
                self.hangs(evolution.generation, "a checkpoint")

            try:
                put_back = await threads.watched(tell, self._save, checkpoint, elites)
            except (OSError, MemoryError) as error:
                self.failed(evolution.generation, error)
                return
            for line in put_back:
                self._tell("put back", line)
            self._written, self._written_at = checkpoint, time.monotonic()
            if self._problem:
                self._problem = ""
                self._tell("saved again", f"generation {checkpoint.generation}")
            else:
                self._tell("checkpoint", f"generation {checkpoint.generation}")
