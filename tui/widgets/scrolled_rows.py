"""Rows of text under a heading that stays: drawn when they are seen, so that there may be thousands."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView

from tui.widgets.line_drawing import DrawnWidget, Run, centred

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.strip import Strip

Line = list[Run]


class ScrolledRows(ScrollView, DrawnWidget, can_focus=True, inherit_bindings=False):
    """A list to scroll through by the line, the page, or to its ends.

    Its left and right keys are the screen's.

    Args:
        ascii_only: Draw with plain characters.
        id: The id of the widget.
        classes: Its CSS classes.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", id="rows.up", show=False),
        Binding("down,j", "move(1)", "Down", id="rows.down", show=False),
        Binding("pageup", "page(-1)", "Page up", id="rows.page_up", show=False),
        Binding("pagedown", "page(1)", "Page down", id="rows.page_down", show=False),
        Binding("home", "first", "First", id="rows.first", show=False),
        Binding("end", "last", "Last", id="rows.last", show=False),
    ]
    DEFAULT_CSS = """
    ScrolledRows {
        width: 1fr;
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
    }
    """

    ascii_only = reactive(False, init=False)

    def __init__(
        self, *, ascii_only: bool = False, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.set_reactive(ScrolledRows.ascii_only, ascii_only)
        self._empty = ""

    def headings(self, width: int) -> Sequence[Line]:  # noqa: ARG002
        """Return the lines that stay at the top."""
        return ()

    def count(self, width: int) -> int:
        """Return how many rows there are."""
        raise NotImplementedError

    def row(self, number: int, width: int) -> Line:
        """Return one of them."""
        raise NotImplementedError

    def say_when_empty(self, text: str) -> None:
        """Set what is said while there are no rows."""
        if text != self._empty:
            self._empty = text
            self.refresh()

    def rewrite(self, *, to_top: bool = False) -> None:
        """Show other rows."""
        self._measure()
        if to_top:
            self.scroll_to(y=0, animate=False, force=True)
        self.refresh()

    def action_move(self, lines: int) -> None:
        """Scroll by some lines."""
        self.scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        """Scroll by so many times what is seen."""
        seen = self.size.height - len(self.headings(self.scrollable_content_region.width))
        self.scroll_relative(y=pages * max(1, seen - 1), animate=False)

    def action_first(self) -> None:
        """Scroll to the first row."""
        self.scroll_home(animate=False)

    def action_last(self) -> None:
        """Scroll to the last row."""
        self.scroll_end(animate=False)

    def watch_ascii_only(self) -> None:
        """Draw with the other characters."""
        self.refresh()

    def on_resize(self) -> None:
        """Find out again how far one can scroll."""
        self._measure()

    def _measure(self) -> None:
        width = self.scrollable_content_region.width
        rows = self.count(width)
        self.virtual_size = Size(0, rows + len(self.headings(width)) if rows else 0)

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width, height = self.scrollable_content_region.width, self.size.height
        if not self.count(width):
            lines = centred(self._empty, width, height)
            return self.strip([(lines[y] if y < len(lines) else "", "empty")], width)
        headings = self.headings(width)
        if y < len(headings):
            return self.strip(headings[y], width)
        number = y - len(headings) + self.scroll_offset.y
        return self.strip(self.row(number, width) if number < self.count(width) else [], width)
