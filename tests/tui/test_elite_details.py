"""What an answer of the engine says of an elite."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.plain_text import plain
from tests.engine.fakes import GENOME, elite_summary
from tests.tui.experiments import LAYERS, known_of
from tests.tui.widgets.examples import any_text
from tui.elite_details import EpochFacts, WeightFacts, epoch_facts, layer_lines, weight_facts


def test_a_stack_is_written_from_the_inputs_to_the_outputs() -> None:
    assert layer_lines({"genome": LAYERS}) == [
        "784 inputs",
        "dense 64 relu",
        "batch norm",
        "dropout 0.50",
        "leaky relu 0.20",
        "activation tanh",
        "flatten",
        "10 outputs",
    ]


def test_an_empty_stack_is_inputs_and_outputs() -> None:
    assert layer_lines({"genome": {**LAYERS, "layers": []}}) == ["784 inputs", "10 outputs"]


@pytest.mark.parametrize("genome", [GENOME.to_json(), None, [], {"kind": "other"}])
def test_other_genomes_are_no_stack(genome: object) -> None:
    assert layer_lines({"genome": genome}) == []


def test_weights_are_not_written_out() -> None:
    heavy = {"type": "dense", "units": 4, "activation": "none", "weights": {"float32": "A" * 1000}}
    assert layer_lines({"genome": {**LAYERS, "layers": [heavy]}})[1] == "dense 4 none"


def test_weights_and_epochs_are_read() -> None:
    learned = known_of(elite_summary(1, epochs=2, accuracies={}), "wlnn")
    assert epoch_facts(learned)[0] == EpochFacts(1, 1.0, 0.5, 1 - 1.1 / 2, 1 - 1.2 / 2)
    assert weight_facts(learned) == []
    shared = known_of(elite_summary(1, fitness=-1.0), "wann-classification")
    assert weight_facts(shared)[-2] == WeightFacts(1.0, -1.0, 0.0, 0.7)
    assert epoch_facts(shared) == []


def test_what_was_not_measured_is_none_and_a_loss_that_was_not_finite_nan() -> None:
    (only,) = epoch_facts({"evaluation": {"by_epoch": [{"epoch": 3, "loss": None, "accuracy": 0.5}]}})
    assert math.isnan(only.loss)
    assert only[2:] == (0.5, None, None)


names = st.sampled_from(
    [
        "evaluation",
        "by_weight",
        "by_epoch",
        "genome",
        "kind",
        "layers",
        "type",
        "units",
        "rate",
        "epoch",
        "loss",
    ]
)
any_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | any_text,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(names | any_text, children, max_size=4),
    max_leaves=12,
)


@given(any_json, any_json, any_json)
def test_any_answer_is_read_without_harm(epochs: Any, layers: Any, other: Any) -> None:
    known = {
        "evaluation": {"by_epoch": epochs, "by_weight": other},
        "genome": {"kind": "layers", "layers": layers, "num_inputs": other},
    }
    for line in layer_lines(known):
        assert plain(line, len(line) + 1).replace(" ", "") == line.replace(" ", "")
    epoch_facts(known)
    weight_facts(known)
    if isinstance(other, dict):
        layer_lines(other)
        epoch_facts(other)
