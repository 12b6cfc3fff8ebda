"""What parents hand down where weights are inherited: pinned ones, those that left, and from when on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from galapagos.engine.commands import Breed, Continue, Pause, Pin, SetParameters, command_to_json
from galapagos.engine.program import open_engine
from galapagos.engine.records.checkpoint import load_checkpoint
from galapagos.engine.records.command_log import CommandLog
from galapagos.engine.records.individual_json import individual_to_json
from galapagos.engine.socket.server import Server
from tests.end_to_end.runs import small_run

if TYPE_CHECKING:
    from pathlib import Path

    from galapagos.engine.records.checkpoint import Checkpoint
    from galapagos.engine.records.run_state import RunDirectory
    from galapagos.evolution.individual import Individual

LEARNING: dict[str, Any] = {
    "experiment": "wlnn",
    "inherit_weights": True,
    "p_initial_connection_enabled": 0.05,
    "population_size": 8,
    "elite_ratio": 0.0,
    "num_generations": 5,
    "num_workers": 1,
    "checkpoint_every": 3600.0,
}
"""Nobody survives a generation, so who is no elite is gone in the one after."""


async def evolve(run: RunDirectory) -> Checkpoint:
    with run.lock():
        await open_engine(run).run(Server())
    return last_checkpoint(run)


def last_checkpoint(run: RunDirectory) -> Checkpoint:
    checkpoint, _ = load_checkpoint(run.checkpoint_directory)
    assert checkpoint is not None
    return checkpoint


def children(checkpoint: Checkpoint, parent: Individual) -> list[Individual]:
    return [one for one in checkpoint.population if one.parents == (parent.id,)]


def is_gone(checkpoint: Checkpoint, individual: Individual) -> bool:
    there = (*checkpoint.population, *(elite.individual for elite in checkpoint.elites))
    return individual.id not in {one.id for one in there}


def log(run: RunDirectory, generation: int, command: Any, individual: Individual | None = None) -> None:
    about = {} if individual is None else {"individual": individual_to_json(individual)}
    CommandLog(run.commands_file).append(generation, command_to_json(command) | about | {"client": "me"})


async def evolve_with_pins(run: RunDirectory, pinned_from: str) -> tuple[Individual, ...]:
    """Evolve a run, and somewhere in it pin all of the last generation or of the one that is evaluated."""
    with run.lock():
        engine = open_engine(run)
        running = asyncio.create_task(engine.run(Server()))
        async with asyncio.timeout(60):
            while engine.evolution is None or engine.evolution.generation < 1:  # noqa: ASYNC110 - no event says it
                await asyncio.sleep(0.002)
            await engine.take(Pause(), "me")
            while len(engine.evolution.born) < 8 or "busy" in {  # noqa: ASYNC110
                worker.state for worker in engine.snapshot().workers
            }:
                await asyncio.sleep(0.002)
        everyone = engine.evolution.population if pinned_from == "population" else engine.evolution.born
        pinned = tuple(everyone)
        for individual in pinned:
            await engine.take(Pin(individual.id), "me")
        await engine.take(Continue(), "me")
        await running
    return pinned


@pytest.mark.parametrize("pinned_from", ["population", "born"])
async def test_pinned_parents_that_are_gone_hand_down_what_they_learned(
    tmp_path: Path, pinned_from: str
) -> None:
    run = small_run(tmp_path / "run", **LEARNING)
    pinned = await evolve_with_pins(run, pinned_from)
    checkpoint = last_checkpoint(run)
    assert any(is_gone(checkpoint, parent) for parent in pinned)
    for parent in pinned:
        assert [child.genome.epochs for child in children(checkpoint, parent)] == [parent.genome.epochs + 1]


async def test_who_waits_to_breed_hands_down_what_it_learned_once_however_long_it_waits(
    tmp_path: Path,
) -> None:
    first = await evolve(small_run(tmp_path / "first", **LEARNING | {"num_generations": 1}))
    elites = {elite.individual.id for elite in first.elites}
    parent = next(one for one in first.population if one.id not in elites)
    run = small_run(tmp_path / "run", **LEARNING | {"num_generations": 4})
    log(run, 1, Breed(parent.id, 24), parent)
    checkpoint = await evolve(run)
    assert is_gone(checkpoint, parent)
    assert [child.genome.epochs for child in children(checkpoint, parent)] == [1] * 8


async def test_weights_are_inherited_from_the_generation_on_in_which_that_is_switched_on(
    tmp_path: Path,
) -> None:
    without = LEARNING | {"inherit_weights": False}
    first = await evolve(small_run(tmp_path / "first", **without | {"num_generations": 1}))
    elites = {elite.individual.id for elite in first.elites}
    pinned = next(one for one in first.population if one.id not in elites)
    run = small_run(tmp_path / "run", **without | {"num_generations": 3})
    log(run, 1, Pin(pinned.id), pinned)
    log(run, 2, SetParameters({"inherit_weights": True}))
    checkpoint = await evolve(run)
    assert is_gone(checkpoint, pinned)
    assert len(children(checkpoint, pinned)) == 1
    assert [child.genome.epochs for child in checkpoint.population] == [1] * 8
