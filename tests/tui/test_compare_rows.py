"""What a comparison says."""

from __future__ import annotations

from typing import Any

from tests.tui.shown_elites import HOSTILE, image_elite, parameters_of, swing_up_elite
from tui.compare_rows import (
    NETWORK,
    ORIGIN,
    PARAMETERS,
    RESULTS,
    CompareRow,
    are_comparable,
    compare_rows,
    same_parameters,
)
from tui.formatting import ABSENT
from tui.shown_elite import ShownElite, inspect


def rows_of(*elites: ShownElite) -> dict[str, CompareRow]:
    return {row.name: row for row in compare_rows([inspect(elite) for elite in elites])}


def better(**changes: Any) -> ShownElite:
    elite = swing_up_elite(id="f" * 16, **changes)
    return swing_up_elite(id="f" * 16, evaluation={**(elite.evaluation or {}), "fitness": 700.0}, **changes)


def test_the_best_of_what_differs_is_marked() -> None:
    rows = rows_of(swing_up_elite(), better())
    assert rows["reward"] == CompareRow(RESULTS, "reward", ("558.8", "700.0"), True, frozenset({1}))
    assert rows["mean at best w"].values == ("610.9", "610.9")
    assert not rows["mean at best w"].differs
    assert rows["mean at best w"].best == frozenset()


def test_groups_follow_each_other() -> None:
    other = better(parameters=parameters_of("wann-gym", complexity_levels=9))
    groups = [row.group for row in compare_rows([inspect(swing_up_elite()), inspect(other)])]
    assert list(dict.fromkeys(groups)) == [RESULTS, NETWORK, ORIGIN, PARAMETERS]


def test_only_parameters_that_differ_are_told_and_the_others_counted() -> None:
    parameters = parameters_of("wann-gym", complexity_levels=9, seed=4)
    items = [inspect(swing_up_elite()), inspect(better(parameters=parameters))]
    told = [row for row in compare_rows(items) if row.group == PARAMETERS]
    assert {row.name for row in told} == {"seed", "complexity_levels"}
    assert same_parameters(items) == len(parameters) - 2


def test_a_parameter_that_one_does_not_have_is_a_dash() -> None:
    rows = rows_of(swing_up_elite(parameters={"experiment": "wann-gym", "new": 3}), better(parameters={}))
    assert rows["new"].values == ("3", ABSENT)


def test_elites_of_different_tasks_are_not_better_than_each_other() -> None:
    items = [inspect(swing_up_elite()), inspect(image_elite("layers"))]
    assert not are_comparable(items)
    rows = {row.name: row for row in compare_rows(items)}
    assert rows["fitness"].values == ("558.8", "93.3 %")
    assert all(not row.best for row in rows.values())


def test_accuracies_are_named_as_elsewhere() -> None:
    rows = rows_of(image_elite("wlnn"), image_elite("wlnn"))
    assert rows["loss"].values == ("0.214", "0.214")
    assert rows["accuracy, held-out"].values == ("93.3 %", "93.3 %")
    assert "deviation" not in rows


def test_what_is_unknown_of_one_differs() -> None:
    rows = rows_of(swing_up_elite(), swing_up_elite(evaluation=None, genome={}))
    assert rows["reward"].values == ("558.8", ABSENT)
    assert rows["reward"].differs
    assert rows["connections"].values == ("6", ABSENT)


def test_hostile_words_lose_what_a_terminal_would_obey() -> None:
    strange = swing_up_elite(
        id=HOSTILE,
        operator=HOSTILE,
        parents=(HOSTILE,),
        evaluation={"objectives": {HOSTILE: 1.0}, "trials": HOSTILE},
        parameters={HOSTILE: HOSTILE},
    )
    for row in compare_rows([inspect(swing_up_elite()), inspect(strange)]):
        for text in (row.name, *row.values):
            assert not set(text) & set("\x1b\x9b\u202e\x07")
            assert len(text) <= 400
