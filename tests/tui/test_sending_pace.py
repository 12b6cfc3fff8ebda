"""How often pictures may be sent over a link."""

from __future__ import annotations

import pytest

from tui.sending_pace import LONGEST, MOST_BYTES, SendingPace


def waits(pictures: list[int], *, remote: bool, usual: float = 0.25) -> list[float]:
    """Return how long each of some pictures, of so many bytes, waits for the next."""
    sent = 0

    def told() -> int:
        return sent

    pace, seconds = SendingPace(told, remote=remote), list[float]()
    for size in pictures:
        seconds.append(pace.seconds(usual))
        sent += size
    return [*seconds, pace.seconds(usual)]


def test_large_pictures_come_so_seldom_that_the_link_is_not_filled() -> None:
    picture = int(2 * MOST_BYTES)
    assert waits([picture] * 3, remote=True) == pytest.approx([0.25, 2.0, 2.0, 2.0])


def test_small_pictures_come_as_often_as_ever_and_huge_ones_come_all_the_same() -> None:
    assert waits([100, 100], remote=True) == [0.25, 0.25, 0.25]
    assert waits([100_000_000], remote=True)[-1] == LONGEST


def test_a_terminal_of_this_machine_gets_every_picture() -> None:
    assert waits([10_000_000] * 3, remote=False) == [0.25] * 4


@pytest.mark.parametrize("usual", [0.05, 1.0])
def test_the_mean_is_under_the_bound_whatever_pictures_cost(usual: float) -> None:
    sizes = [400, 90_000, 12_000, 70_000, 300, 45_000] * 10
    seconds = waits(sizes, remote=True, usual=usual)
    assert sum(sizes) / sum(seconds[1:]) <= MOST_BYTES
