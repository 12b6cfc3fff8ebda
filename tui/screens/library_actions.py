"""What a person does with saved elites: asked for where that is needed, done at the desk, told in a toast."""

from __future__ import annotations

import asyncio
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from textual.screen import Screen

from galapagos.errors import GalapagosError, LibraryError
from galapagos.plain_text import plain
from library_store.formats import HOLDING_ONE, HOLDING_SEVERAL, READABLE, listed, unwritable
from tui.library_evaluation import evaluate_entry
from tui.plain_content import plain_content
from tui.screens.library_prompts import LinePrompt, NotesPrompt

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from library_store.entry import Entry
    from tui.dashboard import Dashboard
    from tui.library_desk import LibraryDesk
    from tui.shown_elite import ShownElite
    from tui.steering import Steering

LEAST_COMPARED = 2
USUAL_TRIALS = 100
MOST_TRIALS = 1_000_000
_LONGEST_TITLE = 40
_LONGEST_STEM = 60
"""Characters, so that no file system finds the name of a file too long."""


class LibraryActions(Screen[None]):
    """The part of the library's screen that acts on entries.

    Args:
        desk: Where they are.
        steering: How the run is commanded that they can be injected into; None without one.

    Attributes:
        evaluating: How many trials are going on or waiting, by the id of an entry.
    """

    app: Dashboard

    def __init__(self, desk: LibraryDesk, steering: Steering | None = None) -> None:
        super().__init__()
        self.desk = desk
        self.steering = steering
        self.evaluating: dict[str, int] = {}
        self._processor = asyncio.Lock()

    @property
    def highlighted(self) -> Entry | None:
        """The entry under the cursor."""
        raise NotImplementedError

    def acted_on(self) -> Sequence[Entry]:
        """Return the marked entries, or else the one under the cursor; a toast says that there is none."""
        raise NotImplementedError

    async def read(self, *, then: str = "") -> None:
        """Show the entries as they are now, with the cursor on one of them if that is named."""
        raise NotImplementedError

    def show_details(self) -> None:
        """Draw what is known of the entry under the cursor."""
        raise NotImplementedError

    def action_rename(self) -> None:
        """Ask for a name and give it."""
        self._ask(self._rename(self.acted_on()))

    async def _rename(self, entries: Sequence[Entry]) -> str:
        if not entries:
            return ""
        value = entries[0].name if len(entries) == 1 else ""
        name = await self._line(LinePrompt(f"Name of {_told(entries)}", value, check=_needs_text))
        return await self.desk.rename(entries, name) if name and name != value else ""

    def action_tag(self) -> None:
        """Ask for tags, and give and take those that changed."""
        self._ask(self._tag(self.acted_on()))

    async def _tag(self, entries: Sequence[Entry]) -> str:
        from library_store.entry import clean_tags

        if not entries:
            return ""
        common = set(entries[0].tags).intersection(*(entry.tags for entry in entries))
        hint = "words, with blanks between them"
        if len(entries) > 1:
            hint += "; those that only some have stay with these"
        text = await self._line(
            LinePrompt(f"Tags of {_told(entries)}", " ".join(sorted(common)), hint=hint, check=_tag_problem)
        )
        if text is None:
            return ""
        wanted = set(clean_tags(text))
        add, drop = sorted(wanted - common), sorted(common - wanted)
        return await self.desk.tag(entries, add=add, drop=drop) if add or drop else ""

    def action_note(self) -> None:
        """Let notes be written."""
        self._ask(self._note(self.acted_on()))

    async def _note(self, entries: Sequence[Entry]) -> str:
        if not entries:
            return ""
        before = entries[0].notes if len({entry.notes for entry in entries}) == 1 else ""
        notes = await self.app.push_screen_wait(NotesPrompt(f"Notes on {_told(entries)}", before))
        return await self.desk.note(entries, notes) if notes != before else ""

    def action_export(self) -> None:
        """Ask for a file and write to it."""
        self._ask(self._export(self.acted_on()))

    async def _export(self, entries: Sequence[Entry]) -> str:
        if not entries:
            return ""
        hint = f"{listed(HOLDING_SEVERAL)} holds any number of elites; {listed(HOLDING_ONE)} one"
        path = await self._line(
            LinePrompt(
                f"Export {_told(entries)} to",
                await asyncio.to_thread(_free_name, entries),
                hint=f"{hint}. In {Path.cwd()}",
                check=partial(_export_problem, len(entries)),
            )
        )
        return await self.desk.export(entries, path) if path else ""

    def action_import(self) -> None:
        """Ask for a file and take its networks in."""
        self._ask(self._import())

    async def _import(self) -> str:
        hint = f"a {listed(READABLE)} file. In {Path.cwd()}"
        path = await self._line(LinePrompt("Import from", hint=hint, check=_absent_problem))
        if not path:
            return ""
        line, first = await self.desk.load(path)
        await self.read(then=first)
        return line

    def action_remove(self) -> None:
        """Take entries out at once."""
        if entries := self.acted_on():
            self._ask(self.desk.remove(entries))

    def action_undo(self) -> None:
        """Take the last action back."""
        self._ask(self.desk.undo())

    def action_inject(self) -> None:
        """Put clones into the next generation of the run."""
        if entries := self.acted_on():
            self._ask(self._inject(entries))

    async def _inject(self, entries: Sequence[Entry]) -> str:
        if self.steering is None:
            return ""
        generation: int | None = None
        injected = []
        for entry in entries:
            try:
                generation = await self._inject_one(self.steering, entry)
            except GalapagosError as error:
                # The others may fit all the same.
                told = f"{_told([entry])} is not injected: {error}"
                self.app.tell(plain_content(told).plain, wrong=True)
            else:
                injected.append(entry)
        if not injected:
            return ""
        clones, are = ("a clone", "is") if len(injected) == 1 else ("clones", "are")
        return f"{clones} of {_told(injected)} {are} injected: {self.steering.when(generation)}"

    async def _inject_one(self, steering: Steering, entry: Entry) -> int | None:
        details = await self.desk.details(entry)
        if details.genome is None:
            raise LibraryError(details.problem)
        genome = await asyncio.to_thread(details.genome.to_json)
        generation = await steering.inject_saved(entry.id, entry.name, genome)
        if generation is not None:
            await self.desk.injected(entry.id, steering.link.run_directory, generation)
        return generation

    def action_compare(self) -> None:
        """Show the marked entries side by side."""
        self._ask(self._compare(self.acted_on()))

    async def _compare(self, entries: Sequence[Entry]) -> str:
        if len(entries) < LEAST_COMPARED:
            return "mark two or more to compare them"
        module = await asyncio.to_thread(import_module, "tui.screens.compare")
        items = await asyncio.to_thread(_shown, entries)
        await self.app.push_screen(module.CompareScreen(items))
        return ""

    def action_watch(self) -> None:
        """Watch the entry under the cursor act, in a process of its own."""
        if (entry := self.highlighted) is not None:
            self._ask(self._watch(entry))

    async def _watch(self, entry: Entry) -> str:
        if not entry.parameters:
            raise LibraryError(
                f"{_told([entry])} does not say what it is for, which `library add FILE --for PRESET` does"
            )
        details = await self.desk.details(entry)
        if details.genome is None:
            raise LibraryError(details.problem)
        evaluation = entry.evaluation
        best_weight = None if evaluation is None else evaluation.best_weight
        genome = await asyncio.to_thread(details.genome.to_json)
        await self.app.show_watching(entry.name, genome, entry.parameters, best_weight)
        return ""

    def action_evaluate(self) -> None:
        """Ask for the number of trials and evaluate."""
        self._ask(self._evaluate(self.acted_on()))

    async def _evaluate(self, entries: Sequence[Entry]) -> str:
        if not entries:
            return ""
        hint = "trials of each weight, in a process that gives way to runs"
        text = await self._line(
            LinePrompt(
                f"Evaluate {_told(entries)}, trials", str(USUAL_TRIALS), hint=hint, check=_trials_problem
            )
        )
        for entry in entries if text else ():
            if entry.id not in self.evaluating:
                self.evaluating[entry.id] = int(text or 0)
                self._ask(self._measure(entry, int(text or 0)))
        self.show_details()
        return ""

    async def _measure(self, entry: Entry, num_trials: int) -> str:
        """Evaluate an entry when no other is evaluated."""
        try:
            async with self._processor:
                measured = await evaluate_entry(entry.id, num_trials)
        finally:
            del self.evaluating[entry.id]
            if self in self.app.screen_stack:
                self.show_details()
        self.desk.measurements[entry.id] = measured
        self.show_details()
        from galapagos.fitness import fitness_text

        kind = entry.fitness_kind
        return f"{_told([entry])}: {kind} {fitness_text(measured.fitness, kind)} over {num_trials} trials"

    async def _line(self, prompt: LinePrompt) -> str | None:
        text = await self.app.push_screen_wait(prompt)
        return None if text is None else text.strip()

    def _ask(self, request: Coroutine[object, object, str]) -> None:
        self.run_worker(self._tell(request), group="actions")

    async def _tell(self, request: Coroutine[object, object, str]) -> None:
        await self.app.tell_answer(request)
        await self.read()


def _shown(entries: Sequence[Entry]) -> list[ShownElite]:
    from tui.shown_elite import of_entry

    return [of_entry(entry) for entry in entries]


def _told(entries: Sequence[Entry]) -> str:
    return plain(entries[0].name, _LONGEST_TITLE) if len(entries) == 1 else f"{len(entries)} elites"


def _needs_text(text: str) -> str:
    return "" if plain(text) else "something has to stand here"


def _free_name(entries: Sequence[Entry]) -> str:
    """Return the name of a file that is not there yet."""
    stem = entries[0].name.replace("/", "-").lstrip(".- ") if len(entries) == 1 else "elites"
    stem = stem[:_LONGEST_STEM].rstrip() or entries[0].id
    names = (f"{stem}{number}.galapagos" for number in ("", *(f"-{number}" for number in range(2, 100))))
    return next((name for name in names if not Path(name).exists()), "")


def _export_problem(count: int, text: str) -> str:
    if not plain(text):
        return _needs_text(text)
    if _exists(text):
        return "that is there already, and nothing is ever written over"
    return unwritable(Path(text.strip()).suffix, count)


def _absent_problem(text: str) -> str:
    return _needs_text(text) or ("" if _exists(text) else "there is no such file")


def _exists(text: str) -> bool:
    try:
        return Path(text.strip()).expanduser().exists()
    except (OSError, ValueError, RuntimeError):
        # Too long, or the home of nobody; what is wrong with it is told where it is opened.
        return False


def _tag_problem(text: str) -> str:
    from library_store.entry import clean_tags

    try:
        clean_tags(text)
    except ValueError as error:
        return f"an elite that {error}"
    return ""


def _trials_problem(text: str) -> str:
    if text.strip().isascii() and text.strip().isdigit() and 1 <= int(text) <= MOST_TRIALS:
        return ""
    return f"it takes a whole number from 1 to {MOST_TRIALS}"
