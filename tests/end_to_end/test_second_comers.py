"""Who comes second to a run, comes after a crash, or may not write: a clear refusal or a clean start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from galapagos.cli import main
from galapagos.engine.launch import launch
from galapagos.engine.records.process_identity import is_running
from galapagos.engine.records.run_state import ALIVE
from galapagos.engine.socket.blocking_client import BlockingClient
from galapagos.errors import RunDirectoryError
from tests.end_to_end.runs import end, finish, small_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from galapagos.engine.records.run_state import RunDirectory

AT_ONCE = 3
TIMES = [pytest.param(1, id="short"), pytest.param(100, id="long", marks=pytest.mark.slow)]


@pytest.mark.parametrize("times", TIMES)
def test_of_engines_that_start_at_once_on_a_run_one_lives_and_the_others_say_why(
    tmp_path: Path, times: int
) -> None:
    for number in range(times):
        run = small_run(tmp_path / str(number), num_generations="infinity", num_workers=1)
        with ExitStack() as stack:
            engines = [stack.enter_context(starting(run)) for _ in range(AT_ONCE)]
            ready = [os.read(announced, 1) for _, announced in engines]
            assert ready.count(b"\n") == 1
            for (engine, _), word in zip(engines, ready, strict=True):
                if word == b"\n":
                    continue
                _, told = engine.communicate(timeout=30)
                assert engine.returncode == RunDirectoryError.exit_code
                assert len(told.splitlines()) == 1
                assert "has an engine already" in told
            with BlockingClient.connect(run.socket_path) as client:
                client.wait(lambda snapshot: snapshot.generation >= 1, timeout=60)
                end(client)


class starting:  # noqa: N801 - a context manager, used like a function
    """An engine that starts, and the end of a pipe on which it says that it is ready."""

    def __init__(self, run: RunDirectory) -> None:
        self._announced, announce = os.pipe()
        command = [sys.executable, "-P", "-m", "galapagos.engine", str(run.path), "--ready-fd", str(announce)]
        self._engine = subprocess.Popen(
            [*command, "--owner", str(os.getpid())], stderr=subprocess.PIPE, text=True, pass_fds=(announce,)
        )
        os.close(announce)

    def __enter__(self) -> tuple[subprocess.Popen[str], int]:
        return self._engine, self._announced

    def __exit__(self, *_: object) -> None:
        os.close(self._announced)
        self._engine.communicate(timeout=30)


@pytest.mark.parametrize("times", TIMES)
def test_what_a_killed_engine_leaves_is_in_nobodys_way(tmp_path: Path, times: int) -> None:
    run = small_run(tmp_path / "run", num_generations="infinity", num_workers=1)
    for _ in range(times):
        pid = launch(run.path, owner_pid=os.getpid())
        os.kill(pid, signal.SIGKILL)
        while is_running(pid, None):
            time.sleep(0.005)
        assert run.lock_file.exists()
        assert run.socket_path.exists()
        assert not run.is_alive()
    launch(run.path, owner_pid=os.getpid())
    with BlockingClient.connect(run.socket_path) as client:
        client.wait(lambda snapshot: snapshot.generation >= 1, timeout=60)
        end(client)


@pytest.fixture
def readonly_run(tmp_path: Path) -> Iterator[RunDirectory]:
    """Give a finished run on a disk that can only be read."""
    disk = tmp_path / "disk"
    disk.mkdir()
    run = small_run(disk / "run", num_generations=3, num_workers=1)
    finish(run)
    binding = subprocess.run(["mount", "--bind", disk, disk], check=False, capture_output=True, text=True)
    if binding.returncode:
        pytest.skip(f"nothing can be mounted here: {binding.stderr.strip()}")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", disk], check=True)
        yield run
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def test_a_run_that_can_only_be_read_is_read_and_not_resumed(
    readonly_run: RunDirectory, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(readonly_run.path)
    assert main(["resume", path, "--headless", "--num_generations", "5"]) == RunDirectoryError.exit_code
    told = capsys.readouterr().err
    assert len(told.splitlines()) == 1
    assert "Read-only file system" in told
    assert main(["evaluate", f"{path}/champion", "--num_trials", "1"]) == 0
    assert main(["status", path]) == 0
    assert "finished at generation 2" in capsys.readouterr().out
    assert main(["replay", path]) == 0
    assert "identical: 3 generations" in capsys.readouterr().out
    assert main(["run", "wann-gym/CartPoleSwingUp", "--headless", "--out_dir", f"{path}-2"]) != 0
    told = capsys.readouterr().err
    assert len(told.splitlines()) == 1
    assert "Read-only file system" in told


def test_a_run_that_lives_on_another_machine_is_not_resumed_here(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = small_run(tmp_path / "run", num_generations=3, num_workers=1)
    run.write_engine_file(ALIVE)
    record = run.engine_file()
    assert record is not None
    run.write_record(replace(record, host="gpu-7"))
    before = {path: path.read_bytes() for path in run.path.iterdir() if path.is_file()}
    assert main(["resume", str(run.path), "--headless"]) == RunDirectoryError.exit_code
    told = capsys.readouterr().err
    assert len(told.splitlines()) == 1
    assert "has an engine on gpu-7" in told
    assert f"remove {run.engine_json}" in told
    assert {path: path.read_bytes() for path in before} == before
    run.engine_json.unlink()
    finish(run)
