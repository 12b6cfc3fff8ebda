"""The cells of an archive and the levels over them, held against the archive and the levels themselves."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galapagos.evolution import levels
from galapagos.evolution.archive import Archive, Elite, bin_of
from galapagos.parameters import Parameters
from tests.engine.populations import random_evaluation, random_individual
from tui.archive_cells import cells_of, level_of, levels_over, shown_by, sizes_of_cell

if TYPE_CHECKING:
    from galapagos.parameter_declarations import LevelBoundaries


def archive(seed: int, elites: int) -> Archive:
    rng = np.random.default_rng(seed)
    return Archive(
        "connections",
        [
            Elite(random_individual(rng, 0), random_evaluation(rng), int(rng.integers(0, 400)))
            for _ in range(elites)
        ],
    )


def sizes(elites: tuple[Elite, ...]) -> list[tuple[int, float, str, int]]:
    return [(one.complexity, one.evaluation.fitness, one.individual.id, 3) for one in elites]


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 50),
    st.integers(1, 30),
    st.integers(1, 20),
    st.sampled_from(["uniform", "logarithmic", "quantile"]),
)
def test_the_levels_that_are_previewed_are_those_that_the_engine_makes(
    seed: int, count: int, number: int, boundaries: LevelBoundaries
) -> None:
    elites = archive(seed, count).elites
    parameters = Parameters(complexity_levels=number, level_boundaries=boundaries)
    cells = cells_of(sizes(elites), {})
    over = levels_over(cells, number, boundaries)
    expected = levels.view(elites, parameters)
    assert {
        level.number: (level, cell.id)
        for level in over
        if (cell := shown_by(cells, over).get(level.number)) is not None
    } == {key: (level, elite.individual.id) for key, (level, elite) in expected.items()}


def test_sizes_without_an_elite_have_a_cell_where_a_network_was_seen() -> None:
    cells = cells_of([(5, 10.0, "a", 3), (9, math.nan, "b", 3)], {5: 11.0, 7: 2.0, 100: 4.0, 101: 5.0})
    assert [(cell.complexity, cell.has_elite) for cell in cells] == [(5, True), (7, False), (101, False)]
    assert (cells[0].fitness, cells[0].seen, cells[0].born) == (10.0, 11.0, 3)
    assert math.isnan(cells[1].fitness)
    assert cells[2].seen == 5.0
    over = levels_over(cells, 2, "uniform")
    assert level_of(cells[2], over) is None


def test_without_elites_there_are_no_levels() -> None:
    assert cells_of([], {}) == ()
    assert levels_over(cells_of([], {3: 1.0}), 4, "uniform") == ()


@pytest.mark.parametrize("complexity", [0, 1, 64, 65, 69, 100, 5000, 2**30])
def test_the_sizes_of_a_cell_are_those_of_its_bin(complexity: int) -> None:
    low, high = sizes_of_cell(complexity)
    assert low <= complexity <= high
    assert bin_of(low) == bin_of(high) == bin_of(complexity)
    assert bin_of(high + 1) != bin_of(complexity)
    assert low == 0 or bin_of(low - 1) != bin_of(complexity)
