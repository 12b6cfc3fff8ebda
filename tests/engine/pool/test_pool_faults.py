"""The supervised pool when networks, workers and tasks fail: every call is answered as on a calm day."""

import asyncio
import contextlib
import os
import signal
import time
from pathlib import Path

import pytest

from galapagos.engine.pool import crew
from galapagos.errors import EngineFailed
from galapagos.evaluation import Failed
from tests.engine.faulty_tasks import Order, evaluation, parameters
from tests.engine.watched_pool import begin, together, watched

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def workers_find_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.mark.parametrize(
    ("kind", "reason", "company"), [("os_exit", "exit status 3", 0), ("segfault", "SIGSEGV", 2)]
)
async def test_a_network_that_ends_its_worker_fails_alone(kind: str, reason: str, company: int) -> None:
    async with watched(1) as watch:
        answers = await together(
            watch.evaluate(*[Order("calm", 1.0)] * company, Order(kind)),
            watch.evaluate(Order("calm", 3.0)),
        )
        failure = Failed("worker_died", f"its worker process ended 2 times ({reason})")
        assert answers == [[evaluation(1.0)] * company + [failure], [evaluation(3.0)]]
        assert [kind for kind, _ in watch.events] == ["worker_died"] * (4 if company else 2)
        assert reason in watch.events[0][1]


async def test_a_worker_that_is_killed_once_changes_no_outcome(tmp_path: Path) -> None:
    async with watched(1) as watch:
        ends_once = Order("end_once", 5.0, str(tmp_path / "ended"))
        answers = await together(
            watch.evaluate(Order("calm", 1.0), ends_once),
            watch.evaluate(Order("calm", 2.0)),
        )
        assert answers == [[evaluation(1.0), evaluation(5.0)], [evaluation(2.0)]]


async def test_a_network_that_hangs_fails_alone() -> None:
    async with watched(2) as watch:
        answers = await together(
            watch.evaluate(Order("calm", 1.0), Order("hang"), Order("calm", 2.0), timeout=0.5),
            watch.evaluate(Order("calm", 3.0), timeout=0.5),
        )
        hung = Failed("timeout", "no result within 0.5 s")
        assert answers == [[evaluation(1.0), hung, evaluation(2.0)], [evaluation(3.0)]]
        assert [kind for kind, _ in watch.events] == ["worker_timeout", "worker_timeout"]
        assert watch.events[0][1] == "3 networks gave no result within 1.5 s and are tried one at a time"


async def test_time_in_which_the_engine_itself_stands_still_makes_no_network_late() -> None:
    async with watched(1) as watch:
        await watch.until(lambda: watch.states() == ["idle"])
        (worker,) = watch.pids()
        # As in a container that is paused, with all its processes.
        os.kill(worker, signal.SIGSTOP)
        call = await begin(watch.evaluate(Order("calm", 1.0), timeout=2.0))
        await watch.until(lambda: watch.states() == ["busy"])
        time.sleep(2.1)  # noqa: ASYNC251 - what is late now is late at once
        await asyncio.sleep(0)
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker, signal.SIGCONT)
        assert await call == [evaluation(1.0)]
        assert watch.events == []


async def test_workers_that_cannot_start_fail_the_calls_until_the_parameters_are_mended() -> None:
    async with watched(1, "end") as watch:
        with pytest.raises(EngineFailed, match=r"^the workers cannot start: the library is missing$"):
            await watch.evaluate(Order("calm"))
        with pytest.raises(EngineFailed, match="the workers cannot start"):
            await watch.evaluate(Order("calm"))
        assert [kind for kind, _ in watch.events] == ["worker_start"] * 3
        watch.pool.set_parameters(parameters())
        assert await watch.evaluate(Order("calm", 1.0)) == [evaluation(1.0)]


async def test_a_worker_that_never_gets_ready_fails_the_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "SECONDS_TO_START", 0.2)
    async with watched(1, "hang") as watch:
        with pytest.raises(EngineFailed, match=r"not ready within 0\.2 s"):
            await watch.evaluate(Order("calm"))


async def test_parameters_that_no_task_can_be_built_from_fail_their_call() -> None:
    async with watched(1) as watch:
        await watch.until(lambda: watch.states() == ["idle"])
        watch.pool.set_parameters(parameters("refuse"))
        problem = "the workers cannot start: LookupError: there is no such environment"
        with pytest.raises(EngineFailed, match=f"^{problem}$"):
            await watch.evaluate(Order("calm"))


async def test_a_call_whose_task_cannot_be_built_fails_even_if_others_can_be_built_again() -> None:
    async with watched(1) as watch:
        await watch.until(lambda: watch.states() == ["idle"])
        watch.pool.set_parameters(parameters("refuse"))
        hopeless = await begin(watch.evaluate(Order("calm")))
        watch.pool.set_parameters(parameters())
        fine = await begin(watch.evaluate(Order("calm", 1.0)))
        with pytest.raises(EngineFailed, match="the workers cannot start: LookupError"):
            await hopeless
        assert await fine == [evaluation(1.0)]
