"""What the library asks a person: one line, or notes of several."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static, TextArea

from tui.plain_content import plain_content

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

_LONGEST_LINE = 4096
"""That of a path."""


def no_problem(_: str) -> str:
    """Return that nothing is wrong with what is typed."""
    return ""


class LinePrompt(ModalScreen[str | None]):
    """Asks for one line; answers with it, or with None where nothing is to happen.

    Args:
        question: What is asked.
        value: What stands there first.
        hint: What is taken, in a line.
        check: Returns what is wrong with a line, or nothing.
    """

    CSS_PATH = "library_prompts.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "quit", "Leave it", id="prompt.leave", tooltip="Back, and nothing happens")
    ]

    def __init__(
        self, question: str, value: str = "", *, hint: str = "", check: Callable[[str], str] = no_problem
    ) -> None:
        super().__init__()
        self._question = question
        self._value = value
        self._hint = hint
        self._check = check

    def compose(self) -> ComposeResult:
        """Lay the question and the field out."""
        with Vertical(id="box") as box:
            box.border_title = plain_content(self._question, limit=70)
            box.border_subtitle = "enter takes it, esc leaves it"
            yield Input(self._value, id="line", compact=True, max_length=_LONGEST_LINE)
            yield Static(plain_content(self._hint), id="hint")

    def on_input_changed(self) -> None:
        """Say what is taken, until something else is wrong."""
        self._say(self._hint, wrong=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer, where the line can be taken."""
        problem = self._check(event.value)
        if problem:
            self._say(problem, wrong=True)
        else:
            self.dismiss(event.value)

    def action_quit(self) -> None:
        """Answer nothing."""
        self.dismiss(None)

    def _say(self, text: str, *, wrong: bool) -> None:
        hint = self.query_one("#hint", Static)
        hint.update(plain_content(text))
        hint.set_class(wrong, "-wrong")


class NotesPrompt(ModalScreen[str]):
    """Edits notes; answers with what stands there when it is left, since that can be taken back.

    Args:
        question: Whose notes they are.
        notes: What stands there first.
    """

    CSS_PATH = "library_prompts.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,f2", "quit", "Keep", id="notes.keep", tooltip="Keep what stands here; u takes it back"
        )
    ]

    def __init__(self, question: str, notes: str) -> None:
        super().__init__()
        self._question = question
        self._notes = notes

    def compose(self) -> ComposeResult:
        """Lay the field out."""
        with Vertical(id="box", classes="-notes") as box:
            box.border_title = plain_content(self._question, limit=70)
            box.border_subtitle = "esc keeps it, u afterwards takes it back"
            yield TextArea(self._notes, id="notes", soft_wrap=True, show_line_numbers=False)

    def on_mount(self) -> None:
        """Put the cursor behind what stands there."""
        notes = self.query_one(TextArea)
        notes.move_cursor(notes.document.end)

    def action_quit(self) -> None:
        """Answer with what stands there."""
        self.dismiss(self.query_one(TextArea).text)
