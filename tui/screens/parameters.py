"""The parameter editor of a run: edits act from its next generation on, and the run remembers them."""

from __future__ import annotations

from asyncio import to_thread
from typing import TYPE_CHECKING, Any

from galapagos.errors import GalapagosError
from tui.parameter_edits import ParameterEdits, parameters_from_json
from tui.plain_content import plain_content
from tui.run_terms import RunTerms, terms_of
from tui.screens.parameter_form import ParameterForm

if TYPE_CHECKING:
    from pathlib import Path

    from galapagos.engine.snapshot import Snapshot
    from galapagos.parameters import Parameters
    from tui.parameter_history import ParameterChange
    from tui.steering import Steering

SECONDS_BETWEEN_LOOKS = 0.25


class ParametersScreen(ParameterForm[None]):
    """Edits the live parameters of a run.

    Args:
        snapshot: The run as it is; newer ones are taken from the link of the steering.
        steering: How changes reach it.
        name: The parameter to begin with, in its field.
    """

    def __init__(self, snapshot: Snapshot, steering: Steering, *, name: str = "") -> None:
        edits = ParameterEdits(parameters_from_json(snapshot.parameters), dict(snapshot.pending))
        super().__init__(edits, "Parameters", name=name)
        self._steering = steering
        self._snapshot = snapshot
        self._applied: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self._undone: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self._history: list[ParameterChange] = []

    def on_mount(self) -> None:
        """Follow the run, and read what it began with."""
        self.set_interval(SECONDS_BETWEEN_LOOKS, self._look)
        self._read()

    def _look(self) -> None:
        latest = self._steering.link.latest
        if latest is not None and latest.sequence > self._snapshot.sequence:
            self.follow(latest)

    def follow(self, snapshot: Snapshot) -> None:
        """Take over what a newer picture says."""
        before, self._snapshot = self._snapshot.parameters, snapshot
        if self.is_open and self.edits.follow(snapshot.parameters, snapshot.pending):
            self.repaint()
            if before != snapshot.parameters:
                self._read()

    @property
    def is_open(self) -> bool:
        """Whether it can be drawn: a screen that was left goes part by part."""
        return self.is_mounted and self in self.app.screen_stack

    def _read(self) -> None:
        self.run_worker(self._read_files(), group="files of the run", exclusive=True)

    async def _read_files(self) -> None:
        directory = self._steering.link.run_directory
        self.edits.file, self._history = await to_thread(_files_of, directory)
        if self.is_open:
            self.repaint()

    @property
    def terms(self) -> RunTerms:
        """How the run is told."""
        return terms_of(self._snapshot)

    @property
    def generation(self) -> int:
        """The generation that is being evaluated."""
        return self._snapshot.generation

    def last_change(self, name: str) -> ParameterChange | None:
        """Return the last change of a parameter in this run, where it is known."""
        return next((change for change in self._history if change.name == name), None)

    def suggested_file(self) -> str:
        """Return the name that is offered for a file of these parameters."""
        return f"{plain_content(self._steering.link.run_directory.name, limit=100).plain}.yaml"

    def action_history(self) -> None:
        """Show who changed what."""
        from tui.screens.parameter_history import ParameterHistoryScreen

        self.app.push_screen(ParameterHistoryScreen(self._history, self.terms), self._come_back)

    def _come_back(self, change: tuple[ParameterChange, bool] | None) -> None:
        """Go to the parameter of a change, with its old value as an edit where that was asked for."""
        if change is None:
            return
        chosen, puts_back = change
        if chosen.name not in self.edits.values:
            self.app.tell(plain_content(f"{chosen.name} is no parameter of this version").plain, wrong=True)
            return
        self.go_to(chosen.name)
        if puts_back:
            try:
                self.edits.put_back(chosen.name, chosen.old)
            except GalapagosError as error:
                self.app.tell(plain_content(str(error)).plain, wrong=True)
            self.show_edits()

    # What reaches the run

    def take(self, *, leave: bool) -> None:
        """Send all edits together."""
        if not self.edits.edits:
            self.app.tell("nothing is edited")
            return
        self.run_worker(self._apply(leave=leave), group="apply", exclusive=True)

    async def _apply(self, *, leave: bool) -> None:
        new, old = self.edits.changes()
        if not await self._set(new, old):
            return
        self._undone = []
        self.edits.applied()
        if leave:
            self.dismiss(None)
            return
        self.repaint()
        self.set_focus(self.query_one("#parameters"))

    async def _set(self, new: dict[str, Any], old: dict[str, Any]) -> bool:
        try:
            self.app.tell(await self._steering.set_parameters(new, old))
        except GalapagosError as error:
            self.app.tell(plain_content(str(error)).plain, title="not applied", wrong=True)
            return False
        self._applied.append((new, old))
        return True

    def undo_further(self) -> None:
        """Take back the last change that was applied: a new command with the old values."""
        self.run_worker(self._undo_applied(), group="apply")

    async def _undo_applied(self) -> None:
        try:
            self.app.tell(await self._steering.undo(only_parameters=True))
        except GalapagosError as error:
            self.app.tell(plain_content(str(error)).plain, wrong=True)
            return
        if self._applied:
            self._undone.append(self._applied.pop())

    def redo_further(self) -> None:
        """Apply again the last change that was taken back here."""
        if self._undone:
            self.run_worker(self._redo_applied(), group="apply")
        else:
            super().redo_further()

    async def _redo_applied(self) -> None:
        if self._undone:
            new, old = self._undone.pop()
            if not await self._set(new, old):
                self._undone.append((new, old))

    def ask_about_edits(self) -> None:
        """Ask what becomes of edits when somebody leaves."""
        from tui.screens.quit import UnsavedScreen

        self.app.push_screen(UnsavedScreen(len(self.edits.edits)), self._leave)

    def _leave(self, choice: str | None) -> None:
        if choice == "discard":
            self.dismiss(None)
        elif choice == "apply":
            self.action_apply(leave=True)


def _files_of(run_directory: Path) -> tuple[Parameters | None, list[ParameterChange]]:
    """Return what a run began with, where its file can be read, and what changed since."""
    from galapagos.parameter_files import load_parameters
    from tui.parameter_history import read_history

    try:
        file = load_parameters(run_directory / "parameters.yaml")
    except (GalapagosError, OSError):
        file = None
    return file, read_history(run_directory)
