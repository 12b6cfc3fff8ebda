"""How long a run still takes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.fakes import snapshot
from tui.time_left import STRETCH, TimeLeft


def at(elapsed: float, generation: int, done: int = 0, **changes: Any) -> float | None:
    return WATCH.seconds(
        snapshot(**{"elapsed": elapsed, "generation": generation, "done": done, "total": 100, **changes})
    )


WATCH = TimeLeft()


@pytest.fixture(autouse=True)
def new_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.WATCH", TimeLeft())


def test_it_is_what_is_left_at_the_pace_of_late() -> None:
    assert at(0.0, 0, last_generation=100) is None
    assert at(10.0, 5, last_generation=100) == pytest.approx(190.0)
    assert at(15.0, 7, 50, last_generation=100) == pytest.approx(185.0)


def test_what_was_long_ago_does_not_count() -> None:
    at(0.0, 0, last_generation=1000)
    at(STRETCH, 1, last_generation=1000)
    assert at(2 * STRETCH, 1 + int(STRETCH), last_generation=1000) == pytest.approx(1000 - 1 - STRETCH, abs=1)


@pytest.mark.parametrize(
    "changes",
    [{"last_generation": None}, {"last_generation": 8}, {"last_generation": 5}],
    ids=["endless", "done", "more than done"],
)
def test_a_run_without_an_end_or_at_it_has_none(changes: dict[str, Any]) -> None:
    at(0.0, 0, **changes)
    assert at(10.0, 8, **changes) is None


def test_a_run_that_stands_still_or_has_just_begun_has_none() -> None:
    assert at(0.0, 3, last_generation=100) is None
    assert at(1.0, 4, last_generation=100) is None
    assert at(50.0, 3, last_generation=100) is None


def test_a_run_that_was_resumed_from_an_earlier_generation_is_watched_anew() -> None:
    at(0.0, 50, last_generation=100)
    at(10.0, 60, last_generation=100)
    assert at(4.0, 20, last_generation=100) is None
    assert at(14.0, 30, last_generation=100) == pytest.approx(70.0)
