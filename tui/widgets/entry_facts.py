"""Everything that is known of one saved elite, to scroll through."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView

from tui.plain_content import plain_content
from tui.widgets.entry_fact_lines import entry_lines, title_of
from tui.widgets.line_drawing import DrawnWidget, Run, centred

if TYPE_CHECKING:
    from textual.strip import Strip

    from library_store.entry import Entry
    from tui.entry_details import EntryDetails
    from tui.library_evaluation import Measurement

_PARTS = ("label", "value", "bar", "best-bar", "tags", "notes", "busy", "problem", "empty")


class EntryFacts(ScrollView, DrawnWidget, can_focus=True):
    """Shows one entry; what is read of its files comes later.

    Args:
        id: The id of the widget.
    """

    PREFIX = "entry-facts"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"entry-facts--{part}" for part in _PARTS}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "scroll_up", "Up", id="entry_facts.up", show=False),
        Binding("j", "scroll_down", "Down", id="entry_facts.down", show=False),
    ]
    DEFAULT_CSS = """
    EntryFacts {
        width: 1fr;
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .entry-facts--label { color: $text-muted; }
        & > .entry-facts--value { text-style: bold; }
        & > .entry-facts--bar { color: $primary; }
        & > .entry-facts--best-bar { color: $accent; }
        & > .entry-facts--tags { color: $text-primary; text-style: bold; }
        & > .entry-facts--notes { text-style: italic; }
        & > .entry-facts--busy { color: $text-warning; text-style: bold; }
        & > .entry-facts--problem { color: $text-error; text-style: bold; }
        & > .entry-facts--empty { color: $text-muted; text-style: italic; }
        &:ansi > .entry-facts--label { text-style: dim; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._entry: Entry | None = None
        self._details: EntryDetails | None = None
        self._measured: Measurement | None = None
        self._evaluating = 0
        self._lines: list[list[Run]] = []
        self._lines_width = -1

    def show(
        self,
        entry: Entry | None,
        *,
        details: EntryDetails | None,
        measured: Measurement | None,
        evaluating: int,
    ) -> None:
        """Show an entry.

        Args:
            entry: None where there is none.
            details: What was read of it; None while that is not done.
            measured: What it came to here, in this session.
            evaluating: How many trials are going on with it here, 0 where none.
        """
        before = self._entry
        self._entry, self._details, self._measured = entry, details, measured
        self._evaluating = evaluating
        self.border_title = plain_content("Elite" if entry is None else title_of(entry))
        self._lines_width = -1
        self._write()
        if before is None or entry is None or before.id != entry.id:
            self.scroll_to(y=0, animate=False, force=True)
        self.refresh()

    def on_resize(self) -> None:
        """Break the lines anew."""
        self._write()

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width, height = self.size
        if self._entry is None:
            return self.strip([(centred("No elite", width, height)[y], "empty")], width)
        if self._lines_width != width:
            self._lines_width, self._lines = width, self._written(width)
        row = y + self.scroll_offset.y
        return self.strip(self._lines[row] if row < len(self._lines) else [], width)

    def _write(self) -> None:
        """Write the lines for the present width, so that it is known how far they can be scrolled."""
        width = self.size.width
        if self._lines_width != width:
            self._lines_width, self._lines = width, self._written(width)
            self.virtual_size = Size(0, len(self._lines))

    def _written(self, width: int) -> list[list[Run]]:
        if self._entry is None or width < 1:
            return []
        return entry_lines(
            self._entry,
            self._details,
            self._measured,
            evaluating=self._evaluating,
            width=width,
        )
