"""Calls in threads, since they may wait for a disk: one that hangs, too, or without a thread for them."""

from __future__ import annotations

import asyncio
import errno
from concurrent.futures import Future
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

HANGS_AFTER = 10.0
"""Seconds after which a write that has not returned is told of: some disks hang without an error."""

_REFUSED = "can't start new thread"
"""What Python raises a RuntimeError with where the limit of threads or processes is reached."""

P = ParamSpec("P")
R = TypeVar("R")


async def in_thread(call: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
    """Return what a call returns that is made in another thread, so that the event loop does not wait for it.

    Unlike with `asyncio.to_thread`, a call that no thread was started for is never made: it would be made as
    soon as another thread is idle, when its caller has given it up and tries again.

    Raises:
        OSError: EAGAIN, where no thread can be started; and whatever the call raises.
    """
    result: Future[R] = Future()

    def work() -> None:
        if not result.set_running_or_notify_cancel():
            return
        try:
            result.set_result(call(*arguments, **named))
        except BaseException as error:
            result.set_exception(error)

    try:
        asyncio.get_running_loop().run_in_executor(None, work)
    except RuntimeError as error:
        if _REFUSED not in str(error):
            raise
        # Where it cannot be cancelled, a thread that was busy before makes the call already.
        if result.cancel():
            raise OSError(errno.EAGAIN, "no thread can be started for it") from error
    return await asyncio.wrap_future(result)


async def watched(
    on_hang: Callable[[], None], call: Callable[P, R], *arguments: P.args, **named: P.kwargs
) -> R:
    """Return what a call returns as `in_thread` does; where that takes `HANGS_AFTER` seconds, say so once.

    Args:
        on_hang: Called where the call has not returned by then.
        call: What is called.
        arguments: What with.
        named: What with.

    Raises:
        OSError: As `in_thread`.
    """
    timer = asyncio.get_running_loop().call_later(HANGS_AFTER, on_hang)
    try:
        return await in_thread(call, *arguments, **named)
    finally:
        timer.cancel()
