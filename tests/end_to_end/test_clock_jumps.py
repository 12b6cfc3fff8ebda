"""The clock on the wall is set by days while a run evolves: no duration moves, and no deadline does."""

from __future__ import annotations

import asyncio
import itertools
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import galapagos
from galapagos.engine.commands import SetParameters
from galapagos.engine.program import open_engine
from galapagos.engine.records.run_directory import list_runs, open_run
from galapagos.engine.records.run_state import ALIVE
from galapagos.engine.socket.server import Server
from tests.end_to_end.runs import assert_identical, finish, journal, slow_down, small_run, twin
from tests.end_to_end.test_refusing_disk import generation, until

if TYPE_CHECKING:
    import pytest

QUICK: dict[str, Any] = {"num_generations": 12, "num_workers": 2, "population_size": 12, "timeout": 30.0}
DAY = 86_400.0
JUMPS = (0.0, 400 * DAY, -400 * DAY, DAY, -DAY, -20_000 * DAY, 5.0, -5.0)
"""Seconds by which the clock is wrong, one after the other; the largest leads to before 1970."""

STAMPS = {
    "records/event_log.py",
    "records/journal_lines.py",
    "records/run_directory.py",
    "records/run_state.py",
    "records/tensorboard.py",
}
"""Where the engine asks what time it is: to write it down, and for nothing else."""


async def test_a_run_evolves_is_saved_and_measured_as_if_nobody_had_touched_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_down(monkeypatch)
    run = small_run(tmp_path / "run", **QUICK)
    right, wrong = time.time, itertools.cycle(JUMPS)
    begun = time.monotonic()
    with monkeypatch.context() as clock:
        clock.setattr(time, "time", lambda: right() + next(wrong))
        with run.lock():
            run.write_engine_file(ALIVE)
            engine = open_engine(run)
            running = asyncio.create_task(engine.run(Server()))
            await until(lambda: generation(engine) > 2)
            await engine.take(SetParameters({"complexity_levels": 4}), "me")
            await until(lambda: generation(engine) > 4 and engine.recorder.saving.age is not None)
            picture = engine.snapshot()
            assert open_run(run.path).condition() == ALIVE
            assert [info.path for info in list_runs() if info.path == run.path] == [run.path]
            await asyncio.wait_for(running, 60)
    took = time.monotonic() - begun
    assert 0 <= picture.elapsed <= engine.stopwatch.elapsed <= took
    assert picture.checkpoint_age is not None
    assert 0 <= picture.checkpoint_age <= took
    columns = galapagos.load_run(run.path).generations
    assert 0 <= columns["seconds"].min() <= columns["seconds"].sum() <= took
    assert not {"worker_timeout", "worker_died", "not saved"} & {
        one.kind for one in engine.recorder.happenings
    }

    calm = twin(run, tmp_path / "calm", **QUICK)
    finish(calm)
    assert_identical(run, calm)
    assert len(journal(run)) > QUICK["num_generations"]


def test_the_engine_asks_for_the_time_of_day_only_to_write_it_down() -> None:
    engine = Path(galapagos.__file__).parent / "engine"
    asking = {
        str(path.relative_to(engine))
        for path in engine.rglob("*.py")
        if any(call in path.read_text() for call in ("time.time(", "time_ns(", "datetime"))
    }
    assert asking == STAMPS
