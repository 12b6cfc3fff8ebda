"""Files that appear under their name only when they are whole and checked, and never over another file."""

from __future__ import annotations

import errno
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from galapagos.engine.files.atomic_files import sync_directory
from galapagos.errors import ExportRefused, LibraryError
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NO_LINKS = {errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.EMLINK, errno.EXDEV}


@contextmanager
def new_files(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield a directory beside files that are to be; what is in it under their names gets there at the end.

    Args:
        paths: Files of one directory, of which none is there yet.

    Raises:
        ExportRefused: Where one is there already.
        LibraryError: Where they cannot be written.
    """
    directory = paths[0].parent
    _refuse_existing(paths)
    try:
        # In a directory of its own each has its final name already while it is checked.
        beside = Path(tempfile.mkdtemp(prefix=".galapagos-export-", dir=directory))
    except (OSError, ValueError) as error:
        raise _unwritable(paths[0], error) from None
    try:
        yield beside
        _publish(beside, paths)
        sync_directory(directory)
    except OSError as error:
        raise _unwritable(paths[0], error) from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _refuse_existing(paths: Sequence[Path]) -> None:
    for path in paths:
        try:
            path.lstat()
        except (OSError, ValueError):
            continue
        raise _existing(path)


def _publish(beside: Path, paths: Sequence[Path]) -> None:
    """Give all files their names, or none."""
    done: list[Path] = []
    try:
        for path in paths:
            _give_name(beside / path.name, path)
            done.append(path)
    except BaseException:
        for path in done:
            path.unlink(missing_ok=True)
        raise


def _give_name(source: Path, path: Path) -> None:
    try:
        # A link never takes the place of a file that came in between, as a rename would.
        path.hardlink_to(source)
    except FileExistsError:
        raise _existing(path) from None
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _refuse_existing([path])
        source.rename(path)


def _existing(path: Path) -> ExportRefused:
    return ExportRefused(f"{plain(str(path))} is there already; name another file")


def _unwritable(path: Path, error: OSError | ValueError) -> LibraryError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return LibraryError(f"{plain(str(path))} cannot be written: {plain(reason)}")
