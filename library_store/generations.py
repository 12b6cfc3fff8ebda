"""Which files a library consists of, and the state that they hold together; nothing here writes.

Generation G is `snapshot-G.json` and `log-G.jsonl`, the commits since. A newer generation begins with a
snapshot of everything before, so the state is the newest snapshot that can be read, and the logs of its
generation and all newer ones. Readers take no lock: what they met half done, or gone, they read again.
"""

from __future__ import annotations

import gc
import re
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from galapagos.errors import LibraryError
from library_store.records import (
    Change,
    Damaged,
    Log,
    Newer,
    Snapshot,
    Tables,
    broken_links,
    changed,
    decode_snapshot,
    merged,
    read_log,
    verified,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from library_store.files import Files

REPAIR = "`galapagos library repair` makes the library again from what can be read"

_NAME = re.compile(r"(snapshot|log)-(\d{6,12})\.jsonl?(\.damaged-\d+)?")
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Found:
    """The generations whose files are there.

    Args:
        snapshots: Those of snapshots, the newest first.
        logs: Those of logs, the oldest first.
        highest: The newest that ever was, -1 where none was.
    """

    snapshots: tuple[int, ...]
    logs: tuple[int, ...]
    highest: int

    @classmethod
    def of(cls, names: Iterable[str]) -> Found:
        """Return what the names in a library's directory tell."""
        known = [match for name in names if (match := _NAME.fullmatch(name))]
        numbers = {
            kind: sorted(int(match[2]) for match in known if match[1] == kind and match[3] is None)
            for kind in ("snapshot", "log")
        }
        # Those set aside count too: a number that comes again would mislead who remembers the first.
        highest = max((int(match[2]) for match in known), default=-1)
        return cls(tuple(reversed(numbers["snapshot"])), tuple(numbers["log"]), highest)


@dataclass(frozen=True, slots=True)
class Damage:
    """A file that is not what was written, and a line about it."""

    name: str
    line: str


@dataclass(frozen=True, slots=True)
class State:
    """What a library holds, and where in its files that was read.

    Args:
        tables: The rows.
        generation: That of the log which the next commit goes to; -1 where there is no library yet.
        last: The checksum of the last commit.
        mark: Where the last commit begins in the log, in bytes.
        end: Where it ends.
        tail: How many lines after it are no commits: being written, torn or damaged.
        snapshot_bytes: The size of the snapshot.
        damages: What must be set aside before the next commit.
    """

    tables: Tables = field(default_factory=dict)
    generation: int = -1
    last: str = ""
    mark: int = 0
    end: int = 0
    tail: int = 0
    snapshot_bytes: int = 0
    damages: tuple[Damage, ...] = ()


def snapshot_name(generation: int) -> str:
    """Return the name of a snapshot's file."""
    return f"snapshot-{generation:06d}.json"


def log_name(generation: int) -> str:
    """Return the name of a log's file."""
    return f"log-{generation:06d}.jsonl"


def load(files: Files, directory: Path) -> State:
    """Return the state on the disk, empty where there is nothing.

    Raises:
        OSError: Where a file cannot be read.
        LibraryError: Where no state can be made of them, or a newer version wrote them.
    """
    for _ in range(_TRIES):
        found = Found.of(files.names(directory))
        try:
            with _no_garbage():
                state = _load(files, directory, found)
        except FileNotFoundError:
            continue
        # A listing takes its time: it may miss the name of a new snapshot, and then have that of its log.
        if Found.of(files.names(directory)).snapshots == found.snapshots:
            return state
    raise LibraryError(f"{directory}: the library's files come and go while they are read; try again")


def follow(files: Files, directory: Path, state: State) -> State:
    """Return the state on the disk, reading only what came after a state that was read before.

    Raises:
        OSError: Where a file cannot be read.
        LibraryError: As `load`.
    """
    found = Found.of(files.names(directory))
    newest = max((*found.snapshots, *found.logs), default=-1)
    if state.damages or newest != state.generation:
        return load(files, directory)
    path = directory / log_name(newest)
    content = _read_or_nothing(files, path, state.mark) if newest in found.logs else b""
    known = state.end - state.mark
    # The last commit is looked at again: one that could not be synced is cut off, and others take its place.
    if known and not (content.startswith(state.last.encode()) and content[known - 1 : known] == b"\n"):
        return load(files, directory)
    log = read_log(content[known:])
    if log.damaged or broken_links(log.records, state.last):
        return load(files, directory)
    return _after(state, log, state.end)


def salvage(files: Files, directory: Path) -> Change:
    """Return what all commits in the logs that can be read say together, without any snapshot.

    Raises:
        OSError: Where a file cannot be read.
        LibraryError: Where a newer version wrote a snapshot.
    """
    found = Found.of(files.names(directory))
    for generation in found.snapshots:
        path = directory / snapshot_name(generation)
        try:
            verified(files.read(path))
        except Damaged:
            continue
        except Newer as newer:
            raise _refused(path, newer) from None
    logs = [read_log(files.read(directory / log_name(generation))) for generation in found.logs]
    return merged(record.change for log in logs for record in log.records)


def is_whole(files: Files, directory: Path, generation: int) -> bool:
    """Return whether a snapshot is what was written; one of a newer version counts as whole.

    Raises:
        OSError: Where it cannot be read.
    """
    try:
        verified(files.read(directory / snapshot_name(generation)))
    except Damaged:
        return False
    except Newer:
        return True
    return True


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Spare Python to look for garbage among a million new objects, which takes longer than to read them."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _load(files: Files, directory: Path, found: Found) -> State:
    damages: list[Damage] = []
    snapshot, size = _newest_snapshot(files, directory, found, damages)
    state = State(snapshot.tables, snapshot.generation, snapshot.last, snapshot_bytes=size)
    logs = [generation for generation in found.logs if generation >= snapshot.generation]
    if damages and snapshot.generation not in logs:
        name = log_name(snapshot.generation)
        damages.append(Damage(name, f"{directory / name} is missing; what was saved in it is lost"))
    for generation in logs:
        if generation > snapshot.generation and generation not in found.snapshots:
            name = snapshot_name(generation)
            line = (
                f"{directory / name} is missing; the snapshot before and all commits since were read instead"
            )
            damages.append(Damage(name, line))
        name = log_name(generation)
        log = read_log(files.read(directory / name))
        damaged = log.damaged + (log.tail if generation != logs[-1] else 0)
        broken = broken_links(log.records, state.last)
        if damaged or broken:
            damages.append(Damage(name, _log_line(directory / name, damaged, broken)))
        state = _after(replace(state, generation=generation, mark=0, end=0), log, 0)
    return replace(state, damages=tuple(damages))


def _newest_snapshot(
    files: Files, directory: Path, found: Found, damages: list[Damage]
) -> tuple[Snapshot, int]:
    """Return the newest snapshot that can be read and its size; note those that cannot."""
    for generation in found.snapshots:
        path = directory / snapshot_name(generation)
        content = files.read(path)
        try:
            snapshot = decode_snapshot(content)
            if snapshot.generation == generation:
                return snapshot, len(content)
            raise Damaged(f"it is that of generation {snapshot.generation}")
        except Damaged as error:
            line = f"{path} is damaged ({error}); the snapshot before and all commits since were read instead"
            damages.append(Damage(path.name, line))
        except Newer as newer:
            raise _refused(path, newer) from None
    generations = (*found.snapshots, *found.logs)
    # The first generation begins with nothing, so it needs no snapshot.
    if not generations or min(generations) == 0:
        return Snapshot(min(generations, default=-1), "", {}), 0
    if damages:
        why = damages[0].line.partition(";")[0]
    else:
        why = f"{directory / log_name(found.logs[0])} has no snapshot"
    raise LibraryError(f"the library cannot be read: {why}, and there is no other; {REPAIR}")


def _after(state: State, log: Log, offset: int) -> State:
    """Return the state after a piece of its log that begins at an offset in bytes."""
    if not log.records:
        return state if state.tail == log.tail else replace(state, tail=log.tail)
    return replace(
        state,
        tables=changed(state.tables, (record.change for record in log.records)),
        last=log.records[-1].checksum,
        mark=offset + log.last,
        end=offset + log.end,
        tail=log.tail,
    )


def _read_or_nothing(files: Files, path: Path, start: int) -> bytes:
    try:
        return files.read(path, start)
    except FileNotFoundError:
        return b""


def _log_line(path: Path, damaged: int, broken: int) -> str:
    if damaged:
        return f"{path} has {damaged} damaged line{'s' * (damaged > 1)}; what they saved is lost"
    return f"{path} lacks commits in {broken} place{'s' * (broken > 1)}; what they saved is lost"


def _refused(path: Path, newer: Newer) -> LibraryError:
    return LibraryError(f"{path} was written by a newer version (schema {newer}); update galapagos")
