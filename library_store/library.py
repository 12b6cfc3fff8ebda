"""The library of saved elites, as people, commands, the dashboard and notebooks use it at the same time."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Self

from galapagos import home
from galapagos.errors import GalapagosError, UnknownEntry
from galapagos.genomes.any_genome import genome_from_json
from galapagos.plain_text import plain
from library_store.database import LibraryDatabase, document, ids
from library_store.drafts import draft, identity_of, tags_of, united
from library_store.entry import Entry, Injection, clean_name, clean_notes
from library_store.query import Query
from library_store.tensors import put_back
from library_store.weights import WeightFiles, encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from galapagos.engine.run import Run
    from galapagos.evolution.archive import Elite
    from galapagos.genomes.genome import Genome
    from library_store.tensors import Tensors

MANY = 20_000
"""Entries from which on a warning is due: every change takes the longer, the more there are."""

MOST_INJECTIONS = 1000
"""Of an entry; older ones are forgotten."""

ENTRIES, REMOVED = "entries", "removed"
"""The tables of the database: what is there, and what can be brought back."""


class Library:
    """Saved elites on this machine; they stay until they are removed, and a removal can be undone.

    Methods may be called from several threads, and from several processes, at the same time. What a method
    has returned from is on the disk.

    Args:
        path: The library's directory, by default that of this user (`GALAPAGOS_HOME`); it is made with the
            first entry.

    Raises:
        LibraryError: Where it cannot be read, or was written by a newer version.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = home.library_home() if path is None else path
        self._weights = WeightFiles(self.path / "weights")
        self._database = LibraryDatabase(self.path)
        self._table = self._database.table(ENTRIES)
        self._removed = self._database.table(REMOVED)
        self._known: dict[str, tuple[Mapping[str, Any], Entry]] = {}
        self._unreadable: dict[str, str] = {}
        self._reading = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self._table.rows)

    @property
    def problems(self) -> tuple[str, ...]:
        """What was found damaged and set aside, one line each."""
        return (*self._database.problems, *self._unreadable.values())

    def put(
        self,
        what: Elite | Genome | Entry,
        *,
        name: str | None = None,
        tags: Iterable[str] = (),
        notes: str | None = None,
        parameters: Mapping[str, Any] | None = None,
    ) -> Entry:
        """Save an elite, a bare network, or an entry of another library; return the entry.

        What is in the library already, with the same id and the same network, keeps its name, tags, notes and
        injections, and takes the newer results.

        Args:
            what: What is to be saved.
            name: What to call it; by default its task and its size.
            tags: Words to find it by.
            notes: Any lines.
            parameters: What a bare network is for: the parameters of such a run, as JSON.

        Raises:
            LibraryError: Where it cannot be written; then nothing was saved.
        """
        if isinstance(what, Entry):
            entry, tensors = what, {} if what.read_weights is None else what.read_weights()
        else:
            entry, tensors = draft(what, parameters or {})
        entry = entry.changed(
            name=clean_name(name) if name else entry.name,
            tags=tags_of((*entry.tags, *tags)),
            notes=entry.notes if notes is None else clean_notes(notes),
            skeleton=dict(entry.skeleton),
        )
        with self._database.transaction():
            entry = self._merged(entry, tensors, renamed=bool(name))
            self._forget_removed(entry.id)
            self._write(entry)
        return entry

    def get(self, text: str) -> Entry:
        """Return the entry with an id or a name, or the beginning of either, that no other has.

        Raises:
            UnknownEntry: Where there is none, or several fit.
        """
        fitting = self.find(text)
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            ids = ", ".join(entry.id for entry in fitting[:4])
            raise UnknownEntry(f"{plain(text)} fits {len(fitting)} saved elites; their ids are {ids}")
        raise UnknownEntry(f"{plain(text)!r} is not in the library; `galapagos library list` names what is")

    def find(self, text: str) -> list[Entry]:
        """Return the entries with this id, or this name, or else whose ids or names begin like this."""
        row = self._table.rows.get(text)
        if row is not None:
            return [self._entry(row)]
        everything = self.get_all()
        named = [entry for entry in everything if entry.name == text]
        beginning = text.casefold()
        return named or [
            entry
            for entry in everything
            if text and (entry.id.startswith(text) or entry.name.casefold().startswith(beginning))
        ]

    def get_all(self) -> list[Entry]:
        """Return all entries, those that were saved last first."""
        entries = []
        for id, row in self._table.rows.items():
            try:
                entries.append(self._entry(row))
            except GalapagosError as error:
                self._unreadable[id] = plain(f"{id}: {error}")
        return sorted(entries, key=lambda entry: (-entry.saved, entry.id))

    def search(self, query: str | Query) -> list[Entry]:
        """Return the entries that a query means, those that were saved last first; see `query`.

        Raises:
            InvalidQuery: Where it cannot be understood.
        """
        meant = Query.parse(query) if isinstance(query, str) else query
        return [entry for entry in self.get_all() if meant(entry)]

    def change(
        self,
        id: str,
        *,
        name: str | None = None,
        tags: Iterable[str] | None = None,
        add_tags: Iterable[str] = (),
        drop_tags: Iterable[str] = (),
        notes: str | None = None,
    ) -> Entry:
        """Give an entry another name, other tags or other notes; None leaves what there is.

        Args:
            id: Of the entry, in full.
            name: The new name.
            tags: All of its tags from now on.
            add_tags: Tags beside those that it has by then, whoever gave them.
            drop_tags: Tags that it is not to have any more.
            notes: The new notes.

        Raises:
            UnknownEntry: Where there is none with this id.
            InvalidEntry: Where it would have too many tags.
            LibraryError: Where it cannot be written.
        """
        with self._database.transaction():
            entry = self._exactly(id)
            kept = set(entry.tags if tags is None else tags_of(tags)) - set(tags_of(drop_tags))
            entry = entry.changed(
                name=(clean_name(name) if name else "") or entry.name,
                tags=tags_of(kept.union(tags_of(add_tags))),
                notes=entry.notes if notes is None else clean_notes(notes),
            )
            self._write(entry)
        return entry

    def injected(self, id: str, *, run: str, path: str, generation: int) -> None:
        """Note that an entry was put back into a run; one that is not in the library is passed over.

        Raises:
            LibraryError: Where it cannot be written.
        """
        with self._database.transaction():
            row = self._table.rows.get(id)
            if row is None:
                return
            entry = self._entry(row)
            injection = Injection(plain(run), path, generation, time.time())
            latest = (*entry.injections, injection)[-MOST_INJECTIONS:]
            self._write(entry.changed(injections=latest))

    def inject(self, id: str, run: Run) -> int:
        """Put a clone of an entry into the next generation of a live run, and return that generation.

        Raises:
            UnknownEntry: Where there is none with this id.
            CommandRefused: Where it does not fit the run's task; UnknownRun where the run is over.
            LibraryError: Where it cannot be noted; it is in the run then.
        """
        entry = self._exactly(id)
        generation = run.selection.put_unevaluated(entry.genome, parent=entry.id, source=entry.name)
        path = run.directory.path
        self.injected(id, run=run.directory.name, path=str(path), generation=generation)
        return generation

    def remove(self, id: str) -> Entry:
        """Take an entry out; `restore` brings it back.

        Raises:
            UnknownEntry: Where there is none with this id.
            LibraryError: Where it cannot be written.
        """
        with self._database.transaction():
            entry = self._exactly(id)
            self._table.remove(doc_ids=ids(entry.id))
            self._removed.upsert(document({"removed": time.time(), "row": entry.to_row()}, entry.id))
        return entry

    def removed(self) -> list[Entry]:
        """Return the entries that were taken out and can be restored, the last first."""
        rows = sorted(self._removed.rows.values(), key=lambda row: -row["removed"])
        return [self._from_row(row["row"]) for row in rows]

    def restore(self, id: str) -> Entry:
        """Bring back an entry that was taken out.

        Raises:
            UnknownEntry: Where none with this id was.
            LibraryError: Where it cannot be written.
        """
        with self._database.transaction():
            row = self._removed.rows.get(id)
            if row is None:
                raise UnknownEntry(f"{plain(id)} was not removed, so it cannot be restored")
            entry = self._from_row(row["row"])
            self._forget_removed(id)
            self._write(entry)
        return entry

    def discard(self, id: str) -> None:
        """Forget for good an entry that was removed, and its weights where no other entry has the same.

        Raises:
            UnknownEntry: Where none with this id was removed.
            LibraryError: Where it cannot be written.
        """
        with self._database.transaction():
            row = self._removed.rows.get(id)
            if row is None:
                raise UnknownEntry(f"{plain(id)} was not removed; remove it first")
            self._forget_removed(id)
        # Only now that no row names them; a crash in between leaves a file too many.
        with self._database.transaction():
            digest = row["row"]["weights"]
            others = [*self._table.rows.values(), *(row["row"] for row in self._removed.rows.values())]
            if all(other["weights"] != digest for other in others):
                self._weights.remove(digest)

    def close(self) -> None:
        """Let go of the files; nothing waits to be written."""
        self._database.close()

    def _exactly(self, id: str) -> Entry:
        row = self._table.rows.get(id)
        if row is None:
            raise UnknownEntry(
                f"no saved elite has the id {plain(id)!r}; `galapagos library list` shows them"
            )
        return self._entry(row)

    def _merged(self, entry: Entry, tensors: Tensors, *, renamed: bool) -> Entry:
        """Return the entry as it is to be written beside, or in place of, one with the same id."""
        row = self._table.rows.get(entry.id)
        if row is not None:
            before, genome = self._entry(row), put_back(entry.skeleton, tensors)
            known = self._network(before)
            if known in (genome, None):
                merged = united(before, entry, renamed=renamed)
                if known is not None:
                    return merged
                entry = merged.changed(skeleton=entry.skeleton)
            else:
                # The same individual with other weights: both are kept, the newer under its network's id.
                entry = entry.changed(id=identity_of(genome_from_json(genome)))
        unwritten = entry.to_row()
        del unwritten["weights"]
        digest = self._weights.write(encode(tensors, unwritten))
        return entry.changed(weights=digest, read_weights=lambda: self._weights.read_tensors(digest))

    def _network(self, entry: Entry) -> dict[str, Any] | None:
        """Return the JSON of an entry's genome, None where its weights are lost."""
        try:
            return put_back(entry.skeleton, self._weights.read_tensors(entry.weights))
        except GalapagosError:
            return None

    def _forget_removed(self, id: str) -> None:
        if id in self._removed.rows:
            self._removed.remove(doc_ids=ids(id))

    def _write(self, entry: Entry) -> None:
        self._table.upsert(document(entry.to_row(), entry.id))

    def _entry(self, row: Mapping[str, Any]) -> Entry:
        """Return the entry of a row, the same as before where the row is."""
        id = str(row["id"])
        with self._reading:
            known = self._known.get(id)
            if known is None or known[0] is not row:
                self._known[id] = known = (row, self._from_row(row))
                self._unreadable.pop(id, None)
            return known[1]

    def _from_row(self, row: Mapping[str, Any]) -> Entry:
        digest = str(row.get("weights"))
        return Entry.from_row(row, lambda: self._weights.read_tensors(digest))
