"""Individuals and evaluations as JSON: nothing is lost but arrays, and what was written before is read."""

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import orjson
import pytest
from hypothesis import given

from galapagos.engine.records.individual_json import (
    evaluation_from_json,
    evaluation_to_json,
    individual_from_json,
    individual_to_json,
    outcome_from_json,
    outcome_to_json,
)
from galapagos.errors import InvalidGenome
from galapagos.evaluation import EpochResult, Evaluation, Outcome
from galapagos.evolution.individual import Individual
from tests.engine.populations import (
    random_evaluation,
    random_genome,
    random_individual,
    random_learning,
    random_outcomes,
    random_stack,
)
from tests.strategies import outcomes, seeds

if TYPE_CHECKING:
    from galapagos.genomes.genome import Genome


@given(outcomes())
def test_an_outcome_comes_back(outcome: Outcome) -> None:
    assert outcome_from_json(orjson.loads(orjson.dumps(outcome_to_json(outcome)))) == outcome


@given(seeds())
def test_epochs_and_accuracies_come_back(seed: int) -> None:
    for outcome in random_outcomes(np.random.default_rng(seed), 6):
        assert outcome_from_json(orjson.loads(orjson.dumps(outcome_to_json(outcome)))) == outcome


def test_json_of_an_evaluation_without_learning_is_what_it_was_before() -> None:
    evaluation = random_evaluation(np.random.default_rng(0))
    bare = tuple(replace(result, accuracy=None) for result in evaluation.by_weight)
    data = evaluation_to_json(replace(evaluation, by_weight=bare))
    assert list(data) == [*("fitness", "objectives", "by_weight", "trials", "standard_deviation", "steps")]
    assert list(data["by_weight"][0]) == ["weight", "mean", "std", "trials"]


def test_arrays_are_not_in_json() -> None:
    data = evaluation_to_json(random_learning(np.random.default_rng(0)))
    assert not {"trained", "optimizer_state"} & set(data)
    assert evaluation_from_json(data).trained is None


def test_what_an_epoch_does_not_have_is_left_out_and_what_is_not_finite_comes_back_as_no_number() -> None:
    evaluation = replace(
        random_learning(np.random.default_rng(0)),
        by_epoch=(EpochResult(1, math.nan, 0.5, test_accuracy=0.25),),
    )
    (epoch,) = evaluation_to_json(evaluation)["by_epoch"]
    assert list(epoch) == ["epoch", "loss", "accuracy", "test_accuracy"]
    (again,) = evaluation_from_json(orjson.loads(orjson.dumps(evaluation_to_json(evaluation)))).by_epoch
    assert math.isnan(again.loss)
    assert again == replace(evaluation.by_epoch[0], loss=again.loss)


def test_individuals_of_every_kind_come_back() -> None:
    rng = np.random.default_rng(1)
    genomes: list[Genome] = [random_genome(rng, learned=True), random_genome(rng), random_stack(rng)]
    genomes.append(random_stack(rng, learned=True))
    for genome in genomes:
        individual = Individual("0" * 16, genome, ("1" * 16,), "add_node", 4)
        again = individual_from_json(orjson.loads(orjson.dumps(individual_to_json(individual))))
        assert again == individual


@pytest.mark.parametrize("part", [{"genome": {"kind": "tree"}}, {"genome": None}, {"generation": "x"}])
def test_what_is_no_individual_is_refused_in_one_line(part: dict[str, object]) -> None:
    data = individual_to_json(random_individual(np.random.default_rng(0), 0)) | part
    with pytest.raises(InvalidGenome) as caught:
        individual_from_json(data)
    assert str(caught.value).isprintable()


def test_an_evaluation_equals_itself_whatever_it_learned() -> None:
    evaluation = random_learning(np.random.default_rng(0))
    assert isinstance(evaluation, Evaluation)
    assert replace(evaluation, trained=None) == evaluation
