"""A run killed at random points, again and again, while people steer it, is the run that was left alone."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from galapagos.engine.commands import Breed, Drop, Inject, Pin, SetParameters
from galapagos.engine.launch import launch
from galapagos.engine.records.process_identity import is_running
from galapagos.engine.snapshot import RunState
from galapagos.engine.socket.blocking_client import BlockingClient
from galapagos.errors import CommandRefused
from tests.end_to_end.runs import assert_identical, end, finish, journal, small_run, twin

if TYPE_CHECKING:
    from pathlib import Path

    from galapagos.engine.commands import SteeringCommand
    from galapagos.engine.records.run_state import RunDirectory
    from galapagos.engine.snapshot import EliteSummary, Snapshot

LONGEST_LIFE = 1.0
"""Seconds from an engine's first answer, or from its first elites, to its death, at the most."""

STARTS = 0.3
"""The share of kills that come while an engine starts."""

KINDS: dict[str, dict[str, Any]] = {
    "weight-agnostic": {},
    "bred from elites": {"reproduction": "elites", "generation_size": 16},
    "graphs that learn": {
        "experiment": "wlnn",
        "dataset": "digits",
        "population_size": 8,
        "tournament_size": 3,
        "inherit_weights": True,
    },
    "stacks of layers": {"experiment": "layers", "dataset": "digits", "generation_size": 4},
}

KILLS = [
    pytest.param("weight-agnostic", 2, 2, id="short"),
    *(
        pytest.param(kind, workers, 20, id=f"{kind}, {workers} workers", marks=pytest.mark.slow)
        for kind in KINDS
        for workers in (1, 2, 4)
    ),
]


@pytest.mark.parametrize(("kind", "workers", "kills"), KILLS)
def test_a_run_killed_at_random_points_is_the_calm_one(
    tmp_path: Path, kind: str, workers: int, kills: int
) -> None:
    changes = KINDS[kind] | {"num_generations": "infinity"}
    run = small_run(tmp_path / "killed", **changes, num_workers=workers)
    rng = np.random.default_rng([kills, workers, *kind.encode()])
    for _ in range(kills):
        live_for_a_while(run, rng)
    launch(run.path, owner_pid=os.getpid())
    with BlockingClient.connect(run.socket_path) as client:
        client.wait(lambda snapshot: snapshot.generation > 0, timeout=120)
        last = client.send(SetParameters({"complexity_levels": 5}))["generation"]
        client.send(SetParameters({"num_generations": last + 3}))
        client.wait(lambda snapshot: snapshot.state is RunState.FINISHED, timeout=300)
        end(client)
    assert run.events_file.read_text().count('"resume"') > kills // 2

    calm = twin(run, tmp_path / "calm", **changes, num_workers=1)
    finish(calm, seconds=300)
    assert_identical(run, calm)
    assert "parameters" in {line["type"] for line in journal(calm)}


def live_for_a_while(run: RunDirectory, rng: np.random.Generator) -> None:
    """Start or resume a run, steer it, and kill its engine while it starts or at some moment after."""
    life = rng.uniform(0, LONGEST_LIFE)
    pid = launch(run.path, owner_pid=os.getpid())
    try:
        with BlockingClient.connect(run.socket_path) as client, suppress(TimeoutError):
            if rng.random() < STARTS:
                client.wait(lambda _: False, timeout=life)
            picture = client.wait(lambda snapshot: bool(snapshot.elites), timeout=120)
            end_of_life = time.monotonic() + life
            while (left := end_of_life - time.monotonic()) > 0:
                with suppress(CommandRefused):  # who is named here may have been replaced meanwhile
                    client.send(some_command(client, picture.elites, rng))
                picture = client.wait(partial(_is_after, picture), timeout=left)
    finally:
        os.kill(pid, signal.SIGKILL)
    while is_running(pid, None):
        time.sleep(0.01)


def _is_after(before: Snapshot, now: Snapshot) -> bool:
    return now.generation > before.generation


def some_command(
    client: BlockingClient, elites: tuple[EliteSummary, ...], rng: np.random.Generator
) -> SteeringCommand:
    id = elites[rng.integers(len(elites))].id
    match rng.integers(5):
        case 0:
            return Inject(client.genome(id)["genome"], id)
        case 1:
            return Pin(id)
        case 2:
            return Breed(id, int(rng.integers(1, 5)))
        case 3:
            return Drop(id)
        case _:
            return SetParameters({"complexity_levels": int(rng.integers(2, 9))})
