"""Runs: made, found, locked, listed, removed."""

import errno
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import orjson
import pytest

from galapagos import home
from galapagos.engine.records.run_directory import (
    RunDirectory,
    create_run,
    list_runs,
    open_run,
    remove_run,
)
from galapagos.errors import RunDirectoryError, UnknownRun
from galapagos.parameter_files import load_parameters
from galapagos.parameters import Parameters
from tests.engine.records.made_runs import TITLE, parameters_with
from tests.engine.refusing_disk import refusing

pytestmark = pytest.mark.usefixtures("own_home")


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
