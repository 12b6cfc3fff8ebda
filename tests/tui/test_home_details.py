"""What the home screen says of the highlighted line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from galapagos.engine.records.run_directory import create_run
from galapagos.engine.records.run_state import FAILED, EngineRecord, RunDirectory
from galapagos.parameter_files import load_parameters, presets
from galapagos.parameters import Parameters
from tui.home_choices import CONTINUE, LIBRARY, START, HomeChoice
from tui.home_choices import FAILED as FAILED_RUNS
from tui.home_details import LOG_LINES, details_of, parameter_facts

if TYPE_CHECKING:
    from pathlib import Path


def experiment(name: str) -> HomeChoice:
    return HomeChoice(START, name, "", "")


def run_choice(run: RunDirectory, section: str = CONTINUE) -> HomeChoice:
    return HomeChoice(section, run.name, "", "", run.path)


@pytest.fixture
def failed(tmp_path: Path) -> RunDirectory:
    run = create_run(Parameters(out_dir=str(tmp_path / "run")), "swing-up")
    run.write_record(
        EngineRecord(title="swing-up", created=1.0, state=FAILED, message="the \x1b[31mdisk is gone")
    )
    run.log_file.write_text("".join(f"line {number}\n\n" for number in range(9)) + "OSError: \x1b[2Jno\n")
    return run


@pytest.mark.parametrize("preset", [preset.name for preset in presets()])
def test_every_experiment_says_what_it_is_about(preset: str) -> None:
    facts = dict(details_of(experiment(preset)))
    parameters = load_parameters(preset)
    assert facts["task"] in (parameters.env_name, f"images of {parameters.dataset}")
    assert ("networks" in facts) is (parameters.experiment != "learning")
    assert ("weights" in facts) is parameters.experiment.startswith("wann")
    assert ("learning" in facts) is not parameters.experiment.startswith("wann")
    assert all(facts.values())


def test_elites_and_tournaments_count_the_networks_that_they_evaluate() -> None:
    tournaments = dict(parameter_facts(Parameters(population_size=96, generation_size=64)))
    assert tournaments["networks"] == "96 a generation, bred by tournaments"
    elites = dict(parameter_facts(Parameters(reproduction="elites", generation_size=64)))
    assert elites["networks"] == "64 a generation, bred from the elites of every size"


def test_a_run_without_an_end_says_so() -> None:
    assert dict(parameter_facts(Parameters()))["generations"] == "100"
    endless = parameter_facts(Parameters(num_generations="infinity"))
    assert dict(endless)["generations"] == "endless, until you stop it"


def test_a_run_that_failed_says_why_and_what_it_wrote_last(failed: RunDirectory) -> None:
    facts = details_of(run_choice(failed, FAILED_RUNS))
    assert facts[0] == ("failed", "the disk is gone")
    assert facts[1] == ("its log", str(failed.log_file))
    logged = facts[2 : 2 + LOG_LINES]
    assert [name for name, _ in logged] == ["ends with", "", "", ""]
    assert [line for _, line in logged] == ["line 6", "line 7", "line 8", "OSError: no"]
    assert dict(facts)["task"] == "CartPoleSwingUp"


def test_what_cannot_be_read_is_left_out(failed: RunDirectory) -> None:
    failed.log_file.unlink()
    failed.parameters_file.write_text("{")
    assert details_of(run_choice(failed)) == [
        ("failed", "the disk is gone"),
        ("its log", str(failed.log_file)),
    ]
    assert details_of(experiment("no/such")) == []


def test_a_saved_elite_is_no_experiment() -> None:
    assert details_of(HomeChoice(LIBRARY, "balancer", "", "", entry="0" * 16)) == []


def test_a_fork_says_of_what(tmp_path: Path) -> None:
    run = create_run(Parameters(out_dir=str(tmp_path / "run")), "swing-up")
    run.branch_file.write_text(
        '{"kind": "fork", "source": "/runs/before", "generation": 1200, "changes": {}}'
    )
    assert details_of(run_choice(run))[0] == ("fork", "of before, generation 1 200")
