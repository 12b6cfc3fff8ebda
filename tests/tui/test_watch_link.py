"""The link to the process that plays: real processes, and such that say what they should not."""

from __future__ import annotations

import asyncio
import math
import sys
from typing import TYPE_CHECKING, Any

import pytest

from galapagos.engine.episodes.news import (
    LONGEST_NEWS,
    CurvePart,
    Frame,
    Notice,
    Stage,
    TracedStep,
    news_line,
)
from galapagos.engine.episodes.protocol import Opening
from galapagos.engine.records.process_identity import is_running
from galapagos.errors import UnknownTask
from tests.engine.episode_process import SWING_UP, network
from tui.run_terms import acts
from tui.watch_link import EpisodeLink, NewsArrived, Watched

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message import Message

OPENING = Opening(SWING_UP, network().to_json(), 3, 1.0)
STAGE = news_line(Stage("x", "cart", 9, 1, by_choice=True, has_knob=True)).decode().strip()
LONGEST = 30.0


class Ears:
    """A listener that wakes whoever waits for news."""

    def __init__(self) -> None:
        self.count = 0
        self._news = asyncio.Event()

    def post_message(self, message: Message) -> bool:
        assert isinstance(message, NewsArrived)
        self.count += 1
        self._news.set()
        return True

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(LONGEST):
            while not condition():
                self._news.clear()
                await self._news.wait()


def saying(*lines: str, then: str = "") -> tuple[str, ...]:
    """Return a program that says these lines, whatever it is asked."""
    told = "".join(f"print({line!r}, flush=True)\n" for line in lines)
    return (sys.executable, "-c", f"import sys, os\n{told}{then}")


async def heard(*program: str) -> Watched:
    """Return what is known when a program has ended."""
    link = EpisodeLink(OPENING, Ears(), program=program)
    async with asyncio.timeout(LONGEST):
        await link.follow()
    return link.watched


async def test_a_real_process_plays_obeys_and_is_gone_afterwards() -> None:
    ears = Ears()
    link = EpisodeLink(OPENING, ears)
    watched = link.watched
    link.send("pause", True)
    link.send("curve", {"low": -1, "high": 1, "points": 3, "trials": 1})
    following = asyncio.create_task(link.follow())
    await ears.until(lambda: watched.frame)
    assert watched.frame is not None
    assert (watched.frame.step, watched.frame.seed, watched.frame.paused) == (0, 3, True)
    assert watched.stage == Stage("CartPoleSwingUp", "cart", 1000, 1, by_choice=False, has_knob=True)
    for _ in range(5):
        link.send("step", True)
    await ears.until(lambda: watched.frame and watched.frame.step == 5)
    assert [step.step for step in watched.trace] == [1, 2, 3, 4, 5]
    await ears.until(lambda: watched.curve and watched.curve.done)
    pid = link.pid
    assert pid is not None
    following.cancel()
    with pytest.raises(asyncio.CancelledError):
        await following
    assert not is_running(pid, None)
    assert link.pid is None
    link.send("step", True)


async def test_a_process_that_does_not_end_by_itself_is_killed() -> None:
    ears = Ears()
    stubborn = saying(STAGE, then="import time, signal\nsignal.signal(15, signal.SIG_IGN)\ntime.sleep(600)\n")
    link = EpisodeLink(OPENING, ears, program=stubborn)
    following = asyncio.create_task(link.follow())
    await ears.until(lambda: link.watched.stage)
    pid = link.pid
    assert pid is not None
    following.cancel()
    with pytest.raises(asyncio.CancelledError):
        await following
    assert not is_running(pid, None)


async def test_what_cannot_be_played_is_told_in_its_own_words() -> None:
    opening = Opening(SWING_UP, network(4, 2).to_json())
    link = EpisodeLink(opening, Ears())
    async with asyncio.timeout(LONGEST):
        await link.follow()
    assert link.watched.ended is not None
    assert "needs 5 and 1" in link.watched.ended


async def test_a_process_that_dies_is_told_by_its_last_line() -> None:
    watched = await heard(*saying('{"notice": "old"}', then="sys.exit('out of \\x1b[31mluck')\n"))
    assert watched.notice == "old"
    assert watched.ended == "out of luck"
    assert (await heard(*saying(then="os._exit(3)"))).ended == "it ended with exit status 3"


async def test_a_program_that_is_not_there_is_told() -> None:
    ended = (await heard("/no/such/program")).ended
    assert ended is not None
    assert "cannot be started" in ended


async def test_what_is_none_of_its_lines_is_dropped_and_the_rest_is_read() -> None:
    watched = await heard(
        *saying(
            "hello",
            "{}",
            '{"frame": {"step": "many"}}',
            '{"curve": [[1, "x"]]}',
            STAGE,
            '{"notice": "\\u001b[31mred [bold]bold"}',
            then=f"print('x' * {3 * LONGEST_NEWS})\nprint('{{\"notice\": \"after it\"}}')\n",
        )
    )
    assert watched.stage is not None
    assert watched.frame is None
    assert watched.notice == "after it"


async def test_a_process_that_says_nothing_but_nonsense_without_end_lets_keys_be_answered() -> None:
    link = EpisodeLink(OPENING, Ears(), program=saying(then="while True: os.write(1, b'{}\\n' * 9999)\n"))
    following = asyncio.create_task(link.follow())
    turns = 0
    while turns < 2000:
        await asyncio.sleep(0)
        turns += 1
    following.cancel()
    with pytest.raises(asyncio.CancelledError):
        await following


async def test_commands_to_a_process_that_does_not_read_do_not_pile_up() -> None:
    ears = Ears()
    link = EpisodeLink(OPENING, ears, program=saying(STAGE, then="import time\ntime.sleep(600)\n"))
    following = asyncio.create_task(link.follow())
    await ears.until(lambda: link.watched.stage)
    for _ in range(50_000):
        link.send("weight", 0.123)
    pipe: Any = link._process.stdin if link._process else None
    assert pipe.transport.get_write_buffer_size() < 100_000
    following.cancel()
    with pytest.raises(asyncio.CancelledError):
        await following


@pytest.mark.parametrize("experiment", ["wann-classification", "wlnn", "learning", "layers", None])
def test_there_is_nothing_to_watch_where_networks_classify_images(experiment: str | None) -> None:
    parameters = {"experiment": experiment}
    assert not acts(parameters)
    assert acts(SWING_UP)
    with pytest.raises(UnknownTask, match=r"^there is nothing to watch: [^\n]+$"):
        EpisodeLink(Opening(parameters, {}), Ears())


def frame(episode: int, step: int, *steps: int) -> Frame:
    trace = tuple(TracedStep(number, 0.5, (1.0,)) for number in steps)
    return Frame(episode, episode, step, 0.5, 1.0, (1.0,), False, 1.0, 0, None, False, 1.0, trace)


def test_the_steps_of_an_episode_are_kept_ascending_and_those_of_the_last_one_forgotten() -> None:
    watched = Watched()
    for news in (frame(1, 2, 1, 2), frame(1, 4, 2, 3, 3, 4, 1)):
        watched.take(news)
    assert [step.step for step in watched.trace] == [1, 2, 3, 4]
    watched.take(frame(2, 1, 1))
    assert [step.step for step in watched.trace] == [1]
    for start in range(2, 5000, 500):
        watched.take(frame(2, start + 499, *range(start, start + 500)))
    assert len(watched.trace) == 1000


def test_the_newest_of_everything_is_kept() -> None:
    watched = Watched()
    curve = CurvePart(((0.0, math.nan),), 0, 1, done=False)
    for news in (curve, Notice("one"), Notice("two"), Notice("the end", ends=True)):
        watched.take(news)
    assert (watched.curve, watched.notice, watched.ended) == (curve, "two", "the end")


def test_news_that_wait_are_one() -> None:
    assert NewsArrived().can_replace(NewsArrived())
