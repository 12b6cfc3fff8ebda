"""What the run screen shows of a run, at any size and in any state."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rich.cells import cell_len

from galapagos.engine.snapshot import Happening, RunState
from tests.engine.fakes import FakeHost, snapshot
from tests.tui.dashboards import open_run
from tests.tui.recorded_run import recorded_host, recorded_journal
from tui.curves import Batch, Curves

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.dashboards import RunUnderTest


async def test_it_shows_the_run(tmp_path: Path) -> None:
    journal = [
        {"type": "generation", "generation": number, "best_fitness": 10.0 * number} for number in range(30)
    ]
    async with open_run(FakeHost(), tmp_path, journal=journal) as run:
        await run.until(lambda: len(run.screen.link.curves.generations) == len(journal))
        await run.pilot.pause()
        for text in (
            "wann-gym/CartPoleSwingUp",
            "evolving",
            "Elites by connections",
            "731.2",
            "Reward by generation",
            "Reward by connections",
            "What happened",
            "level 3 ↑ 731.2",
            "131/192",
            "Elite 3",
            "Pause",
        ):
            await run.sees(text)
        await run.until(lambda: "add node" in run.text)


async def test_it_says_whether_the_archive_observes_or_breeds(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        await run.sees("only pins, breeds, injections feed back")
        await run.show(parameters={**snapshot().parameters, "reproduction": "elites"})
        await run.sees("the parents of the next generation")


async def test_every_state_is_told(tmp_path: Path) -> None:
    async with open_run(FakeHost(), tmp_path) as run:
        for state, message, words in (
            (RunState.PAUSED, "", "paused; space goes on"),
            (RunState.FINISHED, "", "raise num_generations (e) to go on"),
            (RunState.FAILED, "the disk [is] full", "the run failed: the disk [is] full"),
            (RunState.COMPILING, "", "compiling"),
            (RunState.STARTING, "", "starting"),
        ):
            await run.show(state=state, message=message)
            await run.sees(words)


HOSTILE = "[/nope] [@click=app.bell]x[/] \x1b[31mred\x1b[0m \x9b2J \u202eevil"


async def test_hostile_text_is_shown_as_it_is_and_obeyed_by_nothing(tmp_path: Path) -> None:
    host = FakeHost(
        snapshot(
            title=HOSTILE,
            state=RunState.PAUSED,
            message=HOSTILE,
            happenings=(Happening(1, HOSTILE, HOSTILE),),
            parameters={**snapshot().parameters, "complexity_measure": HOSTILE, "name": HOSTILE},
        )
    )
    for known in host.genomes.values():
        known["operator"], known["parents"] = HOSTILE, [HOSTILE]
    async with open_run(host, tmp_path, size=(200, 60)) as run:
        await run.until(lambda: "made by [/nope]" in run.text)
        await run.sees("paused: [/nope] [@click=app.bell]x[/]")
        assert not {"\x1b", "\x9b", "\u202e"} & set(run.text)


def has_lines(run: RunUnderTest, height: int) -> bool:
    return run.text.count("\n") == height - 1


async def test_every_line_fits_any_terminal(tmp_path: Path) -> None:
    async with open_run(FakeHost(snapshot(levels=8)), tmp_path) as run:
        for size in ((80, 24), (200, 60), (60, 50), (200, 12), (40, 10)):
            await run.pilot.resize_terminal(*size)
            await run.sees("Elites")
            await run.sees("Pause")
            await run.until(partial(has_lines, run, size[1]))
            lines = run.text.split("\n")
            assert max(cell_len(line) for line in lines) <= size[0]


async def test_at_80x24_all_keys_fit_and_v_shows_the_other_panels(tmp_path: Path) -> None:
    async with open_run(FakeHost(snapshot(levels=8)), tmp_path, size=(80, 24)) as run:
        assert "Menu" in run.text.split("\n")[-1]
        await run.sees("Reward by generation")
        await run.press("v")
        await run.sees("Elite 3")
        await run.sees("Reward by connections")
        assert "Reward by generation" not in run.text


async def test_it_survives_any_resize(tmp_path: Path) -> None:
    async with open_run(FakeHost(snapshot(levels=64)), tmp_path) as run:
        for size in ((1, 1), (2, 40), (120, 1), (39, 9), (0, 0), (40, 10), (300, 100), (80, 24)):
            await run.pilot.resize_terminal(*size)
            await run.pilot.pause()
            if size == (39, 9):
                await run.sees("too small")
        await run.sees("Elites by connections")


async def test_the_end_of_a_long_journal_is_drawn_without_a_wait_for_the_next_second(tmp_path: Path) -> None:
    async with open_run(recorded_host(), tmp_path, journal=recorded_journal()) as run:
        panels, curves = run.screen.panels, run.screen.link.curves
        assert panels is not None
        await run.until(lambda: curves.is_whole)
        panels._seconds = 1000.0
        panels.show_curves(Curves())
        assert not panels.is_drawn
        curves.extend(Batch([{"type": "generation", "generation": 99}], 0, more=False, restarted=False))
        panels.show_curves(curves)
        await run.until(lambda: panels.plot.extent == (0, 99))
