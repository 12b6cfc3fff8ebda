"""The curves of a run with the whole screen: seen near or from afar, read by a cursor, from mark to mark."""

from __future__ import annotations

from asyncio import sleep, to_thread
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from textual.screen import Screen

from tui import formatting
from tui.archive_cells import cells_of, levels_over
from tui.archive_history import level_curves
from tui.driver import bytes_sent
from tui.plain_content import plain_content
from tui.plot_view import PlotView
from tui.plotted_curves import Plot, marks_told, plots_of, plotted
from tui.run_files import RecordReader, stored_archive, terms_of_files
from tui.run_link import LinkState
from tui.run_terms import RunTerms, terms_of
from tui.screens.curves_keys import CURVES_KEYS, OF_MARKS
from tui.sending_pace import SendingPace
from tui.widgets.axes import as_shown
from tui.widgets.fitness_plot import FitnessPlot
from tui.widgets.key_footer import KeyFooter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.dashboard import Dashboard
    from tui.run_link import RunLink

WIDTHS: list[tuple[int, str]] = [(0, "-too-narrow"), (40, "-narrow"), (100, "-normal")]
HEIGHTS: list[tuple[int, str]] = [(0, "-too-low"), (8, "-low")]
SECONDS_BETWEEN_PICTURES = 0.25
"""How often is looked for something new to draw."""
SHARE_OF_TIME = 0.1
"""Of a processor that drawing takes at most: a picture that costs more is drawn less often."""
SECONDS_BETWEEN_FILES = 2.0
"""How often is looked for new files of individuals, while levels are plotted."""
PAN = 0.25
"""Of what is in view, by a key."""


class CurvesScreen(Screen[None]):
    """Plots what the journal says of every generation; what the levels came to, from the individuals.

    It looks by itself at what the link has received, and sends nothing.

    Args:
        link: The connection to the run, which somebody else follows.
        on_fork: Makes a fork at a generation, given as the engine counts and as people do; None where it
            may not be asked for.
    """

    app: Dashboard
    CSS_PATH = "curves.tcss"
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = CURVES_KEYS

    def __init__(self, link: RunLink, on_fork: Callable[[int, str], None] | None = None) -> None:
        super().__init__()
        self.link = link
        self._on_fork = on_fork
        self.view = PlotView()
        self.plot = FitnessPlot(id="curves")
        self.shown = Plot.FITNESS
        self._terms: RunTerms | None = None
        self._reader: RecordReader | None = None
        self._levels: tuple[tuple[int, int], ...] = ()
        self._staircases: tuple[np.ndarray[Any, np.dtype[np.float64]], dict[str, Any]] = (np.empty(0), {})
        self._drawn: object = None
        self._next_picture = 0.0
        self._pace = SendingPace(lambda: bytes_sent(self.app))
        self._can: tuple[bool, bool] | None = None

    def compose(self) -> ComposeResult:
        """Lay the plot out."""
        yield self.plot
        yield KeyFooter("v", "f")

    def on_mount(self) -> None:
        """Draw what is there, and look for more from time to time."""
        self.look_again()
        self.set_interval(SECONDS_BETWEEN_PICTURES, self.look_again)
        if self._terms is None:
            self.run_worker(self._ask_the_files(), name="terms")

    async def _ask_the_files(self) -> None:
        terms = await to_thread(terms_of_files, self.link.run_directory)
        if self._terms is None:
            self._terms = terms
            self.draw()

    # What is drawn

    def look_again(self) -> None:
        """Draw what the link has received since."""
        snapshot = self.link.latest
        if snapshot is not None:
            self._terms = terms_of(snapshot)
            self._levels = tuple((elite.low, elite.high) for elite in snapshot.elites)
        if self._terms is None or monotonic() < self._next_picture:
            return
        if (state := self._state()) != self._drawn:
            self._drawn = state
            began = monotonic()
            self.draw()
            cost = (monotonic() - began) / SHARE_OF_TIME
            self._next_picture = monotonic() + self._pace.seconds(max(cost, SECONDS_BETWEEN_PICTURES))

    def _state(self) -> object:
        """Return what a picture depends on, in little room."""
        curves = self.link.curves
        ends = [repr(values[-1:]) for values in curves.series.values()]
        ends += [] if curves.source is None else [str(curves.source.curves.last_generation)]
        return id(curves), len(curves.generations), len(curves.marks), ends, self._terms, self.link.state

    def draw(self) -> None:
        """Draw the plot, its title and what is in view."""
        terms, curves = self._terms, self.link.curves
        if terms is None:
            return
        plots = plots_of(curves, terms)
        if self.shown not in plots:
            self.shown = plots[0]
        if self.shown is Plot.LEVELS:
            generations, values = self._staircases
            self.plot.show(generations, values, marks_told(curves.marks, terms), terms.step)
            name = f"{terms.fitness} that each level has seen"
        else:
            drawn = plotted(self.shown, terms)
            self.plot.show(*drawn.read(curves, terms), terms.step, drawn.faint)
            name = drawn.name
        self._title(f"{name} by {terms.step}")
        self._look()

    def _look(self) -> None:
        self.plot.look(self.view)
        text = self._about_view()
        if self.plot.border_subtitle != text:
            self.plot.border_subtitle = text
        can = bool(self.link.curves.marks), self.plot.is_positive
        if can != self._can:
            # The keys at the foot are made anew then.
            self._can = can
            self.refresh_bindings()

    def _title(self, text: str) -> None:
        where = formatting.words(self.link.run_directory.name, 60)
        if self.link.state is not LinkState.CONNECTED:
            where += f" ({self.link.state})"
        shown = plain_content(f"{text} · {where}")
        if self.plot.border_title != shown.markup:
            self.plot.border_title = shown

    def _about_view(self) -> str:
        extent, parts = self.plot.extent, []
        if self.shown is Plot.LEVELS:
            parts.append(self._about_files())
        if extent is not None and self.view.span is not None:
            low, high = (formatting.whole(end) for end in self.view.window(*extent))
            parts.append(f"{low} to {high} of {formatting.whole(extent[1])}")
            parts.append("follows" if self.view.follows else "stays")
        parts += ["log generations"] if self.view.log_generations else []
        parts += ["log values"] if self.view.log_values and self.plot.is_positive else []
        return ", ".join(part for part in parts if part)

    def _about_files(self) -> str:
        reader = self._reader
        if reader is None or reader.history.until < 0:
            return "no individuals are written yet"
        return reader.problem or f"generation fitness, written up to {formatting.whole(reader.history.until)}"

    # Levels, from the files of the individuals

    async def _read_levels(self) -> None:
        while self.shown is Plot.LEVELS:
            terms, levels = self._terms, self._levels
            if terms is None:
                return
            if self._reader is None or self._reader.measure != terms.measure:
                directory = self.link.run_directory / "individuals"
                self._reader = RecordReader(directory, terms.measure)
            if not levels:
                self._levels = levels = await to_thread(_stored_levels, self.link.run_directory)
            reader, drawn = self._reader, monotonic()
            while await to_thread(reader.read_next):
                if monotonic() - drawn > SECONDS_BETWEEN_PICTURES:
                    await self._climb(reader, levels, terms)
                    drawn = monotonic()
            await self._climb(reader, levels, terms)
            await sleep(SECONDS_BETWEEN_FILES)

    async def _climb(
        self, reader: RecordReader, levels: tuple[tuple[int, int], ...], terms: RunTerms
    ) -> None:
        """Make the staircases of what was read, and draw them."""
        last = max(self.link.curves.last_generation, reader.history.until)
        generations, values = await to_thread(level_curves, reader.history.records, levels, last)
        self._staircases = (
            generations + terms.number_of(0),
            {name: as_shown(fitness, terms.kind) for name, fitness in values.items()},
        )
        if self.shown is Plot.LEVELS:
            self.draw()

    # The keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Grey what has nothing to act on."""
        if action in OF_MARKS and not self.link.curves.marks:
            return None
        if action == "log_values" and not self.plot.is_positive:
            return None
        if action == "fork":
            return None if self._on_fork is None or self.link.curves.last_generation < 0 else True
        return True

    def action_plot(self, step: int) -> None:
        """Plot something else; what is in view stays."""
        if self._terms is None:
            return
        plots = plots_of(self.link.curves, self._terms)
        self.shown = plots[(plots.index(self.shown) + step) % len(plots)]
        if self.shown is Plot.LEVELS:
            self.run_worker(self._read_levels(), group="levels", exclusive=True)
        self.draw()

    def action_zoom(self, factor: float) -> None:
        """See fewer or more generations."""
        if (extent := self.plot.extent) is not None:
            self._see(self.view.zoom(factor, *extent))

    def action_pan(self, direction: int) -> None:
        """See earlier or later generations."""
        if (extent := self.plot.extent) is not None:
            self._see(self.view.pan(direction * PAN, *extent))

    def action_cursor(self, cells: int) -> None:
        """Read another generation."""
        if (extent := self.plot.extent) is not None:
            self._see(self.view.move_cursor(cells, self.plot.columns, *extent))

    def action_mark(self, step: int) -> None:
        """Read at the next mark, or at the one before."""
        extent = self.plot.extent
        if extent is None or self._terms is None:
            return
        numbers = sorted(self._terms.number_of(mark.generation) for mark in self.link.curves.marks)
        view = self.view.go_to_mark(numbers, step, *extent)
        if view == self.view:
            self.app.tell("there is no mark after the cursor" if step > 0 else "there is no mark before it")
        self._see(view)

    def action_fork(self) -> None:
        """Go another way from the generation under the cursor on, or from now on."""
        extent = self.plot.extent
        if extent is None or self._terms is None or self._on_fork is None:
            return
        first = self._terms.number_of(0)
        number = extent[1] + 1 if self.view.cursor is None else self.view.cursor
        at = max(0, min(int(number) - first, self.link.curves.last_generation + 1))
        self._on_fork(at, f"{self._terms.step} {formatting.whole(at + first)}")

    def action_follow(self) -> None:
        """Keep the newest generations in view, or do not."""
        if (extent := self.plot.extent) is not None:
            self._see(self.view.follow(*extent))

    def action_log_generations(self) -> None:
        """Change the scale of the generations."""
        self._see(replace(self.view, log_generations=not self.view.log_generations))

    def action_log_values(self) -> None:
        """Change the scale of the values."""
        self._see(replace(self.view, log_values=not self.view.log_values))

    def action_everything(self) -> None:
        """See all generations, without a cursor."""
        self._see(self.view.everything())

    def action_back(self) -> None:
        """Return to the run."""
        self.dismiss()

    action_quit = action_back

    # The mouse

    def on_fitness_plot_pointed(self, event: FitnessPlot.Pointed) -> None:
        """Read at what was clicked."""
        if (extent := self.plot.extent) is not None:
            self._see(self.view.go_to(event.generation, *extent))

    def on_mouse_scroll_up(self) -> None:
        """See fewer generations."""
        self.action_zoom(0.5)

    def on_mouse_scroll_down(self) -> None:
        """See more generations."""
        self.action_zoom(2)

    def _see(self, view: PlotView) -> None:
        self.view = view
        self._look()


def _stored_levels(run_directory: Path) -> tuple[tuple[int, int], ...]:
    """Return (smallest, largest size) of the levels of a run that no engine tells of: of its checkpoint."""
    stored = stored_archive(run_directory)
    if stored is None:
        return ()
    levels = levels_over(cells_of(stored.sizes, {}), *stored.view)
    return tuple((level.low, level.high) for level in levels)
