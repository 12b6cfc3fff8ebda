"""Compiled kernels: how they are made, and where their machine code is kept between processes.

numba's own cache does not see that a called function in another file has changed, and would go on with the
old one. So the cache lies in a directory whose name carries a hash of all sources, of numba's version and of
the processor; a change of any of them gives another directory. Only this module imports numba.
"""

import atexit
import hashlib
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar, cast

from galapagos.home import cache_home

Function = TypeVar("Function", bound=Callable[..., Any])

STALE_SECONDS = 60 * 86400.0
"""A cache that no process has used for so long is removed."""

_PACKAGE = Path(__file__).parent.parent
_PACKAGES_WITH_KERNELS = ("genomes", "networks", "learning", "tasks")
_NAME = re.compile(r"kernels-[0-9a-f]{16}")
_MARK = "ready-"
_OPTIONS: dict[str, Any] = {"error_model": "numpy", "_nrt": False}
_not_yet_registered: list[Callable[..., Any]] = []


def shared_with_kernels(function: Function) -> Function:
    """Declare a plain Python function that kernels may call; it stays a plain Python function.

    numba learns of it when the next kernel is declared, so that modules of shared functions import no numba,
    and a kernel stands below the shared functions of its module.
    """
    _not_yet_registered.append(function)
    return function


def kernel(function: Function) -> Function:
    """Return a function compiled at its first call, with its machine code cached; a decorator.

    Division by zero gives infinity or NaN as in numpy; rounding is that of IEEE, never reordered or fused.
    Kernels and shared functions make no arrays, so numba's counting of references is off: it is atomic, and
    took more than half the time of a step of few lanes.
    """
    _point_numba_to(cache_directory())
    from numba import njit
    from numba.extending import register_jitable

    while _not_yet_registered:
        register_jitable(**_OPTIONS)(_not_yet_registered.pop())
    return cast("Function", njit(function, cache=True, **_OPTIONS))


@cache
def cache_directory() -> Path:
    """Return the directory for this version's machine code, made if need be; a temporary one if it must.

    It lies in `$NUMBA_CACHE_DIR` where the user has set that, else in the cache of this program.
    """
    given = os.environ.get("NUMBA_CACHE_DIR")
    parent = Path(given) if given else cache_home()
    if _NAME.fullmatch(parent.name):  # set by a process of this program that started the present one
        parent = parent.parent
    # By its true path, since the cache outlives a link that leads to it.
    directory = parent.resolve() / f"kernels-{_fingerprint()}"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError:
        directory = Path(tempfile.mkdtemp(prefix="galapagos-kernels-"))
        atexit.register(shutil.rmtree, directory, ignore_errors=True)
    else:
        _remove_stale_beside(directory)
    return directory


def prepare(name: str, warm: Callable[[], object], announce: Callable[[], None]) -> None:
    """Get kernels ready: one process on this machine compiles, the others wait and load what it made.

    Args:
        name: Of the set of kernels, letters and hyphens.
        warm: Calls each kernel once, so that it is loaded from the cache or compiled.
        announce: Called first where nothing is cached, so that it will take seconds.
    """
    import fcntl

    mark = cache_directory() / f"{_MARK}{name}"
    if not mark.exists():
        announce()
        with (cache_directory() / "compile.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not mark.exists():
                warm()
                mark.touch()
                return
    warm()
    os.utime(mark)


def _point_numba_to(directory: Path) -> None:
    os.environ["NUMBA_CACHE_DIR"] = str(directory)
    if "numba" in sys.modules:  # the caller's own import came first and has read the environment already
        from numba.core import config

        vars(config)["CACHE_DIR"] = str(directory)


def _fingerprint() -> str:
    """Return 16 hexadecimal digits that change with whatever could change the machine code.

    Paths and times of the sources belong to it because numba's index asks for them: without them a cache
    could be marked ready that numba does not take.
    """
    binding = import_module("llvmlite.binding")  # it has no types
    digest = hashlib.blake2b(digest_size=8)
    processor = f"{binding.get_host_cpu_name()} {binding.get_host_cpu_features().flatten()}"
    for part in (sys.version, version("numba"), version("llvmlite"), version("numpy"), processor):
        digest.update(part.encode() + b"\0")
    for package in _PACKAGES_WITH_KERNELS:
        for source in sorted((_PACKAGE / package).glob("*.py")):
            digest.update(f"{source} {source.stat().st_mtime_ns}\0".encode() + source.read_bytes())
    return digest.hexdigest()


def _remove_stale_beside(directory: Path) -> None:
    oldest = time.time() - STALE_SECONDS
    for other in directory.parent.glob("kernels-*"):
        marks = [*other.glob(f"{_MARK}*"), other]
        if other != directory and _NAME.fullmatch(other.name) and _all_older(marks, oldest):
            shutil.rmtree(other, ignore_errors=True)


def _all_older(paths: list[Path], moment: float) -> bool:
    try:
        return all(path.stat().st_mtime < moment for path in paths)
    except OSError:  # another process has just removed it
        return False
