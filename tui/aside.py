"""Running a module of this program in a process beside the dashboard, which gives way to runs."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from galapagos.errors import EngineFailed
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

_LAST_OUTPUT = 8192


async def run_aside(arguments: Sequence[str], question: bytes | None = None) -> bytes:
    """Return what a module prints; its process is killed where this is cancelled, and ends with this one.

    Args:
        arguments: The module and what follows it on the command line.
        question: What it reads; without it nothing.

    Raises:
        EngineFailed: With its last line, where it did not work.
        OSError: Where it cannot be started.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "tui.aside_program", str(os.getpid()), *arguments),
        stdin=asyncio.subprocess.DEVNULL if question is None else asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        output, errors = await process.communicate(question)
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if process.returncode != 0:
        raise EngineFailed(last_line(errors) or f"exit code {process.returncode}")
    return output


def last_line(output: bytes) -> str:
    """Return the last line that says something, plain, without the name of this program; empty for none."""
    lines = [plain(line) for line in output[-_LAST_OUTPUT:].decode(errors="replace").splitlines()]
    return next((line.removeprefix("galapagos: ") for line in reversed(lines) if line), "")
