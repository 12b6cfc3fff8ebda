"""An evaluation is the same alone, in a population, in another order and in other chunks, bit for bit.

For every shipped experiment of control, and on the digits for every kernel and rule of learning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from galapagos.evaluation import Evaluation, EvaluationData, EvaluationPlan, Failed
from tests.learning.conftest import one_thread  # noqa: F401  a fixture, for all tests here
from tests.tasks.subjects import (
    Subject,
    control_subjects,
    exact,
    image_subjects,
    plan_of,
    swing_up_in_python,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from galapagos.evaluation import Task
    from galapagos.genomes.genome import Genome

SUBJECTS = (*control_subjects(), *image_subjects())
MANY = (*control_subjects(), *image_subjects(every_optimizer=True))


@pytest.fixture
def in_python() -> Iterator[Subject]:
    yield from swing_up_in_python()


def evaluated(
    task: Task, networks: Sequence[Genome], plan: EvaluationPlan, *, chunk: int
) -> list[tuple[Any, ...]]:
    """Evaluate networks in chunks of so many and return all that must be the same."""
    chunks = (networks[first : first + chunk] for first in range(0, len(networks), chunk))
    return [exact(outcome) for some in chunks for outcome in task.evaluate(some, plan)]


def assert_the_same_in_any_company(
    subject: Subject,
    networks: Sequence[Genome],
    plan: EvaluationPlan,
    arrangements: Sequence[tuple[Sequence[int], int]],
) -> None:
    """Evaluate networks alone by a fresh task, then by one other in orders and chunks, after each other."""
    alone = evaluated(subject.build(), networks, plan, chunk=1)
    task = subject.build()
    for order, chunk in arrangements:
        found = evaluated(task, [networks[place] for place in order], plan, chunk=chunk)
        assert found == [alone[place] for place in order], (subject.name, order, chunk)


def assert_short(subject: Subject, plan: EvaluationPlan) -> None:
    first, second, third = subject.grown(3)
    networks = [first, subject.overflowing(), second, third]
    outcomes = subject.build().evaluate(networks, plan)
    assert [isinstance(outcome, Failed) for outcome in outcomes] == [False, True, False, False]
    assert_the_same_in_any_company(subject, networks, plan, [((0, 1, 2, 3), 4), ((3, 1, 0, 2), 3)])


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
def test_a_network_is_evaluated_the_same_in_any_company(subject: Subject) -> None:
    assert_short(subject, plan_of(subject, trials=1, weights=(1.0,)))


def test_so_it_is_where_the_swing_up_is_played_step_by_step(in_python: Subject) -> None:
    assert_short(in_python, plan_of(in_python, trials=1, weights=(1.0,)))


@pytest.mark.parametrize("data", [EvaluationData.ARCHIVE, EvaluationData.TEST])
def test_so_it_is_on_the_images_of_the_archive_and_of_the_test(data: EvaluationData) -> None:
    (subject,) = (one for one in SUBJECTS if one.name == "wann-classification")
    assert_short(subject, EvaluationPlan((0,), (-0.5, 1.0), data))


def test_what_must_be_the_same_is_told_apart_by_its_last_bit() -> None:
    zero, minus = (Evaluation(fitness, {}, (), 1, 0.0, 1) for fitness in (0.0, -0.0))
    assert zero == minus
    assert exact(zero) != exact(minus)
    one, other = (
        Evaluation(0.0, {}, (), 1, 0.0, 1, trained=np.array([value], np.float32)) for value in (1, 2)
    )
    assert one == other
    assert exact(one) != exact(other)


def assert_thorough(subject: Subject) -> None:
    plan = plan_of(subject, trials=2, weights=(-1.5, 0.5, 1.0))
    networks = [*subject.grown(9), subject.overflowing(), subject.grown(1)[0]]
    rng, count = np.random.default_rng(1), len(networks)
    arrangements = [(rng.permutation(count).tolist(), chunk) for chunk in (1, 2, 3, 5, count)]
    assert_the_same_in_any_company(subject, networks, plan, arrangements)


@pytest.mark.slow
@pytest.mark.parametrize("subject", MANY, ids=lambda subject: subject.name)
def test_so_are_many_with_several_weights_and_starts_in_chunks_of_every_size(subject: Subject) -> None:
    assert_thorough(subject)


@pytest.mark.slow
def test_so_are_many_where_the_swing_up_is_played_step_by_step(in_python: Subject) -> None:
    assert_thorough(in_python)
