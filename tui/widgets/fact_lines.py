"""Lines of facts, each in runs of text of some kind, as many as there is room for."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len

from tui.widgets.line_drawing import DrawnWidget, Run, centred, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.strip import Strip

_PARTS = ("label", "value", "good", "empty")


class FactLines(DrawnWidget):
    """Shows lines; what does not fit into one is cut at an ellipsis.

    Where they are more than its height, the last one says how many are left out.

    Args:
        empty: What it says where there are none.
        id: The id of the widget.
    """

    PREFIX = "fact-lines"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"fact-lines--{part}" for part in _PARTS}
    DEFAULT_CSS = """
    FactLines {
        & > .fact-lines--label { color: $text-muted; }
        & > .fact-lines--value { text-style: bold; }
        & > .fact-lines--good { color: $text-success; text-style: bold; }
        & > .fact-lines--empty { color: $text-muted; text-style: italic; }
        &:ansi > .fact-lines--label { text-style: dim; }
    }
    """

    def __init__(self, empty: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._empty = empty
        self._lines: tuple[tuple[Run, ...], ...] = ()

    def show(self, lines: Sequence[Sequence[Run]], empty: str | None = None) -> None:
        """Show these lines.

        Args:
            lines: Runs of (text, part), the parts `label`, `value`, `good` or the widget itself.
            empty: What to say from now on where there are none; None leaves that as it is.
        """
        after = tuple(tuple(line) for line in lines), self._empty if empty is None else empty
        if after != (self._lines, self._empty):
            self._lines, self._empty = after
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width, height = self.size
        if not self._lines:
            return self.strip([(centred(self._empty, width, height)[y], "empty")], width)
        more = len(self._lines) - height
        if more > 0 and y == height - 1:
            return self.strip([(f"and {more + 1} more", "empty")], width)
        return self.strip(shortened(self._lines[y], width) if y < len(self._lines) else (), width)


def shortened(line: Sequence[Run], width: int) -> Sequence[Run]:
    """Return a line in at most `width` cells, with an ellipsis where it was cut."""
    free = width
    for place, (text, part) in enumerate(line):
        # Where something follows, the ellipsis needs a cell even if this much just fits.
        told = text + " " * any(after for after, _ in line[place + 1 :])
        if cell_len(told) > free:
            return [*line[:place], (shorten(told, free), part)]
        free -= cell_len(text)
    return line
