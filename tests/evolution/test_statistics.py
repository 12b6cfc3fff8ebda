"""QD score and coverage always equal a recount, and do not move with the view."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.evolution.archive import Archive, Elite
from galapagos.evolution.statistics import coverage, qd_score
from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import GraphGenome, graph_genome
from tests.strategies import archives, evaluation_of, individual_of

# The upper ends of the 32 cells, by hand from 4096^(i / 32) = 1.297^i, each at least one above the last.
HIGHS = [
    1, 2, 3, 4, 5, 6, 7, 8, 10, 13, 17, 23, 29, 38, 49, 64,
    83, 108, 140, 181, 235, 304, 395, 512, 664, 861, 1117, 1448, 1878, 2435, 3158, 4096,
]  # fmt: skip


def network(connections: int) -> GraphGenome:
    return graph_genome(
        num_inputs=max(connections, 1),
        num_outputs=1,
        activations=[Activation.LINEAR] * (max(connections, 1) + 1),
        connections=[(source, max(connections, 1)) for source in range(connections)],
    )


def elite(connections: int, fitness: float) -> Elite:
    individual = individual_of(network(connections), index=connections)
    return Elite(individual, evaluation_of([fitness]), connections)


def recount(elites: tuple[Elite, ...], low: float, high: float) -> tuple[float, float]:
    """Count cell by cell."""
    total, filled, below = 0.0, 0, -1
    for high_size in [*HIGHS[:-1], 10**9]:
        inside = [
            elite
            for elite in elites
            if below < elite.individual.genome.complexity("connections") <= high_size
        ]
        qualities = [(elite.evaluation.fitness - low) / (high - low) for elite in inside]
        total += max([min(max(quality, 0), 1) for quality in qualities], default=0)
        filled += bool(inside)
        below = high_size
    return total / 32, filled / 32


@given(archives(), st.tuples(st.floats(-500, 0), st.floats(1, 500)))
def test_statistics_equal_a_recount(archive: Archive, fitness_range: tuple[float, float]) -> None:
    expected = recount(archive.elites, *fitness_range)
    assert qd_score(archive.elites, fitness_range) == pytest.approx(expected[0], abs=1e-12)
    assert coverage(archive.elites) == expected[1]


@pytest.mark.parametrize(("cell", "high"), list(enumerate(HIGHS)))
def test_every_cell_can_be_filled_and_ends_where_it_should(cell: int, high: int) -> None:
    assert len(HIGHS) == 32
    elites = [elite(high, 1.0)]
    assert coverage(elites) == 1 / 32
    if cell < 31:
        assert coverage([*elites, elite(high + 1, 1.0)]) == 2 / 32
    if cell > 0:
        assert coverage([*elites, elite(HIGHS[cell - 1] + 1, 1.0)]) == 1 / 32


def test_a_full_grid_at_the_highest_fitness_scores_one() -> None:
    assert qd_score([elite(high, 1000.0) for high in HIGHS], (0, 1000)) == 1.0
    assert coverage([elite(high, 0.0) for high in HIGHS]) == 1.0


def test_scores_are_those_computed_by_hand() -> None:
    elites = [elite(1, 500.0), elite(9, 250.0), elite(10, 750.0), elite(64, 5000.0), elite(200, -10.0)]
    # Cells: 1 → 0.5; 9 and 10 share one → 0.75; 64 is clipped to 1; 200 to 0 but fills its cell.
    assert qd_score(elites, (0, 1000)) == pytest.approx((0.5 + 0.75 + 1 + 0) / 32)
    assert coverage(elites) == 4 / 32
    assert (qd_score([], (0, 1000)), coverage([])) == (0.0, 0.0)


def test_a_network_beyond_the_grid_counts_in_the_cell_at_its_end() -> None:
    assert coverage([elite(0, 1.0), elite(1, 1.0)]) == 1 / 32
    assert coverage([elite(4096, 1.0), elite(5000, 1.0)]) == 1 / 32


def test_layers_have_a_grid_of_their_own() -> None:
    two_layers = [elite(1, 1000.0), elite(5, 1000.0)]
    assert coverage(two_layers, "layers") == 1 / 32
    assert qd_score(two_layers, (0, 1000), "layers") == 1 / 32


@given(archives())
def test_the_measure_of_the_archive_does_not_move_the_statistics(archive: Archive) -> None:
    again = Archive("neurons")
    elites = [
        Elite(one.individual, one.evaluation, one.individual.genome.complexity("neurons"))
        for one in archive.elites
    ]
    assert qd_score(elites, (-1000, 1000)) == qd_score(archive.elites, (-1000, 1000))
    assert coverage(elites) == coverage(archive.elites)
    assert again.elites == ()
