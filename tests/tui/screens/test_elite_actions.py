"""What is done with an elite on its screen: evaluated again, copied, watched, left for the next."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import orjson
import pytest

from tests.tui.elite_screens import opened
from tests.tui.shown_elites import CHILD, image_elite, swing_up_elite
from tui.screens import elite_actions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


async def test_r_asks_how_many_starts_and_shows_them_beside_the_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch) as shown:
        shown.computed.go_on.clear()
        await shown.press("r")
        await shown.sees("Evaluate again, starts a weight")
        await shown.press("ctrl+u", "0", "enter")
        await shown.sees("it takes a whole number from 1 to 1 000 000")
        await shown.press("ctrl+u", "4", "0", "enter")
        await shown.sees("evaluating on 40 starts a weight …")
        await shown.press("r")
        await shown.told("it is being evaluated already")
        shown.computed.go_on.set()
        await shown.sees("again       541.0 ±21.8   40 other starts")
        await shown.told("Elite 3: reward 541.0 ±21.8 over 40 starts a weight")
        assert shown.computed.asked == [(shown.screen.elite.id, 40)]


async def test_r_and_escape_evaluate_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch) as shown:
        await shown.press("r")
        await shown.sees("Evaluate again")
        await shown.press("escape")
        await shown.until(lambda: shown.screen.is_current)
        assert shown.computed.asked == []


async def test_r_takes_the_test_images_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(image_elite("layers"), tmp_path, monkeypatch) as shown:
        await shown.press("r")
        await shown.told("on the test images")
        assert shown.computed.asked == [(shown.screen.elite.id, 1)]


async def test_an_evaluation_that_fails_is_told_and_can_be_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(image_elite("layers"), tmp_path, monkeypatch) as shown:
        shown.computed.problem = "no room on the disk"
        await shown.press("r")
        await shown.told("no room on the disk")
        shown.computed.problem = ""
        await shown.press("r")
        await shown.told("on the test images")


async def test_what_it_came_to_again_is_kept_while_others_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elite = swing_up_elite(id=f"{3:016x}")
    async with opened(elite, tmp_path, monkeypatch) as shown:
        await shown.press("r", "enter")
        await shown.sees("again       541.0")
        await shown.press("n")
        await shown.until(lambda: shown.screen.elite.id == f"{4:016x}")
        await shown.until(lambda: "again" not in shown.text)
        await shown.press("N")
        await shown.sees("again       541.0")


# Copying, going on, watching, leaving


async def test_it_can_be_left_while_its_ancestors_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, go_on = threading.Event(), threading.Event()

    def parts(_: Path) -> Iterator[None]:
        reading.set()
        assert go_on.wait(20)
        yield None

    monkeypatch.setattr(elite_actions, "_parts_of", parts)
    async with opened(swing_up_elite(), tmp_path, monkeypatch) as shown:
        try:
            await shown.press("3")
            await shown.until(reading.is_set)
            await shown.press("escape")
            await shown.until(lambda: shown.app.screen is not shown.screen)
        finally:
            go_on.set()
        assert shown.app.failure is None


async def test_y_writes_a_file_and_the_clipboard_and_says_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch) as shown:
        await shown.press("y")
        await shown.told("written to CartPoleSwingUp-0c2020ad.json in")
        await shown.told("sent to the clipboard, which some terminals and tmux ignore")
        (path,) = (tmp_path / "copies").iterdir()
        assert shown.app.clipboard == path.read_text()
        assert orjson.loads(path.read_bytes())["id"] == shown.screen.elite.id


async def test_what_is_too_long_for_a_clipboard_is_only_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elite_actions, "MOST_CLIPBOARD_BYTES", 100)
    async with opened(swing_up_elite(), tmp_path, monkeypatch) as shown:
        await shown.press("y")
        await shown.told("too long for the clipboard")
        assert shown.app.clipboard == ""


async def test_a_copy_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch) as shown:
        (tmp_path / "copies").rmdir()
        await shown.press("y")
        await shown.told("No such file or directory")


async def test_n_and_capital_n_go_through_the_elites_of_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(swing_up_elite(id=f"{3:016x}"), tmp_path, monkeypatch) as shown:
        for key, level in (("n", 4), ("n", 1), ("N", 4), ("N", 3)):
            await shown.press(key)
            await shown.sees(f" Elite {level}  00000000")
            await shown.until(lambda: shown.screen.inspected is not None)


async def test_from_an_elite_of_images_n_stays_at_a_part_that_the_next_one_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(image_elite("wlnn"), tmp_path, monkeypatch, (80, 24)) as shown:
        await shown.press("4", "n")
        await shown.sees("╭─ Network")
        assert "4 Images" not in shown.text


async def test_an_elite_that_went_away_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch) as shown:
        shown.others.problem = f"{CHILD} is no elite any more"
        await shown.press("n")
        await shown.told("is no elite any more")
        assert shown.screen.elite.id == CHILD


async def test_there_may_be_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch) as shown:
        shown.others.elites = []
        await shown.press("n")
        await shown.told("there is no other elite")


async def test_w_watches_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch) as shown:
        await shown.press("w")
        await shown.until(lambda: shown.watched == [shown.screen.elite.id])


async def test_what_cannot_be_done_is_not_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch, alone=True, watches=False) as shown:
        await shown.press("n", "w")
        await shown.pilot.pause()
        footer = shown.text.split("\n")[-1]
        assert "Watch" not in footer
        assert "Next elite" not in footer


async def test_images_cannot_be_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(image_elite("layers"), tmp_path, monkeypatch) as shown:
        await shown.press("w")
        await shown.pilot.pause()
        assert shown.watched == []


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_escape_and_q_go_back(key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch) as shown:
        await shown.press(key)
        await shown.until(lambda: not shown.screen.is_attached)
