"""Filters and orders of saved elites."""

import pytest

from library_store.drafts import draft
from library_store.entry import Entry
from library_store.query import InvalidQuery, Query, sort_entries
from tests.library_store.elites import graph_elite, learned_elite, stack_elite


def entry_of(number: int, **changes: object) -> Entry:
    entry, _ = draft(graph_elite(number, fitness=100.0 * number))
    return entry.changed(saved=1000.0 + number, **changes)


def found(query: str, entries: list[Entry]) -> list[str]:
    return [entry.name for entry in entries if Query.parse(query)(entry)]


SWING = entry_of(1, name="Swinging", tags=("robust", "small"), notes="likes it hot")
OTHER = entry_of(7, name="other one", tags=("large",), run="2026-05_late", complexity=40)
DIGITS = draft(learned_elite())[0].changed(name="digits", saved=2000.0)
STACK = draft(stack_elite())[0].changed(name="stack", saved=2001.0)
EVERYTHING = [SWING, OTHER, DIGITS, STACK]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Swinging", "other one", "digits", "stack"]),
        ("   ", ["Swinging", "other one", "digits", "stack"]),
        ("SWING", ["Swinging", "other one"]),
        ("hot", ["Swinging"]),
        ('"other one"', ["other one"]),
        ("other hot", []),
        ("tag:robust", ["Swinging"]),
        ("tag:rob", []),
        ("task:cart", ["Swinging", "other one"]),
        ("experiment:layers", ["stack"]),
        ('name:"other o"', ["other one"]),
        ("run:2026-05", ["other one"]),
        (f"id:{SWING.id[:6]}", ["Swinging"]),
        ("fitness>=700", ["other one"]),
        ("fitness<700 task:Cart", ["Swinging"]),
        ("complexity=40", ["other one"]),
        ("loss<0.3", ["digits"]),
        ("accuracy>0.85", ["digits"]),
        ("test_accuracy>=0.8", ["stack"]),
        ("http://x", []),
    ],
)
def test_every_part_of_a_query_must_hold(query: str, names: list[str]) -> None:
    assert found(query, EVERYTHING) == names


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("fitness>=good", "compares with no number"),
        ("beauty>3", "'beauty' is nothing to compare; fitness, complexity"),
        ("fitness>", "compares with no number"),
        ("fitness>nan x", "compares with no number"),
    ],
)
def test_what_cannot_be_understood_is_told(query: str, message: str) -> None:
    with pytest.raises(InvalidQuery, match=message):
        Query.parse(query)


def test_numbers_come_the_largest_first_and_texts_from_a_to_z() -> None:
    assert [entry.name for entry in sort_entries(EVERYTHING)] == ["stack", "digits", "other one", "Swinging"]
    assert [entry.name for entry in sort_entries(EVERYTHING, "name")][:2] == ["digits", "other one"]
    assert next(entry.name for entry in sort_entries(EVERYTHING, "fitness")) == "other one"
    assert next(entry.name for entry in sort_entries(EVERYTHING, "fitness", reverse=True)) == "digits"


def test_those_without_a_number_come_last_in_either_direction() -> None:
    unknown = SWING.changed(fitness=None, name="unknown")
    for reverse in (False, True):
        assert sort_entries([unknown, SWING, OTHER], "fitness", reverse=reverse)[-1] is unknown


def test_an_unknown_order_is_told_with_the_known_ones() -> None:
    with pytest.raises(InvalidQuery, match="saved, name, task, fitness"):
        sort_entries([], "beauty")
