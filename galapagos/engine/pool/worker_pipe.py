"""What crosses the pipe between the engine and a worker: frames, and outcomes as plain tuples.

The pipe joins two processes of one program and one user, so its frames are pickles.

To a worker: `("parameters", json)`, `("chunk", number, pickled genomes, pickled plan)` and
`("withdraw", number)`. From it: `("compiling",)`, `("ready",)`, `("cannot_start", line)`,
`("withdrawn", number)`, and `("done", number, outcomes, processor seconds, moment on the monotonic clock)`.
"""

import pickle
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from galapagos.evaluation import EpochResult, Evaluation, Failed, Outcome, WeightResult

Message = tuple[Any, ...]
PlainOutcome = tuple[Any, ...]

LARGEST_FRAME = 1 << 30
_LENGTH = struct.Struct(">I")


def frame(message: Message) -> bytes:
    """Return a message as a 4-byte big-endian length and its pickle."""
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(body)) + body


class FrameReader:
    """Puts frames together from whatever pieces arrive."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Message]:
        """Take the next bytes and return the messages they complete.

        Raises:
            ValueError: Where the bytes are no frame of a worker.
        """
        self._buffer += data
        messages = []
        start = 0
        while len(self._buffer) - start >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer, start)
            if length > LARGEST_FRAME:
                raise ValueError(f"a frame of {length} bytes")
            end = start + _LENGTH.size + length
            if len(self._buffer) < end:
                break
            messages.append(_message(bytes(memoryview(self._buffer)[start + _LENGTH.size : end])))
            start = end
        del self._buffer[:start]
        return messages


def _message(body: bytes) -> Message:
    try:
        message = pickle.loads(body)  # noqa: S301 - both ends are one program of one user
    except Exception as error:
        raise ValueError(f"a frame that cannot be read: {type(error).__name__}") from None
    if not isinstance(message, tuple):
        raise ValueError("a frame that is no message")
    return message


def plain_outcome(outcome: object, seconds: float) -> PlainOutcome:
    """Return an outcome as a tuple of plain numbers and texts, and float32 arrays where it has some.

    Pickled, it takes a tenth of the time of the dataclasses, and numpy's numbers become Python's. The tuple
    is shorter where nothing was learned.

    Args:
        outcome: What a task returned for one network.
        seconds: Its share of the chunk's processor time, for an evaluation that does not tell its own.

    Raises:
        TypeError: Where it is no outcome (or one whose parts are of other types).
        ValueError: Likewise.
    """
    if isinstance(outcome, Failed):
        return (str(outcome.kind), str(outcome.message))
    if not isinstance(outcome, Evaluation):
        raise TypeError(f"the task returned {type(outcome).__name__} where an evaluation belongs")
    plain: PlainOutcome = (
        float(outcome.fitness),
        {str(name): float(value) for name, value in outcome.objectives.items()},
        [
            (float(result.weight), float(result.mean), float(result.std), int(result.trials))
            if result.accuracy is None
            else (
                float(result.weight),
                float(result.mean),
                float(result.std),
                int(result.trials),
                float(result.accuracy),
            )
            for result in outcome.by_weight
        ],
        int(outcome.trials),
        float(outcome.standard_deviation),
        int(outcome.steps),
        float(outcome.seconds) or seconds,
    )
    if not outcome.by_epoch and outcome.trained is None and outcome.optimizer_state is None:
        return plain
    by_epoch = [
        (
            int(result.epoch),
            float(result.loss),
            float(result.accuracy),
            _number(result.validation_loss),
            _number(result.validation_accuracy),
            _number(result.test_accuracy),
        )
        for result in outcome.by_epoch
    ]
    return (*plain, by_epoch, _array(outcome.trained), _array(outcome.optimizer_state))


def outcome_from_plain(plain: PlainOutcome) -> Outcome:
    """Return the outcome that `plain_outcome` made a tuple of."""
    if len(plain) == 2:
        return Failed(*plain)
    fitness, objectives, by_weight, trials, standard_deviation, steps, seconds, *learned = plain
    results = tuple(WeightResult(*result) for result in by_weight)
    if not learned:
        return Evaluation(fitness, objectives, results, trials, standard_deviation, steps, seconds)
    epochs, *arrays = learned
    by_epoch = tuple(EpochResult(*result) for result in epochs)
    for array in arrays:
        if array is not None:
            array.setflags(write=False)
    return Evaluation(
        fitness, objectives, results, trials, standard_deviation, steps, seconds, by_epoch, *arrays
    )


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


def _array(values: NDArray[np.float32] | None) -> NDArray[np.float32] | None:
    """Return a copy, since a task may hand out parts of arrays that it goes on to use."""
    return None if values is None else np.array(values, dtype=np.float32).reshape(-1)
