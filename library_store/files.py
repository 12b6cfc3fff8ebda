"""What the storage of the library asks of a disk, in one place, so that a test can make each of it fail."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from galapagos.engine.files.atomic_files import atomic_write, sync_directory, write_all

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

_MODE = 0o644
_READ_AT_ONCE = 2**20
_SECONDS_BETWEEN_TRIES = 0.005


class Files(Protocol):
    """The operations on files that the storage is made of; each raises OSError where the disk does."""

    def names(self, directory: Path) -> list[str]:
        """Return the names in a directory; none where it is absent."""
        ...

    def read(self, path: Path, start: int = 0) -> bytes:
        """Return what a file holds from a position on; nothing where it is shorter."""
        ...

    def append(self, path: Path, data: bytes) -> None:
        """Write at the end of a file, made where it is absent, and fsync it."""
        ...

    def write(self, path: Path, data: bytes) -> None:
        """Replace a file as a whole, durable with its name; beside it stood `.<name>.….new` until then."""
        ...

    def cut(self, path: Path, length: int) -> None:
        """Shorten a file and fsync it."""
        ...

    def rename(self, source: Path, target: Path) -> None:
        """Give a file another name; durable after `sync_directory`."""
        ...

    def remove(self, path: Path) -> None:
        """Remove a file; durable after `sync_directory`."""
        ...

    def make_directory(self, path: Path) -> None:
        """Make a directory and those above it, durable; nothing is done where it is there."""
        ...

    def sync_directory(self, path: Path) -> None:
        """Make the names in a directory durable."""
        ...

    def lock(self, path: Path, seconds: float) -> AbstractContextManager[None]:
        """Hold the lock of a file, which is made where it is absent and never removed.

        Raises:
            TimeoutError: Where another holds it for longer than that many seconds.
        """
        ...


class DiskFiles:
    """The files of this machine."""

    def names(self, directory: Path) -> list[str]:
        """See `Files.names`."""
        try:
            return os.listdir(directory)  # noqa: PTH208  # four times faster than Path, and done at every read
        except FileNotFoundError:
            return []

    def read(self, path: Path, start: int = 0) -> bytes:
        """See `Files.read`."""
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            parts: list[bytes] = []
            while part := os.pread(
                descriptor, max(_READ_AT_ONCE, os.fstat(descriptor).st_size - start), start
            ):
                parts.append(part)
                start += len(part)
        finally:
            os.close(descriptor)
        return b"".join(parts)

    def append(self, path: Path, data: bytes) -> None:
        """See `Files.append`."""
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, _MODE)
        try:
            write_all(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def write(self, path: Path, data: bytes) -> None:
        """See `Files.write`."""
        atomic_write(path, data)

    def cut(self, path: Path, length: int) -> None:
        """See `Files.cut`."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.ftruncate(descriptor, length)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def rename(self, source: Path, target: Path) -> None:
        """See `Files.rename`."""
        source.rename(target)

    def remove(self, path: Path) -> None:
        """See `Files.remove`."""
        path.unlink()

    def make_directory(self, path: Path) -> None:
        """See `Files.make_directory`."""
        missing = []
        while not path.is_dir():
            missing.append(path)
            path = path.parent
        for absent in reversed(missing):
            absent.mkdir(exist_ok=True)
            try:
                sync_directory(absent.parent)
            except OSError:
                # Else the next try would find it, and believe that it is durable.
                absent.rmdir()
                raise

    def sync_directory(self, path: Path) -> None:
        """See `Files.sync_directory`."""
        sync_directory(path)

    @contextmanager
    def lock(self, path: Path, seconds: float) -> Iterator[None]:
        """See `Files.lock`."""
        from filelock import FileLock, Timeout

        lock = FileLock(path, timeout=seconds)
        try:
            lock.acquire(poll_interval=_SECONDS_BETWEEN_TRIES)
        except Timeout:
            raise TimeoutError(f"{path} is held by another process") from None
        try:
            yield
        finally:
            lock.release()
