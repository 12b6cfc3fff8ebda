"""The network that a command means: a file, an elite of a run, or a run's champion."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from galapagos.errors import GalapagosError, InvalidGenome, UnknownRun
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from galapagos.engine.run_directory import RunDirectory
    from galapagos.evolution.archive import Elite
    from galapagos.genomes.genome import Genome

CHAMPION = "champion"


@dataclass(frozen=True, slots=True)
class Network:
    """A network, and the id of the individual it belongs to where it has one."""

    genome: Genome
    id: str | None = None


def find_network(text: str, *, num_inputs: int | None = None, num_outputs: int | None = None) -> Network:
    """Return the network of a JSON file, a published WANN matrix (`.out`), `RUN/ID` or `RUN/champion`.

    Args:
        text: What a person wrote.
        num_inputs: The number of inputs, where a matrix does not say it.
        num_outputs: The number of outputs, where a matrix does not say it.

    Raises:
        InvalidGenome: Where there is none, or it is not a network.
        UnknownRun: Where it is of a run that is not there.
    """
    path = Path(text).expanduser()
    if path.is_file():
        return Network(_read(path, num_inputs, num_outputs))
    name, slash, which = text.rpartition("/")
    if not (name and slash and which):
        raise InvalidGenome(
            f"{plain(text)}: no such file; a network is a .json file, a .out matrix, RUN/ID or RUN/champion"
        )
    from galapagos.engine.run_directory import open_run

    try:
        run = open_run(name)
    except UnknownRun as error:
        raise UnknownRun(f"{plain(text)}: no such file, and {error}") from None
    return _of_run(run, which)


def _read(path: Path, num_inputs: int | None, num_outputs: int | None) -> Genome:
    from galapagos.genomes.network_file import read_network

    try:
        return read_network(path, num_inputs=num_inputs, num_outputs=num_outputs)
    except InvalidGenome:
        # A network for another task is better told by its own numbers than by a matrix that is read wrongly.
        return read_network(path)


def _of_run(run: RunDirectory, which: str) -> Network:
    if run.is_alive():
        return _from_engine(run, which)
    elites = _elites(run)
    if not elites:
        raise InvalidGenome(f"{plain(run.name)} has no elites yet")
    if which == CHAMPION:
        return _network(min(elites, key=_by_rank))
    fitting = [elite for elite in elites if elite.individual.id.startswith(which)]
    if len(fitting) != 1:
        raise InvalidGenome(_no_elite(run, which, [elite.individual.id for elite in elites]))
    return _network(fitting[0])


def _from_engine(run: RunDirectory, which: str) -> Network:
    from galapagos.engine.blocking_client import BlockingClient
    from galapagos.genomes.any_genome import genome_from_json

    with BlockingClient.connect(run.socket_path) as client:
        snapshot = client.snapshot()
        ids = [elite.id for elite in snapshot.elites]
        if which == CHAMPION:
            fitting = [snapshot.champion.id] if snapshot.champion else []
        else:
            fitting = [found for found in ids if found.startswith(which)] or [which]
        if len(fitting) != 1:
            raise InvalidGenome(_no_elite(run, which, ids))
        try:
            found = client.genome(fitting[0])
        except GalapagosError:
            raise InvalidGenome(_no_elite(run, which, ids)) from None
    return Network(genome_from_json(found["genome"]), fitting[0])


def _elites(run: RunDirectory) -> tuple[Elite, ...]:
    from galapagos.engine.checkpoint import load_checkpoint

    checkpoint, problems = load_checkpoint(run.checkpoint_directory)
    if checkpoint is None:
        reason = problems[0] if problems else "it has no checkpoint yet"
        raise InvalidGenome(f"{plain(run.name)} has no elites to read: {plain(reason)}")
    return tuple(checkpoint.elites)


def _by_rank(elite: Elite) -> tuple[float, int, str]:
    return (-elite.evaluation.fitness, elite.complexity, elite.individual.id)


def _network(elite: Elite) -> Network:
    return Network(elite.individual.genome, elite.individual.id)


def _no_elite(run: RunDirectory, which: str, ids: list[str]) -> str:
    some = ", ".join((*ids[:4], "…") if len(ids) > 4 else ids) or "none yet"
    return f"{plain(which)} is no elite of {plain(run.name)}; its elites are {some}, or `champion`"
