"""What colours, lines and letters of a drawn network mean."""

from __future__ import annotations

import numpy as np

from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import graph_genome
from tests.tui.widgets.drawn_networks import DIAMOND, LEARNED, LINEAR, letters_of, lines_of, painted, parts_of
from tui.widgets import network_marks


def test_a_shared_weight_gives_connections_one_colour() -> None:
    parts = parts_of(painted(DIAMOND, 60, 20))
    assert "connection" in parts
    assert not {part for part in parts if part.startswith(("positive", "negative"))}


def test_learned_weights_are_coloured_by_sign_and_strength() -> None:
    # Terciles of 0.2, 0.5, 1, 1, 2: the middle third has both of 1, above it is 2, below are 0.2 and 0.5.
    parts = parts_of(painted(LEARNED, 60, 20))
    shown = {part for part in parts if part.startswith(("positive", "negative", "connection"))}
    assert shown == {"positive-strong", "positive", "negative", "positive-weak", "negative-weak"}


def test_negative_weights_are_broken_lines() -> None:
    def straight(weight: float) -> str:
        genome = graph_genome(
            num_inputs=1,
            num_outputs=1,
            activations=[LINEAR, LINEAR],
            connections=[(0, 1)],
            weights=[weight],
        )
        return next(line for line in lines_of(painted(genome, 30, 7, ascii_only=True)) if "x1" in line)

    assert straight(1.0) == "x1 O -------------------- O y1"
    assert straight(-1.0) == "x1 O ---  ---  ---  ---   O y1"


def test_thirds_of_equal_values_are_the_middle_one() -> None:
    assert network_marks.strengths(np.array([3.0, 3.0])).tolist() == [1, 1]
    assert network_marks.strengths(np.array([1.0, 2.0, 9.0])).tolist() == [0, 1, 2]
    assert network_marks.strengths(np.empty(0)).tolist() == []


def test_the_legend_explains_what_occurs_and_nothing_else() -> None:
    last = lines_of(painted(DIAMOND, 60, 20))[-1]
    assert "∫ tanh" in last
    assert "∩ gaussian" in last
    assert "relu" not in last
    learned = lines_of(painted(LEARNED, 60, 20, ascii_only=True))[-1]
    assert learned.split() == ["R", "relu", "---", "positive", "-", "-", "negative"]


def test_every_activation_has_a_symbol_of_one_cell_of_its_own() -> None:
    for ascii_only in (False, True):
        shown = [
            network_marks.symbol(network_marks.of_activation(code), ascii_only=ascii_only)
            for code in Activation
        ]
        assert len(set(shown)) == len(Activation)
        assert all(len(symbol) == 1 for symbol in shown)
        assert not ascii_only or "".join(shown).isascii()


def test_inputs_that_lead_nowhere_are_muted() -> None:
    genome = graph_genome(num_inputs=2, num_outputs=1, activations=[LINEAR] * 3, connections=[(0, 2)])
    canvas = painted(genome, 40, 10)
    assert letters_of(canvas, "unused") == "x2"
