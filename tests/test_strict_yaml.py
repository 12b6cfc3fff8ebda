"""The strict YAML reader: what it takes, what it refuses, and on which line."""

import json
import math
import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from galapagos.strict_yaml import MAX_BYTES, MAX_SCALAR, Reading, read_flat_mapping, read_scalar


def read(text: str) -> Reading:
    return read_flat_mapping(text.encode())


def values(text: str) -> dict[str, object]:
    reading = read(text)
    assert reading.problems == []
    return {key: entry.value for key, entry in reading.entries.items()}


def only_problem(text: str) -> tuple[int, str]:
    [problem] = read(text).problems
    return problem.line, problem.text


# The table of YAML 1.2.2, section 10.3.2, but for leading zeros, which are texts here.
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("1E+3", 1000.0),
        ("12", 12),
        ("-12", -12),
        ("+7", 7),
        ("0", 0),
        ("0.5", 0.5),
        (".5", 0.5),
        ("-.5", -0.5),
        ("3.", 3.0),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("012", "012"),
        ("-007", "-007"),
        ("00.5", "00.5"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("0x1F", "0x1F"),
        ("0b1", "0b1"),
        ("1e999", "1e999"),
        ("-1e309", "-1e309"),
        ("1e-999", "1e-999"),
        ("-0.001E-400", "-0.001E-400"),
        ("0e-999", 0.0),
        ("0.0e999", 0.0),
        ("5e-324", 5e-324),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("infinity", "infinity"),
        ("nan", "nan"),
        ("2026-11-21", "2026-11-21"),
        ("tRue", "tRue"),
    ],
)
def test_a_plain_scalar_means_what_yaml_1_2_says(text: str, value: object) -> None:
    found = read_scalar(text)
    assert (type(found), found) == (type(value), value)


def test_a_plain_nan_is_a_number() -> None:
    found = read_scalar(".nan")
    assert isinstance(found, float)
    assert math.isnan(found)


@given(st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False))
def test_what_python_prints_of_a_number_is_read_as_that_number(number: float) -> None:
    found = read_scalar(repr(number))
    assert (type(found), found) == (type(number), number)


def test_a_flat_mapping_is_read_with_the_line_of_every_key() -> None:
    reading = read("# first\n\na: 1\nb: [x, 2, 0.5]\nc:\n  - 1\n  - 2\nd: 'no'\n")
    assert reading.problems == []
    assert {key: (entry.value, entry.line) for key, entry in reading.entries.items()} == {
        "a": (1, 3),
        "b": (("x", 2, 0.5), 4),
        "c": ((1, 2), 5),
        "d": ("no", 8),
    }


def test_quoted_scalars_are_texts() -> None:
    assert values("a: '1'\nb: \"true\"\nc: |\n  3\n") == {"a": "1", "b": "true", "c": "3\n"}


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n", "---\n", "{}"])
def test_a_file_without_entries_is_an_empty_mapping(text: str) -> None:
    assert values(text) == {}


def test_a_document_start_and_a_byte_order_mark_are_taken() -> None:
    assert values("\ufeff---\na: 1\n...\n") == {"a": 1}


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a: 1\nb: 2\na: 3", 3, "a stands here again (first on line 1)"),
        ("a: &x 1\nb: 2", 1, "an anchor (&x)"),
        ("a: 1\nb: *x", 2, "an alias (*x)"),
        ("*x : 1", 1, "an alias (*x)"),
        ("&x a: 1", 1, "an anchor (&x)"),
        ("a: !!int 3", 1, "a tag"),
        ("a: !!python/object/apply:os.system [ls]", 1, "a tag"),
        ("a: 1\nb:\n  c: 1", 3, "a mapping inside the mapping"),
        ("a: [1, [2]]", 1, "a list or a mapping inside a list"),
        ("a: [{b: 1}]", 1, "a list or a mapping inside a list"),
        ("[a]: 1", 1, "cannot be a name"),
        ("- a\n- b", 1, "this is no mapping"),
        ("just words", 1, "this is no mapping"),
        ("a: 1\n---\nb: 2", 2, "a second document"),
        ("a: 1\nb: [1, 2\nc: 3", 3, "not YAML"),
        ("a: 1\n  b: 2", 2, "not YAML"),
        ("a: 'x", 1, "not YAML"),
        ("a: 1\nb: \x07", 2, "a control character"),
        (f"a: {'x' * (MAX_SCALAR + 1)}", 1, "more than 1000 characters"),
        ("a: 1\n" + "#" * MAX_BYTES, 1, "more than 65536 bytes"),
    ],
)
def test_what_is_no_flat_mapping_is_a_problem_on_its_line(text: str, line: int, what: str) -> None:
    found_line, found = only_problem(text)
    assert found_line == line
    assert what in found
    assert "\n" not in found


def test_bytes_that_are_no_utf_8_are_a_problem_on_their_line() -> None:
    [problem] = read_flat_mapping(b"a: 1\nb: \xff\n").problems
    assert (problem.line, "UTF-8" in problem.text) == (2, True)


def test_what_stands_before_a_problem_is_read_all_the_same() -> None:
    reading = read("a: 1\nb: [1, [2]]\n")
    assert reading.entries["a"].value == 1
    assert len(reading.problems) == 1


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x,x,x,x]\n" + "".join(f"{c}: &{c} [*a,*a,*a,*a]\n" for c in "bcdefghij"),
        "a: " + "[" * 60_000,
        "a: " + "{" * 60_000,
        "- " * 30_000,
        "? " * 30_000,
        "a: [" + "1," * 30_000 + "]",
        "".join(f"k{n}: {n}\n" for n in range(6_000)),
        "9" * 60_000 + ": 1",
        "a: " + "9" * 60_000,
    ],
    ids=[
        "laughs",
        "lists",
        "maps",
        "dashes",
        "questions",
        "long list",
        "many keys",
        "long key",
        "long number",
    ],
)
def test_a_hostile_file_costs_little_time(text: str) -> None:
    start = time.process_time()
    read(text)
    assert time.process_time() - start < 3


@given(
    st.dictionaries(
        st.text(st.characters(categories=["Ll"]), min_size=1, max_size=8).filter(
            lambda key: key not in {"true", "false", "null"}
        ),
        st.integers(-(10**9), 10**9)
        | st.booleans()
        | st.none()
        | st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"]), max_size=20)
        | st.lists(st.integers(-9, 9), max_size=5),
        max_size=8,
    )
)
def test_json_objects_without_nesting_are_read_as_json_reads_them(data: dict[str, object]) -> None:
    text = "".join(
        f"{json.dumps(key, ensure_ascii=False)}: {json.dumps(value)}\n" for key, value in data.items()
    )
    expected = {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
    assert values(text) == expected


@given(st.text(max_size=200))
def test_no_text_makes_the_reader_raise(text: str) -> None:
    reading = read_flat_mapping(text.encode("utf-8", "replace"))
    for problem in reading.problems:
        assert "\n" not in problem.text
        assert 1 <= problem.line <= len(text) + 1


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_raise(data: bytes) -> None:
    read_flat_mapping(data)


def test_pyyaml_itself_would_take_what_this_reader_refuses() -> None:
    # The reason for the module: were PyYAML to change, it could become simpler.
    assert yaml.safe_load("a: 1e-3") == {"a": "1e-3"}
    assert yaml.safe_load("a: 012\na: no") == {"a": False}
