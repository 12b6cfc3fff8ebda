"""A disk that refuses what is asked of it, or does not come back from it, for as long as a test wants."""

from __future__ import annotations

import os
import stat
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

STEPS = ("open", "write", "fsync", "replace", "rename", "mkdir", "ftruncate")
"""The calls by which the engine changes what is on the disk."""


@contextmanager
def refusing(directory: Path, number: int, steps: Iterable[str] = STEPS) -> Iterator[list[str]]:
    """Let calls on files under a directory fail; sockets, pipes and files elsewhere are as ever.

    Args:
        directory: Where.
        number: The `errno` they fail with.
        steps: Which calls.

    Yields:
        The calls that were refused, growing.
    """
    refused: list[str] = []
    with pytest.MonkeyPatch.context() as monkeypatch:
        for step in steps:
            monkeypatch.setattr(os, step, _refusing(step, directory, number, refused))
        yield refused


@contextmanager
def hanging(directory: Path) -> Iterator[threading.Event]:
    """Let no fsync of what is under a directory return, as on a dead mount, before the context ends.

    Yields:
        An event that is set as soon as one waits.
    """
    waits, may_go_on = threading.Event(), threading.Event()
    fsync = os.fsync

    def slow(descriptor: int) -> None:
        if _is_under(descriptor, directory):
            waits.set()
            assert may_go_on.wait(60)
        fsync(descriptor)

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(os, "fsync", slow)
        try:
            yield waits
        finally:
            may_go_on.set()


def _refusing(step: str, directory: Path, number: int, refused: list[str]) -> Callable[..., Any]:
    call = getattr(os, step)

    def guarded(what: Any, *rest: Any, **named: Any) -> Any:
        changes = step != "open" or bool(rest and rest[0] & (os.O_WRONLY | os.O_RDWR))
        if changes and _is_under(what, directory):
            refused.append(step)
            raise OSError(number, os.strerror(number))
        return call(what, *rest, **named)

    return guarded


def _is_under(what: Any, directory: Path) -> bool:
    if isinstance(what, int):
        if not stat.S_ISREG(os.fstat(what).st_mode):
            return False
        what = Path(f"/proc/self/fd/{what}").readlink()
    return Path(os.fsdecode(what)).is_relative_to(directory)
