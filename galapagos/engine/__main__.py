"""The engine as a process of its own: `python -P -m galapagos.engine DIRECTORY`, started by `launch`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
from pathlib import Path

from galapagos.errors import GalapagosError
from galapagos.garbage import look_for_garbage_seldom
from galapagos.plain_text import plain

_LONGEST_REASON = 1000


class _Launcher:
    """Who started this process and waits for one word of it, if anybody does.

    Args:
        descriptor: The end of a pipe that is its, None where nobody waits.
    """

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor

    def ready(self) -> None:
        """Say that the socket answers."""
        self._say("\n")

    def refuse(self, reason: str) -> None:
        """Say why it never will; nobody hears it who was told that it does."""
        self._say(plain(reason, _LONGEST_REASON))

    def _say(self, word: str) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with contextlib.suppress(BrokenPipeError):
                os.write(descriptor, word.encode())
            os.close(descriptor)


def main() -> int:
    """Evolve the run of the directory given; return the exit code."""
    parser = argparse.ArgumentParser(prog="galapagos.engine")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--owner", type=int, default=None, metavar="PID")
    parser.add_argument("--ready-fd", type=int, default=None, metavar="NUMBER")
    arguments = parser.parse_args()
    launcher = _Launcher(arguments.ready_fd)
    look_for_garbage_seldom()
    try:
        from galapagos.engine.program import run_engine
        from galapagos.engine.records.run_directory import open_run

        asyncio.run(
            run_engine(
                open_run(arguments.directory), linger=True, owner_pid=arguments.owner, on_ready=launcher.ready
            )
        )
    except GalapagosError as error:
        launcher.refuse(str(error))
        with contextlib.suppress(OSError):  # the log is on the disk that may be full
            sys.stderr.write(f"{error}\n")
        return error.exit_code
    except Exception as error:
        launcher.refuse(f"{type(error).__name__}: {error}")
        raise
    return 0


if __name__ == "__main__":
    sys.exit(main())
