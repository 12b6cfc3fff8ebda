"""A client of a running engine: pictures of the run come in, commands and questions go out."""

from __future__ import annotations

import asyncio
import os
import pwd
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from galapagos.engine.snapshot import snapshot_from_json
from galapagos.engine.socket import protocol
from galapagos.engine.socket.protocol import LONGEST_LINE, LONGEST_NAME, MAX_ANSWER, MAX_REQUEST, WrongFrame
from galapagos.engine.socket.socket_file import check_peer, connect_socket
from galapagos.errors import CommandRefused, ConnectionLost
from galapagos.plain_text import plain

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from galapagos.engine.commands import Command
    from galapagos.engine.snapshot import Snapshot

ANSWER_TIMEOUT = 30.0
"""Seconds in which an engine answers; one that is stopped or swapped out does not."""


def own_name() -> str:
    """Return what this process is called where others read who did something: `ada@pts/3`."""
    try:
        user = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        user = str(os.getuid())
    for descriptor in (0, 1, 2):
        with suppress(OSError):
            return plain(f"{user}@{os.ttyname(descriptor).removeprefix('/dev/')}", LONGEST_NAME)
    return plain(f"{user}@process {os.getpid()}", LONGEST_NAME)


class Client:
    """One attached client; made by `Client.connect`, or by `Server.connect_in_memory` in tests.

    Use it from the event loop it was made in. Every method that asks the engine raises ConnectionLost where
    the engine or its socket goes away before the answer, or the answer takes longer than `answer_timeout`.

    Args:
        reader: What comes from the engine.
        writer: What goes to it.
        name: What others are told of who asks; empty for a number that the engine gives.
        answer_timeout: Seconds to wait for an answer.

    Attributes:
        latest: The newest picture of the run, None before the first.
        name: What others are told of who asks; empty where the engine gives a number.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        name: str = "",
        answer_timeout: float = ANSWER_TIMEOUT,
    ) -> None:
        self.latest: Snapshot | None = None
        self.name = plain(name, LONGEST_NAME)
        self._reader = reader
        self._writer = writer
        self._answer_timeout = answer_timeout
        self._last_number = 0
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._lost: str | None = None
        self._changed = asyncio.Event()
        self._receiving = asyncio.create_task(self._receive(), name="galapagos client")
        if self.name:
            # Its answer, a refusal of an earlier version too, is waited for by nobody.
            writer.write(protocol.encode({"request": 0, "name": self.name}, MAX_REQUEST))

    @classmethod
    async def connect(
        cls, path: Path, *, name: str | None = None, answer_timeout: float = ANSWER_TIMEOUT
    ) -> Self:
        """Return a client of the engine that listens at a socket.

        Args:
            path: Of the socket.
            name: What others are told of who asks; by default user and terminal.
            answer_timeout: Seconds to wait for an answer.

        Raises:
            UnknownRun: Where nobody listens, or somebody else than this user does.
        """
        return await cls.over(
            connect_socket(path), name=own_name() if name is None else name, answer_timeout=answer_timeout
        )

    @classmethod
    async def over(
        cls, connected: socket.socket, *, name: str = "", answer_timeout: float = ANSWER_TIMEOUT
    ) -> Self:
        """Return a client that speaks over a connected socket, which it owns from now on.

        Raises:
            UnknownRun: Where the other end belongs to another user.
        """
        try:
            check_peer(connected)
            connected.setblocking(False)
            reader, writer = await asyncio.open_unix_connection(sock=connected)
        except BaseException:
            connected.close()
            raise
        return cls(reader, writer, name=name, answer_timeout=answer_timeout)

    @property
    def lost(self) -> str | None:
        """Why the connection ended, in one line; None while it is there."""
        return self._lost

    async def snapshots(self) -> AsyncGenerator[Snapshot, None]:
        """Yield the newest picture whenever there is a new one; end when the engine or this client goes."""
        seen: Snapshot | None = None
        try:
            while True:
                seen = await self.newer(seen)
                yield seen
        except ConnectionLost:
            return

    async def newer(self, than: Snapshot | None = None) -> Snapshot:
        """Return the newest picture as soon as it is another than the given one.

        Raises:
            ConnectionLost: Where the connection ended and no such picture came before.
        """
        while self.latest is None or self.latest is than:
            if self._lost is not None:
                raise ConnectionLost(self._lost)
            await self._changed.wait()
        return self.latest

    async def snapshot(self) -> Snapshot:
        """Return the picture of this moment, made for this question.

        Raises:
            ConnectionLost: Where no answer came.
        """
        return self._show(await self._ask({"snapshot": True}))

    async def send(self, command: Command) -> dict[str, Any]:
        """Return the engine's acknowledgement of a command, such as `{"generation": 12}`, when it acts.

        Raises:
            CommandRefused: Where the engine did not take it.
            ConnectionLost: Where no answer came; whether it was taken is then unknown.
        """
        from galapagos.engine.commands import command_to_json

        return _object(await self._ask({"command": command_to_json(command)}))

    async def genome(self, id: str) -> dict[str, Any]:
        """Return what the engine knows of an elite or a member of the population.

        The keys are `genome` (JSON of the genome), `parents`, `operator`, `generation`, `evaluation`, and
        `trained`: whether `weights` has what it learned.

        Raises:
            CommandRefused: Where the engine knows no such id.
            ConnectionLost: Where no answer came.
        """
        return _object(await self._ask({"genome": id}))

    async def weights(self, id: str) -> str:
        """Return a file of the run directory with the weights that an elite learned and hands down.

        Raises:
            CommandRefused: Where the id is of no elite, or it keeps no weights.
            ConnectionLost: Where no answer came.
        """
        file = _object(await self._ask({"weights": id})).get("file")
        if not isinstance(file, str) or not file.startswith("/") or not file.isprintable():
            raise ConnectionLost("the engine's answer names no file")
        return file

    async def close(self) -> None:
        """End the connection; the engine goes on. Closing twice is closing once."""
        self._lose("this client was closed")
        self._receiving.cancel()
        await asyncio.gather(self._receiving, return_exceptions=True)
        await protocol.close_stream(self._writer)

    async def _ask(self, question: dict[str, Any]) -> Any:  # noqa: ANN401 - the JSON of an answer
        if self._lost is not None:
            raise ConnectionLost(self._lost)
        self._last_number += 1
        number = self._last_number
        try:
            frame = protocol.encode({"request": number, **question}, MAX_REQUEST)
        except WrongFrame as error:
            raise CommandRefused(str(error)) from None
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(self._answer_timeout):
                self._writer.write(frame)
                await self._writer.drain()
                return await answer
        except TimeoutError:
            raise ConnectionLost(f"the engine did not answer within {self._answer_timeout:g} s") from None
        except OSError:
            raise ConnectionLost(self.lost or "the connection to the engine broke") from None
        finally:
            del self._waiting[number]
            if answer.done() and not answer.cancelled():
                answer.exception()

    async def _receive(self) -> None:
        reason = "the engine has ended"
        try:
            while (message := await protocol.read_frame(self._reader, MAX_ANSWER)) is not None:
                self._accept(message)
        except (WrongFrame, ConnectionLost) as error:
            reason = str(error)
        except OSError as error:
            reason = f"the connection to the engine broke: {error.strerror or error}"
        finally:
            self._lose(reason)
            self._writer.close()

    def _accept(self, message: object) -> None:
        if not isinstance(message, dict):
            raise ConnectionLost("the engine sent a frame that is no object")
        if "snapshot" in message:
            self._show(message["snapshot"])
            return
        number, error = message.get("answer"), message.get("error")
        if not isinstance(error, str | None):
            raise ConnectionLost("the engine sent an answer that is none")
        if number is None:
            raise ConnectionLost(f"the engine ended the connection: {_reason(error)}")
        answer = self._waiting.get(number) if type(number) is int else None
        if answer is None or answer.done():
            return
        if error is None:
            answer.set_result(message.get("result"))
        else:
            answer.set_exception(CommandRefused(_reason(error)))

    def _show(self, data: object) -> Snapshot:
        try:
            picture = snapshot_from_json(data)
        except ValueError as error:
            raise ConnectionLost(
                f"the engine's picture of the run cannot be read ({plain(str(error))}); "
                "it may be of another version"
            ) from None
        if self.latest is None or picture.sequence >= self.latest.sequence:
            self.latest = picture
            self._wake()
        return picture

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _lose(self, reason: str) -> None:
        if self._lost is not None:
            return
        self._lost = reason
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(ConnectionLost(reason))
        self._wake()


def _object(answer: object) -> dict[str, Any]:
    """Return the object that an answer consists of.

    Raises:
        ConnectionLost: Where it is none.
    """
    if not isinstance(answer, dict):
        raise ConnectionLost("the engine's answer cannot be read; it may be of another version")
    return answer


def _reason(error: str | None) -> str:
    """Return what an engine says of an error, in one line that says something."""
    return plain(error or "", limit=LONGEST_LINE) or "it gave no reason"
