"""Lines of facts, each in runs of text of some kind, as many as there is room for."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tui.widgets.line_drawing import DrawnWidget, Run, centred

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.strip import Strip

_PARTS = ("label", "value", "good", "empty")


class FactLines(DrawnWidget):
    """Shows lines; where they are more than its height, the last one says how many are left out.

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
        return self.strip(self._lines[y] if y < len(self._lines) else (), width)
