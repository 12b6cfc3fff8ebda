"""What somebody with bad intentions would try by hand: paths, links, bombs, modules, codes for a terminal."""

from __future__ import annotations

import os
import resource
import sys
import time
import zipfile
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pytest

from galapagos import home
from galapagos.engine.branches import Branch, branch_of
from galapagos.engine.launch import launch
from galapagos.engine.program import run_engine
from galapagos.engine.records.checkpoint import load_checkpoint
from galapagos.engine.records.individuals import read_individuals
from galapagos.engine.records.run_directory import create_run, open_run, remove_run
from galapagos.engine.records.run_state import DIRECTORIES, FILES, RunDirectory
from galapagos.errors import GalapagosError, InvalidParameters, RunDirectoryError, UnknownRun, UnknownTask
from galapagos.parameter_files import load_parameters, parameters_from_json, validate_change
from galapagos.parameters import Parameters
from galapagos.tasks.catalogue import build_task, check_task
from galapagos.tasks.episode_player import EpisodePlayer
from library_store.exchange import export_entries, read_file
from tests.engine.fakes import GENOME
from tests.engine.small_run import write_small_run
from tests.hostile.archives import zipped
from tests.hostile.mutations import CONTROL, MARKUP
from tests.hostile.reading import MOST_BYTES, must_be_plain
from tests.hostile.test_checkpoints import GENOMES, checkpoints, with_right_sums, write
from tests.library_store.elites import graph_elite
from tests.library_store.entries import entry_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOSTILE_MODULE = """
from pathlib import Path
Path({mark!r}).write_text("it ran")
import gymnasium
gymnasium.register("Env-v0", entry_point="gymnasium.envs.classic_control:CartPoleEnv")
"""
TRAVERSALS = (
    *("..", ".", "/", "../..", "../../etc", "./x", "runs/../..", "~", "~root", "-rf", "*", "x" * 5000, " "),
    *("a\0b", "\x1b[2J", "a\nb", "\u202e", MARKUP, CONTROL),
)


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("GALAPAGOS_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def line_of(action: Callable[[], object]) -> str:
    """Return the one line with which something is refused."""
    with pytest.raises(GalapagosError) as caught:
        action()
    lines = caught.value.problems if isinstance(caught.value, InvalidParameters) else [str(caught.value)]
    for line in lines:
        must_be_plain(line, "refusal")
    return lines[0]


# Paths


@pytest.mark.parametrize("name", TRAVERSALS)
def test_no_name_of_a_run_leads_out_of_the_runs(name: str) -> None:
    write_small_run()
    line_of(lambda: open_run(name))
    line_of(lambda: remove_run(name))
    assert len(list(home.runs_home().iterdir())) == 1


@pytest.mark.parametrize("name", TRAVERSALS)
def test_no_name_or_title_makes_a_run_elsewhere(name: str) -> None:
    plain_name = name if "/" not in name and name.isprintable() and len(name) <= 60 else ""
    for title in (name, f"wann-gym/{name}"):
        run = create_run(Parameters(name=plain_name), title)
        assert run.path.parent == home.runs_home().resolve()
        assert run.path.name.isprintable()


@pytest.mark.parametrize("name", ["../x", "a/b", "a\x1b[2J", "a\nb"])
def test_parameters_with_such_a_name_are_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(f"experiment: wann-gym\nname: {orjson.dumps(name).decode()}\n")
    assert "a.yaml:2: name" in line_of(lambda: load_parameters(path))


def test_an_out_dir_that_is_a_link_to_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    (tmp_path / "nowhere").symlink_to(tmp_path / "mine" / "thesis.txt")
    for name in ("link", "nowhere"):
        for overwrite in (False, True):
            parameters = Parameters(out_dir=str(tmp_path / name), overwrite_output=overwrite)
            line_of(partial(create_run, parameters, "x"))
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize("out_dir", ["/proc/x", "/dev/null", "/dev/null/x", "x" * 900])
def test_an_out_dir_that_cannot_be_one_is_refused(out_dir: str) -> None:
    line_of(lambda: create_run(Parameters(out_dir=out_dir), "x"))


# Links and what is no file, in a run directory that somebody handed on


@pytest.mark.parametrize("name", [*FILES, *DIRECTORIES])
async def test_an_engine_does_not_start_where_a_file_of_the_run_is_a_link(name: str, tmp_path: Path) -> None:
    run = write_small_run()
    theirs = tmp_path / "theirs"
    (run.path / "environment.json").rename(theirs)
    before = theirs.read_bytes()
    if (run.path / name).is_dir():
        target = run.path / f"{name}.kept"
        (run.path / name).rename(target)
    else:
        (run.path / name).unlink(missing_ok=True)
        target = theirs
    (run.path / name).symlink_to(target)
    with pytest.raises(RunDirectoryError, match="is a link"):
        await run_engine(run, linger=False)
    assert "is a link" in line_of(lambda: launch(run.path))
    assert theirs.read_bytes() == before
    assert name in DIRECTORIES or not run.path.with_name("engine.lock").exists()


def test_removing_a_run_follows_no_link(tmp_path: Path) -> None:
    run = write_small_run()
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "000001").mkdir()
    (mine / "level-01.json").write_text("{}")
    run.log_file.symlink_to(mine / "level-01.json")
    run.elites_directory.rmdir()
    run.elites_directory.symlink_to(mine)
    line_of(lambda: remove_run(run.path))
    assert sorted(path.name for path in mine.iterdir()) == ["000001", "level-01.json"]
    run.elites_directory.unlink()
    remove_run(run.path)
    assert (mine / "level-01.json").read_text() == "{}"


def test_a_pipe_in_the_place_of_a_file_is_not_waited_for() -> None:
    run = write_small_run()
    whole = checkpoints(run.path / "written")[0]
    write(run.checkpoint_directory / "000001", whole)
    for path in (
        run.engine_json,
        run.branch_file,
        run.checkpoint_directory / "000001" / "manifest.json",
        run.checkpoint_directory / "000001" / "state.json",
        *run.individuals_directory.glob("*.npz"),
    ):
        path.unlink(missing_ok=True)
        os.mkfifo(path)
    assert run.engine_file() is None
    assert branch_of(run) is None
    found, problems = load_checkpoint(run.checkpoint_directory)
    assert found is None
    assert "no plain file" in problems[0]
    with pytest.raises((OSError, RunDirectoryError), match="no plain file"):
        read_individuals(run.individuals_directory)


def test_a_file_that_says_that_it_is_endless_is_not_read() -> None:
    run = write_small_run()
    write(run.checkpoint_directory / "000001", checkpoints(run.path / "written")[0])
    with (run.checkpoint_directory / "000001" / "state.json").open("r+b") as file:
        file.truncate(2**40)
    start = time.process_time()
    found, problems = load_checkpoint(run.checkpoint_directory)
    assert found is None
    assert "more than 4294967296 bytes" in problems[0]
    assert time.process_time() - start < 1


def test_a_checkpoint_of_another_name_than_it_is_given_is_none(tmp_path: Path) -> None:
    whole = checkpoints(tmp_path / "written")[0]
    for name in ("000002", "٣", "9" * 200, "-00001", "1", ".unfinished-3", "000003\n"):
        write(tmp_path / "checkpoint" / name, whole)
    found, problems = load_checkpoint(tmp_path / "checkpoint")
    assert found is not None
    assert problems == []


@pytest.mark.parametrize(
    "source", ["relative", "/a\x1b[2J", "", "\u202e", "/proc/self/mem\n", CONTROL, "/a\0b"]
)
def test_a_branch_of_a_path_that_is_none_is_no_branch(source: str) -> None:
    run = write_small_run()
    data = {"kind": "fork", "source": source, "generation": 1, "changes": {}}
    run.branch_file.write_bytes(orjson.dumps(data))
    assert branch_of(run) is None
    run.branch_file.write_bytes(orjson.dumps(data | {"source": "/a/b"}))
    assert branch_of(run) == Branch("fork", "/a/b", 1, {})


# Bombs


def bomb_of_one_array() -> bytes:
    """Return an npz of 200 KB with an array of 200 MB."""
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (25000000,), }"
    head = b"\x93NUMPY\x01\x00" + (118).to_bytes(2, "little") + header.ljust(117) + b"\n"
    return zipped([("weights.npy", head + bytes(200_000_000))], zipfile.ZIP_DEFLATED)


def bomb_of_a_header() -> bytes:
    """Return an npz of 300 bytes whose array says that it has a petabyte."""
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (140737488355328,), }"
    head = b"\x93NUMPY\x01\x00" + (118).to_bytes(2, "little") + header.ljust(117) + b"\n"
    return zipped([("shapes.npy", head + bytes(64))])


def bomb_of_records() -> bytes:
    """Return an npz whose array has a type that is a program of its own."""
    header = (
        b"{'descr': [('a', '|O'), ('b', '<f8', (1000000, 1000000))], 'fortran_order': False, 'shape': (1,), }"
    )
    head = b"\x93NUMPY\x01\x00" + (118).to_bytes(2, "little") + header.ljust(117) + b"\n"
    return zipped([("shapes.npy", head + bytes(64))])


def bomb_of_members() -> bytes:
    """Return an npz with a hundred thousand arrays."""
    return zipped([(f"a{number}.npy", b"") for number in range(60_000)])


@pytest.mark.parametrize("bomb", [bomb_of_one_array, bomb_of_a_header, bomb_of_records, bomb_of_members])
def test_a_zip_bomb_in_a_run_directory_is_damage(bomb: Callable[[], bytes], tmp_path: Path) -> None:
    content = bomb()
    run = write_small_run()
    files = checkpoints(tmp_path / "written")[0] | {GENOMES: content}
    write(run.checkpoint_directory / "000001", with_right_sums(files))
    [columns] = run.individuals_directory.iterdir()
    columns.write_bytes(content)
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    found, problems = load_checkpoint(run.checkpoint_directory)
    assert found is None
    must_be_plain(problems[0], "bomb")
    must_be_plain(line_of(lambda: read_individuals(run.individuals_directory)), "bomb")
    assert time.process_time() - start < 2
    assert 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) < MOST_BYTES


# Modules


@pytest.fixture
def mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that is there as soon as the module `hostile_module` was imported by anybody."""
    mark = tmp_path / "it_ran"
    (tmp_path / "hostile_module.py").write_text(HOSTILE_MODULE.format(mark=str(mark)))
    monkeypatch.syspath_prepend(tmp_path)
    return mark


MODULES = ("hostile_module:Env", "hostile_module:Env-v0", "hostile_module:CartPole-v1", ":Env", "a:b:c")


@pytest.mark.parametrize("name", MODULES)
def test_no_file_makes_a_module_be_imported(name: str, tmp_path: Path, mark: Path) -> None:
    path = tmp_path / "shared.yaml"
    path.write_text(f'experiment: wann-gym\nenv_name: "{name}"\n')
    parameters = load_parameters(path)
    for action in (check_task, build_task, lambda them: EpisodePlayer(them, GENOME)):
        with pytest.raises(UnknownTask, match="would import a module"):
            action(parameters)
    run = create_run(parameters, "x")
    with pytest.raises(UnknownTask, match="would import a module"):
        build_task(load_parameters(run.parameters_file))
    with pytest.raises(InvalidParameters, match="is fixed while a run goes on"):
        validate_change(Parameters(), {"env_name": name})
    assert not mark.exists()
    assert "hostile_module" not in sys.modules


def test_what_is_imported_into_a_library_names_no_module_that_runs(tmp_path: Path, mark: Path) -> None:
    entry = entry_of(graph_elite(1))
    entry = entry.changed(parameters={**entry.parameters, "env_name": "hostile_module:Env-v0"})
    for suffix in (".galapagos", ".json"):
        path = tmp_path / f"given{suffix}"
        export_entries([entry], path)
        [found] = read_file(path)
        parameters: dict[str, Any] = dict(found.parameters)  # type: ignore[union-attr]  # it is an entry
        with pytest.raises(UnknownTask, match="would import a module"):
            check_task(parameters_from_json(parameters, "given"))
    assert not mark.exists()


# Texts


@pytest.mark.parametrize("text", [MARKUP, CONTROL, "x" * 10_000])
def test_the_texts_of_a_run_that_was_handed_on_are_plain_wherever_they_are_told(text: str) -> None:
    from galapagos.engine.records.run_directory import list_runs

    run = write_small_run()
    record = orjson.loads(run.engine_json.read_bytes())
    for state, host in (("failed", ""), ("alive", text)):
        forged = record | {"title": text, "message": text, "state": state, "host": host, "pid": 4}
        forged["inode"] = run.path.stat().st_ino
        run.engine_json.write_bytes(orjson.dumps(forged))
        [info] = list_runs()
        for told in (info.title, info.message, run.attach_command()):
            must_be_plain(told or "-", state)
    must_be_plain(line_of(lambda: remove_run(run.path)), "remove")


@pytest.mark.parametrize("name", [MARKUP.replace("/", ""), CONTROL.replace("\0", ""), "x" * 200])
def test_the_name_of_a_directory_is_plain_wherever_it_is_told(name: str, tmp_path: Path) -> None:
    run = write_small_run()
    run.path.rename(tmp_path / name)
    moved = RunDirectory(tmp_path / name)
    with moved.lock():
        must_be_plain(line_of(lambda: moved.lock().__enter__()), "lock")
    must_be_plain(line_of(lambda: open_run(f"{name}x")), "open")
    assert np.size(read_individuals(moved.individuals_directory)["id"]) == 30
    must_be_plain(moved.run_id, "id")


def test_a_name_that_fits_several_is_told_plainly() -> None:
    for suffix in (CONTROL.replace("\0", ""), MARKUP.replace("/", "")):
        run = write_small_run()
        run.path.rename(run.path.with_name(f"same{suffix}"))
    must_be_plain(line_of(lambda: open_run("same")), "open")
    with pytest.raises(UnknownRun):
        open_run("other")
