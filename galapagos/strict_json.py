"""JSON that anybody may have written: read within bounds, and nothing in it lost or changed in silence.

orjson keeps to RFC 8259, which lets a name stand twice in an object, and takes the last of them; it nests as
deep as 1,024, which is deeper than Python's own recursion; and a megabyte of brackets becomes a hundred of
lists. Here a name that stands twice is an error, and size and depth are bounded before anything grows. What
takes a value out of what was read (`whole`, `real`, `text`) takes it as it stands or not at all.
"""

from __future__ import annotations

import math
import re
import reprlib
from typing import TYPE_CHECKING, Any

import orjson

from galapagos.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Collection

MAX_DEPTH = 60
"""The most objects and lists within each other; what this program writes has ten."""

MAX_VALUES = 2_000_000
"""The most values that are read; as empty lists, the largest, they take 130 MB."""

LARGEST_EXACT = 2**53
"""The largest whole number up to which a float64 holds every one."""

_HOLDERS = {dict, list}
_TEXT = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)


def parse_json(content: bytes, *, most_values: int = MAX_VALUES) -> Any:  # noqa: ANN401 - any JSON value
    """Return what JSON means.

    Args:
        content: UTF-8; the caller bounds its length.
        most_values: The most values in it; commas and brackets in texts count, too.

    Raises:
        ValueError: One line, where it is no JSON, has more values, is nested deeper than `MAX_DEPTH`, or
            has a name that stands twice in an object.
    """
    if content.count(b",") + content.count(b"[") + content.count(b"{") > most_values:
        raise ValueError(f"it holds more than {most_values} values, the most that are read")
    try:
        data = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"it is no JSON: {plain(str(error))}") from None
    names = _count_names(data)
    # Each name has a colon behind it, and where a name stood twice only one is left of the two.
    if content.count(b":") != names and _TEXT.sub(b"", content).count(b":") != names:
        raise ValueError("a name stands twice in one of its objects; once would be right")
    return data


def whole(value: object, name: str, low: int = 0, high: int = LARGEST_EXACT) -> int:
    """Return a whole number within bounds; ValueError, one line, where the value is none."""
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"{name} is {shown(value)}; it must be a whole number from {low} to {high}")
    return value


def real(value: object, name: str) -> float:
    """Return a number; ValueError, one line, where the value is none, or would be rounded."""
    if isinstance(value, float):
        return float(value)
    if type(value) is not int or abs(value) > LARGEST_EXACT:
        raise ValueError(f"{name} is {shown(value)}; it must be a number")
    return float(value)


def finite(value: object, name: str) -> float:
    """Return a finite number; ValueError, one line, where the value is none."""
    number = real(value, name)
    if not math.isfinite(number):
        raise ValueError(f"{name} is {number}; it must be finite")
    return number


def text(value: object, name: str) -> str:
    """Return a text; ValueError, one line, where the value is none."""
    if not isinstance(value, str):
        raise ValueError(f"{name} is {shown(value)}; it must be a text")
    return value


def truth(value: object, name: str) -> bool:
    """Return a truth value; ValueError, one line, where the value is none."""
    if not isinstance(value, bool):
        raise ValueError(f"{name} is {shown(value)}; it must be true or false")
    return value


def values(value: object, name: str) -> list[Any]:
    """Return a list; ValueError, one line, where the value is none."""
    if not isinstance(value, list):
        raise ValueError(f"{name} is {shown(value)}; it must be a list")
    return value


def pair(value: object, name: str) -> tuple[Any, Any]:
    """Return the two values of a list; ValueError, one line, where it has more or fewer."""
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError(f"{name} is {shown(value)}; it must be a list of two")
    return value[0], value[1]


def members(value: object, name: str) -> dict[str, Any]:
    """Return an object; ValueError, one line, where the value is none."""
    if not isinstance(value, dict):
        raise ValueError(f"{name} is {shown(value)}; it must be an object")
    return value


def shown(value: object) -> str:
    """Return a value in a few plain characters, however large or deep it is."""
    return plain(reprlib.repr(value), 60)


def _count_names(data: object) -> int:
    """Return how many names all objects have together; ValueError where they lie too deep."""
    names, level = 0, [data] if type(data) in _HOLDERS else []
    for _ in range(MAX_DEPTH + 2):
        if not level:
            return names
        within: list[object] = []
        for holder in level:
            items: Collection[object] = holder  # type: ignore[assignment]  # a list, or an object's names
            if type(holder) is dict:
                names += len(holder)
                items = holder.values()
            # Most lists hold numbers alone, or lists alone: looking at types is faster than at items.
            types = set(map(type, items))
            if types <= _HOLDERS:
                within += items
            elif types & _HOLDERS:
                within += [item for item in items if type(item) in _HOLDERS]
        level = within
    raise ValueError(f"it is nested deeper than {MAX_DEPTH}, the most that is read")
