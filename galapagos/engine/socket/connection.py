"""The engine's end of one client: requests are read one at a time, and frames wait in a bounded queue."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from typing import TYPE_CHECKING, Any, Protocol

from galapagos.engine.socket import protocol
from galapagos.engine.socket.protocol import (
    MAX_ANSWER,
    MAX_REQUEST,
    CommandRequest,
    NameRequest,
    Request,
    SnapshotRequest,
    WeightsRequest,
    WrongFrame,
    plain_json,
)
from galapagos.errors import CommandRefused, GalapagosError

if TYPE_CHECKING:
    from galapagos.engine.commands import Command
    from galapagos.engine.snapshot import Snapshot

QUEUED_SNAPSHOTS = 4
"""Snapshots that wait for a slow client; the oldest is dropped for a newer one."""

UNREAD_ANSWERS = 16
"""Answers that wait for a client before its next request is read."""

UNREAD_BYTES = 8 << 20
"""Bytes of answers that wait for a client before its next request is read."""

UNREAD_SECONDS = 30.0
"""How long a client may leave that many answers unread before it is cut."""

WRONG_FRAMES = 16
"""Wrong frames in a row after which a client is cut."""

FLUSH_SECONDS = 1.0
"""How long the last frames of a connection may take to leave."""

_WRITE_BUFFER = 64 << 10
_LOG = logging.getLogger(__name__)


class Host(Protocol):
    """What the server asks of the engine."""

    def snapshot(self) -> Snapshot:
        """Return the picture of this moment."""

    async def take(self, command: Command, client: str) -> dict[str, Any]:
        """Take a command and return its acknowledgement; CommandRefused where it cannot be taken."""

    def genome(self, id: str) -> dict[str, Any] | None:
        """Return what is known of an individual, or None for an id that is not known."""

    async def weights(self, id: str) -> str | None:
        """Return a new file with the weights that an elite learned, or None where there are none."""


class Reception:
    """Where requests wait for the host: the socket is open before the engine has imported what it needs."""

    def __init__(self) -> None:
        self.host: Host | None = None
        self._taking: set[asyncio.Task[dict[str, Any]]] = set()
        self._changed = asyncio.Event()

    def open(self, host: Host) -> None:
        """Let requests through to a host."""
        self.host = host
        self._changed.set()

    def close(self) -> None:
        """Refuse what still waits for a host."""
        self._changed.set()

    async def wait(self) -> Host:
        """Return the host as soon as there is one; CommandRefused where there will be none."""
        await self._changed.wait()
        if self.host is None:
            raise CommandRefused("the engine ended before it was ready")
        return self.host

    async def take(self, command: Command, client: str) -> dict[str, Any]:
        """Let the host take a command, to the end even where the client that sent it is cut meanwhile."""
        host = await self.wait()
        taking = asyncio.create_task(host.take(command, client), name=f"{command.command} of {client}")
        self._taking.add(taking)
        taking.add_done_callback(self._taking.discard)
        return await asyncio.shield(taking)


class Outbox:
    """The frames that wait for one client, in the order in which they were made.

    Snapshots beyond `QUEUED_SNAPSHOTS` push the oldest one out; answers are never dropped.
    """

    def __init__(self) -> None:
        self._frames: deque[tuple[bytes, bool]] = deque()
        self._snapshots = 0
        self._answers = 0
        self._answer_bytes = 0
        self._ended = False
        self._filled = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()

    def __len__(self) -> int:
        return len(self._frames)

    def put_snapshot(self, frame: bytes) -> None:
        """Queue a snapshot, in place of the oldest where too many wait."""
        if self._snapshots == QUEUED_SNAPSHOTS:
            oldest = next(index for index, (_, is_answer) in enumerate(self._frames) if not is_answer)
            del self._frames[oldest]
            self._snapshots -= 1
        self._snapshots += 1
        self._frames.append((frame, False))
        self._filled.set()

    def put_answer(self, frame: bytes) -> None:
        """Queue an answer."""
        self._answers += 1
        self._answer_bytes += len(frame)
        self._frames.append((frame, True))
        self._filled.set()
        if self._answers >= UNREAD_ANSWERS or self._answer_bytes >= UNREAD_BYTES:
            self._has_room.clear()

    async def room(self) -> None:
        """Return as soon as another answer may be queued."""
        await self._has_room.wait()

    def end(self) -> None:
        """Let `next` return None when all frames are taken."""
        self._ended = True
        self._filled.set()

    async def next(self) -> bytes | None:
        """Take the first frame, once there is one; None after the last."""
        while not self._frames:
            if self._ended:
                return None
            self._filled.clear()
            await self._filled.wait()
        frame, is_answer = self._frames.popleft()
        if is_answer:
            self._answers -= 1
            self._answer_bytes -= len(frame)
        else:
            self._snapshots -= 1
        if self._answers < UNREAD_ANSWERS and self._answer_bytes < UNREAD_BYTES:
            self._has_room.set()
        return frame


class Connection:
    """One attached client, from its first frame to its last.

    Args:
        name: What the engine calls it, such as `client 3`, until it says another name.
        reception: Where the host is that answers its requests.
        reader: What comes from it.
        writer: What goes to it.
    """

    def __init__(
        self, name: str, reception: Reception, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.name = name
        self.outbox = Outbox()
        self._reception = reception
        self._reader = reader
        self._writer = writer
        self._leaving = False
        writer.transport.set_write_buffer_limits(high=_WRITE_BUFFER)

    async def serve(self) -> None:
        """Answer the client until it goes, is cut or is to leave; then send what waits and close."""
        sending = asyncio.create_task(self._send(), name=f"frames to {self.name}")
        receiving = asyncio.create_task(self._receive(), name=f"requests of {self.name}")
        try:
            await asyncio.wait({sending, receiving}, return_when=asyncio.FIRST_COMPLETED)
            self.outbox.end()
            await asyncio.wait({sending}, timeout=FLUSH_SECONDS)
        finally:
            sending.cancel()
            receiving.cancel()
            await asyncio.gather(sending, receiving, return_exceptions=True)
            await protocol.close_stream(self._writer)

    def leave(self) -> None:
        """End the connection once the request that is being answered has its answer."""
        self._leaving = True
        # Else what the client sends after this end would be an error of the stream.
        self._writer.transport.pause_reading()  # type: ignore[attr-defined]
        self._reader.feed_eof()

    async def _send(self) -> None:
        with contextlib.suppress(OSError):
            while (frame := await self.outbox.next()) is not None:
                self._writer.write(frame)
                await self._writer.drain()

    async def _receive(self) -> None:
        wrong = 0
        while not self._leaving and wrong < WRONG_FRAMES:
            try:
                data = await protocol.read_frame(self._reader, MAX_REQUEST)
                if data is None:
                    return
                request = protocol.request_from_json(data)
            except WrongFrame as error:
                self._refuse(error.number, str(error))
                if error.fatal:
                    return
                wrong += 1
            except CommandRefused as error:
                self._refuse(protocol.request_number(data), str(error))
            except OSError:
                return
            else:
                wrong = 0
                await self._answer(request)
            if not await self._may_go_on():
                return

    async def _may_go_on(self) -> bool:
        """Let others have their turn, and wait until the client has read enough of its answers."""
        await asyncio.sleep(0)
        try:
            async with asyncio.timeout(UNREAD_SECONDS):
                await self.outbox.room()
        except TimeoutError:
            return False
        return True

    async def _answer(self, request: Request) -> None:
        try:
            result = await self._result(request)
            frame = protocol.encode({"answer": request.number, "ok": True, "result": result}, MAX_ANSWER)
        except (GalapagosError, WrongFrame) as error:
            self._refuse(request.number, str(error))
        except Exception:
            _LOG.exception("a request of %s failed", self.name)
            self._refuse(request.number, "the engine failed over this request; its log.txt says more")
        else:
            self.outbox.put_answer(frame)

    async def _result(self, request: Request) -> object:
        if isinstance(request, CommandRequest):
            return plain_json(await self._reception.take(request.command, self.name))
        if isinstance(request, NameRequest):
            self.name = request.name
            return {"name": request.name}
        host = await self._reception.wait()
        if isinstance(request, SnapshotRequest):
            return protocol.showable(host.snapshot())
        if isinstance(request, WeightsRequest):
            path = await host.weights(request.id)
            if path is None:
                raise CommandRefused(f"{request.id} is no elite that keeps the weights it learned")
            return {"file": path}
        found = host.genome(request.id)
        if found is None:
            raise CommandRefused(f"{request.id}: neither an elite nor a member of the population has this id")
        return plain_json(found)

    def _refuse(self, number: int | None, line: str) -> None:
        self.outbox.put_answer(protocol.encode_refusal(number, line))
