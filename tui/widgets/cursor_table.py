"""A table with a cursor, drawn by the line API: what is the same whatever its rows are of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Region
from textual.scroll_view import ScrollView

from tui.widgets.line_drawing import DrawnWidget

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.events import Click, Resize
    from textual.strip import Strip

HEADER = 1
"""Lines above the rows."""
_DOUBLE = 2


class CursorTable(ScrollView, DrawnWidget, can_focus=True):
    """Rows below a header, one of them under the cursor; the strip of each that was drawn is kept.

    Args:
        id: The id of the widget.
        classes: Its CSS classes.
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._cursor_row = 0
        self._kept: dict[int, Strip] = {}

    @property
    def row_count(self) -> int:
        """The number of rows."""
        raise NotImplementedError

    def tell_highlighted(self) -> None:
        """Post that another row is under the cursor."""
        raise NotImplementedError

    def action_select(self) -> None:
        """Choose the row under the cursor."""
        raise NotImplementedError

    def action_cursor(self, step: int) -> None:
        """Move the cursor up or down."""
        self.move_cursor(self._cursor_row + step)

    def action_page(self, direction: int) -> None:
        """Move the cursor by what is in view."""
        self.move_cursor(self._cursor_row + direction * max(1, self.size.height - HEADER))

    def action_edge(self, edge: int) -> None:
        """Move the cursor to the first (0) or the last (-1) row."""
        self.move_cursor(self.row_count - 1 if edge else 0)

    def on_click(self, event: Click) -> None:
        """Move the cursor to the row that was clicked, and choose it at the second click."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y < HEADER:
            return
        row = offset.y - HEADER + self.scroll_offset.y
        if row < self.row_count:
            self.move_cursor(row)
            if event.chain == _DOUBLE:
                self.action_select()

    def on_resize(self, _event: Resize) -> None:
        """Keep the cursor in view."""
        self.scroll_to_cursor()

    def forget_strips(self) -> None:
        """Drop every strip that was kept."""
        self._kept = {}

    def refresh_rows(self, rows: Iterable[int]) -> None:
        """Draw some rows anew, those of them that are in view at once."""
        top, (width, height) = self.scroll_offset.y, self.size
        lines = []
        for row in rows:
            self._kept.pop(row, None)
            lines.append(row - top + HEADER)
        regions = [Region(0, line, width, 1) for line in lines if HEADER <= line < height]
        if regions:
            self.refresh(*regions)

    def move_cursor(self, row: int) -> None:
        """Put the cursor on a row, or on the nearest that there is."""
        row = max(0, min(row, self.row_count - 1))
        if not self.row_count or row == self._cursor_row:
            return
        before, self._cursor_row = self._cursor_row, row
        self.refresh_rows((before, row))
        self.scroll_to_cursor()
        self.tell_highlighted()

    def scroll_to_cursor(self) -> None:
        """Bring the cursor into view."""
        visible = self.size.height - HEADER
        if visible < 1:
            return
        top = self.scroll_offset.y
        if self._cursor_row < top:
            self.scroll_to(y=self._cursor_row, animate=False, force=True)
        elif self._cursor_row >= top + visible:
            self.scroll_to(y=self._cursor_row - visible + 1, animate=False, force=True)
