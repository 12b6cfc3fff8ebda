"""The questions at the doors: how to leave a run, and what becomes of edits."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

if TYPE_CHECKING:
    from textual.app import ComposeResult

QuitChoice = Literal["detach", "stop", "stay"]
UnsavedChoice = Literal["apply", "discard", "stay"]

MOVES: list[BindingType] = [
    Binding("j,l", "move(1)", "Down", show=False, id="answer.down", tooltip="Next answer"),
    Binding("k,h", "move(-1)", "Up", show=False, id="answer.up", tooltip="Previous answer"),
]


class AnswerScreen(ModalScreen[str]):
    """Asks one question; answers with the id of what was chosen.

    Args:
        question: One line of plain text.
        answers: (id, key, name, meaning) of each; the last one is what escape chooses.
    """

    CSS_PATH = "quit.tcss"

    def __init__(self, question: str, answers: list[tuple[str, str, str, str]]) -> None:
        super().__init__()
        self._question = question
        self._answers = answers

    def compose(self) -> ComposeResult:
        """Lay the question out."""
        with Vertical(id="box"):
            yield Static(Content(self._question), id="question")
            yield OptionList(
                *(Option(_answer(key, name, text), id=id) for id, key, name, text in self._answers),
                id="answers",
            )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the highlighted answer."""
        self.action_choose(event.option_id or "stay")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide an answer that is not offered."""
        return action != "choose" or parameters[0] in [answer[0] for answer in self._answers]

    def action_choose(self, choice: str) -> None:
        """Leave with an answer."""
        self.dismiss(choice)

    def action_move(self, step: int) -> None:
        """Move to another answer."""
        answers = self.query_one(OptionList)
        if step > 0:
            answers.action_cursor_down()
        else:
            answers.action_cursor_up()


class QuitScreen(AnswerScreen):
    """Asks how to leave a run; answers `detach`, `stop` or `stay`.

    Args:
        question: One line of plain text.
        can_stop: Whether the run may be stopped here.
        is_over: Whether nothing evolves any more, so that the engine waits for its last dashboard only.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "choose('detach')", "Detach", id="quit.detach", tooltip="The run goes on without you"),
        Binding("s", "choose('stop')", "Stop", id="quit.stop", tooltip="Write a checkpoint and end the run"),
        Binding("escape,q,n", "choose('stay')", "Stay", id="quit.stay", tooltip="Back to the dashboard"),
        *MOVES,
    ]

    def __init__(self, question: str, *, can_stop: bool, is_over: bool = False) -> None:
        goes_on = "it ends in a minute; resume goes on"
        answers = [
            ("detach", "d", "Detach", goes_on if is_over else "the run goes on; attach comes back to it"),
            ("stop", "s", "Stop", "write a checkpoint and end; resume goes on"),
            ("stay", "esc", "Stay", "back to the dashboard"),
        ]
        super().__init__(question, [answer for answer in answers if can_stop or answer[0] != "stop"])


class UnsavedScreen(AnswerScreen):
    """Asks what becomes of edits that were not applied; answers `apply`, `discard` or `stay`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "choose('apply')", "Apply", id="unsaved.apply", tooltip="Apply all edits together"),
        Binding("d", "choose('discard')", "Discard", id="unsaved.discard", tooltip="Forget the edits"),
        Binding("escape,q,n", "choose('stay')", "Stay", id="unsaved.stay", tooltip="Go on editing"),
        *MOVES,
    ]

    def __init__(self, count: int) -> None:
        super().__init__(
            f"{count} {'edit is' if count == 1 else 'edits are'} not applied.",
            [
                ("apply", "a", "Apply", "all of them together, from the next generation on"),
                ("discard", "d", "Discard", "forget them"),
                ("stay", "esc", "Stay", "go on editing"),
            ],
        )


def _answer(key: str, name: str, meaning: str) -> Content:
    # Without colours of its own, so that it can be read on the line of the cursor, too.
    return Content.assemble((f"{key:>4}  {name:<8}", "bold"), meaning)
