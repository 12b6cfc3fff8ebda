"""Whether a process that was noted down still runs: numbers of processes are used again, starts are not."""

import os
from pathlib import Path

_PROC = Path("/proc")


def process_start(pid: int) -> str | None:
    """Return when a process started, as text to compare; None where it is gone or this is no Linux.

    It holds the boot's id beside the ticks since boot, so that it never matches after a restart.
    """
    try:
        return _start(pid)
    except (OSError, ValueError):
        return None


def _start(pid: int) -> str | None:
    status = (_PROC / str(pid) / "stat").read_bytes()
    boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    # The name in parentheses may hold anything, so fields count from the last parenthesis (proc(5)).
    fields = status[status.rindex(b")") + 1 :].split()
    state, ticks = fields[0], fields[19]
    return None if state in b"ZX" else f"{boot}:{ticks.decode()}"


def is_running(pid: int, start: str | None) -> bool:
    """Return whether the process with this number and start runs; a zombie does not.

    Args:
        pid: The number of the process, at least 1.
        start: What `process_start` said of it, None where it could not say.
    """
    if start is not None and _PROC.joinpath("self/stat").exists():
        try:
            return _start(pid) == start
        except (FileNotFoundError, ProcessLookupError, ValueError):
            return False
        except OSError:
            pass  # it cannot be read just now: this process may have too many files open
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
