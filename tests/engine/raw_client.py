"""A client that can send any bytes, and that reads only when it is told to."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Self

from galapagos.engine.socket import protocol
from tests.engine.fakes import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path


class RawClient:
    """A connection to a socket, as bytes and as messages."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def connect(cls, path: Path) -> Self:
        return cls(*await asyncio.open_unix_connection(str(path)))

    async def close(self) -> None:
        self.writer.transport.abort()
        await asyncio.wait({asyncio.ensure_future(self.writer.wait_closed())}, timeout=PATIENCE)

    def send(self, *messages: dict[str, Any]) -> None:
        for message in messages:
            self.writer.write(protocol.encode(message, 1 << 30))

    async def receive(self) -> Any:
        """Return the next message, None at the end."""
        async with asyncio.timeout(PATIENCE):
            return await protocol.read_frame(self.reader, protocol.MAX_ANSWER)

    async def answers(self, count: int) -> list[Any]:
        """Return the next answers, leaving out the snapshots between them."""
        found: list[Any] = []
        while len(found) < count:
            message = await self.receive()
            assert message is not None, f"the connection ended after {found}"
            if "answer" in message:
                found.append(message)
        return found

    async def rest(self) -> list[Any]:
        """Return what still comes, to the end of the connection."""
        found = []
        while (message := await self.receive()) is not None:
            found.append(message)
        return found
