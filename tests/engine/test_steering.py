"""Commands are logged before they count, act in a known generation, and come back in the same order."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from galapagos.engine.commands import Breed, CancelBreed, Drop, Inject, Pin, SetParameters, Unpin, Withdraw
from galapagos.engine.records.command_log import CommandLog
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
    acknowledged = await commands.put(SetParameters({"complexity_levels": 4}), client="me", individual=None)
    assert acknowledged == {"generation": 5, "number": 0}
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
    assert [(note["type"], who) for note, who in taken.notes] == [
        ("pin", "me"),
        ("breed", "me"),
        ("inject", "me"),
        ("drop", "me"),
    ]
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
    assert last["generation"] == 7

    again = queue(tmp_path, next_generation=4)
    again.play_again()
    followed = await again.put(SetParameters({"complexity_levels": 7}), client="me", individual=None)
    assert followed == {"generation": 7, "number": last["number"] + 1}
    levels = []
    while again.next_generation <= 7:
        levels.append((await again.take()).parameters.complexity_levels)
    assert levels == [5, 5, 5, 7]


async def test_a_command_that_waits_can_be_withdrawn_and_one_that_acts_cannot(tmp_path: Path) -> None:
    commands, one = queue(tmp_path, next_generation=3), some_individual(1)
    first = await commands.put(Breed(one.id, 3), client="me", individual=one)
    second = await commands.put(SetParameters({"complexity_levels": 4}), client="me", individual=None)
    withdrawn = await commands.put(Withdraw(first["number"]), client="you", individual=None)
    assert withdrawn == {"generation": 3, "number": first["number"]}
    taken = await commands.take()
    assert taken.steering.breed == ()
    assert taken.changes == {"complexity_levels": (8, 4)}
    for number in (first["number"], second["number"], 99):
        with pytest.raises(CommandRefused, match="acts already"):
            await commands.put(Withdraw(number), client="you", individual=None)


async def test_children_who_are_not_made_yet_can_be_cancelled(tmp_path: Path) -> None:
    commands, one, two = queue(tmp_path, next_generation=3), some_individual(1), some_individual(2)
    commands.breeds = ((one, 5), (two, 4))
    await commands.put(Breed(one.id, 2), client="me", individual=one)
    answer = await commands.put(CancelBreed(one.id, 3), client="you", individual=None)
    assert answer["generation"] == 3
    again = queue(tmp_path, next_generation=3)
    again.breeds = commands.breeds
    again.play_again()
    for played in (commands, again):
        taken = await played.take()
        assert taken.steering.breed == ((one, 4), (two, 4))
        assert taken.notes[1] == (
            {"type": "cancel_breed", "generation": 3, "id": one.id, "count": 3},
            "you",
        )


async def test_children_who_are_made_cannot_be_cancelled(tmp_path: Path) -> None:
    commands, one, two = queue(tmp_path), some_individual(1), some_individual(2)
    commands.breeds = ((one, 5),)
    with pytest.raises(CommandRefused, match=f"no children of {two.id[:8]} wait to be made"):
        await commands.put(CancelBreed(two.id, 1), client="me", individual=None)
    await commands.put(CancelBreed(one.id, 10_000), client="me", individual=None)
    with pytest.raises(CommandRefused, match=f"no children of {one.id[:8]} wait to be made"):
        await commands.put(CancelBreed(one.id, 1), client="me", individual=None)
    assert (await commands.take()).steering.breed == ()
    assert len(commands.log.read()) == 1


async def test_what_was_withdrawn_is_not_played_again(tmp_path: Path) -> None:
    commands, one = queue(tmp_path, next_generation=3), some_individual(1)
    await commands.put(Pin(one.id), client="me", individual=one)
    number = (await commands.put(Breed(one.id, 3), client="me", individual=one))["number"]
    await commands.put(Withdraw(number), client="me", individual=None)
    again = queue(tmp_path, next_generation=2)
    again.play_again()
    await again.take()
    taken = await again.take()
    assert (taken.steering.pinned, taken.steering.breed) == ((one,), ())
    # A number is never given twice, so that a withdrawal means one command for ever.
    assert (await again.put(Unpin(one.id), client="me", individual=None))["number"] == number + 1


async def test_a_change_that_a_later_one_needs_cannot_be_withdrawn(tmp_path: Path) -> None:
    commands = queue(tmp_path)
    shares = SetParameters({"p_add_node": 0.5, "p_change_activation": 0.25})
    number = (await commands.put(shares, client="me", individual=None))["number"]
    needs_them = SetParameters({"p_add_node": 0.6, "p_add_connection": 0.15})
    await commands.put(needs_them, client="me", individual=None)
    with pytest.raises(CommandRefused, match="must sum to 1"):
        await commands.put(Withdraw(number), client="me", individual=None)
    assert commands.pending == {"p_add_node": 0.6, "p_change_activation": 0.25, "p_add_connection": 0.15}


async def test_everybody_who_changed_a_parameter_is_named_once(tmp_path: Path) -> None:
    commands = queue(tmp_path)
    for who, levels in (("ada", 4), ("bob", 5), ("ada", 6)):
        await commands.put(SetParameters({"complexity_levels": levels}), client=who, individual=None)
    assert (await commands.take()).changed_by == ("ada", "bob")


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
