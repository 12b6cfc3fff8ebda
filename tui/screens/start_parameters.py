"""The parameters of an experiment before it starts: nothing is fixed yet, and what is edited starts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType

from tui.parameter_edits import ParameterEdits
from tui.plain_content import plain_content
from tui.run_terms import RunTerms
from tui.screens.parameter_form import ParameterForm
from tui.screens.quit import MOVES, AnswerScreen

if TYPE_CHECKING:
    from galapagos.parameters import Parameters


class StartParametersScreen(ParameterForm[dict[str, Any] | None]):
    """Edits what an experiment is to start with.

    It answers with the values that override those of the preset or file, none for a start as it is, so that
    `load_parameters(preset, **answer)` gives what was shown; or with None where nothing is to start.

    Args:
        preset: The name of the preset or file.
        parameters: Its parameters.
        name: The parameter to begin with, in its field.
    """

    starts = True

    def __init__(self, preset: str, parameters: Parameters, *, name: str = "") -> None:
        super().__init__(ParameterEdits(parameters, is_start=True), f"Parameters of {preset}", name=name)
        self._preset = preset

    @property
    def terms(self) -> RunTerms:
        """How the run will be told."""
        return RunTerms(step="epoch" if self.edits.values["experiment"] == "learning" else "generation")

    def suggested_file(self) -> str:
        """Return the name that is offered for a file of these parameters."""
        return f"{plain_content(self._preset, limit=100).plain.rpartition('/')[2].removesuffix('.yaml')}.yaml"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer no history where there is none."""
        return action != "history" and super().check_action(action, parameters)

    def take(self, *, leave: bool) -> None:
        """Answer with what is edited."""
        del leave
        edits = dict(self.edits.edits)
        # Another kind of experiment has other defaults than those that are shown: then every value is said.
        self.dismiss(dict(self.edits.checked()) if "experiment" in edits else edits)

    def ask_about_edits(self) -> None:
        """Ask what becomes of edits when somebody leaves."""
        self.app.push_screen(StartScreen(len(self.edits.edits)), self._leave)

    def _leave(self, choice: str | None) -> None:
        if choice == "discard":
            self.dismiss(None)
        elif choice == "start":
            self.action_apply()


class StartScreen(AnswerScreen):
    """Asks what becomes of edits before a start; answers `start`, `discard` or `stay`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "choose('start')", "Start", id="start.start", tooltip="Start with the edits"),
        Binding("d", "choose('discard')", "Discard", id="start.discard", tooltip="Forget the edits"),
        Binding("escape,q,n", "choose('stay')", "Stay", id="start.stay", tooltip="Go on editing"),
        *MOVES,
    ]

    def __init__(self, count: int) -> None:
        super().__init__(
            f"{count} {'value is' if count == 1 else 'values are'} edited, and nothing is started.",
            [
                ("start", "a", "Start", "the experiment, with the edits"),
                ("discard", "d", "Discard", "forget them, and start nothing"),
                ("stay", "esc", "Stay", "go on editing"),
            ],
        )
