"""The live table of the best network of each level, drawn by the line API."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message

from tui import formatting
from tui.run_terms import RunTerms
from tui.widgets.cursor_table import HEADER, CursorTable
from tui.widgets.elite_columns import ASCII, COLUMNS, MARGIN, Layout, Row, Symbols, fit
from tui.widgets.line_drawing import Run, centred

if TYPE_CHECKING:
    from collections.abc import Sequence, Set

    from textual.strip import Strip

    from galapagos.engine.snapshot import EliteSummary

_PARTS = ("header", "number", "fitness", "quiet", "marks", "improved", "cursor", "empty")


class EliteTable(CursorTable):
    """One row for the elite of each level; a change repaints only the rows it touched.

    The cursor stays with its elite when rows move, and with its level when its elite was replaced.
    A row that is new in the generation shown has a sign and is bold; one that a person marked has a dot.

    Args:
        ascii_only: Draw with plain characters.
        id: The id of the widget.
        classes: Its CSS classes.
    """

    PREFIX = "elite-table"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"elite-table--{part}" for part in _PARTS}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor(-1)", "Up", id="elites.up", show=False),
        Binding("down,j", "cursor(1)", "Down", id="elites.down", show=False),
        Binding("home", "edge(0)", "First", id="elites.first", show=False),
        Binding("end", "edge(-1)", "Last", id="elites.last", show=False),
        Binding("pageup", "page(-1)", "Page up", id="elites.page_up", show=False),
        Binding("pagedown", "page(1)", "Page down", id="elites.page_down", show=False),
        Binding(
            "enter",
            "select",
            "Inspect",
            id="elites.inspect",
            tooltip="Go into this elite: network, results",
        ),
    ]
    DEFAULT_CSS = """
    EliteTable {
        width: 1fr;
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .elite-table--header { color: $text-muted; text-style: bold; }
        & > .elite-table--quiet { color: $text-muted; }
        & > .elite-table--fitness { color: $text-success; }
        & > .elite-table--marks { color: $text-warning; text-style: bold; }
        & > .elite-table--improved { color: $text-success; text-style: bold; }
        & > .elite-table--empty { color: $text-muted; text-style: italic; }
        & > .elite-table--cursor {
            color: $block-cursor-blurred-foreground;
            background: $block-cursor-blurred-background;
            text-style: $block-cursor-blurred-text-style;
        }
        &:focus > .elite-table--cursor {
            color: $block-cursor-foreground;
            background: $block-cursor-background;
            text-style: $block-cursor-text-style;
        }
        &:ansi > .elite-table--quiet { text-style: dim; }
        &:ansi:nocolor > .elite-table--cursor { text-style: reverse; }
    }
    """

    class Highlighted(Message):
        """The cursor came to another elite, or the one under it was replaced.

        Args:
            table: The table it happened in.
            elite: The one under the cursor now; None where the table became empty.
        """

        def __init__(self, table: EliteTable, elite: EliteSummary | None) -> None:
            super().__init__()
            self.table = table
            self.elite = elite

        @property
        def control(self) -> EliteTable:
            """The table, for `on(..., selector)`."""
            return self.table

    class Selected(Message):
        """Enter or a double click on an elite.

        Args:
            table: The table it happened in.
            elite: The one that was chosen.
        """

        def __init__(self, table: EliteTable, elite: EliteSummary) -> None:
            super().__init__()
            self.table = table
            self.elite = elite

        @property
        def control(self) -> EliteTable:
            """The table, for `on(..., selector)`."""
            return self.table

    def __init__(
        self, *, ascii_only: bool = False, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._signs = ASCII if ascii_only else Symbols()
        self._rows: tuple[Row, ...] = ()
        self._texts: list[tuple[str, ...]] = []
        self._widest: list[int] = []
        self._generation: int | None = None
        self._terms = RunTerms()
        self._arranged: Layout | None = None
        self._arranged_width = -1
        self._improved_in: dict[str, int] = {}
        self._marked: Set[str] = frozenset()

    @property
    def highlighted(self) -> EliteSummary | None:
        """The elite under the cursor."""
        return self._rows[self._cursor_row].elite if self._rows else None

    def show(
        self, elites: Sequence[EliteSummary], generation: int, terms: RunTerms, champion_id: str | None
    ) -> None:
        """Show these elites.

        Args:
            elites: In the order of their rows.
            generation: The one that is being evaluated; ages count up to it.
            terms: How the run is told.
            champion_id: The id of the best of all.
        """
        before, highlighted = self._rows, self.highlighted
        self._note_improvements(elites, generation)
        self._rows = tuple(
            Row(
                elite,
                age=max(0, generation - elite.born),
                improved=elite.id in self._improved_in,
                champion=elite.id == champion_id,
                terms=terms,
            )
            for elite in elites
        )
        self._terms = terms
        self._generation, empty_before = generation, self._generation
        self._write(before)
        cursor_before = self._cursor_row
        self._cursor_row = self._find_cursor(highlighted)
        self._refresh_changes(before, cursor_before)
        if not self._rows and empty_before != generation:
            self.refresh()
        if (self.highlighted and self.highlighted.id) != (highlighted and highlighted.id):
            self.post_message(self.Highlighted(self, self.highlighted))

    def mark(self, marked: Set[str]) -> None:
        """Show the marks of these ids, and no others."""
        changed = marked ^ self._marked
        self._marked = marked
        self.refresh_rows({number for number, row in enumerate(self._rows) if row.elite.id in changed})

    def move_to(self, id: str) -> bool:
        """Put the cursor on the elite with this id and return whether there is one."""
        for number, row in enumerate(self._rows):
            if row.elite.id == id:
                self.move_cursor(number)
                return True
        return False

    @property
    def row_count(self) -> int:
        """The number of rows."""
        return len(self._rows)

    def tell_highlighted(self) -> None:
        """Post that another elite is under the cursor."""
        self.post_message(self.Highlighted(self, self.highlighted))

    def action_select(self) -> None:
        """Choose the elite under the cursor."""
        if self.highlighted is not None:
            self.post_message(self.Selected(self, self.highlighted))

    def render_line(self, y: int) -> Strip:
        """Draw the header or one row."""
        width, height = self.size
        if not self._rows:
            return self.strip([(centred(self._empty_text, width, height)[y], "empty")], width)
        if self._arranged_width != width:
            self._arrange()
        if y < HEADER:
            return self.strip(self._arranged.header() if self._arranged else [], width)
        number = y - HEADER + self.scroll_offset.y
        if number >= len(self._rows):
            return self.strip([], width)
        strip = self._kept.get(number)
        if strip is None or strip.cell_length != width:
            strip = self._kept[number] = self.strip(self._runs(number), width)
        return strip

    @property
    def _empty_text(self) -> str:
        if self._generation is None:
            return "waiting for news"
        step = formatting.whole(self._terms.number_of(self._generation))
        return f"No elite yet: {self._terms.step} {step} is being evaluated"

    def _runs(self, number: int) -> list[Run]:
        if self._arranged is None:
            return []
        cells = self._arranged.row(self._texts[number])
        mark = self._signs.marked if self._rows[number].elite.id in self._marked else " "
        if number == self._cursor_row:
            text = f"{self._signs.cursor}{mark}".ljust(MARGIN) + "".join(text for text, _ in cells)
            return [(text.ljust(self.size.width), "cursor")]
        bold = {"number", "fitness"} if self._rows[number].improved else set()
        told = [(text, "improved" if part in bold else part) for text, part in cells]
        return [(" ", ""), (mark.ljust(MARGIN - 1), "marks"), *told]

    def _note_improvements(self, elites: Sequence[EliteSummary], generation: int) -> None:
        """Mark the elites that took their level since the last call, until the generation is over."""
        before = {row.elite.id for row in self._rows}
        levels = {(row.elite.low, row.elite.high): row.elite.fitness for row in self._rows}
        marked = {id: since for id, since in self._improved_in.items() if since == generation}
        for elite in elites:
            replaced = elite.fitness > levels.get((elite.low, elite.high), float("inf"))
            if elite.id not in before and (replaced or (generation > 0 and elite.born >= generation - 1)):
                marked[elite.id] = generation
        self._improved_in = marked

    def _write(self, before: tuple[Row, ...]) -> None:
        """Write the texts of all rows, again only those that changed."""
        self._texts = [
            self._texts[number]
            if number < len(before) and row == before[number]
            else tuple(column.write(row, self._signs) for column in COLUMNS)
            for number, row in enumerate(self._rows)
        ]
        self._widest = [max(map(cell_len, texts)) for texts in zip(*self._texts, strict=True)]

    def _find_cursor(self, highlighted: EliteSummary | None) -> int:
        """Return the row of the elite that was highlighted, else the row of its level, else the nearest."""
        if highlighted is not None:
            for number, row in enumerate(self._rows):
                if row.elite.id == highlighted.id:
                    return number
            for number, row in enumerate(self._rows):
                if row.elite.level == highlighted.level:
                    return number
        return max(0, min(self._cursor_row, len(self._rows) - 1))

    def _refresh_changes(self, before: tuple[Row, ...], cursor_before: int) -> None:
        """Repaint what differs from before, all of it only where the columns moved."""
        if len(before) != len(self._rows):
            self.virtual_size = Size(0, len(self._rows) + HEADER if self._rows else 0)
        if self._arrange() or len(before) != len(self._rows):
            self.forget_strips()
            self.refresh()
            self.scroll_to_cursor()
            return
        changed = {number for number, row in enumerate(self._rows) if row != before[number]}
        if cursor_before != self._cursor_row:
            changed |= {cursor_before, self._cursor_row}
            self.scroll_to_cursor()
        self.refresh_rows(changed)

    def _arrange(self) -> bool:
        """Choose the columns for the width and the texts, and return whether any moved."""
        self._arranged_width = self.size.width
        arranged = fit(self._arranged_width, self._widest or [0] * len(COLUMNS), self._terms)
        if arranged == self._arranged:
            return False
        self._arranged = arranged
        self.forget_strips()
        return True
