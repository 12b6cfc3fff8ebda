"""Outcomes on their way from a worker: plain values and flat float32 arrays."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from galapagos.engine.pool.worker_pipe import FrameReader, frame, outcome_from_plain, plain_outcome
from galapagos.evaluation import EpochResult, Evaluation, Outcome
from tests.engine.populations import random_evaluation, random_learning, random_outcomes
from tests.strategies import outcomes, seeds


def sent(outcome: Outcome) -> Outcome:
    ((plain,),) = FrameReader().feed(frame((plain_outcome(outcome, 0.0),)))
    return outcome_from_plain(plain)


@given(outcomes())
def test_an_outcome_arrives_as_it_was_sent(outcome: Outcome) -> None:
    assert sent(outcome) == outcome


@given(seeds())
def test_what_was_learned_arrives_bit_for_bit_and_cannot_be_written(seed: int) -> None:
    for outcome in random_outcomes(np.random.default_rng(seed), 5):
        arrived = sent(outcome)
        assert arrived == outcome
        for name in ("trained", "optimizer_state"):
            one, other = getattr(outcome, name, None), getattr(arrived, name, None)
            assert (one is None) == (other is None)
            if one is not None and other is not None:
                assert (one.dtype, one.tobytes()) == (other.dtype, other.tobytes())
                assert not other.flags.writeable


def test_one_without_learning_is_as_short_as_it_was_before() -> None:
    evaluation = random_evaluation(np.random.default_rng(0))
    assert len(plain_outcome(evaluation, 0.0)) == 7
    assert len(plain_outcome(replace(evaluation, trained=np.zeros(2, np.float32)), 0.0)) == 10


def test_numbers_of_numpy_become_plain_and_arrays_are_copied() -> None:
    trained: Any = np.arange(12, dtype=np.float64)[::2]
    numbers: list[Any] = [np.int64(1), np.float32(0.5), np.float32(0.25), None, np.float64(0.75)]
    learned = replace(
        random_learning(np.random.default_rng(0)),
        by_epoch=(EpochResult(*numbers),),
        trained=trained,
        optimizer_state=None,
    )
    plain = plain_outcome(learned, 0.0)
    by_epoch, array, state = plain[7:]
    assert [type(value) for value in by_epoch[0]] == [int, float, float, type(None), float, type(None)]
    assert array.dtype == np.float32
    assert array.flags.c_contiguous
    assert not np.shares_memory(array, trained)
    assert state is None
    arrived = outcome_from_plain(plain)
    assert isinstance(arrived, Evaluation)
    assert arrived.trained is not None
    assert arrived.trained.tolist() == [0, 2, 4, 6, 8, 10]


def test_weights_that_are_no_numbers_are_refused() -> None:
    wrong: Any = "weights"
    evaluation = replace(random_learning(np.random.default_rng(0)), trained=wrong)
    with pytest.raises(ValueError, match="could not convert"):
        plain_outcome(evaluation, 0.0)
