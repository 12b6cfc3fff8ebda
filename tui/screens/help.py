"""Every key that works on a screen, read from its live bindings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.screen import Screen


class HelpScreen(ModalScreen[None]):
    """Shows the bindings of the screen below; those that cannot be used just now are dim."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "dismiss", "Close", id="help.close", tooltip="Back"),
        Binding("j,down", "scroll(1)", "Down", show=False, id="help.down", tooltip="Scroll down"),
        Binding("k,up", "scroll(-1)", "Up", show=False, id="help.up", tooltip="Scroll up"),
    ]

    def __init__(self, about: Screen[Any]) -> None:
        super().__init__()
        self._rows = binding_rows(about)

    def compose(self) -> ComposeResult:
        """Lay the keys out, one action a line."""
        with Vertical(id="box") as box:
            box.border_title = "Keys"
            box.border_subtitle = "esc closes"
            with VerticalScroll(id="keys"):
                yield Static(_table(self._rows))

    def action_scroll(self, step: int) -> None:
        """Scroll by a line."""
        self.query_one(VerticalScroll).scroll_relative(y=step, animate=False)


def binding_rows(screen: Screen[Any]) -> list[tuple[str, str, str, bool]]:
    """Return (keys, what they do, in more words, whether they can be used now) of each action of a screen."""
    rows: dict[tuple[object, str], tuple[list[str], str, str, bool]] = {}
    for node, binding, enabled, _ in screen.active_bindings.values():
        if binding.system or not binding.description:
            continue
        key = screen.app.get_key_display(binding)
        row = rows.setdefault((node, binding.action), ([], binding.description, binding.tooltip, enabled))
        if key not in row[0]:
            row[0].append(key)
    listed = [(" ".join(keys), name, more, enabled) for keys, name, more, enabled in rows.values()]
    # What is particular to this program says so in more words; what only moves comes after it.
    return sorted(listed, key=lambda row: not row[2])


def _table(rows: list[tuple[str, str, str, bool]]) -> Content:
    keys = max((len(row[0]) for row in rows), default=0)
    names = max((len(row[1]) for row in rows), default=0)
    lines = [
        Content.assemble(
            (f"{key:>{keys}}  ", "bold $accent" if enabled else "dim"),
            (f"{name:<{names}}  ", "" if enabled else "dim"),
            (more, "$text-muted" if enabled else "dim"),
        )
        for key, name, more, enabled in rows
    ]
    return Content("\n").join(lines)
