"""Runs whose workers are killed, or whose networks kill them: the journal is that of the calm run."""

from __future__ import annotations

import asyncio
import functools
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from galapagos.engine import engine as engine_module
from galapagos.engine.pool.pool import WorkerPool
from galapagos.engine.program import open_engine
from galapagos.engine.records.individual_json import individual_from_json
from galapagos.engine.socket.server import Server
from galapagos.errors import EngineFailed
from tests.end_to_end.runs import assert_identical, journal, small_run
from tests.engine.faulty_tasks import is_deadly
from tests.engine.watched_pool import PATIENCE, in_doubt, kill

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from galapagos.engine.engine import Engine
    from galapagos.engine.records.run_state import RunDirectory


async def evolve(run: RunDirectory, kills: int = 0) -> Engine:
    """Let an engine evolve a run to its end, while its workers are killed at random moments."""
    with run.lock():
        engine = open_engine(run)
        running = asyncio.create_task(engine.run(Server()))
        rng = np.random.default_rng(3)
        made = 0
        async with asyncio.timeout(PATIENCE + kills):
            while not running.done() and made < kills:
                # Now and then one that starts is killed; if all of them were, no run could go on.
                spares_starting = rng.random() < 0.75
                await asyncio.sleep(rng.uniform(0.0, 0.1))
                while spares_starting and not running.done() and not is_ready(engine):  # noqa: ASYNC110 - no event says it
                    await asyncio.sleep(0.005)
                pids = [worker.pid for worker in engine.pool.workers if worker.pid]
                if pids and not in_doubt(engine.pool):
                    victim = pids[rng.integers(len(pids))]
                    kill(victim)
                    made += 1
                    while victim in [worker.pid for worker in engine.pool.workers]:  # noqa: ASYNC110 - no event says it
                        await asyncio.sleep(0.001)
        await running
    # A quick machine may be done before the last of them.
    assert made >= min(kills, 2)
    return engine


def is_ready(engine: Engine) -> bool:
    return any(worker.state in ("idle", "busy") for worker in engine.pool.workers)


def told(run: RunDirectory, kind: str) -> list[str]:
    """Return what the log of events says of a kind."""
    lines = [json.loads(line) for line in run.events_file.read_text().splitlines()]
    return [line["text"] for line in lines if line["kind"] == kind]


@pytest.mark.parametrize(("kills", "generations"), [(3, 8), pytest.param(40, 200, marks=pytest.mark.slow)])
async def test_a_run_whose_workers_are_killed_is_the_calm_one(
    kills: int, generations: int, tmp_path: Path
) -> None:
    stormy, calm = (
        small_run(tmp_path / name, num_generations=generations, num_workers=workers)
        for name, workers in (("stormy", 2), ("calm", 1))
    )
    await evolve(stormy, kills)
    await evolve(calm)
    assert told(stormy, "worker_died") or told(stormy, "worker_start")
    assert told(calm, "worker_died") == []
    assert len([line for line in journal(calm) if line["type"] == "generation"]) == generations
    assert_identical(stormy, calm)


@pytest.fixture
def evolve_with(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, RunDirectory], Awaitable[Engine]]:
    """Give a function that evolves a run whose workers build another task."""

    def evolve_with(builder: str, run: RunDirectory) -> Awaitable[Engine]:
        pool = functools.partial(WorkerPool, task_builder=f"tests.engine.faulty_tasks:{builder}")
        monkeypatch.setattr(engine_module, "WorkerPool", pool)
        return evolve(run)

    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    return evolve_with


async def test_networks_that_kill_their_workers_are_set_aside_and_the_run_goes_on(
    tmp_path: Path, evolve_with: Callable[[str, RunDirectory], Awaitable[Engine]]
) -> None:
    deadly, calm = (
        small_run(tmp_path / name, num_generations=2, population_size=8, num_workers=1)
        for name in ("deadly", "calm")
    )
    await evolve_with("build_deadly", deadly)
    await evolve_with("build_refused", calm)
    assert told(deadly, "worker_died")
    assert told(calm, "worker_died") == []
    assert_identical(deadly, calm)
    files = sorted(deadly.failed_directory.iterdir())
    kept = [individual_from_json(json.loads(path.read_text())) for path in files]
    assert kept
    assert [f"{one.id}.json" for one in kept] == [path.name for path in files]
    assert all(is_deadly(one.genome) for one in kept)
    lines = told(deadly, "set aside")
    assert all("ended 2 times (SIGKILL); it is kept in failed/" in line for line in lines)
    assert {line.rpartition("/")[2] for line in lines} == {path.name for path in files}


async def test_the_one_network_that_learns_is_set_aside_before_its_run_ends(
    tmp_path: Path, evolve_with: Callable[[str, RunDirectory], Awaitable[Engine]]
) -> None:
    run = small_run(tmp_path / "run", experiment="learning", num_epochs=2, num_hidden=8, num_workers=1)
    with pytest.raises(
        EngineFailed, match=r"^the network failed in epoch 1: its worker process ended 2 times"
    ):
        await evolve_with("build_deadly", run)
    (path,) = run.failed_directory.iterdir()
    (line,) = told(run, "set aside")
    assert line.endswith(f"it is kept in failed/{path.name}")
    assert is_deadly(individual_from_json(json.loads(path.read_text())).genome)
    assert not run.commands_file.exists() or run.commands_file.read_text() == ""
