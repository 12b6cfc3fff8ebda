"""Commands in words, and what undoes them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

import pytest

from galapagos.engine.commands import Breed, CancelBreed, Drop, Inject, Pin, SetParameters, Unpin, Withdraw
from galapagos.engine.snapshot import RunState
from galapagos.errors import CommandRefused, ConnectionLost
from tests.engine.fakes import GENOME, FakeHost, elite_id, served, snapshot
from tui.run_link import RunLink
from tui.steering import Steering

if TYPE_CHECKING:
    from pathlib import Path

    from textual.message import Message

    from galapagos.engine.commands import Command
    from galapagos.engine.snapshot import Snapshot
    from galapagos.engine.socket.client import Client


class _Link:
    """A link that has its client already."""

    def __init__(self, client: Client) -> None:
        self.send = client.send
        self.genome = client.genome
        self.snapshot = client.snapshot
        self.latest: Snapshot | None = None


def steering(client: Client) -> Steering:
    return Steering(cast("RunLink", _Link(client)))


def taken(host: FakeHost) -> list[Command]:
    return [command for command, _ in host.commands]


async def test_every_answer_says_when_it_acts() -> None:
    host = FakeHost()
    async with served(host) as (_, client):
        asked = steering(client)
        for answer in (
            await asked.pin(elite_id(1), pin=True),
            await asked.breed(elite_id(1), 3),
            await asked.inject(elite_id(1)),
            await asked.drop(elite_id(1)),
            await asked.set_parameters({"num_trials": 5}, {"num_trials": 3}),
        ):
            assert "acts in generation 216" in answer
    assert taken(host) == [
        Pin(elite_id(1)),
        Breed(elite_id(1), 3),
        Inject(GENOME.to_json(), parent=elite_id(1)),
        Drop(elite_id(1)),
        SetParameters({"num_trials": 5}),
    ]


async def test_of_a_finished_run_it_says_what_makes_it_act() -> None:
    host = FakeHost()
    async with served(host) as (_, client):
        link = _Link(client)
        link.latest = snapshot(state=RunState.FINISHED)
        asked = Steering(cast("RunLink", link))
        which_comes = "acts in generation 216, which comes when num_generations is raised"
        assert which_comes in await asked.set_parameters({"complexity_levels": 9}, {"complexity_levels": 8})
        raised = await asked.set_parameters({"num_generations": 2000}, {"num_generations": 1024})
        assert raised == "num_generations: acts in generation 216"


async def test_undo_goes_back_in_order_and_then_says_so() -> None:
    host = FakeHost()
    async with served(host) as (_, client):
        asked = steering(client)
        await asked.pin(elite_id(1), pin=True)
        await asked.set_parameters({"num_trials": 5}, {"num_trials": 3})
        await asked.pin(elite_id(2), pin=False)
        await asked.undo(only_parameters=True)
        await asked.undo()
        await asked.undo()
        with pytest.raises(CommandRefused, match="nothing to undo"):
            await asked.undo()
    assert taken(host)[3:] == [SetParameters({"num_trials": 3}), Pin(elite_id(2)), Unpin(elite_id(1))]


class NumberedHost(FakeHost):
    """A host that numbers commands, and withdraws them as long as `waits`."""

    waits = True

    async def take(self, command: Command, client: str) -> dict[str, Any]:
        if isinstance(command, Withdraw) and not self.waits:
            raise CommandRefused("it acts already, so it cannot be withdrawn")
        return await super().take(command, client) | {"number": len(self.commands) - 1}


async def test_who_holds_the_key_down_takes_back_one_command_after_the_other() -> None:
    async with served(FakeHost()) as (_, client):
        asked = steering(client)
        for number in range(1, 4):
            await asked.breed(elite_id(number), number)
        told = await asyncio.gather(*(asked.undo() for _ in range(5)), return_exceptions=True)
    words = [str(one) for one in told]
    for count, word in zip(("3 children", "2 children", "1 child"), words, strict=False):
        assert count in word
    assert words[3:] == ["there is nothing to undo"] * 2


async def test_what_waits_is_withdrawn_whatever_it_is() -> None:
    host = NumberedHost()
    async with served(host) as (_, client):
        asked = steering(client)
        await asked.pin(elite_id(1), pin=True)
        await asked.breed(elite_id(2), 3)
        await asked.inject_saved(elite_id(3), "an old friend", GENOME.to_json())
        undone = [await asked.undo() for _ in range(3)]
    assert taken(host)[3:] == [Withdraw(2), Withdraw(1), Withdraw(0)]
    assert undone == [
        "undone before it acted: injection of an old friend",
        f"undone before it acted: 3 children of {elite_id(2)[:8]}",
        f"undone before it acted: pin of {elite_id(1)[:8]}",
    ]


async def test_what_acts_is_undone_by_its_opposite_or_not_at_all() -> None:
    host = NumberedHost()
    host.waits = False
    async with served(host) as (_, client):
        asked = steering(client)
        await asked.drop(elite_id(1))
        await asked.inject(elite_id(2))
        with pytest.raises(CommandRefused, match="it acts already, and nothing takes that back"):
            await asked.undo()
        assert "undone: drop of" in await asked.undo()
        with pytest.raises(CommandRefused, match="nothing to undo"):
            await asked.undo()
    assert taken(host)[2:] == [Inject(GENOME.to_json(), parent=elite_id(1))]


async def test_children_who_are_not_made_yet_are_cancelled_and_of_others_a_line_says_so() -> None:
    host = NumberedHost()
    host.waits = False
    async with served(host) as (_, client):
        asked = steering(client)
        await asked.pin(elite_id(1), pin=True)
        await asked.breed(elite_id(2), 10)
        await asked.breed(elite_id(2), 3)
        assert f"undone: 3 children of {elite_id(2)[:8]}; acts in" in await asked.undo()
        host.refusal = "no children of 0c2020ad wait to be made: they are made already"
        with pytest.raises(CommandRefused, match=r"10 children of \w+ is not undone: no children of"):
            await asked.undo()
        host.refusal = None
        # That cannot come true any more, so the next is the one before it.
        assert "undone: pin of" in await asked.undo()
    assert taken(host)[3:] == [CancelBreed(elite_id(2), 3), Unpin(elite_id(1))]


async def test_a_change_of_parameters_that_somebody_changed_again_stays_so() -> None:
    host = NumberedHost()
    host.waits = False
    async with served(host) as (_, client):
        asked = steering(client)
        await asked.set_parameters(
            {"complexity_levels": 4, "num_trials": 7}, {"complexity_levels": 8, "num_trials": 3}
        )
        await client.send(SetParameters({"complexity_levels": 12}))
        with pytest.raises(CommandRefused, match="complexity_levels was changed since, to 12"):
            await asked.undo()
        with pytest.raises(CommandRefused, match="nothing to undo"):
            await asked.undo()


async def test_levels_go_back_step_by_step_also_when_they_act() -> None:
    host = NumberedHost()
    host.waits = False
    async with served(host) as (_, client):
        asked = steering(client)
        await asked.set_parameters({"complexity_levels": 9}, {"complexity_levels": 8})
        host.show(parameters={**host.picture.parameters, "complexity_levels": 9}, pending={})
        await asked.set_parameters({"complexity_levels": 10}, {"complexity_levels": 9})
        await asked.undo()
        await asked.undo()
    assert taken(host)[2:] == [
        SetParameters({"complexity_levels": 9}),
        SetParameters({"complexity_levels": 8}),
    ]


async def test_a_value_that_the_engine_writes_otherwise_is_the_same_value() -> None:
    host = NumberedHost()
    host.waits = False
    async with served(host) as (_, client):
        asked = steering(client)
        await asked.set_parameters({"weight_values": (-1, 1)}, {"weight_values": [1.0]})
        host.show(parameters={**host.picture.parameters, "weight_values": [-1.0, 1.0]}, pending={})
        await asked.undo()
    assert taken(host)[1:] == [SetParameters({"weight_values": [1.0]})]


async def test_an_undo_that_is_refused_can_be_tried_again() -> None:
    host = FakeHost()
    async with served(host) as (_, client):
        asked = steering(client)
        await asked.pin(elite_id(1), pin=True)
        host.refusal = "not now"
        with pytest.raises(CommandRefused, match="not now"):
            await asked.undo()
        host.refusal = None
        assert "undone" in await asked.undo()


async def test_readonly_refuses_before_anything_is_sent() -> None:
    host = FakeHost()
    async with served(host) as (_, client):
        asked = Steering(cast("RunLink", _Link(client)), readonly=True)
        with pytest.raises(CommandRefused, match="readonly"):
            await asked.pause(pause=True)
    assert host.commands == []


async def test_without_an_engine_a_command_says_so(tmp_path: Path) -> None:
    class Nobody:
        def post_message(self, message: Message) -> bool:
            return message.is_forwarded

    link = RunLink(tmp_path, Nobody())
    with pytest.raises(ConnectionLost, match="no engine to ask"):
        await Steering(link).stop()
