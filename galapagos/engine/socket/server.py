"""The engine's side of the socket: a snapshot is encoded once, and no client can hold the engine up."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from typing import TYPE_CHECKING

from galapagos.engine.socket import protocol
from galapagos.engine.socket.client import Client
from galapagos.engine.socket.connection import Connection, Host, Reception
from galapagos.engine.socket.protocol import WrongFrame
from galapagos.engine.socket.socket_file import check_peer, listen, remove_socket
from galapagos.errors import GalapagosError, UnknownRun

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from galapagos.engine.snapshot import Snapshot

__all__ = ["MAX_CLIENTS", "Host", "Server"]

MAX_CLIENTS = 32
"""Clients at a time; one more is answered with an error and closed."""

LEAVE_SECONDS = 3.0
"""How long the connections may take to end when the server closes."""

ACCEPT_AGAIN_SECONDS = 1.0
"""How long no client is accepted after the system could not (it had too many open files)."""

_LOG = logging.getLogger(__name__)


class Server:
    """Serves one host to any number of clients, over a Unix socket and, in tests, in memory.

    Args:
        host: What answers; without one, requests wait until `serve` brings it.
        on_change: Called whenever a client has come or gone.
    """

    def __init__(self, host: Host | None = None, *, on_change: Callable[[], None] | None = None) -> None:
        self._reception = Reception()
        self._on_change = on_change
        self._path: Path | None = None
        self._inode = 0
        self._listening: socket.socket | None = None
        self._connections: list[Connection] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._numbered = 0
        self._closing = False
        if host is not None:
            self.serve(host)

    @property
    def clients(self) -> int:
        """How many clients are attached."""
        return len(self._connections)

    def serve(self, host: Host) -> None:
        """Let a host answer from now on: what waited for it, and what is to come."""
        self._reception.open(host)
        self.publish(host.snapshot())

    async def start(self, path: Path) -> None:
        """Listen at a path, whose directory is made where it is absent.

        Raises:
            RunDirectoryError: Where an engine listens there already.
            EngineFailed: Where the directory is not this user's alone, or the path cannot be a socket.
        """
        self._listening, self._inode = listen(path)
        self._path = path
        asyncio.get_running_loop().add_reader(self._listening, self._accept, self._listening)

    def stay(self) -> bool:
        """Listen again where somebody removed the socket: /tmp is cleaned of what nobody touched for days.

        Returns:
            Whether that was needed and could be done; who is attached notices nothing.
        """
        if self._listening is None or self._path is None or os.path.lexists(self._path):
            return False
        try:
            listening, inode = listen(self._path)
        except (GalapagosError, OSError):
            return False  # the next call tries again
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._listening)
        self._listening.close()
        self._listening, self._inode = listening, inode
        loop.add_reader(listening, self._accept, listening)
        return True

    async def connect_in_memory(self) -> Client:
        """Return a client in this event loop, over a pair of sockets that has no name on the disk."""
        ours, theirs = socket.socketpair()
        self._begin(ours)
        return await Client.over(theirs)

    def publish(self, snapshot: Snapshot) -> None:
        """Queue a snapshot for every client; returns at once."""
        if not self._connections:
            return
        frame = self._encoded(snapshot)
        if frame is None:
            return
        for connection in self._connections:
            connection.outbox.put_snapshot(frame)

    async def close(self) -> None:
        """Stop listening, send what waits for clients within a bounded time, and remove the socket."""
        self._closing = True
        if self._listening is not None:
            asyncio.get_running_loop().remove_reader(self._listening)
            self._listening.close()
            self._listening = None
        self._reception.close()
        for connection in self._connections:
            connection.leave()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=LEAVE_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        if self._path is not None:
            remove_socket(self._path, self._inode)
            self._path = None

    def _accept(self, listening: socket.socket) -> None:
        # asyncio's own server loses what it accepts while it closes, and leaves that client to wait for ever.
        try:
            connected, _ = listening.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError as error:
            _LOG.warning("a client could not be accepted: %s", error)
            loop = asyncio.get_running_loop()
            loop.remove_reader(listening)
            loop.call_later(ACCEPT_AGAIN_SECONDS, self._accept_again)
            return
        self._begin(connected)

    def _accept_again(self) -> None:
        if self._listening is not None:
            asyncio.get_running_loop().add_reader(self._listening, self._accept, self._listening)

    def _begin(self, connected: socket.socket) -> None:
        self._numbered += 1
        name = f"client {self._numbered}"
        task = asyncio.create_task(self._attend(connected, name), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _attend(self, connected: socket.socket, name: str) -> None:
        """Serve one client from its first frame to its last, or refuse it."""
        try:
            connected.setblocking(False)
            reader, writer = await asyncio.open_unix_connection(sock=connected)
        except BaseException:
            connected.close()
            raise
        refusal = self._refusal(connected)
        if refusal is not None:
            writer.write(protocol.encode_refusal(None, refusal))
            await protocol.close_stream(writer)
            return
        connection = Connection(name, self._reception, reader, writer)
        self._connections.append(connection)
        try:
            self._changed()
            if self._reception.host is not None:
                self._greet(connection, self._reception.host)
            await connection.serve()
        finally:
            self._connections.remove(connection)
            self._changed()

    def _refusal(self, connected: socket.socket) -> str | None:
        try:
            check_peer(connected)
        except (UnknownRun, OSError) as error:
            return str(error)
        if self._closing:
            return "the engine has ended"
        if self.clients >= MAX_CLIENTS:
            return f"{MAX_CLIENTS} clients are attached already; detach one"
        return None

    def _greet(self, connection: Connection, host: Host) -> None:
        frame = self._encoded(host.snapshot())
        if frame is not None:
            connection.outbox.put_snapshot(frame)

    def _changed(self) -> None:
        if self._on_change is not None:
            self._on_change()

    def _encoded(self, snapshot: Snapshot) -> bytes | None:
        try:
            return protocol.encode_snapshot(snapshot)
        except WrongFrame as error:
            _LOG.warning("a snapshot was not sent: %s", error)
            return None
