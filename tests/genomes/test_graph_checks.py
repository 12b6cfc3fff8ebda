"""Graphs from columns: every rule of a genome is held, as it is where one is read from JSON."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.errors import InvalidGenome
from galapagos.genomes.graph import GraphGenome
from galapagos.genomes.graph_checks import check_graphs
from tests.engine.populations import random_genome
from tests.strategies import graph_genomes

BASE = GraphGenome(
    num_inputs=2,
    num_outputs=1,
    activations=np.array([1, 1, 1, 5, 9], dtype=np.uint8),
    sources=np.array([3, 0, 1, 3], dtype=np.int32),
    targets=np.array([2, 3, 4, 4], dtype=np.int32),
    weights=np.array([0.5, -1.0, 2.0, 0.0]),
)


def changed(**parts: Any) -> GraphGenome:
    return replace(BASE, **parts)


def graph(sources: list[int], targets: list[int], **parts: Any) -> GraphGenome:
    return changed(
        sources=np.array(sources, dtype=np.int32),
        targets=np.array(targets, dtype=np.int32),
        weights=None,
        **parts,
    )


@given(st.lists(graph_genomes(weighted=None), max_size=5))
def test_whatever_is_a_genome_passes(genomes: list[GraphGenome]) -> None:
    check_graphs(genomes)


@pytest.mark.parametrize(
    ("genome", "line"),
    [
        (changed(num_inputs=0), "fewer neurons"),
        (changed(num_outputs=4), "fewer neurons"),
        (changed(activations=np.array([1, 1, 1, 12, 9], dtype=np.uint8)), "activation that is none"),
        (changed(activations=np.array([1, 2, 1, 5, 9], dtype=np.uint8)), "not linear"),
        (changed(activations=np.array([1, 1, 0, 5, 9], dtype=np.uint8)), "activation that is none"),
        (changed(weights=np.array([0.5, np.nan, 2.0, 0.0])), "not finite"),
        (changed(feedback=np.array([0.5, np.inf, 2.0, 0.0])), "not finite"),
        (changed(epochs=-1), "out of range"),
        (changed(weights=None, epochs=3), "without weights"),
        (changed(weights=None, feedback=np.zeros(4)), "without weights"),
        (graph([0], [5]), "outside"),
        (graph([5], [3]), "outside"),
        (graph([-1], [3]), "outside"),
        (graph([0], [1]), "into an input"),
        (graph([2], [3]), "starts at an output"),
        (graph([0, 0], [3, 3]), "stands twice"),
        (graph([1, 0], [3, 3]), "out of order"),
        (graph([0, 0], [4, 3]), "out of order"),
        (graph([4, 3], [3, 4]), "cycle"),
        (graph([3], [3]), "cycle"),
    ],
)
def test_what_breaks_a_rule_is_refused_in_any_company(genome: GraphGenome, line: str) -> None:
    for genomes in ([genome], [BASE, genome, BASE], [genome, genome]):
        with pytest.raises(ValueError, match=line):
            check_graphs(genomes)


@given(st.data())
def test_it_refuses_what_reading_from_json_refuses(data: st.DataObject) -> None:
    size, hidden = data.draw(st.integers(0, 8)), data.draw(st.integers(0, 4))
    numbers = st.integers(0, 4 + hidden)
    genome = graph(
        data.draw(st.lists(numbers, min_size=size, max_size=size)),
        data.draw(st.lists(numbers, min_size=size, max_size=size)),
        activations=np.array([1, 1, 1, *[9] * hidden], dtype=np.uint8),
    )
    try:
        is_one = GraphGenome.from_json(genome.to_json()).to_json() == genome.to_json()
    except InvalidGenome:
        is_one = False
    if is_one:
        check_graphs([genome])
    else:
        with pytest.raises(ValueError, match="connection"):
            check_graphs([genome])


def test_a_long_chain_and_a_long_cycle_cost_little_time() -> None:
    hidden = 99_990
    activations: Any = np.concatenate([np.ones(3), np.full(hidden, 9)]).astype(np.uint8)
    chain = graph(list(range(3, 2 + hidden)), list(range(4, 3 + hidden)), activations=activations)
    start = time.process_time()
    check_graphs([chain])
    cycle = graph([2 + hidden, *range(3, 2 + hidden)], [3, *range(4, 3 + hidden)], activations=activations)
    with pytest.raises(ValueError, match="cycle"):
        check_graphs([cycle])
    assert time.process_time() - start < 3


def test_a_large_population_passes() -> None:
    rng = np.random.default_rng(1)
    check_graphs([random_genome(rng, 200, learned=bool(number % 2)) for number in range(50)])
