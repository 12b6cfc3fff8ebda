"""Fitness over the shared weight, computed by the task's own evaluation in a thread beside the episodes."""

from __future__ import annotations

import threading
import time
from math import fsum, nan
from queue import SimpleQueue
from typing import TYPE_CHECKING

import numpy as np

from galapagos.engine.episodes.news import CurvePart, Notice
from galapagos.errors import GalapagosError
from galapagos.evaluation import Evaluation, EvaluationPlan
from galapagos.plain_text import plain
from galapagos.randomness import SHARED_SEED, Purpose, trial_seeds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from galapagos.engine.episodes.protocol import CurveRequest
    from galapagos.evaluation import Task
    from galapagos.genomes.genome import Genome

LONGEST = 30.0
"""Seconds after which no further start is tried, at least one a weight."""
AT_ONCE = 8
"""Weights in one evaluation, so that the episodes beside it wait for little."""
BETWEEN_PARTS = 0.2
"""Seconds between two parts of a curve at least, but for the last one."""


_DECIMALS = 9
"""Of a weight, so that those between round ones are round."""


class CurveThread:
    """Computes one curve at a time; a new one takes the place of what is under way.

    The starts are those of confirmations, so that the curve goes through what is told of an elite elsewhere.

    Args:
        task: Builds the task, called in the thread.
        genome: The network, whose connections share a weight.
    """

    def __init__(self, task: Callable[[], Task], genome: Genome) -> None:
        self._build = task
        self._genome = genome
        self._requests: SimpleQueue[CurveRequest] = SimpleQueue()
        self._news: SimpleQueue[CurvePart | Notice] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._task: Task | None = None

    def ask(self, request: CurveRequest) -> None:
        """Begin a curve."""
        self._requests.put(request)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="curve", daemon=True)
            self._thread.start()

    def take(self) -> list[CurvePart | Notice]:
        """Return what has come of it since the last time."""
        news: list[CurvePart | Notice] = []
        while not self._news.empty():
            news.append(self._news.get())
        return news

    def _run(self) -> None:
        while True:
            request = self._requests.get()
            try:
                self._compute(self._prepared(), request)
            except (Exception, SystemExit) as error:  # a task may call sys.exit(), too
                told = str(error) if isinstance(error, GalapagosError) else f"{type(error).__name__}: {error}"
                self._news.put(Notice(plain(f"fitness over the weight is not known: {told}")))

    def _prepared(self) -> Task:
        if self._task is None:
            task = self._build()
            task.prepare(
                lambda: self._news.put(Notice("compiling what computes fitness; it takes some seconds once"))
            )
            self._task = task
        return self._task

    def _compute(self, task: Task, request: CurveRequest) -> None:
        weights = np.linspace(request.low, request.high, request.points).round(_DECIMALS).tolist()
        returns: list[list[float]] = [[] for _ in weights]
        began = told = time.monotonic()
        for trial, seed in enumerate(trial_seeds(SHARED_SEED, 0, Purpose.CONFIRMATION, request.trials)):
            if trial and time.monotonic() - began > LONGEST:
                break
            for first in range(0, len(weights), AT_ONCE):
                some = slice(first, first + AT_ONCE)
                for row, value in zip(returns[some], self._returns(task, weights[some], seed), strict=True):
                    row.append(value)
                if not self._requests.empty():
                    return
                if time.monotonic() - told > BETWEEN_PARTS:
                    told = time.monotonic()
                    self._news.put(_part(weights, returns, request.trials, done=False))
        self._news.put(_part(weights, returns, request.trials, done=True))

    def _returns(self, task: Task, weights: Sequence[float], seed: int) -> list[float]:
        outcome = task.evaluate([self._genome], EvaluationPlan((seed,), tuple(weights)))[0]
        if isinstance(outcome, Evaluation):
            return [result.mean for result in outcome.by_weight]
        if outcome.kind != "not_finite":
            raise GalapagosError(outcome.message)
        if len(weights) == 1:
            return [nan]
        # One weight of several made a return that is no number: the others are told.
        return [self._returns(task, [weight], seed)[0] for weight in weights]


def _part(
    weights: Sequence[float], returns: Sequence[Sequence[float]], trials: int, *, done: bool
) -> CurvePart:
    means = [fsum(row) / len(row) if row else nan for row in returns]
    return CurvePart(tuple(zip(weights, means, strict=True)), min(map(len, returns)), trials, done)
