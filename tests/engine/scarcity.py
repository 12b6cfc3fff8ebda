"""A system that gives no more threads or files, for as long as a test wants."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def no_more_threads() -> Iterator[list[str]]:
    """Let no thread be started, as where the limit of processes is reached; the event loop has none to reuse.

    Yields:
        The names of the threads that were refused, growing.
    """
    refused: list[str] = []

    def refuse(thread: threading.Thread) -> None:
        refused.append(thread.name)
        raise RuntimeError("can't start new thread")

    executor = ThreadPoolExecutor()
    asyncio.get_running_loop().set_default_executor(executor)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(threading.Thread, "start", refuse)
        yield refused


@contextlib.contextmanager
def no_more_files() -> Iterator[None]:
    """Let this process open no file: the limit of the system is lowered to what is open."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    held = [os.open(os.devnull, os.O_RDONLY)]
    try:
        largest = max(int(path.name) for path in Path("/dev/fd").iterdir())
        resource.setrlimit(resource.RLIMIT_NOFILE, (largest + 1, before[1]))
        with contextlib.suppress(OSError):
            while True:
                held.append(os.open(os.devnull, os.O_RDONLY))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
        for descriptor in held:
            os.close(descriptor)
