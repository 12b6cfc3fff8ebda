"""The panels of a run: what is drawn of its snapshots and its journal. Imported after the first paint."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from textual.containers import Container, Vertical
from textual.message import Message
from textual.widgets import Static

from tui.driver import bytes_sent
from tui.plain_content import plain_content
from tui.plotted_curves import curves_of_accuracy, curves_of_fitness
from tui.run_terms import RunTerms, terms_of
from tui.screens.run_layouts import RunLayout, layouts_of
from tui.sending_pace import SendingPace
from tui.system_facts import system_lines
from tui.time_left import TimeLeft
from tui.told_here import ToldHere
from tui.widgets.elite_facts import EliteFacts
from tui.widgets.elite_table import EliteTable
from tui.widgets.fact_lines import FactLines
from tui.widgets.fitness_plot import FitnessPlot
from tui.widgets.generation_progress import GenerationProgress
from tui.widgets.happenings import Happenings
from tui.widgets.run_header import RunHeader
from tui.widgets.scatter import Scatter

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.timer import Timer

    from galapagos.engine.snapshot import EliteSummary, Snapshot
    from tui.curves import Curves
    from tui.machine import Machine

SECONDS_OF_PROGRESS, SECONDS_OF_PANELS = 0.25, 1.0
"""How often the progress line and the other parts are drawn at most."""
SECONDS_AFTER_KEY, LONGEST_DELAY = 0.3, 2.0
"""While keys come, pictures wait: for so long after a key, but no longer than that in all."""


class RunPanels(Vertical):
    """Everything of the run screen above the keys; the style sheet gives the panels their places by size.

    Where one network learns there is no population, and `-learning` gives its place away.

    Attributes:
        has_accuracies: Whether the journal has accuracies beside fitness.
    """

    class OriginWanted(Message):
        """The parents and weights of an elite are to be asked for."""

        def __init__(self, elite: str) -> None:
            super().__init__()
            self.elite = elite

    def __init__(self) -> None:
        super().__init__(id="run")
        self.header = RunHeader(id="header")
        self.notice = Static(id="notice")
        self.table = EliteTable(id="elites")
        self.plot = FitnessPlot(id="fitness")
        self.elite = EliteFacts(id="elite")
        self.scatter = Scatter(id="scatter")
        self.system = FactLines("Nothing is known of this machine yet", id="system")
        self.happenings = Happenings(id="happenings")
        self.progress = GenerationProgress(id="progress")
        self._noticed = ("", "")
        self._snapshot: Snapshot | None = None
        self._curves: Curves | None = None
        self._curves_are_whole = False
        self._terms = RunTerms()
        self.has_accuracies = False
        self._plots_accuracy: bool | None = None
        self._key_at = -LONGEST_DELAY
        self._steps: tuple[Callable[[], None], ...] = (
            self._show_header,
            self._show_elites,
            self._show_population,
            self._show_happenings,
            self._show_progress,
            self._show_curves,
            self._show_system,
        )
        self._wait: Timer | None = None
        self._undrawn: set[Callable[[], None]] = set()
        self._drawn_at: dict[Callable[[], None], float] = {}
        self._layout = RunLayout.OVERVIEW
        self._machine: Machine | None = None
        self._told = ToldHere()
        self._marked: frozenset[str] = frozenset()
        self._time_left = TimeLeft()
        self._pace = SendingPace(lambda: bytes_sent(self.app))
        self._seconds = SECONDS_OF_PANELS
        self._drawing = False

    def compose(self) -> ComposeResult:
        """Lay them out."""
        self.table.border_title = "Elites"
        self.plot.border_title = "Curves"
        self.happenings.border_title = "What happened"
        yield self.header
        yield self.notice
        self.system.border_title = "System"
        # They have no keys: they take the focus so that they can have the whole screen.
        for panel in (self.plot, self.elite, self.scatter, self.system):
            panel.can_focus = True
        with Container(id="panels"):
            yield self.system
            yield self.table
            yield self.plot
            yield self.elite
            yield self.scatter
            yield self.happenings
        yield self.progress

    def show(self, snapshot: Snapshot) -> None:
        """Draw a picture of the run, soon."""
        before = self._snapshot
        if before is None or snapshot.state is not before.state:
            self._drawn_at.clear()
        self._snapshot, terms = snapshot, terms_of(snapshot)
        if before is None or terms != self._terms:
            self._terms = terms
            self.set_class(not terms.breeds, "-learning")
            self._undrawn.add(self._show_curves)
            if self._layout not in self.layouts:
                self.set_layout(RunLayout.OVERVIEW)
        self._undrawn |= {step for step in self._steps if step != self._show_curves}
        self._show_soon()

    def show_curves(self, curves: Curves) -> None:
        """Draw the curves of the journal, soon."""
        if curves.is_whole and not self._curves_are_whole:
            # A long journal is drawn while it is read, once a second; its end waits for no second.
            self._drawn_at.pop(self._show_curves, None)
        self._curves, self._curves_are_whole = curves, curves.is_whole
        if curves.have_accuracies is not self.has_accuracies:
            self.has_accuracies = curves.have_accuracies
            self.screen.refresh_bindings()
        self._undrawn.add(self._show_curves)
        self._show_soon()

    @property
    def plots_accuracy(self) -> bool:
        """Whether the plot shows accuracies: where somebody asked for them, or where one network learns."""
        asked = self._plots_accuracy
        return self.has_accuracies and (not self._terms.breeds if asked is None else asked)

    def switch_curves(self) -> None:
        """Plot accuracies instead of fitness, or fitness again, at once."""
        self._plots_accuracy = not self.plots_accuracy
        self._show_curves()

    @property
    def layouts(self) -> tuple[RunLayout, ...]:
        """The layouts that this run has something to show in."""
        return layouts_of(self._terms)

    def next_layout(self) -> None:
        """Show the panels in the next layout."""
        layouts = self.layouts
        place = layouts.index(self._layout) if self._layout in layouts else -1
        self.set_layout(layouts[(place + 1) % len(layouts)])

    def set_layout(self, layout: RunLayout) -> None:
        """Show the panels in a layout."""
        for other in RunLayout:
            self.set_class(other is layout, f"-{other}")
        self._layout = layout

    @property
    def has_more(self) -> bool:
        """Whether there are panels in this layout that have no room on a low screen."""
        return self._layout is RunLayout.OVERVIEW

    @property
    def shows_system(self) -> bool:
        """Whether somebody sees how the machine is."""
        return self._layout is RunLayout.SYSTEM

    def show_machine(self, machine: Machine) -> None:
        """Show how the machine is."""
        self._machine = machine
        self._show_system()

    @property
    def is_seen(self) -> bool:
        """Whether the screen is the uppermost, or shines through a smaller one.

        Textual paints the whole screen anew whenever one right below it changes, even where it covers that.
        """
        shown = self.app.screen
        return shown is self.screen or shown.is_modal

    def show_again(self) -> None:
        """Draw what came unseen; the uppermost screen tells of the next frame, but not where it was left."""
        if self._wait is not None:
            self._wait.stop()
        self._go_on()

    def key_came(self) -> None:
        """Let the answer to a key be painted before anything else."""
        self._key_at = monotonic()

    def lose(self, reason: str) -> None:
        """Say in the header that there is no news, until there is."""
        self._undrawn.discard(self._show_header)
        self.header.lose(reason)

    @property
    def is_drawn(self) -> bool:
        """Whether everything that is seen shows the last picture."""
        return not self._undrawn or not self.is_seen

    def _show_soon(self) -> None:
        if self._wait is not None:
            self._wait.stop()
            self._go_on()
        else:
            self._show_next()

    def _show_next(self) -> None:
        """Draw the part that is due and waits longest; the next one in the next frame.

        So no key waits for more than one part, and parts that cost more than they tell are drawn less often.
        """
        if self._drawing or not self._undrawn or not self.is_seen:
            return
        step = min((step for step in self._steps if step in self._undrawn), key=self._due)
        wait = self._due(step) - monotonic()
        self._drawing = True
        if wait > 0:
            self._wait = self.set_timer(wait, self._go_on)
            return
        self._undrawn.discard(step)
        self._drawn_at[step] = monotonic()
        step()
        self.call_after_refresh(self._go_on)

    def _due(self, step: Callable[[], None]) -> float:
        seconds = SECONDS_OF_PROGRESS if step == self._show_progress else self._seconds
        due = self._drawn_at.get(step, -seconds) + seconds
        return max(due, min(self._key_at + SECONDS_AFTER_KEY, due + LONGEST_DELAY))

    def _go_on(self) -> None:
        self._drawing, self._wait = False, None
        self._show_next()

    def _show_header(self) -> None:
        # The first of a round says how long all of them wait for the next.
        self._seconds = self._pace.seconds(SECONDS_OF_PANELS)
        if self._snapshot is not None:
            self.header.show(self._snapshot)

    def _show_elites(self) -> None:
        snapshot = self._snapshot
        if snapshot is None:
            return
        first = self.table.highlighted is None
        champion = snapshot.champion.id if snapshot.champion else None
        self.table.show(snapshot.elites, snapshot.generation, self._terms, champion)
        if first and champion is not None:
            self.table.move_to(champion)
        if self._terms.breeds:
            observes = snapshot.parameters.get("reproduction") == "tournament"
            hint = _MARKED.format(len(self._marked)) if self._marked else _OBSERVES if observes else _BREEDS
            _title(self.table, f"Elites by {self._terms.measure}", hint)
        else:
            _title(self.table, "The network that learns")
        self.show_elite()

    def _show_population(self) -> None:
        if self._snapshot is not None:
            self.scatter.show(self._snapshot.population, self._terms.measure, self._terms.kind)
            _title(self.scatter, f"{self._terms.fitness} by {self._terms.measure}")

    def _show_happenings(self) -> None:
        if self._snapshot is not None:
            self.happenings.show(self._told.among(self._snapshot.happenings))

    def tell(self, text: str, *, wrong: bool = False) -> None:
        """Show a line among what happened that only this person is told."""
        if (snapshot := self._snapshot) is not None:
            self._told = self._told.and_then(text, snapshot.happenings, snapshot.generation, wrong=wrong)
            self._show_happenings()

    def mark(self, marked: frozenset[str]) -> None:
        """Show which elites are marked."""
        self._marked = marked
        self.table.mark(marked)
        self._show_elites()

    def _show_progress(self) -> None:
        if self._snapshot is not None:
            self.progress.show(self._snapshot, self._time_left.seconds(self._snapshot))

    def _show_system(self) -> None:
        if self._snapshot is not None and self.shows_system:
            self.system.show(system_lines(self._snapshot, self._machine))

    def _show_curves(self) -> None:
        if self._curves is None or self._snapshot is None:
            return
        plots_accuracy = self.plots_accuracy
        plotted = curves_of_accuracy(self._terms) if plots_accuracy else curves_of_fitness(self._terms)
        self.plot.show(*plotted.read(self._curves, self._terms), self._terms.step)
        other = curves_of_fitness(self._terms) if plots_accuracy else curves_of_accuracy(self._terms)
        switch = f"a: {other.name[0].lower()}{other.name[1:]}" if self.has_accuracies else ""
        _title(self.plot, f"{plotted.name} by {self._terms.step}", switch)

    def show_elite(self) -> None:
        """Show the facts of the highlighted elite, and ask for what a snapshot does not say."""
        elite = self.table.highlighted
        if self.elite.show(elite, self._terms) and elite is not None:
            self.post_message(self.OriginWanted(elite.id))

    def show_notice(self, text: str, kind: str) -> None:
        """Show a line under the header, or none."""
        if (text, kind) == self._noticed:
            # An update lays the whole screen out again.
            return
        self._noticed = text, kind
        self.notice.update(plain_content(text))
        self.notice.set_classes(kind)
        self.notice.display = bool(text)

    @property
    def highlighted(self) -> EliteSummary | None:
        """The elite that the keys act on."""
        return self.table.highlighted


_OBSERVES = "observing: only pins, breeds, injections feed back"
_BREEDS = "the parents of the next generation"
_MARKED = "{} marked: c compares, * marks or ends a mark"


def _title(panel: EliteTable | FitnessPlot | Scatter, title: str, subtitle: str = "") -> None:
    shown = plain_content(title, limit=60)
    if panel.border_title != shown.markup:
        panel.border_title = shown
    if (panel.border_subtitle or "") != subtitle:
        panel.border_subtitle = subtitle
