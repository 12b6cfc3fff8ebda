"""The program of a worker: it settles in the background, then serves until its pipe or its parent ends.

Started by `galapagos.engine.pool.worker_process` as `python -P -m galapagos.engine.worker FD PARENT BUILDER`.
What takes long to import comes after settling, so that a worker gives way to others from its start.
"""

from __future__ import annotations

import contextlib
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from galapagos.engine.pool.background import settle

if TYPE_CHECKING:
    from collections.abc import Sequence

_OUT_OF_MEMORY_SCORE = "500"


def main(arguments: Sequence[str]) -> int:
    """Serve the engine at the other end of an inherited socket.

    Args:
        arguments: The socket's file descriptor, the process id of the engine, and the task's builder as
            `module:function`.

    Returns:
        The exit status: 0 when the engine closed the pipe, 1 where the task cannot be built.
    """
    descriptor, parent, builder = arguments
    settle(int(parent))
    if sys.platform == "linux":
        # Where memory runs out, a worker should go before the engine does.
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text(_OUT_OF_MEMORY_SCORE)
    from galapagos.engine.pool.worker_service import serve

    with socket.socket(fileno=int(descriptor)) as pipe, contextlib.suppress(BrokenPipeError, ConnectionError):
        pipe.set_inheritable(False)
        pipe.setblocking(True)
        return serve(pipe, builder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
