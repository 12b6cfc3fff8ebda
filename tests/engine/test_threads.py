"""Calls in threads: what comes back, what no thread is started for, and what does not come back."""

from __future__ import annotations

import asyncio
import errno
import threading

import pytest

from galapagos.engine import threads
from galapagos.engine.threads import in_thread, watched
from tests.engine.scarcity import no_more_threads


async def test_a_call_is_made_in_another_thread_and_its_result_or_error_comes_back() -> None:
    assert await in_thread(threading.get_ident) != threading.get_ident()
    assert await in_thread(sorted, [1, 2], reverse=True) == [2, 1]
    with pytest.raises(ZeroDivisionError):
        await in_thread(divmod, 1, 0)


async def test_a_call_that_no_thread_is_started_for_is_an_error_of_the_system_and_never_made_later() -> None:
    made: list[str] = []
    with no_more_threads() as refused:
        with pytest.raises(OSError, match="no thread can be started") as caught:
            await in_thread(made.append, "too late")
        assert caught.value.errno == errno.EAGAIN
        assert refused
    await in_thread(made.append, "tried again")
    assert made == ["tried again"]


async def test_other_errors_of_the_event_loop_are_not_taken_for_it() -> None:
    await asyncio.get_running_loop().shutdown_default_executor()
    with pytest.raises(RuntimeError, match="shutdown"):
        await in_thread(len, "")


async def test_a_call_that_hangs_is_told_of_once_and_one_that_returns_in_time_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []
    assert await watched(lambda: told.append("quick"), len, "abc") == 3
    monkeypatch.setattr(threads, "HANGS_AFTER", 0.0)
    may_return, noticed = threading.Event(), asyncio.Event()

    def notice() -> None:
        told.append("slow")
        noticed.set()

    hanging = asyncio.create_task(watched(notice, may_return.wait, 60))
    await asyncio.wait_for(noticed.wait(), 60)
    assert not hanging.done()
    may_return.set()
    assert await hanging
    assert told == ["slow"]
