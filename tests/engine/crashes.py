"""A machine that dies at a chosen step: what was not fsynced is lost, and nothing happens after it."""

import itertools
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

STEPS = ("write", "fsync", "replace", "rename", "unlink", "rmdir", "mkdir", "ftruncate")
"""The calls that change what is on the disk; a crash happens just before one, or amid a write."""


class Crash(BaseException):
    """The machine died; no handler of the program under test may catch this."""


class Machine:
    """Counts the steps of what runs on it, and dies at one of them.

    Args:
        monkeypatch: What replaces the calls.
        step: The step to die at, from 0.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
        self.left = step
        self.dead = False
        self._synced: dict[int, tuple[int, int]] = {}
        self._close = os.close
        self._truncate = os.ftruncate
        for name in STEPS:
            monkeypatch.setattr(os, name, self._dying(name, getattr(os, name)))
        self._write, self._fsync = os.write, os.fsync

    def _dying(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if self.dead:
                raise Crash
            if name == "write":
                self._remember(args[0])
            if self.left == 0:
                if name == "write":
                    call(args[0], args[1][: len(args[1]) // 2])
                self._die()
            self.left -= 1
            result = call(*args, **kwargs)
            if name == "fsync":
                self._know_synced(args[0])
            return result

        return guarded

    def _remember(self, descriptor: int) -> None:
        status = os.fstat(descriptor)
        if status.st_ino not in self._synced:
            self._synced[status.st_ino] = (os.dup(descriptor), status.st_size)

    def _know_synced(self, descriptor: int) -> None:
        status = os.fstat(descriptor)
        if status.st_ino in self._synced:
            self._synced[status.st_ino] = (self._synced[status.st_ino][0], status.st_size)

    def _die(self) -> None:
        self.dead = True
        for descriptor, size in self._synced.values():
            if os.fstat(descriptor).st_size > size:
                self._truncate(descriptor, size)
        self.close()
        raise Crash

    def close(self) -> None:
        for descriptor, _ in self._synced.values():
            self._close(descriptor)
        self._synced.clear()


def crash_at_every_step(action: Callable[[], object], prepare: Callable[[], object]) -> Iterator[int]:
    """Prepare, run an action that dies at its first step, yield; then at its second; until it lives.

    The caller looks at what is on the disk after each crash; the last number yielded is a run without one.
    """
    for step in itertools.count():
        prepare()
        with pytest.MonkeyPatch.context() as monkeypatch:
            machine = Machine(monkeypatch, step)
            try:
                action()
            except Crash:
                pass
            finally:
                machine.close()
        yield step
        if not machine.dead:
            return
