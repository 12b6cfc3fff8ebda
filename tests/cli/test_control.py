"""Commands to a running engine, over its real socket: which run, what is sent, what is printed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from galapagos.engine.commands import Continue, Inject, Pause, SetParameters, Stop
from galapagos.engine.records.run_directory import EngineRecord, create_run
from galapagos.engine.run import attach
from galapagos.engine.socket.client import own_name
from galapagos.parameters import Parameters
from tests.cli.conftest import LiveRun
from tests.engine.fakes import GENOME, elite_id

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from galapagos.engine.records.run_directory import RunDirectory
    from tests.cli.conftest import Called


def sent(live: LiveRun) -> list[object]:
    return [command for command, _ in live.host.commands]


def test_the_only_live_run_need_not_be_named(
    galapagos: Callable[..., Called], live_run: LiveRun, stopped_run: RunDirectory
) -> None:
    assert stopped_run.name != live_run.run.name
    assert galapagos("pause").code == 0
    assert galapagos("continue").code == 0
    assert sent(live_run) == [Pause(), Continue()]


def test_a_run_is_found_by_name_beginning_path_and_as_the_latest(
    galapagos: Callable[..., Called], live_run: LiveRun
) -> None:
    run = live_run.run
    for name in (run.name, run.name[:-3], str(run.path), "latest"):
        assert galapagos("pause", name).code == 0


def test_with_two_live_runs_one_must_be_named(galapagos: Callable[..., Called], live_run: LiveRun) -> None:
    other = LiveRun(create_run(Parameters(name="other"), "x/y"))
    try:
        called = galapagos("pause")
        assert called.code == 2
        assert "2 runs are alive, name one of them: " in called.err
        assert galapagos("pause", other.run.name).code == 0
    finally:
        other.end()
    assert sent(live_run) == []


def test_a_run_that_is_not_alive_names_the_command_that_goes_on(
    galapagos: Callable[..., Called], stopped_run: RunDirectory
) -> None:
    called = galapagos("pause", stopped_run.name)
    assert called.code == 2
    assert f"is stopped, not alive; `galapagos resume {stopped_run.name}` goes on with it" in called.err


@pytest.mark.usefixtures("live_run")
def test_status_shows_the_run(galapagos: Callable[..., Called]) -> None:
    called = galapagos("status")
    assert called.code == 0
    assert "generation   215 of 1024, 131/192 evaluated" in called.out
    assert "champion     731.2" in called.out
    assert "elapsed      0:12:41" in called.out


def test_status_as_json_is_the_snapshot(galapagos: Callable[..., Called], live_run: LiveRun) -> None:
    status = json.loads(galapagos("status", "--json").out)
    assert status["generation"] == 215
    assert status["champion"]["id"] == live_run.host.picture.elites[2].id


def test_status_of_a_stopped_run_comes_from_its_files(
    galapagos: Callable[..., Called], stopped_run: RunDirectory
) -> None:
    line = '{"type": "generation", "generation": 7, "best_fitness": 1.0, "champion_fitness": 655.5}\n'
    stopped_run.journal_file.write_text(line)
    assert "stopped at generation 7, best 655.5" in galapagos("status", stopped_run.name).out
    status = json.loads(galapagos("status", "latest", "--json").out)
    assert (status["state"], status["generation"], status["best_fitness"]) == ("stopped", 7, 655.5)


def test_stop_returns_when_the_engine_has_ended(galapagos: Callable[..., Called], live_run: LiveRun) -> None:
    called = galapagos("stop")
    assert called.code == 0
    assert f"{live_run.run.name} is stopped" in called.out
    assert not live_run.run.is_alive()
    assert sent(live_run) == [Stop()]


def test_set_sends_all_changes_together(galapagos: Callable[..., Called], live_run: LiveRun) -> None:
    called = galapagos("set", "num_trials=5", "weight_values=-1,1", "num_workers=auto")
    assert called.code == 0
    values = "num_trials = 5, weight_values = -1,1, num_workers = auto"
    assert called.out == f"{live_run.host.snapshot().run}: {values} from generation 216 on\n"
    assert sent(live_run) == [SetParameters({"num_trials": 5, "weight_values": [-1, 1], "num_workers": None})]


def test_pause_and_continue_say_which_run_they_were_for(
    galapagos: Callable[..., Called], live_run: LiveRun
) -> None:
    name = live_run.host.snapshot().run
    assert galapagos("pause").out == f"{name}: paused; `galapagos continue` ends it\n"
    assert galapagos("continue").out == f"{name}: goes on\n"


def test_a_command_says_who_sent_it(galapagos: Callable[..., Called], live_run: LiveRun) -> None:
    for words in (["pause"], ["continue"], ["set", "num_trials=5"]):
        assert galapagos(*words).code == 0
        assert galapagos(*words, "--as", "ada").code == 0
    assert [who for _, who in live_run.host.commands] == [own_name(), "ada"] * 3
    assert galapagos("stop", "--as", "ada").code == 0
    assert live_run.host.commands[-1] == (Stop(), "ada")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("[bold]ada[/nope]", "[bold]ada[/nope]"),
        ("a\x1b[31md\x9b2J\u202ea", "ada"),
        ("ada " * 2500, "ada ada ada ada ada ada ada ada ada ada"),
    ],
    ids=["markup", "control characters", "10 kB"],
)
def test_a_hostile_name_is_one_short_plain_line(
    galapagos: Callable[..., Called], live_run: LiveRun, name: str, shown: str
) -> None:
    assert galapagos("pause", "--as", name).code == 0
    [(_, who)] = live_run.host.commands
    assert who == (shown if len(name) < 40 else f"{shown}…")


@pytest.mark.usefixtures("live_run")
def test_a_name_of_nothing_to_see_is_refused_in_one_line(galapagos: Callable[..., Called]) -> None:
    for name in ("", "\x1b[2J", "\u202e"):
        called = galapagos("pause", "--as", name)
        assert called.code == 2
        assert "--as: a name has something to see in it, as ada" in called.err
        assert called.err.count("\n") == 1


def test_the_python_interface_says_a_name_as_well(live_run: LiveRun) -> None:
    for name, called in ((None, own_name()), ("ada", "ada")):
        run = attach(live_run.run.name, as_name=name)
        assert run.parameters.put(num_trials=5) == 216
        run.live_client().close()
        assert live_run.host.commands[-1] == (SetParameters({"num_trials": 5}), called)


def test_where_one_network_learns_the_answer_counts_epochs_from_1(
    galapagos: Callable[..., Called], live_run: LiveRun
) -> None:
    learning = Parameters(experiment="learning").model_dump(mode="json")
    live_run.host.show(parameters=learning, generation=3)
    assert galapagos("set", "lr=0.1").out.endswith(": lr = 0.1 from epoch 5 on\n")
    assert "epoch        3 of 1024 learned" in galapagos("status").out


def test_status_of_a_stopped_run_that_learned_counts_epochs(
    galapagos: Callable[..., Called], stopped_run: RunDirectory
) -> None:
    stopped_run.write_record(EngineRecord("learning/x", 1.0, experiment="learning"))
    assert "stopped before its first epoch" in galapagos("status", stopped_run.name).out
    stopped_run.journal_file.write_text('{"type": "generation", "generation": 7, "best_fitness": -0.5}\n')
    assert "stopped at epoch 8, best 0.500" in galapagos("status", stopped_run.name).out
    assert "epoch 8" in galapagos("runs").out


def test_set_takes_the_name_of_a_run(galapagos: Callable[..., Called], live_run: LiveRun) -> None:
    assert galapagos("set", "latest", "num_trials=5").code == 0
    assert len(sent(live_run)) == 1


def test_set_reports_all_problems_and_sends_nothing(
    galapagos: Callable[..., Called], live_run: LiveRun
) -> None:
    called = galapagos("set", "num_trials=0", "sed=1")
    assert called.code == 2
    assert called.err.count("\n") == 2
    assert sent(live_run) == []


def test_a_refusal_of_the_engine_is_one_line(galapagos: Callable[..., Called], live_run: LiveRun) -> None:
    live_run.host.refusal = "seed: is fixed"
    called = galapagos("set", "seed=5")
    assert (called.code, called.err) == (2, "galapagos: seed: is fixed\n")


def test_inject_sends_the_network_of_a_file(
    galapagos: Callable[..., Called], live_run: LiveRun, tmp_path: Path
) -> None:
    path = tmp_path / "network.json"
    path.write_text(json.dumps(GENOME.to_json()))
    called = galapagos("inject", str(path))
    assert called.code == 0
    assert "competes from generation 216 on" in called.out
    assert sent(live_run) == [Inject(GENOME.to_json())]


def test_inject_takes_an_elite_or_the_champion_of_a_live_run_with_its_parent(
    galapagos: Callable[..., Called], live_run: LiveRun
) -> None:
    name = live_run.run.name
    assert galapagos("inject", name, f"{name}/{elite_id(2)}").code == 0
    assert galapagos("inject", name, f"{name}/champion").code == 0
    assert sent(live_run) == [
        Inject(GENOME.to_json(), elite_id(2)),
        Inject(GENOME.to_json(), elite_id(3)),
    ]


def test_an_id_that_is_no_elite_names_those_that_are(
    galapagos: Callable[..., Called], live_run: LiveRun
) -> None:
    called = galapagos("inject", f"{live_run.run.name}/ffff")
    assert called.code == 2
    assert f"ffff is no elite of {live_run.run.name}; its elites are {elite_id(1)}" in called.err


@pytest.mark.usefixtures("live_run")
def test_a_network_that_is_nowhere_is_one_line(galapagos: Callable[..., Called]) -> None:
    for text in ("nowhere.json", "nowhere/0123"):
        called = galapagos("inject", text)
        assert called.code == 2
        assert f"{text}: no such file" in called.err
        assert called.err.count("\n") == 1


def test_control_characters_of_a_run_never_reach_the_terminal(
    galapagos: Callable[..., Called], live_run: LiveRun
) -> None:
    live_run.host.show(title="a\x1b[31mb\x9b5n", message="\x1b]0;x\x07")
    out = galapagos("status").out
    assert "\x1b" not in out
    assert "\x9b" not in out
