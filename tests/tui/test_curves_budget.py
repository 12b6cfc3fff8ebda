"""What curves may cost: one plot, one second of a fast run, a run of 200,000 generations."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

import numpy as np
import orjson
import pytest

from tui.curves import Batch, Curves, read_batch
from tui.plotted_curves import all_curves_of_fitness
from tui.run_terms import RunTerms
from tui.widgets.fitness_plot import FitnessPlot

pytestmark = pytest.mark.slow
LONG = 200_000


def line(generation: int) -> dict[str, object]:
    names = (
        "best_fitness",
        "mean_fitness",
        "lower_quartile",
        "upper_quartile",
        "champion_fitness",
        "max_objective",
    )
    values = dict.fromkeys(names, 700.123456789 + generation * 7919 % 1000 / 7)
    clocks = {"evaluation_seconds": 0.123456789, "engine_seconds": 0.0123456, "time": 1764081047.1234567}
    others = {"evaluations": 192, "seconds": 0.0654321, "qd_score": 0.2, "coverage": 0.5, **clocks}
    return {
        "type": "generation",
        "generation": generation,
        "champion_id": "0c2020ad5f1e77aa",
        **values,
        **others,
    }


def resident_megabytes() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def read_all(path: Path) -> Curves:
    curves, offset, end, more = Curves(), 0, b"", True
    while more:
        batch = read_batch(path, offset, end)
        offset, end, more = batch.offset, batch.end, batch.more
        curves.extend(batch)
    return curves


def test_four_curves_of_2000_points_are_drawn_in_25_ms() -> None:
    plot, rng = FitnessPlot(), np.random.default_rng(1)
    plot.show(np.arange(2000), {f"curve {number}": rng.normal(size=2000) for number in range(4)})
    took = []
    for _ in range(20):
        began = time.process_time()
        canvas = plot.paint(160, 50)
        for row in range(50):
            canvas.runs(row)
        took.append(time.process_time() - began)
    assert median(took) < 0.025


def test_a_long_run_opens_in_2_s_and_150_mb_and_goes_on_at_50_generations_a_second(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with path.open("wb") as file:
        file.writelines(orjson.dumps(line(number)) + b"\n" for number in range(LONG))
    plot, plotted = FitnessPlot(), all_curves_of_fitness(RunTerms())
    before, began = resident_megabytes(), time.process_time()
    curves = read_all(path)
    plot.show(*plotted.read(curves, RunTerms()), "generation", plotted.faint)
    plot.paint(160, 50)
    assert time.process_time() - began < 2.0
    assert resident_megabytes() - before < 150
    assert curves.last_generation == LONG - 1
    began = time.process_time()
    curves.extend(Batch([line(LONG + number) for number in range(50)], 0, more=False, restarted=False))
    plot.show(*plotted.read(curves, RunTerms()), "generation", plotted.faint)
    plot.paint(160, 50)
    assert time.process_time() - began < 0.1
