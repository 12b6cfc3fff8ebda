"""The archive screen on a scripted engine, and on the files of a run that is over."""

from __future__ import annotations

import asyncio
import math
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from textual.app import App
from textual.binding import Binding
from textual.events import MouseScrollDown, MouseScrollUp

from galapagos.engine.commands import SetParameters
from galapagos.engine.records.individuals import IndividualsWriter
from galapagos.parameters import Parameters
from tests.engine.fakes import FakeHost, elite_id, elite_summary, snapshot
from tests.engine.populations import lineage, random_outcomes
from tests.engine.recorded_run import main
from tests.tui.dashboards import RunUnderTest, open_run
from tests.tui.experiments import host_of
from tests.tui.grids import assert_grid
from tests.tui.screen_text import screen_lines
from tui.run_link import RunLink
from tui.screens import archive
from tui.screens.archive import ArchiveScreen
from tui.screens.archive_keys import ARCHIVE_KEYS
from tui.steering import Steering

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

SIZES = ((80, 24), (120, 40), (200, 60))
ELITES = tuple(
    (size, 800.0 * size / (size + 12.0), f"{size:016x}", 3 * size) for size in (*range(1, 49), 70, 90, 120)
)
CHAMPION = 120


def host(**changes: Any) -> FakeHost:
    """Return a scripted engine whose archive has 51 elites, in eight levels."""
    elites = tuple(elite_summary(level, id=f"{12 * level:016x}") for level in range(1, 5))
    return FakeHost(snapshot(**{"sizes": ELITES, "elites": elites, **changes}))


@asynccontextmanager
async def opened(
    directory: Path,
    size: tuple[int, int] = (120, 40),
    *,
    engine: FakeHost | None = None,
    readonly: bool = False,
    individuals: bool = True,
) -> AsyncIterator[tuple[RunUnderTest, ArchiveScreen, list[tuple[str, int]]]]:
    """Open a run with individuals of a few generations, and the archive over it."""
    opens: list[tuple[str, int]] = []
    async with open_run(engine or host(), directory, size=size, readonly=readonly) as run:
        if individuals:
            write_individuals(run.screen.link.run_directory)
        steering = Steering(run.screen.link, readonly=readonly)
        screen = ArchiveScreen(run.screen.link, steering, lambda id, size: opens.append((id, size)))
        await run.app.push_screen(screen)
        await run.until(lambda: screen.cells)
        await run.until(
            lambda: (
                not individuals
                or 20 in {cell.complexity for cell in screen.cells if not math.isnan(cell.seen)}
            )
        )
        yield run, screen, opens


def write_individuals(directory: Path) -> None:
    writer = IndividualsWriter(directory / "individuals")
    for number, population in enumerate(lineage(0, 12, 10)):
        outcomes = random_outcomes(np.random.default_rng(number), 10)
        writer.add(number, population, outcomes, Parameters())
    writer.flush()


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for what is new without pauses."""
    monkeypatch.setattr(archive, "SECONDS_BETWEEN_PICTURES", 0.02)
    monkeypatch.setattr(archive, "SECONDS_BETWEEN_FILES", 0.05)
    monkeypatch.setattr(archive, "REST_OF_THE_CURSOR", 0.01)


@pytest.mark.parametrize("size", SIZES)
async def test_an_archive_as_it_is_seen(size: tuple[int, int], tmp_path: Path) -> None:
    engine = host()
    engine.genomes[f"{20:016x}"] = {"operator": "add_node", "parents": [elite_id(1)], "evaluation": {}}
    async with opened(tmp_path, size, engine=engine) as (run, screen, _):
        await run.press("left", "less_than_sign", "less_than_sign", "less_than_sign")
        await run.until(lambda: screen.cell is not None and screen.cell.complexity == 20)
        await run.sees("made by   add node")
        await run.sees("initial")
        await assert_grid(f"archive_{size[0]}x{size[1]}", lambda: run.text)


async def test_the_cursor_begins_at_the_best_and_moves_over_sizes(tmp_path: Path) -> None:
    async with opened(tmp_path, individuals=False) as (run, screen, _):
        await run.until(lambda: screen.cell is not None)

        def size() -> int:
            assert screen.cell is not None
            return screen.cell.complexity

        assert size() == CHAMPION
        for key, expected in (
            ("right", 120),
            ("left", 90),
            ("h", 70),
            ("l", 90),
            ("less_than_sign", 40),
            ("shift+left", 30),
            ("greater_than_sign", 40),
            ("shift+right", 90),
            ("home", 1),
            ("end", 120),
        ):
            await run.press(key)
            assert size() == expected, key
        await run.sees("120 connections")
        await run.sees("727.3")


async def test_the_mouse_points_at_a_size_and_its_wheel_goes_through_them(tmp_path: Path) -> None:
    async with opened(tmp_path, individuals=False) as (run, screen, _):
        await run.until(lambda: screen.cell is not None)
        await run.pilot.click(screen.bars, offset=(10, 8))
        await run.until(lambda: screen.cursor != CHAMPION and screen.cell is not None)
        before = screen.cursor
        await run.pilot._post_mouse_events([MouseScrollDown], screen.bars, offset=(9, 9))
        await run.until(lambda: screen.cursor > before)
        await run.pilot._post_mouse_events([MouseScrollUp], screen.bars, offset=(9, 9))
        await run.until(lambda: screen.cursor == before)


async def test_up_and_down_go_from_level_to_level(tmp_path: Path) -> None:
    async with opened(tmp_path, individuals=False) as (run, screen, _):
        await run.until(lambda: screen.cell is not None)
        seen = []
        for key in ("up", "k", "down", "j", "down"):
            await run.press(key)
            assert screen.cell is not None
            seen.append(screen.cell.complexity)
        assert seen == [90, 70, 90, 120, 120]
        await run.press("up")
        await run.sees("this elite")


async def test_plus_and_minus_move_the_levels_at_once_and_tell_the_engine(tmp_path: Path) -> None:
    async with opened(tmp_path, individuals=False) as (run, screen, _):
        await run.sees("8 levels, uniform")
        await run.press("plus")
        assert len(screen.levels) == 9
        await run.sees("9 levels, uniform from the next generation on")
        await run.press("equals_sign", "minus")
        assert len(screen.levels) == 9
        await run.until_commands(3)
        assert run.commands == [SetParameters({"complexity_levels": number}) for number in (9, 10, 9)]
        assert run.toasts == []
        parameters = {**snapshot().parameters, "complexity_levels": 9}
        await run.show(parameters=parameters, pending={})
        await run.sees("9 levels, uniform ")
        await run.until(lambda: "from the next" not in run.text)


async def test_what_somebody_else_changes_afterwards_is_what_counts(tmp_path: Path) -> None:
    async with opened(tmp_path, individuals=False) as (run, screen, _):
        await run.sees("8 levels, uniform")
        await run.press("plus")
        await run.until(lambda: screen._taken == {"complexity_levels": archive.PICTURES_UNTIL_TOLD})
        parameters = {**snapshot().parameters, "complexity_levels": 5}
        await run.show(parameters=parameters, pending={})
        await run.until(lambda: screen._taken == {"complexity_levels": 1})
        await run.sees("9 levels, uniform")
        await run.show(parameters=parameters, pending={})
        await run.sees("5 levels, uniform")
        assert len(screen.levels) == 5


async def test_b_goes_through_the_boundaries(tmp_path: Path) -> None:
    async with opened(tmp_path, individuals=False) as (run, screen, _):
        await run.until(lambda: screen.levels)
        for name in ("logarithmic", "quantile", "uniform"):
            before = screen.levels
            await run.press("b")
            await run.sees(f"levels, {name}")
            assert screen.levels != before
        await run.until_commands(3)
        assert run.commands[0] == SetParameters({"level_boundaries": "logarithmic"})


async def test_what_the_engine_refuses_goes_back(tmp_path: Path) -> None:
    engine = host()
    engine.refusal = "no [bold]such[/nope] thing"
    async with opened(tmp_path, engine=engine, individuals=False) as (run, screen, _):
        await run.until(lambda: screen.levels)
        await run.press("plus")
        await run.until(lambda: run.toasts == [engine.refusal])
        assert len(screen.levels) == 8


async def test_readonly_moves_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path, readonly=True, individuals=False) as (run, screen, _):
        await run.until(lambda: screen.levels)
        await run.press("plus", "b")
        await run.until(lambda: len(run.toasts) == 2)
        assert all("readonly" in toast for toast in run.toasts)
        assert run.commands == []
        assert len(screen.levels) == 8


async def test_enter_opens_the_elite_and_a_size_without_one_says_so(tmp_path: Path) -> None:
    async with opened(tmp_path, engine=host(sizes=ELITES[:10])) as (run, screen, opens):
        await run.press("home", "enter")
        assert opens == [(f"{1:016x}", 1)]
        await run.press("end")
        await run.until(lambda: screen.cell is not None and not screen.cell.has_elite)
        await run.sees("none now")
        await run.press("enter")
        await run.until(lambda: run.toasts == ["there is no elite of this size now"])
        assert len(opens) == 1


async def test_without_a_way_to_open_enter_is_no_key(tmp_path: Path) -> None:
    async with open_run(host(), tmp_path) as run:
        await run.app.push_screen(ArchiveScreen(run.screen.link, Steering(run.screen.link)))
        await run.sees("Boundaries")
        assert "Open" not in run.text


async def test_the_archive_is_live(tmp_path: Path) -> None:
    async with opened(tmp_path, individuals=False) as (run, screen, _):
        await run.sees("51 elites")
        await run.show(sizes=(*ELITES, (130, 799.0, "f" * 16, 214)))
        await run.sees("52 elites")
        assert screen.cell is not None
        assert screen.cell.complexity == CHAMPION
        await run.show(sizes=())
        await run.until(lambda: not screen.cells)
        await run.sees("No elite yet")


async def test_losses_are_taller_where_they_are_smaller(tmp_path: Path) -> None:
    engine = host_of("wlnn")
    engine.picture = engine.show(sizes=((5, -0.9, "a" * 16, 3), (9, -0.2, "b" * 16, 3)))
    async with opened(tmp_path, engine=engine, individuals=False) as (run, screen, _):
        await run.sees("loss, taller is better")
        await run.sees("0.200")
        assert screen.cell is not None
        assert screen.cell.complexity == 9


async def test_one_network_that_learns_has_no_levels_to_move(tmp_path: Path) -> None:
    engine = host_of("learning")
    engine.picture = engine.show(sizes=((26_600, -0.2, "b" * 16, 0),))
    async with opened(tmp_path, engine=engine, individuals=False) as (run, _, _):
        await run.sees("26 600 connections")
        await run.press("plus", "b")
        assert run.commands == []
        await run.until(lambda: "Boundaries" not in run.text)


async def test_hostile_values_are_shown_as_they_are(tmp_path: Path) -> None:
    engine = host()
    engine.genomes[f"{CHAMPION:016x}"] = {"operator": "[/nope] \x1b[31m\u202e界", "parents": ["x" * 10_000]}
    async with opened(tmp_path, engine=engine) as (run, _, _):
        await run.sees("made by   [/nope]")
        assert not {"\x1b", "\u202e"} & set(run.text)


@pytest.mark.parametrize("key", ["escape", "q", "ctrl+c"])
async def test_it_is_left_for_the_run(key: str, tmp_path: Path) -> None:
    async with opened(tmp_path, individuals=False) as (run, screen, _):
        await run.press(key)
        await run.until(lambda: run.app.screen is run.screen)
        assert not screen.is_attached


def test_every_key_has_an_id_and_says_what_it_does() -> None:
    for binding in ARCHIVE_KEYS:
        assert isinstance(binding, Binding)
        assert binding.id is not None
        assert binding.id.startswith("archive.")
        assert binding.tooltip


async def test_it_can_be_as_small_as_anything(tmp_path: Path) -> None:
    async with opened(tmp_path) as (run, _, _):
        for size in ((1, 1), (2, 3), (10, 4), (39, 9), (60, 40), (400, 110)):
            await run.pilot.resize_terminal(*size)
            await run.pilot.pause()
            await run.press("left")
            assert len(run.text.split("\n")) == size[1]


async def test_a_run_that_is_over_is_seen_as_its_checkpoint_has_it(tmp_path: Path) -> None:
    main(tmp_path, 7)

    class Alone(App[None]):
        def on_mount(self) -> None:
            link = RunLink(tmp_path, self)
            self.push_screen(ArchiveScreen(link, Steering(link)))

    async with Alone().run_test(size=(100, 30)) as pilot:
        async with asyncio.timeout(20):
            while "from the checkpoint at generation 7" not in "\n".join(screen_lines(pilot.app)):
                await pilot.pause(0.02)
        assert any("elites" in line for line in screen_lines(pilot.app))
