"""The parameter editor, made from the declarations: search, check while typing, apply together, undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.suggester import SuggestFromList
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from galapagos.errors import GalapagosError, InvalidParameters
from galapagos.parameter_descriptions import ValueType, description_of
from tui.key_footer import KeyFooter
from tui.parameter_edits import ParameterEdits, matching, parameters_from_json
from tui.plain_content import plain_content
from tui.run_terms import terms_of
from tui.screens.parameter_rows import details, row, state_line
from tui.value_text import as_text

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from galapagos.engine.snapshot import Snapshot
    from tui.dashboard import Dashboard
    from tui.steering import Steering

WIDTHS: list[tuple[int, str]] = [(0, "-narrow"), (100, "-normal")]


class ParametersScreen(Screen[None]):
    """Edits the live parameters of a run.

    Args:
        snapshot: The run as it is.
        steering: How changes reach it.
    """

    app: Dashboard
    CSS_PATH = "parameters.tcss"
    AUTO_FOCUS = "#parameters"
    HORIZONTAL_BREAKPOINTS = WIDTHS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "slash", "search", "Search", id="parameters.search", tooltip="Find by name, group, unit or help"
        ),
        Binding(
            "a,f2",
            "apply",
            "Apply",
            id="parameters.apply",
            tooltip="Apply all edits together; f2 works while typing, too",
        ),
        Binding(
            "u,ctrl+z",
            "undo",
            "Undo",
            id="parameters.undo",
            tooltip="Take back the last edit, then the last change that was applied",
        ),
        Binding(
            "space",
            "next_value",
            "Next value",
            id="parameters.next",
            key_display="space",
            tooltip="Flip a switch, or take the next choice",
        ),
        Binding(
            "down",
            "choice(1)",
            "Next choice",
            show=False,
            id="parameters.next_choice",
            tooltip="While typing: the next choice",
        ),
        Binding(
            "up",
            "choice(-1)",
            "Previous choice",
            show=False,
            id="parameters.previous_choice",
            tooltip="While typing: the choice before",
        ),
        Binding("j", "move(1)", "Down", show=False, id="parameters.down", tooltip="Next parameter"),
        Binding("k", "move(-1)", "Up", show=False, id="parameters.up", tooltip="Previous parameter"),
        Binding(
            "escape", "back", "Back", id="parameters.back", tooltip="Out of a field, then back to the run"
        ),
        Binding("q", "back", "Back", show=False, id="parameters.close", tooltip="Back to the run"),
    ]

    def __init__(self, snapshot: Snapshot, steering: Steering) -> None:
        super().__init__()
        self._steering = steering
        self._snapshot = snapshot
        self.edits = ParameterEdits(parameters_from_json(snapshot.parameters), dict(snapshot.pending))
        self._names: list[str] = []

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
        yield KeyFooter()

    def on_mount(self) -> None:
        """Fill the list."""
        self.query_one("#all").border_title = "Parameters"
        self._fill()
        self._show_state()

    def follow(self, snapshot: Snapshot) -> None:
        """Take over what a newer picture says."""
        self._snapshot = snapshot
        if self.is_mounted and self.edits.follow(snapshot.parameters, snapshot.pending):
            self._repaint()

    # The list

    def _fill(self) -> None:
        chosen, found = self.chosen, matching(self.query_one("#search", Input).value)
        self._names = [item.name for item in found]
        options, group = [], None
        for item in found:
            if item.group is not group:
                group = item.group
                options.append(Option(Content.styled(str(group), "bold $text-primary"), disabled=True))
            options.append(Option(row(item, self.edits), id=item.name))
        parameters = self.query_one("#parameters", OptionList)
        parameters.clear_options()
        parameters.add_options(options)
        if self._names:
            editable = [name for name in self._names if not self.edits.reason_not_to_edit(name)]
            target = chosen if chosen in self._names else (editable or self._names)[0]
            parameters.highlighted = parameters.get_option_index(target)
        else:
            self.query_one("#details", Static).update(Content.styled("nothing has that in it", "dim"))

    def _repaint(self) -> None:
        parameters = self.query_one("#parameters", OptionList)
        for name in self._names:
            parameters.replace_option_prompt(name, row(description_of(name), self.edits))
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
        name = self.chosen
        if name is not None:
            field = self.query_one("#value", Input)
            with field.prevent(Input.Changed):
                field.value = as_text(self.edits.values[name])
            choices = description_of(name).choices
            field.suggester = SuggestFromList(choices) if choices else None
            field.disabled = bool(self.edits.reason_not_to_edit(name))
        self._show_details()
        self._show_problems([])

    def on_option_list_option_selected(self) -> None:
        """Go into the field of the highlighted parameter."""
        field = self.query_one("#value", Input)
        if field.disabled and self.chosen is not None:
            self.app.tell(f"{self.chosen}: {self.edits.reason_not_to_edit(self.chosen)}", wrong=True)
        else:
            field.focus()

    # The fields

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search, or check what is typed."""
        if event.input.id == "search":
            self._fill()
        elif (name := self.chosen) is not None:
            self._show_problems(self.edits.problems_of(name, event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Leave the search for the list; note what was typed."""
        if event.input.id == "search" or self._note(event.value):
            self.query_one("#parameters").focus()

    def _note(self, text: str) -> bool:
        name = self.chosen
        if name is None:
            return False
        try:
            self.edits.edit(name, text)
        except InvalidParameters as error:
            self._show_problems(error.problems)
            return False
        self._repaint()
        self._show_problems(self.edits.problems)
        return True

    def _show_details(self) -> None:
        name = self.chosen
        self.query_one("#one").border_title = Content(name or "")
        if name is not None:
            self.query_one("#details", Static).update(
                details(description_of(name), self.edits, terms_of(self._snapshot))
            )

    def _show_problems(self, problems: list[str]) -> None:
        shown = self.query_one("#problems", Static)
        shown.update(Content("\n").join([plain_content(problem) for problem in problems]))
        self.query_one("#value").set_class(bool(problems), "-wrong")

    def _show_state(self) -> None:
        self.query_one("#state", Static).update(
            state_line(self.edits, self._snapshot.generation, terms_of(self._snapshot))
        )

    # The keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Leave letters to the field while somebody types."""
        if action == "choice":
            name = self.chosen
            return self.focused is self.query_one("#value") and name is not None and bool(_cycle(name))
        return not (self.is_typing and action in ("search", "next_value", "move"))

    def action_search(self) -> None:
        """Go into the search."""
        self.query_one("#search").focus()

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
            field.value = _next(_cycle(name), field.value, step)
            field.cursor_position = len(field.value)

    def action_next_value(self) -> None:
        """Flip a switch, take the next choice, or begin to type."""
        name = self.chosen
        if name is None:
            return
        if _cycle(name) and not self.edits.reason_not_to_edit(name):
            self._note(_next(_cycle(name), as_text(self.edits.values[name]), 1))
            self.on_option_list_option_highlighted()
        else:
            self.on_option_list_option_selected()

    def action_undo(self) -> None:
        """Take back an edit; where there is none, the last change that was applied."""
        if self.edits.undo():
            self._repaint()
            self.on_option_list_option_highlighted()
            self._show_problems(self.edits.problems)
        else:
            self.run_worker(self._undo_applied(), group="apply")

    async def _undo_applied(self) -> None:
        try:
            self.app.tell(await self._steering.undo(only_parameters=True))
        except GalapagosError as error:
            self.app.tell(plain_content(str(error)).plain, wrong=True)

    def action_apply(self, *, leave: bool = False) -> None:
        """Send all edits together, and leave the editor if that is asked for."""
        if self.focused is self.query_one("#value") and not self._note(self.query_one("#value", Input).value):
            return
        if not self.edits.edits:
            self.app.tell("nothing is edited")
        elif self.edits.problems:
            self._show_problems(self.edits.problems)
            self.app.tell(plain_content(self.edits.problems[0]).plain, title="not applied", wrong=True)
        else:
            self.run_worker(self._apply(leave=leave), group="apply", exclusive=True)

    async def _apply(self, *, leave: bool) -> None:
        new, old = self.edits.changes()
        try:
            self.app.tell(await self._steering.set_parameters(new, old))
        except GalapagosError as error:
            self.app.tell(plain_content(str(error)).plain, title="not applied", wrong=True)
            return
        self.edits.applied()
        if leave:
            self.dismiss()
            return
        self._repaint()
        self.query_one("#parameters").focus()

    def action_back(self) -> None:
        """Leave the field; from the list, leave the editor."""
        if self.is_typing:
            search = self.query_one("#search", Input)
            if self.focused is search:
                search.value = ""
            self.query_one("#parameters").focus()
            self.on_option_list_option_highlighted()
        elif self.edits.edits:
            from tui.screens.quit import UnsavedScreen

            self.app.push_screen(UnsavedScreen(len(self.edits.edits)), self._leave)
        else:
            self.dismiss()

    action_quit = action_back

    def _leave(self, choice: str | None) -> None:
        if choice == "discard":
            self.dismiss()
        elif choice == "apply":
            self.action_apply(leave=True)


def _cycle(name: str) -> tuple[str, ...]:
    description = description_of(name)
    if description.type is ValueType.SWITCH:
        return ("false", "true")
    return description.choices if description.type is ValueType.CHOICE else ()


def _next(choices: tuple[str, ...], value: str, step: int) -> str:
    position = choices.index(value) + step if value in choices else 0
    return choices[position % len(choices)]
