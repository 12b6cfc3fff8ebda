"""Making, running and comparing small runs in the tests."""

from __future__ import annotations

import asyncio
import os
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from galapagos.engine.commands import Stop
from galapagos.engine.evolution import Evolution
from galapagos.engine.files.log_reading import read_lines
from galapagos.engine.launch import launch
from galapagos.engine.records.checkpoint import load_checkpoint
from galapagos.engine.records.individuals import read_individuals
from galapagos.engine.records.journal_lines import CLOCK_FIELDS
from galapagos.engine.records.run_directory import create_run
from galapagos.engine.snapshot import RunState
from galapagos.engine.socket.blocking_client import BlockingClient
from galapagos.errors import ConnectionLost
from galapagos.parameters import Parameters

if TYPE_CHECKING:
    from pathlib import Path

    from galapagos.engine.records.run_state import RunDirectory

SMALL: dict[str, Any] = {
    "env_name": "CartPoleSwingUp",
    "population_size": 24,
    "tournament_size": 4,
    "num_trials": 1,
    "confirm_trials": 2,
    "num_generations": 12,
    "test_every": 5,
    "checkpoint_every": 0.0,
    "num_workers": 1,
    "seed": 7,
}


GENERATION_SECONDS = 0.03


def small_run(directory: Path, **changes: Any) -> RunDirectory:
    """Return a new run of a few quick generations."""
    return create_run(Parameters(**{**SMALL, **changes, "out_dir": str(directory)}), "small")


def twin(run: RunDirectory, directory: Path, **changes: Any) -> RunDirectory:
    """Return a new run with the parameters and the commands of another, not yet begun."""
    other = small_run(directory, **changes)
    if run.commands_file.exists():
        shutil.copy(run.commands_file, other.commands_file)
    return other


def finish(run: RunDirectory, *, seconds: float = 120) -> None:
    """Start or resume a run and return when it is finished and its engine is gone."""
    launch(run.path, owner_pid=os.getpid())
    with BlockingClient.connect(run.socket_path) as client:
        client.wait(lambda snapshot: snapshot.state is RunState.FINISHED, timeout=seconds)
        end(client)


def end(client: BlockingClient) -> None:
    """Stop a run and return when its engine is gone."""
    client.send(Stop())
    with pytest.raises(ConnectionLost):
        client.wait(lambda _: False, timeout=30)


def slow_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each generation of an engine in this process take longer than a checkpoint, on any machine."""
    advance = Evolution.advance

    async def unhurried(evolution: Evolution) -> None:
        await asyncio.sleep(GENERATION_SECONDS)
        await advance(evolution)

    monkeypatch.setattr(Evolution, "advance", unhurried)


def journal(run: RunDirectory) -> list[dict[str, Any]]:
    """Return the journal without what depends on the clock."""
    lines, _ = read_lines(run.journal_file)
    return [{name: value for name, value in line.items() if name not in CLOCK_FIELDS} for line in lines]


def assert_identical(first: RunDirectory, second: RunDirectory) -> None:
    """Compare journal, individuals, archive and population of two runs bit for bit."""
    assert journal(first) == journal(second)
    ours = read_individuals(first.individuals_directory)
    theirs = read_individuals(second.individuals_directory)
    assert ours.keys() == theirs.keys()
    for name in ours:
        np.testing.assert_array_equal(ours[name], theirs[name], err_msg=name)
    (mine, _), (other, _) = (
        load_checkpoint(first.checkpoint_directory),
        load_checkpoint(second.checkpoint_directory),
    )
    assert mine is not None
    assert other is not None
    assert mine.generation == other.generation
    assert mine.population == other.population
    assert mine.outcomes == other.outcomes
    assert mine.elites == other.elites
    assert mine.confirmed == other.confirmed
    assert mine.dropped == other.dropped
    assert mine.pinned == other.pinned
