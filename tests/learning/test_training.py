"""What every way of training shares: batches, which connections matter, what optimizers remember."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.errors import InvalidGenome
from galapagos.learning.training import (
    batch_sizes,
    pack_memory,
    trained_connections,
    unpack_memory,
    weights_and_feedback,
)
from galapagos.parameter_declarations import Optimizer
from tests.learning.learners import NUM_INPUTS, learner, random_learner
from tests.strategies import random_genome, seeds

HIDDEN = NUM_INPUTS + 4


@given(st.integers(1, 1000), st.integers(1, 300))
def test_every_image_is_in_a_batch_and_only_the_last_batch_may_be_smaller(images: int, batch: int) -> None:
    sizes = batch_sizes(images, batch).tolist()
    assert sum(sizes) == images
    assert all(size == batch for size in sizes[:-1])
    assert 1 <= sizes[-1] <= batch


def test_a_connection_is_trained_where_its_target_leads_to_an_output() -> None:
    first, second, third, output = HIDDEN, HIDDEN + 1, HIDDEN + 2, NUM_INPUTS
    genome = learner([(0, first), (first, second), (second, output), (1, third), (first, third)], hidden=3)
    pairs = list(zip(genome.sources.tolist(), genome.targets.tolist(), strict=True))
    trained = [
        pair for pair, is_trained in zip(pairs, trained_connections(genome), strict=True) if is_trained
    ]
    assert set(trained) == {(0, first), (first, second), (second, output)}


@given(seeds())
def test_which_connections_are_trained_agrees_with_a_search_along_paths(seed: int) -> None:
    genome = random_learner(seed, share=0.15)
    pairs = list(zip(genome.sources.tolist(), genome.targets.tolist(), strict=True))

    def leads(neuron: int) -> bool:
        is_output = NUM_INPUTS <= neuron < genome.first_hidden
        return is_output or any(leads(target) for source, target in pairs if source == neuron)

    assert trained_connections(genome).tolist() == [leads(target) for _, target in pairs]


@pytest.mark.parametrize("optimizer", ["adam", "adadelta"])
def test_a_memory_comes_back_as_it_was(optimizer: Optimizer) -> None:
    moments = np.arange(6, dtype=np.float32).reshape(2, 3)
    memory = pack_memory(optimizer, 5, list(moments))
    assert memory.dtype == np.float32
    steps, again = unpack_memory(memory, optimizer, 3)
    assert steps == 5
    assert again.tolist() == moments.tolist()


def test_sgd_remembers_nothing_but_its_steps() -> None:
    memory = pack_memory("sgd", 7, [])
    assert len(memory) == 2
    steps, moments = unpack_memory(memory, "sgd", 3)
    assert (steps, moments.tolist()) == (7, [[0] * 3] * 2)


def test_the_memory_of_another_optimizer_or_another_network_is_not_taken() -> None:
    memory = pack_memory("adam", 5, [np.ones(3), np.ones(3)])
    for optimizer, connections in (("adadelta", 3), ("sgd", 3), ("adam", 4)):
        steps, moments = unpack_memory(memory, optimizer, connections)  # type: ignore[arg-type]
        assert steps == 0
        assert not moments.any()


def test_a_memory_counts_no_further_than_float32_can() -> None:
    memory = pack_memory("adam", 10**9, [np.zeros(1), np.zeros(1)])
    assert unpack_memory(memory, "adam", 1)[0] == 2**24


def test_a_network_without_weights_of_its_own_is_refused() -> None:
    with pytest.raises(InvalidGenome, match="a network that learns needs both"):
        weights_and_feedback(random_genome(0))
