"""Curves and histograms for TensorBoard, written by a thread that can neither slow nor end a run."""

from __future__ import annotations

import math
import os
import queue
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from galapagos.evaluation import Evaluation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import ModuleType

    from galapagos.evaluation import Outcome
    from galapagos.evolution.individual import Individual
    from galapagos.parameters import Parameters

SECONDS_BETWEEN = 1.0
"""The shortest time between two points of a curve."""

_NO_CURVES = frozenset({"generation", "time", "type"})
_MOST_WAITING = 256
_BINS = 30
_CLOSING_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class _Scalars:
    step: int
    time: float
    values: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Histograms:
    step: int
    time: float
    values: dict[str, list[float]]


class TensorBoard:
    """Writes event files; nothing is imported or opened before the first value.

    A disk that is full or a library that does not work ends the curves, never the run.

    Args:
        directory: Where the event files go.
        resumed_at: The generation at which a run goes on: TensorBoard drops later points of earlier files.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        directory: Path,
        *,
        resumed_at: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._directory = directory
        self._resumed_at = resumed_at
        self._clock = clock
        self._written: dict[str, float] = {}
        self._held: dict[str, _Scalars] = {}
        self._queue: queue.Queue[_Scalars | _Histograms | None] = queue.Queue(_MOST_WAITING)
        self._thread: threading.Thread | None = None

    def scalars(self, generation: int, values: Mapping[str, Any]) -> None:
        """Add a point to each curve, at most once a second; the last point of each is written at the end.

        Args:
            generation: The place on the horizontal axis.
            values: Such as a line of the journal; what is no finite number is passed over, and so are
                `generation`, `type` and `time`.
        """
        now, wall = self._clock(), time.time()
        due: dict[str, float] = {}
        for name, value in values.items():
            if not _is_number(value) or name in _NO_CURVES:
                continue
            if now - self._written.get(name, -math.inf) >= SECONDS_BETWEEN:
                due[name] = float(value)
                self._written[name] = now
                self._held.pop(name, None)
            else:
                self._held[name] = _Scalars(generation, wall, {name: float(value)})
        if due:
            self._put(_Scalars(generation, wall, due))

    def histograms(
        self,
        generation: int,
        population: Sequence[Individual],
        outcomes: Sequence[Outcome],
        parameters: Parameters,
    ) -> None:
        """Add histograms of fitness and complexity over those of a generation that did not fail."""
        pairs = [
            (outcome.fitness, individual.genome)
            for individual, outcome in zip(population, outcomes, strict=True)
            if isinstance(outcome, Evaluation) and math.isfinite(outcome.fitness)
        ]
        if pairs:
            measure = parameters.complexity_measure
            values = {
                "population/fitness": [fitness for fitness, _ in pairs],
                f"population/{measure}": [float(genome.complexity(measure)) for _, genome in pairs],
            }
            self._put(_Histograms(generation, time.time(), values))

    def close(self) -> None:
        """Write what is held back and end the thread, within ten seconds; closing twice is harmless."""
        for held in self._held.values():
            self._put(held)
        self._held.clear()
        if self._thread is not None:
            self._put(None)
            self._thread.join(_CLOSING_SECONDS)
            self._thread = None

    def _put(self, item: _Scalars | _Histograms | None) -> None:
        if self._thread is None:
            thread = threading.Thread(target=self._write_all, name="tensorboard", daemon=True)
            try:
                thread.start()
            except RuntimeError:  # the limit of threads is reached; the next point tries again
                return
            self._thread = thread
        try:
            self._queue.put(item, timeout=_CLOSING_SECONDS if item is None else 0)
        except queue.Full:
            return

    def _write_all(self) -> None:
        """Write until None comes; after the first failure only take things off the queue."""
        writer: _EventFile | None = None
        working = True
        while (item := self._queue.get()) is not None:
            try:
                if working and writer is None:
                    writer = _EventFile(self._directory, self._resumed_at)
                if working and writer is not None:
                    writer.write(item)
            except Exception:
                working = False  # whatever the library raises must not reach the run
        if writer is not None:
            writer.close()


class _EventFile:
    """An event file of its own for each engine; used in one thread only.

    `tensorboardX.SummaryWriter` is not used: its own thread dies on a full disk, and then its queue blocks
    the caller for ever.
    """

    def __init__(self, directory: Path, resumed_at: int | None) -> None:
        with _without_torch():
            from tensorboardX.event_file_writer import EventsWriter
            from tensorboardX.proto.event_pb2 import Event, SessionLog

        directory.mkdir(parents=True, exist_ok=True)
        self._event = Event
        self._file = EventsWriter(str(directory / "events"), f".{os.getpid()}")
        if resumed_at is not None:
            self._file.write_event(Event(step=resumed_at, session_log=SessionLog(status=SessionLog.START)))

    def write(self, item: _Scalars | _Histograms) -> None:
        import numpy as np
        from tensorboardX import summary

        for name, value in item.values.items():
            made = (
                summary.scalar(name, value)
                if isinstance(value, float)
                else summary.histogram(name, np.array(value), _BINS)
            )
            self._file.write_event(self._event(step=item.step, wall_time=item.time, summary=made))
        self._file.flush()

    def close(self) -> None:
        try:
            self._file.close()
        except OSError:
            return


@contextmanager
def _without_torch() -> Iterator[None]:
    """Let an import go without torch, which tensorboardX would load only to know its tensors: 2 s and 300 MB.

    Nothing else in an engine imports torch; where a process has it already, nothing is done.
    """
    if "torch" in sys.modules:
        yield
        return
    absent = cast("ModuleType", None)  # an import of it then raises ImportError
    sys.modules["torch"] = absent
    try:
        yield
    finally:
        del sys.modules["torch"]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
