"""What an engine tells of a run: the sizes of its archive, the spread of a generation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from galapagos.engine.files.log_reading import read_lines
from galapagos.engine.program import open_engine
from galapagos.engine.socket.server import Server
from tests.end_to_end.runs import small_run

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_picture_has_every_elite_and_a_line_has_quartiles(tmp_path: Path) -> None:
    run = small_run(tmp_path / "run", num_generations=3, num_workers=1, checkpoint_every=3600.0)
    with run.lock():
        engine = open_engine(run)
        await engine.run(Server())
    picture = engine.snapshot()
    assert engine.evolution is not None
    assert picture.sizes == tuple(
        (elite.complexity, elite.evaluation.fitness, elite.individual.id, elite.individual.generation)
        for elite in engine.evolution.archive.elites
    )
    assert {elite.id for elite in picture.elites} <= {id for _, _, id, _ in picture.sizes}
    lines = [line for line in read_lines(run.journal_file)[0] if line["type"] == "generation"]
    assert len(lines) == 3
    for line in lines:
        assert line["lower_quartile"] <= line["upper_quartile"] <= line["best_fitness"]
    fitnesses = sorted(fitness for fitness, _ in engine.evolution.fitness_and_complexity)
    place = 0.25 * (len(fitnesses) - 1)
    low, share = int(place), place % 1
    expected = fitnesses[low] * (1 - share) + fitnesses[low + 1] * share
    assert lines[-1]["lower_quartile"] == pytest.approx(expected)
