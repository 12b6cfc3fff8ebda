"""What the library says above its table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tui.saved_elites import entries
from tui.library_lines import title, warning

if TYPE_CHECKING:
    from library_store import Entry

THREE = entries(3)


@pytest.mark.parametrize(
    ("count", "shown", "marked", "said"),
    [
        (0, [], set(), "0 saved elites"),
        (1, THREE[:1], set(), "1 saved elite"),
        (3, THREE, set(), "3 saved elites"),
        (3, THREE[:1], set(), "1 of 3 saved elites"),
        (3, THREE, {THREE[0].id, THREE[2].id}, "3 saved elites  2 marked"),
        (
            3,
            THREE[:1],
            {one.id for one in THREE},
            "1 of 3 saved elites  3 marked, 2 of them not shown",
        ),
    ],
)
def test_the_title_counts_what_is_saved_shown_and_marked(
    count: int, shown: list[Entry], marked: set[str], said: str
) -> None:
    assert title(count, shown, marked, "", is_read=True).plain.strip() == f"Library  {said}"


def test_the_title_names_the_run_as_it_is_and_counts_nothing_before_the_library_is_read() -> None:
    told = title(0, [], set(), "a [b]run", is_read=False).plain
    assert told.split() == ["Library", "opened", "from", "a", "[b]run"]


@pytest.mark.parametrize(
    ("problems", "are_many", "said"),
    [
        ((), False, ""),
        (("one is damaged",), False, "one is damaged"),
        (("one is damaged", "another", "a third"), False, "one is damaged; and 2 more"),
        (("one is damaged",), True, "so many make every change slow; export (x) and remove (d) those"),
    ],
)
def test_the_first_problem_is_told_and_the_others_are_counted(
    problems: tuple[str, ...], are_many: bool, said: str
) -> None:
    told = warning(problems, are_many=are_many)
    assert told.startswith(said)
    assert bool(told) is bool(said)
