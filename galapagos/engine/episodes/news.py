"""What the process that plays episodes says: one JSON object a line, read as data that nobody vouches for.

First `{"stage": …}`, then `{"frame": …}` as often as it is read, `{"curve": [[weight, mean], …]}` where that
was asked for, and `{"notice": "one line"}`; `{"end": "one line"}` is the last where it cannot go on.
"""

from __future__ import annotations

import base64
import binascii
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

import numpy as np
import orjson

from galapagos.engine.episodes.protocol import (
    LARGEST_SEED,
    LARGEST_WEIGHT,
    MOST_COLUMNS,
    MOST_POINTS,
    MOST_ROWS,
    MOST_TRIALS,
    number,
)
from galapagos.plain_text import plain
from galapagos.strict_json import truth, whole
from galapagos.tasks.episode_state import CartPole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

LONGEST_NEWS = 1 << 20
"""Bytes of a line."""
MOST_ACTIONS = 64
"""Numbers of an action that are told; those of more are cut."""
MOST_TRACED = 1000
"""Steps that a frame tells of; where more were taken, of the newest."""

Shows = Literal["cart", "pixels", "nothing"]

_FARTHEST = 1e300
_MOST_STEPS = 2**53


@dataclass(frozen=True, slots=True)
class Stage:
    """Where episodes are played.

    Args:
        name: Of the environment.
        shows: What there is to draw.
        longest: Steps after which an episode ends at the latest.
        actions: Numbers in an action.
        by_choice: Whether the action is a choice, told by its number.
        has_knob: Whether there is a shared weight to turn.
    """

    name: str
    shows: Shows
    longest: int
    actions: int
    by_choice: bool
    has_knob: bool


@dataclass(frozen=True, slots=True)
class TracedStep:
    """What one step came to; NaN where it was no number."""

    step: int
    reward: float
    action: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """One moment of an episode.

    Args:
        episode: Its number, from 1.
        seed: Of its start.
        step: Steps taken, 0 at the start.
        reward: Of the newest step, NaN before the first and where it is no number.
        total: Reward so far, NaN where it is no number.
        action: Of the newest step, empty before the first.
        done: Whether the episode is over.
        weight: The shared weight, None where the network has weights of its own.
        whole: Episodes that this weight played from their start to their end, without a kick.
        mean: Of their totals, None where there are none.
        paused: Whether it waits.
        speed: Times the pace of the environment, infinity for as fast as it goes.
        trace: The steps of this episode since the frame before, the last one the newest.
        cart: Where there is one.
        pixels: (height, width, 3), where there is a picture.
    """

    episode: int
    seed: int
    step: int
    reward: float
    total: float
    action: tuple[float, ...]
    done: bool
    weight: float | None
    whole: int
    mean: float | None
    paused: bool
    speed: float
    trace: tuple[TracedStep, ...] = ()
    cart: CartPole | None = None
    pixels: NDArray[np.uint8] | None = None


@dataclass(frozen=True, slots=True)
class CurvePart:
    """Fitness over the shared weight, so far as it was computed.

    Args:
        points: (weight, mean) by ascending weight, NaN where it is none yet.
        trials: Starts that each mean is over at least.
        of: How many were asked for.
        done: Whether no more will come.
    """

    points: tuple[tuple[float, float], ...]
    trials: int
    of: int
    done: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """One line for the person; `ends` where the process cannot go on."""

    text: str
    ends: bool = False


News = Stage | Frame | CurvePart | Notice


def news_line(news: News) -> bytes:
    """Return news as a line."""
    match news:
        case Stage():
            data: Any = {"stage": news}
        case Frame():
            data = {"frame": _frame_data(news)}
        case CurvePart():
            data = {"curve": news.points, "trials": news.trials, "of": news.of, "done": news.done}
        case Notice():
            data = {"end" if news.ends else "notice": news.text}
    return orjson.dumps(data) + b"\n"


def news_from_line(line: bytes) -> News:
    """Return the news of a line.

    Raises:
        ValueError: Where it holds none, or a part of them is missing or wrong.
    """
    data: Any = orjson.loads(line)
    if not isinstance(data, dict):
        raise ValueError("no news")
    if "frame" in data:
        return _frame(_mapping(data["frame"]))
    if "curve" in data:
        return _curve(data)
    if "stage" in data:
        return _stage(_mapping(data["stage"]))
    text = data.get("notice", data.get("end"))
    if not isinstance(text, str):
        raise ValueError("no news")
    return Notice(plain(text), ends="end" in data)


def _frame_data(frame: Frame) -> dict[str, Any]:
    data: dict[str, Any] = {
        "episode": frame.episode,
        "seed": frame.seed,
        "step": frame.step,
        "reward": frame.reward,
        "total": frame.total,
        "action": frame.action,
        "done": frame.done,
        "weight": frame.weight,
        "whole": frame.whole,
        "mean": frame.mean,
        "paused": frame.paused,
        "speed": "most" if math.isinf(frame.speed) else frame.speed,
        "trace": [[step.step, step.reward, *step.action] for step in frame.trace],
    }
    if frame.cart is not None:
        data["cart"] = frame.cart
    if frame.pixels is not None:
        height, width, _ = frame.pixels.shape
        data["pixels"] = {
            "width": width,
            "height": height,
            "rgb": base64.b64encode(frame.pixels.tobytes()).decode("ascii"),
        }
    return data


def _frame(data: Mapping[str, Any]) -> Frame:
    trace, speed = data.get("trace"), data.get("speed")
    action = data.get("action")
    if not isinstance(trace, list) or len(trace) > MOST_TRACED:
        raise ValueError("no trace")
    if not isinstance(action, list) or len(action) > MOST_ACTIONS:
        raise ValueError("no action")
    cart, pixels = data.get("cart"), data.get("pixels")
    return Frame(
        episode=_count(data, "episode"),
        seed=whole(data.get("seed"), "a seed", 0, LARGEST_SEED),
        step=_count(data, "step"),
        reward=_real(data.get("reward")),
        total=_real(data.get("total")),
        action=tuple(map(_real, action)),
        done=truth(data.get("done"), "done"),
        weight=None if data.get("weight") is None else _weight(data.get("weight")),
        whole=_count(data, "whole"),
        mean=None if data.get("mean") is None else _real(data.get("mean")),
        paused=truth(data.get("paused"), "paused"),
        speed=math.inf if speed == "most" else number(speed, 0.0, 1e6, "a speed"),
        trace=tuple(map(_traced, trace)),
        cart=None if cart is None else _cart(_mapping(cart)),
        pixels=None if pixels is None else _pixels(_mapping(pixels)),
    )


def _traced(row: object) -> TracedStep:
    if not isinstance(row, list) or not 2 <= len(row) <= 2 + MOST_ACTIONS:
        raise ValueError("no step")
    step, reward, *action = row
    return TracedStep(
        whole(step, "a step", 0, _MOST_STEPS), _real(reward), tuple(_real(value) for value in action)
    )


def _cart(data: Mapping[str, Any]) -> CartPole:
    largest = data.get("largest_angle")
    return CartPole(
        x=_real(data.get("x")),
        angle=_real(data.get("angle")),
        track=number(data.get("track"), 1e-6, 1e6, "a track"),
        length=number(data.get("length"), 1e-6, 1e6, "a pole"),
        largest_angle=None if largest is None else number(largest, 0.0, math.pi, "an angle"),
    )


def _pixels(data: Mapping[str, Any]) -> NDArray[np.uint8]:
    width = whole(data.get("width"), "a width", 1, MOST_COLUMNS)
    height = whole(data.get("height"), "a height", 1, 2 * MOST_ROWS)
    try:
        raw = base64.b64decode(data["rgb"], validate=True)
    except (KeyError, TypeError, binascii.Error):
        raise ValueError("no pixels") from None
    if len(raw) != 3 * width * height:
        raise ValueError("no pixels")
    return np.frombuffer(raw, dtype=np.uint8).reshape(height, width, 3)


def _curve(data: Mapping[str, Any]) -> CurvePart:
    points = data["curve"]
    if not isinstance(points, list) or len(points) > MOST_POINTS:
        raise ValueError("no curve")
    made = []
    for point in points:
        if not isinstance(point, list) or len(point) != 2:
            raise ValueError("no point of a curve")
        made.append((_weight(point[0]), _real(point[1])))
    return CurvePart(
        points=tuple(sorted(made, key=lambda point: point[0])),
        trials=whole(data.get("trials"), "a number of trials", 0, MOST_TRIALS),
        of=whole(data.get("of"), "a number of trials", 0, MOST_TRIALS),
        done=truth(data.get("done"), "done"),
    )


def _stage(data: Mapping[str, Any]) -> Stage:
    name, shows = data.get("name"), data.get("shows")
    if not isinstance(name, str) or not isinstance(shows, str) or shows not in get_args(Shows):
        raise ValueError("no stage")
    return Stage(
        name=plain(name, 80),
        shows=cast("Shows", shows),
        longest=whole(data.get("longest"), "a number of steps", 1, _MOST_STEPS),
        actions=whole(data.get("actions"), "a number of actions", 0, _MOST_STEPS),
        by_choice=truth(data.get("by_choice"), "by_choice"),
        has_knob=truth(data.get("has_knob"), "has_knob"),
    )


def _mapping(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("no object")
    return value


def _weight(value: object) -> float:
    return number(value, -LARGEST_WEIGHT, LARGEST_WEIGHT, "a weight")


def _count(data: Mapping[str, Any], name: str) -> int:
    return whole(data.get(name), name, 0, _MOST_STEPS)


def _real(value: object) -> float:
    """Return a number, NaN for null, which is how JSON has what is none."""
    return math.nan if value is None else number(value, -_FARTHEST, _FARTHEST, "a number")
