"""Every key that works on a screen, read from its live bindings, and the words that the screens use."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.glossary import Term, glossary

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.screen import Screen

Row = tuple[str, str, str, bool]
_NARROWEST = 20
"""The least characters in a line that says more of a key; a narrower screen cuts it."""


class HelpScreen(ModalScreen[None]):
    """Shows the bindings of the screen below, those that cannot be used just now dim; then the glossary.

    Args:
        about: The screen below.
        search: Words to look for from the start.
    """

    CSS_PATH = "help.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Close", id="help.close", tooltip="Show everything again, then go back"),
        Binding("q,question_mark", "dismiss", "Close", show=False, id="help.leave", tooltip="Back"),
        Binding("slash", "search", "Search", id="help.search", priority=True, tooltip="Find keys and words"),
        Binding("g", "words", "Glossary", id="help.words", tooltip="What the words of the screens mean"),
        Binding("j,down", "scroll(1)", "Down", show=False, id="help.down", tooltip="Scroll down"),
        Binding("k,up", "scroll(-1)", "Up", show=False, id="help.up", tooltip="Scroll up"),
        Binding("pagedown", "scroll(10)", "More", show=False, id="help.page_down", tooltip="Ten lines down"),
        Binding("pageup", "scroll(-10)", "Back up", show=False, id="help.page_up", tooltip="Ten lines up"),
    ]

    def __init__(self, about: Screen[Any], search: str = "") -> None:
        super().__init__()
        self._rows = binding_rows(about)
        self._search = search

    def compose(self) -> ComposeResult:
        """Lay the keys out, one action a line, and the words below them."""
        with Vertical(id="box") as box:
            box.border_title = "Keys and words"
            box.border_subtitle = "/ searches  g glossary  esc closes"
            yield Input(self._search, placeholder="words of what you look for", id="search", compact=True)
            with VerticalScroll(id="keys", can_focus=False):
                yield Static(id="rows")
                yield Static("Glossary", id="heading")
                yield Static(id="words")

    def on_mount(self) -> None:
        """Show everything, or what was looked for."""
        self.query_one("#search").display = bool(self._search)
        self._show()

    def _show(self) -> None:
        words = self.query_one("#search", Input).value
        rows = [row for row in self._rows if _holds(row, words)]
        terms = glossary(words)
        room = self.query_one(VerticalScroll).scrollable_content_region.width
        self.query_one("#rows", Static).update(_table(rows, room))
        self.query_one("#rows").display = bool(rows)
        self.query_one("#words", Static).update(_terms(terms))
        nothing = "Nothing has all these words in it; esc shows everything again."
        self.query_one("#heading", Static).update("Glossary" if terms else "" if rows else nothing)

    def on_resize(self) -> None:
        """Lay the rows out for another width, once the box has it."""
        self.call_after_refresh(self._show)

    def on_input_changed(self) -> None:
        """Show what has the words that are typed."""
        self._show()

    def on_input_submitted(self) -> None:
        """Leave the search, which stays."""
        self.set_focus(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Leave letters to the search while somebody types."""
        return not (isinstance(self.focused, Input) and action in ("search", "words", "dismiss"))

    def action_search(self) -> None:
        """Type words to look for."""
        search = self.query_one("#search", Input)
        search.display = True
        self.set_focus(search)

    def action_words(self) -> None:
        """Go to the glossary."""
        self.query_one("#heading").scroll_visible(top=True, animate=False)

    def action_back(self) -> None:
        """Show everything again; where everything is shown, leave."""
        search = self.query_one("#search", Input)
        if search.display:
            search.value = ""
            search.display = False
            self.set_focus(None)
        else:
            self.dismiss()

    def action_scroll(self, step: int) -> None:
        """Scroll by some lines."""
        self.query_one(VerticalScroll).scroll_relative(y=step, animate=False)


def binding_rows(screen: Screen[Any]) -> list[Row]:
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


def _holds(row: Row, words: str) -> bool:
    said = " ".join(row[:3]).lower()
    return all(word in said for word in words.lower().split())


def _table(rows: list[Row], room: int) -> Content:
    """Return the rows; what does not fit into the last column goes on below it."""
    keys = max((len(row[0]) for row in rows), default=0)
    names = max((len(row[1]) for row in rows if row[2]), default=0)
    indent = keys + names + 4
    lines = [
        Content.assemble(
            (f"{key:>{keys}}  ", "bold $text-accent" if enabled else "dim"),
            (f"{name:<{names}}  ", "" if enabled else "dim"),
            (f"\n{'':{indent}}".join(wrap(more, max(room - indent, _NARROWEST))), "" if enabled else "dim"),
        )
        for key, name, more, enabled in rows
    ]
    return Content("\n").join(lines)


def _terms(terms: list[Term]) -> Content:
    return Content("\n").join(
        [Content.assemble((term.name, "bold $text-primary"), "  ", (term.text, "")) for term in terms]
    )
