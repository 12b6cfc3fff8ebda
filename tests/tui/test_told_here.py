"""What one dashboard told its person, among what happened in the run."""

from __future__ import annotations

from galapagos.engine.snapshot import Happening
from tui.told_here import MOST_TOLD, ToldHere

RUN = tuple(Happening(generation, "elite", f"size {generation}") for generation in (3, 5, 8))


def texts(told: ToldHere, happened: tuple[Happening, ...]) -> list[str]:
    return [one.text for one in told.among(happened)]


def test_a_line_stands_after_what_had_happened_when_it_was_told() -> None:
    told = ToldHere().and_then("saved", RUN[:2], 6, wrong=False).and_then("refused", RUN[:2], 7, wrong=True)
    assert texts(told, RUN) == ["size 3", "size 5", "saved", "refused", "size 8"]
    assert [(one.generation, one.kind) for one in told.among(RUN)[2:4]] == [(6, "told"), (7, "error")]


def test_before_anything_happened_it_is_the_first() -> None:
    told = ToldHere().and_then("saved", (), 0, wrong=False)
    assert texts(told, ()) == ["saved"]
    assert texts(told, RUN) == ["saved", "size 3", "size 5", "size 8"]


def test_what_is_older_than_anything_that_is_told_of_the_run_goes_with_it() -> None:
    told = ToldHere().and_then("saved", RUN[:1], 3, wrong=False).and_then("again", RUN, 8, wrong=False)
    assert texts(told, RUN[1:]) == ["size 5", "size 8", "again"]


def test_only_the_latest_are_kept() -> None:
    told = ToldHere()
    for number in range(MOST_TOLD + 5):
        told = told.and_then(str(number), RUN, 8, wrong=False)
    assert texts(told, RUN)[3:] == [str(number) for number in range(5, MOST_TOLD + 5)]
