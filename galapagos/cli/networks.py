"""The network that a command means: a file, a saved elite, an elite of a run, or a run's champion."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from galapagos.cli.parsing import path_of
from galapagos.errors import CommandRefused, InvalidGenome, UnknownRun
from galapagos.evolution.individual import Origin
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from pathlib import Path

    from galapagos.engine.records.run_directory import RunDirectory
    from galapagos.engine.socket.blocking_client import BlockingClient
    from galapagos.evolution.archive import Elite
    from galapagos.genomes.genome import Genome
    from library_store.entry import Entry

CHAMPION = "champion"


@dataclass(frozen=True, slots=True)
class Network:
    """A network, and what more is known of it.

    Args:
        genome: The network, with the weights that it learned where it keeps them.
        id: Of the individual that it belongs to, where it has one.
        elite: The elite of a run that it is.
        entry: The entry of the library that it is.
    """

    genome: Genome
    id: str | None = None
    elite: Elite | None = None
    entry: Entry | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters of the run that it comes from, as JSON; empty where that is unknown."""
        if self.entry is not None:
            return dict(self.entry.parameters)
        origin = None if self.elite is None else self.elite.origin
        return {} if origin is None else dict(origin.parameters)


def find_network(text: str, *, num_inputs: int | None = None, num_outputs: int | None = None) -> Network:
    """Return the network of a file (JSON, or a `.out` matrix), a saved elite, `RUN/ID` or `RUN/champion`.

    Args:
        text: What a person wrote; a saved elite by its id, the beginning of one, or its name.
        num_inputs: The number of inputs, where a matrix does not say it.
        num_outputs: The number of outputs, where a matrix does not say it.

    Raises:
        InvalidGenome: Where there is none, or it is not a network.
        UnknownRun: Where it is of a run that is not there.
        UnknownEntry: Where several saved elites fit.
        LibraryError: Where the library cannot be read.
    """
    path = path_of(text)
    if path.is_file():
        return _read(path, num_inputs, num_outputs)
    name, slash, which = text.rpartition("/")
    run: RunDirectory | None = None
    problem = f"{plain(text)}: no such file, and nothing of this id or name is in the library"
    if name and slash and which:
        from galapagos.engine.records.run_directory import open_run

        try:
            run = open_run(name)
        except UnknownRun as error:
            problem = f"{plain(text)}: no such file, and {error}"
    if run is not None:
        return _of_run(run, which)
    saved = _saved(text)
    if saved is None:
        raise InvalidGenome(
            f"{problem}; a network is a .json file, a .out matrix, RUN/ID or RUN/champion too"
        )
    return Network(saved.genome, saved.id, entry=saved)


def _read(path: Path, num_inputs: int | None, num_outputs: int | None) -> Network:
    """Return the network of a file, with all that an exported elite says of itself."""
    from library_store.entry import Entry
    from library_store.exchange import read_file

    try:
        found = read_file(path, num_inputs=num_inputs, num_outputs=num_outputs)
    except InvalidGenome:
        if path.suffix != ".out":
            raise
        # A network for another task is better told by its own numbers than by a matrix that is read wrongly.
        found = read_file(path)
    if len(found) != 1:
        raise InvalidGenome(f"{plain(str(path))} holds {len(found)} networks; `library import` saves them")
    what = found[0]
    return Network(what.genome, what.id, entry=what) if isinstance(what, Entry) else Network(what)


def _saved(text: str) -> Entry | None:
    from library_store import Library

    with Library() as library:
        return library.get(text) if library.find(text) else None


def _of_run(run: RunDirectory, which: str) -> Network:
    if run.is_alive():
        return _from_engine(run, which)
    elites = _elites(run)
    if not elites:
        raise InvalidGenome(f"{plain(run.name)} has no elites yet")
    if which == CHAMPION:
        return _network(min(elites, key=lambda elite: elite.precedence))
    fitting = [elite for elite in elites if elite.individual.id.startswith(which)]
    if len(fitting) != 1:
        raise InvalidGenome(_no_elite(run, which, [elite.individual.id for elite in elites]))
    return _network(fitting[0])


def _from_engine(run: RunDirectory, which: str) -> Network:
    from galapagos.engine.socket.blocking_client import BlockingClient

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
            answer = client.genome(fitting[0])
        except CommandRefused:
            raise InvalidGenome(_no_elite(run, which, ids)) from None
        return _answered(client, answer, fitting[0], Origin(run.name, snapshot.parameters))


def _answered(client: BlockingClient, answer: dict[str, Any], id: str, origin: Origin) -> Network:
    from galapagos.engine.records.elite_files import elite_of
    from galapagos.genomes.any_genome import genome_from_json

    genome = genome_from_json(answer["genome"])
    if answer["evaluation"] is None:
        return Network(genome, id)
    weights = client.weights(id) if answer.get("trained") else None
    complexity = genome.complexity(origin.parameters["complexity_measure"])
    return _network(elite_of(answer, weights, complexity, origin))


def _elites(run: RunDirectory) -> tuple[Elite, ...]:
    from galapagos.engine.records.checkpoint import load_checkpoint

    checkpoint, problems = load_checkpoint(run.checkpoint_directory)
    if checkpoint is None:
        reason = problems[0] if problems else "it has no checkpoint yet"
        raise InvalidGenome(f"{plain(run.name)} has no elites to read: {plain(reason)}")
    origin = Origin(run.name, checkpoint.parameters)
    return tuple(replace(elite, origin=origin) for elite in checkpoint.elites)


def _network(elite: Elite) -> Network:
    return Network(elite.genome, elite.individual.id, elite=elite)


def _no_elite(run: RunDirectory, which: str, ids: list[str]) -> str:
    if not ids:
        return f"{plain(run.name)} has no elites yet"
    some = ", ".join((*ids[:4], "…") if len(ids) > 4 else ids)
    return f"{plain(which)} is no elite of {plain(run.name)}; its elites are {some}, or `champion`"
