"""A replay does what its run did, a fork what it did before some generation: real engines, whole commands."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from galapagos.cli import main
from galapagos.engine.branches import FORK, REPLAY, Branch, branch_of, fork, make_replay
from galapagos.engine.commands import (
    Breed,
    CancelBreed,
    Continue,
    Drop,
    Inject,
    Pause,
    Pin,
    SetParameters,
    Withdraw,
)
from galapagos.engine.launch import launch
from galapagos.engine.records.run_directory import list_runs, open_run
from galapagos.engine.snapshot import RunState
from galapagos.engine.socket.blocking_client import BlockingClient
from galapagos.errors import CheckpointError, GalapagosError, InvalidParameters, UnknownRun
from tests.end_to_end.runs import assert_identical, end, finish, journal, small_run

if TYPE_CHECKING:
    from pathlib import Path

    from galapagos.engine.records.run_state import RunDirectory


@pytest.fixture(scope="module")
def steered(tmp_path_factory: pytest.TempPathFactory) -> RunDirectory:
    """Give a run of 12 generations in which people did everything they can, finished."""
    run = small_run(tmp_path_factory.mktemp("source") / "steered")
    launch(run.path, owner_pid=os.getpid())
    with BlockingClient.connect(run.socket_path) as client:
        client.wait(lambda snapshot: snapshot.generation >= 2 and len(snapshot.elites) > 0, timeout=120)
        client.send(Pause())
        elite = client.snapshot().elites[0]
        client.send(Inject(client.genome(elite.id)["genome"], elite.id))
        client.send(SetParameters({"complexity_levels": 4, "weight_values": [-1.0, 1.0]}))
        client.send(Pin(elite.id))
        client.send(Breed(elite.id, 3))
        client.send(Drop(elite.id))
        client.send(Withdraw(client.send(Breed(elite.id, 5))["number"]))
        client.send(Breed(elite.id, 1000))
        client.send(Continue())
        client.wait(lambda snapshot: snapshot.generation >= 5, timeout=120)
        client.send(CancelBreed(elite.id, 10_000))
        client.wait(lambda snapshot: snapshot.state is RunState.FINISHED, timeout=120)
        end(client)
    return run


def replay_of(source: RunDirectory) -> RunDirectory:
    [found] = [info for info in list_runs() if info.name.endswith("_replay")]
    run = open_run(found.name)
    assert branch_of(run) == Branch(REPLAY, str(source.path), 12, {})
    return run


def test_a_replay_of_a_steered_run_ends_identical(
    steered: RunDirectory, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", str(steered.path)]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("identical: 12 generations and ")
    assert_identical(replay_of(steered), steered)


def test_a_replay_until_a_generation_stops_there(
    steered: RunDirectory, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", str(steered.path), "--until", "5"]) == 0
    assert "identical: 5 generations and 12" in capsys.readouterr().out
    [info] = list_runs()
    assert (info.state, info.generation) == ("stopped", 4)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("mean_fitness", -1.0, "generation 3: mean_fitness is"),
        ("champion_id", "0000000000000000", "generation 3: champion_id is"),
        ("type", "test", "generation 3: a line about generation in the replay, about test in the source"),
    ],
)
def test_a_replay_stops_where_the_source_says_something_else(
    steered: RunDirectory,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    field: str,
    value: object,
    said: str,
) -> None:
    source = copy_of(steered, tmp_path / "changed")
    lines = [orjson.loads(line) for line in source.journal_file.read_bytes().splitlines()]
    for line in lines:
        if line["type"] == "generation" and line["generation"] == 3:
            line[field] = value
    source.journal_file.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))

    assert main(["replay", str(source.path)]) == 1
    assert said in capsys.readouterr().err
    [info] = list_runs()
    assert info.state == "failed"
    assert said in info.message


def copy_of(run: RunDirectory, directory: Path) -> RunDirectory:
    import shutil

    shutil.copytree(run.path, directory)
    return open_run(directory)


@pytest.mark.parametrize("at", [0, 4, 12], ids=["at the start", "before its checkpoints", "at its end"])
def test_a_fork_is_its_source_before_the_generation_and_not_after(steered: RunDirectory, at: int) -> None:
    run = fork(steered, at, {"tournament_size": 8, "num_generations": 14})
    finish(run)
    ours, theirs = journal(run), journal(steered)
    assert before(ours, at) == before(theirs, at)
    assert [line for line in ours if line["type"] == "parameters" and line["generation"] == at][-1][
        "changes"
    ] == {
        "tournament_size": [4, 8],
        "num_generations": [12, 14],
    }
    assert last_generation(ours) == 13
    assert branch_of(run) == Branch(
        FORK, str(steered.path), at, {"tournament_size": 8, "num_generations": 14}
    )


def before(lines: list[dict[str, Any]], generation: int) -> list[dict[str, Any]]:
    return [line for line in lines if line["type"] != "test" and line["generation"] < generation]


def last_generation(lines: list[dict[str, Any]]) -> int:
    return max(int(line["generation"]) for line in lines if line["type"] == "generation")


def test_a_fork_at_the_end_of_a_run_does_not_evolve_it_again(steered: RunDirectory) -> None:
    run = fork(steered, 12, {"num_generations": 13})
    assert last_generation(journal(run)) == 11
    assert (run.checkpoint_directory / "000001").is_dir()


def test_a_fork_without_changes_goes_on_as_its_source_did(steered: RunDirectory) -> None:
    run = fork(steered, 12, {})
    finish(run)
    assert_identical(run, steered)


def test_a_fork_of_a_fork_replays(steered: RunDirectory, capsys: pytest.CaptureFixture[str]) -> None:
    first = fork(steered, 6, {"tournament_size": 8})
    finish(first)
    second = fork(first, 9, {"tournament_size": 2})
    finish(second)
    assert main(["replay", str(second.path)]) == 0
    assert "identical: 12 generations" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("at", "changes", "error", "said"),
    [
        (
            13,
            {},
            UnknownRun,
            "has recorded 12 generations, so it cannot be cut at 13; 0 to 12 would be right",
        ),
        (3, {"env_name": "Acrobot-v1"}, InvalidParameters, "env_name: is fixed"),
        (3, {"tournament_size": 0}, InvalidParameters, "tournament_size"),
        (3, {"no_such": 0}, InvalidParameters, "no_such"),
    ],
)
def test_what_cannot_be_forked_is_refused_before_anything_is_made(
    steered: RunDirectory, at: int, changes: dict[str, Any], error: type[GalapagosError], said: str
) -> None:
    with pytest.raises(error, match=said):
        fork(steered, at, changes)
    assert list_runs() == []


def test_a_damaged_log_of_commands_is_refused_before_anything_is_made(
    steered: RunDirectory, tmp_path: Path
) -> None:
    source = copy_of(steered, tmp_path / "damaged")
    lines = source.commands_file.read_bytes().splitlines(keepends=True)
    source.commands_file.write_bytes(b"".join([b"{]\n", *lines[1:]]))
    with pytest.raises(CheckpointError, match=r"line 1 of .* is damaged"):
        fork(source, 6, {})
    with pytest.raises(CheckpointError, match=r"line 1 of .* is damaged"):
        make_replay(source)
    assert list_runs() == []


def test_a_run_that_has_not_begun_has_nothing_to_replay(tmp_path: Path) -> None:
    with pytest.raises(UnknownRun, match="nothing to replay"):
        make_replay(small_run(tmp_path / "new"))


def test_who_replays_or_forks_or_resumes_with_another_program_is_told(
    steered: RunDirectory, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = copy_of(steered, tmp_path / "older")
    environment = orjson.loads(source.environment_file.read_bytes())
    environment["packages"]["numpy"] = "1.0.0"
    source.environment_file.write_bytes(orjson.dumps(environment))
    for command in (["replay", "--until", "1"], ["fork", "--at", "12"], ["resume"]):
        assert main([command[0], str(source.path), *command[1:]]) == 0
        assert "made with numpy 1.0.0, now " in capsys.readouterr().err
    events = source.events_file.read_text()
    assert "this run was made with numpy 1.0.0, now " in events
