"""Files that somebody removes from a live run, or changes: put back, told of, and in no resume's way."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from typing import TYPE_CHECKING, Any

import pytest

from galapagos.engine.commands import SetParameters
from galapagos.engine.files.log_reading import read_lines
from galapagos.engine.launch import launch
from galapagos.engine.program import open_engine
from galapagos.engine.records.checkpoint import load_checkpoint
from galapagos.engine.records.process_identity import is_running
from galapagos.engine.records.run_directory import open_run
from galapagos.engine.records.run_state import ALIVE
from galapagos.engine.socket.blocking_client import BlockingClient
from galapagos.engine.socket.server import Server
from galapagos.errors import RunDirectoryError
from tests.end_to_end.runs import assert_identical, end, finish, journal, slow_down, small_run, twin
from tests.end_to_end.test_refusing_disk import generation, until

if TYPE_CHECKING:
    from pathlib import Path

    from galapagos.engine.records.run_state import RunDirectory

QUICK: dict[str, Any] = {"num_generations": 20, "num_workers": 1, "population_size": 12}
PUT_BACK = {
    "parameters.yaml",
    "environment.json",
    "engine.json",
    "journal.jsonl",
    "commands.jsonl",
    "events.jsonl",
}


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    slow_down(monkeypatch)


def put_back(run: RunDirectory) -> list[str]:
    """Return what the events say was put back."""
    events, _ = read_lines(run.events_file)
    return [event["text"] for event in events if event["kind"] == "put back"]


async def test_a_live_run_whose_files_are_removed_has_them_again_and_ends_and_resumes_as_if_nothing_had_been(
    tmp_path: Path,
) -> None:
    run = small_run(tmp_path / "run", **QUICK)
    with run.lock():
        run.write_engine_file(ALIVE)
        engine = open_engine(run)
        running = asyncio.create_task(engine.run(Server()))
        await until(lambda: generation(engine) > 0)
        await engine.take(SetParameters({"complexity_levels": 4, "num_generations": 25}), "me")
        await until(lambda: generation(engine) > 3)
        before = {name: (run.path / name).read_bytes() for name in ("parameters.yaml", "environment.json")}
        for path in tuple(run.path.iterdir()):
            if path.is_file():
                path.unlink()
        shutil.rmtree(run.individuals_directory, ignore_errors=True)
        shutil.rmtree(run.elites_directory, ignore_errors=True)
        with pytest.raises(RunDirectoryError, match="has an engine already"), run.lock():
            pass
        await until(lambda: all((run.path / name).exists() for name in PUT_BACK))
        assert {name: (run.path / name).read_bytes() for name in before} == before
        assert open_run(run.path).condition() == ALIVE
        await asyncio.wait_for(running, 60)
    assert {line.split()[0] for line in put_back(run)} == PUT_BACK
    assert all(line.endswith("was removed while the run lives") for line in put_back(run))

    calm = twin(run, tmp_path / "calm", **QUICK)
    finish(calm)
    assert journal(run) == journal(calm)
    (mine, _), (other, _) = (load_checkpoint(one.checkpoint_directory) for one in (run, calm))
    assert mine is not None
    assert other is not None
    assert (mine.population, mine.outcomes, mine.elites) == (other.population, other.outcomes, other.elites)
    finish(run)
    assert journal(run) == journal(calm)


async def test_what_is_changed_in_a_live_run_is_what_it_was_again(tmp_path: Path) -> None:
    run = small_run(tmp_path / "run", **QUICK)
    with run.lock():
        run.write_engine_file(ALIVE)
        engine = open_engine(run)
        running = asyncio.create_task(engine.run(Server()))
        await until(lambda: generation(engine) > 0)
        before = run.parameters_file.read_bytes()
        run.parameters_file.write_bytes(b"\0" * len(before))
        run.environment_file.unlink()
        run.environment_file.symlink_to("/dev/full")
        await until(
            lambda: run.parameters_file.read_bytes() == before and not run.environment_file.is_symlink()
        )
        await asyncio.wait_for(running, 60)
    assert set(put_back(run)) == {
        "parameters.yaml was changed while the run lives",
        "environment.json was made unreadable while the run lives",
    }
    assert engine.recorder.saving.problem == ""
    calm = small_run(tmp_path / "calm", **QUICK)
    finish(calm)
    assert_identical(run, calm)


def test_a_live_run_whose_socket_is_removed_can_be_attached_to_again(tmp_path: Path) -> None:
    run = small_run(tmp_path / "run", **QUICK | {"num_generations": "infinity"})
    pid = launch(run.path, owner_pid=os.getpid())
    with BlockingClient.connect(run.socket_path) as attached:
        run.socket_path.unlink()
        attached.wait(lambda seen: "put back" in {one.kind for one in seen.happenings}, timeout=60)
        with BlockingClient.connect(run.socket_path) as newcomer:
            end(newcomer)
    while is_running(pid, None):
        time.sleep(0.01)
    assert put_back(run) == ["the socket was removed while the run lives"]
    assert not run.socket_path.exists()
