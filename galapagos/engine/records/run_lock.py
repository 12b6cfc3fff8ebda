"""Holding a run directory for one process; the system lets go when that ends, however it ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def held(directory: Path, lock_file: Path) -> Iterator[None]:
    """Hold a directory by the lock of a file in it, and by its own, since somebody may remove the file.

    Raises:
        BlockingIOError: Where another process holds it.
        OSError: Where the file cannot be made or opened.
    """
    with contextlib.ExitStack() as open_files:
        for path, flags in ((lock_file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW), (directory, os.O_DIRECTORY)):
            descriptor = os.open(path, flags | os.O_CLOEXEC, 0o644)
            open_files.callback(os.close, descriptor)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise
            except OSError:
                if path == lock_file:
                    raise
                # Network file systems lock files only.
        yield
