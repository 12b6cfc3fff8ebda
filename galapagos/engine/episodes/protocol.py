"""What is said to the process that plays episodes: one JSON object a line, each bounded and checked.

First an `Opening`, then a command a line: `{"weight": 0.78}`, `{"kick": -1}`, `{"speed": 2}` (`"most"` for as
fast as it goes), `{"pause": true}`, `{"step": true}`, `{"reset": 17}` (`null` for the next seed),
`{"size": [80, 20]}`, `{"frames": 30}` and `{"curve": {"low": -2, "high": 2, "points": 41, "trials": 16}}`.
What it says is in `news`.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import orjson

from galapagos.plain_text import plain
from galapagos.strict_json import truth, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST_OPENING = 1 << 24
"""Bytes of the first line, which holds a network."""
LONGEST_COMMAND = 4096
"""Bytes of every line after it."""
LARGEST_WEIGHT = 1000.0
HARDEST_KICK = 20.0
"""In m/s."""
SLOWEST, FASTEST = 1 / 64, 64.0
"""Times the pace of the environment."""
MOST_COLUMNS, MOST_ROWS = 320, 100
"""The largest picture in cells; a cell holds two pixels, one above the other."""
MOST_FRAMES = 60
"""A second."""
MOST_POINTS, MOST_TRIALS = 401, 1000
LARGEST_SEED = 2**32 - 1

Command = tuple[str, Any]
"""The name of a command and its value, checked."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Who plays, where, and from which start.

    Args:
        parameters: Those of the run, as JSON has them.
        genome: The network, as JSON has it.
        seed: Of the first start, in [0, 2³²); the next episode has the next one.
        weight: The shared weight; None where the network has weights of its own.
        size: Columns and rows in cells that there are for a picture.
    """

    parameters: Mapping[str, Any]
    genome: Mapping[str, Any]
    seed: int = 0
    weight: float | None = None
    size: tuple[int, int] = (80, 24)

    def to_line(self) -> bytes:
        """Return it as a line."""
        return orjson.dumps(asdict(self)) + b"\n"


@dataclass(frozen=True, slots=True)
class CurveRequest:
    """Which weights to try.

    Args:
        low: The first weight.
        high: The last weight, above `low`.
        points: How many, evenly spaced, at least 2.
        trials: Starts a weight, at least 1.
    """

    low: float
    high: float
    points: int
    trials: int


def opening_from_line(line: bytes) -> Opening:
    """Return the opening of a line.

    Raises:
        ValueError: One line that says what is wrong with it.
    """
    data = _object(line)
    unknown = sorted(set(data) - {"parameters", "genome", "seed", "weight", "size"})
    if unknown:
        raise ValueError(f"an opening has no {plain(unknown[0], 40)!r}")
    parameters, genome = data.get("parameters"), data.get("genome")
    if not isinstance(parameters, dict) or not isinstance(genome, dict):
        raise ValueError('an opening has "parameters" and "genome", each an object')
    weight = data.get("weight")
    return Opening(
        parameters=parameters,
        genome=genome,
        seed=_seed(data.get("seed", 0)),
        weight=None if weight is None else _weight(weight),
        size=_size(data.get("size", [80, 24])),
    )


def command_line(name: str, value: object) -> bytes:
    """Return a command as a line."""
    return orjson.dumps({name: value}) + b"\n"


def command_from_line(line: bytes) -> Command:
    """Return the command of a line.

    Raises:
        ValueError: One line that says what is wrong with it.
    """
    data = _object(line)
    if len(data) != 1:
        raise ValueError("a command is an object with one name and its value")
    ((name, value),) = data.items()
    check = _CHECKS.get(name)
    if check is None:
        raise ValueError(f"there is no command {plain(name, 40)!r}; there are {', '.join(_CHECKS)}")
    return name, check(value)


def number(value: object, low: float, high: float, what: str) -> float:
    """Return a finite number within bounds.

    Raises:
        ValueError: Where it is none; the line begins with `what`.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"{what} is a number from {low:g} to {high:g}")
    return float(value)


def _object(line: bytes) -> dict[str, Any]:
    try:
        data = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise ValueError("a line that is no JSON") from None
    if not isinstance(data, dict):
        raise ValueError("a line that is no JSON object")
    return data


def _weight(value: object) -> float:
    return number(value, -LARGEST_WEIGHT, LARGEST_WEIGHT, "a weight")


def _seed(value: object) -> int:
    return whole(value, "a seed", 0, LARGEST_SEED)


def _speed(value: object) -> float:
    return math.inf if value == "most" else number(value, SLOWEST, FASTEST, 'a speed that is not "most"')


def _switch(value: object) -> bool:
    return truth(value, "a switch")


def _size(value: object) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("a size is [columns, rows]")
    columns = whole(value[0], "a number of columns", 1, MOST_COLUMNS)
    return columns, whole(value[1], "a number of rows", 1, MOST_ROWS)


def _curve(value: object) -> CurveRequest:
    if not isinstance(value, dict) or set(value) != {"low", "high", "points", "trials"}:
        raise ValueError('a curve has "low", "high", "points" and "trials"')
    low, high = _weight(value["low"]), _weight(value["high"])
    if low >= high:
        raise ValueError("the low weight of a curve is below the high one")
    points = whole(value["points"], "a number of points", 2, MOST_POINTS)
    return CurveRequest(low, high, points, whole(value["trials"], "a number of trials", 1, MOST_TRIALS))


_CHECKS: Mapping[str, Callable[[object], Any]] = MappingProxyType(
    {
        "weight": _weight,
        "kick": lambda value: number(value, -HARDEST_KICK, HARDEST_KICK, "a kick"),
        "speed": _speed,
        "pause": _switch,
        "step": _switch,
        "reset": lambda value: None if value is None else _seed(value),
        "size": _size,
        "frames": lambda value: whole(value, "a number of frames a second", 1, MOST_FRAMES),
        "curve": _curve,
    }
)
