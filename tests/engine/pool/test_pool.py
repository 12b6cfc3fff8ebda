"""The supervised pool with real processes: every call is answered, and nothing is left behind."""

import asyncio
import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

from galapagos.errors import EngineFailed
from galapagos.evaluation import Evaluation
from tests.engine.faulty_tasks import PREPARATION, Order, evaluation, parameters
from tests.engine.watched_pool import Gate, Watched, alive, begin, fitnesses, together, watched

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def workers_find_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


async def test_outcomes_come_back_in_order_however_many_calls_there_are() -> None:
    async with watched(2) as watch:
        calls = [
            watch.evaluate(*(Order("calm", float(10 * chunk + member)) for member in range(5)))
            for chunk in range(30)
        ]
        answers = await together(*calls)
        assert answers == [
            [evaluation(float(10 * chunk + member)) for member in range(5)] for chunk in range(30)
        ]
        assert await watch.evaluate() == []
        assert sum(worker.evaluated for worker in watch.pool.workers) == 150
        assert watch.events == []


async def test_a_worker_is_a_quiet_child_with_one_thread(capfd: pytest.CaptureFixture[str]) -> None:
    async with watched(1) as watch:
        (outcome,) = await watch.evaluate(Order("environment"))
        assert isinstance(outcome, Evaluation)
        assert dict(outcome.objectives) == {
            **dict.fromkeys(("mean", "max"), 0.0),
            "nice": float(min(19, os.nice(0) + 5)),
            "parent": float(os.getpid()),
            **dict.fromkeys(("OMP", "OPENBLAS", "MKL", "NUMBA"), 1.0),
        }
        await watch.evaluate(Order("prints"))
    assert capfd.readouterr() == ("", "")


async def test_a_network_of_megabytes_gets_through() -> None:
    async with watched(1) as watch:
        big = Order("calm", 3.0, "x" * 5_000_000)
        assert await watch.evaluate(big, big) == [evaluation(3.0)] * 2


async def test_compiling_is_seen_and_counts_against_no_deadline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(tmp_path / "compiled")
    monkeypatch.setenv(PREPARATION, str(gate.path))
    async with watched(1, "compile") as watch:
        assert watch.states() == ["starting"]
        call = await begin(watch.evaluate(Order("calm", 1.0), timeout=0.05))
        await watch.until(lambda: watch.pool.compiling)
        assert watch.states() == ["compiling"]
        assert watch.pool.starved_seconds == 0
        _, pending = await asyncio.wait([call], timeout=0.3)
        assert pending
        await gate.open()
        assert await call == [evaluation(1.0)]
        assert watch.states() == ["idle"]


async def test_new_parameters_hold_for_the_calls_that_follow(tmp_path: Path) -> None:
    gate = Gate(tmp_path / "gate")
    async with watched(1, seed=1) as watch:
        before = [await begin(watch.evaluate(gate.order)), await begin(watch.evaluate(Order("calm")))]
        watch.pool.set_parameters(parameters(seed=20))
        after = await begin(watch.evaluate(Order("calm")))
        await gate.open()
        assert [fitnesses(await call) for call in (*before, after)] == [[2.0], [1.0], [20.0]]
        assert watch.events == []


async def test_a_pause_holds_back_all_that_has_not_begun(tmp_path: Path) -> None:
    gate, marks = Gate(tmp_path / "gate"), [tmp_path / str(number) for number in range(3)]
    async with watched(1) as watch:
        running = await begin(watch.evaluate(gate.order))
        await watch.until(lambda: watch.states() == ["busy"])
        waiting = [await begin(watch.evaluate(Order("mark", 2.0, str(mark)))) for mark in marks]
        watch.pool.pause()
        await gate.open()
        assert await running == [evaluation(1.0)]
        await watch.until(lambda: watch.states() == ["idle"])
        starved = watch.pool.starved_seconds
        _, pending = await asyncio.wait(waiting, timeout=0.2)
        assert len(pending) == 3
        assert not any(mark.exists() for mark in marks)
        assert watch.pool.starved_seconds == starved
        watch.pool.resume()
        assert await together(*waiting) == [[evaluation(2.0)]] * 3


async def test_a_cancelled_call_is_dropped_or_ignored(tmp_path: Path) -> None:
    gate, marks = Gate(tmp_path / "gate"), [tmp_path / str(number) for number in range(2)]
    async with watched(1) as watch:
        running = await begin(watch.evaluate(gate.order))
        waiting = [await begin(watch.evaluate(Order("mark", 2.0, str(mark)))) for mark in marks]
        await watch.until(lambda: watch.states() == ["busy"])
        for call in (running, *waiting):
            call.cancel()
        results = await asyncio.gather(running, *waiting, return_exceptions=True)
        assert [type(result) for result in results] == [asyncio.CancelledError] * 3
        await gate.open()
        assert await watch.evaluate(Order("calm", 4.0)) == [evaluation(4.0)]
        assert not any(mark.exists() for mark in marks)


async def test_a_job_waits_at_a_busy_worker_only_while_there_is_enough_for_all(tmp_path: Path) -> None:
    gates = [Gate(tmp_path / str(number)) for number in range(2)]
    async with watched(1) as watch:
        held = [await begin(watch.evaluate(gates[0].order))]
        await watch.until(lambda: watch.states() == ["busy"])
        watch.pool.resize(2)
        held.append(await begin(watch.evaluate(gates[1].order)))
        await watch.until(lambda: watch.states() == ["busy", "busy"])
        waiting = [await begin(watch.evaluate(Order("calm", float(value)))) for value in range(2)]
        assert [len(worker.jobs) for worker in watch.pool._crew.workers] == [2, 1]
        await gates[1].open()
        assert await waiting[1] == [evaluation(1.0)]
        assert not waiting[0].done()
        await gates[0].open()
        assert await together(waiting[0], *held) == [[evaluation(0.0)], [evaluation(1.0)], [evaluation(1.0)]]


async def test_the_pool_grows_at_once_and_shrinks_as_workers_finish(tmp_path: Path) -> None:
    gates = [Gate(tmp_path / str(number)) for number in range(2)]
    async with watched(1) as watch:
        held = await begin(watch.evaluate(gates[0].order))
        await watch.until(lambda: watch.states() == ["busy"])
        watch.pool.resize(2)
        also_held = await begin(watch.evaluate(gates[1].order))
        await watch.until(lambda: watch.states() == ["busy", "busy"])
        leaving, staying = watch.pids()
        watch.pool.resize(1)
        assert len(watch.pool.workers) == 2
        await gates[0].open()
        assert await held == [evaluation(1.0)]
        await watch.until(lambda: len(watch.pool.workers) == 1)
        assert watch.pids() == [staying]
        await gates[1].open()
        assert await also_held == [evaluation(1.0)]
        assert leaving not in watch.pids()


async def test_starvation_is_the_time_in_which_ready_workers_had_nothing_to_do(tmp_path: Path) -> None:
    gate = Gate(tmp_path / "gate")
    loop = asyncio.get_running_loop()
    async with watched(1) as watch:
        await watch.until(lambda: watch.states() == ["idle"])
        assert watch.pool.starved_seconds == 0
        await watch.evaluate(Order("calm"))
        before, start = watch.pool.starved_seconds, loop.time()
        await asyncio.wait([asyncio.ensure_future(asyncio.Event().wait())], timeout=0.2)
        starved, passed = watch.pool.starved_seconds - before, loop.time() - start
        assert starved == pytest.approx(passed, abs=0.002)
        busy = await begin(watch.evaluate(gate.order))
        during = watch.pool.starved_seconds
        await asyncio.wait([busy], timeout=0.2)
        assert watch.pool.starved_seconds == during
        await gate.open()
        await busy
    assert watch.pool.busy_seconds > 0


@pytest.mark.parametrize("kind", ["hang", "calm"])
async def test_closing_ends_the_calls_and_all_processes_at_any_moment(kind: str) -> None:
    watch = Watched(2)
    await watch.pool.start()
    calls = [asyncio.create_task(watch.evaluate(Order(kind))) for _ in range(6)]
    if kind == "hang":
        await watch.until(lambda: watch.states() == ["busy", "busy"])
    pids = watch.pids()
    async with asyncio.timeout(5):
        await watch.pool.close()
    assert not [pid for pid in pids if alive(pid)]
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(result) for result in results] == [EngineFailed] * 6
    with pytest.raises(EngineFailed, match="closed"):
        await watch.evaluate(Order("calm"))


PARENT = """
import asyncio
from tests.engine.faulty_tasks import Order
from tests.engine.watched_pool import Watched

async def main():
    watch = Watched(2)
    await watch.pool.start()
    calls = [asyncio.create_task(watch.evaluate(Order("hang"))) for _ in range(2)]
    await watch.until(lambda: watch.states() == ["busy", "busy"])
    print(*watch.pids(), flush=True)
    await asyncio.gather(*calls)

asyncio.run(main())
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux's PR_SET_PDEATHSIG")
def test_no_worker_outlives_a_parent_that_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, cwd=ROOT)
    with parent:
        assert parent.stdout is not None
        handles = [os.pidfd_open(int(pid)) for pid in parent.stdout.readline().split()]
        parent.kill()
    try:
        assert len(handles) == 2
        for handle in handles:
            assert select.select([handle], [], [], 5.0)[0], "a worker outlived its parent"
    finally:
        for handle in handles:
            os.close(handle)
