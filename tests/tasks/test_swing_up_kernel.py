"""The lock-step kernel against the readable reference, a plain published one, and itself in any company."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galapagos.genomes.activation import EVOLVED, Activation
from galapagos.genomes.graph import GraphGenome
from galapagos.genomes.wann_matrix import read_wann_matrix
from galapagos.networks.compiled import compile_networks
from galapagos.networks.forward import forward, neuron_inputs
from galapagos.tasks.own_environments.cart_pole_swing_up import CartPoleSwingUp, starting_states
from galapagos.tasks.swing_up_benchmark import fixed_networks
from galapagos.tasks.swing_up_kernel import play_swing_up
from tests.strategies import graph_genomes, seeds

WEIGHTS = np.array([-2.0, -1.0, -0.5, 0.5, 1.0, 2.0])
CHAMPION = Path(__file__).parents[3] / "shared" / "data" / "wann-champions" / "swing.out"


def genomes() -> st.SearchStrategy[GraphGenome]:
    return graph_genomes(num_inputs=5, num_outputs=1, weighted=None)


def play_reference(genome: GraphGenome, weight: float, seed: int, max_steps: int) -> tuple[float, int]:
    """Play one episode with the readable reference."""
    environment = CartPoleSwingUp()
    observation, _ = environment.reset(seed=seed)
    total, steps, terminated = 0.0, 0, False
    while not terminated and steps < max_steps:
        observation, reward, terminated, _, _ = environment.step(forward(genome, weight, observation))
        total += reward
        steps += 1
    return total, steps


def publish_activation(number: int, x: float) -> float:
    """Return an activation as the code of Gaier & Ha writes it, by the mathematical library."""
    return {
        Activation.LINEAR: lambda: x,
        Activation.STEP: lambda: 1.0 if x > 0.0 else 0.0,
        Activation.SINE: lambda: math.sin(math.pi * x),
        Activation.GAUSSIAN: lambda: math.exp(-x * x / 2.0),
        Activation.TANH: lambda: math.tanh(x),
        Activation.SIGMOID: lambda: (math.tanh(x / 2.0) + 1.0) / 2.0,
        Activation.INVERSE: lambda: -x,
        Activation.ABS: lambda: abs(x),
        Activation.RELU: lambda: max(0.0, x),
        Activation.COSINE: lambda: math.cos(math.pi * x),
    }[Activation(number)]()


def published_output(genome: GraphGenome, weight: float, observation: list[float]) -> float:
    """Return the output as the published code has it: a column of the weight matrix for each neuron."""
    matrix = np.zeros((genome.num_neurons, genome.num_neurons))
    matrix[genome.sources, genome.targets] = weight
    values = np.zeros(genome.num_neurons)
    values[: genome.num_sensors] = [1.0] * genome.bias_input + observation
    for neuron in np.argsort(genome.layers(), kind="stable")[genome.num_sensors :]:
        if neuron in genome.targets:
            total = float(values @ matrix[:, neuron])
            values[neuron] = publish_activation(genome.activations[neuron], total)
    return float(values[genome.num_sensors])


def is_near_a_jump(genome: GraphGenome, weight: float, observation: list[float]) -> bool:
    """Return whether a step neuron sees an input so small that rounding may decide about it."""
    inputs = neuron_inputs(genome, weight, observation)
    steps = np.flatnonzero(genome.activations == Activation.STEP)
    return any(abs(inputs[neuron]) < 1e-12 for neuron in steps if neuron in genome.targets)


def play_published(
    genome: GraphGenome, weight: float, start: list[float], max_steps: int
) -> tuple[float, bool]:
    """Play an episode by the published formulas and libm; tell whether a step neuron was near its jump."""
    x, x_dot, theta, theta_dot = start
    total, near = 0.0, False
    for _ in range(max_steps):
        s, c = math.sin(theta), math.cos(theta)
        observation = [x, x_dot, c, s, theta_dot]
        near = near or is_near_a_jump(genome, weight, observation)
        f = 10.0 * min(1.0, max(-1.0, published_output(genome, weight, observation)))
        x_force = -0.6 * theta_dot**2 * s + 1.5 * 9.82 * s * c + 4 * f - 0.4 * x_dot
        theta_force = -0.9 * theta_dot**2 * s * c + 6 * 9.82 * s + 6 * (f - 0.1 * x_dot) * c
        x, theta = x + 0.01 * x_dot, theta + 0.01 * theta_dot
        x_dot += 0.01 * x_force / (4 - 1.5 * c**2)
        theta_dot += 0.01 * theta_force / (2.4 - 0.9 * c**2)
        total += (math.cos(theta) + 1.0) / 2.0 * math.cos(x / 2.4 * math.pi / 2.0)
        if abs(x) > 2.4:
            break
    return total, near


@settings(max_examples=50)
@given(genome=genomes(), weight=st.sampled_from(WEIGHTS.tolist()), seed=seeds())
def test_twenty_steps_of_any_network_equal_the_readable_reference(
    genome: GraphGenome, weight: float, seed: int
) -> None:
    networks, starts = compile_networks([genome]), starting_states([seed])
    for max_steps in (1, 7, 20):
        returns, steps = play_swing_up(networks, np.array([weight]), starts, max_steps=max_steps)
        expected, taken = play_reference(genome, weight, seed, max_steps)
        assert returns[0, 0, 0] == pytest.approx(expected, rel=0, abs=1e-9)
        assert returns[0, 0, 0] == expected  # in fact it is the same arithmetic, in the same order
        assert steps[0, 0, 0] == taken


def test_twenty_steps_equal_the_published_formulas_by_libm() -> None:
    networks, start = fixed_networks(30, count=60), starting_states([11])
    assert {kind for network in networks for kind in network.activations.tolist()} == set(EVOLVED)
    returns, _ = play_swing_up(compile_networks(networks), np.array([-1.0, 0.5]), start, max_steps=20)
    excluded = 0
    for network, (negative, positive) in zip(networks, returns[:, :, 0].tolist(), strict=True):
        for weight, actual in ((-1.0, negative), (0.5, positive)):
            expected, near = play_published(network, weight, start[0].tolist(), 20)
            excluded += near
            assert near or actual == pytest.approx(expected, rel=0, abs=1e-9)
    assert excluded <= 6, f"{excluded} of 120 networks have a step neuron near its jump"


def test_whole_episodes_have_the_distribution_of_the_published_formulas() -> None:
    """Chaos parts them after a while; three means within 4 standard errors (p < 2e-4 in all)."""
    networks, starts = fixed_networks(10, count=3), starting_states(range(24))
    returns, _ = play_swing_up(compile_networks(networks), np.array([1.0]), starts)
    for network, ours in zip(networks, returns[:, 0], strict=True):
        published = np.array([play_published(network, 1.0, start, 1000)[0] for start in starts.tolist()])
        tolerance = 4 * math.sqrt((ours.var() + published.var()) / len(starts))
        assert abs(ours.mean() - published.mean()) <= tolerance


def test_whole_episodes_equal_the_readable_reference() -> None:
    for network in fixed_networks(10, count=4):
        returns, steps = play_swing_up(compile_networks([network]), np.array([1.0]), starting_states([2]))
        assert (returns[0, 0, 0], steps[0, 0, 0]) == play_reference(network, 1.0, 2, 1000)


@given(
    chunk=st.lists(genomes(), min_size=1, max_size=4),
    weights=st.lists(st.floats(-3, 3), min_size=1, max_size=7),
    trials=st.lists(seeds(), min_size=1, max_size=7),
    lanes=st.sampled_from([4, 8, 12, 24, 48, 64]),
    max_steps=st.sampled_from([1, 60, 1000]),
)
def test_an_episode_alone_is_the_same_bit_for_bit_in_any_chunk_and_any_lane(
    chunk: list[GraphGenome], weights: list[float], trials: list[int], lanes: int, max_steps: int
) -> None:
    starts, values = starting_states(trials), np.array(weights)
    returns, steps = play_swing_up(compile_networks(chunk), values, starts, lanes=lanes, max_steps=max_steps)
    for network, genome in enumerate(chunk):
        for weight in range(len(weights)):
            for trial in range(len(trials)):
                alone, alone_steps = play_swing_up(
                    compile_networks([genome]),
                    values[weight : weight + 1],
                    starts[trial : trial + 1],
                    max_steps=max_steps,
                )
                assert returns[network, weight, trial].tobytes() == alone.tobytes()
                assert steps[network, weight, trial] == alone_steps[0, 0, 0]


def test_more_episodes_than_lanes_are_all_played() -> None:
    networks, starts = compile_networks(fixed_networks(10, count=2)), starting_states(range(50))
    few, few_steps = play_swing_up(networks, WEIGHTS, starts, lanes=4)
    many, many_steps = play_swing_up(networks, WEIGHTS, starts, lanes=304)
    assert few.tobytes() == many.tobytes()
    assert few_steps.tobytes() == many_steps.tobytes()
    assert few_steps.min() >= 1


@pytest.fixture(scope="module")
def champion() -> GraphGenome:
    if not CHAMPION.exists():
        pytest.skip("the published champion is not here: no folder `shared` beside this checkout")
    return read_wann_matrix(CHAMPION.read_text())


def test_the_published_champion_scores_its_figures_weight_by_weight(champion: GraphGenome) -> None:
    """Six means over 200 starts, each within 4 standard errors of the difference (p < 4e-4 in all)."""
    published = [(543, 113), (683, 95), (521, 5), (522, 4), (701, 6), (687, 12)]
    returns, _ = play_swing_up(compile_networks([champion]), WEIGHTS, starting_states(range(200)))
    for row, (mean, deviation) in zip(returns[0], published, strict=True):
        assert abs(row.mean() - mean) <= 4 * math.sqrt(row.var() / 200 + deviation**2 / 200) + 0.5
    assert returns.mean() == pytest.approx(609, abs=4 * 75 / math.sqrt(1200) * math.sqrt(2))
