"""A run as it happens: elites, fitness, population, events; and the keys that steer it."""

from __future__ import annotations

from asyncio import to_thread
from contextlib import suppress
from importlib import import_module
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Static

from galapagos.errors import GalapagosError
from tui.plain_content import plain_content
from tui.run_link import JournalGrew, LinkChanged, LinkState, SnapshotArrived
from tui.run_terms import acts, terms_of
from tui.screens.run_commands import RunCommands
from tui.screens.run_farewell import farewell_to
from tui.screens.run_frames import RunFrames
from tui.screens.run_keys import OF_AN_ENGINE, OF_EVOLUTION, RUN_KEYS
from tui.screens.run_notice import notice_of
from tui.widgets.key_footer import KeyFooter

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer

    from galapagos.engine.snapshot import Snapshot
    from tui.dashboard import Farewell
    from tui.run_link import Connect
    from tui.screens.parameters import ParametersScreen
    from tui.screens.run_panels import RunPanels

WIDTHS: list[tuple[int, str]] = [(0, "-too-narrow"), (40, "-narrow"), (100, "-normal"), (160, "-wide")]
HEIGHTS: list[tuple[int, str]] = [(0, "-too-low"), (10, "-low"), (32, "-high")]
REST_OF_THE_CURSOR = 0.06
"""Seconds after which the facts follow the cursor, so that a move of it waits for nothing."""


class RunScreen(RunCommands):
    """The dashboard of one run.

    Args:
        run_directory: Of a run, alive or not.
        readonly: Whether commands are refused here.
        connect: How to reach the engine; by default through the run's socket.
    """

    CSS_PATH = "run.tcss"
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = RUN_KEYS

    def __init__(
        self, run_directory: Path, *, readonly: bool = False, connect: Connect | None = None
    ) -> None:
        super().__init__(run_directory, readonly=readonly, connect=connect)
        self._readonly = readonly
        self._resuming = False
        self._pausing: bool | None = None
        self._reason = ""
        self._heard_at = monotonic()
        self._facts_timer: Timer | None = None
        self._editor: ParametersScreen | None = None

    def compose(self) -> ComposeResult:
        """Lay out the frames; the panels take their place when their parts are imported."""
        yield RunFrames(self.link.run_directory.name)
        yield KeyFooter("x", "c", "b", "p", "i", "enter")
        yield Static("too small: 40 columns, 10 lines at least", id="too-small")

    def on_mount(self) -> None:
        """Go on when the first frame is painted."""
        self.call_after_refresh(self.run_worker, self._begin(), name="begin")

    async def _begin(self) -> None:
        self.run_worker(self.link.follow(), name="link")
        self.run_worker(self.link.follow_journal(), name="journal")
        module = await to_thread(import_module, "tui.screens.run_panels")
        panels: RunPanels = module.RunPanels()
        with self.app.batch_update():
            await self.query_one(RunFrames).remove()
            await self.mount(panels, before=0)
        self.panels = panels
        self.set_focus(panels.table)
        self._draw()
        panels.show_curves(self.link.curves)
        self.set_interval(1.0, self._tick)

    def on_screen_resume(self) -> None:
        """Draw what came meanwhile."""
        if self.panels is not None:
            self.panels.show_again()

    def _tick(self) -> None:
        """Let what is not news grow older, and look at the machine."""
        if self.panels is None or not self.panels.is_seen:
            return
        self.panels.header.tick()
        if self.link.state is LinkState.LOST:
            self._show_notice()
        self._look_at_machine()

    # What comes in

    def on_key(self) -> None:
        """Let pictures wait for the answer to a key."""
        if self.panels is not None:
            self.panels.key_came()

    def on_snapshot_arrived(self, message: SnapshotArrived) -> None:
        """Draw a newer picture."""
        before, self.snapshot = self.snapshot, message.snapshot
        self._heard_at = monotonic()
        if self._pausing is (message.snapshot.state == "paused"):
            self._pausing = None
        self._draw()
        self.follow_marks(message.snapshot)
        if self._editor is not None and self._editor in self.app.screen_stack:
            self._editor.follow(message.snapshot)
        if before is None or before.state is not message.snapshot.state:
            self.refresh_bindings()

    def on_journal_grew(self, _: JournalGrew) -> None:
        """Draw the curves."""
        if self.panels is not None:
            self.panels.show_curves(self.link.curves)

    def on_link_changed(self, message: LinkChanged) -> None:
        """Say how the dashboard stands to the engine."""
        self._reason = message.reason
        if self.panels is not None and message.state is not LinkState.CONNECTED:
            self.panels.lose(str(message.state))
        self._show_notice()
        self.refresh_bindings()

    def on_elite_table_highlighted(self) -> None:
        """Show the facts of another elite, when the cursor is painted and rests."""
        if self._facts_timer is not None:
            self._facts_timer.stop()
        if self.panels is not None:
            self._facts_timer = self.set_timer(REST_OF_THE_CURSOR, self.panels.show_elite)

    def on_elite_table_selected(self) -> None:
        """Go into the elite; escape comes back."""
        self.action_elite()

    # What is shown

    def _draw(self) -> None:
        if self.panels is None or self.snapshot is None:
            self._show_notice()
            return
        self.panels.show(self.snapshot)
        self._show_notice()

    def on_run_panels_origin_wanted(self, message: RunPanels.OriginWanted) -> None:
        """Ask the engine for what a snapshot does not say of an elite."""
        self.run_worker(self._ask_about(message.elite), group="facts", exclusive=True)

    async def _ask_about(self, elite: str) -> None:
        with suppress(GalapagosError):
            known = await self.link.genome(elite)
            if self.panels is not None:
                self.panels.elite.show_origin(elite, known)

    def _show_notice(self) -> None:
        if self.panels is not None:
            text, kind = notice_of(
                self.link.state,
                self.snapshot,
                reason=self._reason,
                readonly=self._readonly,
                resuming=self._resuming,
                silence=monotonic() - self._heard_at,
            )
            self.panels.show_notice(text, kind)

    # What a person asks

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Hide what does not apply; grey what has nobody to ask."""
        if action == "resume":
            return self.link.state is LinkState.ENDED and not self._readonly
        if action in ("again", "pause") and self.link.state is LinkState.ENDED:
            return False
        if action == "view":
            return self.has_class("-low") and self.panels is not None and self.panels.has_more
        if action == "back":
            return len(self.app.screen_stack) > 2
        if action == "curves":
            return self.panels is not None and self.panels.has_accuracies
        if action in OF_EVOLUTION and self.snapshot is not None and not terms_of(self.snapshot).breeds:
            return False
        if action == "watch" and self.snapshot is not None and not acts(self.snapshot.parameters):
            return False
        if action in OF_AN_ENGINE:
            return True if self.is_alive else None
        return True

    def action_pause(self) -> None:
        """Pause, or go on; what was asked a moment ago counts before a picture shows it."""
        paused = self._pausing
        if paused is None:
            paused = self.snapshot is not None and self.snapshot.state == "paused"
        self._pausing = not paused
        self._steer(self._pause(pause=not paused))

    async def _pause(self, *, pause: bool) -> str:
        try:
            return await self.steering.pause(pause=pause)
        except GalapagosError:
            self._pausing = None
            raise

    def action_parameters(self) -> None:
        """Open the parameter editor."""
        if self.snapshot is None:
            self.app.tell("the parameters come with the first word of the engine", wrong=True)
            return
        self.run_worker(self._open_editor(self.snapshot), group="editor", exclusive=True)

    async def _open_editor(self, snapshot: Snapshot) -> None:
        module = await to_thread(import_module, "tui.screens.parameters")
        if not self.is_current:
            return
        try:
            self._editor = module.ParametersScreen(snapshot, self.steering)
        except GalapagosError as error:
            self.tell_uneditable(error)
            return
        await self.app.push_screen(self._editor)

    def tell_uneditable(self, error: GalapagosError) -> None:
        """Say that the engine's parameters are none here, as those of another version may be."""
        told = f"the parameters of this engine cannot be edited here: {error}"
        self.app.tell(plain_content(told).plain, wrong=True)

    def action_curves(self) -> None:
        """Plot the other curves."""
        if self.panels is not None:
            self.panels.switch_curves()

    def action_view(self) -> None:
        """Show the next panels."""
        self.query_one("#panels").toggle_class("-second")

    def action_zoom(self) -> None:
        """Give the panel with the focus the whole screen, or give it back."""
        if self.maximized is not None:
            self.minimize()
        elif self.panels is not None:
            self.maximize(self.focused if self.focused is not None else self.panels.table)

    def action_next_layout(self) -> None:
        """Show other panels, or the same with more room."""
        if self.panels is not None:
            self.minimize()
            self.panels.next_layout()
            self.refresh_bindings()
            self._look_at_machine()

    def _look_at_machine(self) -> None:
        """Ask how the machine is, while somebody sees it."""
        panels, snapshot = self.panels, self.snapshot
        if panels is not None and snapshot is not None and panels.shows_system and self.is_current:
            self.run_worker(self._show_machine(panels, snapshot), group="machine", exclusive=True)

    async def _show_machine(self, panels: RunPanels, snapshot: Snapshot) -> None:
        module = await to_thread(import_module, "tui.machine")
        processes = [worker.pid for worker in snapshot.workers]
        panels.show_machine(await to_thread(module.look_at_machine, self.link.run_directory, processes))

    def action_resume(self) -> None:
        """Start the engine again."""
        self._resuming = True
        self._show_notice()
        self.run_worker(self._resume(), group="resume", exclusive=True)

    async def _resume(self) -> None:
        from galapagos.engine.launch import launch

        try:
            await to_thread(launch, self.link.run_directory)
        except (GalapagosError, OSError) as error:
            self.tell(plain_content(str(error)).plain, wrong=True)
        self._resuming = False
        self.link.try_now()
        self._show_notice()

    def action_back(self) -> None:
        """Return to the choice of runs."""
        self.app.pop_screen()

    def action_quit(self) -> None:
        """Ask how to leave; a run that is over is just left."""
        if not self.is_alive:
            self.app.exit(self._farewell())
            return
        from tui.screens.quit import QuitScreen

        self.app.push_screen(
            QuitScreen(
                f"{self.name_of_run} is {self._state}.",
                can_stop=not self._readonly,
                is_over=self._state == "finished",
            ),
            self._leave,
        )

    def _leave(self, choice: str | None) -> None:
        if choice == "detach":
            self.app.exit(self._farewell())
        elif choice == "stop":
            self.run_worker(self._stop(), group="stop", exclusive=True)

    async def _stop(self) -> None:
        try:
            self.app.tell(await self.steering.stop())
        except GalapagosError as error:
            self.app.tell(plain_content(str(error)).plain, wrong=True)
            return
        await self.link.wait_for_end()
        self.app.exit(self._farewell())

    @property
    def name_of_run(self) -> str:
        """The run's name, fit to be shown."""
        return plain_content(self.link.run_directory.name).plain

    @property
    def _state(self) -> str:
        return str(self.snapshot.state) if self.snapshot is not None else "starting"

    def _farewell(self) -> Farewell:
        return farewell_to(self.name_of_run, self.snapshot, self.link.state)
