"""A run of many generations that is saved from, attached to and changed takes no more than at its start."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import galapagos
from galapagos.engine.commands import SetParameters
from galapagos.engine.launch import launch
from galapagos.engine.socket.blocking_client import BlockingClient
from galapagos.errors import CommandRefused
from library_store import Library
from tests.end_to_end.runs import end, small_run
from tests.end_to_end.vitals import PulseApart, Vitals, bytes_in, growth_of_memory, vitals_of

if TYPE_CHECKING:
    from pathlib import Path

    from galapagos.engine.records.run_state import RunDirectory
    from galapagos.engine.snapshot import Snapshot

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs processes as Linux tells of them")

POPULATION = 16
CHECKPOINT_SECONDS = 1.0

CHANGES: tuple[dict[str, Any], ...] = (
    {"complexity_levels": 3, "level_boundaries": "quantile"},
    {"population_size": 2 * POPULATION, "elite_ratio": 0.1},
    {"weight_values": [-1.0, 1.0]},
    {"num_workers": 1},
    {"reproduction": "elites", "generation_size": 8},
    {"tournament_size": 2, "complexity_measure": "neurons"},
)
"""What is changed and changed back, so that samples are of the same parameters; two score elites again."""

DISK_A_GENERATION = 8_000
"""Bytes by which an endless run of 16 networks grows a generation at the most, as the README says."""

RARE_GROWTH: dict[str, Any] = {"p_add_node": 0.02, "p_add_connection": 0.02, "p_change_activation": 0.96}
"""Networks that keep their sizes; else memory grows as they and the archive do, which is no leak."""

PASSING = 2
"""Files or threads of a checkpoint that is being written just when they are counted."""

READY = [[first, second] for first in ("idle", "busy") for second in ("idle", "busy")]


@dataclass(frozen=True, slots=True)
class Soak:
    """How long it goes on, and how often something is done meanwhile."""

    generations: int
    saves: int
    attaches: int
    changes: int
    memory: int = 1024
    """Bytes by which memory may grow a generation, once everything has been done once."""
    delay: float = 0.05
    """Seconds within which 99 % of the answers of the engine come."""


def soak(run: RunDirectory, pid: int, plan: Soak) -> list[Vitals]:
    """Do everything in turn, evenly over the generations, and return what the engine took after each turn."""
    library, samples = Library(), []
    attaches = saves = changes = 0
    attached = galapagos.attach(str(run.path))
    client = attached.live_client()
    client.wait(lambda snapshot: snapshot.generation >= 3, timeout=120)
    defaults = client.snapshot().parameters
    while (generation := client.snapshot().generation) < plan.generations or changes < plan.changes:
        share = min(1.0, generation / plan.generations)
        while attaches < round(share * plan.attaches):
            attach(run)
            attaches += 1
        while saves < round(share * plan.saves):
            elites = attached.selection.get_all().values()
            library.put(max(elites, key=lambda elite: elite.evaluation.fitness), tags=["soak"])
            saves += 1
        if changes < share * plan.changes:
            change(client, CHANGES[changes % len(CHANGES)], defaults)
            changes += 1
        samples.append(vitals_of(pid, client.snapshot().generation))
        client.wait(partial(_is_past, generation), timeout=60)
    end(client)
    client.close()
    assert library.get_all()
    return samples


def attach(run: RunDirectory) -> None:
    """Look at a run as a dashboard does, and leave."""
    with BlockingClient.connect(run.socket_path, name="a passer-by") as client:
        picture = client.wait(lambda _: True, timeout=60)
        try:
            client.genome(picture.elites[-1].id)
        except CommandRefused:  # it was replaced meanwhile
            return


def change(client: BlockingClient, changes: dict[str, Any], defaults: dict[str, Any]) -> None:
    """Change parameters and change them back, each for some generations; return with all workers ready."""
    for values in (changes, {name: defaults[name] for name in changes}):
        acts = client.send(SetParameters(values))["generation"]
        client.wait(partial(_is_past, acts + 2), timeout=120)
    client.wait(lambda snapshot: [worker.state for worker in snapshot.workers] in READY, timeout=120)


def _is_past(generation: int, snapshot: Snapshot) -> bool:
    return snapshot.generation > generation


@pytest.mark.parametrize(
    "plan",
    [
        Soak(250, 12, 6, 6, memory=65_536, delay=0.25),
        pytest.param(Soak(5_000, 200, 50, 50), marks=pytest.mark.slow),
    ],
    ids=["short", "long"],
)
def test_memory_files_threads_and_processes_stay_and_the_engine_answers_in_time(
    tmp_path: Path, plan: Soak
) -> None:
    run = small_run(
        tmp_path / "run",
        num_generations="infinity",
        population_size=POPULATION,
        test_every=50,
        checkpoint_every=CHECKPOINT_SECONDS,
        num_workers=2,
        **RARE_GROWTH,
    )
    pid = launch(run.path, owner_pid=os.getpid())
    with PulseApart(run.socket_path) as pulse:
        samples = soak(run, pid, plan)
    warm = samples[len(samples) // 2 :]
    generations = samples[-1].generation
    disk = bytes_in(run.path)
    report = (
        f"{generations} generations, {disk / generations:.0f} bytes of disk and {growth_of_memory(warm):.0f} "
        f"of memory a generation, p99 {1000 * pulse.p99:.1f} ms of {pulse.answers} answers, {warm[-1]}"
    )
    (tmp_path / "report.txt").write_text(report)
    for vital in ("threads", "files", "children"):
        early, late = np.array_split([getattr(sample, vital) for sample in warm], 2)
        assert min(late) <= min(early) + PASSING, (vital, report)
        assert max(late) <= max(early) + PASSING, (vital, report)
    assert growth_of_memory(warm) < plan.memory, report
    assert pulse.p99 < plan.delay, report
    assert disk / generations < DISK_A_GENERATION, report
