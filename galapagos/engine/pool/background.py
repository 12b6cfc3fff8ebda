"""Becoming a process in the background that ends with its parent: a worker, or what plays episodes."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys

NICENESS = 5
"""How far such a process stands behind everything else on the machine (nice(1))."""

_PR_SET_PDEATHSIG = 1


def settle(parent: int) -> None:
    """Give way to others, end with the parent, ignore what is meant for it, and leave no core file.

    Args:
        parent: The process id of the parent.

    Raises:
        SystemExit: Where the parent has gone already.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:
        raise SystemExit("the process that this one works for has gone")
    with contextlib.suppress(OSError):
        os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
