"""The home screen: start an experiment, attach to a run, or go on with one."""

from __future__ import annotations

import time
from asyncio import sleep, to_thread
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from galapagos.errors import GalapagosError
from tui.dashboard import Farewell
from tui.home_choices import (
    CONTINUE,
    FAILED,
    FIRST,
    START,
    HomeChoice,
    home_choices,
    open_choice,
    saved_choices,
)
from tui.home_details import details_of
from tui.home_lines import headings, line, told, widths_of
from tui.plain_content import plain_content
from tui.screens.home_keys import HOME_KEYS, OF_LETTERS
from tui.widgets.choice_list import ChoiceList
from tui.widgets.key_footer import KeyFooter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from galapagos.parameters import Parameters
    from tui.dashboard import Dashboard


WIDTHS: list[tuple[int, str]] = [(0, "-narrow"), (110, "-wide")]
REST_OF_THE_CURSOR = 0.06
"""Seconds after which the details follow the cursor, so that a move of it waits for nothing."""
_WELCOME = (
    "An experiment evolves networks for a task: enter starts the highlighted one. It goes on when you leave, "
    "and this screen brings you back to it."
)


class HomeScreen(Screen[None]):
    """Offers what can be started, attached to and continued."""

    app: Dashboard
    CSS_PATH = "home.tcss"
    AUTO_FOCUS = "#choices"
    HORIZONTAL_BREAKPOINTS = WIDTHS
    BINDINGS: ClassVar[list[BindingType]] = HOME_KEYS

    def __init__(self) -> None:
        super().__init__()
        self._choices: list[HomeChoice] = []
        self._saved: list[HomeChoice] = []
        self._shown: list[HomeChoice] = []
        self._busy = False
        self._left: Path | None = None

    def compose(self) -> ComposeResult:
        """Lay out the list and what is said of the highlighted line."""
        with Horizontal(id="top"):
            yield Static(Content.styled(" Galápagos ", "bold $text-primary"), id="title")
            yield Static(Content.styled("neuroevolution in the terminal", "dim"), id="tagline")
            yield Static(id="library")
        yield Input(placeholder="words of what you look for", id="filter", compact=True)
        yield Static(_WELCOME, id="welcome")
        with Container(id="body"):
            yield ChoiceList(id="choices")
            with Vertical(id="side"):
                yield Static("looking for runs …", id="about")
                yield Static(id="details")
        yield KeyFooter("r")

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
        await self._read_library()

    async def _read_library(self) -> None:
        """Say how many elites are saved, and offer the newest, after everything that a person waits for."""
        library = self.app.library
        try:
            count = await library.count()
            if count:
                await library.read()
        except (GalapagosError, OSError) as error:
            self._say_of_library(plain_content(str(error), "$text-error"))
            return
        saved = (
            "no saved elite yet" if not count else "1 saved elite" if count == 1 else f"{count} saved elites"
        )
        self._say_of_library(Content.assemble((saved, "bold"), ("  L opens the library ", "dim")))
        choices = saved_choices(library.entries if count else (), self.now)
        if choices != self._saved:
            self._saved = choices
            self._fill()

    @property
    def now(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def _say_of_library(self, content: Content) -> None:
        # The count may come when the screen goes.
        for shown in self.query("#library").results(Static):
            shown.update(content)

    def _fill(self) -> None:
        words = self._filter.value.lower().split()
        before, above = self._chosen(), ("", "")
        choices = [*self._choices, *self._saved]
        self._shown = [choice for choice in choices if choice.holds(words)]
        widths = widths_of(self._shown)
        options = []
        for index, choice in enumerate(self._shown):
            options += [Option(heading, disabled=True) for heading in headings(above, choice.group)]
            above = choice.group
            options.append(Option(line(choice, widths[above]), id=str(index)))
        shown = self.query_one("#choices", OptionList)
        shown.clear_options()
        shown.add_options(options)
        names = [choice.name for choice in self._shown]
        if names:
            at_first = FIRST if self._shown[0].section == START else names[0]
            wanted = at_first if before is None else before.name
            if left := [one.name for one in self._shown if one.path and one.path == self._left]:
                wanted, self._left = left[0], None
            self._highlight(names.index(wanted) if wanted in names else 0)
        elif choices:
            self._say("Nothing here has all these words; escape shows everything again.")
        else:
            self._say("There is no experiment and no run here; galapagos run FILE.yaml starts one.")
        self.query_one("#welcome").display = not any(choice.path for choice in self._choices)
        shown.border_subtitle = f"{len(names)} of {len(choices)}; esc shows all" if words else ""
        self.refresh_bindings()

    def _highlight(self, index: int, *, at_top: bool = False) -> None:
        """Put the cursor on a line, with the headings above it in view, or at the top of it."""
        shown = self.query_one("#choices", OptionList)
        shown.highlighted = place = shown.get_option_index(str(index))
        above = self._shown[index - 1].group if index else ("", "")
        first = place - len(headings(above, self._shown[index].group))
        shown.scroll_to(y=first if at_top else min(shown.scroll_offset.y, first), animate=False)

    @property
    def _filter(self) -> Input:
        return self.query_one("#filter", Input)

    def _chosen(self) -> HomeChoice | None:
        index = self._index()
        return None if index is None else self._shown[index]

    def _index(self) -> int | None:
        shown = self.query_one("#choices", OptionList)
        if shown.highlighted is None:
            return None
        id_ = shown.get_option_at_index(shown.highlighted).id
        return int(id_) if id_ is not None and int(id_) < len(self._shown) else None

    def on_input_changed(self) -> None:
        """Show what has the words that are typed."""
        self._fill()

    def on_option_list_option_highlighted(self) -> None:
        """Say what the highlighted line is."""
        choice = self._chosen()
        if choice is not None and not self._busy:
            self._say(choice.help)
            self.run_worker(self._show_details(choice), group="details", exclusive=True)
        self.refresh_bindings()

    async def _show_details(self, choice: HomeChoice) -> None:
        await sleep(REST_OF_THE_CURSOR)
        details = await to_thread(details_of, choice)
        self.query_one("#details", Static).update(told(details))

    def on_option_list_option_selected(self) -> None:
        """Open the highlighted line."""
        self.action_open()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer to look only where there is something to look at; leave letters to the filter."""
        if not self.is_mounted:
            return True
        if self.focused is self._filter and action in OF_LETTERS:
            return False
        if action == "look":
            choice = self._chosen()
            return choice is not None and choice.section in (CONTINUE, FAILED)
        if action == "edit":
            choice = self._chosen()
            return choice is not None and choice.section == START
        return True

    def action_library(self) -> None:
        """Open the library."""
        self.app.show_library()

    def action_open(self) -> None:
        """Start, attach to, or go on with the highlighted line."""
        self._open(look=False)

    def action_look(self) -> None:
        """Show a run without an engine."""
        self._open(look=True)

    def _open(self, *, look: bool) -> None:
        choice = self._chosen()
        if choice is not None and choice.entry:
            self.app.show_library(entry=choice.entry)
        elif choice is not None and not self._busy:
            self._busy = True
            self._say(f"opening {choice.name} …")
            self.run_worker(self._show(choice, look=look), group="open", exclusive=True)

    def action_edit(self) -> None:
        """Edit the parameters of an experiment before it starts."""
        choice = self._chosen()
        if choice is not None and not self._busy:
            self._busy = True
            self.run_worker(self._edit(choice), group="open", exclusive=True)

    async def _edit(self, choice: HomeChoice) -> None:
        try:
            parameters = await to_thread(_parameters_of, choice)
        except (GalapagosError, OSError) as error:
            self.app.tell(plain_content(str(error)).plain, wrong=True)
            return
        finally:
            self._busy = False
        from tui.screens.start_parameters import StartParametersScreen

        overrides = await self.app.push_screen_wait(StartParametersScreen(choice.name, parameters))
        if overrides is not None:
            self._say(f"opening {choice.name} …")
            await self._show(choice, look=False, overrides=overrides)

    async def _show(
        self, choice: HomeChoice, *, look: bool, overrides: Mapping[str, Any] = MappingProxyType({})
    ) -> None:
        try:
            directory = await to_thread(open_choice, choice, look=look, overrides=overrides)
        except (GalapagosError, OSError) as error:
            self.app.tell(plain_content(str(error)).plain, wrong=True)
            self._say(str(error))
            return
        finally:
            self._busy = False
        from tui.screens.run import RunScreen

        # Who comes back finds the cursor on the run that was left, which words that were looked for may hide.
        self._left = directory
        if self._filter.display:
            self.action_back()
        self.app.push_screen(RunScreen(directory))

    def action_move(self, step: int) -> None:
        """Move in the list."""
        shown = self.query_one("#choices", OptionList)
        if step > 0:
            shown.action_cursor_down()
        else:
            shown.action_cursor_up()

    def action_group(self, step: int) -> None:
        """Move to the first line of another group, round and round."""
        index = self._index()
        if index is None:
            return
        of_each = [choice.group for choice in self._shown]
        groups = list(dict.fromkeys(of_each))
        target = groups[(groups.index(of_each[index]) + step) % len(groups)]
        self._highlight(of_each.index(target), at_top=True)

    def action_filter(self) -> None:
        """Type words to look for."""
        self._filter.display = True
        self.set_focus(self._filter)

    def action_back(self) -> None:
        """Leave the filter; without one, leave."""
        if self._filter.display:
            self._filter.value = ""
            self._filter.display = False
            self.set_focus(self.query_one("#choices"))
        else:
            self.action_quit()

    def action_quit(self) -> None:
        """Leave."""
        self.app.exit(Farewell())

    def _say(self, text: str) -> None:
        self.query_one("#about", Static).update(plain_content(text))


def _parameters_of(choice: HomeChoice) -> Parameters:
    from galapagos.parameter_files import load_parameters

    return load_parameters(choice.name)
