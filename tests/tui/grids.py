"""Whole screens as text in files, compared line by line; GALAPAGOS_WRITE_GRIDS=1 writes them anew."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

DIRECTORY = Path(__file__).parent / "screens" / "grids"
LONGEST_WAIT = 10.0
SECONDS_OF_REST = 0.5
"""A screen that shows the same for so long is complete, and can be written."""


async def assert_grid(name: str, text: Callable[[], str]) -> None:
    """Wait until a person reads on a screen what is kept of it under a name."""
    path = DIRECTORY / f"{name}.txt"
    if os.environ.get("GALAPAGOS_WRITE_GRIDS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(await _rested(text) + "\n", encoding="utf-8")
    kept = path.read_text(encoding="utf-8").removesuffix("\n")
    end = time.monotonic() + LONGEST_WAIT
    while kept != text() and time.monotonic() < end:  # noqa: ASYNC110 - no event says it
        await asyncio.sleep(0.02)
    # Not by splitlines, for which an empty last line is none.
    assert kept.split("\n") == text().split("\n"), f"{path} is not what is seen:\n{text()}"


async def _rested(text: Callable[[], str]) -> str:
    """Return what is on a screen as soon as it does not change any more."""
    seen, since = text(), time.monotonic()
    while time.monotonic() - since < SECONDS_OF_REST:
        await asyncio.sleep(0.02)
        if (now := text()) != seen:
            seen, since = now, time.monotonic()
    return seen
