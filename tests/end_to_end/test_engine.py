"""An engine in the event loop of the test: how a run ends, and what it leaves when something goes wrong."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest

from galapagos.engine import recorder
from galapagos.engine.commands import Breed, Continue, Inject, Pause, Pin, SetParameters
from galapagos.engine.files.log_reading import read_lines
from galapagos.engine.program import open_engine
from galapagos.engine.records import journal_lines
from galapagos.engine.records.checkpoint import load_checkpoint, write_checkpoint
from galapagos.engine.records.command_log import CommandLog
from galapagos.engine.snapshot import RunState
from galapagos.engine.socket.server import Server
from galapagos.errors import CheckpointError, EngineFailed
from tests.end_to_end.runs import assert_identical, journal, small_run, twin

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from galapagos.engine.engine import Engine
    from galapagos.engine.records.checkpoint import Checkpoint
    from galapagos.engine.records.run_state import RunDirectory

FEW: dict[str, Any] = {"num_generations": 2, "num_workers": 1, "checkpoint_every": 3600.0}


async def evolve(run: RunDirectory) -> Engine:
    """Let an engine evolve a run to its end."""
    with run.lock():
        engine = open_engine(run)
        await engine.run(Server())
    return engine


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(120):
        while not condition():  # noqa: ASYNC110 - no event says it
            await asyncio.sleep(0.005)


def files(run: RunDirectory) -> dict[str, bytes]:
    """Return what a run has written, but for the notes on its engine."""
    notes = {"engine.json", "engine.lock", "events.jsonl", "log.txt"}
    found = (path for path in run.path.rglob("*") if path.is_file() and path.name not in notes)
    return {str(path.relative_to(run.path)): path.read_bytes() for path in found}


async def test_a_stop_waits_for_the_checkpoint_that_is_being_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing, most = 0, 0

    def slow(directory: Path, checkpoint: Checkpoint) -> None:
        nonlocal writing, most
        writing += 1
        most = max(most, writing)
        time.sleep(0.3)
        write_checkpoint(directory, checkpoint)
        writing -= 1

    monkeypatch.setattr(recorder, "write_checkpoint", slow)
    run = small_run(tmp_path / "run", **FEW)
    with run.lock():
        engine = open_engine(run)
        running = asyncio.create_task(engine.run(Server()))
        await until(lambda: writing > 0)
        engine.stop()
        await running
    assert most == 1
    assert [path.name for path in run.checkpoint_directory.iterdir()] == ["000001"]


async def test_a_finished_run_that_is_told_to_stop_is_finished_and_its_clock_stands(tmp_path: Path) -> None:
    run = small_run(tmp_path / "run", **FEW)
    with run.lock():
        engine = open_engine(run, linger=True)
        running = asyncio.create_task(engine.run(Server()))
        await until(lambda: engine.state is RunState.FINISHED)
        await engine.take(Continue(), "me")
        elapsed = engine.stopwatch.elapsed
        await asyncio.sleep(0.05)
        assert engine.stopwatch.elapsed == elapsed
        engine.stop()
        await running
    assert run.condition() == "finished"


async def test_an_unforeseen_error_ends_the_run_with_a_checkpoint_and_a_traceback_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*arguments: Any) -> dict[str, Any]:
        if arguments[0].generation == 1:
            raise ZeroDivisionError("nothing is left")
        return journal_lines.generation_line(*arguments)

    monkeypatch.setattr("galapagos.engine.evolution.generation_line", breaks)
    run = small_run(tmp_path / "run", **FEW)
    with pytest.raises(EngineFailed, match=r"log\.txt: ZeroDivisionError: nothing is left"):
        await evolve(run)
    assert "in breaks" in run.log_file.read_text()
    assert run.condition() == "failed"
    checkpoint, _ = load_checkpoint(run.checkpoint_directory)
    assert checkpoint is not None
    assert checkpoint.generation == 1


async def test_where_no_checkpoint_is_whole_nothing_is_changed(tmp_path: Path) -> None:
    run = small_run(tmp_path / "run", **FEW)
    await evolve(run)
    for path in run.checkpoint_directory.glob("*/manifest.json"):
        path.write_text("{}")
    before = files(run)
    with pytest.raises(CheckpointError, match="nothing was changed"):
        await evolve(run)
    assert files(run) == before


async def test_where_the_log_of_commands_is_damaged_nothing_is_changed(tmp_path: Path) -> None:
    run = small_run(tmp_path / "run", **FEW)
    await evolve(run)
    run.commands_file.write_text("nonsense\n")
    with run.journal_file.open("a") as file:
        file.write('{"type":"parameters","generation":2,"changes":{}}\n')
    before = files(run)
    with pytest.raises(CheckpointError, match="line 1 of"):
        await evolve(run)
    assert files(run) == before


async def test_a_run_that_was_finished_and_told_to_go_on_is_the_same_played_again(tmp_path: Path) -> None:
    changes = FEW | {"test_every": 100}
    raised = SetParameters({"num_generations": 4})
    lingering = small_run(tmp_path / "lingering", **changes)
    with lingering.lock():
        engine = open_engine(lingering, linger=True)
        running = asyncio.create_task(engine.run(Server()))
        await until(lambda: engine.state is RunState.FINISHED)
        assert (await engine.take(raised, "me"))["generation"] == 2
        await until(lambda: engine.state is RunState.FINISHED and engine.commands.next_generation == 4)
        engine.stop()
        await running

    resumed = small_run(tmp_path / "resumed", **changes)
    await evolve(resumed)
    log = CommandLog(resumed.commands_file)
    for generation, command in read_commands(lingering):
        log.append(generation, command)
    await evolve(resumed)

    again = twin(lingering, tmp_path / "again", **changes)
    await evolve(again)
    tests = [line["generation"] for line in journal(again) if line["type"] == "test"]
    assert tests == [1, 3]
    assert_identical(lingering, resumed)
    assert_identical(lingering, again)


@pytest.mark.parametrize("lingers", [True, False])
async def test_commands_that_come_in_the_last_generation_wait_for_the_one_after_it(
    tmp_path: Path, lingers: bool
) -> None:
    run = small_run(tmp_path / "run", **FEW)
    with run.lock():
        engine = open_engine(run, linger=lingers)
        running = asyncio.create_task(engine.run(Server()))
        await until(lambda: engine.commands.next_generation == 2)
        assert engine.evolution is not None
        assert not engine.evolution.finished
        pinned = engine.evolution.population[0].id
        for command in (Pin(pinned), SetParameters({"complexity_levels": 3})):
            assert (await engine.take(command, "me"))["generation"] == 2
        await until(lambda: engine.state is RunState.FINISHED)
        if lingers:
            await engine.take(SetParameters({"num_generations": 3}), "me")
            await until(lambda: engine.state is RunState.FINISHED and engine.commands.next_generation == 3)
            engine.stop()
        await running
    if not lingers:
        CommandLog(run.commands_file).append(
            2, {"command": "set", "changes": {"num_generations": 3}, "client": "me"}
        )
        await evolve(run)
    acted = [line for line in journal(run) if line["type"] in {"parameters", "pin"}]
    assert acted == [
        {
            "type": "parameters",
            "generation": 2,
            "changes": {"complexity_levels": [8, 3], "num_generations": [2, 3]},
        },
        {"type": "pin", "generation": 2, "id": pinned},
    ]


async def test_what_happened_says_who_did_it_and_the_journal_does_not(tmp_path: Path) -> None:
    run = small_run(tmp_path / "run", **FEW)
    with run.lock():
        engine = open_engine(run)
        running = asyncio.create_task(engine.run(Server()))
        await engine.take(Pause(), "bob@pts/1")
        await until(lambda: engine.evolution is not None and bool(engine.evolution.born))
        assert engine.evolution is not None
        known = engine.evolution.born[0]
        levels = SetParameters({"complexity_levels": 3})
        injected = Inject(known.genome.to_json(), source="an old friend")
        for command in (Pin(known.id), Breed(known.id, 2), injected, levels):
            await engine.take(command, "ada@pts/3")
        await engine.take(Continue(), "bob@pts/1")
        await running
    told = [(one.by, one.text) for one in engine.snapshot().happenings if one.by]
    assert told == [
        ("bob@pts/1", "bob@pts/1 paused the run"),
        ("bob@pts/1", "bob@pts/1 let the run go on"),
        ("ada@pts/3", "ada@pts/3 changed complexity_levels 8 → 3"),
        ("ada@pts/3", f"ada@pts/3 pinned {known.id[:8]}"),
        ("ada@pts/3", f"ada@pts/3 asked for 2 children of {known.id[:8]}"),
        ("ada@pts/3", "ada@pts/3 injected an old friend"),
    ]
    assert b"ada@" not in run.journal_file.read_bytes()
    assert {command["client"] for _, command in read_commands(run)} == {"ada@pts/3"}
    assert "bob@pts/1 paused the run" in run.events_file.read_text()


def read_commands(run: RunDirectory) -> list[tuple[int, dict[str, Any]]]:
    lines, _ = read_lines(run.commands_file)
    return [(line["generation"], line["command"]) for line in lines]
