"""Runs: made, found, locked, listed, removed."""

import errno
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from galapagos import home
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
    open_run,
    remove_run,
)
from galapagos.errors import RunDirectoryError, UnknownRun
from galapagos.fitness import FitnessKind
from galapagos.parameter_files import load_parameters
from galapagos.parameters import Parameters
from tests.engine.refusing_disk import refusing

TITLE = "wann-gym/CartPoleSwingUp"

HOLD = """
import sys, time
from pathlib import Path
from galapagos.engine.records.run_directory import RunDirectory
run = RunDirectory(Path(sys.argv[1]))
with run.lock():
    run.write_engine_file("alive")
    print("held", flush=True)
    sys.stdin.read()
"""


def parameters_with(**values: Any) -> Parameters:
    return Parameters.model_validate(values)


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GALAPAGOS_HOME", str(tmp_path / "home"))


@pytest.fixture
def run() -> RunDirectory:
    return create_run(parameters_with(), TITLE)


@pytest.fixture
def holder(run: RunDirectory) -> Iterator[subprocess.Popen[str]]:
    """A process that lives as the engine of `run`."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(run.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_new_run_is_named_by_date_time_and_the_last_part_of_its_title(run: RunDirectory) -> None:
    assert run.path.parent == home.runs_home()
    stamp = run.name.removesuffix("_CartPoleSwingUp")
    assert abs(time.mktime(time.strptime(stamp, "%Y-%m-%d_%H-%M-%S")) - time.time()) < 60


def test_the_parameters_of_a_new_run_load_again(run: RunDirectory) -> None:
    assert load_parameters(run.parameters_file) == parameters_with()
    parameters = parameters_with(seed=7, activations=("tanh", "step"), name="x: [y]")
    named = create_run(parameters, TITLE)
    assert load_parameters(named.parameters_file) == parameters
    assert named.name.endswith("_CartPoleSwingUp_x-y")


def test_the_environment_says_versions_machine_and_seed(run: RunDirectory) -> None:
    environment = orjson.loads(run.environment_file.read_bytes())
    assert environment["seed"] == 0
    assert environment["python"] == sys.version.split()[0]
    assert set(environment["packages"]) >= {"numpy", "numba", "gymnasium"}
    assert environment["machine"]["processors"] == os.cpu_count()


def test_two_runs_of_one_second_get_different_names() -> None:
    names = {create_run(parameters_with(), TITLE).name for _ in range(4)}
    assert len(names) == 4


@pytest.mark.parametrize("name", ["../../etc", "a/b", "\x1b[2J", "é" * 80, "..."])
def test_no_name_leads_out_of_the_runs(name: str) -> None:
    unchecked = parameters_with().model_copy(update={"name": name})
    run = create_run(unchecked, "..")
    assert run.path.parent == home.runs_home()
    assert run.is_run()


def test_a_run_can_be_elsewhere_and_is_found_all_the_same(tmp_path: Path) -> None:
    run = create_run(parameters_with(out_dir=str(tmp_path / "deep" / "out")), TITLE)
    assert run.path == tmp_path / "deep" / "out"
    (info,) = list_runs()
    assert info.path == run.path
    assert open_run(info.name) == open_run("latest") == open_run(run.path) == run


def test_a_directory_with_other_files_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("precious")
    for overwrite in (False, True):
        with pytest.raises(RunDirectoryError, match="holds other files"):
            create_run(parameters_with(out_dir=str(tmp_path), overwrite_output=overwrite), TITLE)
    with pytest.raises(RunDirectoryError, match="is a file"):
        create_run(parameters_with(out_dir=str(tmp_path / "thesis.txt")), TITLE)
    assert (tmp_path / "thesis.txt").read_text() == "precious"


def test_a_run_that_is_there_is_refused_or_set_aside_but_never_lost(tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = create_run(parameters_with(out_dir=str(out), seed=1), TITLE)
    with pytest.raises(RunDirectoryError, match="overwrite_output: true"):
        create_run(parameters_with(out_dir=str(out)), TITLE)
    for seed in (2, 3):
        create_run(parameters_with(out_dir=str(out), seed=seed, overwrite_output=True), TITLE)
    runs = [RunDirectory(path) for path in tmp_path.iterdir() if path.name.startswith("out")]
    assert sorted(load_parameters(run.parameters_file).seed for run in runs) == [1, 2, 3]
    assert load_parameters(first.parameters_file).seed == 3
    assert {info.path for info in list_runs()} == {run.path for run in runs}


def test_a_live_run_is_not_set_aside(run: RunDirectory, holder: subprocess.Popen[str]) -> None:
    with pytest.raises(RunDirectoryError, match="alive"):
        create_run(parameters_with(out_dir=str(run.path), overwrite_output=True), TITLE)
    assert holder.poll() is None


def test_a_directory_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunDirectoryError, match="Not a directory") as caught:
        create_run(parameters_with(out_dir=str(tmp_path / "file" / "out")), TITLE)
    assert "\n" not in str(caught.value)


def test_a_run_is_opened_by_path_name_start_of_name_and_latest(run: RunDirectory) -> None:
    other = create_run(parameters_with(), "wann-gym/CartPole-v1")
    assert open_run(run.path) == open_run(str(run.path)) == open_run(run.name) == run
    assert open_run("latest") == other
    record = run.engine_file()
    assert record is not None
    older = RunDirectory(home.runs_home() / "2020-01-01_00-00-00_CartPole")
    run.path.rename(older.path)
    assert open_run("2020") == older


def test_a_run_that_is_not_there_is_one_line_with_the_nearest(run: RunDirectory, tmp_path: Path) -> None:
    create_run(parameters_with(), TITLE)
    with pytest.raises(UnknownRun, match=f"did you mean {run.name}"):
        open_run(run.name.replace("Swing", "Swng"))
    with pytest.raises(UnknownRun, match="fits 2 runs"):
        open_run(run.name[:4])
    with pytest.raises(UnknownRun, match="has no parameters"):
        open_run(tmp_path)
    with pytest.raises(UnknownRun):
        open_run("")


def test_latest_without_any_run_says_how_to_start_one() -> None:
    with pytest.raises(UnknownRun, match="galapagos run"):
        open_run("latest")
    assert list_runs() == []


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


def test_the_list_tells_how_far_a_run_came(run: RunDirectory) -> None:
    run.journal_file.write_bytes(
        b'{"type":"generation","generation":6,"best_fitness":5.0,"champion_fitness":null}\n'
        b'{"type":"generation","generation":7,"best_fitness":5.0,"champion_fitness":4.5}\n'
        b'{"type":"parameters","generation":8,"changes":{}}\n'
        b'{"type":"generation","generation":8,"best'
    )
    (info,) = list_runs()
    assert (info.generation, info.best) == (7, 4.5)
    run.journal_file.write_bytes(
        b'{"type":"generation","generation":6,"best_fitness":5.0,"champion_fitness":null}\n'
    )
    assert (list_runs()[0].generation, list_runs()[0].best) == (6, 5.0)


def test_five_hundred_runs_are_listed(run: RunDirectory) -> None:
    run.journal_file.write_bytes(b'{"type":"generation","generation":7,"champion_fitness":4.5}\n' * 1000)
    for number in range(499):
        copy = home.runs_home() / f"2020-01-01_00-00-00_{number}"
        copy.mkdir()
        for file in (run.journal_file, run.engine_json, run.parameters_file):
            (copy / file.name).write_bytes(file.read_bytes())
    assert len(list_runs()) == 500


def test_removing_a_run_leaves_files_that_are_not_its_own(run: RunDirectory) -> None:
    (run.checkpoint_directory / "000001").mkdir()
    (run.path / "journal.tail-1.jsonl").touch()
    remove_run(run.name)
    assert not run.path.exists()
    second = create_run(parameters_with(), TITLE)
    (second.path / "notes.md").write_text("mine")
    remove_run(second.path)
    assert [path.name for path in second.path.iterdir()] == ["notes.md"]
    assert list_runs() == []


def test_removing_a_run_elsewhere_removes_its_link(tmp_path: Path) -> None:
    run = create_run(parameters_with(out_dir=str(tmp_path / "out")), TITLE)
    remove_run("latest")
    assert not run.path.exists()
    assert list(home.runs_home().iterdir()) == []


def test_a_live_run_is_not_removed(run: RunDirectory, holder: subprocess.Popen[str]) -> None:
    with pytest.raises(RunDirectoryError, match="stop it first"):
        remove_run(run.name)
    assert run.is_run()
    assert holder.poll() is None


def test_the_socket_of_the_longest_name_can_be_bound_and_differs_by_directory(tmp_path: Path) -> None:
    deep = RunDirectory(tmp_path / ("d" * 200) / ("é" * 100))
    assert deep.socket_path != RunDirectory(tmp_path / ("é" * 100)).socket_path
    path = deep.socket_path
    with socket.socket(socket.AF_UNIX) as probe:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        probe.bind(str(path))
    path.unlink()


def test_a_run_that_cannot_be_made_leaves_nothing_and_can_be_made_there_later(tmp_path: Path) -> None:
    parameters = Parameters(out_dir=str(tmp_path / "run"))
    full = refusing(tmp_path, errno.ENOSPC, ["write"])
    with full, pytest.raises(RunDirectoryError, match=r"in .*/run: No space left on device$"):
        create_run(parameters, TITLE)
    assert list_runs() == []
    assert not (tmp_path / "run").exists()
    assert create_run(parameters, TITLE).is_run()
