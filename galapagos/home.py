"""Where this program keeps things on a machine: runs, caches, sockets; `GALAPAGOS_HOME` overrides it."""

import os
from pathlib import Path

from galapagos.errors import RunDirectoryError

LONGEST_SOCKET_PATH = 107
"""The bytes that a Unix socket's path may have, the closing zero byte not counted (unix(7))."""


def data_home() -> Path:
    """Return the directory of runs and library: `$GALAPAGOS_HOME`, else the user's data directory."""
    chosen = _chosen_home()
    if chosen is not None:
        return chosen
    import platformdirs

    return platformdirs.user_data_path("galapagos", appauthor=False)


def runs_home() -> Path:
    """Return the directory that holds one directory for each run."""
    return data_home() / "runs"


def library_home() -> Path:
    """Return the directory of the saved elites."""
    return data_home() / "library"


def cache_home() -> Path:
    """Return the directory of what can be made again: `$GALAPAGOS_HOME/cache`, else the user's cache."""
    chosen = _chosen_home()
    if chosen is not None:
        return chosen / "cache"
    import platformdirs

    return platformdirs.user_cache_path("galapagos", appauthor=False)


def config_home() -> Path:
    """Return the directory of a person's settings: `$GALAPAGOS_HOME/config`, else the user's own."""
    chosen = _chosen_home()
    if chosen is not None:
        return chosen / "config"
    import platformdirs

    return platformdirs.user_config_path("galapagos", appauthor=False)


def socket_directory() -> Path:
    """Return the directory of the engines' sockets.

    It is short and outlives a logout, unlike data directories (longer than a socket's path may be) and
    `XDG_RUNTIME_DIR` (emptied when the user's last session ends).
    """
    return Path("/", "tmp", f"galapagos-{os.getuid()}")


def socket_path(run_id: str) -> Path:
    """Return the path of a run's socket.

    Raises:
        RunDirectoryError: Where it is longer than a socket's path may be.
    """
    path = socket_directory() / f"{run_id}.sock"
    length = len(os.fsencode(path))
    if length >= LONGEST_SOCKET_PATH:
        raise RunDirectoryError(
            f"the socket's path {path} has {length} bytes; it must have fewer than {LONGEST_SOCKET_PATH}"
        )
    return path


def _chosen_home() -> Path | None:
    chosen = os.environ.get("GALAPAGOS_HOME")
    return Path(chosen).expanduser().absolute() if chosen else None
