"""The worker program: frames, outcomes, faults of tasks, and when the process ends."""

import os
import pickle
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.engine.pool.worker_pipe import FrameReader, Message, frame, outcome_from_plain, plain_outcome
from galapagos.engine.pool.worker_service import evaluate_chunk
from galapagos.evaluation import EvaluationPlan, Failed, Outcome
from tests.engine.faulty_tasks import ObedientTask, Order, evaluation, orders, parameters

ROOT = Path(__file__).parents[2]
PLAN = pickle.dumps(EvaluationPlan((1,), (1.0,)))


def outcomes(*members: Order) -> list[Outcome]:
    pickled = [pickle.dumps(member) for member in orders(*members)]
    return [outcome_from_plain(plain) for plain in evaluate_chunk(ObedientTask(parameters()), pickled, PLAN)]


@given(st.lists(st.tuples(st.text(), st.binary(max_size=2000))), st.integers(1, 5000))
def test_frames_arrive_whole_however_the_bytes_are_cut(messages: list[Message], piece: int) -> None:
    stream = b"".join(frame(message) for message in messages)
    reader = FrameReader()
    received: list[Message] = []
    for start in range(0, len(stream), piece):
        received += reader.feed(stream[start : start + piece])
    assert received == messages


@pytest.mark.parametrize(
    "stream", [b"Hello, this is no frame", b"\x00\x00\x00\x03abc", b"\x00\x00\x00\x02N."]
)
def test_what_is_no_frame_is_refused(stream: bytes) -> None:
    with pytest.raises(ValueError, match="a frame"):
        FrameReader().feed(stream)


def test_an_outcome_survives_the_way_as_plain_values() -> None:
    for outcome in (evaluation(1.5, accuracy=0.5), Failed("error", "line")):
        ((plain,),) = FrameReader().feed(frame((plain_outcome(outcome, 0.0),)))
        assert outcome_from_plain(plain) == outcome


@pytest.mark.parametrize(
    ("kind", "failure"),
    [
        ("raises", Failed("error", "ValueError: the network is wrong")),
        ("two_arguments", Failed("error", "TwoArguments: one and two")),
        ("system_exit", Failed("error", "SystemExit: enough")),
        ("memory", Failed("error", "MemoryError: out of memory")),
        ("garbage", Failed("error", "TypeError: the task returned str where an evaluation belongs")),
        (
            "unpicklable",
            Failed("error", "TypeError: the task returned function where an evaluation belongs"),
        ),
        ("half_garbage", Failed("error", "ValueError: could not convert string to float: 'high'")),
        ("not_a_number", Failed("not_finite", "fitness is nan")),
        ("unknown", Failed("error", "AttributeError: 'ObedientTask' object has no attribute 'unknown'")),
    ],
)
def test_a_network_that_fails_takes_none_of_its_chunk_along(kind: str, failure: Failed) -> None:
    calm = [Order("calm", 1.0), Order("calm", 2.0)]
    assert outcomes(calm[0], Order(kind), calm[1]) == [evaluation(1.0), failure, evaluation(2.0)]


def test_an_evaluation_that_tells_no_seconds_gets_its_share_of_the_processor_time() -> None:
    long = outcomes(Order("work", 1e6))[0]
    assert not isinstance(long, Failed)
    assert 1e-3 < long.seconds < 10


class Worker:
    """A worker process and the other end of its pipe."""

    def __init__(self, parent: int) -> None:
        self.pipe, theirs = socket.socketpair()
        self.reader = FrameReader()
        self.messages: list[Message] = []
        with theirs:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-P", "-m", "galapagos.engine.worker"),
                    *(str(theirs.fileno()), str(parent), "tests.engine.faulty_tasks:build"),
                ],
                pass_fds=(theirs.fileno(),),
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stderr=subprocess.DEVNULL,
            )

    def message(self) -> Message:
        """Return the next message."""
        while not self.messages:
            data = self.pipe.recv(1 << 16)
            assert data, "the worker closed the pipe"
            self.messages += self.reader.feed(data)
        return self.messages.pop(0)

    def prepare(self) -> None:
        self.pipe.sendall(frame(("parameters", parameters().model_dump_json())))
        assert self.message() == ("ready",)


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker(os.getpid())
    worker.pipe.settimeout(20)
    yield worker
    worker.process.kill()
    worker.process.wait()
    worker.pipe.close()


def test_a_worker_answers_a_chunk_and_ends_with_its_pipe(worker: Worker) -> None:
    worker.prepare()
    worker.pipe.sendall(frame(("chunk", 7, [pickle.dumps(Order("calm", 2.0))], PLAN)))
    kind, number, (outcome,), seconds, _ = worker.message()
    assert (kind, number, outcome_from_plain(outcome)) == ("done", 7, evaluation(2.0))
    assert seconds >= 0
    worker.pipe.shutdown(socket.SHUT_RDWR)
    assert worker.process.wait(10) == 0


def test_a_worker_ignores_interrupts_and_hangups(worker: Worker) -> None:
    worker.prepare()
    for ignored in (signal.SIGINT, signal.SIGHUP):
        worker.process.send_signal(ignored)
    worker.prepare()


def test_a_chunk_that_waits_can_be_withdrawn(worker: Worker, tmp_path: Path) -> None:
    worker.prepare()
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    mark = tmp_path / "mark"
    worker.pipe.sendall(frame(("chunk", 1, [pickle.dumps(Order("gate", path=str(gate)))], PLAN)))
    worker.pipe.sendall(frame(("chunk", 2, [pickle.dumps(Order("mark", path=str(mark)))], PLAN)))
    worker.pipe.sendall(frame(("withdraw", 2)))
    gate.write_bytes(b"")
    assert {worker.message()[:2] for _ in range(2)} == {("done", 1), ("withdrawn", 2)}
    worker.prepare()
    assert not mark.exists()


def test_a_worker_whose_parent_has_gone_does_not_begin() -> None:
    worker = Worker(parent=1)
    assert worker.process.wait(20) == 1
    worker.pipe.close()
