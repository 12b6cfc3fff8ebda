"""How many processors this process may use, which is often fewer than the machine has."""

import math
import os
from pathlib import Path


def available_processors(root: Path = Path("/")) -> int:
    """Return the number of processors this process may use, at least 1.

    The affinity mask and the processor quota of the control groups (version 1 and 2) both count; a quota of
    1.5 processors gives 2.

    Args:
        root: Where `proc` and `sys` are mounted.
    """
    return max(1, min(_affinity(), math.ceil(_quota(root))))


def _affinity() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _quota(root: Path) -> float:
    """The smallest quota of the process's control groups and all above them, in processors."""
    # Infinity has no ceiling, so "no quota" is a number that no machine reaches.
    smallest = float(2**20)
    for line in _read(root / "proc/self/cgroup").splitlines():
        _, controllers, path = (*line.split(":", 2), "", "")[:3]
        if controllers and "cpu" not in controllers.split(","):
            continue
        mounts = ("cpu", "cpu,cpuacct") if controllers else ("", "unified")
        for mount in mounts:
            # In a container the path may be one of the host, which is not mounted: walk up to what is.
            group = Path(path.strip("/"))
            for folder in (group, *group.parents):
                smallest = min(smallest, _group_quota(root / "sys/fs/cgroup" / mount / folder))
    return smallest


def _group_quota(folder: Path) -> float:
    quota, _, period = _read(folder / "cpu.max").partition(" ")
    if not quota:
        quota, period = _read(folder / "cpu.cfs_quota_us"), _read(folder / "cpu.cfs_period_us")
    try:
        share = int(quota) / int(period)
    except (ValueError, ZeroDivisionError):
        return math.inf
    return share if share > 0 else math.inf


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
