"""What a person asks of a run: the part of its screen that steers, saves and opens the library."""

from __future__ import annotations

from asyncio import to_thread
from importlib import import_module
from typing import TYPE_CHECKING

from textual.screen import Screen

from galapagos.errors import GalapagosError
from tui.elite_details import weight_facts
from tui.marked_elites import MarkedElites
from tui.plain_content import plain_content
from tui.run_link import LinkState, RunLink
from tui.steering import Steering

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path

    from galapagos.engine.snapshot import EliteSummary, Snapshot
    from tui.dashboard import Dashboard
    from tui.library_evaluation import Measurement
    from tui.run_link import Connect
    from tui.screens.elite import EliteScreen
    from tui.screens.run_panels import RunPanels
    from tui.shown_elite import ShownElite

MOST_LEVELS = 64
LEAST_COMPARED = 2


class RunCommands(Screen[None]):
    """The part of a run's screen that commands it.

    Args:
        run_directory: Of a run, alive or not.
        readonly: Whether commands are refused here.
        connect: How to reach the engine; by default through the run's socket.
    """

    app: Dashboard

    def __init__(self, run_directory: Path, *, readonly: bool, connect: Connect | None) -> None:
        super().__init__()
        self.link = RunLink(run_directory, self, connect=connect, until_seen=self._until_seen)
        self.steering = Steering(self.link, readonly=readonly)
        self.snapshot: Snapshot | None = None
        self.panels: RunPanels | None = None
        self._marked = MarkedElites()
        self._measured: dict[str, Measurement] = {}

    async def _until_seen(self) -> None:
        await self.app.until_seen()

    @property
    def highlighted(self) -> EliteSummary | None:
        """The elite that the keys act on."""
        return None if self.panels is None else self.panels.highlighted

    @property
    def is_alive(self) -> bool:
        """Whether there is an engine to command."""
        return self.link.state is LinkState.CONNECTED

    def action_library(self) -> None:
        """Open the library."""
        self.app.show_library(self.steering)

    def action_inject(self) -> None:
        """Open the library to choose what to inject."""
        self.app.show_library(self.steering)

    def action_save(self) -> None:
        """Save the highlighted elite in the library; of a run that is over and shows none, the best one."""
        elite = self.highlighted
        if elite is None and self.link.state is not LinkState.ENDED:
            self._chosen()
        else:
            self._ask(self._save(elite))

    async def _save(self, elite: EliteSummary | None) -> str:
        if elite is None or self.link.state is LinkState.ENDED:
            found = await self.link.elite_of_files(None if elite is None else elite.id)
        else:
            found = await self.link.elite(elite.id, elite.complexity)
        return await self.app.library.save(found)

    def action_all_curves(self) -> None:
        """Give the curves the whole screen."""
        from tui.screens.curves import CurvesScreen

        self.app.push_screen(CurvesScreen(self.link, None if self.steering.readonly else self._fork))

    def _fork(self, at: int, generation: str) -> None:
        from tui.screens.fork_parameters import fork_at

        self._ask(fork_at(self.app, self.link.run_directory, at, generation))

    def action_archive(self) -> None:
        """Show the elites of all sizes, and the levels over them."""
        from tui.screens.archive import ArchiveScreen

        self.app.push_screen(ArchiveScreen(self.link, self.steering, lambda id, _: self.show_elite(id)))

    def show_elite(self, id: str) -> None:
        """Give an elite the whole screen, over whatever is shown of the run."""
        self._ask(self._show_elite(id))

    def action_elite(self) -> None:
        """Give the highlighted elite the whole screen: network, results, ancestors, mistakes."""
        if (elite := self._chosen()) is not None:
            self.show_elite(elite.id)

    def action_again(self) -> None:
        """Evaluate the highlighted elite again: its screen asks on how many starts, and shows the result."""
        if (elite := self._chosen()) is not None:
            self._ask(self._show_elite(elite.id, again=True))

    async def _show_elite(self, id: str, *, again: bool = False) -> str:
        from tui.run_elites import RunElites

        elites = RunElites(self.link)
        elite = await elites.elite(id)
        module = await to_thread(import_module, "tui.screens.elite")
        screen: EliteScreen = module.EliteScreen(
            elite,
            siblings=elites,
            on_watch=self._watch_shown,
            on_compare=lambda one: self._ask(self._compare(self._beside(one.id))),
            measured=self._measured,
        )
        await self.app.push_screen(screen)
        if again:
            screen.set_part("results")
            screen.action_again()
        return ""

    def action_mark(self) -> None:
        """Mark the highlighted elite for a comparison, or end that, and go on to the next."""
        if self.panels is not None and (elite := self._chosen()) is not None:
            self._marked = self._marked.toggled(elite)
            self.panels.mark(self._marked.ids)
            self.panels.table.action_cursor(1)

    def follow_marks(self, snapshot: Snapshot) -> None:
        """Let marks follow to the elites that took the places of marked ones, and say so."""
        self._marked, told = self._marked.followed(snapshot.elites)
        if self.panels is not None and told:
            self.panels.mark(self._marked.ids)
            for line in told:
                self.panels.tell(line)

    def action_compare(self) -> None:
        """Show the marked elites side by side; of one, or none but the highlighted, it and the best."""
        if (elite := self._chosen()) is not None:
            marked = self._marked_now
            if len(marked) < LEAST_COMPARED:
                marked = self._beside(marked[0] if marked else elite.id, alone=True)
            self._ask(self._compare(marked))

    @property
    def _marked_now(self) -> list[str]:
        """The ids of the marked elites that there still are, by level."""
        elites = () if self.snapshot is None else self.snapshot.elites
        return [elite.id for elite in elites if elite.id in self._marked.ids]

    def _beside(self, id: str, *, alone: bool = False) -> list[str]:
        """Return an elite with those to compare it to: the marked ones, or else the best."""
        others = [] if alone else [other for other in self._marked_now if other != id]
        champion = None if self.snapshot is None else self.snapshot.champion
        if not others and champion is not None and champion.id != id:
            others = [champion.id]
        return [id, *others]

    async def _compare(self, ids: list[str]) -> str:
        from tui.run_elites import RunElites

        if len(ids) < LEAST_COMPARED:
            return "this is the best; mark two or more with *, and c compares them"
        elites = RunElites(self.link)
        items = [await elites.elite(id) for id in ids]
        module = await to_thread(import_module, "tui.screens.compare")
        await self.app.push_screen(module.CompareScreen(items))
        return ""

    def _watch_shown(self, elite: ShownElite) -> None:
        self._ask(self._watch_of(elite))

    async def _watch_of(self, elite: ShownElite) -> str:
        weights = weight_facts({"evaluation": elite.evaluation})
        best_weight = max(weights, key=lambda one: one.mean).weight if weights else None
        await self.app.show_watching(elite.title, dict(elite.genome), elite.parameters, best_weight)
        return ""

    def action_watch(self) -> None:
        """Watch the highlighted elite act, in a process of its own."""
        if (elite := self._chosen()) is not None:
            self._ask(self._watch(elite))

    async def _watch(self, elite: EliteSummary) -> str:
        if self.snapshot is None:
            return ""
        known = await self.link.genome(elite.id)
        title = f"elite {elite.level} {elite.id[:8]}"
        await self.app.show_watching(title, known["genome"], self.snapshot.parameters, elite.best_weight)
        return ""

    def action_clone(self) -> None:
        """Inject the highlighted elite."""
        if (elite := self._chosen()) is not None:
            self._steer(self.steering.inject(elite.id))

    def action_pin(self) -> None:
        """Pin the highlighted elite, or end its pin."""
        if (elite := self._chosen()) is not None:
            self._steer(self.steering.pin(elite.id, pin=not elite.pinned))

    def action_breed(self, count: int) -> None:
        """Breed from the highlighted elite."""
        if (elite := self._chosen()) is not None:
            self._steer(self.steering.breed(elite.id, count))

    def action_drop(self) -> None:
        """Drop the highlighted elite."""
        if (elite := self._chosen()) is not None:
            self._steer(self.steering.drop(elite.id))

    def action_levels(self, step: int) -> None:
        """Change the number of complexity levels; what is pending counts as changed."""
        if self.snapshot is None:
            return
        values = {**self.snapshot.parameters, **self.snapshot.pending}
        old = int(values["complexity_levels"])
        new = min(MOST_LEVELS, max(1, old + step))
        if new != old:
            self._steer(self.steering.set_parameters({"complexity_levels": new}, {"complexity_levels": old}))

    def action_undo(self) -> None:
        """Take the last command back."""
        self._ask(self.steering.undo())

    def _steer(self, request: Coroutine[object, object, str]) -> None:
        """Send a command that the engine tells everybody of."""
        self.run_worker(self._tell(request, everybody=True), group="commands")

    def _ask(self, request: Coroutine[object, object, str]) -> None:
        """Do what only the person here is told of."""
        self.run_worker(self._tell(request), group="commands")

    async def _tell(self, request: Coroutine[object, object, str], *, everybody: bool = False) -> None:
        try:
            if line := await request:
                self.tell(line, stays=not everybody)
        except (GalapagosError, OSError) as error:
            self.tell(plain_content(str(error)).plain, wrong=True)

    def tell(self, line: str, *, wrong: bool = False, stays: bool = True) -> None:
        """Show a message, and let it stay among what happened."""
        self.app.tell(line, wrong=wrong)
        if stays and self.panels is not None:
            self.panels.tell(line, wrong=wrong)

    def _chosen(self) -> EliteSummary | None:
        elite = self.highlighted
        if elite is None:
            self.app.tell("there is no elite yet", wrong=True)
        return elite
