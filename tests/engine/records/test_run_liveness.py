"""Whether a run is alive, and how it ended: what its engine's file, its lock and the processes say."""

import os
import resource
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from galapagos.engine.recorder import Recorder
from galapagos.engine.records.process_identity import is_running, process_start
from galapagos.engine.records.run_directory import (
    ALIVE,
    ELSEWHERE,
    FAILED,
    FINISHED,
    STOPPED,
    RunDirectory,
    create_run,
    list_runs,
    remove_run,
)
from galapagos.errors import RunDirectoryError
from galapagos.fitness import FitnessKind
from tests.engine.records.made_runs import TITLE, parameters_with

pytestmark = pytest.mark.usefixtures("own_home")


def test_only_one_engine_holds_a_run_and_its_death_lets_go(
    run: RunDirectory, holder: subprocess.Popen[str]
) -> None:
    with pytest.raises(RunDirectoryError, match=f"process {holder.pid}"), run.lock():
        pass
    assert run.is_alive()
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert not run.is_alive()
    assert run.condition() == STOPPED
    with run.lock(), pytest.raises(RunDirectoryError), run.lock():
        pass


def test_a_zombie_is_not_alive(run: RunDirectory, holder: subprocess.Popen[str]) -> None:
    os.kill(holder.pid, signal.SIGKILL)
    os.waitid(os.P_PID, holder.pid, os.WEXITED | os.WNOWAIT)
    assert not run.is_alive()


def test_another_process_with_the_same_number_is_not_the_engine(run: RunDirectory) -> None:
    run.write_engine_file(ALIVE)
    assert run.is_alive()
    record = run.engine_file()
    assert record is not None
    run.write_record(replace(record, process_start="another boot:1"))
    assert run.condition() == STOPPED


def test_an_engine_lives_in_the_eyes_of_a_process_that_has_too_many_files_open() -> None:
    start = process_start(os.getpid())
    assert start is not None
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        with pytest.raises(OSError, match="Too many open files"):
            os.pipe()
        assert is_running(os.getpid(), start)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert not is_running(os.getpid(), "another boot:1")


def test_a_copy_of_a_live_run_is_not_alive(run: RunDirectory, tmp_path: Path) -> None:
    import shutil

    run.write_engine_file(ALIVE)
    shutil.copytree(run.path, tmp_path / "copy")
    assert RunDirectory(tmp_path / "copy").condition() == STOPPED


@pytest.mark.parametrize("state", [FINISHED, FAILED, STOPPED])
def test_the_end_of_an_engine_is_remembered(run: RunDirectory, state: str) -> None:
    run.write_engine_file(ALIVE)
    run.write_engine_file(state, message="why\x1b[2J\nit ended")
    assert run.condition() == state
    (info,) = list_runs()
    assert info.state == state
    assert info.title == TITLE
    assert info.message == ("why it ended" if state == FAILED else "")


def test_a_run_on_another_host_names_the_ssh_command(run: RunDirectory) -> None:
    run.write_engine_file(ALIVE)
    record = run.engine_file()
    assert record is not None
    run.write_record(replace(record, host="gpu-7"))
    (info,) = list_runs()
    assert info.state == ELSEWHERE
    assert info.message == f"ssh -t gpu-7 'galapagos attach {run.path}'"
    assert not run.is_alive()
    with pytest.raises(RunDirectoryError, match="gpu-7"):
        remove_run(run.path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"title": 3}', b"\xff\xfe"])
def test_a_damaged_engine_file_is_a_stopped_run(run: RunDirectory, content: bytes) -> None:
    run.engine_json.write_bytes(content)
    assert run.engine_file() is None
    assert run.condition() == STOPPED
    assert [info.name for info in list_runs()] == [run.name]


def test_without_an_engine_file_the_kind_of_experiment_is_that_of_the_parameters() -> None:
    run = create_run(parameters_with(experiment="layers", complexity_measure="layers"), "layers/digits")
    run.engine_json.unlink()
    assert run.experiment() == "layers"
    assert list_runs()[0].fitness_kind is FitnessKind.ACCURACY
    recorder = Recorder(run, None)
    recorder.close(STOPPED, "")
    record = run.engine_file()
    assert record is not None
    assert record.experiment == "layers"
    run.engine_json.unlink()
    run.parameters_file.write_bytes(b"]")
    assert run.experiment() == "wann-gym"
