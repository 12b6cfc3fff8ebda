"""The library of saved elites: found, looked into, and put to use."""

from __future__ import annotations

import time
from asyncio import to_thread
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Container
from textual.widgets import Input, Static

from galapagos.errors import GalapagosError
from library_store.query import SORTS, InvalidQuery, Query, sort_entries
from tui import library_lines
from tui.plain_content import plain_content
from tui.run_link import LinkState
from tui.run_terms import terms_of
from tui.screens.library_actions import LibraryActions
from tui.screens.library_keys import LIBRARY_KEYS, OF_ENTRIES
from tui.widgets.entry_columns import order_in_words
from tui.widgets.entry_facts import EntryFacts
from tui.widgets.entry_table import EntryTable
from tui.widgets.key_footer import KeyFooter
from tui.widgets.network_drawing import NetworkDrawing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer
    from textual.worker import Worker

    from library_store.entry import Entry
    from tui.entry_details import EntryDetails
    from tui.library_desk import LibraryDesk
    from tui.steering import Steering

WIDTHS: list[tuple[int, str]] = [(0, "-narrow"), (100, "-normal"), (160, "-wide")]
HEIGHTS: list[tuple[int, str]] = [(0, "-low"), (32, "-high")]
SECONDS_BETWEEN_READINGS = 1.0
REST_OF_THE_CURSOR = 0.06
"""Seconds after which the details follow the cursor, so that a move of it waits for nothing."""
_LONGEST_QUERY = 1000


class LibraryScreen(LibraryActions):
    """Shows the saved elites of this machine.

    Args:
        desk: Where they are.
        steering: How the run is commanded that they can be injected into; None without one.
        entry: The id of the entry to begin with; empty for the first.
    """

    CSS_PATH = "library.tcss"
    AUTO_FOCUS = "#entries"
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = LIBRARY_KEYS

    def __init__(self, desk: LibraryDesk, steering: Steering | None = None, *, entry: str = "") -> None:
        super().__init__(desk, steering)
        self._wanted = entry
        self.table = EntryTable(id="entries")
        self.network = NetworkDrawing(id="network")
        self.facts = EntryFacts(id="facts")
        self._by, self._reverse = SORTS[0], False
        self._ordered: Sequence[Entry] = ()
        self._shown: Sequence[Entry] = ()
        self._marked: frozenset[str] = frozenset()
        self._query = Query.parse("")
        self._wrong_query = ""
        self._failure = ""
        self._is_read = False
        self._version = 0
        self._reading: Worker[None] | None = None
        self._details: tuple[Entry, EntryDetails] | None = None
        self._details_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Lay out the filter, the table, and what is said of the highlighted elite."""
        yield Static(id="title")
        yield Input(
            placeholder="/ words, tag:robust, task:CartPole, fitness>=600",
            id="filter",
            compact=True,
            max_length=_LONGEST_QUERY,
        )
        yield Static(id="notice")
        with Container(id="body"):
            yield self.table
            with Container(id="detail"):
                yield self.network
                yield self.facts
        yield KeyFooter("x", "o", "I", "n", "t", "r", "space")

    def on_mount(self) -> None:
        """Read the entries, and read them again where others write."""
        self.table.border_title = "Saved elites"
        self.network.border_title = "Network"
        self._draw()
        self._tick()
        self.set_interval(SECONDS_BETWEEN_READINGS, self._tick)

    # What is shown

    def _tick(self) -> None:
        self.table.tell_time(self.now)
        # One at a time, however long it takes: a reading that is broken off would be for nothing.
        if self._reading is None or self._reading.is_finished:
            self._reading = self.run_worker(self.read, group="read")

    @property
    def now(self) -> float:
        """Seconds since 1970."""
        return time.time()

    async def read(self, *, then: str = "") -> None:
        """Show the entries as they are now, with the cursor on one of them if that is named."""
        try:
            version = await self.desk.read()
        except (GalapagosError, OSError) as error:
            self._failure = str(error)
            self._draw_notice()
            return
        self._failure = ""
        if version != self._version:
            self._is_read = True
            await self._arrange()
            self._version = version
        if then := then or self._wanted:
            self.table.move_to(then)
            self._wanted = ""

    def go_to(self, entry: str) -> None:
        """Move to an entry, which ends the filter."""
        self.query_one("#filter", Input).value = ""
        self._query, self._wrong_query = Query.parse(""), ""
        self._filter()
        self.set_focus(self.table)
        self.table.move_to(entry)

    async def _arrange(self) -> None:
        """Put the entries in order and show them; what was asked for meanwhile counts."""
        while True:
            entries, by, reverse = self.desk.entries, self._by, self._reverse
            ordered = await to_thread(sort_entries, entries, by, reverse=reverse)
            if (entries, by, reverse) == (self.desk.entries, self._by, self._reverse):
                break
        self._ordered = ordered
        self._marked &= {entry.id for entry in ordered}
        self._filter()

    def _filter(self) -> None:
        meant = self._query
        everything = self._ordered
        self._shown = [entry for entry in everything if meant(entry)] if meant.conditions else everything
        self._draw()

    def _draw(self) -> None:
        if not self._is_read:
            empty = library_lines.UNREAD
        else:
            empty = library_lines.UNFIT if self._ordered else library_lines.EMPTY
        had_any = self.table.highlighted is not None
        self.table.show(
            self._shown, marked=self._marked, by=self._by, reverse=self._reverse, now=self.now, empty=empty
        )
        self.table.border_subtitle = f"by {self._by}, {order_in_words(self._by, reverse=self._reverse)}"
        self._draw_title()
        self._draw_notice()
        if had_any is not (self.table.highlighted is not None):
            self.refresh_bindings()

    def _draw_title(self) -> None:
        run = "" if self.steering is None else self.steering.link.run_directory.name
        self.query_one("#title", Static).update(
            library_lines.title(len(self._ordered), self._shown, self._marked, run, is_read=self._is_read)
        )

    def _draw_notice(self) -> None:
        error = self._wrong_query or self._failure
        text = error or library_lines.warning(self.desk.problems, are_many=self.desk.are_many)
        notice = self.query_one("#notice", Static)
        notice.update(plain_content(text))
        notice.set_classes("-error" if error else "-warning")
        notice.display = bool(text)

    def on_entry_table_highlighted(self) -> None:
        """Show what is known of another entry, when the cursor is painted and rests."""
        if self._details_timer is not None:
            self._details_timer.stop()
        self._details_timer = self.set_timer(REST_OF_THE_CURSOR, self.show_details)

    def on_entry_table_selected(self) -> None:
        """Give the entry the whole screen."""
        self.add_class("-detail")
        self.set_focus(self.facts)

    def show_details(self) -> None:
        """Draw what is known of the entry under the cursor, and read the rest of it."""
        entry = self.table.highlighted
        details = self._details[1] if self._details is not None and self._details[0] is entry else None
        self.facts.show(
            entry,
            details=details,
            measured=None if entry is None else self.desk.measurements.get(entry.id),
            evaluating=0 if entry is None else self.evaluating.get(entry.id, 0),
        )
        if entry is None:
            self.network.show(None)
        elif details is None:
            self.run_worker(self._read_details(entry), group="details", exclusive=True)
        else:
            self.network.show(details.genome)

    async def _read_details(self, entry: Entry) -> None:
        details = await self.desk.details(entry)
        if self.table.highlighted is entry:
            self._details = entry, details
            self.show_details()

    # What a person asks

    @property
    def is_typing(self) -> bool:
        """Whether keys go into the filter."""
        return isinstance(self.focused, Input)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Leave letters to the filter; hide what does not apply, grey what cannot be now."""
        if action == "inject":
            if self.steering is None or not self._breeds:
                return False
            if self.steering.link.state is not LinkState.CONNECTED:
                return None
        if action in OF_ENTRIES and self.table.highlighted is None:
            return None
        return not self.is_typing or action in ("back", "move")

    @property
    def _breeds(self) -> bool:
        """Whether the run has a population that a clone can enter."""
        latest = None if self.steering is None else self.steering.link.latest
        return latest is None or terms_of(latest).breeds

    @property
    def highlighted(self) -> Entry | None:
        """The entry under the cursor."""
        return self.table.highlighted

    def acted_on(self) -> Sequence[Entry]:
        """Return the marked entries, or else the one under the cursor."""
        if self._marked:
            return [entry for entry in self._ordered if entry.id in self._marked]
        return [] if self.table.highlighted is None else [self.table.highlighted]

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter while somebody types; where that is not understood, a line says so and nothing changes."""
        try:
            self._query = Query.parse(event.value)
        except InvalidQuery as error:
            self._wrong_query = str(error)
            self._draw_notice()
            return
        self._wrong_query = ""
        self._filter()

    def on_input_submitted(self) -> None:
        """Go to what was found."""
        self.set_focus(self.table)

    def action_filter(self) -> None:
        """Go into the filter."""
        self.remove_class("-detail")
        self.set_focus(self.query_one("#filter"))

    def action_move(self, step: int) -> None:
        """Move in the table."""
        self.table.action_cursor(step)

    def action_mark(self) -> None:
        """Mark the entry under the cursor, or end that, and go on to the next."""
        if (entry := self.table.highlighted) is not None:
            self._mark(self._marked ^ {entry.id})
            self.table.action_cursor(1)

    def action_mark_all(self) -> None:
        """Mark all that are shown; where all of them are, none."""
        shown = frozenset(entry.id for entry in self._shown)
        self._mark(self._marked - shown if shown <= self._marked else self._marked | shown)

    def _mark(self, marked: frozenset[str]) -> None:
        self._marked = marked
        self.table.mark(marked)
        self._draw_title()

    def action_sort(self) -> None:
        """Order by the next of what there is."""
        self._by = SORTS[(SORTS.index(self._by) + 1) % len(SORTS)]
        self.run_worker(self._arrange(), group="sort", exclusive=True)

    def action_turn_round(self) -> None:
        """Order the other way round."""
        self._reverse = not self._reverse
        self.run_worker(self._arrange(), group="sort", exclusive=True)

    def action_back(self) -> None:
        """Leave the details, then the filter, then the marks, then the library."""
        field = self.query_one("#filter", Input)
        if self.has_class("-detail"):
            self.remove_class("-detail")
            self.set_focus(self.table)
        elif self.is_typing or field.value:
            field.value = ""
            self.set_focus(self.table)
        elif self._marked:
            self._mark(frozenset())
        else:
            self.action_quit()

    def action_quit(self) -> None:
        """Go back to where the library was opened."""
        self.dismiss()
