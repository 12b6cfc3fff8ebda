"""The first networks that learn: their structure, their weights, and how evenly they are drawn."""

import time
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.errors import InvalidGenome
from galapagos.genomes.activation import Activation
from galapagos.genomes.graph import MAX_CONNECTIONS, GraphGenome
from galapagos.genomes.graph_mutation import FEEDBACK_DEVIATION, WEIGHT_DEVIATION
from galapagos.genomes.learning_networks import evolving_founder, lone_founder, with_weights
from galapagos.parameters import Parameters
from tests.chi_square import assert_frequencies
from tests.genomes.test_graph_mutation import checked_again, pairs_of, rng_of
from tests.strategies import graph_genomes, seeds

EVOLVING = Parameters(experiment="wlnn", p_initial_connection_enabled=1.0)
LONE = Parameters(experiment="learning", p_initial_connection_enabled=1.0)


def assert_is_normal(drawn: np.ndarray, deviation: float) -> None:
    # Five standard errors of a mean and of a standard deviation: one in a million each.
    assert abs(drawn.mean()) < 5 * deviation / np.sqrt(drawn.size)
    assert abs(drawn.std() - deviation) < 5 * deviation / np.sqrt(2 * drawn.size)


def assert_is_valid(genome: GraphGenome) -> None:
    assert genome.weights is not None
    assert genome.feedback is not None
    assert genome.epochs == 0
    again = checked_again(genome)
    for name in ("activations", "sources", "targets", "weights"):
        one, other = getattr(again, name), getattr(genome, name)
        assert (one.dtype, one.tobytes()) == (other.dtype, other.tobytes())
        assert not other.flags.writeable
    assert genome.feedback.shape == genome.weights.shape == (genome.num_connections,)
    assert set(genome.activations[genome.first_hidden :].tolist()) <= {Activation.RELU}


@given(st.integers(1, 8), st.integers(1, 5), st.floats(0, 1), seeds())
def test_a_founder_of_evolution_is_valid(num_inputs: int, num_outputs: int, share: float, seed: int) -> None:
    parameters = EVOLVING.changed(p_initial_connection_enabled=share)
    genome = evolving_founder(num_inputs, num_outputs, rng_of(seed), parameters)
    assert_is_valid(genome)
    assert (genome.num_inputs, genome.num_outputs, genome.bias_input) == (num_inputs, num_outputs, False)
    # Every split adds a neuron and a connection, so that each neuron has both.
    hidden = genome.num_neurons - genome.first_hidden
    assert 0 <= hidden <= genome.num_connections - hidden <= num_inputs * num_outputs
    for neuron in range(genome.first_hidden, genome.num_neurons):
        assert (genome.sources == neuron).sum() == (genome.targets == neuron).sum() == 1


def test_half_of_the_connections_are_split_on_average_as_a_binomial_says() -> None:
    rng = rng_of(1)
    counts = Counter(evolving_founder(2, 2, rng, EVOLVING).num_neurons - 4 for _ in range(2000))
    assert_frequencies(counts, {0: 1 / 16, 1: 4 / 16, 2: 6 / 16, 3: 4 / 16, 4: 1 / 16})


def test_each_split_is_drawn_evenly_from_the_connections_of_the_moment() -> None:
    rng = rng_of(2)
    genomes = [evolving_founder(2, 1, rng, EVOLVING) for _ in range(3000)]
    counts = Counter(frozenset(pairs_of(genome)) for genome in genomes if genome.num_neurons == 5)
    # Two inputs 0 and 1, the output 2; neuron 3 splits one of two connections, 4 one of three.
    expected = {
        frozenset({(split, 3), (3, 2), (other, 2)} - {second} | {(second[0], 4), (4, second[1])})
        for split, other in ((0, 1), (1, 0))
        for second in ((split, 3), (3, 2), (other, 2))
    }
    assert len(expected) == 6
    assert_frequencies(counts, dict.fromkeys(expected, 1 / 6))


@pytest.mark.parametrize("founder", [evolving_founder, lone_founder])
def test_weights_have_a_deviation_of_a_tenth_and_feedback_of_one(founder: Callable[..., GraphGenome]) -> None:
    genome = founder(100, 50, rng_of(3), LONE)
    assert genome.weights is not None
    assert genome.feedback is not None
    assert genome.num_connections >= 5000
    assert_is_normal(genome.weights, WEIGHT_DEVIATION)
    assert_is_normal(genome.feedback, FEEDBACK_DEVIATION)


@given(st.integers(1, 6), st.integers(1, 4), st.integers(0, 6), st.floats(0, 1), seeds())
def test_a_founder_of_learning_alone_joins_each_layer_to_the_next(
    num_inputs: int, num_outputs: int, hidden: int, share: float, seed: int
) -> None:
    parameters = LONE.changed(num_hidden=hidden, p_initial_connection_enabled=share)
    genome = lone_founder(num_inputs, num_outputs, rng_of(seed), parameters)
    assert_is_valid(genome)
    assert genome.num_neurons == genome.first_hidden + hidden
    inputs, outputs = range(genome.num_sensors), range(genome.num_sensors, genome.first_hidden)
    middle = range(genome.first_hidden, genome.num_neurons)
    steps = [(inputs, middle), (middle, outputs)] if hidden else [(inputs, outputs)]
    allowed = {(source, target) for below, above in steps for source in below for target in above}
    assert pairs_of(genome) <= allowed
    if share == 1:
        assert pairs_of(genome) == allowed


def test_each_connection_of_learning_alone_is_there_with_the_given_probability() -> None:
    rng = rng_of(4)
    parameters = LONE.changed(num_hidden=2, p_initial_connection_enabled=0.3)
    counts: Counter[tuple[int, int]] = Counter()
    for _ in range(2000):
        counts.update(pairs_of(lone_founder(3, 2, rng, parameters)))
    assert len(counts) == 10
    for count in counts.values():
        # Five standard deviations of a binomial: less than one in a million for each of ten pairs.
        assert abs(count - 600) < 5 * np.sqrt(2000 * 0.3 * 0.7)


@given(graph_genomes(), seeds())
def test_a_network_gets_weights_to_learn_with_once(genome: GraphGenome, seed: int) -> None:
    learner = with_weights(genome, rng_of(seed))
    assert learner.weights is not None
    assert learner.feedback is not None
    assert with_weights(learner, rng_of(seed + 1)) == learner
    assert pairs_of(learner) == pairs_of(genome)
    assert learner.activations.tolist() == genome.activations.tolist()


def test_what_a_network_cannot_connect_is_refused_in_one_line() -> None:
    with pytest.raises(InvalidGenome, match=r"^100000 inputs and 18 outputs are more than .*connections$"):
        evolving_founder(100_000, 18, rng_of(0), EVOLVING)
    with pytest.raises(InvalidGenome, match=r"^num_hidden: 400 between 256 inputs and 10 outputs .*100000"):
        lone_founder(256, 10, rng_of(0), LONE.changed(num_hidden=400))
    with pytest.raises(InvalidGenome, match=r"^num_hidden: 99999 between 1 inputs"):
        lone_founder(1, 2, rng_of(0), LONE.changed(num_hidden=99_999))


def test_a_founder_that_is_nearly_too_large_is_made_soon_and_stays_within_bounds() -> None:
    start = time.process_time()
    genome = evolving_founder(9_999, 10, rng_of(0), EVOLVING)
    assert genome.num_connections == MAX_CONNECTIONS
    assert genome.num_neurons == genome.first_hidden + 10
    assert time.process_time() - start < 5
