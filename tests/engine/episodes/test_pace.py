"""How many steps are due."""

import math

import pytest

from galapagos.engine.episodes.pace import PATIENCE, Pace


def steps_between(pace: Pace, start: float, end: float, every: float) -> int:
    """Return the steps that are taken by whoever looks at the clock so often."""
    taken = 0
    for tick in range(1, round((end - start) / every) + 1):
        now = start + tick * every
        while pace.is_due(now):
            pace.took(now)
            taken += 1
    return taken


@pytest.mark.parametrize("every", [0.001, 0.03, 0.1])
@pytest.mark.parametrize("speed", [0.25, 1.0, 16.0])
def test_steps_come_at_the_pace_times_the_speed_however_seldom_one_looks(speed: float, every: float) -> None:
    pace = Pace(0.01)
    pace.set_speed(speed, 100.0)
    pace.wait_until(100.0)
    assert steps_between(pace, 100.0, 104.0, every) == pytest.approx(400 * speed, rel=0.05, abs=2)


def test_a_long_delay_is_forgotten() -> None:
    pace = Pace(0.01)
    pace.wait_until(0.0)
    assert steps_between(pace, 50.0, 50.1, 0.1) <= (PATIENCE + 0.1) / 0.01 + 2


def test_while_it_is_paused_nothing_is_due_and_nothing_is_made_up_for() -> None:
    pace = Pace(0.01)
    pace.pause(0.0, pause=True)
    assert not pace.is_due(10.0)
    assert pace.seconds_left(10.0) == math.inf
    pace.pause(10.0, pause=False)
    assert steps_between(pace, 10.0, 10.1, 0.01) <= 11


def test_as_fast_as_it_goes_something_is_always_due() -> None:
    pace = Pace(0.5)
    pace.set_speed(math.inf, 5.0)
    for _ in range(1000):
        assert pace.is_due(5.0)
        pace.took(5.0)
    assert pace.seconds_left(5.0) == 0.0


def test_a_rest_is_waited_for_unless_it_becomes_faster() -> None:
    pace = Pace(0.01)
    pace.took(0.0)
    pace.wait_until(1.0)
    assert not pace.is_due(0.9)
    assert pace.seconds_left(0.9) == pytest.approx(0.1)
    pace.set_speed(2.0, 0.9)
    assert pace.is_due(0.91)
