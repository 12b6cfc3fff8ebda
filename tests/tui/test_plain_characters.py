"""Plain characters: nothing else leaves, and no cell changes its width."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.plain_characters import in_ascii


def test_what_is_drawn_has_a_likeness() -> None:
    assert in_ascii("╭─╮│ ▶ 2 → 4 ● ★ … ░█") == "+-+| > 2 > 4 * * . .#"
    assert in_ascii("Galápagos Nǎo") == "Galapagos Nao"
    assert in_ascii("\u2800\u2840\u28e4\u28ff") == " .:*"


def test_wide_characters_stay_wide() -> None:
    assert in_ascii("日本") == "????"


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=50))
def test_only_ascii_of_the_same_width_leaves(text: str) -> None:
    plain = in_ascii(text)
    assert plain.isascii()
    assert len(plain) == sum(map(cell_len, text))
