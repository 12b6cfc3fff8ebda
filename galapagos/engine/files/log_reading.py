"""Reading the journal and the logs of a run as they grow: from a place on, in slices, or from the end."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from galapagos.strict_json import LARGEST_EXACT, parse_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_TAIL_BYTES = 8192
_SLICE = 1 << 22
"""Bytes of a log that are held as JSON objects at a time; those take many times the room of columns."""


def last_generation_line(path: Path) -> dict[str, Any]:
    """Return the last whole line of a journal about a generation, empty before the first; reads its end."""
    try:
        with path.open("rb") as file:
            end, size = file.seek(0, os.SEEK_END), _TAIL_BYTES
            while True:
                file.seek(max(0, end - size))
                # What stands behind the last end of a line is still being written.
                for line in objects_in(reversed(file.read(size).split(b"\n")[:-1])):
                    if _is_of_generation(line):
                        return line
                if size >= end:
                    return {}
                size *= 8
    except OSError:
        return {}


def read_lines(
    path: Path, from_offset: int = 0, *, at_most: int | None = None
) -> tuple[list[dict[str, Any]], int]:
    """Return the whole lines of a log from a byte on, and where the next call goes on.

    A line that is being written, or was torn, is left for later; a damaged one is passed over. Where the file
    was cut since the last call, so that no line begins at `from_offset`, reading starts at the beginning.

    Args:
        path: The log; one that is not there yet is empty.
        from_offset: What the last call answered, 0 for the beginning.
        at_most: The bytes to read in this call, so that a long log can be read in slices; by default all.
            A longer line is read all the same.
    """
    try:
        with path.open("rb") as file:
            if from_offset and (file.seek(from_offset - 1), file.read(1))[1] != b"\n":
                from_offset = 0
            file.seek(from_offset)
            text = file.read() if at_most is None else file.read(at_most)
            if at_most is not None and b"\n" not in text:
                text += file.readline()
    except FileNotFoundError:
        return [], 0
    whole = text[: text.rfind(b"\n") + 1]
    return list(objects_in(whole.split(b"\n"))), from_offset + len(whole)


def each_line(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the whole lines of a log one after the other, with few of them in memory, until its end."""
    offset, last = 0, -1
    while offset != last:
        last = offset
        lines, offset = read_lines(path, offset, at_most=_SLICE)
        yield from lines


def objects_in(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Yield what the lines of a log say; one that is damaged, or is no object, is passed over."""
    for line in lines:
        try:
            value = parse_json(line)
        except ValueError:
            continue
        if isinstance(value, dict):
            yield value


def _is_of_generation(line: dict[str, Any]) -> bool:
    number = line.get("generation")
    return line.get("type") == "generation" and type(number) is int and 0 <= number <= LARGEST_EXACT
