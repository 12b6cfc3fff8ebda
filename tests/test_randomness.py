"""Streams of random numbers: named, apart from each other, and frozen."""

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from galapagos.randomness import SHARED_SEED, Purpose, generator, trial_seeds
from tests.strategies import seeds


def test_the_values_of_purposes_are_frozen() -> None:
    assert {purpose.name: purpose.value for purpose in Purpose} == {
        "INITIAL_POPULATION": 1,
        "REPRODUCTION": 2,
        "EPISODES": 3,
        "CONFIRMATION": 4,
        "TEST": 5,
        "MEASURE": 6,
        "BATCHES": 7,
        "INITIAL_WEIGHTS": 8,
    }
    assert SHARED_SEED == 0


def test_a_stream_is_that_of_a_seed_sequence_with_generation_and_purpose_as_key() -> None:
    expected = np.random.default_rng(np.random.SeedSequence(7, spawn_key=(3, 2, 11)))
    assert generator(7, 3, Purpose.REPRODUCTION, 11).random(5).tolist() == expected.random(5).tolist()


@given(seeds(), st.integers(0, 10**6), st.sampled_from(Purpose))
def test_the_same_name_gives_the_same_stream(seed: int, generation: int, purpose: Purpose) -> None:
    first, second = (generator(seed, generation, purpose).random(8).tolist() for _ in range(2))
    assert first == second


def test_streams_of_other_seeds_generations_and_purposes_are_other_streams() -> None:
    names = [(seed, generation, purpose) for seed in (0, 1) for generation in (0, 1) for purpose in Purpose]
    streams = [generator(*name).random(4).tolist() for name in names]
    assert all(one != other for one, other in combinations(streams, 2))


@given(seeds(), st.integers(0, 1000), st.sampled_from(Purpose), st.integers(0, 30), st.integers(0, 30))
def test_fewer_trials_are_a_prefix_of_more(
    seed: int, generation: int, purpose: Purpose, few: int, more: int
) -> None:
    trials = trial_seeds(seed, generation, purpose, few + more)
    assert trial_seeds(seed, generation, purpose, few) == trials[:few]
    assert len(trials) == few + more
    assert all(0 <= trial < 2**32 for trial in trials)


def test_the_starts_of_confirmations_and_tests_are_apart_and_the_same_in_every_run() -> None:
    confirmation = trial_seeds(SHARED_SEED, 0, Purpose.CONFIRMATION, 16)
    test = trial_seeds(SHARED_SEED, 0, Purpose.TEST, 100)
    assert not set(confirmation) & set(test)
    # Elites of all runs and libraries compare on these, so they must never change.
    assert confirmation[:3] == tuple(
        np.random.SeedSequence(0, spawn_key=(0, 4)).generate_state(16)[:3].tolist()
    )
