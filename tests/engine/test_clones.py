"""Clones that were put into a generation: scored in any case, and told of in the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from galapagos.engine.clones import clone_lines, with_clones
from galapagos.engine.commands import Inject, command_to_json
from galapagos.engine.program import open_engine
from galapagos.engine.records.checkpoint import load_checkpoint
from galapagos.engine.records.command_log import CommandLog
from galapagos.engine.socket.server import Server
from galapagos.evaluation import Failed
from galapagos.evolution.archive import Archive
from galapagos.evolution.individual import INITIAL, INJECT, create
from galapagos.genomes.graph_mutation import initial_genome
from galapagos.parameters import Parameters
from tests.end_to_end.runs import journal, small_run

if TYPE_CHECKING:
    from pathlib import Path

    from galapagos.evolution.archive import Elite
    from galapagos.evolution.individual import Individual

FEW: dict[str, Any] = {"num_generations": 3, "num_workers": 1, "checkpoint_every": 3600.0}


def individual(index: int, operator: str = INJECT, parents: tuple[str, ...] = ("0" * 16,)) -> Individual:
    genome = initial_genome(5, 1, np.random.default_rng(index), Parameters(env_name="CartPoleSwingUp"))
    return create(genome, parents=parents, operator=operator, seed=0, generation=4, index=index)


async def evolve(
    directory: Path, injected: tuple[tuple[int, Elite], ...] = ()
) -> tuple[tuple[Elite, ...], list[dict[str, Any]]]:
    """Evolve a small run, with elites put into it in given generations; return its elites and journal."""
    run = small_run(directory, **FEW, seed=3 if injected else 7)
    log = CommandLog(run.commands_file)
    for generation, elite in injected:
        command = Inject(elite.individual.genome.to_json(), elite.individual.id, "an old friend")
        log.append(generation, command_to_json(command) | {"client": "a test"})
    with run.lock():
        await open_engine(run).run(Server())
    checkpoint, _ = load_checkpoint(run.checkpoint_directory)
    assert checkpoint is not None
    return checkpoint.elites, journal(run)


def test_clones_are_scored_beside_the_challengers_and_only_once() -> None:
    population = [individual(0, INITIAL, ()), individual(1), individual(2), individual(3, INITIAL, ())]
    assert with_clones([3, 1], population, 4) == [3, 1, 2]
    assert with_clones([0], population, 5) == [0]


def test_a_clone_that_failed_is_told_of_with_its_reason() -> None:
    (line,) = clone_lines(Archive("connections"), [individual(1)], [Failed("timeout", "after 3 s")], 4)
    assert (line["failed"], line["fitness"], line["elite"]) == ("timeout: after 3 s", None, False)


async def test_a_clone_scores_in_another_run_what_its_original_scored(tmp_path: Path) -> None:
    first, _ = await evolve(tmp_path / "first")
    saved = max(first, key=lambda elite: elite.evaluation.fitness)
    elites, lines = await evolve(tmp_path / "second", ((1, saved),))
    (note,) = [line for line in lines if line["type"] == "inject"]
    (clone,) = [line for line in lines if line["type"] == "clone"]
    assert (note["source"], note["parent"]) == ("an old friend", saved.individual.id)
    assert (clone["parent"], clone["fitness"]) == (saved.individual.id, saved.evaluation.fitness)
    (at_its_size,) = [elite for elite in elites if elite.complexity == saved.complexity]
    assert at_its_size.evaluation.fitness >= saved.evaluation.fitness


async def test_in_the_first_generation_clones_take_the_places_of_random_networks(
    tmp_path: Path,
) -> None:
    first, _ = await evolve(tmp_path / "first")
    _, lines = await evolve(tmp_path / "second", tuple((0, elite) for elite in first))
    assert sum(line["type"] == "clone" for line in lines) == len(first)
    counted = next(line for line in lines if line["type"] == "generation")
    # Beside the population only challengers and clones are evaluated, on the fixed set.
    assert 24 < counted["evaluations"] <= 24 + 8 + len(first)
