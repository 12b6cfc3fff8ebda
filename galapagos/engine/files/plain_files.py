"""Reading the files of a run as files only: what stands in their place may be a pipe or a device."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

MAX_BYTES = 2**32
"""The largest file that is read at once; a checkpoint of 1,000 large networks takes 30 MB."""


def open_plain(path: Path) -> BinaryIO:
    """Open a file to read.

    Raises:
        OSError: Where it cannot be read, or is no plain file: reading a pipe would wait for ever.
    """
    # O_NONBLOCK, because to open a pipe waits for somebody who writes.
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "this is no plain file", str(path))
    return os.fdopen(descriptor, "rb")


def read_plain(path: Path, most_bytes: int = MAX_BYTES) -> bytes:
    """Return what a file holds.

    Raises:
        OSError: Where it cannot be read, is no plain file, or has more bytes than are read.
    """
    with open_plain(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > most_bytes:
            raise OSError(
                errno.EFBIG, f"this has more than {most_bytes} bytes, the most that are read", str(path)
            )
        return file.read(size)  # no more, since so much memory is taken beforehand
