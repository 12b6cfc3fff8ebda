"""Frames and messages: exact bytes, every limit, and whatever else may come in."""

from __future__ import annotations

import asyncio
import base64
import math
from dataclasses import replace

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galapagos.engine.commands import Pause, SetParameters
from galapagos.engine.snapshot import Happening
from galapagos.engine.socket import protocol
from galapagos.engine.socket.protocol import (
    LONGEST_LINE,
    MAX_ANSWER,
    MAX_REQUEST,
    CommandRequest,
    GenomeRequest,
    SnapshotRequest,
    WeightsRequest,
    WrongFrame,
    plain_json,
)
from galapagos.errors import CommandRefused
from tests.engine.fakes import snapshot

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda values: st.lists(values, max_size=4) | st.dictionaries(st.text(), values, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(["request", "command", "genome", "snapshot", "id", "count", "changes"])
WORDS = st.sampled_from(["pause", "breed", "set", "drop", "0123456789abcdef", "answer"])
LIKE_REQUESTS = st.dictionaries(
    KEYS, JSON | WORDS | st.dictionaries(KEYS, JSON | WORDS, max_size=4), max_size=4
)


def stream(*parts: bytes) -> asyncio.StreamReader:
    """Return a stream that holds some bytes and then ends."""
    reader = asyncio.StreamReader()
    for part in parts:
        reader.feed_data(part)
    reader.feed_eof()
    return reader


def test_a_frame_is_a_big_endian_length_and_json() -> None:
    assert protocol.encode({"request": 7}, MAX_REQUEST) == b'\x00\x00\x00\x0d{"request":7}'


def test_a_number_that_is_not_finite_crosses_as_null() -> None:
    assert protocol.encode({"a": [math.nan, math.inf, -math.inf]}, 100)[4:] == b'{"a":[null,null,null]}'


@settings(max_examples=30)
@given(values=st.lists(st.dictionaries(st.text(), JSON), max_size=4))
def test_what_is_encoded_comes_out_again_frame_by_frame(values: list[dict[str, object]]) -> None:
    async def read_all() -> list[object]:
        reader = stream(*(protocol.encode(value, MAX_ANSWER) for value in values))
        return [await protocol.read_frame(reader, MAX_ANSWER) for _ in values] + [
            await protocol.read_frame(reader, MAX_ANSWER)
        ]

    assert asyncio.run(read_all()) == [*values, None]


async def test_a_frame_of_exactly_the_limit_is_read_and_one_byte_more_is_fatal() -> None:
    assert await protocol.read_frame(stream(b"\x00\x00\x00\x04null"), 4) == {}
    with pytest.raises(WrongFrame, match="has 5 bytes; at most 4") as caught:
        await protocol.read_frame(stream(b"\x00\x00\x00\x05false"), 4)
    assert caught.value.fatal


async def test_a_frame_that_is_no_json_is_refused_and_the_next_one_is_read() -> None:
    reader = stream(b"\x00\x00\x00\x02{]", b"\x00\x00\x00\x02{}")
    with pytest.raises(WrongFrame, match="a frame cannot be read: it is no JSON") as caught:
        await protocol.read_frame(reader, 10)
    assert not caught.value.fatal
    assert await protocol.read_frame(reader, 10) == {}


@pytest.mark.parametrize("part", [b"", b"\x00\x00", b"\x00\x00\x00\x05fal"])
async def test_a_stream_that_ends_within_a_frame_has_ended(part: bytes) -> None:
    assert await protocol.read_frame(stream(part), 100) is None


def test_a_message_beyond_the_limit_is_not_sent() -> None:
    with pytest.raises(WrongFrame, match="at most 10 may be sent"):
        protocol.encode({"text": "0123456789"}, 10)


def test_a_message_that_json_cannot_hold_is_not_sent() -> None:
    with pytest.raises(WrongFrame, match="cannot be written as JSON"):
        protocol.encode({"what": object()}, 100)


def test_the_four_requests_are_read() -> None:
    assert protocol.request_from_json({"request": 1, "command": {"command": "pause"}}) == CommandRequest(
        1, Pause()
    )
    assert protocol.request_from_json(
        {"request": 0, "command": {"command": "set", "changes": {"lr": 0.1}}}
    ) == CommandRequest(0, SetParameters({"lr": 0.1}))
    asked = protocol.request_from_json({"request": 2, "genome": "0c2020ad5f1e77aa"})
    assert asked == GenomeRequest(2, "0c2020ad5f1e77aa")
    wished = protocol.request_from_json({"request": 3, "weights": "0c2020ad5f1e77aa"})
    assert wished == WeightsRequest(3, "0c2020ad5f1e77aa")
    assert protocol.request_from_json({"request": 4, "snapshot": True}) == SnapshotRequest(4)


@pytest.mark.parametrize(
    ("data", "number"),
    [
        (None, None),
        ([], None),
        ({}, None),
        ({"request": "1", "snapshot": True}, None),
        ({"request": True, "snapshot": True}, None),
        ({"request": -1, "snapshot": True}, None),
        ({"request": 2**60, "snapshot": True}, None),
        ({"request": 5}, 5),
        ({"request": 5, "snapshot": False}, 5),
        ({"request": 5, "snapshot": 1.5}, 5),
        ({"request": 5, "genome": "../../etc/passwd"}, 5),
        ({"request": 5, "genome": 12}, 5),
        ({"request": 5, "genome": "0c2020ad5f1e77aa", "snapshot": True}, 5),
        ({"request": 5, "shell": "ls"}, 5),
    ],
)
def test_a_request_of_another_shape_is_refused_by_its_number(data: object, number: int | None) -> None:
    with pytest.raises(WrongFrame) as caught:
        protocol.request_from_json(data)
    assert caught.value.number == number
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "command",
    [{"command": "format"}, {"command": "pause", "more": 1}, {"command": "pin", "id": "x"}, 3, None],
)
def test_a_command_that_is_not_of_the_list_is_refused(command: object) -> None:
    with pytest.raises(CommandRefused):
        protocol.request_from_json({"request": 1, "command": command})


@given(data=JSON | LIKE_REQUESTS)
def test_any_json_is_a_request_or_refused_in_one_line(data: object) -> None:
    number: int | None
    try:
        number = protocol.request_from_json(data).number
    except WrongFrame as error:
        number, line = error.number, str(error)
    except CommandRefused as error:
        number, line = protocol.request_number(data), str(error)
    else:
        line = ""
    assert number == protocol.request_number(data)
    assert "\n" not in line


def test_the_texts_of_a_snapshot_are_made_plain() -> None:
    shown = protocol.showable(
        snapshot(
            title="swing\x1b[31mup",
            message="it\nfailed\x9b2J",
            happenings=(Happening(3, "elite", "a\x1b]0;owned\x07 b\u202e"),),
        )
    )
    assert (shown.title, shown.message) == ("swingup", "it failed")
    assert shown.happenings[0].text == "a b"


def test_a_large_population_crosses_as_an_even_sample() -> None:
    population = tuple((float(index), index) for index in range(100_000))
    shown = protocol.showable(replace(snapshot(), population=population)).population
    assert len(shown) == protocol.MAX_POINTS
    assert shown[:3] == ((0.0, 0), (10.0, 10), (20.0, 20))


def test_a_refusal_is_one_plain_line() -> None:
    frame = protocol.encode_refusal(4, "lr: too large\nseed: is fixed\x1b[2J")
    assert orjson.loads(frame[4:]) == {"answer": 4, "error": "lr: too large; seed: is fixed"}


def test_every_text_within_a_result_is_made_plain() -> None:
    result = {"a": ["x\x1b[1my", {"b": "c\x00"}], "n": 1.5, "t": (True, None)}
    assert protocol.plain_json(result) == {"a": ["xy", {"b": "c"}], "n": 1.5, "t": [True, None]}


def test_weights_in_base64_cross_whole_and_other_long_texts_are_cut() -> None:
    weights = base64.b64encode(bytes(range(256)) * 40).decode()
    assert plain_json({"genome": {"float32": weights}}) == {"genome": {"float32": weights}}
    assert len(plain_json("a text " * 1000)) == LONGEST_LINE
    assert plain_json(weights + "\x1b[31m").isprintable()
