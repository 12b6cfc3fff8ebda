"""What happened in a run: its latest events, newest at the bottom."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView

from tui import formatting
from tui.widgets.line_drawing import DrawnWidget, Run, centred, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.events import Resize
    from textual.strip import Strip

    from galapagos.engine.snapshot import Happening

_PARTS = ("generation", "text", "warning", "error", "good", "empty")
_MOST_LINES = 3
"""An event takes at most so many lines; the rest of its text ends in an ellipsis."""
_LEAST_TEXT_WIDTH = 8
_BAD_WORDS = ("error", "fail", "died", "damaged", "timeout")
_WARNING_WORDS = ("warn", "fault", "retry", "disk", "notice")
_GOOD_WORDS = ("elite", "level", "champion", "improve")


class Happenings(ScrollView, DrawnWidget, can_focus=True):
    """The events of a run, a wrapped text each, with the generation at the left.

    While the last line is in view, new events scroll in; scrolled up, the view stays on the lines it shows.

    Args:
        ascii_only: Draw with plain characters.
        id: The id of the widget.
        classes: Its CSS classes.
    """

    PREFIX = "happenings"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"happenings--{part}" for part in _PARTS}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "scroll_up", "Up", id="happenings.up", show=False),
        Binding("j", "scroll_down", "Down", id="happenings.down", show=False),
    ]
    DEFAULT_CSS = """
    Happenings {
        width: 1fr;
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .happenings--generation { color: $text-muted; }
        & > .happenings--warning { color: $text-warning; }
        & > .happenings--error { color: $text-error; text-style: bold; }
        & > .happenings--good { color: $text-success; }
        &:ansi > .happenings--generation { text-style: dim; }
        & > .happenings--empty { color: $text-muted; text-style: italic; }
    }
    """

    def __init__(
        self, *, ascii_only: bool = False, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._ascii_only = ascii_only
        self._events: tuple[Happening, ...] = ()
        self._lines: list[list[Run]] = []
        self._starts: list[int] = []
        self._wrapped_width = -1
        self._following = True

    def show(self, happenings: Sequence[Happening]) -> None:
        """Show these events, the newest last."""
        events = tuple(happenings)
        if events == self._events:
            return
        gone = _gone(self._events, events)
        above = self._starts[gone] if gone < len(self._starts) else len(self._lines)
        offset = self.scroll_offset.y - above
        self._events = events
        self._wrap(self._text_width)
        self.refresh()
        self._scroll(offset)

    @property
    def is_following(self) -> bool:
        """Whether new events scroll into view: until the view leaves the end, and again at the end."""
        return self._following

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow while the end is in view."""
        super().watch_scroll_y(old_value, new_value)
        self._following = self.is_vertical_scroll_end

    @property
    def _text_width(self) -> int:
        return self.scrollable_content_region.width

    def watch_show_vertical_scrollbar(self) -> None:
        """Wrap again where the bar takes a column of the text, or gives it back; no resize tells of it."""
        if self._events:
            self._wrap_anew()

    def on_resize(self, _event: Resize) -> None:
        """Wrap again where the width changed, and keep showing the end, or the event that was at the top."""
        self._wrap_anew()

    def _wrap_anew(self) -> None:
        offset, following = self.scroll_offset.y, self._following
        if self._text_width != self._wrapped_width:
            top = max(0, bisect_right(self._starts, offset) - 1)
            self._wrap(self._text_width)
            offset = self._starts[top] if top < len(self._starts) else 0
            self.refresh()
        self._following = following
        self._scroll(offset)

    def _scroll(self, offset: int) -> None:
        """Show the end if it is followed, else the lines from `offset` on."""
        # Forced, because the bar that would allow it appears with the next layout only.
        if self._following:
            self.scroll_end(animate=False, immediate=True, force=True, x_axis=False)
        elif offset != self.scroll_offset.y:
            self.scroll_to(y=max(0, offset), animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width, height = self.size
        if not self._events:
            return self.strip([(centred("Nothing happened yet", width, height)[y], "empty")], width)
        number = y + self.scroll_offset.y
        return self.strip(self._lines[number] if number < len(self._lines) else [], width)

    def _wrap(self, width: int) -> None:
        self._wrapped_width = width
        digits = max((len(formatting.whole(event.generation)) for event in self._events), default=1)
        if width - digits - 1 < _LEAST_TEXT_WIDTH:
            digits = 0
        self._lines, self._starts = [], []
        for event in self._events:
            self._starts.append(len(self._lines))
            self._lines += self._wrap_one(event, width, digits)
        self.virtual_size = Size(width, len(self._lines))

    def _wrap_one(self, event: Happening, width: int, digits: int) -> list[list[Run]]:
        text = wrap(
            formatting.words(event.text),
            width - digits - bool(digits),
            _MOST_LINES,
            ascii_only=self._ascii_only,
        )
        number = formatting.whole(event.generation).rjust(digits)
        part = _part(event.kind)
        return [
            [(f"{number if first else ' ' * digits} " if digits else "", "generation"), (line, part)]
            for line, first in zip(text or [""], [True] + [False] * _MOST_LINES, strict=False)
        ]


def _part(kind: str) -> str:
    """Return how an event of a kind is drawn; a kind that is not known is plain text."""
    lower = kind.lower()
    for words, part in ((_BAD_WORDS, "error"), (_WARNING_WORDS, "warning"), (_GOOD_WORDS, "good")):
        if any(word in lower for word in words):
            return part
    return "text"


def _gone(old: tuple[Happening, ...], new: tuple[Happening, ...]) -> int:
    """Return how many of the oldest events are no longer there."""
    for count in range(len(old)):
        kept = old[count:]
        if new[: len(kept)] == kept:
            return count
    return len(old)
