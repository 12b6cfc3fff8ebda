"""The comparison of elites, at the sizes of terminals and by its keys."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from textual.binding import Binding

from tests.tui.dashboards import ScreenUnderTest, wait_until
from tests.tui.elite_screens import Stage
from tests.tui.grids import assert_grid
from tests.tui.shown_elites import HOSTILE, image_elite, parameters_of, swing_up_elite
from tui.screens.compare import CompareScreen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from tui.shown_elite import ShownElite

SIZES = ((80, 24), (120, 40), (200, 60))


def elites(count: int) -> list[ShownElite]:
    """Return some that differ in fitness, operator and a parameter."""
    made = []
    for number in range(1, count + 1):
        one = swing_up_elite(
            id=f"{number:016x}",
            title=f"Elite {number}",
            operator=["add_node", "change_activation"][number % 2],
            parameters=parameters_of("wann-gym", complexity_levels=1 + number % 3),
        )
        evaluation: dict[str, Any] = {**(one.evaluation or {}), "fitness": 500.0 + 10 * number}
        made.append(
            swing_up_elite(
                id=one.id,
                title=one.title,
                operator=one.operator,
                evaluation=evaluation,
                parameters=one.parameters,
            )
        )
    return made


@asynccontextmanager
async def opened(
    items: Sequence[ShownElite], size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[ScreenUnderTest, CompareScreen]]:
    """Open a comparison."""
    screen = CompareScreen(items)
    app = Stage(screen)
    async with app.run_test(size=size) as pilot:
        shown = ScreenUnderTest(pilot)
        await shown.sees("Results")
        await pilot.pause()
        yield shown, screen


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [2, 6])
async def test_elites_stand_side_by_side_at_every_size(count: int, size: tuple[int, int]) -> None:
    async with opened(elites(count), size) as (run, _):
        await assert_grid(f"compare_{count}_{size[0]}x{size[1]}", lambda: run.text)


async def test_right_and_left_show_the_others() -> None:
    async with opened(elites(4), (80, 24)) as (run, screen):
        await run.sees("1 to 2 of 4")
        assert screen.seen == range(2)
        for key, told in (("right", "2 to 3"), ("l", "3 to 4"), ("right", "3 to 4"), ("h", "2 to 3")):
            await run.press(key)
            await run.sees(f"{told} of 4")
        await run.press("left")
        await run.sees("╭─ Elite 1 00000000")
        await run.pilot.resize_terminal(200, 60)
        await run.sees("  4 elites")


async def test_d_leaves_out_what_is_the_same() -> None:
    async with opened(elites(2), (120, 60)) as (run, _):
        await run.sees("mean at best w")
        await run.press("d")
        await run.sees("only what differs")
        assert "mean at best w" not in run.text
        assert "complexity_levels" in run.text
        await run.press("d")
        await run.sees("mean at best w")


async def test_z_gives_the_networks_the_whole_screen() -> None:
    async with opened(elites(2)) as (run, _):
        await run.press("z")
        await run.pilot.pause()
        assert "Results" not in run.text
        await run.press("z")
        await run.sees("Results")


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_escape_and_q_go_back(key: str) -> None:
    async with opened(elites(2)) as (run, screen):
        await run.press(key)
        await wait_until(run.pilot, lambda: not screen.is_attached)


async def test_the_table_scrolls() -> None:
    async with opened(elites(2), (80, 24)) as (run, _):
        assert "parameters are the same" not in run.text
        await run.press("end")
        await run.sees("parameters are the same")


async def test_different_tasks_are_compared_without_a_best() -> None:
    async with opened([swing_up_elite(), image_elite("layers", drawn=True)]) as (run, _):
        await run.press("end")
        await run.sees("the tasks are different, so none is better")


async def test_it_is_drawn_at_any_size() -> None:
    async with opened(elites(3)) as (run, _):
        for size in ((1, 1), (20, 5), (400, 110)):
            await run.pilot.resize_terminal(*size)
            await run.pilot.pause()
            assert len(run.text.split("\n")) == size[1]


@pytest.mark.parametrize("size", SIZES[::2])
async def test_hostile_names_are_harmless(size: tuple[int, int]) -> None:
    hostile = swing_up_elite(
        id=HOSTILE,
        title=HOSTILE,
        operator=HOSTILE,
        parents=(HOSTILE,),
        genome={},
        evaluation={"objectives": {HOSTILE: 1.0}},
        parameters={HOSTILE: HOSTILE, "experiment": HOSTILE},
    )
    async with opened([swing_up_elite(), hostile], size) as (run, _):
        await run.press("end")
        await run.pilot.pause()
        assert not set(run.text) & set("\x1b\x9b\u202e\x07")


def test_every_key_has_an_id_and_says_what_it_does() -> None:
    bindings = [binding for binding in CompareScreen.BINDINGS if isinstance(binding, Binding)]
    ids = [binding.id or "" for binding in bindings]
    assert len(set(ids)) == len(ids) == len(CompareScreen.BINDINGS)
    assert all(id.startswith("compare.") for id in ids)
    assert all(binding.tooltip and binding.description for binding in bindings)
