"""The elite screen: what it says at the sizes of terminals, and each of its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.binding import Binding

from tests.tui.elite_screens import SIZES, opened
from tests.tui.grids import assert_grid
from tests.tui.shown_elites import HOSTILE, image_elite, swing_up_elite
from tui.screens import elite as elite_module
from tui.screens.elite_keys import ELITE_KEYS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("size", SIZES)
async def test_an_elite_of_swing_up_at_every_size(
    size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch, size) as shown:
        for part in "123":
            await shown.press(part)
            if part == "3" or size[0] > 80:
                await shown.sees("2 ancestors")
            await shown.pilot.pause()
            await assert_grid(f"elite_{part}_{size[0]}x{size[1]}", lambda: shown.text)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("experiment", ["wann-classification", "wlnn", "layers"])
async def test_an_elite_that_sees_images_at_every_size(
    experiment: str, size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elite = image_elite(experiment, drawn=experiment == "layers")
    async with opened(elite, tmp_path, monkeypatch, size) as shown:
        await shown.press("4")
        await shown.sees("97.09 % of 412 test images, after 5 epochs; 12 wrong")
        if size[0] > 80:
            await shown.sees("2 ancestors")
        await shown.pilot.pause()
        await assert_grid(f"elite_{experiment}_{size[0]}x{size[1]}", lambda: shown.text)


async def test_it_is_drawn_at_any_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(image_elite("wlnn"), tmp_path, monkeypatch) as shown:
        for number, size in enumerate([(1, 1), (20, 5), (39, 9), (79, 23), (400, 110)]):
            await shown.pilot.resize_terminal(*size)
            await shown.press(str(1 + number % 4), "4")
            await shown.pilot.pause()
            assert len(shown.text.split("\n")) == size[1]


async def test_a_larger_terminal_shows_more_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch, (80, 24)) as shown:
        assert "ancestors" not in shown.text
        await shown.pilot.resize_terminal(120, 40)
        await shown.sees("2 ancestors")


# Its parts


async def test_numbers_tab_and_arrows_turn_to_the_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(image_elite("layers"), tmp_path, monkeypatch, (80, 24)) as shown:
        titles = {"1": "╭─ Network", "2": "╭─ Results by epoch", "3": "╭─ Lineage", "4": "╭─ Images"}
        for key, title in titles.items():
            await shown.press(key)
            await shown.sees(title)
        for key, number in (("tab", "1"), ("right", "2"), ("left", "1"), ("shift+tab", "4"), ("left", "3")):
            await shown.press(key)
            await shown.sees(titles[number])


async def test_an_elite_that_acts_has_no_part_for_images(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch, (80, 24)) as shown:
        assert "4 Images" not in shown.text
        await shown.press("4")
        await shown.sees("╭─ Network")
        await shown.press("left")
        await shown.sees("╭─ Lineage")
        assert shown.computed.shown == []


async def test_images_are_shown_to_it_only_when_somebody_looks_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(image_elite("wann-classification"), tmp_path, monkeypatch, (200, 60)) as shown:
        await shown.sees("4 shows which classes it takes for which")
        assert shown.computed.shown == []
        shown.computed.go_on.clear()
        await shown.press("4")
        await shown.sees("showing it the test images …")
        shown.computed.go_on.set()
        await shown.sees("12 wrong, the")
        await shown.press("1", "4")
        await shown.pilot.pause()
        assert shown.computed.shown == [(shown.screen.elite.id, 2.0)]


async def test_a_network_that_learns_is_trained_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(image_elite("wlnn"), tmp_path, monkeypatch) as shown:
        shown.computed.go_on.clear()
        await shown.press("4")
        await shown.sees("training it as its run did")
        assert shown.computed.shown == [(shown.screen.elite.id, None)]


async def test_why_images_cannot_be_shown_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(image_elite("wlnn"), tmp_path, monkeypatch) as shown:
        shown.computed.problem = "mnist is not here"
        await shown.press("4")
        await shown.sees("mnist is not here")


# Evaluating it again


def test_every_key_has_an_id_and_says_what_it_does() -> None:
    bindings = [binding for binding in ELITE_KEYS if isinstance(binding, Binding)]
    assert len(bindings) == len(ELITE_KEYS)
    ids = [binding.id or "" for binding in bindings]
    assert len(set(ids)) == len(ids)
    assert all(id.startswith("elite.") for id in ids)
    assert all(binding.tooltip and binding.description for binding in bindings)


# What is missing, damaged or hostile


async def test_without_files_of_its_run_it_begins_its_line_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch, family=False) as shown:
        await shown.sees("0 ancestors, the oldest are missing")
        await shown.sees("its parent 0c2020ad is in no file of this run")


async def test_damaged_files_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch, (80, 24)) as shown:
        (shown.run_directory / "individuals" / "000000215-000000300.npz").write_bytes(b"broken")
        shown.screen.show_elite(shown.screen.elite)
        await shown.press("3")
        await shown.sees("2 ancestors")
        await shown.sees("not read:")


async def test_an_elite_of_nowhere_has_no_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch) as shown:
        shown.screen.show_elite(swing_up_elite())
        await shown.sees("the run that it comes from is not here")


async def test_a_network_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(swing_up_elite(genome={"kind": "graph"}), tmp_path, monkeypatch) as shown:
        await shown.sees("no network")
        assert shown.screen.inspected is not None
        assert shown.screen.inspected.problem
        await shown.sees(shown.screen.inspected.problem[:20])


@pytest.mark.parametrize("size", SIZES[::2])
async def test_hostile_names_are_harmless(
    size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elite = swing_up_elite(
        id=HOSTILE, title=HOSTILE, operator=HOSTILE, parents=(HOSTILE,), parameters={"experiment": HOSTILE}
    )
    async with opened(elite, tmp_path, monkeypatch, size) as shown:
        for part in "123":
            await shown.press(part)
            await shown.pilot.pause()
            assert not set(shown.text) & set("\x1b\x9b\u202e\x07")
        await shown.press("y")
        await shown.told("written to")
        assert not any(set(toast) & set("\x1b\x9b\u202e\x07") for toast in shown.toasts)


async def test_the_newest_elite_wins_over_one_that_is_read_slowly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(swing_up_elite(), tmp_path, monkeypatch) as shown:
        first, second = swing_up_elite(title="slow"), swing_up_elite(title="quick", id="a" * 16)
        shown.screen.show_elite(first)
        shown.screen.show_elite(second)
        await shown.until(lambda: shown.screen.inspected is not None)
        assert shown.screen.inspected is not None
        assert shown.screen.inspected.elite is second
        assert elite_module.PARTS[0] == "network"
