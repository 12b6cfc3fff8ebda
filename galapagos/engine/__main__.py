"""The engine as a process of its own: `python -P -m galapagos.engine DIRECTORY`, started by `launch`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

from galapagos.errors import GalapagosError
from galapagos.garbage import look_for_garbage_seldom


def main() -> int:
    """Evolve the run of the directory given; return the exit code."""
    parser = argparse.ArgumentParser(prog="galapagos.engine")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--owner", type=int, default=None, metavar="PID")
    parser.add_argument("--ready-fd", type=int, default=None, metavar="NUMBER")
    arguments = parser.parse_args()
    look_for_garbage_seldom()
    from galapagos.engine.program import run_engine
    from galapagos.engine.records.run_directory import open_run

    def ready() -> None:
        if arguments.ready_fd is not None:
            os.write(arguments.ready_fd, b"\n")
            os.close(arguments.ready_fd)

    try:
        asyncio.run(
            run_engine(open_run(arguments.directory), linger=True, owner_pid=arguments.owner, on_ready=ready)
        )
    except GalapagosError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
