"""Graphs as JSON: nothing is lost, and what is no graph is refused in one line."""

import json
import time
from dataclasses import replace
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galapagos.errors import InvalidGenome
from galapagos.genomes.graph import MAX_CONNECTIONS, MAX_EPOCHS, MAX_NEURONS, GraphGenome
from galapagos.genomes.learning_networks import with_weights
from tests.genomes.test_graph import CHAIN
from tests.strategies import graph_genomes, seeds


@given(graph_genomes(weighted=None))
def test_json_loses_nothing(genome: GraphGenome) -> None:
    text = orjson.dumps(genome.to_json())
    again = GraphGenome.from_json(orjson.loads(text))
    assert again == genome
    assert hash(again) == hash(genome)
    assert orjson.dumps(again.to_json()) == text


@given(graph_genomes(weighted=None), seeds(), st.integers(0, MAX_EPOCHS))
def test_json_loses_nothing_of_a_network_that_learns(genome: GraphGenome, seed: int, epochs: int) -> None:
    learner = replace(with_weights(genome, np.random.default_rng(seed)), epochs=epochs)
    again = GraphGenome.from_json(orjson.loads(orjson.dumps(learner.to_json())))
    assert again == learner
    assert again.epochs == epochs
    for one, other in ((again.weights, learner.weights), (again.feedback, learner.feedback)):
        assert one is not None
        assert other is not None
        assert one.tobytes() == other.tobytes()


def test_json_of_a_network_that_has_not_learned_is_what_it_was_before_networks_could() -> None:
    assert list(CHAIN.to_json()) == [
        *("kind", "version", "num_inputs", "num_outputs", "bias_input", "activations", "connections")
    ]
    assert list(GraphGenome.from_json(CHAIN.to_json() | {"weights": [1, 2, 3, 4]}).to_json())[7:] == [
        "weights"
    ]


@pytest.mark.parametrize(
    ("part", "line"),
    [
        ({"kind": "layers"}, 'with "kind": "graph"'),
        ({"version": 2}, "version 2 cannot be read"),
        ({"version": True}, "version True"),
        ({"version": "9" * 10**6}, "cannot be read"),
        ({"num_inputs": 0}, "num_inputs"),
        ({"num_inputs": 2.0}, "num_inputs"),
        ({"num_inputs": True}, "num_inputs"),
        ({"num_inputs": None}, "num_inputs"),
        ({"num_inputs": 10**18}, "num_inputs"),
        ({"num_inputs": 5}, "5 neurons cannot hold 5 inputs"),
        ({"num_outputs": -1}, "num_outputs"),
        ({"bias_input": "false"}, "bias_input"),
        ({"bias_input": True}, "linear"),
        ({"activations": "linear"}, "activations, a list"),
        ({"activations": None}, "activations, a list"),
        ({"activations": ["linear"] * 3 + ["tanh", "softmax"]}, "'softmax' is no activation"),
        ({"activations": ["linear"] * 3 + ["tanh", ["tanh"]]}, "is no activation"),
        ({"activations": ["tanh"] + ["linear"] * 4}, "inputs and outputs is linear"),
        ({"activations": ["linear"] * (MAX_NEURONS + 1)}, "at most 100000"),
        ({"connections": {"0": 3}}, "connections, a list"),
        ({"connections": ["03"]}, "is no connection"),
        ({"connections": [[0, 3, 4]]}, "is no connection"),
        ({"connections": [[0.0, 3]]}, "is no connection"),
        ({"connections": [[0, True]]}, "is no connection"),
        ({"connections": [[0, 5]]}, "outside"),
        ({"connections": [[-1, 3]]}, "outside"),
        ({"connections": [[3, 1]]}, "into an input"),
        ({"connections": [[2, 3]]}, "starts at an output"),
        ({"connections": [[0, 3], [0, 3]]}, "twice"),
        ({"connections": [[3, 4], [4, 3]]}, "cycle"),
        ({"connections": [[3, 3]]}, "cycle"),
        ({"connections": [[0, 3]] * (MAX_CONNECTIONS + 1)}, "at most 100000"),
        ({"connections": [[0, 10**30]]}, "outside"),
        ({"weights": [1.0]}, "one for each connection"),
        ({"weights": [1.0, 1.0, 1.0, float("nan")]}, "finite"),
        ({"weights": [1.0, 1.0, 1.0, float("inf")]}, "finite"),
        ({"weights": [1.0, 1.0, 1.0, 10**400]}, "finite"),
        ({"weights": [1.0, 1.0, 1.0, "1"]}, "numbers"),
        ({"weights": {}}, "weights, a list"),
        ({"feedback": [1.0, 1.0, 1.0, 1.0]}, "a network that has weights"),
        ({"epochs": 1}, "a network that has weights"),
        ({"weights": [1, 1, 1, 1], "feedback": [1.0]}, "feedback must be finite numbers, one for each"),
        ({"weights": [1, 1, 1, 1], "feedback": [1.0, 1.0, 1.0, float("nan")]}, "feedback must be finite"),
        ({"weights": [1, 1, 1, 1], "feedback": [1, 1, 1, None]}, "the feedback of a network must be numbers"),
        ({"weights": [1, 1, 1, 1], "feedback": "1"}, "feedback, a list"),
        ({"weights": [1, 1, 1, 1], "epochs": -1}, "epochs of a network is -1"),
        ({"weights": [1, 1, 1, 1], "epochs": True}, "epochs of a network is True"),
        ({"weights": [1, 1, 1, 1], "epochs": 1.0}, "epochs of a network is 1.0"),
        ({"weights": [1, 1, 1, 1], "epochs": 10**30}, "epochs of a network is"),
    ],
)
def test_a_wrong_part_is_refused_in_one_line_and_soon(part: dict[str, Any], line: str) -> None:
    data = CHAIN.to_json() | part
    start = time.process_time()
    with pytest.raises(InvalidGenome) as caught:
        GraphGenome.from_json(data)
    assert time.process_time() - start < 5
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("data", [None, [], "graph", 1, {}, {"genome": {}}])
def test_what_is_no_object_of_a_genome_is_refused(data: object) -> None:
    with pytest.raises(InvalidGenome):
        GraphGenome.from_json(data)


def test_text_of_a_refused_network_brings_no_control_characters_into_the_line() -> None:
    data = CHAIN.to_json() | {"activations": ["\x1b[31mred\n\u202e"] * 5}
    with pytest.raises(InvalidGenome) as caught:
        GraphGenome.from_json(data)
    assert str(caught.value).isprintable()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries(
        {"kind": st.just("graph"), "version": st.just(1)},
        optional={
            "num_inputs": json_values | st.integers(0, 4),
            "num_outputs": json_values | st.integers(0, 4),
            "bias_input": json_values,
            "activations": json_values | st.lists(st.sampled_from(["linear", "tanh", "?"]), max_size=8),
            "connections": json_values
            | st.lists(st.tuples(st.integers(-1, 9), st.integers(-1, 9)), max_size=8),
            "weights": json_values | st.lists(st.floats(), max_size=8),
            "feedback": json_values | st.lists(st.floats(), max_size=8),
            "epochs": json_values,
        },
    )
)
def test_any_object_is_a_network_or_refused(data: dict[str, Any]) -> None:
    genome = refusal = None
    try:
        genome = GraphGenome.from_json(data)
    except InvalidGenome as error:
        refusal = str(error)
    if genome is None:
        assert refusal is not None
        assert refusal.isprintable()
    else:
        assert GraphGenome.from_json(json.loads(json.dumps(genome.to_json()))) == genome


def test_the_deepest_and_the_widest_network_are_read_within_a_second() -> None:
    deep = MAX_NEURONS - 2
    data = {
        "kind": "graph",
        "version": 1,
        "num_inputs": 1,
        "num_outputs": 1,
        "activations": ["linear"] * 2 + ["tanh"] * deep,
        "connections": [[0, 2], *([neuron, neuron + 1] for neuron in range(2, deep + 1)), [deep + 1, 1]],
    }
    start = time.process_time()
    genome = GraphGenome.from_json(data)
    assert time.process_time() - start < 5
    assert genome.num_layers() == deep + 2


def test_weights_are_kept_to_the_last_bit() -> None:
    weights = [0.1, np.nextafter(1.0, 2.0).item(), 5e-324, -1e308]
    genome = GraphGenome.from_json(CHAIN.to_json() | {"weights": weights})
    assert json.loads(orjson.dumps(genome.to_json()))["weights"] == weights
