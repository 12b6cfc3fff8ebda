"""The curves with the whole screen."""

from __future__ import annotations

import asyncio
import math
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import orjson
import pytest
from textual.app import App
from textual.binding import Binding
from textual.events import MouseScrollDown, MouseScrollUp

from galapagos.engine.records.individuals import IndividualsWriter
from galapagos.parameters import Parameters
from tests.engine.fakes import FakeHost, snapshot
from tests.engine.populations import lineage, random_outcomes
from tests.engine.recorded_run import main
from tests.tui.dashboards import RunUnderTest, open_run
from tests.tui.experiments import host_of
from tests.tui.grids import assert_grid
from tests.tui.journals import journal_of
from tests.tui.screen_text import screen_lines
from tui.formatting import extent
from tui.plotted_curves import Plot
from tui.run_link import RunLink
from tui.screens import curves
from tui.screens.curves import CurvesScreen
from tui.screens.curves_keys import CURVES_KEYS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

SIZES = ((80, 24), (120, 40), (200, 60))
GENERATIONS = 200


def journal(generations: int = GENERATIONS) -> list[dict[str, Any]]:
    """Return the lines of a run that has everything that can be plotted, and steering of every kind."""
    rng = np.random.default_rng(5)
    id, lines = "0c2020ad5f1e77aa", list[dict[str, Any]]()
    steered: dict[int, list[dict[str, Any]]] = {
        40: [{"type": "parameters", "changes": {"complexity_levels": [4, 8]}}],
        80: [
            {"type": "inject", "parent": id, "source": "[/nope] \x1b[31mswing"},
            {
                "type": "clone",
                "id": id,
                "parent": id,
                "fitness": 512.5,
                "complexity": 34,
                "elite": True,
                "failed": None,
            },
        ],
        100: [{"type": "pin", "id": id}],
        120: [{"type": "breed", "id": id, "count": 3}, {"type": "unpin", "id": id}],
        150: [{"type": "drop", "id": id}],
    }
    for number in range(generations):
        lines += [{"generation": number, **line} for line in steered.get(number, [])]
        best = 800.0 * (1 - math.exp(-number / 60)) + float(rng.normal(0, 12)) + 60
        lines.append(
            {
                "type": "generation",
                "generation": number,
                "best_fitness": best,
                "mean_fitness": 0.6 * best,
                "lower_quartile": 0.4 * best,
                "upper_quartile": 0.8 * best,
                "champion_fitness": 800.0 * (1 - math.exp(-number / 60)) + 50,
                "max_objective": best + 60,
                "qd_score": 0.4 * number / generations,
                "coverage": 0.5,
                "evaluations": 192,
                "seconds": 0.25,
            }
        )
        if number % 50 == 49:
            lines.append(
                {"type": "test", "generation": number, "id": id, "fitness": best - 40, "trials": 100}
            )
    return lines


@asynccontextmanager
async def opened(
    directory: Path,
    size: tuple[int, int] = (120, 40),
    *,
    host: FakeHost | None = None,
    lines: list[dict[str, Any]] | None = None,
) -> AsyncIterator[tuple[RunUnderTest, CurvesScreen]]:
    """Open a run, and the curves over it."""
    lines = journal() if lines is None else lines
    generations = sum(line["type"] == "generation" for line in lines)
    async with open_run(host or FakeHost(), directory, size=size, journal=lines) as run:
        await run.until(lambda: len(run.screen.link.curves.generations) == generations)
        screen = CurvesScreen(run.screen.link)
        await run.app.push_screen(screen)
        await run.until(lambda: screen.plot.extent is not None or not generations)
        await run.pilot.pause()
        yield run, screen


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for what is new without pauses."""
    monkeypatch.setattr(curves, "SECONDS_BETWEEN_PICTURES", 0.02)
    monkeypatch.setattr(curves, "SECONDS_BETWEEN_FILES", 0.05)
    monkeypatch.setattr(curves, "SHARE_OF_TIME", 1e9)


@pytest.mark.parametrize("size", SIZES)
async def test_a_run_as_it_is_seen(size: tuple[int, int], tmp_path: Path) -> None:
    async with opened(tmp_path, size) as (run, _):
        await run.press("n", "n")
        await run.sees("inject")
        await assert_grid(f"curves_{size[0]}x{size[1]}", lambda: run.text)


async def test_every_curve_of_fitness_is_named_and_read_at_the_cursor(tmp_path: Path) -> None:
    async with opened(tmp_path) as (run, screen):
        for name in ("best", "mean", "champion", "max", "test", "upper quartile", "lower quartile"):
            assert name in run.text
        await run.press("left")
        await run.sees("gen 199")
        assert screen.view.cursor == 199
        for key, expected in (("h", 197), ("right", 199), ("left", 197), ("l", 199)):
            await run.press(key)
            assert screen.view.cursor == pytest.approx(expected, abs=1)
        await run.press("n", "N", "N")
        await run.sees("breed 3 of 0c2020ad")


async def test_m_and_tab_go_through_what_can_be_plotted_and_back(tmp_path: Path) -> None:
    async with opened(tmp_path) as (run, screen):
        for plot, words in (
            (Plot.LEVELS, "that each level has seen"),
            (Plot.QUALITY, "QD score and coverage"),
            (Plot.SPEED, "Evaluations per second"),
            (Plot.FITNESS, "Reward by generation"),
        ):
            await run.press("m" if plot is Plot.LEVELS else "tab")
            assert screen.shown is plot
            await run.sees(words)
        await run.press("shift+tab")
        await run.press("left")
        await run.sees("evals/s 768.0")


async def test_the_mouse_reads_and_its_wheel_zooms(tmp_path: Path) -> None:
    async with opened(tmp_path) as (run, screen):
        await run.pilot.click(screen.plot, offset=(60, 20))
        await run.until(lambda: screen.view.cursor is not None)
        await run.sees(f"gen {screen.view.cursor:g}")
        await run.pilot._post_mouse_events([MouseScrollUp], screen.plot, offset=(60, 20))
        await run.until(lambda: screen.view.span is not None)
        await run.pilot._post_mouse_events([MouseScrollDown], screen.plot, offset=(60, 20))
        await run.until(lambda: screen.view.span is None)


async def test_zoom_pan_follow_and_everything(tmp_path: Path) -> None:
    async with opened(tmp_path) as (run, screen):
        ends = (0.0, GENERATIONS - 1.0)
        await run.press("plus")
        assert screen.view.window(*ends) == (99, 199)
        await run.sees("99 to 199 of 199, follows")
        await run.press("shift+left", "less_than_sign")
        assert screen.view.window(*ends) == (49, 149)
        await run.sees("stays")
        await run.press("greater_than_sign", "shift+right")
        assert screen.view.window(*ends) == (99, 199)
        await run.press("f")
        assert not screen.view.follows
        await run.press("right_square_bracket", "left_square_bracket", "minus")
        assert screen.view.span is None
        await run.press("equals_sign", "left", "0")
        assert screen.view.span is None
        assert screen.view.cursor is None
        await run.press("plus", "home")
        assert screen.view.span is None


async def test_g_and_v_take_logarithmic_scales(tmp_path: Path) -> None:
    async with opened(tmp_path) as (run, screen):
        await run.press("g")
        await run.sees("log generations")
        await run.press("v")
        await run.sees("log generations, log values")
        await run.press("g", "v")
        await run.until(lambda: "log values" not in (screen.plot.border_subtitle or ""))


async def test_values_that_are_not_all_positive_have_no_logarithm(tmp_path: Path) -> None:
    lines = [*journal(), {"type": "generation", "generation": GENERATIONS, "best_fitness": -1.0}]
    async with opened(tmp_path, lines=lines) as (run, screen):
        await run.press("v")
        assert not screen.view.log_values


async def test_n_goes_from_mark_to_mark_and_says_where_they_end(tmp_path: Path) -> None:
    async with opened(tmp_path) as (run, screen):
        seen = []
        for _ in range(5):
            await run.press("n")
            seen.append(screen.view.cursor)
        assert seen == [40, 80, 100, 120, 150]
        await run.press("n")
        await run.until(lambda: run.toasts == ["there is no mark after the cursor"])
        await run.press("N")
        assert screen.view.cursor == 120


async def test_marks_are_shown_as_they_are(tmp_path: Path) -> None:
    async with opened(tmp_path) as (run, _):
        await run.press("n", "n")
        await run.sees("inject [/nope] swing")
        await run.sees("clone 0c2020ad the elite of size 34, 512.5")
        assert "\x1b" not in run.text


async def test_without_marks_n_is_no_key(tmp_path: Path) -> None:
    async with opened(tmp_path, lines=[line for line in journal() if line["type"] == "generation"]) as (
        run,
        screen,
    ):
        await run.press("n")
        assert screen.view.cursor is None
        assert run.toasts == []


async def test_what_the_journal_gains_is_drawn_and_stays_in_view(tmp_path: Path) -> None:
    async with opened(tmp_path) as (run, screen):
        await run.press("plus")
        path = screen.link.run_directory / "journal.jsonl"
        with path.open("ab") as file:
            for number in range(GENERATIONS, GENERATIONS + 50):
                line = {"type": "generation", "generation": number, "best_fitness": 900.0}
                file.write(orjson.dumps(line) + b"\n")
        await run.sees("149 to 249 of 249, follows")


async def test_levels_are_read_from_the_individuals(tmp_path: Path) -> None:
    lines = journal(3)
    async with opened(tmp_path, lines=lines, host=FakeHost(snapshot())) as (run, screen):
        await run.press("m")
        await run.sees("no individuals are written yet")
        writer = IndividualsWriter(screen.link.run_directory / "individuals")
        for number, population in enumerate(lineage(0, 3, 10)):
            outcomes = random_outcomes(np.random.default_rng(number), 10)
            writer.add(number, population, outcomes, Parameters())
        writer.flush()
        await run.sees("generation fitness, written up to 2")
        await run.sees(extent(13, 24))
        await run.press("m")
        assert screen.shown is Plot.QUALITY


@pytest.mark.parametrize("experiment", ["wann-classification", "wlnn", "learning", "layers"])
async def test_each_experiment_has_its_plots(experiment: str, tmp_path: Path) -> None:
    async with opened(tmp_path, host=host_of(experiment), lines=journal_of(experiment)) as (run, screen):
        await run.sees("Accuracy (%)" if experiment == "layers" else "Loss")
        await run.press("m")
        assert screen.shown is Plot.ACCURACY
        await run.sees("ccuracy (%) by")
        await run.press("m")
        assert screen.shown is (Plot.FITNESS if experiment == "learning" else Plot.LEVELS)


@pytest.mark.parametrize("key", ["escape", "q", "ctrl+c"])
async def test_it_is_left_for_the_run(key: str, tmp_path: Path) -> None:
    async with opened(tmp_path) as (run, screen):
        await run.press(key)
        await run.until(lambda: run.app.screen is run.screen)
        assert not screen.is_attached


def test_every_key_has_an_id_and_says_what_it_does() -> None:
    for binding in CURVES_KEYS:
        assert isinstance(binding, Binding)
        assert binding.id is not None
        assert binding.id.startswith("curves.")
        assert binding.tooltip


async def test_it_can_be_as_small_as_anything(tmp_path: Path) -> None:
    async with opened(tmp_path) as (run, _):
        for size in ((1, 1), (2, 3), (10, 4), (39, 9), (400, 110)):
            await run.pilot.resize_terminal(*size)
            await run.pilot.pause()
            await run.press("left", "m")
            assert len(run.text.split("\n")) == size[1]


async def test_a_run_without_an_engine_is_told_by_its_files(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "journal.jsonl").write_bytes(
        b"".join(orjson.dumps(line) + b"\n" for line in journal(30))
    )

    class Alone(App[None]):
        def on_mount(self) -> None:
            link = RunLink(tmp_path / "run", self)
            self.run_worker(link.follow_journal())
            self.push_screen(CurvesScreen(link))

    async with Alone().run_test(size=(100, 30)) as pilot:
        screen = next(one for one in pilot.app.screen_stack if isinstance(one, CurvesScreen))
        async with asyncio.timeout(20):
            while screen.plot.extent is None:
                await pilot.pause(0.02)
        assert cast("Any", screen.plot.border_title).startswith("Reward by generation")
        assert any("best" in line for line in screen_lines(pilot.app))


async def test_the_levels_of_a_run_that_is_over_are_those_of_its_checkpoint(tmp_path: Path) -> None:
    main(tmp_path, 7)

    class Alone(App[None]):
        def on_mount(self) -> None:
            link = RunLink(tmp_path, self)
            self.run_worker(link.follow_journal())
            self.push_screen(CurvesScreen(link))

    async with Alone().run_test(size=(100, 30)) as pilot:
        screen = next(one for one in pilot.app.screen_stack if isinstance(one, CurvesScreen))
        async with asyncio.timeout(20):
            while screen.shown is not Plot.LEVELS:
                await pilot.press("m")
            while not any("written up to 6" in line for line in screen_lines(pilot.app)):
                await pilot.pause(0.02)
