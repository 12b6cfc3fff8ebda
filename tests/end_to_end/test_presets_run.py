"""Every shipped parameter file starts, runs three generations, and resumes identically after a kill."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

from galapagos.engine.launch import launch
from galapagos.engine.records.run_directory import create_run
from galapagos.engine.socket.blocking_client import BlockingClient
from galapagos.errors import ConnectionLost
from galapagos.parameter_files import load_parameters, presets
from tests.data_sets import MNIST
from tests.end_to_end.runs import assert_identical, finish, journal

if TYPE_CHECKING:
    from pathlib import Path

    from galapagos.engine.records.run_state import RunDirectory

GENERATIONS = 3


def short(preset: str, directory: Path, **changes: Any) -> RunDirectory:
    """Return a run of a preset: three generations, and 48 networks where one takes seconds."""
    parameters = load_parameters(preset, out_dir=str(directory), checkpoint_every=0.0, **changes)
    if parameters.dataset == "mnist":
        parameters = parameters.changed(data_dir=str(MNIST))
    if parameters.dataset == "mnist" or "Bipedal" in parameters.env_name:
        parameters = parameters.changed(population_size=48, tournament_size=16, generation_size=8)
    ends = "num_epochs" if parameters.experiment == "learning" else "num_generations"
    return create_run(parameters.changed(**{ends: GENERATIONS}), preset)


@pytest.mark.slow
@pytest.mark.parametrize("preset", [preset.name for preset in presets()])
def test_a_preset_runs_three_generations_and_resumes_identically(tmp_path: Path, preset: str) -> None:
    if load_parameters(preset).dataset != "digits" and not MNIST.is_dir():
        pytest.skip("the files of MNIST are not beside this checkout")
    disturbed = short(preset, tmp_path / "disturbed")
    pid = launch(disturbed.path, owner_pid=os.getpid())
    with BlockingClient.connect(disturbed.socket_path) as client:
        client.wait(lambda snapshot: snapshot.generation >= 1, timeout=600)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(ConnectionLost):
            client.wait(lambda _: False, timeout=30)
    finish(disturbed, seconds=600)
    calm = short(preset, tmp_path / "calm", num_workers=1)
    finish(calm, seconds=1200)
    numbers = [line["generation"] for line in journal(calm) if line["type"] == "generation"]
    assert numbers == list(range(GENERATIONS))
    assert_identical(disturbed, calm)
