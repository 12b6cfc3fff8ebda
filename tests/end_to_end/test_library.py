"""Saved elites between runs: out of a live one, over the end of it, into another one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import galapagos
from library_store import Library
from tests.end_to_end.runs import SMALL, journal

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

ENDLESS: dict[str, Any] = {name: value for name, value in SMALL.items() if name != "num_generations"}


def test_a_saved_elite_outlives_its_run_and_scores_in_another_what_it_scored_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GALAPAGOS_HOME", str(tmp_path))
    library = Library()
    first = galapagos.evolve_continual(galapagos.Parameters(**ENDLESS))
    try:
        first.live_client().wait(lambda snapshot: snapshot.generation >= 2, timeout=120)
        elite = max(first.selection.get_all().values(), key=lambda one: one.evaluation.fitness)
        saved = library.put(elite, name="the best so far")
        assert first.is_alive
    finally:
        first.stop()
    assert (saved.run, saved.task) == (first.directory.name, "CartPoleSwingUp")

    second = galapagos.evolve_continual(galapagos.Parameters(**ENDLESS | {"seed": 8, "population_size": 16}))
    try:
        second.live_client().wait(lambda snapshot: snapshot.generation >= 1, timeout=120)
        entry = library.get(elite.id)
        generation = library.inject(entry.id, second)
        second.selection.put_unevaluated(entry.genome)
        second.live_client().wait(lambda snapshot: snapshot.generation > generation, timeout=120)
        elites = second.selection.get_all()
    finally:
        second.stop()
    lines = journal(second.directory)
    note, bare = [line for line in lines if line["type"] == "inject"]
    clones = [line for line in lines if line["type"] == "clone"]
    # Where both come into one generation, either may be told first.
    clone, other = sorted(clones, key=lambda line: line["parent"] is None)
    assert (bare["parent"], other["parent"], other["fitness"]) == (None, None, entry.fitness)
    assert (note["parent"], note["source"]) == (entry.id, "the best so far")
    assert (clone["parent"], clone["fitness"]) == (entry.id, entry.fitness)
    assert elites
    (kept,) = library.get_all()
    assert kept.changed(injections=()) == entry
    assert [(one.run, one.generation) for one in kept.injections] == [(second.directory.name, generation)]
    library.remove(entry.id)
    assert Library().get_all() == []


def test_the_commands_save_score_seed_and_inject(tmp_path: Path) -> None:
    environment = {"GALAPAGOS_HOME": str(tmp_path)}
    small = [
        f"--{name}={value}" for name, value in SMALL.items() if name not in ("env_name", "num_generations")
    ]
    preset = "wann-gym/CartPoleSwingUp"
    command(environment, "run", preset, "--headless", "--num_generations=2", "--name=first", *small)
    said = command(environment, "library", "add", "latest/champion", "--name=friend", "--tag=good")
    entry_id = said.split()[0]
    (entry,) = json.loads(command(environment, "library", "list", "tag:good", "--json"))
    assert (entry["id"], entry["name"], entry["task"]) == (entry_id, "friend", "CartPoleSwingUp")
    scored = json.loads(command(environment, "evaluate", "friend", "--num_trials=2", "--json"))
    assert [result["trials"] for result in scored["weights"]] == [2] * 6

    seeded = command(
        environment, "run", preset, "--headless", "--num_generations=1", "--from_library=tag:good", *small
    )
    assert "inject saved friend" in seeded
    shown = command(environment, "library", "show", "friend")
    assert "generation 0: " in shown
    assert "the elite of its size" in shown


def command(environment: dict[str, str], *arguments: str) -> str:
    result = subprocess.run(
        [sys.executable, "-P", "-m", "galapagos", *arguments],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
        env={**os.environ, **environment},
    )
    assert result.returncode == 0, result.stderr
    return result.stdout
