"""Every change of a parameter in a run, the latest first: who, what, when."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from galapagos.plain_text import plain
from tui import formatting
from tui.screens.parameter_rows import shown_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from tui.parameter_history import ParameterChange
    from tui.run_terms import RunTerms

_LONGEST_NAME = 40


class ParameterHistoryScreen(ModalScreen["tuple[ParameterChange, bool] | None"]):
    """Shows the changes of a run; answers with one of them and whether its old value is wanted back.

    Args:
        changes: The latest first.
        terms: How the run is told.
    """

    CSS_PATH = "parameter_history.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "choose(False)",
            "Go to it",
            id="history.choose",
            priority=True,
            tooltip="Back to the editor, at this parameter",
        ),
        Binding("b", "choose(True)", "Back to this", id="history.back", tooltip="Make the old value an edit"),
        Binding("escape,q", "dismiss", "Close", id="history.close", tooltip="Back to the editor"),
        Binding("j", "move(1)", "Down", show=False, id="history.down", tooltip="Next line"),
        Binding("k", "move(-1)", "Up", show=False, id="history.up", tooltip="Previous line"),
    ]

    def __init__(self, changes: Sequence[ParameterChange], terms: RunTerms) -> None:
        super().__init__()
        self._changes = changes
        self._terms = terms

    def compose(self) -> ComposeResult:
        """Lay the changes out, one a line."""
        with Vertical(id="box") as box:
            box.border_title = "Changes of parameters"
            box.border_subtitle = "enter goes to it, b brings the old value back, esc closes"
            if self._changes:
                yield OptionList(*self._lines(), id="changes")
            else:
                yield Static("No parameter was changed since the run began.", id="nothing")

    def _lines(self) -> list[Option]:
        names = [plain(change.name, _LONGEST_NAME) for change in self._changes]
        numbers = [formatting.whole(self._terms.number_of(change.generation)) for change in self._changes]
        wide, long = max(map(len, names)), max(map(len, numbers))
        return [
            Option(
                Content.assemble(
                    (f"{self._terms.step} {number:>{long}}  ", "dim"),
                    (f"{name:<{wide}}  ", "bold"),
                    f"{shown_value(change.old)} → {shown_value(change.new)}",
                    (f"  by {plain(change.client, _LONGEST_NAME)}" if change.client else "", "dim"),
                ),
                id=str(index),
            )
            for index, (change, name, number) in enumerate(zip(self._changes, names, numbers, strict=True))
        ]

    def on_option_list_option_selected(self) -> None:
        """Go to the parameter that was clicked."""
        self.action_choose(puts_back=False)

    def action_choose(self, puts_back: bool) -> None:
        """Answer with the highlighted change."""
        if not self._changes:
            self.dismiss(None)
            return
        index = self.query_one(OptionList).highlighted
        if index is not None:
            self.dismiss((self._changes[index], puts_back))

    def action_move(self, step: int) -> None:
        """Move to another line."""
        if self._changes:
            changes = self.query_one(OptionList)
            if step > 0:
                changes.action_cursor_down()
            else:
                changes.action_cursor_up()
