"""What a worker does: it prepares the task it is told to, and evaluates chunks of networks."""

from __future__ import annotations

import contextlib
import importlib
import math
import pickle
import socket
import time
import traceback
from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from galapagos.engine.pool.worker_pipe import FrameReader, Message, PlainOutcome, frame, plain_outcome
from galapagos.errors import GalapagosError
from galapagos.parameters import Parameters
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from galapagos.evaluation import EvaluationPlan, Task
    from galapagos.genomes.genome import Genome

_PIECE = 1 << 20


class _Inbox:
    """The messages of the engine, read ahead so that a chunk can be withdrawn before it begins."""

    def __init__(self, pipe: socket.socket) -> None:
        self._pipe = pipe
        self._reader = FrameReader()
        self._waiting: deque[Message] = deque()

    def next(self) -> Message:
        """Return the next message, waiting for it; EOFError when the engine closed the pipe."""
        with contextlib.suppress(BlockingIOError):
            while True:
                self._read(socket.MSG_DONTWAIT)
        while not self._waiting:
            self._read(0)
        return self._waiting.popleft()

    def _read(self, flags: int) -> None:
        data = self._pipe.recv(_PIECE, flags)
        if not data:
            raise EOFError
        for message in self._reader.feed(data):
            if message[0] == "withdraw":
                self._withdraw(message[1])
            else:
                self._waiting.append(message)

    def _withdraw(self, number: int) -> None:
        kept = deque(message for message in self._waiting if message[:2] != ("chunk", number))
        if len(kept) < len(self._waiting):
            self._waiting = kept
            self._pipe.sendall(frame(("withdrawn", number)))


def serve(pipe: socket.socket, builder: str) -> int:
    """Answer the messages of the engine until it closes the pipe.

    Args:
        pipe: A blocking stream socket.
        builder: What builds the task, as `module:function`.

    Returns:
        The exit status: 0 when the pipe was closed, 1 where the task cannot be prepared.
    """
    inbox = _Inbox(pipe)
    task: Task | None = None
    while True:
        try:
            kind, *content = inbox.next()
        except EOFError:
            return 0
        if kind == "parameters":
            try:
                task = _prepared_task(builder, content[0], lambda: pipe.sendall(frame(("compiling",))))
            except BaseException as error:  # a task may call sys.exit(), too
                traceback.print_exc()
                pipe.sendall(frame(("cannot_start", _described(error))))
                return 1
            pipe.sendall(frame(("ready",)))
        elif kind == "chunk" and task is not None:
            number, genomes, plan = content
            start = time.process_time()
            outcomes = evaluate_chunk(task, genomes, plan)
            seconds = time.process_time() - start
            pipe.sendall(frame(("done", number, outcomes, seconds, time.monotonic())))


def _prepared_task(builder: str, parameters: str, announce: Callable[[], None]) -> Task:
    module, _, function = builder.partition(":")
    build: Callable[[Parameters], Task] = getattr(importlib.import_module(module), function)
    task = build(Parameters.model_validate_json(parameters))
    task.prepare(announce)
    return task


def evaluate_chunk(task: Task, genomes: Sequence[bytes], plan: bytes) -> list[PlainOutcome]:
    """Return a plain outcome for each network, whatever the task does short of ending the process.

    A chunk that raises, or returns what is no list of outcomes, is evaluated again network by network: so an
    outcome depends on its network alone and not on its company.

    Args:
        task: A prepared task.
        genomes: A pickled genome each.
        plan: A pickled `EvaluationPlan`.
    """
    start = time.process_time()
    try:
        members: list[Genome] = [pickle.loads(genome) for genome in genomes]  # noqa: S301 - sent by the engine
        what: EvaluationPlan = pickle.loads(plan)  # noqa: S301 - sent by the engine
        outcomes: object = task.evaluate(members, what)
        if not isinstance(outcomes, list) or len(outcomes) != len(genomes):
            raise TypeError(f"the task returned no list of {len(genomes)} outcomes")
        share = (time.process_time() - start) / max(1, len(genomes))
        return [_finite(plain_outcome(outcome, share)) for outcome in outcomes]
    except BaseException as error:  # a task may call sys.exit(), too
        if len(genomes) == 1:
            return [("error", _described(error))]
    return [outcome for genome in genomes for outcome in evaluate_chunk(task, [genome], plan)]


def _finite(outcome: PlainOutcome) -> PlainOutcome:
    if len(outcome) == 2:
        return (plain(outcome[0]), plain(outcome[1]))
    numbers = (("fitness", outcome[0]), ("standard deviation", outcome[4]), *outcome[1].items())
    for name, value in numbers:
        if not math.isfinite(value):
            return ("not_finite", plain(f"{name} is {value}"))
    if len(outcome) == 10 and outcome[8] is not None and not np.isfinite(outcome[8]).all():
        return ("not_finite", "a learned weight is not finite")
    return outcome


def _described(error: BaseException) -> str:
    if isinstance(error, GalapagosError):
        return plain(str(error))
    try:
        text = str(error)
    except Exception:
        text = "an error that cannot be shown"
    if isinstance(error, MemoryError):
        text = text or "out of memory"
    return plain(f"{type(error).__name__}: {text}")
