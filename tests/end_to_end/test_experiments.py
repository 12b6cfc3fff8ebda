"""Every kind of experiment runs, and a run that is killed and resumed is the calm one."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

from galapagos.engine.commands import SetParameters
from galapagos.engine.launch import launch
from galapagos.engine.snapshot import RunState
from galapagos.engine.socket.blocking_client import BlockingClient
from galapagos.errors import ConnectionLost
from tests.end_to_end.runs import assert_identical, end, finish, journal, small_run, twin

if TYPE_CHECKING:
    from pathlib import Path

EXPERIMENTS: dict[str, dict[str, Any]] = {
    "weight-agnostic digits": {"experiment": "wann-classification", "batch_size": 200},
    "backprop": {"experiment": "wlnn", "num_epochs": 2},
    "feedback alignment": {"experiment": "wlnn", "learning_rule": "feedback_alignment", "optimizer": "sgd"},
    "hebbian, by the training loss": {
        "experiment": "wlnn",
        "learning_rule": "hebbian",
        "evaluation_period": "last_ten_batches",
    },
    "last layer, weights inherited": {
        "experiment": "wlnn",
        "learning_rule": "last_layer",
        "inherit_weights": True,
        "optimizer": "adadelta",
        "lr": 1.0,
    },
    "backprop in torch": {"experiment": "wlnn", "use_torch": True, "population_size": 8},
    "stacks of layers": {"experiment": "layers", "generation_size": 8, "num_generations": 6},
    "stacks of layers, weights inherited": {
        "experiment": "layers",
        "generation_size": 8,
        "num_generations": 6,
        "inherit_weights": True,
        "reproduction": "tournament",
        "population_size": 8,
    },
}

QUICK = ("weight-agnostic digits", "last layer, weights inherited", "stacks of layers, weights inherited")
"""Those of every test run: between them they go through all that a checkpoint holds."""


def small(directory: Path, name: str, **changes: Any) -> dict[str, Any]:
    values = {"p_initial_connection_enabled": 0.05, "num_generations": 8, **EXPERIMENTS[name], **changes}
    return {"directory": directory, **values}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow) for name in EXPERIMENTS]
)
def test_a_run_of_any_kind_that_is_killed_and_resumed_equals_the_calm_one(tmp_path: Path, name: str) -> None:
    disturbed = small_run(**small(tmp_path / "disturbed", name))
    pid = launch(disturbed.path, owner_pid=os.getpid())
    with BlockingClient.connect(disturbed.socket_path) as client:
        client.wait(lambda snapshot: snapshot.generation >= 2, timeout=120)
        client.send(SetParameters({"complexity_levels": 3}))
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(ConnectionLost):
            client.wait(lambda _: False, timeout=30)
    finish(disturbed)
    calm = twin(disturbed, **small(tmp_path / "calm", name, num_workers=1))
    finish(calm)
    lines = [line for line in journal(calm) if line["type"] == "generation"]
    assert [line["generation"] for line in lines] == list(range(len(lines)))
    assert 0.0 < lines[-1]["champion_accuracy"] <= 1.0
    assert_identical(disturbed, calm)


def test_one_network_learns_epoch_by_epoch_and_goes_on_when_epochs_are_raised(tmp_path: Path) -> None:
    values = {"experiment": "learning", "num_epochs": 4, "num_hidden": 8, "learning_rule": "hebbian"}
    disturbed = small_run(tmp_path / "disturbed", **values)
    pid = launch(disturbed.path, owner_pid=os.getpid())
    with BlockingClient.connect(disturbed.socket_path) as client:
        client.wait(lambda snapshot: snapshot.generation >= 2, timeout=120)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(ConnectionLost):
            client.wait(lambda _: False, timeout=30)
    launch(disturbed.path, owner_pid=os.getpid())
    with BlockingClient.connect(disturbed.socket_path) as client:
        client.wait(lambda snapshot: snapshot.state is RunState.FINISHED, timeout=120)
        client.send(SetParameters({"num_epochs": 7}))
        last = client.wait(
            lambda snapshot: snapshot.generation == 7 and snapshot.state is RunState.FINISHED, timeout=120
        )
        assert last.elites[0].epochs == 7
        end(client)
    calm = small_run(tmp_path / "calm", **values | {"num_epochs": 7})
    finish(calm)
    ours, theirs = (
        [line for line in journal(run) if line["type"] == "generation"] for run in (disturbed, calm)
    )
    assert ours == theirs
    accuracies = {"champion_accuracy", "champion_validation_accuracy", "champion_test_accuracy"}
    assert all(accuracies <= line.keys() for line in ours)
    assert ours[-1]["champion_loss"] < ours[0]["champion_loss"]
