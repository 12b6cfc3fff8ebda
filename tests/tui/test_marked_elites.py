"""Marks on elites, and where they go."""

from __future__ import annotations

from dataclasses import replace

from tests.engine.fakes import elite_id, elite_summary
from tui.marked_elites import MarkedElites

ELITES = tuple(elite_summary(level) for level in (1, 2, 3))


def test_a_mark_is_set_and_ended() -> None:
    marked = MarkedElites().toggled(ELITES[0]).toggled(ELITES[1])
    assert marked.ids == {elite_id(1), elite_id(2)}
    assert marked.toggled(ELITES[0]).ids == {elite_id(2)}


def test_while_its_elite_is_shown_a_mark_stays_on_it_whatever_its_level_is() -> None:
    marked = MarkedElites().toggled(ELITES[1])
    moved = replace(ELITES[1], level=7, low=0, high=900)
    assert marked.followed((ELITES[0], moved)) == (marked, [])


def test_a_mark_follows_to_a_better_one_of_the_same_size_before_the_best_of_the_level() -> None:
    first = ELITES[0]
    same = replace(first, id="a" * 16, level=2, low=first.complexity, high=first.complexity)
    level = replace(first, id="b" * 16, complexity=first.complexity + 1)
    marked, told = MarkedElites().toggled(first).followed((level, same))
    assert marked.sizes == {same.id: first.complexity}
    assert told == [
        f"the mark on {first.id[:8]} went to aaaaaaaa, which took its place: size {first.complexity}"
    ]


def test_else_it_goes_to_what_the_level_of_its_size_shows() -> None:
    first = ELITES[0]
    other = replace(first, id="b" * 16, complexity=first.complexity + 1)
    marked, told = MarkedElites().toggled(first).followed((other, *ELITES[1:]))
    assert marked.ids == {other.id}
    assert "bbbbbbbb, which is its level's best" in told[0]


def test_two_marks_in_one_level_become_one() -> None:
    one, two = ELITES[:2]
    both = replace(one, id="c" * 16, low=one.low, high=two.high)
    marked, told = MarkedElites().toggled(one).toggled(two).followed((both,))
    assert marked.ids == {both.id}
    assert len(told) == 2


def test_where_nothing_of_its_size_is_shown_a_mark_ends() -> None:
    marked, told = MarkedElites().toggled(ELITES[0]).followed(ELITES[1:])
    assert marked == MarkedElites()
    assert told == [f"the mark on {elite_id(1)[:8]} ended: nothing of its size is shown"]
