"""Elites as plain data, wherever they come from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.evolution.archive import Elite
from galapagos.evolution.individual import Origin
from galapagos.fitness import FitnessKind
from tests.engine.fakes import GENOME
from tests.engine.populations import random_evaluation, random_individual
from tests.library_store.elites import graph_elite
from tests.tui.saved_elites import entry_of
from tests.tui.shown_elites import CHILD, HOSTILE, PARENT, image_elite, parameters_of, swing_up_elite
from tui.shown_elite import inspect, number, of_answer, of_entry, of_files

if TYPE_CHECKING:
    from pathlib import Path

any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def test_an_answer_of_the_engine_is_taken_as_it_is(tmp_path: Path) -> None:
    known = swing_up_elite().known
    elite = of_answer(known, parameters_of("wann-gym"), title="Elite 3", run_directory=tmp_path)
    assert elite == swing_up_elite(run_directory=tmp_path)
    assert elite.known == known
    assert elite.task == "CartPoleSwingUp"


@given(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(["id", "genome", "evaluation", "parents", "generation", "operator"], any_json),
    )
)
def test_any_answer_can_be_inspected(known: dict[str, Any]) -> None:
    inspected = inspect(of_answer(known, {}, title="Elite"))
    assert inspected.genome is None
    assert inspected.problem
    assert inspected.summary.connections == 0


def test_what_is_inspected_is_what_a_snapshot_would_tell() -> None:
    inspected = inspect(swing_up_elite())
    summary = inspected.summary
    assert inspected.genome is not None
    assert inspected.genome.to_json() == GENOME.to_json()
    assert (summary.connections, summary.neurons, summary.layers) == (6, 8, 4)
    assert (summary.fitness, summary.standard_deviation, summary.best_weight) == (558.8, 47.9, -1.0)
    assert summary.born == 214


@pytest.mark.parametrize(
    ("experiment", "kind", "step", "epochs"),
    [
        ("wann-classification", FitnessKind.LOSS, "generation", 0),
        ("wlnn", FitnessKind.LOSS, "generation", 5),
        ("learning", FitnessKind.LOSS, "epoch", 0),
        ("layers", FitnessKind.ACCURACY, "generation", 5),
    ],
)
def test_each_kind_is_told_in_its_words(experiment: str, kind: FitnessKind, step: str, epochs: int) -> None:
    inspected = inspect(image_elite(experiment))
    assert inspected.problem == ""
    assert inspected.elite.terms.kind is kind
    assert inspected.elite.terms.step == step
    assert inspected.summary.epochs == epochs
    assert inspected.summary.accuracies["test_accuracy"] == 0.927
    assert inspected.elite.has_learned == (experiment == "learning")
    assert inspected.elite.task == "digits"


def test_without_an_evaluation_there_is_no_fitness() -> None:
    summary = inspect(swing_up_elite(evaluation=None)).summary
    assert math.isnan(summary.fitness)
    assert summary.best_weight is None


def test_one_of_the_files_is_like_one_of_the_engine() -> None:
    rng = np.random.default_rng(1)
    individual = random_individual(rng, 4, (PARENT,))
    elite = Elite(individual, random_evaluation(rng), 20, Origin("run", parameters_of("wann-gym")))
    shown = of_files(elite, title="Elite 2")
    assert (shown.id, shown.parents, shown.generation) == (individual.id, (PARENT,), 4)
    assert inspect(shown).genome == individual.genome
    assert shown.parameters["experiment"] == "wann-gym"


def test_one_of_the_library_keeps_what_it_is_called() -> None:
    elite = graph_elite(fitness=700.0)
    shown = of_entry(entry_of(elite, name="the good one"))
    assert (shown.title, shown.id) == ("the good one", elite.individual.id)
    assert shown.evaluation is not None
    assert shown.evaluation["fitness"] == 700.0
    assert not shown.has_learned


def test_hostile_words_are_no_danger_to_what_is_read() -> None:
    elite = swing_up_elite(id=HOSTILE, parameters={"experiment": HOSTILE, "dataset": HOSTILE})
    assert inspect(elite).problem == ""
    assert "\x1b" not in elite.task
    assert len(elite.task) <= 200


@pytest.mark.parametrize("value", [None, True, "1", [1], {}])
def test_what_is_no_number_is_nan(value: object) -> None:
    assert math.isnan(number(value))
    assert number(2) == 2.0


def test_ids_of_the_examples_differ() -> None:
    assert CHILD != PARENT
