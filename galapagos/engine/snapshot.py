"""One frozen picture of a run, as the engine publishes it and clients draw it."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from galapagos.fitness import FitnessKind, fitness_kind
from galapagos.strict_json import LARGEST_EXACT

if TYPE_CHECKING:
    from collections.abc import Callable

Value = TypeVar("Value")


class RunState(StrEnum):
    """What a run is doing."""

    STARTING = "starting"
    COMPILING = "compiling (once on this machine)"
    EVOLVING = "evolving"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class EliteSummary:
    """The best network of a level: everything that a table shows of it.

    Args:
        level: From 1.
        low: Smallest complexity of the level.
        high: Largest complexity of the level.
        fitness: Archive fitness.
        standard_deviation: Over all trials of all weights.
        best_weight: The shared weight with the highest mean; None where weights are learned.
        born: The generation in which it was first evaluated.
        accuracies: Of images, in [0, 1] by name (`accuracy`, `validation_accuracy`, `test_accuracy` …).
        epochs: Passes over the training images that its weights have received, inherited ones included.
    """

    level: int
    low: int
    high: int
    id: str
    fitness: float
    standard_deviation: float
    best_weight: float | None
    complexity: int
    connections: int
    neurons: int
    layers: int
    born: int
    pinned: bool = False
    accuracies: dict[str, Any] = field(default_factory=dict)
    epochs: int = 0


@dataclass(frozen=True, slots=True)
class WorkerSummary:
    """One worker process: `state` is starting, compiling, idle or busy; `evaluated` counts networks."""

    pid: int
    state: str
    evaluated: int


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of what happened: plain text without control characters, and the generation it belongs to.

    Args:
        by: Who did it, as the text begins; empty where nobody in particular did.
    """

    generation: int
    kind: str
    text: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of a run at one moment.

    Args:
        sequence: Grows by at least one from frame to frame.
        title: The preset it was started from, or the task's name.
        message: What the state means, where it needs words (why it failed, or waits), else empty.
        generation: The generation that is being evaluated.
        last_generation: How many generations there will be; None for an endless run.
        done: Networks of this generation that are evaluated.
        total: Networks of this generation.
        best_fitness: Of the last finished generation; None before the first.
        champion_test: The champion's latest test, None before the first: its mean return, or its accuracy on
            the test images.
        evaluations: Networks evaluated since the start of the run.
        evaluations_per_second: Over the last seconds.
        elapsed: Seconds of evolution since the start of the run, resumes included, pauses not.
        elites: By level; a level without a network is absent.
        population: (fitness, complexity) of the last finished generation; failed networks are absent.
        checkpoint_age: Seconds since the last checkpoint, None before the first.
        parameters: The values that act now.
        pending: Changes that act from the next generation on.
        happenings: The latest, newest last.
        clients: How many clients are attached.
        sizes: (complexity, archive fitness, id, generation of birth) of every elite of the archive, by
            complexity: one a bin, so at most about 420. Empty from an engine that does not tell them.
        notices: What is not as it should be and goes on, a line each, the most important first.
    """

    sequence: int
    run: str
    title: str
    state: RunState
    message: str
    generation: int
    last_generation: int | None
    done: int
    total: int
    best_fitness: float | None
    mean_fitness: float | None
    champion: EliteSummary | None
    champion_test: float | None
    evaluations: int
    evaluations_per_second: float
    elapsed: float
    elites: tuple[EliteSummary, ...]
    population: tuple[tuple[float, int], ...]
    coverage: float
    qd_score: float
    workers: tuple[WorkerSummary, ...]
    checkpoint_age: float | None
    parameters: dict[str, Any]
    pending: dict[str, Any]
    happenings: tuple[Happening, ...]
    clients: int
    directory: str
    sizes: tuple[tuple[int, float, str, int], ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def fitness_kind(self) -> FitnessKind:
        """What the fitnesses are."""
        return fitness_kind(str(self.parameters["experiment"]))


def snapshot_from_json(data: object) -> Snapshot:
    """Return the snapshot of a JSON value; a number that was not finite, and crossed as null, is NaN.

    It is read by hand because a dashboard waits for it: to import pydantic takes longer than all else here.

    What a later version added is passed over; `sizes`, `notices` and `by` may be absent, as in earlier ones.

    Raises:
        ValueError: Where it is none; the line names the field.
    """
    return _read(Snapshot, data)


def _read(kind: type[Value], data: object) -> Value:
    if not isinstance(data, dict):
        raise ValueError(f"a {kind.__name__} must be an object")
    values: dict[str, Any] = {}
    for name, read in _READERS[kind]:
        if name not in data:
            if name in _MAY_BE_ABSENT:
                continue
            raise ValueError(f"{name}: is absent")
        try:
            values[name] = read(data[name])
        except (TypeError, ValueError) as error:
            raise ValueError(f"{name}: {error}") from None
    return kind(**values)


def _exactly(kind: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:  # noqa: ANN401 - any JSON
        if type(value) is not kind:
            raise TypeError(f"must be of the type {kind.__name__}")
        return value

    return read


def _real(value: Any) -> float:  # noqa: ANN401 - any JSON
    if type(value) is float:
        return value
    if value is None:
        return math.nan
    if type(value) is not int or abs(value) > LARGEST_EXACT:
        raise TypeError("must be a number that a float64 holds")
    return float(value)


def _optional(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


def _several(kind: type[Value]) -> Callable[[Any], tuple[Value, ...]]:
    return lambda value: tuple([_read(kind, item) for item in value])


def _points(value: Any) -> tuple[tuple[float, int], ...]:  # noqa: ANN401 - any JSON
    whole = _exactly(int)
    return tuple([(_real(fitness), whole(complexity)) for fitness, complexity in value])


def _sizes(value: Any) -> tuple[tuple[int, float, str, int], ...]:  # noqa: ANN401 - any JSON
    return tuple(
        [
            (_exactly(int)(complexity), _real(fitness), _exactly(str)(id), _exactly(int)(born))
            for complexity, fitness, id, born in value
        ]
    )


def _texts(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - any JSON
    return tuple([_exactly(str)(text) for text in _exactly(list)(value)])


_MAY_BE_ABSENT = frozenset({"sizes", "notices", "by"})
"""Fields of a snapshot, and of what happened, that engines of earlier versions do not send."""

_READER_OF_TYPE: dict[str, Callable[[Any], Any]] = {
    "int": _exactly(int),
    "int | None": _optional(_exactly(int)),
    "float": _real,
    "float | None": _optional(_real),
    "bool": _exactly(bool),
    "str": _exactly(str),
    "dict[str, Any]": _exactly(dict),
    "RunState": RunState,
    "EliteSummary | None": _optional(functools.partial(_read, EliteSummary)),
    "tuple[EliteSummary, ...]": _several(EliteSummary),
    "tuple[tuple[float, int], ...]": _points,
    "tuple[tuple[int, float, str, int], ...]": _sizes,
    "tuple[str, ...]": _texts,
    "tuple[WorkerSummary, ...]": _several(WorkerSummary),
    "tuple[Happening, ...]": _several(Happening),
}

_READERS: dict[type, tuple[tuple[str, Callable[[Any], Any]], ...]] = {
    kind: tuple((field.name, _READER_OF_TYPE[str(field.type)]) for field in fields(kind))
    for kind in (Snapshot, EliteSummary, WorkerSummary, Happening)
}
