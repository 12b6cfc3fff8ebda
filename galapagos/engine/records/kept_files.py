"""The files by which a live run is found and resumed: put back where somebody removed or changed them.

Directories like /tmp are cleaned of files that nobody touched for days, while a run lasts for weeks; and what
a run was begun with is needed only when it is resumed, replayed or forked.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from galapagos.engine.files.atomic_files import atomic_write
from galapagos.engine.files.plain_files import read_plain

if TYPE_CHECKING:
    from pathlib import Path

    from galapagos.engine.records.run_state import RunDirectory

_MOST_BYTES = 2**20


class KeptFiles:
    """What the small files of a run hold while its engine lives, which changes none of them.

    Args:
        run: The run directory, whose lock the caller holds, and whose engine file names this process.
    """

    def __init__(self, run: RunDirectory) -> None:
        self._contents: dict[Path, bytes] = {}
        for path in (run.parameters_file, run.environment_file, run.branch_file, run.engine_json):
            with contextlib.suppress(OSError):  # what is not there, or cannot be read, is nothing to keep
                self._contents[path] = read_plain(path, _MOST_BYTES)

    def put_back(self) -> list[str]:
        """Write again what is not as it was; return a line on each such file.

        Raises:
            OSError: Where one cannot be written.
        """
        lines = []
        for path, data in self._contents.items():
            try:
                change = None if read_plain(path, _MOST_BYTES) == data else "changed"
            except FileNotFoundError:
                change = "removed"
            except OSError:
                change = "made unreadable"
            if change is not None:
                atomic_write(path, data)
                lines.append(was_put_back(path, change))
        return lines


def was_put_back(path: Path, change: str = "removed") -> str:
    """Return the line on a file that is as it was again."""
    return f"{path.name} was {change} while the run lives"
