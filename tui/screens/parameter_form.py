"""The form of all parameters, made from their declarations: search, check while typing, undo, files.

What becomes of the edits differs: a run takes them (`tui.screens.parameters`), or a run begins with them
(`tui.screens.start_parameters`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Container, Vertical
from textual.content import Content
from textual.screen import Screen, ScreenResultType
from textual.suggester import SuggestFromList
from textual.widgets import Input, OptionList, Static

from galapagos.errors import InvalidParameters
from galapagos.parameter_descriptions import description_of
from tui.parameter_edits import ParameterEdits, choices_of, matching, next_choice
from tui.plain_content import plain_content
from tui.run_terms import RunTerms
from tui.screens.parameter_keys import OF_LETTERS, PARAMETER_KEYS
from tui.screens.parameter_rows import details, options_of, row, state_line
from tui.value_text import as_text
from tui.widgets.key_footer import KeyFooter

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.dashboard import Dashboard
    from tui.parameter_history import ParameterChange

WIDTHS: list[tuple[int, str]] = [(0, "-narrow"), (100, "-normal")]


class ParameterForm(Screen[ScreenResultType]):
    """Lists all parameters with a field for the highlighted one.

    Args:
        edits: On what, and what is typed.
        title: Of the list.
        name: The parameter to begin with, in its field; none for the first that can be edited.
    """

    app: Dashboard
    CSS_PATH = "parameters.tcss"
    AUTO_FOCUS = "#parameters"
    HORIZONTAL_BREAKPOINTS = WIDTHS
    BINDINGS: ClassVar[list[BindingType]] = PARAMETER_KEYS
    starts: ClassVar[bool] = False

    def __init__(self, edits: ParameterEdits, title: str, *, name: str = "") -> None:
        super().__init__()
        self.edits = edits
        self._title = title
        self._wanted = name
        self._names: list[str] = []
        self._only_changed = False

    # What differs between a run and a start

    @property
    def terms(self) -> RunTerms:
        """How the run is told."""
        return RunTerms()

    @property
    def generation(self) -> int:
        """The generation that is being evaluated."""
        return 0

    def last_change(self, name: str) -> ParameterChange | None:
        """Return the last change of a parameter in this run, where it is known."""
        del name
        return None

    def take(self, *, leave: bool) -> None:
        """Do what is to be done with edits that fit each other, and leave the form if that is asked for."""
        raise NotImplementedError

    def ask_about_edits(self) -> None:
        """Ask what becomes of edits when somebody leaves."""
        raise NotImplementedError

    def undo_further(self) -> None:
        """Take back what came before the edits."""
        self.app.tell("there is nothing to undo", wrong=True)

    def redo_further(self) -> None:
        """Do again what was taken back and is no edit any more."""
        self.app.tell("there is nothing to do again", wrong=True)

    def suggested_file(self) -> str:
        """Return the name that is offered for a file of these parameters."""
        return "parameters.yaml"

    # The form

    def compose(self) -> ComposeResult:
        """Lay out the search, the list, and the field of the highlighted parameter."""
        with Container(id="body"):
            with Vertical(id="all"):
                yield Input(placeholder="/ search", id="search", compact=True, select_on_focus=False)
                yield OptionList(id="parameters")
            with Vertical(id="one"):
                yield Static(id="details")
                yield Input(id="value", compact=True)
                yield Static(id="problems")
        yield Static(id="state")
        yield KeyFooter("O", "S")

    def on_mount(self) -> None:
        """Fill the list, and go to the parameter that somebody wants."""
        self.query_one("#all").border_title = plain_content(self._title, limit=70)
        self._fill()
        self._show_state()
        if self._wanted:
            self.call_after_refresh(self.go_to, self._wanted, edit=True)

    def go_to(self, name: str, *, edit: bool = False) -> None:
        """Highlight a parameter whatever was filtered, and go into its field where that is asked for."""
        search = self.query_one("#search", Input)
        with search.prevent(Input.Changed):
            search.value = ""
        self._only_changed = False
        self._fill(name)
        self._show_state()
        self.set_focus(self.query_one("#parameters"))
        self.on_option_list_option_highlighted()
        if edit:
            self.on_option_list_option_selected()

    def _fill(self, wanted: str | None = None) -> None:
        chosen, found = wanted or self.chosen, matching(self.query_one("#search", Input).value)
        if self._only_changed:
            changed = set(self.edits.changed)
            found = [item for item in found if item.name in changed]
        self._names = [item.name for item in found]
        parameters = self.query_one("#parameters", OptionList)
        parameters.clear_options()
        parameters.add_options(options_of(found, self.edits))
        if self._names:
            editable = [name for name in self._names if not self.edits.reason_not_to_edit(name)]
            target = chosen if chosen in self._names else (editable or self._names)[0]
            parameters.highlighted = parameters.get_option_index(target)
        else:
            nothing = "nothing is changed" if self._only_changed else "nothing has that in it"
            self.query_one("#details", Static).update(Content.styled(nothing, "dim"))

    def repaint(self) -> None:
        """Draw every line again, as the edits are now."""
        parameters = self.query_one("#parameters", OptionList)
        for name in self._names:
            parameters.replace_option_prompt(name, row(description_of(name), self.edits))
        if not self.is_typing:
            self._show_value()
        self._show_details()
        self._show_state()

    @property
    def chosen(self) -> str | None:
        """The name of the highlighted parameter."""
        parameters = self.query_one("#parameters", OptionList)
        if parameters.highlighted is None:
            return None
        return parameters.get_option_at_index(parameters.highlighted).id

    @property
    def is_typing(self) -> bool:
        """Whether keys go into a field."""
        return isinstance(self.focused, Input)

    def on_option_list_option_highlighted(self) -> None:
        """Show another parameter."""
        self._show_value()
        self._show_details()
        self.show_problems([])

    def _show_value(self) -> None:
        if (name := self.chosen) is not None:
            field = self.query_one("#value", Input)
            with field.prevent(Input.Changed):
                field.value = as_text(self.edits.values[name])
            choices = description_of(name).choices
            field.suggester = SuggestFromList(choices) if choices else None
            field.disabled = bool(self.edits.reason_not_to_edit(name))

    def on_option_list_option_selected(self) -> None:
        """Go into the field of the highlighted parameter."""
        field = self.query_one("#value", Input)
        if field.disabled and self.chosen is not None:
            self.app.tell(f"{self.chosen}: {self.edits.reason_not_to_edit(self.chosen)}", wrong=True)
        else:
            self.set_focus(field)

    # The fields

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search, or check what is typed."""
        if event.input.id == "search":
            self._fill()
        elif (name := self.chosen) is not None:
            self.show_problems(self.edits.problems_of(name, event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Leave the search for the list; note what was typed."""
        if event.input.id == "search" or self._note(event.value):
            self.set_focus(self.query_one("#parameters"))

    def _note(self, text: str) -> bool:
        name = self.chosen
        if name is None:
            return False
        try:
            self.edits.edit(name, text)
        except InvalidParameters as error:
            self.show_problems(error.problems)
            return False
        self.show_edits()
        return True

    def show_edits(self) -> None:
        """Draw everything that edits change, and say whether they fit each other."""
        if self._only_changed:
            self._fill()
        self.repaint()
        self.on_option_list_option_highlighted()
        self.show_problems(self.edits.problems)

    def _show_details(self) -> None:
        name = self.chosen
        self.query_one("#one").border_title = Content(name or "")
        if name is not None:
            self.query_one("#details", Static).update(
                details(description_of(name), self.edits, self.terms, self.last_change(name))
            )

    def show_problems(self, problems: list[str]) -> None:
        """Say below the field what is wrong."""
        shown = self.query_one("#problems", Static)
        shown.update(Content("\n").join([plain_content(problem) for problem in problems]))
        self.query_one("#value").set_class(bool(problems), "-wrong")

    def _show_state(self) -> None:
        field = self.focused.id if isinstance(self.focused, Input) else None
        how = {"starts": self.starts, "only_changed": self._only_changed}
        line = state_line(self.edits, self.generation, self.terms, field=field, **how)
        self.query_one("#state", Static).update(line)

    def on_descendant_focus(self) -> None:
        """Say what can be done there."""
        self._show_state()

    # The keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Leave letters to the field while somebody types."""
        if not self.is_mounted:
            return True
        if action == "choice":
            name = self.chosen
            return self.focused is self.query_one("#value") and name is not None and bool(choices_of(name))
        return not (self.is_typing and action in OF_LETTERS)

    def action_search(self) -> None:
        """Go into the search."""
        self.set_focus(self.query_one("#search"))

    def action_only_changed(self) -> None:
        """Show only what is changed, or everything again."""
        self._only_changed = not self._only_changed
        self._fill()
        self._show_state()

    def action_move(self, step: int) -> None:
        """Move in the list."""
        parameters = self.query_one("#parameters", OptionList)
        if step > 0:
            parameters.action_cursor_down()
        else:
            parameters.action_cursor_up()

    def action_choice(self, step: int) -> None:
        """Put another choice into the field."""
        name, field = self.chosen, self.query_one("#value", Input)
        if name is not None:
            field.value = next_choice(choices_of(name), field.value, step)
            field.cursor_position = len(field.value)

    def action_next_value(self) -> None:
        """Flip a switch, take the next choice, or begin to type."""
        name = self.chosen
        if name is None:
            return
        if choices_of(name) and not self.edits.reason_not_to_edit(name):
            self._note(next_choice(choices_of(name), as_text(self.edits.values[name]), 1))
        else:
            self.on_option_list_option_selected()

    def action_undo(self) -> None:
        """Take back an edit; where there is none, what came before the edits."""
        if self.edits.undo():
            self.show_edits()
        else:
            self.undo_further()

    def action_redo(self) -> None:
        """Do an edit again that was taken back; where there is none, what was taken back before it."""
        if self.edits.redo():
            self.show_edits()
        else:
            self.redo_further()

    def action_apply(self, *, leave: bool = False) -> None:
        """Let all edits act together, and leave the form if that is asked for."""
        if self.focused is self.query_one("#value") and not self._note(self.query_one("#value", Input).value):
            return
        if self.edits.problems:
            self.show_problems(self.edits.problems)
            self.app.tell(plain_content(self.edits.problems[0]).plain, title="not applied", wrong=True)
        else:
            self.take(leave=leave)

    def action_save(self) -> None:
        """Write all values to a file."""
        from tui.screens.parameter_files import ask_where_to_save

        ask_where_to_save(self, self.suggested_file())

    def action_load(self) -> None:
        """Take the values of a file over as edits."""
        from tui.screens.parameter_files import ask_what_to_load

        ask_what_to_load(self)

    def action_back(self) -> None:
        """Leave the field; from the list, leave the form."""
        if self.is_typing:
            search = self.query_one("#search", Input)
            if self.focused is search:
                search.value = ""
            self.set_focus(self.query_one("#parameters"))
            self.on_option_list_option_highlighted()
        elif self.edits.edits:
            self.ask_about_edits()
        else:
            self.dismiss(None)

    action_quit = action_back
