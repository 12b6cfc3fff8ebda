"""What the command palette finds beside the actions of a screen: elites, parameters, words, themes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from textual.command import DiscoveryHit, Hit, Provider

from galapagos.errors import GalapagosError
from tui import formatting
from tui.glossary import GLOSSARY
from tui.run_terms import terms_of
from tui.value_text import as_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.command import Hits

    from galapagos.engine.snapshot import EliteSummary, Snapshot
    from tui.dashboard import Dashboard
    from tui.screens.run import RunScreen


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the palette: what it is called, what it does in more words, and what does it."""

    name: str
    help: str
    act: Callable[[], object]


class _Entries(Provider):
    """Offers a list of entries."""

    def entries(self) -> Iterator[Entry]:
        """Return everything on offer."""
        raise NotImplementedError

    async def search(self, query: str) -> Hits:
        """Return what matches, better ones with a higher score."""
        matcher = self.matcher(query)
        for entry in self.entries():
            score = matcher.match(entry.name)
            if score > 0:
                yield Hit(score, matcher.highlight(entry.name), entry.act, entry.name, entry.help)


class Palette(_Entries):
    """Elites and live parameters of the run, the themes, and the words of the glossary."""

    def entries(self) -> Iterator[Entry]:
        """Return everything on offer on the present screen."""
        yield from self._of_run()
        yield from _themes(cast("Dashboard", self.app))
        for term in GLOSSARY:
            yield Entry(f"What is: {term.name}", term.text, partial(self._explain, term.name))

    def _of_run(self) -> Iterator[Entry]:
        run = _run_below(cast("Dashboard", self.app))
        if run is None or run.snapshot is None:
            return
        snapshot = run.snapshot
        if self.screen is run:
            for elite in snapshot.elites:
                yield Entry(_name_of(elite, snapshot), "Move to this elite", partial(_move_to, run, elite.id))
        yield from self._parameters(run, snapshot)

    def _parameters(self, run: RunScreen, snapshot: Snapshot) -> Iterator[Entry]:
        from tui.screens.parameters import ParametersScreen

        editor = self.screen if isinstance(self.screen, ParametersScreen) else None
        if editor is None and self.screen is not run:
            return
        from galapagos.parameter_declarations import Change
        from galapagos.parameter_files import describe

        values = {**snapshot.parameters, **snapshot.pending}
        for item in describe():
            if item.change is not Change.FIXED:
                now = formatting.words(as_text(values.get(item.name)), 40)
                yield Entry(
                    f"set {item.name}",
                    f"{item.help} Now {now or 'automatic'}.",
                    partial(_edit, run, snapshot, item.name)
                    if editor is None
                    else partial(editor.go_to, item.name, edit=True),
                )

    def _explain(self, name: str) -> None:
        from tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.screen, name))


class ThemePalette(_Entries):
    """The themes, and nothing else."""

    def entries(self) -> Iterator[Entry]:
        """Return every theme."""
        yield from _themes(cast("Dashboard", self.app))

    async def discover(self) -> Hits:
        """Return every theme, ours and the plain ones first."""
        for entry in self.entries():
            yield DiscoveryHit(entry.name, entry.act, entry.name, entry.help)


def _themes(app: Dashboard) -> Iterator[Entry]:
    from tui.themes import theme_names

    for name in theme_names(app):
        now = ", which you see now" if name == app.theme else ""
        yield Entry(f"Theme: {name}", f"Take these colours{now}", partial(app.action_theme, name))


def _run_below(app: Dashboard) -> RunScreen | None:
    from tui.screens.run import RunScreen

    screens: list[Any] = [screen for screen in app.screen_stack if isinstance(screen, RunScreen)]
    return screens[-1] if screens else None


def _name_of(elite: EliteSummary, snapshot: Snapshot) -> str:
    terms = terms_of(snapshot)
    return (
        f"Elite {elite.level}: {formatting.fitness(elite.fitness, terms.kind)} "
        f"with {elite.complexity} {terms.measure} ({elite.id[:8]})"
    )


def _move_to(run: RunScreen, id_: str) -> None:
    if run.panels is not None:
        run.panels.table.move_to(id_)
        run.set_focus(run.panels.table)


def _edit(run: RunScreen, snapshot: Snapshot, name: str) -> None:
    from tui.screens.parameters import ParametersScreen

    try:
        run.app.push_screen(ParametersScreen(snapshot, run.steering, name=name))
    except GalapagosError as error:
        run.tell_uneditable(error)
