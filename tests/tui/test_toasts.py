"""Messages that come at once: how many are seen, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets._toast import Toast, ToastHolder

from tests.engine.fakes import FakeHost, elite_id
from tests.tui.dashboards import RunUnderTest, open_run
from tui.toasts import MOST

if TYPE_CHECKING:
    from pathlib import Path


def seen(run: RunUnderTest) -> list[str]:
    """Return the messages that are on the terminal, from the top down."""
    return [toast._notification.message for toast in run.app.screen.query(Toast) if not toast._pruning]


async def told(run: RunUnderTest, *texts: str) -> None:
    for text in texts:
        run.app.tell(text, wrong=text.startswith("wrong"))
        await run.pilot.pause()
    await run.until(lambda: seen(run) == run.toasts)


async def test_on_a_low_screen_the_newest_takes_the_place_of_the_others_and_counts_them(
    tmp_path: Path,
) -> None:
    async with open_run(FakeHost(), tmp_path, size=(80, 24)) as run:
        await told(run, "one", "two", "three", "four")
        assert seen(run) == ["four (+3)"]
        assert len(run.app.screen.query(ToastHolder)) == 1


async def test_what_went_wrong_stays_beside_the_newest(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=(80, 24)) as run:
        await told(run, "wrong: one", "two", "three")
        assert seen(run) == ["wrong: one", "three (+1)"]
        await told(run, "wrong: four", "wrong: five")
        assert seen(run) == ["wrong: four (+2)", "wrong: five (+1)"]


async def test_on_a_high_screen_there_is_room_for_some(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=(120, 40)) as run:
        await told(run, *map(str, range(MOST + 2)))
        assert seen(run) == ["2", "3", "4", f"{MOST} (+1)", f"{MOST + 1} (+1)"]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 12)])
async def test_no_message_hides_the_keys_at_the_foot(size: tuple[int, int], tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path, size=size) as run:
        foot = run.text.split("\n")[-1]
        await told(run, *("a message of many words, " * 4 for _ in range(4)))
        assert run.text.split("\n")[-1] == foot


async def test_what_only_this_person_is_told_stays_among_what_happened(tmp_path: Path) -> None:
    host = FakeHost()
    host.refusal = "no such [b]network"
    async with open_run(host, tmp_path, size=(80, 24)) as run:
        await run.press("p")
        await run.until(lambda: run.toasts == [host.refusal])
        run.app.clear_notifications()
        await run.until(lambda: not seen(run))
        await run.sees("no such [b]network")


async def test_what_the_engine_tells_everybody_is_not_told_twice(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        before = run.text.count(elite_id(3)[:8])
        await run.press("p")
        await run.until(lambda: run.toasts)
        run.app.clear_notifications()
        await run.until(lambda: not seen(run))
        assert run.text.count(elite_id(3)[:8]) == before
