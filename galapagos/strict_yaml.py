"""A strict reader of flat YAML: one mapping of names to scalars and lists of scalars, with line numbers.

YAML as PyYAML reads it surprises: `1e-3` is a text, `012` is ten, `no` is false, a key can stand twice, and a
few hundred bytes of aliases can fill the memory. This reader works on the parser's events, never builds what
it does not take, reads plain scalars as YAML 1.2 does (core schema, section 10.3.2), and reports every
problem with its line.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 65_536
MAX_SCALAR = 1_000
MAX_ITEMS = 10_000

Scalar = str | int | float | bool | None

_CONSTANTS: dict[str, Scalar] = {"": None, "~": None}
for _null in ("null", "Null", "NULL"):
    _CONSTANTS[_null] = None
for _word in ("true", "false"):
    for _spelling in (_word, _word.title(), _word.upper()):
        _CONSTANTS[_spelling] = _word == "true"
for _infinity in (".inf", ".Inf", ".INF"):
    _CONSTANTS |= {_infinity: float("inf"), f"+{_infinity}": float("inf"), f"-{_infinity}": float("-inf")}
for _not_a_number in (".nan", ".NaN", ".NAN"):
    _CONSTANTS[_not_a_number] = float("nan")

# A leading zero makes a text of a number: YAML 1.1 reads octal there, YAML 1.2 decimal, a person either.
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Entry:
    """The value of a key, and the line (from 1) on which the key stands."""

    value: Scalar | tuple[Scalar, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong on a line (from 1), and what would be right."""

    line: int
    text: str


@dataclass(slots=True)
class Reading:
    """What a text holds: its entries by key, in order, and all of its problems, in order of their lines."""

    entries: dict[str, Entry] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_scalar(text: str) -> Scalar:
    """Return what a plain (unquoted) scalar means: a number, a truth value, nothing, or itself as text."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        number = float(text)
        # What a float64 cannot hold would else become infinite, or nothing, in silence.
        return number if _is_within_range(text, number) else text
    return text


def _is_within_range(text: str, number: float) -> bool:
    """Return whether a number is neither infinite nor 0 where the text of it is neither."""
    if number == 0.0:
        return not any(digit in "123456789" for digit in text.lower().partition("e")[0])
    return math.isfinite(number)


def read_flat_mapping(data: bytes) -> Reading:
    """Return what a flat YAML mapping holds; everything else in it is a problem, and nothing is raised.

    Args:
        data: The content of a file, UTF-8, at most `MAX_BYTES`. Nothing at all is an empty mapping.
    """
    reading = Reading()
    if len(data) > MAX_BYTES:
        reading.problems.append(Problem(1, f"the file has more than {MAX_BYTES} bytes; it should be smaller"))
        return reading
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        reading.problems.append(Problem(line, "the file is not UTF-8 text; save it as UTF-8"))
        return reading
    try:
        _read_document(yaml.parse(text, Loader=yaml.SafeLoader), reading)
    except _Refused as refusal:
        reading.problems.append(refusal.problem)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join((error.problem or error.context or "it cannot be parsed").split())
        reading.problems.append(
            Problem(mark.line + 1 if mark else 1, f"not YAML: {what}; lines of `name: value` would be right")
        )
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        reading.problems.append(Problem(line, "a control character stands here; remove it"))
    return reading


class _Refused(Exception):
    """A problem after which reading cannot go on."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.problem = Problem(line, text)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _read_document(events: Iterator[yaml.Event], reading: Reading) -> None:
    document_seen = False
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            if document_seen:
                raise _Refused(_line(event), "a second document starts here; one file holds one")
            document_seen = True
        elif isinstance(event, yaml.MappingStartEvent):
            _refuse_extras(event)
            _read_entries(events, reading)
        elif isinstance(event, yaml.ScalarEvent) and not event.value and not event.anchor and not event.tag:
            continue  # a document of nothing but comments
        elif not isinstance(event, (yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentEndEvent)):
            raise _Refused(_line(event), "this is no mapping; lines of `name: value` would be right")


def _read_entries(events: Iterator[yaml.Event], reading: Reading) -> None:
    for event in events:
        if isinstance(event, yaml.MappingEndEvent):
            return
        _refuse_extras(event)
        if not isinstance(event, yaml.ScalarEvent):
            raise _Refused(_line(event), "a list or a mapping cannot be a name; a plain name would be right")
        line, key = _line(event), event.value[:MAX_SCALAR]
        value = _read_value(next(events), events)
        earlier = reading.entries.get(key)
        if earlier is None:
            reading.entries[key] = Entry(value, line)
        else:
            reading.problems.append(
                Problem(line, f"{key} stands here again (first on line {earlier.line}); keep one of them")
            )
        if len(reading.entries) > MAX_ITEMS:
            raise _Refused(line, f"more than {MAX_ITEMS} names; there should be fewer")


def _read_value(event: yaml.Event, events: Iterator[yaml.Event]) -> Scalar | tuple[Scalar, ...]:
    _refuse_extras(event)
    if isinstance(event, yaml.ScalarEvent):
        return _scalar_of(event)
    if not isinstance(event, yaml.SequenceStartEvent):
        raise _Refused(_line(event), "a mapping inside the mapping; all names stand at the left margin")
    items: list[Scalar] = []
    for item in events:
        if isinstance(item, yaml.SequenceEndEvent):
            break
        _refuse_extras(item)
        if not isinstance(item, yaml.ScalarEvent):
            raise _Refused(_line(item), "a list or a mapping inside a list; a list holds plain values")
        if len(items) == MAX_ITEMS:
            raise _Refused(_line(item), f"a list of more than {MAX_ITEMS} values; it should be shorter")
        items.append(_scalar_of(item))
    return tuple(items)


def _scalar_of(event: yaml.ScalarEvent) -> Scalar:
    if len(event.value) > MAX_SCALAR:
        raise _Refused(_line(event), f"a value of more than {MAX_SCALAR} characters; it should be shorter")
    is_plain = event.implicit[0]
    return read_scalar(event.value) if is_plain else str(event.value)


def _refuse_extras(event: yaml.Event) -> None:
    if isinstance(event, yaml.AliasEvent):
        raise _Refused(_line(event), f"an alias (*{event.anchor}); write the value itself")
    if isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)):
        if event.anchor:
            raise _Refused(_line(event), f"an anchor (&{event.anchor}); write the value without it")
        if event.tag:
            raise _Refused(_line(event), f"a tag ({event.tag}); write the value without it")
