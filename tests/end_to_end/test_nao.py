"""The walk-through of Galápagos Nǎo (README, Elixir, 2018), step by step, in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import galapagos
from galapagos.engine.records.checkpoint import load_checkpoint
from tests.data_sets import MNIST, needs_mnist

if TYPE_CHECKING:
    from collections.abc import Callable

    from galapagos.engine.run import Run
    from galapagos.engine.snapshot import Snapshot

SEED_STACK = 8
"""Layers in the stack that everything descends from."""


def wait(run: Run, condition: Callable[[Snapshot], bool]) -> Snapshot:
    return run.live_client().wait(condition, timeout=300)


def walk_through(parameters: galapagos.Parameters) -> None:
    batch = galapagos.evolve(parameters)
    assert len(batch.history.generations["generation"]) == 2
    elites = batch.selection.get_all()
    assert set(elites) <= {1, 2}
    assert batch.history.individuals["layers"][0] == SEED_STACK

    run = galapagos.evolve_continual(parameters)
    try:
        wait(run, lambda snapshot: snapshot.generation >= 2)
        before = run.selection.get_all()
        assert set(before) <= {1, 2}
        assert all(0 < elite.evaluation.objectives["test_accuracy"] <= 1 for elite in before.values())

        acts = run.parameters.put(complexity_levels=4)
        wait(
            run,
            lambda snapshot: (
                snapshot.generation > acts and {one.level for one in snapshot.elites} == {1, 2, 3, 4}
            ),
        )

        seen = {one.complexity: one.fitness for one in run.snapshot().elites}
        acts = run.parameters.put(complexity_levels=2)
        wait(run, lambda snapshot: snapshot.generation > acts and len(snapshot.elites) <= 2)
        acts = run.parameters.put(complexity_levels=4)
        wait(run, lambda snapshot: snapshot.generation > acts and len(snapshot.elites) == 4)

        elite = next(iter(run.selection.get_all().values()))
        competes = run.selection.put_unevaluated(elite.individual.genome, parent=elite.individual.id)
        wait(run, lambda snapshot: snapshot.generation > competes)
    finally:
        run.stop()
    individuals = run.history.individuals
    clones = (individuals["operator"] == "inject") & (individuals["generation"] == competes)
    assert individuals["parents"][clones].tolist() == [elite.individual.id]
    assert individuals["fitness"][clones].tolist() == [elite.evaluation.fitness]
    checkpoint, _ = load_checkpoint(run.directory.checkpoint_directory)
    assert checkpoint is not None
    kept = {one.complexity: one.evaluation.fitness for one in checkpoint.elites}
    assert all(kept[complexity] >= fitness for complexity, fitness in seen.items())


def test_the_walk_through_works_on_digits() -> None:
    walk_through(
        galapagos.load_parameters("layers/digits", num_generations=2, generation_size=12, complexity_levels=2)
    )


@pytest.mark.slow
@needs_mnist
def test_the_walk_through_works_on_mnist() -> None:
    walk_through(
        galapagos.load_parameters(
            "layers/mnist", data_dir=str(MNIST), num_generations=2, generation_size=8, complexity_levels=2
        )
    )
