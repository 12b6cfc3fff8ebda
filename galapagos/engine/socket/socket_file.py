"""The socket's place on the disk, and who may use it: this user alone.

The directory is 0700 and owned by this user, the socket is 0600, and the kernel is asked which user is at the
other end of a connection: anybody can have made a directory under /tmp.
"""

from __future__ import annotations

import contextlib
import os
import socket
import stat
import struct
import sys
from typing import TYPE_CHECKING

from galapagos.errors import EngineFailed, RunDirectoryError, UnknownRun

if TYPE_CHECKING:
    from asyncio import trsock
    from pathlib import Path

MAX_PATH_BYTES = 103 if sys.platform == "darwin" else 107
"""The longest path of a socket: `sun_path` without its closing zero."""

_BACKLOG = 128
_DARWIN_SOL_LOCAL = 0
_DARWIN_LOCAL_PEERCRED = 1


def listen(path: Path) -> tuple[socket.socket, int]:
    """Return a socket that listens at a path, and its inode; one left by a crash is replaced.

    Raises:
        RunDirectoryError: Where an engine listens there already.
        EngineFailed: Where the directory is not this user's alone, or the path cannot be a socket.
    """
    if len(os.fsencode(path)) > MAX_PATH_BYTES:
        raise EngineFailed(f"{path}: the path of a socket has at most {MAX_PATH_BYTES} bytes")
    _check_directory(path.parent)
    _remove_left_over(path)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listening.bind(str(path))
        path.chmod(0o600)
        inode = path.stat().st_ino
        listening.listen(_BACKLOG)
        listening.setblocking(False)
    except OSError as error:
        listening.close()
        raise EngineFailed(f"{path}: no socket can be opened there: {error.strerror}") from None
    return listening, inode


def remove_socket(path: Path, inode: int) -> None:
    """Remove the socket at a path, unless another engine has put its own there since."""
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_ino == inode:
            path.unlink()


def connect_socket(path: Path) -> socket.socket:
    """Return a socket that is connected to the engine at a path, without waiting.

    Raises:
        UnknownRun: Where nobody listens, or this user may not connect.
    """
    connected = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connected.setblocking(False)
    try:
        connected.connect(str(path))
    except OSError as error:
        connected.close()
        if isinstance(error, FileNotFoundError | ConnectionRefusedError):
            raise UnknownRun(f"no engine listens at {path}: the run is not alive") from None
        if isinstance(error, BlockingIOError):
            raise UnknownRun(f"the engine at {path} does not answer: it is stopped or overloaded") from None
        raise UnknownRun(f"{path}: cannot connect: {error.strerror or error}") from None
    return connected


def check_peer(connected: socket.socket | trsock.TransportSocket) -> None:
    """Return where the process at the other end belongs to this user.

    Raises:
        UnknownRun: Where it belongs to another.
    """
    user = _peer_user(connected)
    if user != os.getuid():
        raise UnknownRun(f"the other end of the socket belongs to user {user}, not to user {os.getuid()}")


def _peer_user(connected: socket.socket | trsock.TransportSocket) -> int:
    if sys.platform == "darwin":
        # struct xucred begins with a version and the effective user id (sys/ucred.h).
        credentials = connected.getsockopt(_DARWIN_SOL_LOCAL, _DARWIN_LOCAL_PEERCRED, 76)
        return int(struct.unpack_from("=II", credentials)[1])
    credentials = connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("=iII"))
    return int(struct.unpack("=iII", credentials)[1])


def _check_directory(directory: Path) -> None:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = directory.lstat()
    except OSError as error:
        raise EngineFailed(f"{directory}: cannot be made for the socket: {error.strerror}") from None
    if not stat.S_ISDIR(found.st_mode):
        raise EngineFailed(f"{directory}: must be a directory, for the sockets of engines; remove it")
    if found.st_uid != os.getuid():
        raise EngineFailed(
            f"{directory}: belongs to user {found.st_uid}, not to {os.getuid()}; its owner must remove it"
        )
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise EngineFailed(f"{directory}: others may enter it; it must be 0700 (chmod 700 {directory})")


def _remove_left_over(path: Path) -> None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise EngineFailed(f"{path}: must be a socket or absent; remove it")
    probe = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    probe.setblocking(False)
    try:
        probe.connect(str(path))
    except ConnectionRefusedError:
        path.unlink(missing_ok=True)
    except FileNotFoundError:
        return
    except BlockingIOError:
        raise RunDirectoryError(f"{path}: an engine of this run listens already") from None
    else:
        raise RunDirectoryError(f"{path}: an engine of this run listens already")
    finally:
        probe.close()
