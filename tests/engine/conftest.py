"""A place for sockets, a server on it and a client that sends whatever a test wants."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.engine.fakes import FakeHost, WatchedServer
from tests.engine.raw_client import RawClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


@pytest.fixture
def socket_path() -> Iterator[Path]:
    """Give a path that is short enough for a socket, which pytest's own directories may not be."""
    directory = Path(tempfile.mkdtemp(prefix="galapagos-test-"))
    yield directory / "run.sock"
    shutil.rmtree(directory)


@pytest.fixture
async def server(socket_path: Path) -> AsyncIterator[WatchedServer]:
    server = WatchedServer(FakeHost())
    await server.start(socket_path)
    yield server
    await server.close()


@pytest.fixture
async def raw(server: WatchedServer, socket_path: Path) -> AsyncIterator[RawClient]:
    assert server.clients == 0
    client = await RawClient.connect(socket_path)
    yield client
    await client.close()
