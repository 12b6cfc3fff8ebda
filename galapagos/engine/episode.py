"""The program that plays episodes to be watched: in the background, until its input ends.

Started as `python -P -m galapagos.engine.episode PARENT`, with lines of `episode_protocol` on its input and
lines of `episode_news` on its output.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_NICENESS = 5
_PR_SET_PDEATHSIG = 1
_HEADLESS = {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy", "PYGAME_HIDE_SUPPORT_PROMPT": "1"}
"""What environments that draw need where there is no display."""


def main(arguments: Sequence[str]) -> int:
    """Play what is asked for.

    Args:
        arguments: The process id of whoever watches; the process ends with it.

    Returns:
        The exit status: 0 when the input ended or nobody reads, 1 where it could not go on.
    """
    (parent,) = arguments
    _settle(int(parent))
    os.environ.update(_HEADLESS)
    # What an environment prints is not for whoever reads the news.
    news = os.dup(1)
    os.dup2(2, 1)
    from galapagos.engine.episode_service import serve

    with contextlib.suppress(BrokenPipeError):
        return serve(0, news)
    return 0


def _settle(parent: int) -> None:
    """Become a background process that ends with its parent and leaves no core file."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:
        raise SystemExit("whoever watched has gone")
    with contextlib.suppress(OSError):
        os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    status = main(sys.argv[1:])
    sys.stderr.flush()
    # The thread of the curve may be inside a compiled loop, which nothing interrupts.
    os._exit(status)
