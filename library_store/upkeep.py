"""What happens to the files of a library under its lock, apart from commits: new generations, and healing."""

from __future__ import annotations

import errno
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from galapagos.errors import LibraryError
from library_store.files import DiskFiles, Files
from library_store.generations import Found, State, is_whole, log_name, salvage, snapshot_name
from library_store.records import Change, Snapshot, encode_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LOCK = "library.lock"
PATIENCE = 10.0
"""Seconds to wait for another process that is writing."""

_KEPT = 2
_REMEDIES = {
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room in your quota",
    errno.EACCES: "make it writable for you",
    errno.EPERM: "make it writable for you",
    errno.EROFS: "make it writable for you",
}


class LibraryBusy(LibraryError):
    """Another process held the lock for too long."""


@contextmanager
def locked(files: Files, directory: Path, seconds: float) -> Iterator[None]:
    """Keep all others from writing; the directory is made where it is absent.

    Raises:
        LibraryBusy: Where another holds the lock for longer than that many seconds.
        LibraryError: Where it cannot be locked.
    """
    path = directory / LOCK
    with ExitStack() as stack:
        try:
            files.make_directory(directory)
            stack.enter_context(files.lock(path, seconds))
        except TimeoutError:
            raise LibraryBusy(
                f"another process has held {path} for more than {seconds:g} s; try again when it has finished"
            ) from None
        except OSError as error:
            raise not_written(directory, error) from None
        yield


def not_written(directory: Path, error: OSError) -> LibraryError:
    """Return the line about what the disk refused."""
    remedy = _REMEDIES.get(error.errno or 0, "look after the disk")
    return LibraryError(
        f"the library {directory} could not be written: {error}; {remedy} and try again, "
        "what was saved before is intact"
    )


def begin_generation(files: Files, directory: Path, state: State) -> State:
    """Write a snapshot; only when it is durable, remove what nobody needs any more.

    Raises:
        OSError: Where it cannot be written; the generation before is intact then.
    """
    generation = Found.of(files.names(directory)).highest + 1
    content = encode_snapshot(Snapshot(generation, state.last, state.tables))
    files.write(directory / snapshot_name(generation), content)
    # What has to stay behind now is removed the next time.
    with suppress(OSError):
        _remove_older(files, directory, generation)
    return State(state.tables, generation, state.last, snapshot_bytes=len(content))


def heal(files: Files, directory: Path, state: State, tell: Callable[[str, str], None]) -> State:
    """Set aside what is damaged, and go on with what is whole.

    Args:
        files: The disk.
        directory: The library, whose lock is held: so what is not finished will never be.
        state: As it was read.
        tell: Is called with a line about each damage, and what was done about it.

    Raises:
        OSError: Where it cannot be written.
    """
    if state.tail:
        path = directory / log_name(state.generation)
        tail = files.read(path, state.end)
        aside = _free_name(files, directory, path.name)
        files.write(directory / aside, tail)
        files.cut(path, state.end)
        lines = f"{state.tail} unfinished or damaged commit{'s' * (state.tail > 1)}"
        tell(f"{path} ended in {lines} ({len(tail)} bytes)", f", set aside as {aside}")
        state = replace(state, tail=0)
    if state.damages:
        for damage in state.damages:
            tell(damage.line, _set_aside(files, directory, damage.name))
        state = begin_generation(files, directory, replace(state, damages=()))
    return state


def start_anew(directory: Path, files: Files | None = None) -> Change:
    """Set all files of a library aside, so that it is empty; for one that cannot be read any more.

    Returns:
        What the commits in the logs that could be read say together: rows that were put, and ids that were
        removed; older rows are in the files of the weights.

    Raises:
        LibraryError: Where it cannot be written, or was written by a newer version: then nothing is touched.
    """
    files = DiskFiles() if files is None else files
    with locked(files, directory, PATIENCE):
        try:
            change = salvage(files, directory)
            found = Found.of(files.names(directory))
            for name in [*map(snapshot_name, found.snapshots), *map(log_name, found.logs)]:
                files.rename(directory / name, directory / _free_name(files, directory, name))
            files.sync_directory(directory)
        except OSError as error:
            raise not_written(directory, error) from None
    return change


def _remove_older(files: Files, directory: Path, newest: int) -> None:
    """Remove what is not needed by the newest two snapshots that are whole."""
    names = files.names(directory)
    found, kept = Found.of(names), [newest]
    for generation in found.snapshots:
        if generation < newest and len(kept) < _KEPT and is_whole(files, directory, generation):
            kept.append(generation)
    needless = [name for name in names if name.startswith(".snapshot-") and name.endswith(".new")]
    if len(kept) == _KEPT:
        needless += [snapshot_name(generation) for generation in found.snapshots if generation < kept[-1]]
        needless += [log_name(generation) for generation in found.logs if generation < kept[-1]]
    for name in needless:
        files.remove(directory / name)
    if needless:
        files.sync_directory(directory)


def _set_aside(files: Files, directory: Path, name: str) -> str:
    """Keep a damaged file under a name that says so; return what was done, to end a line with."""
    if name not in files.names(directory):
        return ""
    aside = _free_name(files, directory, name)
    if name.startswith("log"):
        # Its valid lines may still be needed, for a snapshot that turns out to be damaged later.
        files.write(directory / aside, files.read(directory / name))
        return f"; a copy is {aside}"
    files.rename(directory / name, directory / aside)
    files.sync_directory(directory)
    return f"; set aside as {aside}"


def _free_name(files: Files, directory: Path, name: str) -> str:
    names = set(files.names(directory))
    number = 1
    while f"{name}.damaged-{number}" in names:
        number += 1
    return f"{name}.damaged-{number}"
