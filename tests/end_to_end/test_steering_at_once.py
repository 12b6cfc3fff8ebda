"""Many people steer one run at once, against each other: each is answered, and the log is what happened."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from galapagos.engine.commands import (
    Breed,
    CancelBreed,
    Drop,
    Inject,
    Pin,
    SetParameters,
    Unpin,
    Withdraw,
    command_to_json,
)
from galapagos.engine.files.log_reading import read_lines
from galapagos.engine.program import open_engine
from galapagos.engine.records.command_log import commands_of
from galapagos.engine.socket.blocking_client import BlockingClient
from galapagos.engine.socket.server import Server
from galapagos.engine.steering import standing
from galapagos.errors import CommandRefused
from galapagos.parameter_files import load_parameters
from tests.end_to_end.runs import assert_identical, journal, small_run, twin

if TYPE_CHECKING:
    from pathlib import Path

    from galapagos.engine.commands import Command
    from galapagos.engine.engine import Engine
    from galapagos.engine.records.run_state import RunDirectory
    from galapagos.parameters import Parameters

QUICK: dict[str, Any] = {"num_generations": "infinity", "population_size": 12, "test_every": 50}
STEERING = ("inject", "pin", "unpin", "breed", "cancel_breed", "drop")
LATER = 10**9


@dataclass(slots=True)
class Person:
    """One of those who steer.

    Args:
        number: Which; it decides what is sent.
        name: What the run knows them by.
        answers: (command, acknowledgement or refusal), in order.
    """

    number: int
    name: str
    answers: list[tuple[Command, dict[str, Any] | CommandRefused]] = field(default_factory=list)

    def steer(self, socket: Path, count: int, all_are_here: threading.Barrier) -> None:
        """Attach, wait for the others, and send so many commands, whatever the answers."""
        rng = np.random.default_rng([self.number, count])
        with BlockingClient.connect(socket, name=self.name) as client:
            client.wait(lambda snapshot: len(snapshot.elites) > 1, timeout=60)
            all_are_here.wait(60)
            for _ in range(count):
                command = self._some_command(client, rng)
                try:
                    self.answers.append((command, client.send(command)))
                except CommandRefused as error:
                    self.answers.append((command, error))

    def _some_command(self, client: BlockingClient, rng: np.random.Generator) -> Command:
        """Draw a command about what all others command about, too."""
        assert client.latest is not None
        id = client.latest.elites[0].id
        count = int(rng.integers(1, 4))
        match int(rng.integers(10)):
            case 0 | 1:
                return SetParameters({"complexity_levels": int(rng.integers(1, 12))})
            case 2:
                return SetParameters({"population_size": int(rng.integers(8, 16)), "tournament_size": 3})
            case 3:
                return SetParameters({"tournament_size": int(rng.integers(0, 12))})  # some are none
            case 4:
                return Pin(id)
            case 5:
                return Unpin(id)
            case 6:
                try:
                    return Inject(client.genome(id)["genome"], id)
                except CommandRefused:  # it was replaced just now
                    return Drop(id)
            case 7:
                return Breed(id, count) if count > 1 else CancelBreed(id, count)
            case 8:
                return Drop(id)
            case _:
                numbers = [answer["number"] for _, answer in self.answers if isinstance(answer, dict)]
                return Withdraw(numbers[-1] if numbers else 0)


async def evolve(run: RunDirectory, people: list[Person] | None = None, count: int = 0) -> Engine:
    """Evolve a run to its end, which people who steer it through its socket set when they are done."""
    server = Server()
    with run.lock():
        engine = open_engine(run)
        running = asyncio.create_task(engine.run(server))
        if people:
            await server.start(run.socket_path)
            server.serve(engine)
            here = threading.Barrier(len(people))
            loop = asyncio.get_running_loop()
            with ThreadPoolExecutor(len(people)) as executor:
                steering = (
                    loop.run_in_executor(executor, one.steer, run.socket_path, count, here) for one in people
                )
                await asyncio.gather(*steering)
            acts = (await engine.take(SetParameters({"tournament_size": 2}), "the last"))["generation"]
            await engine.take(SetParameters({"num_generations": acts + 2}), "the last")
        await asyncio.wait_for(running, 300)
        await server.close()
    return engine


@pytest.mark.parametrize(
    ("people", "count"), [(6, 15), pytest.param(24, 200, marks=pytest.mark.slow)], ids=["short", "long"]
)
async def test_everybody_is_answered_and_the_log_is_what_happened(
    tmp_path: Path, people: int, count: int
) -> None:
    run = small_run(tmp_path / "run", **QUICK)
    everybody = [Person(number, f"person {number}") for number in range(people)]
    engine = await evolve(run, everybody, count)
    log = commands_of(run.commands_file, before=LATER)

    # Every command has one answer; what was acknowledged is in the log as it was sent, and nothing else is.
    assert [len(one.answers) for one in everybody] == [count] * people
    answers = [(one.name, *answer) for one in everybody for answer in one.answers]
    taken = [
        _told(
            answer["generation"], {"number": answer["number"]} | command_to_json(command) | {"client": name}
        )
        for name, command, answer in answers
        if isinstance(answer, dict)
    ]
    refused = [answer for _, _, answer in answers if isinstance(answer, CommandRefused)]
    assert taken
    assert refused
    assert not any("\n" in str(error) for error in refused)
    logged = [_told(generation, entry) for generation, entry in log if entry["client"] != "the last"]
    assert sorted(taken) == sorted(logged)

    # They stand in the order in which they act, and were acknowledged with one number each.
    assert [generation for generation, _ in log] == sorted(generation for generation, _ in log)
    numbers = [entry["number"] for _, entry in log if entry["command"] != "withdraw"]
    assert numbers == list(range(len(numbers)))

    # Journal and state are what comes of the log, one command after the other.
    acting = standing(log)
    steered = [(line["generation"], line["type"]) for line in journal(run) if line["type"] in STEERING]
    asked = [(generation, entry["command"]) for generation, entry in acting]
    assert steered == [(generation, what) for generation, what in asked if what in STEERING]
    assert engine.commands.parameters == _parameters(run, acting)
    assert set(engine.commands.pinned) == _pinned(acting)
    events, _ = read_lines(run.events_file)
    assert not [event for event in events if event["kind"] in ("failed", "not saved")]

    calm = twin(run, tmp_path / "calm", **QUICK)
    await evolve(calm)
    assert_identical(run, calm)


def _told(generation: int, entry: dict[str, Any]) -> tuple[int, int, str, str, str]:
    what = {name: value for name, value in entry.items() if name not in ("individual", "client", "number")}
    return generation, entry["number"], entry["client"], entry["command"], repr(sorted(what.items()))


def _parameters(run: RunDirectory, entries: list[tuple[int, dict[str, Any]]]) -> Parameters:
    parameters = load_parameters(run.parameters_file)
    for _, entry in entries:
        if entry["command"] == "set":
            parameters = parameters.changed(**entry["changes"])
    return parameters


def _pinned(entries: list[tuple[int, dict[str, Any]]]) -> set[str]:
    pinned: set[str] = set()
    for _, entry in entries:
        if entry["command"] == "pin":
            pinned.add(entry["id"])
        elif entry["command"] == "unpin":
            pinned.discard(entry["id"])
    return pinned
