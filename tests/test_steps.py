"""What one turn of a run is called, and its number."""

from __future__ import annotations

import pytest

from galapagos.steps import step_name, step_number, step_text


@pytest.mark.parametrize(
    "experiment", ["wann-gym", "wann-classification", "wlnn", "layers", "of another version"]
)
def test_generations_are_numbered_from_zero(experiment: str) -> None:
    assert step_name(experiment) == "generation"
    assert step_number(experiment, 0) == 0
    assert step_text(experiment, 7) == "generation 7"
    assert step_text(experiment, 7, width=5) == "generation     7"


def test_epochs_are_numbered_from_one() -> None:
    assert step_name("learning") == "epoch"
    assert step_number("learning", 0) == 1
    assert step_text("learning", 7) == "epoch 8"
    assert step_text("learning", 9, width=4) == "epoch   10"
