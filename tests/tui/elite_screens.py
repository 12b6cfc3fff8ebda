"""An elite's screen under test: what it asks of processes is answered here."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from galapagos.errors import CommandRefused, EngineFailed
from tests.tui.dashboards import ScreenUnderTest
from tests.tui.shown_elites import image_report, swing_up_elite, write_family
from tui import dashboard
from tui.dashboard import Dashboard
from tui.library_evaluation import Measurement, WeightScore
from tui.screens import elite_actions
from tui.screens.elite import EliteScreen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import pytest
    from textual.events import Mount
    from textual.pilot import Pilot
    from textual.screen import Screen

    from tui.image_reports import ImageReport
    from tui.shown_elite import ShownElite

SIZES = ((80, 24), (120, 40), (200, 60))
AGAIN = Measurement(
    40, 541.0, {}, (WeightScore(-2.0, 560.0, 12.0, 40), WeightScore(-1.0, 522.0, 9.0, 40)), 1.0
)


class Computed:
    """What processes answer, and what they were asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self.shown: list[tuple[str, float | None]] = []
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.problem = ""

    async def evaluate(self, elite: ShownElite, num_trials: int) -> Measurement:
        self.asked.append((elite.id, num_trials))
        await self.go_on.wait()
        if self.problem:
            raise EngineFailed(self.problem)
        return replace(AGAIN, num_trials=num_trials)

    async def report(self, elite: ShownElite, *, weight: float | None) -> ImageReport:
        self.shown.append((elite.id, weight))
        await self.go_on.wait()
        if self.problem:
            raise EngineFailed(self.problem)
        return image_report()


class Stage(Dashboard):
    """A dashboard that shows nothing but one screen, and an empty one below it."""

    CSS_PATH = str(Path(dashboard.__file__).with_name("dashboard.tcss"))

    def __init__(self, screen: Screen[None]) -> None:
        super().__init__()
        self._shown = screen

    def on_mount(self, event: Mount) -> None:  # type: ignore[override]
        event.prevent_default()
        self.push_screen(self._shown)


class Others:
    """The elites of a run: those of four levels."""

    def __init__(self) -> None:
        self.elites = [swing_up_elite(id=f"{level:016x}", title=f"Elite {level}") for level in range(1, 5)]
        self.problem = ""

    async def beside(self, id: str, step: int) -> ShownElite | None:
        if self.problem:
            raise CommandRefused(self.problem)
        ids = [one.id for one in self.elites]
        return self.elites[((ids.index(id) if id in ids else 0) + step) % 4] if self.elites else None


@dataclass
class UnderTest(ScreenUnderTest):
    """The elite screen, with processes that only pretend."""

    pilot: Pilot[Any]
    app: Stage
    screen: EliteScreen
    computed: Computed
    others: Others
    watched: list[str]
    run_directory: Path

    @property
    def text(self) -> str:
        """What is on the terminal."""
        return super().text.replace("\N{NO-BREAK SPACE}", " ")


@asynccontextmanager
async def opened(
    elite: ShownElite,
    directory: Path,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int] = (120, 40),
    *,
    family: bool = True,
    alone: bool = False,
    watches: bool = True,
) -> AsyncIterator[UnderTest]:
    """Open an elite whose run has two ancestors of it."""
    computed, others, watched = Computed(), Others(), list[str]()
    monkeypatch.setattr(elite_actions, "evaluate_elite", computed.evaluate)
    monkeypatch.setattr(elite_actions, "report_images", computed.report)
    run_directory, copies = directory / "2026-11-21_22-58-03_run", directory / "copies"
    run_directory.mkdir()
    copies.mkdir()
    if family:
        write_family(run_directory)
    screen = EliteScreen(
        replace(elite, run_directory=run_directory),
        siblings=None if alone else others,
        on_watch=(lambda one: watched.append(one.id)) if watches else None,
        directory=copies,
    )
    app = Stage(screen)
    async with app.run_test(size=size, notifications=True) as pilot:
        shown = UnderTest(pilot, app, screen, computed, others, watched, run_directory)
        await shown.until(lambda: screen.inspected is not None)
        await pilot.pause()
        yield shown


# What it says at the sizes of terminals
