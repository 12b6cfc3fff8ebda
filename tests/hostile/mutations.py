"""Content that something has gnawed at, or that somebody has forged; a generator draws every change."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    Mutation = Callable[[bytes, np.random.Generator], bytes]

MARKUP = "[bold red]no[/] [@click=app.quit]x[/] [/nope]"
CONTROL = "\x1b[2J\x1b]0;owned\x07\x9b31m\r\n\t\x00\x7f\u202e\u2028\ufeff"

WORDS = (
    *(b"-1", b"0", b"1e999", b"-0.0", b"1e308", b"1e-999", b"9007199254740993", b"99999999999999999999"),
    *(b"9" * 400, b"NaN", b"-inf", b"nan", b".inf", b"Infinity", b"012", b"1_0", b"0x10", b"1.5", b"3.0"),
    *(b"null", b"true", b"~", b"[]", b"{}", b'""', b'"3"', b'"\\ud800"', b'"\\u0000"', b'"\\u001b[2J"'),
    *(b"[" * 300, b'{"a":' * 200, b"- " * 200, b",", b'"', b":", b"&a ", b"*a", b"!!python/name:os.system "),
    *(b"<<: *a", b'"kind":"layers"', b'"kind":"graph"', b'{"tensor":"weights"}', b"1,", b"\n", b"\xff"),
    *(b"\x00", b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x07", b"\xff" * 4, b"\x00" * 4),
    *(b"../../x", b"/etc/passwd", b"os:system", b"module:Env", b"x" * 5000, b"\xe2\x80\xae", b"#", b"---"),
    *(MARKUP.encode(), CONTROL.encode()),
)

VALUES: tuple[Any, ...] = (
    *(None, True, False, -1, 0, 1, 2, 3.0, 0.5, -0.0, 2**31, 2**53, 2**53 + 1, 2**63 - 1, 1e308, 5e-324),
    *("", "1", "nan", "graph", "layers", "x" * 5000, "0" * 16, "../..", "module:Env", MARKUP, CONTROL),
    *([], {}, [[]], [0, 3], [[0, 3]] * 3, {"tensor": "weights"}, {"kind": "graph"}, {"$float": "inf"}),
    *({"$float": "1"}, {"shapes": [[1, 1], [1]], "float32": "AAAAAAAAAAA="}, ["a"] * 60, {"x": [None] * 10}),
)

_DUPLICATE = "stands twice"


def gnawed(content: bytes, rng: np.random.Generator) -> bytes:
    """Return content with one to four places changed, cut, put in, doubled or moved, or cut off."""
    for _ in range(int(rng.integers(1, 5))):
        if not content:
            break
        begin = int(rng.integers(len(content)))
        end = min(len(content), begin + int(2 ** rng.uniform(0, 8)))
        before, part, after = content[:begin], content[begin:end], content[end:]
        match int(rng.integers(9)):
            case 0 | 1:
                content = before + bytes([part[0] ^ 1 << int(rng.integers(8))]) + part[1:] + after
            case 2:
                content = before + rng.bytes(len(part)) + after
            case 3:
                content = before + after
            case 4:
                content = before + part + part + after
            case 5:
                content = before + word(rng) + part + after
            case 6:
                content = before + word(rng) + after
            case 7:
                place = int(rng.integers(len(content)))
                content = content[:place] + part + content[place:]
            case _:
                content = other_cell(content, rng)
    return content if rng.random() > 0.02 else content[: int(rng.integers(len(content) + 1))]


def word(rng: np.random.Generator) -> bytes:
    return WORDS[rng.integers(len(WORDS))]


def other_cell(content: bytes, rng: np.random.Generator) -> bytes:
    """Return JSON or a matrix with another value in place of one between two commas."""
    cells = content.split(b",")
    cell = int(rng.integers(len(cells)))
    name, colon, _ = cells[cell].rpartition(b":")
    cells[cell] = name + colon + word(rng)
    return b",".join(cells)


def reshaped(content: bytes, rng: np.random.Generator) -> bytes:
    """Return JSON with one to three of its values gone, doubled, renamed, or others in their place."""
    data = orjson.loads(content)
    name = ""
    for _ in range(int(rng.integers(1, 4))):
        name = _reshape(data, rng) or name
    return orjson.dumps(data).replace(orjson.dumps(_DUPLICATE), orjson.dumps(name))


def _reshape(data: Any, rng: np.random.Generator) -> str:
    """Change one value within; return the name that is to stand where `_DUPLICATE` does, if it does."""
    holder = data
    while isinstance(holder, dict | list) and holder:
        key: Any = list(holder)[rng.integers(len(holder))] if isinstance(holder, dict) else None
        key = int(rng.integers(len(holder))) if key is None else key
        if isinstance(holder[key], dict | list) and rng.random() < 0.8:
            holder = holder[key]
            continue
        value = copy.deepcopy(VALUES[rng.integers(len(VALUES))])
        match int(rng.integers(6)):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, list):
                holder.insert(int(rng.integers(len(holder))), holder[key])
            case 1 if isinstance(holder, dict):
                holder[f"{key}s"] = holder[key]
            case 2 if isinstance(holder, dict):
                holder[_DUPLICATE] = holder[key]
                return str(key)
            case 3 if isinstance(holder[key], int | float):
                holder[key] = _nudged(holder[key], rng)
            case _:
                holder[key] = value
        break
    return ""


def _nudged(number: float, rng: np.random.Generator) -> Any:
    """Return a number near one, of another type, or its text."""
    near = (number + 1, number - 1, -number, float(number), int(number), str(number), bool(number))
    chosen = near[int(rng.integers(len(near)))]
    # JSON as it is read here has whole numbers of 64 bits.
    return chosen if not isinstance(chosen, int) or -(2**63) <= chosen < 2**64 else str(chosen)


def lines_changed(content: bytes, rng: np.random.Generator) -> bytes:
    """Return lines one to three of which are gone, doubled, moved, joined, cut, or have another value."""
    lines = content.splitlines(keepends=True)
    for _ in range(int(rng.integers(1, 4))):
        if not lines:
            break
        place, other = int(rng.integers(len(lines))), int(rng.integers(len(lines)))
        line = lines[place]
        match int(rng.integers(8)):
            case 0:
                del lines[place]
            case 1:
                lines.insert(other, line)
            case 2:
                lines[place], lines[other] = lines[other], line
            case 3:
                lines[place] = line.rstrip(b"\n")
            case 4:
                lines[place] = line[: int(rng.integers(len(line) + 1))]
            case 5:
                name, colon, _ = line.partition(b": ")
                lines[place] = name + colon + word(rng) + b"\n"
            case 6:
                lines[place] = b" " * int(rng.integers(1, 4)) + line
            case _:
                lines[place] = gnawed(line, rng)
    return b"".join(lines)


def a_line_reshaped(content: bytes, rng: np.random.Generator) -> bytes:
    """Return lines of JSON one of which is reshaped."""
    lines = content.splitlines(keepends=True)
    place = int(rng.integers(len(lines)))
    lines[place] = reshaped(lines[place], rng) + b"\n"
    return b"".join(lines)


def any_of(*mutations: Mutation) -> Mutation:
    """Return what changes content in one of several ways."""

    def mutate(content: bytes, rng: np.random.Generator) -> bytes:
        return mutations[int(rng.integers(len(mutations)))](content, rng)

    return mutate


def one_of(contents: Sequence[bytes], rng: np.random.Generator) -> bytes:
    """Return one of some contents, or now and then the begin of one with the end of another."""
    content = contents[int(rng.integers(len(contents)))]
    if rng.random() < 0.05:
        other = contents[int(rng.integers(len(contents)))]
        content = content[: int(rng.integers(len(content) + 1))] + other[int(rng.integers(len(other) + 1)) :]
    return content
