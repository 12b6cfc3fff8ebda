"""Files that are either the old one or the new one, whatever stops the machine in between.

The order that makes it so: write beside, fsync the file, rename over, fsync the directory (Pillai et al.,
"All File Systems Are Not Created Equal", OSDI 2014, section 4).
"""

import os
from pathlib import Path

LITTLE_SPACE = 1_000_000_000
"""Free bytes below which only commands, journal and checkpoints of a run are written."""

_MODE = 0o644


def atomic_write(path: Path, data: bytes) -> None:
    """Replace a file as a whole; when this returns, the new content survives a loss of power.

    Raises:
        OSError: Where it cannot be written; the old file is then untouched.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        write_synced(beside, data)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def write_synced(path: Path, data: bytes) -> None:
    """Write a new file and fsync it; its name is durable only after `sync_directory`."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, _MODE)
    try:
        write_all(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """Write all bytes, however few the system takes at a time."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def free_bytes(path: Path) -> int:
    """Return how many bytes this user may still write on the disk that holds `path`."""
    import shutil

    return shutil.disk_usage(path).free
