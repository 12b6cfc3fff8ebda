"""The table of saved elites, drawn by the line API: only the rows in view are ever written."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message

from tui import formatting
from tui.widgets.cursor_table import HEADER, CursorTable
from tui.widgets.entry_columns import ASCII, MARGIN, Layout, Symbols, fit
from tui.widgets.line_drawing import Run, centred

if TYPE_CHECKING:
    from collections.abc import Sequence, Set

    from textual.strip import Strip

    from library_store.entry import Entry

_PARTS = ("header", "name", "fitness", "tags", "quiet", "mark", "cursor", "empty")
_TEXTS = frozenset({"name", "task"})
"""What is sorted from a to z; all else from the largest on."""


class EntryTable(CursorTable):
    """One row for each saved elite, ten thousand as fast as ten.

    The cursor stays with its entry when rows move, and in its place when its entry went away.

    Args:
        ascii_only: Draw with plain characters.
        id: The id of the widget.
    """

    PREFIX = "entry-table"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"entry-table--{part}" for part in _PARTS}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor(-1)", "Up", id="entries.up", show=False),
        Binding("down,j", "cursor(1)", "Down", id="entries.down", show=False),
        Binding("home", "edge(0)", "First", id="entries.first", show=False),
        Binding("end", "edge(-1)", "Last", id="entries.last", show=False),
        Binding("pageup", "page(-1)", "Page up", id="entries.page_up", show=False),
        Binding("pagedown", "page(1)", "Page down", id="entries.page_down", show=False),
        Binding("enter", "select", "Look", id="entries.look", tooltip="Give this elite the whole screen"),
    ]
    DEFAULT_CSS = """
    EntryTable {
        width: 1fr;
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .entry-table--header { color: $text-muted; text-style: bold; }
        & > .entry-table--quiet { color: $text-muted; }
        & > .entry-table--fitness { color: $text-success; }
        & > .entry-table--tags { color: $text-primary; }
        & > .entry-table--mark { color: $text-warning; text-style: bold; }
        & > .entry-table--empty { color: $text-muted; text-style: italic; }
        & > .entry-table--cursor {
            color: $block-cursor-blurred-foreground;
            background: $block-cursor-blurred-background;
            text-style: $block-cursor-blurred-text-style;
        }
        &:focus > .entry-table--cursor {
            color: $block-cursor-foreground;
            background: $block-cursor-background;
            text-style: $block-cursor-text-style;
        }
        &:ansi > .entry-table--quiet { text-style: dim; }
        &:ansi:nocolor > .entry-table--cursor { text-style: reverse; }
    }
    """

    class Highlighted(Message):
        """The cursor came to another entry, or the one under it changed.

        Args:
            table: The table it happened in.
            entry: The one under the cursor now; None where there is none.
        """

        def __init__(self, table: EntryTable, entry: Entry | None) -> None:
            super().__init__()
            self.table = table
            self.entry = entry

        @property
        def control(self) -> EntryTable:
            """The table, for `on(..., selector)`."""
            return self.table

    class Selected(Message):
        """Enter or a double click on an entry.

        Args:
            table: The table it happened in.
            entry: The one that was chosen.
        """

        def __init__(self, table: EntryTable, entry: Entry) -> None:
            super().__init__()
            self.table = table
            self.entry = entry

        @property
        def control(self) -> EntryTable:
            """The table, for `on(..., selector)`."""
            return self.table

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._signs = ASCII if ascii_only else Symbols()
        self._entries: Sequence[Entry] = ()
        self._marked: Set[str] = frozenset()
        self._by, self._reverse = "saved", False
        self._now = 0.0
        self._empty = ""
        self._arranged: Layout | None = None
        self._arranged_width = -1

    @property
    def highlighted(self) -> Entry | None:
        """The entry under the cursor."""
        return self._entries[self._cursor_row] if self._entries else None

    def show(
        self,
        entries: Sequence[Entry],
        *,
        marked: Set[str] = frozenset(),
        by: str = "saved",
        reverse: bool = False,
        now: float,
        empty: str = "",
    ) -> None:
        """Show these entries.

        Args:
            entries: In the order of their rows.
            marked: The ids of those with a mark.
            by: What they are sorted by.
            reverse: Whether the other way round than usual: from the smallest on, or from z to a.
            now: Seconds since 1970, up to which ages count.
            empty: What to say where there is none.
        """
        before = self.highlighted
        self._entries, self._marked, self._now, self._empty = entries, marked, now, empty
        self._by, self._reverse = by, reverse
        self.virtual_size = Size(0, len(entries) + HEADER if entries else 0)
        self._cursor_row = self._find_cursor(before)
        self.forget_strips()
        self.refresh()
        self.scroll_to_cursor()
        if self.highlighted is not before:
            self.post_message(self.Highlighted(self, self.highlighted))

    def mark(self, marked: Set[str]) -> None:
        """Show the marks of these ids, and no others."""
        changed = marked ^ self._marked
        self._marked = marked
        self.refresh_rows([row for row in self._in_view() if self._entries[row].id in changed])

    def tell_time(self, now: float) -> None:
        """Count ages up to another time, seconds since 1970."""
        before, self._now = self._now, now
        view = self._in_view()
        self._kept = {row: strip for row, strip in self._kept.items() if row in view}
        self.refresh_rows([row for row in view if self._age(row, before) != self._age(row, now)])

    def move_to(self, id: str) -> bool:
        """Put the cursor on the entry with this id and return whether there is one."""
        row = next((row for row, entry in enumerate(self._entries) if entry.id == id), None)
        if row is not None:
            self.move_cursor(row)
        return row is not None

    @property
    def row_count(self) -> int:
        """The number of rows."""
        return len(self._entries)

    def tell_highlighted(self) -> None:
        """Post that another entry is under the cursor."""
        self.post_message(self.Highlighted(self, self.highlighted))

    def action_select(self) -> None:
        """Choose the entry under the cursor."""
        if self.highlighted is not None:
            self.post_message(self.Selected(self, self.highlighted))

    def render_line(self, y: int) -> Strip:
        """Draw the header or one row."""
        width, height = self.size
        if not self._entries:
            return self.strip([(centred(self._empty, width, height)[y], "empty")], width)
        if self._arranged is None or self._arranged_width != width:
            self._arranged, self._arranged_width = fit(width), width
            self.forget_strips()
        if y < HEADER:
            return self.strip(self._arranged.header(self._by, self._sign), width)
        row = y - HEADER + self.scroll_offset.y
        if row >= len(self._entries):
            return self.strip([], width)
        strip = self._kept.get(row)
        if strip is None:
            strip = self._kept[row] = self.strip(self._runs(row, self._arranged), width)
        return strip

    def _age(self, row: int, now: float) -> str:
        return formatting.ago(now - self._entries[row].saved)

    @property
    def _sign(self) -> str:
        ascending = (self._by in _TEXTS) is not self._reverse
        return self._signs.ascending if ascending else self._signs.descending

    def _runs(self, row: int, arranged: Layout) -> list[Run]:
        entry = self._entries[row]
        mark = self._signs.marked if entry.id in self._marked else " "
        cells = arranged.row(entry, self._now, plain=self._signs.plain)
        if row == self._cursor_row:
            text = f"{self._signs.cursor} {mark}".ljust(MARGIN) + "".join(text for text, _ in cells)
            return [(text + " " * self.size.width, "cursor")]
        return [("  ", ""), (mark.ljust(MARGIN - 2), "mark"), *cells]

    def _find_cursor(self, before: Entry | None) -> int:
        """Return the row of the entry that was highlighted, else the nearest to where it was."""
        if before is not None:
            for row, entry in enumerate(self._entries):
                if entry.id == before.id:
                    return row
        return max(0, min(self._cursor_row, len(self._entries) - 1))

    def _in_view(self) -> range:
        top = self.scroll_offset.y
        return range(top, min(len(self._entries), top + max(0, self.size.height - HEADER)))
