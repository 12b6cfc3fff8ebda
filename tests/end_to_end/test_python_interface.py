"""The Python interface, as the README shows it, from a script without a guard."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import galapagos
from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import GraphGenome, graph_genome
from tests.end_to_end.runs import SMALL, small_run

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
import galapagos

parameters = galapagos.load_parameters({preset!r}, num_generations=2, **{small!r})
run = galapagos.evolve(parameters)
print(len(run.history.generations["generation"]))
print(sorted(run.selection.get_all()) == list(run.selection.get_all()))
"""


def test_a_batch_runs_in_a_script_without_a_guard(tmp_path: Path) -> None:
    small = {name: value for name, value in SMALL.items() if name != "num_generations"}
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(preset="wann-gym/CartPoleSwingUp", small=small))
    result = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=120, cwd=tmp_path, check=False
    )
    assert result.stderr == ""
    assert result.stdout.split() == ["2", "True"]


def test_a_continual_run_can_be_watched_changed_and_stopped() -> None:
    run = galapagos.evolve_continual(galapagos.Parameters(**SMALL))
    try:
        run.live_client().wait(lambda snapshot: snapshot.generation >= 2, timeout=120)
        elites = run.selection.get_all()
        assert elites
        elite = next(iter(elites.values()))
        assert elite.complexity == elite.individual.genome.complexity("connections")
        acts = run.parameters.put(complexity_levels=3)
        injected = run.selection.put_unevaluated(elite.individual.genome, parent=elite.individual.id)
        run.live_client().wait(lambda snapshot: snapshot.generation > max(acts, injected), timeout=60)
        assert run.parameters.get().complexity_levels == 3
        assert set(run.selection.get_all()) <= {1, 2, 3}
        with pytest.raises(galapagos.GalapagosError, match="inputs"):
            run.selection.put_unevaluated(_network_with_other_inputs())
        with pytest.raises(galapagos.GalapagosError, match="seed"):
            run.parameters.put(seed=3)
    finally:
        run.stop()
    history = run.history
    assert {"generation": acts, "changes": {"complexity_levels": [8, 3]}} in history.changes
    assert any(
        line["type"] == "inject" and line["parent"] == elite.individual.id for line in history.steering
    )
    assert run.selection.get_all()
    with pytest.raises(galapagos.GalapagosError, match="resume"):
        run.snapshot()


def test_a_run_that_is_over_can_be_attached_to(tmp_path: Path) -> None:
    galapagos.evolve(galapagos.Parameters(**SMALL, name="finished early").changed(num_generations=1))
    run = galapagos.attach("latest")
    assert not run.is_alive
    assert run.directory.condition() == "finished"
    assert run.selection.get_all()
    assert small_run(tmp_path / "other").condition() == "stopped"


def test_an_engine_that_was_killed_is_no_success_and_its_elites_can_be_read() -> None:
    run = galapagos.evolve_continual(galapagos.Parameters(**SMALL))
    run.live_client().wait(lambda snapshot: snapshot.checkpoint_age is not None, timeout=120)
    record = run.directory.engine_file()
    assert record is not None
    assert record.pid is not None
    os.kill(record.pid, signal.SIGKILL)
    with pytest.raises(galapagos.GalapagosError, match="without a word"):
        run.wait(30)
    assert not run.is_alive
    assert run.selection.get_all()
    run.stop()


def test_an_engine_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    script = (
        "import os, galapagos\n"
        f"run = galapagos.evolve_continual(galapagos.Parameters(**{SMALL!r}))\n"
        "run.live_client().wait(lambda snapshot: snapshot.generation >= 1, 120)\n"
        "print(run.directory.path, flush=True)\n"
        "os._exit(0)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, cwd=tmp_path, check=True
    )
    run = galapagos.attach(result.stdout.strip())
    if run.is_alive:
        with pytest.raises(galapagos.GalapagosError):
            run.live_client().wait(lambda _: False, timeout=30)
    assert run.directory.condition() == "stopped"
    assert galapagos.attach(run.directory.name).selection.get_all()


def _network_with_other_inputs() -> GraphGenome:
    return graph_genome(
        num_inputs=2, num_outputs=1, activations=[Activation.LINEAR] * 3, connections=[(0, 2)]
    )
