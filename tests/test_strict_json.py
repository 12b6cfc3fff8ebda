"""The strict JSON reader: what it takes, what it refuses, and how long that takes."""

from __future__ import annotations

import json
import math
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.strict_json import (
    MAX_DEPTH,
    finite,
    members,
    pair,
    parse_json,
    real,
    shown,
    text,
    truth,
    values,
    whole,
)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def refusal(content: bytes) -> str:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is what is asked for
        parse_json(content)
    return str(caught.value)


@given(JSON, st.booleans())
def test_what_json_means_is_what_the_standard_library_reads(data: object, ascii_only: bool) -> None:
    assert parse_json(json.dumps(data, ensure_ascii=ascii_only).encode("utf-8", "ignore")) == data


@given(st.dictionaries(st.text(':"\\,{}[]ab', max_size=4), st.text(':"\\,{}[]ab', max_size=6), max_size=4))
def test_colons_and_quotes_within_texts_are_no_names(data: dict[str, str]) -> None:
    assert parse_json(json.dumps({"a": data}).encode()) == {"a": data}


@pytest.mark.parametrize(
    "content",
    [
        b'{"a":1,"a":1}',
        b'{"a":1,"\\u0061":2}',
        b'[{"b":{"c":[{"a":1,"a":2}]}}]',
        b'{"a":":","b":1,"b":2}',
        b'{"\\":":1,"\\":":2}',
    ],
)
def test_a_name_that_stands_twice_is_refused(content: bytes) -> None:
    assert refusal(content) == "a name stands twice in one of its objects; once would be right"


@pytest.mark.parametrize(
    "content", [b"", b"NaN", b"[1e999]", b"-Infinity", b"{'a':1}", b'"\xff"', b'"\\ud800"', b"\xef\xbb\xbf1"]
)
def test_what_is_no_json_is_refused_in_a_line(content: bytes) -> None:
    line = refusal(content)
    assert line.startswith("it is no JSON: ")
    assert line.isprintable()


def test_depth_and_number_of_values_are_bounded() -> None:
    assert parse_json(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))
    assert "deeper" in refusal(b"[" * (MAX_DEPTH + 2) + b"]" * (MAX_DEPTH + 2))
    assert "deeper" in refusal(b'{"a":' * 900 + b"1" + b"}" * 900)
    assert "more than 2000000 values" in refusal(b"[" + b"[]," * 2_100_000 + b"[]]")
    with pytest.raises(ValueError, match="more than 3 values"):
        parse_json(b"[1,2,3,4]", most_values=3)


@pytest.mark.parametrize(
    "content",
    [
        b"[" + b"[]," * 900_000 + b"[]]",
        b'["' + b":" * 8_000_000 + b'"]',
        b'{"a":"' + b'\\"' * 4_000_000 + b'"}',
        b"{" + b",".join(b'"%d":0' % number for number in range(400_000)) + b"}",
    ],
    ids=["lists", "colons", "quotes", "names"],
)
def test_a_hostile_text_costs_little_time(content: bytes) -> None:
    start = time.process_time()
    parse_json(content)
    assert time.process_time() - start < 3


def test_a_value_is_taken_as_it_stands() -> None:
    assert (whole(3, "n"), real(3, "x"), real(0.5, "x"), finite(-0.0, "x")) == (3, 3.0, 0.5, 0.0)
    assert type(real(3, "x")) is float
    assert math.isnan(real(math.nan, "x"))
    assert (text("a", "t"), truth(True, "b"), values([1], "l"), members({"a": 1}, "o")) == (
        "a",
        True,
        [1],
        {"a": 1},
    )


OTHERS: dict[Any, tuple[object, ...]] = {
    whole: (True, 3.0, "3", None, -1, 2**53 + 1, []),
    real: (True, "0.5", None, 2**53 + 1, {}),
    finite: (math.nan, math.inf, "nan"),
    text: (1, None, ["a"]),
    truth: (0, 1, "true", None),
    values: ((), {}, "ab", None),
    pair: ([], [1], [1, 2, 3], {"a": 1, "b": 2}, "ab"),
    members: ([], "ab", None),
}


@pytest.mark.parametrize(("take", "value"), [(take, one) for take, some in OTHERS.items() for one in some])
def test_a_value_of_another_kind_is_refused_by_its_name(take: Any, value: object) -> None:
    with pytest.raises(ValueError, match=r"^seed is ") as caught:
        take(value, "seed")
    assert str(caught.value).isprintable()


def test_whatever_a_value_is_it_is_shown_in_a_few_plain_characters() -> None:
    deep: list[Any] = []
    for _ in range(900):
        deep = [deep]
    for value in (deep, "x" * 10**6, "\x1b[2J\n\u202e", {"a": [1] * 1000}, 10**400):
        assert shown(value).isprintable()
        assert len(shown(value)) <= 60
