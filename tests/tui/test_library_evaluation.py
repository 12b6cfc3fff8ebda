"""Evaluating a saved elite in a process of its own."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from galapagos.engine.pool.background import NICENESS
from galapagos.errors import EngineFailed
from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import graph_genome
from galapagos.home import cache_home
from library_store import Library
from tests.library_store.elites import graph_elite
from tui.library_evaluation import evaluate_entry, measurement_of

if TYPE_CHECKING:
    from pathlib import Path

    from library_store import Entry

GENOME = graph_genome(
    num_inputs=5,
    num_outputs=1,
    activations=[Activation.LINEAR] * 7,
    connections=[(0, 6), (2, 6)],
)
ELITE = replace(graph_elite(), individual=replace(graph_elite().individual, genome=GENOME))
ANSWER: dict[str, Any] = {
    "fitness": 12.0,
    "objectives": {"mean": 12.0, "max": 14.0},
    "weights": [
        {"weight": -1.0, "mean": 10.0, "std": 3.0, "trials": 5, "accuracy": None},
        {"weight": None, "mean": 14.0, "std": 4.0, "trials": 5, "accuracy": 0.5},
    ],
    "seconds": 0.1,
}


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Entry:
    """Give a saved elite, in a home of its own with the kernels that are compiled already."""
    compiled = cache_home()
    compiled.mkdir(parents=True, exist_ok=True)
    (tmp_path / "cache").symlink_to(compiled)
    monkeypatch.setenv("GALAPAGOS_HOME", str(tmp_path))
    with Library() as library:
        return library.put(ELITE)


def test_an_answer_is_read_with_the_deviation_over_all_trials() -> None:
    measured = measurement_of(orjson.dumps(ANSWER), 5)
    assert (measured.num_trials, measured.fitness) == (5, 12.0)
    assert [one.weight for one in measured.weights] == [-1.0, None]
    # The variance is that within the weights, (9 + 16) / 2, and that of their means, 4.
    assert measured.deviation == pytest.approx(16.5**0.5)
    assert measurement_of(orjson.dumps({**ANSWER, "weights": []}), 5).deviation is None


@pytest.mark.parametrize(
    "output",
    [b"", b"\xff", b"[]", b"{}", b"null", orjson.dumps({**ANSWER, "weights": [1]}), b"no [b] such\x1b[3m"],
)
def test_what_is_no_answer_is_told_in_a_line(output: bytes) -> None:
    with pytest.raises(EngineFailed, match="not evaluated") as caught:
        measurement_of(output, 5)
    assert "\n" not in str(caught.value)
    assert "\x1b" not in str(caught.value)


async def test_an_elite_gets_a_fitness_with_each_weight(saved: Entry) -> None:
    measured = await evaluate_entry(saved.id, 2)
    assert measured.num_trials == 2
    assert [one.trials for one in measured.weights] == [2] * len(saved.parameters["weight_values"])
    assert measured.fitness == pytest.approx(
        sum(one.mean for one in measured.weights) / len(measured.weights)
    )


async def test_what_the_process_refuses_is_its_last_line(saved: Entry) -> None:
    assert saved.id != "0" * 16
    with pytest.raises(EngineFailed, match="not evaluated: ") as caught:
        await evaluate_entry("0" * 16, 2)
    assert "\n" not in str(caught.value)


async def test_it_gives_way_to_others_and_ends_when_nobody_waits_for_it(
    saved: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: asyncio.Queue[asyncio.subprocess.Process] = asyncio.Queue()
    start = asyncio.create_subprocess_exec

    async def watched(*command: str, **how: Any) -> asyncio.subprocess.Process:
        process = await start(*command, **how)
        started.put_nowait(process)
        return process

    monkeypatch.setattr("asyncio.create_subprocess_exec", watched)
    task = asyncio.create_task(evaluate_entry(saved.id, 1_000_000))
    process = await started.get()
    async with asyncio.timeout(20):
        while os.getpriority(os.PRIO_PROCESS, process.pid) < NICENESS:  # noqa: ASYNC110 - no event says it
            await asyncio.sleep(0.01)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert process.returncode is not None
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)
