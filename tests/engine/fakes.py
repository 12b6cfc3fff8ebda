"""An engine that only pretends: a scripted host behind the real server, for clients and dashboards."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from galapagos.engine.commands import Command, Continue, Pause, SetParameters, Stop
from galapagos.engine.snapshot import EliteSummary, Happening, RunState, Snapshot, WorkerSummary
from galapagos.engine.socket.server import Host, Server
from galapagos.errors import CommandRefused
from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import graph_genome
from galapagos.parameters import Parameters

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from galapagos.engine.socket.client import Client

PATIENCE = 20.0
"""Seconds after which a wait in a test has failed."""

FITNESSES = (312.4, 588.0, 731.2, 690.7)
CHAMPION_LEVEL = 3
GENOME = graph_genome(
    num_inputs=5,
    num_outputs=1,
    activations=[Activation.LINEAR] * 6 + [Activation.TANH, Activation.SINE],
    connections=[(0, 6), (1, 6), (2, 7), (6, 7), (7, 5), (4, 5)],
)


def elite_id(level: int) -> str:
    """Return the id that the scripted elite of a level has."""
    return f"{0x0C2020AD00000000 + level:016x}"


def elite_summary(level: int, **changes: Any) -> EliteSummary:
    """Return a plausible elite of a level (12 connections wide)."""
    elite = EliteSummary(
        level=level,
        low=12 * level - 11,
        high=12 * level,
        id=elite_id(level),
        fitness=FITNESSES[(level - 1) % len(FITNESSES)],
        standard_deviation=5.0 + level,
        best_weight=-1.5,
        complexity=12 * level - 2,
        connections=12 * level - 2,
        neurons=6 + 4 * level,
        layers=2 + level,
        born=10 * level,
    )
    return replace(elite, **changes)


def snapshot(*, levels: int = 4, population: int = 192, **changes: Any) -> Snapshot:
    """Return a plausible picture of a swing-up run in generation 215; any field can be replaced."""
    elites = tuple(elite_summary(level) for level in range(1, levels + 1))
    picture = Snapshot(
        sequence=1,
        run="2026-11-21_22-58-03_CartPoleSwingUp",
        title="wann-gym/CartPoleSwingUp",
        state=RunState.EVOLVING,
        message="",
        generation=215,
        last_generation=1024,
        done=131,
        total=192,
        best_fitness=731.2,
        mean_fitness=402.5,
        champion=max(elites, key=lambda elite: elite.fitness, default=None),
        champion_test=709.3,
        evaluations=41_280,
        evaluations_per_second=1204.0,
        elapsed=761.0,
        elites=elites,
        population=tuple((4.0 * (index % 180), 1 + index % 48) for index in range(population)),
        coverage=0.25,
        qd_score=0.18,
        workers=(WorkerSummary(4001, "busy", 20_640), WorkerSummary(4002, "idle", 20_640)),
        checkpoint_age=4.0,
        parameters=Parameters.model_validate({}).model_dump(mode="json"),
        pending={},
        happenings=(
            Happening(201, "parameters", "complexity_levels 2 → 4"),
            Happening(214, "elite", "level 3 ↑ 731.2"),
        ),
        clients=1,
        directory="runs/2026-11-21_22-58-03_CartPoleSwingUp",
    )
    return replace(picture, **changes)


class FakeHost:
    """A host that follows a script: it shows `picture`, remembers the commands and answers from `genomes`.

    Args:
        picture: What it shows first; `show` replaces fields of it.

    Attributes:
        commands: Every command it took, with the client it came from.
        refusal: Where set, the line with which every command is refused.
        genomes: What is known by id: at first the scripted elites, all with the same small network.
        acts: Called with each command it took, before the answer goes out.
    """

    def __init__(self, picture: Snapshot | None = None) -> None:
        self.picture = picture or snapshot()
        self.commands: list[tuple[Command, str]] = []
        self.refusal: str | None = None
        self.genomes: dict[str, dict[str, Any]] = {
            elite.id: {
                "id": elite.id,
                "genome": GENOME.to_json(),
                "parents": [],
                "operator": "add_node",
                "generation": elite.born,
                "evaluation": {
                    "fitness": elite.fitness,
                    "objectives": {"mean": elite.fitness, "max": elite.fitness},
                    "by_weight": [],
                    "trials": 16,
                    "standard_deviation": elite.standard_deviation,
                    "steps": 16_000,
                },
                "trained": False,
            }
            for elite in self.picture.elites
        }
        self.acts: Callable[[Command], None] = self._act

    def show(self, **changes: Any) -> Snapshot:
        """Replace fields of the picture, number it anew and return it (publish it with the server)."""
        self.picture = replace(self.picture, sequence=self.picture.sequence + 1, **changes)
        return self.picture

    def snapshot(self) -> Snapshot:
        return self.picture

    async def take(self, command: Command, client: str) -> dict[str, Any]:
        if self.refusal is not None:
            raise CommandRefused(self.refusal)
        self.commands.append((command, client))
        self.acts(command)
        return {"generation": self.picture.generation + 1}

    def genome(self, id: str) -> dict[str, Any] | None:
        return self.genomes.get(id)

    async def weights(self, id: str) -> str | None:
        return f"/run/elites/{id}.safetensors" if id in self.genomes else None

    def _act(self, command: Command) -> None:
        if isinstance(command, Pause):
            self.show(state=RunState.PAUSED)
        elif isinstance(command, Continue):
            self.show(state=RunState.EVOLVING)
        elif isinstance(command, Stop):
            self.show(state=RunState.STOPPED)
        elif isinstance(command, SetParameters):
            self.show(pending={**self.picture.pending, **command.changes})


class StubbornHost(FakeHost):
    """A host whose commands raise what a test wants, or else set `reached` and wait until `go_on` is set."""

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__()
        self.error = error
        self.reached = asyncio.Event()
        self.go_on = asyncio.Event()

    async def take(self, command: Command, client: str) -> dict[str, Any]:
        if self.error is not None:
            raise self.error
        self.reached.set()
        await self.go_on.wait()
        return await super().take(command, client)


class WatchedServer(Server):
    """A server of which one can wait for clients to come and go; `counts` holds how many there were."""

    def __init__(self, host: Host | None = None) -> None:
        self.counts: list[int] = []
        self._counted = asyncio.Event()
        super().__init__(host, on_change=self._count)

    async def attached(self, count: int) -> None:
        """Return as soon as so many clients are attached."""
        async with asyncio.timeout(PATIENCE):
            while self.clients != count:
                self._counted.clear()
                await self._counted.wait()

    def _count(self) -> None:
        self.counts.append(self.clients)
        self._counted.set()


@asynccontextmanager
async def served(host: FakeHost) -> AsyncIterator[tuple[Server, Client]]:
    """Serve a host in this event loop and give its server with a client that is attached in memory."""
    server = Server(host)
    client = await server.connect_in_memory()
    try:
        yield server, client
    finally:
        await client.close()
        await server.close()
