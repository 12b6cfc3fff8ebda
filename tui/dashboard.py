"""The Textual application: what all screens share, and how it leaves."""

from __future__ import annotations

from asyncio import Event, to_thread
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import SystemCommand
from textual.binding import Binding, BindingType

from galapagos.errors import GalapagosError
from tui.configured_app import ConfiguredApp
from tui.driver import PatientDriver
from tui.library_desk import LibraryDesk
from tui.plain_content import plain_content

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Mapping
    from pathlib import Path

    from textual.screen import Screen
    from textual.timer import Timer

    from tui.driver import TerminalLost
    from tui.run_link import Connect
    from tui.steering import Steering
    from tui.user_settings import UserSettings

RELEASE_SECONDS, PATIENT_SECONDS = 0.05, 0.5
HASTY_LOOKS = 40
"""After so many looks every `RELEASE_SECONDS` whether the terminal reads again, they become rare."""

MOST_WAITING_WRITES = 6
"""Two frames: with more of them waiting for the terminal, the next are held back and become one."""


@dataclass(frozen=True, slots=True)
class Farewell:
    """How the dashboard ended: a line for the terminal, or none, and the exit code."""

    line: str = ""
    code: int = 0


class Dashboard(ConfiguredApp[Farewell], inherit_bindings=False):
    """Galápagos in a terminal.

    Args:
        run_directory: The run to show; None for the home screen.
        readonly: Whether every command is refused here.
        connect: How to reach the engine; by default through the run's socket.
        settings: What the person's file says; without it nothing is remembered.
        ascii_only: Whether to draw in plain characters.

    Attributes:
        library: Where saved elites come from; it is opened when it is first asked for one.
    """

    TITLE = "Galápagos"
    ENABLE_COMMAND_PALETTE = True
    CSS_PATH = "dashboard.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "help", "Help", id="app.help", tooltip="Every key that works here"),
        Binding(
            "ctrl+p,colon",
            "command_palette",
            "Menu",
            id="app.palette",
            tooltip="Search for a command by name",
            priority=False,
        ),
        Binding(
            "M",
            "mouse",
            "Mouse",
            show=False,
            id="app.mouse",
            tooltip="Use the mouse, or leave it to the terminal, which selects text with it",
        ),
        Binding("ctrl+c,ctrl+q", "leave", "Leave", show=False, id="app.leave", tooltip="The same as q"),
        Binding(
            "ctrl+z",
            "suspend_process",
            "Suspend",
            show=False,
            id="app.suspend",
            tooltip="Back to the shell; fg brings the dashboard back",
        ),
    ]

    def __init__(
        self,
        run_directory: Path | None = None,
        *,
        readonly: bool = False,
        connect: Connect | None = None,
        settings: UserSettings | None = None,
        ascii_only: bool = False,
    ) -> None:
        super().__init__(settings, ascii_only=ascii_only)
        self._run_directory = run_directory
        self._readonly = readonly
        self._connect = connect
        self.library = LibraryDesk()
        self._held = ExitStack()
        self._release_timer: Timer | None = None
        self._held_for = 0
        self._seen = Event()
        self._seen.set()
        if self.no_color and self.current_theme.ansi:
            self.theme = "textual-dark"

    def on_mount(self) -> None:
        """Show the run, or the choice of one."""
        if self._run_directory is None:
            from tui.screens.home import HomeScreen

            self.push_screen(HomeScreen())
        else:
            from tui.screens.run import RunScreen

            self.push_screen(RunScreen(self._run_directory, readonly=self._readonly, connect=self._connect))

    def on_unmount(self) -> None:
        """Let go of the library's files."""
        self.library.close()

    def show_library(self, steering: Steering | None = None, *, entry: str = "") -> None:
        """Open the library, from a run where there is one to inject into, at an entry if that is named."""
        self.run_worker(self._show_library(steering, entry), group="library", exclusive=True)

    async def _show_library(self, steering: Steering | None, entry: str) -> None:
        screen = self.screen
        module = await to_thread(import_module, "tui.screens.library")
        if self.screen is screen:
            await self.push_screen(module.LibraryScreen(self.library, steering, entry=entry))

    async def show_watching(
        self, title: str, genome: dict[str, Any], parameters: Mapping[str, Any], best_weight: float | None
    ) -> None:
        """Open the screen on which a network acts.

        Raises:
            UnknownTask: Where there is nothing to see, as with images.
        """
        screen = self.screen
        module = await to_thread(import_module, "tui.screens.watch")
        if self.screen is screen:
            await self.push_screen(
                module.WatchScreen(title, genome, dict(parameters), best_weight, ascii_only=self.ascii_only)
            )

    def _validate_theme(self, theme_name: str) -> str:
        name = super()._validate_theme(theme_name)
        # Without colours the ANSI themes paint black on black.
        return "textual-dark" if self.no_color and self.available_themes[name].ansi else name

    def action_help(self) -> None:
        """Show the keys that work on the present screen."""
        from tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))

    def action_leave(self) -> None:
        """Leave by the door of the present screen; a screen without one is closed."""
        leave = getattr(self.screen, "action_quit", None)
        if leave is not None:
            leave()
        elif len(self.screen_stack) > 1:
            self.pop_screen()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Return a command for every binding of the screen, and the themes."""
        seen: set[str] = set()
        for node, binding, enabled, _ in screen.active_bindings.values():
            if enabled and binding.description and binding.tooltip and binding.action not in seen:
                seen.add(binding.action)
                if binding.action != "command_palette":
                    yield SystemCommand(
                        f"{binding.description} ({self.get_key_display(binding)})",
                        binding.tooltip,
                        lambda action=binding.action, node=node: self.run_worker(
                            self.run_action(action, node)
                        ),
                    )
        yield SystemCommand("Theme", "Change the colours", self.action_change_theme)

    def tell(self, text: str, *, title: str = "", wrong: bool = False) -> None:
        """Show a toast of plain text."""
        self.notify(text, title=title, severity="error" if wrong else "information", markup=False)

    async def tell_answer(self, request: Coroutine[object, object, str]) -> None:
        """Show what came of a request: its answer, where that is not empty, or why it failed."""
        try:
            line = await request
        except (GalapagosError, OSError) as error:
            self.tell(plain_content(str(error)).plain, wrong=True)
        else:
            if line:
                self.tell(plain_content(line).plain)

    async def until_seen(self) -> None:
        """Return as soon as the terminal takes what is drawn; meanwhile nothing new need be made."""
        await self._seen.wait()

    def post_display_hook(self) -> None:
        """Hold the next frames back while the terminal has not taken the last ones."""
        if self._release_timer is None and self._backlog > MOST_WAITING_WRITES:
            self._held.enter_context(self.batch_update())
            self._seen.clear()
            self._held_for = 0
            self._release_timer = self.set_interval(RELEASE_SECONDS, self._release)

    def _release(self) -> None:
        if self._release_timer is None:
            return
        if self._backlog == 0:
            self._release_timer.stop()
            self._release_timer = None
            self._held.close()
            self._seen.set()
            self.screen.refresh(layout=True)
            return
        self._held_for += 1
        if self._held_for == HASTY_LOOKS:
            # Nobody looks: somebody scrolled back, or the link is down.
            self._release_timer.stop()
            self._release_timer = self.set_interval(PATIENT_SECONDS, self._release)

    @property
    def _backlog(self) -> int:
        return self._driver.backlog if isinstance(self._driver, PatientDriver) else 0

    @property
    def terminal_is_stuck(self) -> bool:
        """Whether the terminal was left with output that it did not take."""
        return isinstance(self._driver, PatientDriver) and self._driver.stuck

    def restore_terminal(self) -> None:
        """Give the terminal back without waiting for anything; for the last moment of the process."""
        if isinstance(self._driver, PatientDriver):
            self._driver.restore_at_once()

    def leave_soon(self) -> None:
        """Detach as soon as the event loop turns; safe in a signal handler."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.exit, Farewell())

    def on_terminal_lost(self, _: TerminalLost) -> None:
        """Nobody looks any more: detach."""
        self.exit(Farewell())

    @property
    def failure(self) -> Exception | None:
        """What the dashboard died of, or None."""
        return self._exception

    def _print_error_renderables(self) -> None:
        # The command line says it in one line, and shows where with --debug.
        self._exit_renderables.clear()
