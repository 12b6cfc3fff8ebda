"""The socket's place on the disk: this user's alone, one engine at a time, and crashes leave nothing."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from galapagos.engine.socket.client import Client
from galapagos.engine.socket.server import Server
from galapagos.errors import EngineFailed, RunDirectoryError
from tests.engine.fakes import FakeHost, WatchedServer
from tests.engine.raw_client import RawClient

if TYPE_CHECKING:
    from pathlib import Path


async def test_the_directory_and_the_socket_are_this_users_alone(socket_path: Path) -> None:
    path = socket_path.parent / "made" / "run.sock"
    server = WatchedServer(FakeHost())
    await server.start(path)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    await server.close()
    assert not path.exists()


@pytest.mark.parametrize("mode", [0o755, 0o770, 0o701])
async def test_a_directory_that_others_may_enter_is_refused(socket_path: Path, mode: int) -> None:
    socket_path.parent.chmod(mode)
    with pytest.raises(EngineFailed, match="must be 0700") as caught:
        await Server(FakeHost()).start(socket_path)
    assert "\n" not in str(caught.value)
    assert not socket_path.exists()


async def test_a_directory_of_another_user_is_refused(
    socket_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    us = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: us + 1)
    with pytest.raises(EngineFailed, match=f"belongs to user {us}, not to {us + 1}"):
        await Server(FakeHost()).start(socket_path)


async def test_a_link_to_a_directory_is_refused(socket_path: Path) -> None:
    link = socket_path.parent / "link"
    link.symlink_to(socket_path.parent)
    with pytest.raises(EngineFailed, match="must be a directory"):
        await Server(FakeHost()).start(link / "run.sock")


async def test_a_path_that_is_too_long_is_refused(socket_path: Path) -> None:
    with pytest.raises(EngineFailed, match="at most"):
        await Server(FakeHost()).start(socket_path.parent / ("x" * 120))


async def test_a_file_in_the_place_of_the_socket_is_left_alone(socket_path: Path) -> None:
    socket_path.write_text("mine")
    with pytest.raises(EngineFailed, match="must be a socket or absent"):
        await Server(FakeHost()).start(socket_path)
    assert socket_path.read_text() == "mine"


async def test_a_socket_left_by_a_killed_process_is_replaced(socket_path: Path) -> None:
    listen = (
        "import os, socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1]); os.kill(os.getpid(), 9)"
    )
    await asyncio.to_thread(subprocess.run, [sys.executable, "-c", listen, str(socket_path)], check=False)
    assert stat.S_ISSOCK(socket_path.stat().st_mode)
    server = WatchedServer(FakeHost())
    await server.start(socket_path)
    client = await Client.connect(socket_path)
    assert (await client.snapshot()).generation == 215
    await client.close()
    await server.close()


@pytest.mark.usefixtures("server")
async def test_a_second_engine_on_a_live_socket_is_refused(socket_path: Path) -> None:
    with pytest.raises(RunDirectoryError, match="an engine of this run listens already") as caught:
        await Server(FakeHost()).start(socket_path)
    assert "\n" not in str(caught.value)
    client = await Client.connect(socket_path)
    assert (await client.snapshot()).generation == 215
    await client.close()


async def test_closing_leaves_the_socket_of_another_engine(server: WatchedServer, socket_path: Path) -> None:
    socket_path.unlink()
    successor = Server(FakeHost())
    await successor.start(socket_path)
    await server.close()
    assert socket_path.exists()
    await successor.close()
    assert not socket_path.exists()


async def test_a_client_of_another_user_is_refused(
    server: WatchedServer, socket_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    us = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: us + 1)
    client = await RawClient.connect(socket_path)
    assert await client.rest() == [
        {"answer": None, "error": f"the other end of the socket belongs to user {us}, not to user {us + 1}"}
    ]
    assert server.clients == 0
    await client.close()


AS_NOBODY = """
import os, socket, sys
os.setgroups([]); os.setgid(65534); os.setuid(65534)
with socket.socket(socket.AF_UNIX) as client:
    client.settimeout(20)
    try:
        client.connect(sys.argv[1])
        client.sendall(b"\\0\\0\\0\\x22" + b'{"request": 1, "snapshot": true}  ')
        print(client.recv(65536).decode(errors="replace"))
    except OSError as error:
        print(type(error).__name__, error.errno)
"""
as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")


async def what_nobody_gets(path: Path) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", AS_NOBODY, str(path), stdout=asyncio.subprocess.PIPE, cwd="/"
    )
    output, _ = await process.communicate()
    return output.decode()


@as_root
async def test_another_user_cannot_even_see_the_socket(socket_path: Path) -> None:
    server = WatchedServer(FakeHost())
    await server.start(socket_path)
    told = await what_nobody_gets(socket_path)
    await server.close()
    assert told.split() == ["PermissionError", str(errno.EACCES)]


@as_root
async def test_another_user_is_turned_away_although_somebody_opened_the_door(socket_path: Path) -> None:
    server = WatchedServer(FakeHost())
    await server.start(socket_path)
    socket_path.parent.chmod(0o755)
    socket_path.chmod(0o666)
    told = await what_nobody_gets(socket_path)
    await server.close()
    # Cut off, with the reason where it came before the cut.
    assert any(words in told for words in ("another user", "user 65534", "BrokenPipe", "ConnectionReset"))
    assert '"snapshot"' not in told
    assert server.counts == []
