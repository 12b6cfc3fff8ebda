"""What is said of a cell of the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from galapagos.fitness import FitnessKind
from tui.archive_cells import cells_of, levels_over
from tui.archive_history import SizeRecord
from tui.cell_facts import elite_lines, history_lines
from tui.run_terms import RunTerms

if TYPE_CHECKING:
    from tui.widgets.line_drawing import Run

CELLS = cells_of(
    [
        (5, 312.4, "0c2020ad00000001", 3),
        (7, 588.0, "0c2020ad00000002", 214),
        (102, 731.2, "0c2020ad00000003", 9),
    ],
    {6: 100.0},
)
LEVELS = levels_over(CELLS, 2, "uniform")


def text(lines: list[list[Run]]) -> str:
    return "\n".join("".join(text for text, _ in line) for line in lines)


def told(place: int, known: dict[str, Any] | None = None, terms: RunTerms | None = None) -> str:
    return text(elite_lines(CELLS[place], CELLS, LEVELS, known or {}, terms or RunTerms()))


def test_an_elite_is_told_with_its_level_and_who_the_level_shows() -> None:
    small = told(0)
    for words in ("5 connections", "312.4", "1 of 2, sizes 1", "that of size 7, 588.0", "generation 3"):
        assert words in small
    assert "this elite" in told(2)
    assert "of sizes" in told(3)
    assert "of sizes" not in small


def test_the_champion_is_called_so() -> None:
    assert ["the champion" in told(place) for place in range(4)] == [False, False, False, True]


def test_what_the_engine_knows_is_added() -> None:
    known = {
        "operator": "add_node+change_activation",
        "parents": ["1234567890abcdef"],
        "evaluation": {"standard_deviation": 5.0},
    }
    lines = told(2, known)
    assert "±5.0" in lines
    assert "add node, change activation from 12345678" in lines


def test_a_size_without_an_elite_says_so() -> None:
    assert "none now" in told(1)
    assert "100.0" in told(1)


def test_losses_and_epochs_are_told_as_such() -> None:
    terms = RunTerms(kind=FitnessKind.LOSS, step="epoch")
    cell = cells_of([(5, -0.25, "a", 3)], {})
    lines = text(elite_lines(cell[0], cell, levels_over(cell, 1, "uniform"), {}, terms))
    assert "0.250" in lines
    assert "epoch 4" in lines


@pytest.mark.parametrize(
    "known",
    [
        {"operator": 7, "parents": "x", "evaluation": []},
        {"operator": "[/nope]\x1b[31m", "parents": [3, "\u202e"], "evaluation": {"standard_deviation": "x"}},
        {"operator": "a" * 10_000, "parents": ["b" * 10_000]},
    ],
)
def test_whatever_the_engine_answers_is_safe_to_draw(known: dict[str, Any]) -> None:
    lines = told(0, known)
    assert not {"\x1b", "\u202e"} & set(lines)
    assert max(map(len, lines.split("\n"))) < 120


def test_the_history_is_the_latest_first_in_even_columns() -> None:
    led = [
        SizeRecord(201, 5, 588.0, "1234567890abcdef", "add_node"),
        SizeRecord(3, 5, 99.5, "fedcba0987654321", "initial"),
    ]
    assert text(history_lines(led, RunTerms())).split("\n") == [
        "201  588.0  12345678  add node",
        "  3   99.5  fedcba09  initial",
    ]
    assert history_lines([], RunTerms()) == []
