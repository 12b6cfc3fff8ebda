"""What the parts of a run are called."""

from __future__ import annotations

import pytest

from galapagos.fitness import FitnessKind
from tests.tui.experiments import PICTURES
from tui.run_terms import RunTerms, terms_of


@pytest.mark.parametrize(
    ("experiment", "terms"),
    [
        ("wann-gym", RunTerms()),
        ("wann-classification", RunTerms(FitnessKind.LOSS)),
        ("wlnn", RunTerms(FitnessKind.LOSS, shares_weights=False, learning_rule="backprop")),
        ("learning", RunTerms(FitnessKind.LOSS, "epoch", shares_weights=False, learning_rule="backprop")),
        ("layers", RunTerms(FitnessKind.ACCURACY, measure="layers", shares_weights=False)),
    ],
)
def test_each_experiment_has_its_terms(experiment: str, terms: RunTerms) -> None:
    assert terms_of(PICTURES[experiment]()) == terms


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        (FitnessKind.REWARD, "Reward"),
        (FitnessKind.LOSS, "Loss"),
        (FitnessKind.ACCURACY, "Accuracy (%)"),
    ],
)
def test_a_title_names_what_fitness_is(kind: FitnessKind, title: str) -> None:
    assert RunTerms(kind).fitness == title


def test_generations_are_numbered_from_zero_and_epochs_from_one() -> None:
    assert RunTerms().number_of(0) == 0
    assert RunTerms(step="epoch").number_of(0) == 1


def test_what_ends_a_run_has_its_parameter() -> None:
    assert (RunTerms().breeds, RunTerms().number_of_steps) == (True, "num_generations")
    assert (RunTerms(step="epoch").breeds, RunTerms(step="epoch").number_of_steps) == (False, "num_epochs")
