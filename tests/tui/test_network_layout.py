"""Where the neurons and connections of a graph are drawn."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import GraphGenome, graph_genome
from tests.strategies import graph_genomes
from tui.network_layout import LEAST_DISTANCE, GraphLayout, Grid, lay_out, spread
from tui.network_summary import summarise

grids = st.builds(
    Grid,
    left=st.integers(0, 5),
    right=st.integers(6, 150),
    top=st.integers(0, 2),
    height=st.integers(1, 40),
    tall=st.sampled_from([3, 4]),
    wide=st.sampled_from([1, 2]),
)


def graph(num_inputs: int, num_outputs: int, hidden: int, connections: list[tuple[int, int]]) -> GraphGenome:
    """Return a network of tanh neurons without a bias."""
    ends = [Activation.LINEAR] * (num_inputs + num_outputs)
    return graph_genome(
        num_inputs=num_inputs,
        num_outputs=num_outputs,
        activations=ends + [Activation.TANH] * hidden,
        connections=connections,
    )


def laid_out(genome: GraphGenome, grid: Grid) -> GraphLayout:
    layout = lay_out(genome, genome.layers(), grid)
    assert layout is not None
    return layout


def crossings(layout: GraphLayout) -> int:
    """Return how many pairs of lines between the same two layers cross."""
    lines = {line for route in layout.routes for line in pairwise(route)}
    return sum(
        one[0][0] == other[0][0]
        and one[1][0] == other[1][0]
        and (one[0][1] - other[0][1]) * (one[1][1] - other[1][1]) < 0
        for one, other in combinations(sorted(lines), 2)
    )


@settings(max_examples=150, deadline=None)
@given(graph_genomes(max_inputs=12, max_outputs=6, max_hidden=14), grids)
def test_every_network_is_inside_its_area_and_reads_from_left_to_right(
    genome: GraphGenome, grid: Grid
) -> None:
    layout = lay_out(genome, genome.layers(), grid)
    if layout is None:
        return
    assert list(layout.layers) == genome.layers()
    assert grid.left <= layout.columns[0]
    assert layout.columns[-1] <= grid.right
    assert all(right - left >= LEAST_DISTANCE for left, right in pairwise(layout.columns))
    rows = range(grid.top, grid.top + grid.height)
    assert all(row in rows for row in layout.rows)
    for source, target, route in zip(genome.sources, genome.targets, layout.routes, strict=True):
        assert all(one[0] < other[0] for one, other in pairwise(route))
        assert all(y // grid.tall in rows for _, y in route)
        assert (route[0][1], route[-1][1]) == (layout.dots[source], layout.dots[target])
        assert route[0][0] // grid.wide > layout.columns[layout.layers[source]]
        assert route[-1][0] // grid.wide < layout.columns[layout.layers[target]]


@settings(max_examples=150, deadline=None)
@given(graph_genomes(max_inputs=12, max_outputs=6, max_hidden=14), grids)
def test_no_two_neurons_share_a_cell_unless_their_layer_is_a_bar(genome: GraphGenome, grid: Grid) -> None:
    layout = lay_out(genome, genome.layers(), grid)
    if layout is None:
        return
    cells = [
        (layer, row)
        for layer, row in zip(layout.layers, layout.rows, strict=True)
        if layer not in layout.bars
    ]
    assert len(set(cells)) == len(cells)
    for layer in set(layout.layers):
        assert (layer in layout.bars) == (layout.layers.count(layer) > grid.height)


@settings(max_examples=50, deadline=None)
@given(graph_genomes(max_hidden=10), grids)
def test_the_same_network_always_gets_the_same_places(genome: GraphGenome, grid: Grid) -> None:
    again = GraphGenome.from_json(genome.to_json())
    assert lay_out(genome, genome.layers(), grid) == lay_out(again, again.layers(), grid)


@settings(max_examples=50, deadline=None)
@given(graph_genomes(max_inputs=8, max_outputs=6, max_hidden=10), grids)
def test_inputs_and_outputs_keep_their_order(genome: GraphGenome, grid: Grid) -> None:
    layout = lay_out(genome, genome.layers(), grid)
    if layout is not None:
        for ends in (
            layout.dots[: genome.num_sensors],
            layout.dots[genome.num_sensors : genome.first_hidden],
        ):
            assert list(ends) == sorted(ends)


def test_a_small_network_by_hand() -> None:
    # Two inputs (0, 1), an output (2) and a hidden neuron (3) that takes both.
    layout = laid_out(graph(2, 1, 1, [(0, 3), (1, 3), (3, 2)]), Grid(0, 20, 0, 5))
    # 5 rows for 2 inputs make 2 whole rows each, from half a row on: rows 1 and 3.
    assert layout.rows == (1, 3, 2, 2)
    # Lines end in the second of four dots of a cell; the middle of 5 and 13 is 9.
    assert layout.dots == (5, 13, 9, 9)
    assert layout.columns[0] == 0
    assert layout.columns[2] == 20
    # Lines rise and fall by 8 dots in the first gap and by 0 in the second. Half of what is left of 20
    # columns after the least distances, 14, is shared out evenly and half by that: 3 + 3.5 + 7 = 13.5.
    middle = layout.columns[1]
    assert middle == 14
    # A cell beside each neuron stays free.
    assert layout.routes == (
        ((2 * (middle + 2), 9), (2 * 19 - 1, 9)),
        ((4, 5), (2 * (middle - 1) - 1, 9)),
        ((4, 13), (2 * (middle - 1) - 1, 9)),
    )


def test_a_connection_that_passes_a_layer_goes_beside_its_neurons() -> None:
    # The input (0) leads to the output (1) past the hidden neuron (2) in the middle.
    layout = laid_out(graph(1, 1, 1, [(0, 1), (0, 2), (2, 1)]), Grid(0, 20, 0, 5))
    start, *passed, end = layout.routes[0]
    assert {y // 4 for _, y in passed} & {layout.rows[2]} == set()
    # Through both columns of dots of the layer, at one height.
    assert [x // 2 for x, _ in passed] == [layout.columns[1]] * 2
    assert len({y for _, y in passed}) == 1
    assert (start[1], end[1]) == (layout.dots[0], layout.dots[1])


def test_hidden_neurons_are_ordered_so_that_lines_do_not_cross() -> None:
    # Each input has a neuron of its own, numbered the other way round.
    genome = graph(4, 4, 4, [(n, 11 - n) for n in range(4)] + [(11 - n, 4 + n) for n in range(4)])
    layout = laid_out(genome, Grid(0, 30, 0, 12))
    assert crossings(layout) == 0
    assert layout.rows[8:] == tuple(sorted(layout.rows[8:], reverse=True))


def test_connections_out_of_a_neuron_share_their_tracks() -> None:
    # The input (0) leads to two outputs (1, 2) past a hidden neuron (3).
    layout = laid_out(graph(1, 2, 1, [(0, 1), (0, 2), (0, 3), (3, 1)]), Grid(0, 30, 0, 9))
    one, other = layout.routes[0], layout.routes[2]
    assert (one[-1][1], other[-1][1]) == layout.dots[1:3]
    assert one[:-1] == other[:-1]


def test_many_inputs_are_a_bar_along_which_connections_end_in_proportion() -> None:
    layout = laid_out(graph(100, 1, 0, [(0, 100), (50, 100), (99, 100)]), Grid(0, 20, 0, 10))
    assert layout.bars == {0}
    assert [route[0][1] for route in layout.routes] == [0, 20, 39]


def test_layers_that_do_not_fit_beside_each_other_have_no_layout() -> None:
    chain = graph(1, 1, 3, [(0, 2), (2, 3), (3, 4), (4, 1)])
    assert lay_out(chain, chain.layers(), Grid(0, 4 * LEAST_DISTANCE - 1, 0, 5)) is None
    assert lay_out(chain, chain.layers(), Grid(0, 4 * LEAST_DISTANCE, 0, 5)) is not None


def test_lines_that_do_not_fit_above_each_other_have_no_layout() -> None:
    # Each of 40 inputs leads past the layer of a hidden neuron to an output of its own.
    genome = graph(40, 40, 1, [(n, 40 + n) for n in range(40)] + [(0, 80), (80, 40)])
    assert lay_out(genome, genome.layers(), Grid(0, 40, 0, 10)) is None
    assert lay_out(genome, genome.layers(), Grid(0, 40, 0, 11)) is not None


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=12), st.floats(0.1, 5), st.floats(0, 40))
def test_things_in_a_row_do_not_overlap_and_keep_their_order(
    wanted: list[float], size: float, free: float
) -> None:
    room = size * len(wanted) + free
    places = spread(wanted, [size] * len(wanted), [1.0] * len(wanted), room)
    assert all(other - one >= size - 1e-9 for one, other in pairwise(places))
    assert places[0] >= size / 2 - 1e-9
    assert places[-1] <= room - size / 2 + 1e-9


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ([2.0, 8.0], [2.0, 8.0]),  # as wanted, where that is apart
        ([5.0, 5.0], [4.0, 6.0]),  # evenly to both sides
        ([6.0, 4.0], [4.0, 6.0]),  # the order stays
        ([0.0, 0.0], [1.0, 3.0]),  # not outside
        ([10.0, 10.0], [7.0, 9.0]),
    ],
)
def test_things_are_as_close_to_their_wishes_as_can_be(wanted: list[float], places: list[float]) -> None:
    assert spread(wanted, [2.0, 2.0], [1.0, 1.0], 10.0) == pytest.approx(places)


def test_a_summary_counts_neurons_activations_and_connections() -> None:
    genome = graph(3, 2, 3, [(0, 5), (1, 5), (2, 6), (5, 7), (6, 7), (7, 3), (7, 4), (0, 3)])
    summary = summarise(genome, genome.layers(), 9)
    assert [(block.first, block.last, block.neurons) for block in summary.blocks] == [
        (0, 0, 3),
        (1, 1, 2),
        (2, 2, 1),
        (3, 3, 2),
    ]
    assert summary.blocks[1].activations == ((int(Activation.TANH), 2),)
    assert summary.blocks[0].activations == summary.blocks[3].activations == ()
    assert summary.flows() == [(0, 3, 1), (1, 2, 2), (2, 3, 2), (0, 1, 3)]


@settings(max_examples=100, deadline=None)
@given(graph_genomes(max_hidden=12), st.integers(3, 12))
def test_a_summary_leaves_nothing_out(genome: GraphGenome, most: int) -> None:
    summary = summarise(genome, genome.layers(), most)
    assert 2 <= len(summary.blocks) <= max(most, 3)
    assert summary.connections.sum() == genome.num_connections
    assert not np.tril(summary.connections, -1).any()
    assert sum(block.neurons for block in summary.blocks) == genome.num_neurons - genome.bias_input
    layers = [layer for block in summary.blocks for layer in range(block.first, block.last + 1)]
    assert layers == list(range(genome.num_layers()))
    for block in summary.blocks[1:-1]:
        assert sum(count for _, count in block.activations) == block.neurons
