"""What people did, as marks."""

from __future__ import annotations

import math
from typing import Any

import pytest
from rich.cells import cell_len

from galapagos.fitness import FitnessKind
from tui.marks import SYMBOLS, Mark, MarkKind, mark_of
from tui.widgets.plot_marks import PARTS

ID = "0c2020ad5f1e77aa"


@pytest.mark.parametrize(
    ("line", "kind", "text"),
    [
        ({"type": "parameters", "changes": {"lr": [0.1, 0.01]}}, MarkKind.PARAMETERS, "lr 0.1→0.01"),
        ({"type": "inject", "parent": ID}, MarkKind.INJECT, "inject 0c2020ad"),
        ({"type": "inject", "parent": None}, MarkKind.INJECT, "inject a network"),
        (
            {"type": "inject", "parent": ID, "source": "swing of the library"},
            None,
            "inject swing of the library",
        ),
        ({"type": "pin", "id": ID}, MarkKind.PIN, "pin 0c2020ad"),
        ({"type": "unpin", "id": ID}, MarkKind.UNPIN, "unpin 0c2020ad"),
        ({"type": "breed", "id": ID, "count": 3}, MarkKind.BREED, "breed 3 of 0c2020ad"),
        ({"type": "cancel_breed", "id": ID, "count": 3}, MarkKind.CANCEL_BREED, "cancel 3 of 0c2020ad"),
        ({"type": "drop", "id": ID}, MarkKind.DROP, "drop 0c2020ad"),
    ],
)
def test_each_line_about_steering_is_a_mark(line: dict[str, Any], kind: MarkKind | None, text: str) -> None:
    mark = mark_of({"generation": 7, **line})
    assert mark is not None
    assert mark.generation == 7
    assert mark.text == text
    assert kind in (None, mark.kind)


def test_what_came_of_a_clone_is_told_in_the_terms_of_the_task() -> None:
    line = {"type": "clone", "generation": 7, "id": ID, "fitness": -0.25, "complexity": 34, "elite": True}
    mark = mark_of(line)
    assert mark is not None
    assert mark.told(FitnessKind.LOSS) == "clone 0c2020ad the elite of size 34, 0.250"
    lost = mark_of({**line, "elite": False})
    assert lost is not None
    assert "no elite of size 34" in lost.text
    failed = mark_of({**line, "fitness": None, "failed": "timeout: longer than 300 s"})
    assert failed is not None
    assert math.isnan(failed.fitness)
    assert failed.told(FitnessKind.LOSS) == "clone 0c2020ad failed: timeout: longer than 300 s"


@pytest.mark.parametrize(
    "line",
    [
        {"type": "generation", "generation": 1},
        {"type": "test", "generation": 1},
        {"generation": 1},
        {"type": ["drop"], "generation": 1},
        {"type": "drop", "generation": "1"},
        {"type": "drop"},
    ],
)
def test_other_lines_are_no_marks(line: dict[str, Any]) -> None:
    assert mark_of(line) is None


def test_symbols_take_one_cell_and_differ() -> None:
    for place in (0, 1):
        symbols = [pair[place] for pair in SYMBOLS.values()]
        assert len(set(symbols)) == len(symbols) == len(MarkKind)
        assert all(cell_len(symbol) == 1 for symbol in symbols)
    assert all(plain.isascii() for _, plain in SYMBOLS.values())


def test_a_mark_without_a_fitness_is_told_by_its_text() -> None:
    assert Mark(1, "as it is").told(FitnessKind.REWARD) == "as it is"


def test_every_kind_of_mark_can_be_drawn() -> None:
    assert SYMBOLS.keys() == PARTS.keys() == set(MarkKind)
