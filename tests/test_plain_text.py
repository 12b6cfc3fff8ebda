"""Text from data: one line, nothing a terminal would obey."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.plain_text import plain


@given(st.text(max_size=300), st.integers(min_value=1, max_value=250))
def test_no_character_is_left_that_a_terminal_or_a_file_would_choke_on(text: str, limit: int) -> None:
    result = plain(text, limit)
    assert len(result) <= limit
    assert not any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in result)
    assert not set(result) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
    result.encode()


@given(st.text(max_size=300))
def test_what_is_plain_stays_as_it_is(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("swing-up, größer 🐢", "swing-up, größer 🐢"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x9b2Jcleared", "cleared"),
        ("\x1b]52;c;c2VjcmV0\x07clipboard", "clipboard"),
        ("\x1b]0;title\x1b\\shown", "shown"),
        ("two\nlines\tand\u2028more", "two lines and more"),
        ("  edges \r\n", "edges"),
        ("a\u202ebc", "abc"),
        ("bell\x07 zero\x00", "bell zero"),
        ("a \x1b\r b", "a b"),
        ("la\u200bte\u2060s\u206at", "latest"),
        ("\U0001f9d1\u200d\U0001f680", "\U0001f9d1\u200d\U0001f680"),
        ("[/nope] [@click=quit]x", "[/nope] [@click=quit]x"),
        ("lone \ud800", "lone"),
    ],
)
def test_text_from_anywhere_becomes_one_line_that_no_terminal_obeys(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_what_is_too_long_ends_in_an_ellipsis() -> None:
    assert plain("abcdef", limit=4) == "abc…"
    assert plain("abcd", limit=4) == "abcd"


def test_hostile_megabytes_are_cut_before_they_are_read() -> None:
    assert len(plain("\x1b]" * 5_000_000 + "x")) <= 200
