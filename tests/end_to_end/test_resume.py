"""A run that is killed and resumed is the run that was never disturbed, for any number of workers."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from galapagos.engine.commands import Breed, Continue, Drop, Inject, Pause, Pin, SetParameters
from galapagos.engine.launch import launch
from galapagos.engine.snapshot import RunState
from galapagos.engine.socket.blocking_client import BlockingClient
from galapagos.errors import ConnectionLost
from tests.end_to_end.runs import assert_identical, end, finish, journal, small_run, twin

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("workers", [1, 3])
def test_the_number_of_workers_changes_nothing(tmp_path: Path, workers: int) -> None:
    first, second = (
        small_run(tmp_path / "first", num_workers=2),
        small_run(tmp_path / "second", num_workers=workers),
    )
    finish(first)
    finish(second)
    assert len([line for line in journal(first) if line["type"] == "generation"]) == 12
    assert_identical(first, second)


@pytest.mark.parametrize("reproduction", ["tournament", "elites"])
def test_a_run_killed_between_commands_and_resumed_equals_the_calm_one(
    tmp_path: Path, reproduction: str
) -> None:
    disturbed = small_run(tmp_path / "disturbed", reproduction=reproduction, num_generations="infinity")
    pid = launch(disturbed.path, owner_pid=os.getpid())
    with BlockingClient.connect(disturbed.socket_path) as client:
        client.wait(lambda snapshot: snapshot.generation >= 3, timeout=120)
        # Paused, so that nobody who is named here is replaced meanwhile.
        client.send(Pause())
        elite = client.snapshot().elites[0]
        client.send(Inject(client.genome(elite.id)["genome"], elite.id))
        client.send(SetParameters({"complexity_levels": 4, "weight_values": [-1.0, 1.0]}))
        client.send(Pin(elite.id))
        reached = client.send(Breed(elite.id, 3))["generation"]
        client.send(Continue())
        client.wait(lambda snapshot: snapshot.generation > reached, timeout=60)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(ConnectionLost):
            client.wait(lambda _: False, timeout=30)

    launch(disturbed.path, owner_pid=os.getpid())
    with BlockingClient.connect(disturbed.socket_path) as client:
        client.wait(lambda snapshot: snapshot.generation >= reached + 1, timeout=120)
        client.send(Pause())
        best = client.snapshot().elites[-1]
        client.send(Inject(client.genome(best.id)["genome"], best.id))
        client.send(Drop(client.snapshot().elites[0].id))
        last = client.send(SetParameters({"population_size": 30, "generation_size": 20}))["generation"]
        client.send(SetParameters({"num_generations": last + 4}))
        client.send(Continue())
        client.wait(lambda snapshot: snapshot.state is RunState.FINISHED, timeout=120)
        end(client)

    calm = twin(
        disturbed, tmp_path / "calm", reproduction=reproduction, num_generations="infinity", num_workers=1
    )
    finish(calm)
    assert {"inject", "pin", "breed", "drop", "parameters"} <= {line["type"] for line in journal(calm)}
    assert_identical(disturbed, calm)
