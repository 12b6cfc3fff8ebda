"""The home screen: start an experiment, attach to a run, or go on with one."""

from __future__ import annotations

from asyncio import to_thread
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from galapagos.errors import GalapagosError
from tui.dashboard import Farewell
from tui.home_choices import CONTINUE, HomeChoice, home_choices, open_choice
from tui.key_footer import KeyFooter
from tui.plain_content import plain_content

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui.dashboard import Dashboard


class HomeScreen(Screen[None]):
    """Offers what can be started, attached to and continued."""

    app: Dashboard
    CSS_PATH = "home.tcss"
    AUTO_FOCUS = "#choices"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "open",
            "Open",
            id="home.open",
            priority=True,
            tooltip="Start, attach to, or go on with what is highlighted",
        ),
        Binding("o", "look", "Only look", id="home.look", tooltip="Show a run without starting its engine"),
        Binding("r", "reload", "Refresh", id="home.reload", tooltip="Look again for runs"),
        Binding("j", "move(1)", "Down", show=False, id="home.down", tooltip="Next line"),
        Binding("k", "move(-1)", "Up", show=False, id="home.up", tooltip="Previous line"),
        Binding("q,escape", "quit", "Quit", id="home.quit", tooltip="Leave; runs go on"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._choices: list[HomeChoice] = []
        self._busy = False

    def compose(self) -> ComposeResult:
        """Lay out the list and what is said of the highlighted line."""
        yield Static(
            Content.assemble(
                (" Galápagos ", "bold $text-primary"), ("neuroevolution in the terminal", "$text-muted")
            ),
            id="title",
        )
        yield OptionList(id="choices")
        yield Static("looking for runs …", id="about")
        yield KeyFooter()

    def on_mount(self) -> None:
        """Read the runs once the first frame is on its way."""
        self.call_after_refresh(self.action_reload)

    def on_screen_resume(self) -> None:
        """Read the runs again when somebody comes back from one."""
        if self._choices:
            self.action_reload()

    def action_reload(self) -> None:
        """Read the runs again."""
        self.run_worker(self._read(), group="read", exclusive=True)

    async def _read(self) -> None:
        try:
            choices = await to_thread(home_choices)
        except (GalapagosError, OSError) as error:
            self._say(str(error))
            return
        if choices != self._choices or not choices:
            self._choices = choices
            self._fill()

    def _fill(self) -> None:
        shown = self.query_one("#choices", OptionList)
        before, section = self._chosen(), ""
        width = max((len(choice.name) for choice in self._choices), default=0)
        shown.clear_options()
        for index, choice in enumerate(self._choices):
            if choice.section != section:
                section = choice.section
                shown.add_option(Option(Content.styled(f" {section}", "bold $text-primary"), disabled=True))
            shown.add_option(Option(_line(choice, width), id=str(index)))
        names = [choice.name for choice in self._choices]
        if names:
            target = names.index(before.name) if before is not None and before.name in names else 0
            shown.highlighted = shown.get_option_index(str(target))
        else:
            self._say("There is no experiment and no run here; galapagos run FILE.yaml starts one.")
        self.refresh_bindings()

    def _chosen(self) -> HomeChoice | None:
        shown = self.query_one("#choices", OptionList)
        if shown.highlighted is None:
            return None
        id_ = shown.get_option_at_index(shown.highlighted).id
        return self._choices[int(id_)] if id_ is not None and int(id_) < len(self._choices) else None

    def on_option_list_option_highlighted(self) -> None:
        """Say what the highlighted line is."""
        choice = self._chosen()
        if choice is not None and not self._busy:
            self._say(choice.help)
        self.refresh_bindings()

    def on_option_list_option_selected(self) -> None:
        """Open the highlighted line."""
        self.action_open()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer to look only where there is something to look at."""
        if action == "look":
            choice = self._chosen() if self.is_mounted else None
            return choice is not None and choice.section == CONTINUE
        return True

    def action_open(self) -> None:
        """Start, attach to, or go on with the highlighted line."""
        self._open(look=False)

    def action_look(self) -> None:
        """Show a run without an engine."""
        self._open(look=True)

    def _open(self, *, look: bool) -> None:
        choice = self._chosen()
        if choice is not None and not self._busy:
            self._busy = True
            self._say(f"opening {choice.name} …")
            self.run_worker(self._show(choice, look=look), group="open", exclusive=True)

    async def _show(self, choice: HomeChoice, *, look: bool) -> None:
        try:
            directory = await to_thread(open_choice, choice, look=look)
        except (GalapagosError, OSError) as error:
            self.app.tell(plain_content(str(error)).plain, wrong=True)
            self._say(str(error))
            return
        finally:
            self._busy = False
        from tui.screens.run import RunScreen

        self.app.push_screen(RunScreen(directory))

    def action_move(self, step: int) -> None:
        """Move in the list."""
        shown = self.query_one("#choices", OptionList)
        if step > 0:
            shown.action_cursor_down()
        else:
            shown.action_cursor_up()

    def action_quit(self) -> None:
        """Leave."""
        self.app.exit(Farewell())

    def _say(self, text: str) -> None:
        self.query_one("#about", Static).update(plain_content(text))


def _line(choice: HomeChoice, width: int) -> Content:
    name = plain_content(choice.name)
    gap = " " * (width - len(name) + 3)
    return Content.assemble("   ", name, gap, plain_content(choice.facts, "$text-muted"))
