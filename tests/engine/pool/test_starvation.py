"""The clock of starvation, on a clock made for the test."""

from galapagos.engine.pool.starvation import Starvation


def test_starvation_begins_when_the_last_worker_finished_even_if_it_is_heard_later() -> None:
    now = 10.0
    starvation = Starvation(lambda: now)
    starvation.update(False)
    starvation.finished(12.0)
    starvation.finished(11.0)
    now = 12.5
    starvation.update(True)
    assert starvation.seconds == 0.5
    now = 13.0
    starvation.update(False)
    now = 20.0
    assert starvation.seconds == 1.0
    starvation.update(True)
    now = 21.0
    assert starvation.seconds == 2.0
