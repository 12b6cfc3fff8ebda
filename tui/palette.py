"""What the command palette finds beside the actions of a screen: elites, parameters, words, themes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from textual.command import DiscoveryHit, Hit, Provider
from textual.content import Content
from textual.markup import escape
from textual.screen import ModalScreen

from galapagos.errors import GalapagosError
from galapagos.fitness import fitness_kind
from tui import formatting
from tui.glossary import GLOSSARY
from tui.run_terms import terms_of
from tui.value_text import as_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.command import Hits
    from textual.fuzzy import Matcher

    from galapagos.engine.snapshot import EliteSummary, Snapshot
    from tui.dashboard import Dashboard
    from tui.screens.run import RunScreen

_MOST_SAVED = 1000
"""Saved elites that are looked through at each key, those that were saved last."""


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
                yield Hit(score, _highlighted(matcher, entry.name), entry.act, entry.name, escape(entry.help))


def _highlighted(matcher: Matcher, name: str) -> Content:
    """Return a name with what matches, never parsed as markup: people give names to what they save."""
    content = Content(name)
    for offset in matcher.fuzzy_search.match(matcher.query, name)[1]:
        if not name[offset].isspace():
            content = content.stylize(matcher.match_style, offset, offset + 1)
    return content


class Palette(_Entries):
    """Elites and live parameters of the run, saved elites, the themes, and the words of the glossary."""

    async def startup(self) -> None:
        """Read the library; where it cannot be read its screen says why, and here it is left out."""
        library = cast("Dashboard", self.app).library
        with suppress(GalapagosError, OSError):
            if await library.count():
                await library.read()

    def entries(self) -> Iterator[Entry]:
        """Return everything on offer on the present screen."""
        app = cast("Dashboard", self.app)
        if not isinstance(self.screen, ModalScreen):
            yield from self._of_run()
            yield from self._of_library(app)
        yield from _themes(app)
        for term in GLOSSARY:
            yield Entry(f"What is: {term.name}", term.text, partial(self._explain, term.name))

    def _of_run(self) -> Iterator[Entry]:
        run = _below(cast("Dashboard", self.app), "RunScreen")
        if run is None or run.snapshot is None:
            return
        snapshot = run.snapshot
        here = self.screen is run
        for elite in snapshot.elites:
            yield Entry(
                _name_of(elite, snapshot),
                "Move to this elite" if here else "Look at this elite",
                partial(_move_to, run, elite.id) if here else partial(run.show_elite, elite.id),
            )
        yield from self._parameters(run, snapshot)

    def _parameters(self, run: RunScreen, snapshot: Snapshot) -> Iterator[Entry]:
        from galapagos.parameter_declarations import Change
        from galapagos.parameter_files import describe

        editor = _below(cast("Dashboard", self.app), "ParametersScreen")
        if editor not in (None, self.screen):
            return
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

    def _of_library(self, app: Dashboard) -> Iterator[Entry]:
        screen, run = _below(app, "LibraryScreen"), _below(app, "RunScreen")
        if screen not in (None, self.screen):
            return
        for saved in app.library.entries[:_MOST_SAVED]:
            kind = fitness_kind(saved.experiment)
            facts = (saved.task, formatting.fitness(saved.fitness, kind), *(f"#{tag}" for tag in saved.tags))
            yield Entry(
                f"Saved: {formatting.words(saved.name, 60)}",
                f"{formatting.words(' '.join(filter(None, facts)), 120)}; show it in the library",
                partial(screen.go_to, saved.id)
                if screen is not None
                else partial(app.show_library, None if run is None else run.steering, entry=saved.id),
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
            yield DiscoveryHit(Content(entry.name), entry.act, entry.name, escape(entry.help))


def _themes(app: Dashboard) -> Iterator[Entry]:
    from tui.themes import theme_names

    for name in theme_names(app):
        now = ", which you see now" if name == app.theme else ""
        yield Entry(f"Theme: {name}", f"Take these colours{now}", partial(app.action_theme, name))


def _below(app: Dashboard, name: str) -> Any:  # noqa: ANN401 - a screen of that class
    """Return the topmost screen of a class, by its name: what was not opened need not be imported."""
    return next((screen for screen in reversed(app.screen_stack) if type(screen).__name__ == name), None)


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
