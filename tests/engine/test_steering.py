"""Commands are logged before they count, act in a known generation, and come back in the same order."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from galapagos.engine.commands import Breed, Drop, Inject, Pin, SetParameters, Unpin
from galapagos.engine.journal import CommandLog
from galapagos.engine.steering import CommandQueue
from galapagos.errors import CommandRefused
from galapagos.evolution.individual import Individual, create
from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import graph_genome
from galapagos.parameters import Parameters

if TYPE_CHECKING:
    from pathlib import Path


def some_individual(connections: int = 1) -> Individual:
    genome = graph_genome(
        num_inputs=3,
        num_outputs=1,
        activations=[Activation.LINEAR] * 4,
        connections=[(source, 3) for source in range(connections)],
    )
    return create(genome, parents=(), operator="initial", seed=0, generation=0, index=connections)


def queue(path: Path, *, next_generation: int = 1) -> CommandQueue:
    return CommandQueue(CommandLog(path / "commands.jsonl"), Parameters(), next_generation)


async def test_a_command_acts_in_the_next_generation_and_only_once(tmp_path: Path) -> None:
    commands = queue(tmp_path, next_generation=5)
    assert await commands.put(SetParameters({"complexity_levels": 4}), client="me", individual=None) == 5
    assert commands.pending == {"complexity_levels": 4}
    taken = await commands.take()
    assert taken.changes == {"complexity_levels": (8, 4)}
    assert commands.parameters.complexity_levels == 4
    assert commands.pending == {}
    assert commands.next_generation == 6
    assert (await commands.take()).changes == {}


async def test_several_changes_are_taken_or_refused_as_one(tmp_path: Path) -> None:
    commands = queue(tmp_path)
    with pytest.raises(CommandRefused, match="p_add_node"):
        await commands.put(
            SetParameters({"complexity_levels": 4, "p_add_node": 0.9}), client="me", individual=None
        )
    with pytest.raises(CommandRefused, match="seed"):
        await commands.put(SetParameters({"seed": 4}), client="me", individual=None)
    assert commands.log.read() == []
    await commands.put(
        SetParameters({"p_add_node": 0.5, "p_change_activation": 0.25}), client="me", individual=None
    )
    assert (await commands.take()).parameters.p_add_node == 0.5


async def test_a_change_is_checked_against_the_values_that_are_pending(tmp_path: Path) -> None:
    commands = queue(tmp_path)
    await commands.put(
        SetParameters({"p_add_node": 0.5, "p_change_activation": 0.25}), client="me", individual=None
    )
    with pytest.raises(CommandRefused, match="sum"):
        await commands.put(SetParameters({"p_change_activation": 0.5}), client="me", individual=None)


async def test_pins_stay_until_they_are_ended_and_breeds_act_once(tmp_path: Path) -> None:
    commands = queue(tmp_path)
    one, two = some_individual(1), some_individual(2)
    await commands.put(Pin(one.id), client="me", individual=one)
    await commands.put(Breed(two.id, 3), client="me", individual=two)
    await commands.put(Inject(two.genome.to_json(), two.id), client="me", individual=None)
    await commands.put(Drop(two.id), client="me", individual=two)
    taken = await commands.take()
    assert taken.steering.pinned == (one,)
    assert taken.steering.breed == ((two, 3),)
    assert taken.steering.injected == ((two.genome, two.id),)
    assert taken.drops == (two.id,)
    assert [note["type"] for note in taken.notes] == ["pin", "breed", "inject", "drop"]
    assert (await commands.take()).steering.pinned == (one,)
    await commands.put(Unpin(one.id), client="me", individual=None)
    assert (await commands.take()).steering.pinned == ()


async def test_a_resume_plays_the_commands_again_and_new_ones_follow_the_last(tmp_path: Path) -> None:
    commands = queue(tmp_path, next_generation=3)
    await commands.put(SetParameters({"complexity_levels": 4}), client="me", individual=None)
    await commands.take()
    await commands.put(SetParameters({"complexity_levels": 5}), client="me", individual=None)
    for _ in range(3):
        await commands.take()
    last = await commands.put(SetParameters({"complexity_levels": 6}), client="me", individual=None)
    assert last == 7

    again = queue(tmp_path, next_generation=4)
    again.play_again()
    assert await again.put(SetParameters({"complexity_levels": 7}), client="me", individual=None) == 7
    levels = []
    while again.next_generation <= 7:
        levels.append((await again.take()).parameters.complexity_levels)
    assert levels == [5, 5, 5, 7]


async def test_the_ends_are_those_that_act_in_the_next_generation(tmp_path: Path) -> None:
    commands = queue(tmp_path, next_generation=2)
    commands.log.append(2, {"command": "set", "changes": {"num_generations": 20}, "client": "me"})
    commands.log.append(2, {"command": "set", "changes": {"num_generations": "infinity"}, "client": "me"})
    commands.log.append(9, {"command": "set", "changes": {"num_generations": 40}, "client": "me"})
    commands.play_again()
    assert commands.ends == [100, 20, math.inf]
    assert commands.pending == {"num_generations": 40}


async def test_a_failure_of_the_clock_is_known_after_a_resume(tmp_path: Path) -> None:
    commands = queue(tmp_path)
    await commands.record_failure(4, "generation", "0" * 16, "timeout", "too slow")
    again = queue(tmp_path)
    again.play_again()
    assert again.known_failure(4, "generation", "0" * 16) == ("timeout", "too slow")
    assert commands.known_failure(4, "generation", "0" * 16) == ("timeout", "too slow")
    assert again.known_failure(5, "generation", "0" * 16) is None
    assert again.pending == {}
