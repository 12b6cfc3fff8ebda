"""Numbers that overflow or diverge are a failure in every kind of task, and never come into an archive."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest

from galapagos.evaluation import Evaluation, EvaluationPlan, Failed
from galapagos.evolution.archive import Archive
from galapagos.genomes.graph import GraphGenome
from galapagos.genomes.layers import LayerGenome
from galapagos.tasks.catalogue import build_task
from tests.learning.conftest import one_thread  # noqa: F401  a fixture, for all tests here
from tests.strategies import individual_of
from tests.tasks.scripted import Scripted, dense, make_scripted, registered
from tests.tasks.subjects import Subject, control_subjects, image_subjects, plan_of, swing_up_in_python

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from galapagos.evaluation import Outcome
    from galapagos.genomes.genome import Genome

HIGHEST_LR = 100.0
SUBJECTS = (*control_subjects(), *image_subjects())
LEARNERS = tuple(subject for subject in image_subjects() if subject.name != "wann-classification")
LEARNERS_WITH_ALL = tuple(
    subject for subject in image_subjects(every_optimizer=True) if subject.name != "wann-classification"
)
SCALES = (1e3, 1e9, 1e15, 1e18, 1e22, 1e30, 1e36)
"""Factors of weights: squares of float32 overflow from about 1e19 on, weights themselves from 1e38."""


@pytest.fixture
def in_python() -> Iterator[Subject]:
    yield from swing_up_in_python()


def at(subject: Subject, **changes: float) -> Subject:
    """Return the subject with other parameters."""
    parameters = subject.parameters.changed(**changes)
    return Subject(subject.name, parameters, partial(build_task, parameters))


def scaled(genome: Genome, factor: float) -> Genome:
    """Return the network with its weights, or those that it begins with, this much larger."""
    if isinstance(genome, LayerGenome):
        count = sum(genome.weight_counts())
        return genome.with_trained(np.full(count, np.float32(min(factor, 3e38))), 1)
    assert isinstance(genome, GraphGenome)
    assert genome.weights is not None
    return genome.with_trained((genome.weights * factor).astype(np.float32), 0)


def assert_finite_or_failed(outcome: Outcome) -> None:
    """Assert that every number of an evaluation is finite."""
    if isinstance(outcome, Failed):
        assert outcome.kind == "not_finite"
        return
    numbers = [outcome.fitness, outcome.standard_deviation, *outcome.objectives.values()]
    numbers += [number for one in outcome.by_weight for number in (one.mean, one.std)]
    for epoch in outcome.by_epoch:
        told = (epoch.loss, epoch.accuracy, epoch.validation_loss, epoch.validation_accuracy)
        numbers += [number for number in told if number is not None]
    assert all(map(math.isfinite, numbers))
    assert outcome.trained is None or np.isfinite(outcome.trained).all()


def assert_no_elite(genomes: Sequence[Genome], outcomes: Sequence[Outcome], failing: set[int]) -> None:
    """Assert that those who failed neither challenge nor take a place, and that others do both."""
    archive = Archive("connections" if isinstance(genomes[0], GraphGenome) else "layers")
    population = [individual_of(genome, index) for index, genome in enumerate(genomes)]
    challengers = archive.challengers(population, outcomes, len(population))
    assert challengers
    assert not failing & set(challengers)
    for individual, outcome in zip(population, outcomes, strict=True):
        archive.place(individual, outcome)
    elites = {elite.id for elite in archive.elites}
    assert elites
    assert not elites & {population[index].id for index in failing}


def assert_overflow_fails(subject: Subject) -> None:
    networks = [subject.overflowing(), *subject.grown(1), subject.overflowing()]
    outcomes = subject.build().evaluate(networks, plan_of(subject, trials=1, weights=(1.0,)))
    first, other, last = outcomes
    assert isinstance(first, Failed)
    assert first.kind == "not_finite"
    assert first.message.endswith("is not a finite number")
    assert first == last
    assert isinstance(other, Evaluation)
    assert_finite_or_failed(other)
    assert_no_elite(networks, outcomes, {0, 2})


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
def test_a_network_whose_outputs_are_no_numbers_fails_and_is_no_elite(subject: Subject) -> None:
    assert_overflow_fails(subject)


def test_so_it_does_where_the_swing_up_is_played_step_by_step(in_python: Subject) -> None:
    assert_overflow_fails(in_python)


@pytest.mark.parametrize("reward", [math.nan, math.inf, -math.inf, 1e308, np.float32("inf")])
def test_an_environment_whose_returns_are_no_numbers_has_no_elites(reward: float) -> None:
    plan = EvaluationPlan((1, 2), (-1.0, 1.0))
    with registered("ScriptedForTests-v0", Scripted, steps=4) as name:
        (outcome,) = make_scripted(name, reward=reward).evaluate([dense(2, 2)], plan)
    assert isinstance(outcome, Failed)
    assert outcome.kind == "not_finite"
    archive = Archive("connections")
    assert archive.challengers([individual_of(dense(2, 2), 0)], [outcome], 8) == []
    assert not archive.place(individual_of(dense(2, 2), 0), outcome)


def test_finite_returns_whose_mean_is_not_finite_are_a_failure_of_the_task() -> None:
    with registered("ScriptedForTests-v0", Scripted, steps=1) as name:
        outcomes = make_scripted(name, reward=1e308).evaluate([dense(2, 2)], EvaluationPlan((1, 2), (1.0,)))
    line = "the mean or the deviation of the returns is not a finite number"
    assert outcomes == [Failed("not_finite", line)]


def assert_learning_is_finite_or_fails(subject: Subject) -> list[Outcome]:
    plan = plan_of(subject, trials=1, weights=(1.0,))
    networks = subject.grown(3)
    found = at(subject, lr=HIGHEST_LR, batch_size=64).build().evaluate(networks, plan)
    found += subject.build().evaluate([scaled(networks[0], factor) for factor in SCALES], plan)
    for outcome in found:
        assert_finite_or_failed(outcome)
    return found


@pytest.mark.parametrize("subject", LEARNERS, ids=lambda subject: subject.name)
def test_learning_that_may_diverge_ends_with_finite_numbers_or_fails(subject: Subject) -> None:
    found = assert_learning_is_finite_or_fails(subject)
    assert {type(outcome) for outcome in found} == {Evaluation, Failed}


@pytest.mark.parametrize("name", ["learning hebbian", "layers"])
def test_a_learning_rate_at_which_learning_diverges_is_a_failure(name: str) -> None:
    (subject,) = (one for one in LEARNERS if one.name == name)
    wild = at(subject, lr=HIGHEST_LR, batch_size=16)
    networks = subject.grown(3)
    outcomes = wild.build().evaluate(networks, plan_of(wild, trials=1, weights=(1.0,)))
    failing = {index for index, outcome in enumerate(outcomes) if isinstance(outcome, Failed)}
    assert failing
    assert len(failing) < len(networks)
    assert_no_elite(networks, outcomes, failing)


@pytest.mark.slow
@pytest.mark.parametrize("lr", [1.0, 10.0, HIGHEST_LR])
@pytest.mark.parametrize("subject", LEARNERS_WITH_ALL, ids=lambda subject: subject.name)
def test_so_it_does_with_every_optimizer(subject: Subject, lr: float) -> None:
    changed = at(subject, lr=lr)
    assert_learning_is_finite_or_fails(changed)
    plan = plan_of(changed, trials=1, weights=(1.0,))
    for genome in changed.grown(4):
        for factor in np.geomspace(1.0, 1e38, 39).tolist():
            (outcome,) = changed.build().evaluate([scaled(genome, factor)], plan)
            assert_finite_or_failed(outcome)
