"""The words of the screen."""

from __future__ import annotations

import pytest

from tui.glossary import GLOSSARY, glossary


def test_it_is_in_order_and_says_each_thing_once() -> None:
    names = [term.name.lower() for term in GLOSSARY]
    assert names == sorted(set(names))


@pytest.mark.parametrize(
    "name",
    [
        "QD score",
        "coverage",
        "crowding distance",
        "elite",
        "archive",
        "level",
        "confirmation",
        "archive fitness",
        "generation fitness",
        "champion",
        "tournament",
        "inject",
        "pin",
        "breed",
        "drop",
        "weight-agnostic",
    ],
)
def test_it_knows_every_word_that_a_person_meets(name: str) -> None:
    assert name in {term.name for term in GLOSSARY}
    assert name in {term.name for term in glossary(name.upper())[:2]}


def test_every_text_is_short_and_a_sentence() -> None:
    for term in GLOSSARY:
        assert 20 < len(term.text) < 210, term.name
        assert term.text.endswith((".", "…")), term.name


def test_other_words_find_it_too() -> None:
    assert "archive" in {term.name for term in glossary("map-elites")}
    assert glossary("no such word anywhere") == []
