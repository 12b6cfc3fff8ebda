"""The archive: a bar for every size, the levels as a view that moves at a key, and who led a size before."""

from __future__ import annotations

from asyncio import sleep, to_thread
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Container
from textual.screen import Screen

from galapagos.errors import GalapagosError
from tui import formatting
from tui.archive_cells import ArchiveCell, cells_of, levels_over, shown_by
from tui.archive_history import ArchiveHistory, reigns
from tui.cell_facts import elite_lines, history_lines
from tui.plain_content import plain_content
from tui.run_files import BOUNDARIES, RecordReader, StoredArchive, stored_archive, view_of_parameters
from tui.run_link import LinkState
from tui.run_terms import RunTerms, terms_of
from tui.screens.archive_keys import ARCHIVE_KEYS
from tui.widgets.archive_bars import ArchiveBars
from tui.widgets.fact_lines import FactLines
from tui.widgets.key_footer import KeyFooter

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer

    from galapagos.engine.snapshot import Snapshot
    from galapagos.evolution.levels import Level
    from galapagos.parameter_declarations import LevelBoundaries
    from tui.dashboard import Dashboard
    from tui.run_link import RunLink
    from tui.steering import Steering

WIDTHS: list[tuple[int, str]] = [(0, "-too-narrow"), (40, "-narrow"), (70, "-normal")]
HEIGHTS: list[tuple[int, str]] = [(0, "-too-low"), (10, "-low"), (22, "-usual"), (34, "-high")]
MOST_LEVELS = 64
SECONDS_BETWEEN_PICTURES = 0.25
SECONDS_BETWEEN_FILES = 3.0
"""How often is looked for new files of individuals, and without an engine for a new checkpoint."""
REST_OF_THE_CURSOR = 0.06
"""Seconds after which the engine is asked about the elite at the cursor."""
PICTURES_UNTIL_TOLD = 2
"""So many pictures after the engine took a change what they say counts: the first may be an older one."""
_LEVELS, _BOUNDARIES = "complexity_levels", "level_boundaries"


class ArchiveScreen(Screen[None]):
    """Shows the archive of a run: live from its pictures, else as the last checkpoint has it.

    The levels are a view: they move at once where a key changes them, and the engine is told.

    Args:
        link: The connection to the run, which somebody else follows.
        steering: How changes reach the run.
        open_elite: Called with id and complexity of the elite to look at; without it enter is no key.
    """

    app: Dashboard
    CSS_PATH = "archive.tcss"
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = ARCHIVE_KEYS

    def __init__(
        self, link: RunLink, steering: Steering, open_elite: Callable[[str, int], None] | None = None
    ) -> None:
        super().__init__()
        self.link = link
        self.bars = ArchiveBars(id="bars")
        self.elite = FactLines("No elite yet", id="elite")
        self.history = FactLines("No individuals are written yet", id="history")
        self.cells: tuple[ArchiveCell, ...] = ()
        self.levels: tuple[Level, ...] = ()
        self.cursor = -1
        self._steering = steering
        self._open_elite = open_elite
        self._reader: RecordReader | None = None
        self._stored: StoredArchive | None = None
        self._best: dict[int, float] = {}
        self._terms = RunTerms()
        self._wanted: dict[str, Any] = {}
        self._taken: dict[str, int] = {}
        self._sequence = -1
        self._known: dict[str, dict[str, Any]] = {}
        self._drawn: object = None
        self._rest: Timer | None = None

    def compose(self) -> ComposeResult:
        """Lay the panels out."""
        yield self.bars
        with Container(id="below"):
            yield self.elite
            yield self.history
        yield KeyFooter("b")

    def on_mount(self) -> None:
        """Draw what is there, and look for more from time to time."""
        self.elite.border_title = "Elite"
        self.history.border_title = "Who led it, by generation fitness"
        self.look_again()
        self.set_interval(SECONDS_BETWEEN_PICTURES, self.look_again)
        self.run_worker(self._read_files(), name="files")

    # What comes in

    def look_again(self) -> None:
        """Draw what the link has received since."""
        snapshot, bred = self.link.latest, self._terms.breeds
        if snapshot is not None:
            self._terms = terms_of(snapshot)
            self._forget_what_is_told(snapshot)
        elif self._stored is not None:
            self._terms = self._stored.terms
        if self._terms.breeds is not bred:
            self.refresh_bindings()
        best = tuple(self._best.items())
        view = self._view(), self._when()
        state = (self._sizes(snapshot), view, self._terms, best, self.link.state, self._stored)
        if state != self._drawn:
            self._drawn = state
            self.draw()

    def _forget_what_is_told(self, snapshot: Snapshot) -> None:
        """Let the engine's word count again where it says what was asked for, or took it and says otherwise.

        Another dashboard may have changed the same parameter meanwhile.
        """
        if snapshot.sequence != self._sequence:
            self._sequence = snapshot.sequence
            self._taken = {name: count - 1 for name, count in self._taken.items()}
        told = {**snapshot.parameters, **snapshot.pending}
        self._wanted = {
            name: value
            for name, value in self._wanted.items()
            if told.get(name) != value and self._taken.get(name) != 0
        }
        self._taken = {name: count for name, count in self._taken.items() if name in self._wanted}

    async def _read_files(self) -> None:
        while True:
            snapshot = self.link.latest
            if not _has_sizes(snapshot):
                self._stored = await to_thread(stored_archive, self.link.run_directory) or self._stored
                self.look_again()
            if self._reader is None or self._reader.measure != self._terms.measure:
                self._reader = RecordReader(self.link.run_directory / "individuals", self._terms.measure)
            reader = self._reader
            while await to_thread(reader.read_next):
                # A copy, because the next file is read while this one is drawn.
                self._best = dict(reader.history.best)
            await sleep(SECONDS_BETWEEN_FILES)

    def _sizes(self, snapshot: Snapshot | None) -> tuple[tuple[int, float, str, int], ...]:
        if snapshot is not None and (snapshot.sizes or self._stored is None):
            return snapshot.sizes
        return () if self._stored is None else self._stored.sizes

    def _view(self) -> tuple[int, LevelBoundaries]:
        """Return number and boundaries of the levels: as they were asked for, else as they are."""
        values: dict[str, Any] = {}
        if self.link.latest is not None:
            values = {**self.link.latest.parameters, **self.link.latest.pending}
        elif self._stored is not None:
            values = self._stored.parameters
        return view_of_parameters({**values, **self._wanted})

    # What is drawn

    def draw(self) -> None:
        """Draw the bars, the levels over them and the cell at the cursor."""
        self.cells = cells_of(self._sizes(self.link.latest), self._best)
        count, boundaries = self._view()
        self.levels = levels_over(self.cells, count, boundaries)
        if self.cells and all(cell.bin != self.cursor for cell in self.cells):
            self.cursor = self._nearest()
        self.bars.show(self.cells, self.levels, self._terms.kind, self._terms.measure, self.cursor)
        elites = sum(cell.has_elite for cell in self.cells)
        title = f"Archive: {elites} {'elite' if elites == 1 else 'elites'}, the best of each size"
        self._title(f"{title}; {self._terms.kind.value}, taller is better")
        self.bars.border_subtitle = f"{len(self.levels)} levels, {boundaries}{self._when()}{self._source()}"
        self._draw_cell()

    def _nearest(self) -> int:
        """Return the champion's bin where the cursor is nowhere, else the bin that is nearest to it."""
        if self.cursor < 0:
            elites = [cell for cell in self.cells if cell.has_elite] or list(self.cells)
            return max(elites, key=lambda cell: cell.fitness if cell.has_elite else cell.seen).bin
        return min((cell.bin for cell in self.cells), key=lambda number: abs(number - self.cursor))

    def _when(self) -> str:
        """Return from when on the levels act as they are shown, where that is not now."""
        snapshot, (count, boundaries) = self.link.latest, self._view()
        if snapshot is None:
            return ""
        acts = snapshot.parameters.get(_LEVELS), snapshot.parameters.get(_BOUNDARIES)
        return "" if acts == (count, boundaries) else f" from the next {self._terms.step} on"

    def _source(self) -> str:
        if _has_sizes(self.link.latest) or self._stored is None:
            return "" if self.link.state is LinkState.CONNECTED else f"; {self.link.state}"
        number = formatting.whole(self._terms.number_of(self._stored.generation))
        return f"; from the checkpoint at {self._terms.step} {number}, {formatting.ago(self._stored.age)} old"

    def _draw_cell(self) -> None:
        cell = self.cell
        if cell is None:
            self.elite.show([])
            self.history.show([])
            return
        known = self._known.get(cell.id, {})
        self.elite.show(elite_lines(cell, self.cells, self.levels, known, self._terms))
        led = reigns(self.history_read.of_cell(cell.complexity))
        problem = "" if self._reader is None else self._reader.problem
        self.history.show(history_lines(led, self._terms), problem or None)
        if cell.has_elite and cell.id not in self._known:
            if self._rest is not None:
                self._rest.stop()
            self._rest = self.set_timer(REST_OF_THE_CURSOR, self._ask)

    def _ask(self) -> None:
        if (cell := self.cell) is not None and cell.has_elite:
            self.run_worker(self._ask_about(cell.id), group="facts", exclusive=True)

    async def _ask_about(self, elite: str) -> None:
        with suppress(GalapagosError):
            known = await self.link.genome(elite)
            self._known = {elite: known}
            self._draw_cell()

    def _title(self, text: str) -> None:
        shown = plain_content(text)
        if self.bars.border_title != shown.markup:
            self.bars.border_title = shown

    @property
    def history_read(self) -> ArchiveHistory:
        """What was read of the individuals so far."""
        return ArchiveHistory() if self._reader is None else self._reader.history

    @property
    def cell(self) -> ArchiveCell | None:
        """The cell at the cursor."""
        return next((cell for cell in self.cells if cell.bin == self.cursor), None)

    # The keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Hide what nobody can answer, and what one network that learns has not."""
        if action == "open":
            return self._open_elite is not None
        if action in ("levels", "boundaries", "level"):
            return self._terms.breeds
        return True

    def action_move(self, step: int) -> None:
        """Move the cursor by some cells."""
        numbers = [cell.bin for cell in self.cells]
        if self.cursor in numbers:
            self._go(numbers[min(max(numbers.index(self.cursor) + step, 0), len(numbers) - 1)])

    def action_end(self, place: int) -> None:
        """Move the cursor to the smallest or the largest cell."""
        if self.cells:
            self._go(self.cells[place].bin)

    def action_level(self, step: int) -> None:
        """Move the cursor to what the next level, or the one before, shows."""
        numbers = sorted(cell.bin for cell in shown_by(self.cells, self.levels).values())
        ahead = [number for number in numbers if (number - self.cursor) * step > 0]
        if ahead:
            self._go(min(ahead) if step > 0 else max(ahead))

    def on_archive_bars_pointed(self, event: ArchiveBars.Pointed) -> None:
        """Move the cursor to the bar that was clicked."""
        self._go(event.bin)

    def on_mouse_scroll_up(self) -> None:
        """Move the cursor to smaller sizes."""
        self.action_move(-1)

    def on_mouse_scroll_down(self) -> None:
        """Move the cursor to larger sizes."""
        self.action_move(1)

    def _go(self, bin_number: int) -> None:
        self.cursor = bin_number
        self.bars.show(self.cells, self.levels, self._terms.kind, self._terms.measure, bin_number)
        self._draw_cell()

    def action_open(self) -> None:
        """Look at the elite at the cursor."""
        cell = self.cell
        if cell is None or not cell.has_elite:
            self.app.tell("there is no elite of this size now", wrong=True)
        elif self._open_elite is not None:
            self._open_elite(cell.id, cell.complexity)

    def action_levels(self, step: int) -> None:
        """Lay more or fewer levels over the archive."""
        count, _ = self._view()
        new = min(MOST_LEVELS, max(1, count + step))
        if new != count:
            self._change(_LEVELS, new, count)

    def action_boundaries(self) -> None:
        """Draw the boundaries of the levels in the next way."""
        _, boundaries = self._view()
        self._change(
            _BOUNDARIES, BOUNDARIES[(BOUNDARIES.index(boundaries) + 1) % len(BOUNDARIES)], boundaries
        )

    def _change(self, name: str, new: object, old: object) -> None:
        """Show a change of the view at once, and ask the engine for it."""
        self._wanted[name] = new
        self._taken.pop(name, None)
        self.look_again()
        self.run_worker(self._send(name, new, old), group="commands")

    async def _send(self, name: str, new: object, old: object) -> None:
        try:
            # No toast: the levels have moved, and their title says from when on they act.
            await self._steering.set_parameters({name: new}, {name: old})
        except GalapagosError as error:
            if self._wanted.get(name) == new:
                del self._wanted[name]
            self.look_again()
            self.app.tell(plain_content(str(error)).plain, wrong=True)
            return
        if self._wanted.get(name) == new:
            self._taken[name] = PICTURES_UNTIL_TOLD

    def action_back(self) -> None:
        """Return to the run."""
        self.dismiss()

    action_quit = action_back


def _has_sizes(snapshot: Snapshot | None) -> bool:
    """Return whether a picture tells the archive; one of an earlier engine does not, though it has elites."""
    return snapshot is not None and (bool(snapshot.sizes) or not snapshot.elites)
