"""Where the dashboard gets its saved elites: the one object that talks to the library, always in a thread.

Every action returns the line that a toast shows, and what can be taken back is remembered for this session.
"""

from __future__ import annotations

import asyncio
import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from galapagos.errors import CommandRefused, LibraryError, UnknownEntry
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from galapagos.evolution.archive import Elite
    from library_store.entry import Entry
    from library_store.library import Library
    from tui.entry_details import EntryDetails
    from tui.library_evaluation import Measurement

    Inverse = Callable[[Library], object]
    Action = Callable[[Library, Entry], Inverse]
    Stamp = tuple[tuple[str, int, int, int], ...]

MOST_UNDO = 100
_LONGEST_NAME = 40


@dataclass(slots=True)
class _Undo:
    """Something that was done, and what takes it back, the last first."""

    told: str
    inverses: list[Inverse] = field(default_factory=list)


class LibraryDesk:
    """The saved elites of this machine, for everything in one dashboard.

    The library is opened when it is first asked for anything. What one action does to several entries, and
    several actions, happens one after the other.

    Attributes:
        entries: As they were last read, those that were saved last first.
        version: Grows whenever `entries` are others than before; 0 before they were read.
        problems: What was found damaged and set aside, one line each.
        are_many: Whether there are so many that every change takes long.
        measurements: What evaluations in this session came to, by id.
    """

    def __init__(self) -> None:
        self.entries: Sequence[Entry] = ()
        self.version = 0
        self.problems: tuple[str, ...] = ()
        self.are_many = False
        self.measurements: dict[str, Measurement] = {}
        self._library: Library | None = None
        self._opening = threading.Lock()
        self._stamp: Stamp | None = None
        self._turn = asyncio.Lock()
        self._undo: list[_Undo] = []

    async def count(self) -> int:
        """Return how many entries there are.

        Raises:
            LibraryError: Where it cannot be read.
        """
        return await asyncio.to_thread(self._count)

    async def read(self) -> int:
        """Read the entries again where any file changed, and return their version.

        Raises:
            LibraryError: Where it cannot be read; the next call tries again.
        """
        async with self._turn:
            return await asyncio.to_thread(self._read)

    async def details(self, entry: Entry) -> EntryDetails:
        """Return what is read of an entry when somebody looks at it."""
        return await asyncio.to_thread(_details, entry)

    async def save(self, elite: Elite) -> str:
        """Save an elite of a run.

        Raises:
            LibraryError: Where it cannot be written.
        """
        async with self._turn:
            entry = await asyncio.to_thread(lambda: self._opened().put(elite))
        return f"saved {plain(entry.name, _LONGEST_NAME)}; L shows it"

    async def rename(self, entries: Sequence[Entry], name: str) -> str:
        """Give entries a name.

        Raises:
            LibraryError, UnknownEntry: As every action, where an entry cannot be written or went away; what
                was done before can be taken back.
        """

        def act(library: Library, entry: Entry) -> Inverse:
            library.change(entry.id, name=name)
            return lambda library: library.change(entry.id, name=entry.name)

        await self._each(entries, act, f"new name of {_told(entries)}")
        return f"{_told(entries)} {_is(entries)} called {plain(name, _LONGEST_NAME)} now"

    async def tag(self, entries: Sequence[Entry], *, add: Collection[str], drop: Collection[str]) -> str:
        """Give tags to entries and take others from them."""

        def act(library: Library, entry: Entry) -> Inverse:
            before = set(library.get(entry.id).tags)
            library.change(entry.id, add_tags=add, drop_tags=drop)
            # Only what this changed is taken back: others may have given tags meanwhile.
            added, dropped = set(add) - before, set(drop) & before
            return lambda library: library.change(entry.id, add_tags=dropped, drop_tags=added)

        await self._each(entries, act, f"tags of {_told(entries)}")
        return f"{_told(entries)}: {' '.join([*(f'+{tag}' for tag in add), *(f'-{tag}' for tag in drop)])}"

    async def note(self, entries: Sequence[Entry], notes: str) -> str:
        """Write notes on entries."""

        def act(library: Library, entry: Entry) -> Inverse:
            library.change(entry.id, notes=notes)
            return lambda library: library.change(entry.id, notes=entry.notes)

        await self._each(entries, act, f"notes on {_told(entries)}")
        return f"the notes on {_told(entries)} are kept; u takes them back"

    async def remove(self, entries: Sequence[Entry]) -> str:
        """Take entries out."""

        def act(library: Library, entry: Entry) -> Inverse:
            library.remove(entry.id)
            return lambda library: library.restore(entry.id)

        await self._each(entries, act, f"removal of {_told(entries)}")
        return f"removed {_told(entries)}; u brings {'it' if len(entries) == 1 else 'them'} back"

    async def export(self, entries: Sequence[Entry], path: str) -> str:
        """Write entries to a file whose suffix names the format."""
        written = await asyncio.to_thread(_export, entries, path)
        return f"{_told(entries)} {_is(entries)} in {plain(', '.join(map(str, written)))}"

    async def load(self, path: str) -> tuple[str, str]:
        """Take the networks of a file in; return the toast's line and the id of the first of them.

        Raises:
            GalapagosError: Where it cannot be read or is no such file, or the library cannot be written.
        """
        undo = self._remember(f"import of {plain(Path(path).name, _LONGEST_NAME)}")
        async with self._turn:
            taken = await asyncio.to_thread(self._load, path, undo)
        return f"imported {_told(taken)}; u takes {'it' if len(taken) == 1 else 'them'} out", taken[0].id

    async def injected(self, id: str, run: Path, generation: int) -> None:
        """Note that an entry was put back into a run."""
        async with self._turn:
            await asyncio.to_thread(
                lambda: self._opened().injected(id, run=run.name, path=str(run), generation=generation)
            )

    async def undo(self) -> str:
        """Take back the last action of this session that is not taken back yet.

        Raises:
            CommandRefused: Where there is none.
            LibraryError: Where it cannot be written; it can be tried again.
        """
        async with self._turn:
            while self._undo and not self._undo[-1].inverses:
                self._undo.pop()
            if not self._undo:
                raise CommandRefused("there is nothing to undo")
            last = self._undo[-1]
            missing = await asyncio.to_thread(self._take_back, last)
            self._undo.remove(last)
        return f"undone: {last.told}" + (f"; {missing} of them went away meanwhile" if missing else "")

    def close(self) -> None:
        """Let go of the files."""
        with self._opening:
            if self._library is not None:
                self._library.close()
                self._library = None

    async def _each(self, entries: Sequence[Entry], act: Action, told: str) -> None:
        undo = self._remember(told)

        def work() -> None:
            library = self._opened()
            for entry in entries:
                undo.inverses.append(act(library, entry))

        async with self._turn:
            await asyncio.to_thread(work)

    def _remember(self, told: str) -> _Undo:
        """Return a place for what takes an action back, on top of the others while it is still done."""
        undo = _Undo(told)
        self._undo.append(undo)
        del self._undo[:-MOST_UNDO]
        return undo

    def _opened(self) -> Library:
        from library_store.library import Library

        with self._opening:
            if self._library is None:
                self._library = Library()
            return self._library

    def _count(self) -> int:
        from galapagos.home import library_home

        # Where nothing was ever saved, nothing is imported to say so.
        return len(self._opened()) if library_home().is_dir() else 0

    def _read(self) -> int:
        from library_store.library import MANY

        library = self._opened()
        stamp = _stamp(library.path)
        if stamp == self._stamp:
            return self.version
        entries = library.get_all()
        for entry in entries:
            # Written here once, so that no key waits for it.
            _ = entry.search_text
        self.entries, self.problems, self.are_many = entries, library.problems, len(entries) >= MANY
        # Last, since whoever asked may have gone meanwhile: the next one finds it done, or does it again.
        self._stamp = stamp
        self.version += 1
        return self.version

    def _load(self, path: str, undo: _Undo) -> list[Entry]:
        from library_store.entry import Entry
        from library_store.exchange import read_file

        file, library = _path(path), self._opened()
        known = {entry.id: entry for entry in library.get_all()}
        taken = []
        for found in read_file(file):
            name = None if isinstance(found, Entry) else plain(file.stem)
            entry = library.put(found, name=name)
            undo.inverses.append(_inverse_of_put(entry, known.get(entry.id)))
            taken.append(entry)
        if not taken:
            raise LibraryError(f"{plain(path)} holds no saved elite")
        return taken

    def _take_back(self, last: _Undo) -> int:
        """Take back everything of one action; return how much of it was not there any more."""
        library, missing = self._opened(), 0
        while last.inverses:
            try:
                last.inverses[-1](library)
            except UnknownEntry:
                missing += 1
            last.inverses.pop()
        return missing


def _details(entry: Entry) -> EntryDetails:
    from tui.entry_details import details_of

    return details_of(entry)


def _export(entries: Sequence[Entry], path: str) -> Sequence[Path]:
    from library_store.exchange import export_entries

    return export_entries(entries, _path(path))


def _path(text: str) -> Path:
    try:
        path = Path(text).expanduser()
    except RuntimeError as error:
        raise LibraryError(f"{plain(text)}: {error}") from None
    if "\0" in text:
        raise LibraryError(f"{plain(text)} is no path")
    return path


def _inverse_of_put(entry: Entry, before: Entry | None) -> Inverse:
    if before is None:
        return lambda library: library.remove(entry.id)
    return lambda library: library.change(entry.id, name=before.name, tags=before.tags, notes=before.notes)


def _stamp(directory: Path) -> Stamp:
    """Return what changes whenever a library is written to: names, sizes and times of its files."""
    try:
        with os.scandir(directory) as files:
            found = [(file.name, file.stat()) for file in files if not file.name.endswith(".lock")]
    except OSError:
        return ()
    return tuple(sorted((name, stat.st_ino, stat.st_size, stat.st_mtime_ns) for name, stat in found))


def _told(entries: Sequence[Entry]) -> str:
    return plain(entries[0].name, _LONGEST_NAME) if len(entries) == 1 else f"{len(entries)} elites"


def _is(entries: Sequence[Entry]) -> str:
    return "is" if len(entries) == 1 else "are"
