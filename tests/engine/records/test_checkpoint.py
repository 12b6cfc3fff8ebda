"""Checkpoints: exact, complete or absent, verified, the last two."""

import hashlib
import io
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson
import pytest

from galapagos.engine.records.checkpoint import load_checkpoint, write_checkpoint
from galapagos.engine.records.individuals import read_individuals
from galapagos.errors import CheckpointError
from galapagos.evolution.individual import Individual
from tests.engine.checkpoints import a_checkpoint
from tests.engine.crashes import crash_at_every_step
from tests.engine.populations import (
    random_genome,
    random_outcomes,
)


def test_an_empty_run_has_a_checkpoint_too(tmp_path: Path) -> None:
    empty = replace(a_checkpoint(size=0), elites=(), pinned=(), champion_test=None)
    write_checkpoint(tmp_path, empty)
    assert load_checkpoint(tmp_path)[0] == empty


def test_without_any_there_is_none_and_no_problem(tmp_path: Path) -> None:
    assert load_checkpoint(tmp_path) == load_checkpoint(tmp_path / "absent") == (None, [])


def test_the_last_two_are_kept(tmp_path: Path) -> None:
    for generation in range(5):
        write_checkpoint(tmp_path, a_checkpoint(generation))
    assert len(list(tmp_path.iterdir())) == 2
    loaded, _ = load_checkpoint(tmp_path)
    assert loaded == a_checkpoint(4)
    shutil.rmtree(max(tmp_path.iterdir()))
    assert load_checkpoint(tmp_path)[0] == a_checkpoint(3)


def damage(path: Path, how: str) -> None:
    data = path.read_bytes()
    if how == "missing":
        path.unlink()
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "torn":
        path.write_bytes(data[: len(data) // 2])
    else:
        place = len(data) // 2
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])


@pytest.mark.parametrize("how", ["missing", "empty", "torn", "bit"])
@pytest.mark.parametrize("name", ["state.json", "genomes.npz", "manifest.json"])
def test_a_damaged_one_is_named_and_the_one_before_is_taken(tmp_path: Path, name: str, how: str) -> None:
    for generation in (1, 2):
        write_checkpoint(tmp_path, a_checkpoint(generation))
    damage(tmp_path / "000002" / name, how)
    loaded, problems = load_checkpoint(tmp_path)
    assert loaded == a_checkpoint(1)
    (problem,) = problems
    assert str(tmp_path / "000002") in problem
    assert "\n" not in problem
    # The good one stays until two newer ones are good.
    write_checkpoint(tmp_path, a_checkpoint(3))
    shutil.rmtree(tmp_path / "000003")
    assert load_checkpoint(tmp_path)[0] == a_checkpoint(1)


def test_one_of_a_newer_version_is_not_passed_over(tmp_path: Path) -> None:
    for generation in (1, 2):
        write_checkpoint(tmp_path, a_checkpoint(generation))
    manifest = tmp_path / "000002" / "manifest.json"
    manifest.write_bytes(orjson.dumps(orjson.loads(manifest.read_bytes()) | {"version": 99}))
    with pytest.raises(CheckpointError, match="version 99"):
        load_checkpoint(tmp_path)


def test_no_pickle_is_ever_read(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, a_checkpoint())
    evil = io.BytesIO()
    np.savez(evil, shapes=np.array([object()], dtype=object))
    (tmp_path / "000001" / "genomes.npz").write_bytes(evil.getvalue())
    manifest = tmp_path / "000001" / "manifest.json"
    content = orjson.loads(manifest.read_bytes())
    content["sha256"]["genomes.npz"] = hashlib.sha256(evil.getvalue()).hexdigest()
    manifest.write_bytes(orjson.dumps(content))
    loaded, problems = load_checkpoint(tmp_path)
    assert loaded is None
    assert "shapes is no plain array" in problems[0]


def test_a_crash_at_any_step_leaves_the_last_or_the_new_one(tmp_path: Path) -> None:
    directory = tmp_path / "checkpoint"
    checkpoints = [a_checkpoint(generation, size=4) for generation in range(4)]
    finished: list[int] = []

    def prepare() -> None:
        shutil.rmtree(directory, ignore_errors=True)
        finished.clear()
        write_checkpoint(directory, checkpoints[0])

    def work() -> None:
        for number in (1, 2, 3):
            write_checkpoint(directory, checkpoints[number])
            finished.append(number)

    steps = 0
    for _ in crash_at_every_step(work, prepare):
        steps += 1
        last = finished[-1] if finished else 0
        loaded, problems = load_checkpoint(directory)
        assert problems == []
        assert loaded in checkpoints[last : last + 2]
        # The next engine goes on from there, whatever lies about.
        write_checkpoint(directory, checkpoints[3])
        assert load_checkpoint(directory) == (checkpoints[3], [])
        assert len(list(directory.iterdir())) == 2
    assert steps > 30


def test_a_full_disk_leaves_the_earlier_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_checkpoint(tmp_path, a_checkpoint(1))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.write", full)
        with pytest.raises(OSError, match="No space"):
            write_checkpoint(tmp_path, a_checkpoint(2))
    assert load_checkpoint(tmp_path) == (a_checkpoint(1), [])
    write_checkpoint(tmp_path, a_checkpoint(2))
    assert load_checkpoint(tmp_path) == (a_checkpoint(2), [])


def test_960_networks_of_1000_connections_take_less_than_100_milliseconds(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    models = [random_genome(rng, 1000) for _ in range(8)]
    population = tuple(
        Individual(f"{number:016x}", models[number % 8], ("0" * 16,), "add_node", 3) for number in range(960)
    )
    assert sum(model.num_connections for model in models) / 8 > 900
    checkpoint = replace(
        a_checkpoint(), population=population, outcomes=tuple(random_outcomes(rng, 960)), pinned=()
    )
    times = []
    for _ in range(4):
        start = time.thread_time()
        write_checkpoint(tmp_path, checkpoint)
        times.append(time.thread_time() - start)
    assert min(times[2:]) < 0.1


def test_a_run_killed_again_and_again_ends_as_one_that_was_not(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.engine.recorded_run"]
    root = Path(__file__).parents[3]
    calm, killed = tmp_path / "calm", tmp_path / "killed"
    for directory in (calm, killed):
        directory.mkdir()
    subprocess.run([*command, str(calm), "40"], check=True, cwd=root, stdout=subprocess.PIPE)
    rng = np.random.default_rng(0)
    kills = 0
    for _ in range(4):
        process = subprocess.Popen([*command, str(killed), "40"], cwd=root, stdout=subprocess.PIPE)
        assert process.stdout is not None
        for _ in range(int(rng.integers(1, 14))):
            process.stdout.readline()
        process.kill()
        process.communicate()
        kills += process.returncode == -9
    assert kills >= 2
    subprocess.run([*command, str(killed), "40"], check=True, cwd=root, stdout=subprocess.PIPE)
    assert load_checkpoint(killed / "checkpoint") == load_checkpoint(calm / "checkpoint")
    assert (killed / "journal.jsonl").read_bytes() == (calm / "journal.jsonl").read_bytes()
    one, other = read_individuals(killed / "individuals"), read_individuals(calm / "individuals")
    for name, column in one.items():
        np.testing.assert_array_equal(column, other[name])
